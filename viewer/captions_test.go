package viewer

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"satchel/bundle"
	"satchel/viewer/internal/testbundle"
)

func TestOnlyCues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"what the packer wrote", "WEBVTT\n\n00:00:01.500 --> 00:00:03.000\n<ruby>水<rt>みず</rt></ruby>\n<i>a</i>\n\n00:00:04.100 --> 00:00:05.000\nb\n",
			"WEBVTT\n\n00:00:01.500 --> 00:00:03.000\n<ruby>水<rt>みず</rt></ruby>\n<i>a</i>\n\n00:00:04.100 --> 00:00:05.000\nb\n"},
		{"notes and names are left out", "WEBVTT - title\n\nNOTE x\n\nintro\n01:02.003 --> 01:03.000 align:start\na\n",
			"WEBVTT\n\n01:02.003 --> 01:03.000 align:start\na\n"},
		{"a style block is left out", "WEBVTT\n\nSTYLE\n::cue { background: url(https://site.example/) }\n\n00:01.000 --> 00:02.000\nx\n",
			"WEBVTT\n\n00:01.000 --> 00:02.000\nx\n"},
		{"a style behind a bad time is text", "WEBVTT\r\rx --> y\rz\r\rSTYLE\r::cue {}\r", "WEBVTT\n\nx --> y\nz\n"},
		{"an arrow in text", "00:01.000 --> 00:02.000\nx\n00:03.000 --> 00:04.000\n",
			"WEBVTT\n\n00:01.000 --> 00:02.000\nx\n\n00:03.000 --> 00:04.000\n"},
		{"a mark and broken bytes", "\xef\xbb\xbf00:01 --> 00:02\na\xffb", "WEBVTT\n\n00:01 --> 00:02\na\uFFFDb\n"},
		{"too many", strings.Repeat("-->\n", maxCues+5), "WEBVTT\n" + strings.Repeat("\n-->\n", maxCues)},
	} {
		if got := string(onlyCues([]byte(c.in))); got != c.want {
			t.Errorf("%s:\ngot  %.300q\nwant %.300q", c.name, got, c.want)
		}
	}
}

// What was taken over reads back the same, and each block of it is a cue.
func FuzzWebVTT(f *testing.F) {
	f.Add([]byte("WEBVTT\n\n00:01.000 --> 00:02.000 align:end\n<b>x</b> & <c.y>z\n"))
	f.Add([]byte("WEBVTT\n\nSTYLE\n::cue {}\n\n00:00:01,500 --> 00:00:03,000\nx\n"))
	f.Add([]byte("\xff\xfe1\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		out := string(onlyCues(in))
		if again := string(onlyCues([]byte(out))); again != out {
			t.Errorf("%q is taken over as %q", out, again)
		}
		for _, block := range strings.Split(out, "\n\n")[1:] {
			if first, _, _ := strings.Cut(block, "\n"); !strings.Contains(first, "-->") {
				t.Errorf("%q has a block that is no cue", out)
			}
		}
	})
}

func TestTracks(t *testing.T) {
	t.Parallel()
	cue := "WEBVTT\n\n00:01.000 --> 00:02.000\nx\n"
	src := testbundle.Typed{Files: testbundle.Files{
		"film/water.mp4": testbundle.Noise(1000, 1), "film/water.ko.vtt": cue,
		"film/water.en.srt": cue, "film/water.vtt": cue, "film/water.fa.srt": "odd",
		"film/other.fa.vtt": cue,
	}, Types: map[string]string{"film/water.en.srt": "text/vtt"}}
	s := newSession(t, Options{}, testbundle.Open(t, testbundle.Pack(t, src, bundle.Options{})))
	p := s.v.page(&Request{AcceptLanguage: "ko"})
	shown, saved := p.tracks(entry(t, s, "film/water.mp4"))
	got := ""
	for _, track := range shown {
		got += " " + track.Label
		if track.Default {
			got += "*"
		}
		a := s.v.Serve(context.Background(), &Request{Method: "GET", Path: track.Address})
		body, err := io.ReadAll(a.Body)
		if err != nil || string(body) != cue || a.Header["Content-Type"][0] != typeVTT {
			t.Errorf("the track %s is %q as %v: %v", track.Label, body, a.Header["Content-Type"], err)
		}
	}
	if want := " 자막 English 한국어*"; got != want {
		t.Errorf("tracks are%s, want%s", got, want)
	}
	if len(saved) != 1 || saved[0].Label != "فارسی" {
		t.Errorf("to be saved are %v", saved)
	}
	if _, body := s.ask(saved[0].Address); body != "odd" {
		t.Errorf("what is saved is %q", body)
	}
	for tag, want := range map[string]int{"zh-TW": 1, "zh-CN": 0, "ko": -1} {
		tracks := []track{{Language: "zh-Hans"}, {Language: "zh-Hant"}}
		s.v.page(&Request{AcceptLanguage: tag}).pickDefault(tracks, "")
		if got := slices.IndexFunc(tracks, func(t track) bool { return t.Default }); got != want {
			t.Errorf("in %s, the captions %d are on, want %d", tag, got, want)
		}
	}
	if a, _ := s.open(viewCaptions, "film/water.fa.srt"); a.Status != 404 {
		t.Errorf("what is no WebVTT is served as captions with %d", a.Status)
	}
}
