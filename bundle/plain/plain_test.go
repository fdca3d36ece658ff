package plain

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

func read(t testing.TB, content, mediaType string) string {
	t.Helper()
	var b strings.Builder
	err := Text(strings.NewReader(content), int64(len(content)), mediaType, func(p Part, s string) bool {
		b.WriteString([]string{"", "# ", "! "}[p] + s + "\n")
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestText(t *testing.T) {
	t.Parallel()
	const page, vtt = "text/html; charset=utf-8", "text/vtt"
	for _, c := range []struct{ name, mediaType, content, want string }{
		{"page", page, "<title>On  water </title><h1>Wa<b>ter</b></h1><p>It is\n  wet.<p>Very", "! On water\n# Water\nIt is wet.\nVery\n"},
		{"one word", page, "<p><b>Jo</b>hn<br>Smith", "John\nSmith\n"},
		{"references", page, "<p>&lt;b&gt; &amp; caf&eacute;&nbsp;noir", "<b> & café\u00a0noir\n"},
		{"what is not read", page, "a<script>b</script><style>c</style><template>d<template>e</template></template><iframe>f</iframe>g", "a\ng\n"},
		{"for want of scripts", page, "a<noscript>b <i>c</i></noscript>d", "a\nb c\nd\n"}, // readers see it: scripts do not run
		{"ruby", page, "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp>字<rt>ji</rt></ruby>", "漢字\n"},
		{"pictures", page, `<p>See<img src=a alt="A map of the river">here`, "See A map of the river here\n"},
		{"what hides itself", page, `a<div hidden><div>b</div>c</div>d<span style="color: red; Display : none">e</span>f<p hidden>g<p>h`, "a\ndf\ng\nh\n"},
		{"what stands in for a film", page, "a<video src=b>c</video>d", "ad\n"},
		{"comment", page, "a<!-- b -->c", "ac\n"},
		{"cells", page, "<table><tr><td>a<td>b</table>", "a\nb\n"},
		{"heading in a box", page, "<div><h2>a</h2>b</div>c", "# a\nb\nc\n"},
		{"white space alone", page, "<p> <b> </b>\n</p>", ""},
		{"not UTF-8", page, "<p>a\xffb", "a\ufffdb\n"},
		{"unfinished", page, "<p>a<scr", "a\n"},
		{"drawing", "image/svg+xml", "<svg><title>Map</title><text>River</text></svg>", "! Map\nRiver\n"},
		{"text", "text/plain", "One\r\n\r\n two <b>\n", "One\ntwo <b>\n"},
		{"captions", vtt, "WEBVTT\n\nNOTE by x\n\n1\n00:01.000 --> 00:02.000\n<v Ann>Hello <i>there</i>\nand you\n\nSTYLE\nb {}\n", "Hello there\nand you\n"},
		{"empty", page, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := read(t, c.content, c.mediaType); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestPageOfAttributes: a page that is one tag takes no more memory than others.
func TestPageOfAttributes(t *testing.T) {
	page := []byte("<p>water<img " + strings.Repeat("a ", 4<<20) + "><p>salt")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var got []string
	Page(page, func(_ Part, s string) bool {
		got = append(got, s)
		return true
	})
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20 || !slices.Equal(got, []string{"water", "salt"}) {
		t.Errorf("%q, %d bytes", got, took)
	}
}

// TestBookOfNothing: a book whose chapters are long, many and say nothing is not read to its end.
func TestBookOfNothing(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range []struct{ name, content string }{
		{"META-INF/container.xml", `<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>` +
			`<rootfile full-path="p.opf" media-type="application/oebps-package+xml"/></rootfiles></container>`},
		{"p.opf", `<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><manifest>` +
			`<item id="a" href="a.html" media-type="application/xhtml+xml"/><item id="b" href="b.html" media-type="application/xhtml+xml"/>` +
			`</manifest><spine><itemref idref="b"/>` + strings.Repeat(`<itemref idref="a"/>`, 2000) + `<itemref idref="b"/></spine></package>`},
		{"a.html", "<!--" + strings.Repeat("x", 15<<20) + "-->"},
		{"b.html", "<p>water"},
	} {
		w, err := z.Create(f.name)
		if err == nil {
			_, err = w.Write([]byte(f.content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if got := read(t, b.String(), bookType); got != "water\n" || time.Since(begun) > 20*time.Second {
		t.Errorf("%q in %v", got, time.Since(begun))
	}
}

func TestNoText(t *testing.T) {
	t.Parallel()
	for _, mediaType := range []string{"image/png", "application/pdf", "video/mp4", ""} {
		if err := Text(strings.NewReader("x"), 1, mediaType, nil); err != ErrNoText {
			t.Errorf("%s: %v", mediaType, err)
		}
	}
}

// TestEnough: who has enough gets no more.
func TestEnough(t *testing.T) {
	t.Parallel()
	for _, mediaType := range []string{"text/html", "text/plain", "text/vtt"} {
		content, n := strings.Repeat("0:00 --> 0:01\na\n<p>b\n\n", 9), 0
		err := Text(strings.NewReader(content), int64(len(content)), mediaType, func(Part, string) bool {
			n++
			return n < 3
		})
		if err != nil || n != 3 {
			t.Errorf("%s: %d pieces, %v", mediaType, n, err)
		}
	}
}

// TestLongLine: nothing is held that a page could make as long as it likes.
func TestLongLine(t *testing.T) {
	t.Parallel()
	Page(bytes.Repeat([]byte("word "), 1<<20), func(_ Part, s string) bool {
		if len(s) > maxLine+10 {
			t.Errorf("a line of %d bytes", len(s))
		}
		return true
	})
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"<title>a</title><h1>b</h1>c<img alt=d>", "WEBVTT\n\n0:00 --> 0:01\na", "<template><template>", "<svg>"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		for mediaType := range readers {
			err := Text(bytes.NewReader(content), int64(len(content)), mediaType, func(_ Part, s string) bool {
				if s == "" || s != strings.TrimSpace(s) && s != strings.Trim(s, " \t\r\n\f") {
					t.Errorf("%q", s)
				}
				return true
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
}

func BenchmarkPage(b *testing.B) {
	root := os.Getenv("SATCHEL_CORPORA")
	if root == "" {
		b.Skip("SATCHEL_CORPORA names no folder of corpora")
	}
	var pages [][]byte
	size := 0
	_ = filepath.WalkDir(filepath.Join(root, "jdk/api/java.base/java"), func(p string, e fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(p, ".html") {
			data, _ := os.ReadFile(p)
			pages, size = append(pages, data), size+len(data)
		}
		return nil
	})
	b.SetBytes(int64(size))
	for b.Loop() {
		for _, p := range pages {
			Page(p, func(Part, string) bool { return true })
		}
	}
}
