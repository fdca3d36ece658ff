package document

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"satchel/bundle/book"
	"satchel/bundle/ingest/scrub"
)

// canary is planted wherever a document can say something of its makers.
const canary = "CANARY-7f3a"

// fakeScrubber stands for the cleaners of pictures: it takes out every canary in a JPEG or PNG picture.
type fakeScrubber struct{}

func (fakeScrubber) Knows(mediaType string) bool {
	return mediaType == "image/jpeg" || mediaType == "image/png" || mediaType == "audio/mpeg"
}

func (fakeScrubber) File(mediaType string, r io.ReaderAt, size int64) (*scrub.Result, error) {
	data, err := io.ReadAll(io.NewSectionReader(r, 0, min(size, 1<<10)))
	if err != nil {
		return nil, err
	}
	if size > 1<<10 {
		return &scrub.Result{Plan: scrub.Plan{{Size: size}}}, nil
	}
	if bytes.Contains(data, []byte("broken")) {
		return nil, scrub.ErrFormat
	}
	result := &scrub.Result{Plan: scrub.Plan{{New: bytes.ReplaceAll(data, []byte(canary), []byte("clean"))}}}
	if bytes.Contains(data, []byte(canary)) {
		result.Removed = []scrub.Removal{{What: "GPS position", Bytes: int64(len(canary))}}
	}
	return result, nil
}

const (
	jpegFile = "\xff\xd8\xff\xe1 a picture by " + canary
	pngFile  = "\x89PNG\r\n\x1a\n a picture by " + canary
)

func testBook() entries {
	return entries{
		{"=mimetype", "application/epub+zip"},
		{"META-INF/container.xml", `<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><!-- ` + canary + ` -->
			<rootfiles><rootfile full-path="OEBPS/` + "content.opf" + `" media-type="application/oebps-package+xml"/></rootfiles></container>`},
		{"META-INF/calibre_bookmarks.txt", canary}, {"META-INF/com.apple.ibooks.display-options.xml", canary},
		{"iTunesMetadata.plist", canary}, {"OEBPS/thumbs.db", canary}, {"OEBPS/notes.txt", canary},
		{"OEBPS/content.opf", `<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" prefix="calibre: ` + canary + `">
			<metadata><dc:identifier id="id">urn:` + canary + `</dc:identifier><dc:title>Wells &amp; pumps</dc:title><dc:language>fa</dc:language>
			<dc:creator opf:file-as="` + canary + `">Ada Author</dc:creator><dc:contributor opf:role="bkp">` + canary + `</dc:contributor>
			<dc:date>2020-01-02T03:04:05+00:00</dc:date><dc:description>&lt;p&gt;About wells&lt;/p&gt;</dc:description><dc:publisher>` + canary + `</dc:publisher>
			<meta name="generator" content="` + canary + `"/><meta name="calibre:timestamp" content="` + canary + `"/><meta property="dcterms:modified">` + canary + `</meta>
			<meta name="cover" content="c"/></metadata><manifest>
			<item id="` + canary + `" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/><item id="x" href="toc.ncx" media-type="application/x-dtbncx+xml"/>
			<item id="a" href="a.xhtml" media-type="application/xhtml+xml" properties="scripted svg"/><item id="b" href="b.xhtml" media-type="application/xhtml+xml"/>
			<item id="c" href="cover%20page.jpg" media-type="image/jpeg"/><item id="p" href="lie.jpg" media-type="image/jpeg"/><item id="d" href="d.svg" media-type="image/svg+xml"/>
			<item id="w" href="w.wmf" media-type="image/x-wmf"/><item id="br" href="broken.png" media-type="image/png"/>
			<item id="s" href="s.css" media-type="text/css"/><item id="j" href="j.js" media-type="text/javascript"/><item id="f" href="f.otf" media-type="font/otf"/>
			<item id="m" href="m.mp3" media-type="audio/mpeg"/><item id="o" href="m.ogg" media-type="audio/ogg"/></manifest>
			<spine toc="x" page-progression-direction="rtl"><itemref idref="a"/><itemref idref="b" linear="no" properties="page-spread-left ` + canary + `"/></spine>
			<guide><reference type="cover" title="` + canary + `" href="a.xhtml"/></guide></package>`},
		{"OEBPS/nav.xhtml", `<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body><nav epub:type="toc"><ol><li><a href="a.xhtml">One</a></li></ol></nav></body></html>`},
		{"OEBPS/toc.ncx", `<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><head><meta name="dtb:uid" content="` + canary + `"/><meta name="dtb:generator" content="` + canary + `"/></head>
			<docTitle><text>Wells</text></docTitle><navMap><navPoint><navLabel><text>One</text></navLabel><content src="a.xhtml"/></navPoint></navMap></ncx>`},
		{"OEBPS/a.xhtml", `<?xml version="1.0" encoding="utf-8"?><?` + canary + `?><!DOCTYPE html><!-- ` + canary + ` --><html xmlns="http://www.w3.org/1999/xhtml"><head>
			<title>One</title><meta name="author" content="` + canary + `"/><meta name="generator" content="` + canary + `"/><link rel="author" href="` + canary + `"/>
			<link rel="stylesheet" href="s.css"/><script>` + canary + `</script><style>p { color: red } /* ` + canary + ` */</style></head>
			<body data-x="` + canary + `" onload="` + canary + `"><p class="k">Text&nbsp;one <a id="p1"/><a href="http://example.org/">out</a> <a href="file:///C:/` + canary + `">in</a></p>
			<img src="cover%20page.jpg" alt="x"/><img src="http://example.org/` + canary + `.png"/><img src="data:image/png;base64,` + base64Of(pngFile) + `"/><iframe src="` + canary + `"/></body></html>`},
		{"OEBPS/b.xhtml", `<html><head><meta name=author content=` + canary + `><title>Two</title><body onload=x><p>Unclosed<br>line &nbsp; <b>bold<p>next <img src=lie.jpg><o:p>` + "x</o:p>"},
		{"=OEBPS/cover page.jpg", jpegFile}, {"OEBPS/lie.jpg", pngFile}, {"OEBPS/broken.png", "\x89PNG\r\n\x1a\nbroken" + canary}, {"OEBPS/w.wmf", canary},
		{"OEBPS/d.svg", `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><metadata>` + canary + `</metadata><title>` + canary + `</title><script>` + canary + `</script><circle r="5"/></svg>`},
		{"OEBPS/s.css", `/* ` + canary + ` */ @import "http://example.org/` + canary + `.css"; p { margin: 0; background: url(d.svg) }`},
		{"OEBPS/j.js", canary}, {"OEBPS/f.otf", "OTTO and the rest"}, {"OEBPS/m.mp3", "ID3" + canary}, {"OEBPS/m.ogg", "OggS" + canary},
	}
}

