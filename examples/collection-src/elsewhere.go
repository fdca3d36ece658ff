package main

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// fromElsewhere are the files that stand for what curators get from others: they carry on purpose
// what a bundle must not tell. The recording among them is tagged by make.sh.
var fromElsewhere = map[string]func(dir string) ([]byte, error){
	"kitchen/انبار-خانه.epub": func(string) ([]byte, error) { return book(), nil },
	"power/停电之夜.html":         func(string) ([]byte, error) { return savedPage(), nil },
	"radio/radio-net.docx":    func(string) ([]byte, error) { return document(), nil },
	"water/water.smi":         captions,
	"water/储水.txt": func(string) ([]byte, error) {
		return simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text("storing.txt")))
	},
}

func writeElsewhere(dir string) error {
	for name, make := range fromElsewhere {
		data, err := make(dir)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), data, 0o644)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// savedPage is a page in the manner of SingleFile, with its pictures inside.
func savedPage() []byte {
	return []byte(strings.NewReplacer(
		"{{battery}}", "data:image/png;base64,"+base64.StdEncoding.EncodeToString(pngOf(battery())),
		"{{tilt}}", "data:image/svg+xml;base64,"+base64.StdEncoding.EncodeToString(tilt().svg()),
	).Replace(text("saved.html")))
}

var cueTime = regexp.MustCompile(`^00:(\d\d)\.(\d{3}) --> 00:(\d\d)\.(\d{3})$`)

// captions makes SAMI, in CP949 and with two languages, of the WebVTT captions beside the film.
func captions(dir string) ([]byte, error) {
	var out strings.Builder
	out.WriteString("<SAMI>\n<HEAD>\n<TITLE>water</TITLE>\n<STYLE TYPE=\"text/css\">\n<!--\n" +
		"P { margin-left:8pt; text-align:center; font-size:20pt; font-family:굴림; color:white; }\n" +
		".KRCC { Name:한국어; lang:ko-KR; SAMIType:CC; }\n.ENCC { Name:English; lang:en-US; SAMIType:CC; }\n-->\n</STYLE>\n</HEAD>\n<BODY>\n")
	for _, l := range []struct{ file, class string }{{"water.ko.vtt", "KRCC"}, {"water.en.vtt", "ENCC"}} {
		vtt, err := os.ReadFile(filepath.Join(dir, "water", l.file))
		if err != nil {
			return nil, err
		}
		for _, cue := range strings.Split(strings.TrimSpace(string(vtt)), "\n\n")[1:] {
			times, words, _ := strings.Cut(cue, "\n")
			t := cueTime.FindStringSubmatch(times)
			out.WriteString("<SYNC Start=" + millis(t[1], t[2]) + "><P Class=" + l.class + ">" + strings.ReplaceAll(words, "\n", "<br>\n") + "\n" +
				"<SYNC Start=" + millis(t[3], t[4]) + "><P Class=" + l.class + ">&nbsp;\n")
		}
	}
	out.WriteString("</BODY>\n</SAMI>\n")
	dos := strings.ReplaceAll(out.String(), "\n", "\r\n")
	return korean.EUCKR.NewEncoder().Bytes([]byte(dos))
}

func millis(seconds, rest string) string {
	if n := strings.TrimLeft(seconds+rest, "0"); n != "" {
		return n
	}
	return "0"
}