func TestEPUB(t *testing.T) {
	t.Parallel()
	data := testBook().zip(t)
	out, info := cleanEPUB(t, data, Options{testOnlyScrub: fakeScrubber{}})
	noCanary(t, out)
	got := unzip(t, out)
	if got[0].name != "mimetype" || !bytes.HasPrefix(out[30:], []byte("mimetypeapplication/epub+zip")) {
		t.Errorf("it begins with %q", out[:60])
	}
	for _, c := range []struct{ what, got, want string }{
		{"title", info.Title, "Wells & pumps"}, {"language", info.Language, "fa"}, {"byline", info.Byline, "Ada Author"},
		{"date", info.Date, "2020-01-02"}, {"summary", info.Summary, "About wells"},
		{"cover", string(info.Cover), strings.ReplaceAll(jpegFile, canary, "clean")},
		{"entries", got.names(), "mimetype META-INF/container.xml OEBPS/nav.xhtml OEBPS/a.xhtml OEBPS/b.xhtml OEBPS/cover page.jpg OEBPS/lie.jpg OEBPS/d.svg OEBPS/w.wmf OEBPS/broken.png OEBPS/s.css OEBPS/f.otf OEBPS/m.mp3 OEBPS/toc.ncx package.opf"},
		{"sheet", got.get("OEBPS/s.css"), `p{margin:0;background:url("d.svg")}`},
		{"broken picture", got.get("OEBPS/broken.png"), string(emptyPNG)},
		{"unknown picture", got.get("OEBPS/w.wmf"), string(emptyPNG)},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.what, c.got, c.want)
		}
	}
	chapter := got.get("OEBPS/a.xhtml")
	for _, want := range []string{`<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml">`,
		`<p class="k">Text&nbsp;one <a id="p1"></a><a href="http://example.org/">out</a> <a>in</a></p>`,
		`<img src="cover%20page.jpg" alt="x"/><img/><img src="data:image/png;base64,`, `<style>p{color:red}</style>`, `<link rel="stylesheet" href="s.css"/>`} {
		if !strings.Contains(chapter, want) {
			t.Errorf("%q lacks %q", chapter, want)
		}
	}
	b, err := book.Open(bytes.NewReader(out), int64(len(out)))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%v %v %v %v %v", b.Chapters, b.Contents, b.Dir, b.Cover, b.Creators); got !=
		"[{OEBPS/a.xhtml One 0 false } {OEBPS/b.xhtml  0 true page-spread-left}] [{One OEBPS/a.xhtml  0}] rtl OEBPS/cover page.jpg [Ada Author]" {
		t.Error(got)
	}
}

func TestDropBylines(t *testing.T) {
	t.Parallel()
	out, info := cleanEPUB(t, testBook().zip(t), Options{DropBylines: true})
	if all := unzip(t, out).all(); strings.Contains(all, "Ada Author") || info.Byline != "" {
		t.Errorf("the author is still there: %q", info.Byline)
	}
}

// TestMended: a chapter that is not well-formed comes out as one that is, with the same text.
func TestMended(t *testing.T) {
	t.Parallel()
	out, _ := cleanEPUB(t, testBook().zip(t), Options{testOnlyScrub: fakeScrubber{}})
	got := unzip(t, out).get("OEBPS/b.xhtml")
	if !strings.Contains(got, "<body><p>Unclosed<br/>line \u00a0 <b>bold</b></p><p><b>next <img src=\"lie.jpg\"/>x</b></p></body>") {
		t.Errorf("%q", got)
	}
}

func cleanEPUB(t testing.TB, data []byte, o Options) ([]byte, *Info) {
	t.Helper()
	var info *Info
	out := twice(t, func(w io.Writer) (err error) {
		info, err = EPUB(w, bytes.NewReader(data), int64(len(data)), o)
		return err
	})
	return out, info
}
