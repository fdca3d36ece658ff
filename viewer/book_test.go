package viewer

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"satchel/bundle"
	"satchel/viewer/internal/testbundle"
)

// bookParts are an EPUB of three chapters.
var bookParts = [][2]string{
	{"mimetype", "application/epub+zip"},
	{"META-INF/container.xml", `<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>
<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>`},
	{"OEBPS/book.opf", `<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">x</dc:identifier><dc:title>Wells</dc:title><dc:language>en</dc:language></metadata>
<manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="a" href="text/a.xhtml" media-type="application/xhtml+xml"/><item id="b" href="text/b.xhtml" media-type="application/xhtml+xml"/>
<item id="c" href="text/c.xhtml" media-type="application/xhtml+xml"/>
<item id="p" href="pump.png" media-type="image/png"/><item id="s" href="book.css" media-type="text/css"/></manifest>
<spine><itemref idref="a"/><itemref idref="b"/><itemref idref="c"/></spine></package>`},
	{"OEBPS/nav.xhtml", `<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body><nav epub:type="toc"><ol>
<li><a href="text/a.xhtml">Digging</a><ol><li><a href="text/b.xhtml">Lining</a></li></ol></li></ol></nav></body></html>`},
	{"OEBPS/text/a.xhtml", `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>A</title><link rel="stylesheet" href="../book.css"/></head>
<body><p>Dig here</p><script>alert(1)</script><img src="../pump.png"/><a href="b.xhtml#deep">on</a> <a href="#top">up</a> <a href="../../../a.html">out</a></body></html>`},
	{"OEBPS/text/b.xhtml", `<html xmlns="http://www.w3.org/1999/xhtml"><head><link rel="stylesheet" href="../book.css"/></head><body><p id="deep">Line it</p></body></html>`},
	{"OEBPS/text/c.xhtml", `<html xmlns="http://www.w3.org/1999/xhtml"><body><p>Cover it</p></body></html>`},
	{"OEBPS/pump.png", pixel},
	{"OEBPS/book.css", `p { background: url(pump.png); color: url(https://site.example/x) }`},
}

func epub(t testing.TB) string { return epubOf(t, bookParts) }

// epubOf is an EPUB of files with their contents.
func epubOf(t testing.TB, parts [][2]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.CreateHeader(&zip.FileHeader{Name: p[0]})
		if err == nil {
			_, err = io.WriteString(w, p[1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func bookSession(t *testing.T, content string) *session {
	t.Helper()
	files := testbundle.Files{"wells.epub": content, "a.html": "<p>outside of the book"}
	return newSession(t, Options{}, testbundle.Open(t, testbundle.Pack(t, files, bundle.Options{})))
}

// TestBook reads a book from the first chapter on.
func TestBook(t *testing.T) {
	t.Parallel()
	s := bookSession(t, epub(t))
	_, page := s.open(viewItem, "wells.epub")
	for _, want := range []string{"Digging", "Lining", "Chapter 3 of 3", "Chapter 1 of 3", "Next chapter", "depth-1"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q:\n%s", want, page)
		}
	}
	if strings.Contains(page, "Previous chapter") {
		t.Error("there is a chapter before the first")
	}
	contains(t, page, `<article class="prose"`, "Dig here", ` width="1" height="1"`)
	lacks(t, page, "alert", "<iframe")
	_, own := s.ask(find(t, page, `class="acts"><a class="act" href="([^"]+)"`))
	a, chapter := s.ask(find(t, own, `<iframe class="frame" src="([^"]+)"`))
	if a.Status != 200 || !strings.Contains(chapter, "Dig here") || strings.Contains(chapter, "alert") {
		t.Fatalf("%d: %s", a.Status, chapter)
	}
	if a, picture := s.ask(find(t, chapter, `<img[^>]* src="([^"]+)"`)); a.Status != 200 || picture != pixel || a.Header["Content-Type"][0] != "image/png" {
		t.Errorf("the picture: %d, %q", a.Status, picture)
	}
	if a, style := s.ask(find(t, chapter, `<link[^>]* href="([^"]+)"`)); a.Status != 200 || !strings.Contains(style, "url(") || strings.Contains(style, "site.example") {
		t.Errorf("the style sheet: %d, %s", a.Status, style)
	}
	on := find(t, page, `href="([^"]+)"[^>]*>on<`)
	_, page = s.ask(on)
	_, id, _ := strings.Cut(on, "#")
	if !strings.Contains(page, "Chapter 2 of 3") || !strings.Contains(page, `id="`+id+`"`) {
		t.Errorf("the link to the second chapter leads to\n%s", page)
	}
	_, page = s.ask(find(t, page, `rel="next" href="([^"]+)"`))
	if !strings.Contains(page, "Chapter 3 of 3") || strings.Contains(page, "Next chapter") {
		t.Errorf("behind the second chapter is\n%s", page)
	}
	if a, _ := s.ask(find(t, chapter, `href="([^"]+)"[^>]*>out<`)); a.Status != 404 {
		t.Errorf("a link out of the book: %d", a.Status)
	}
}

// TestBookParts: there is no way from a book to what is not in it.
func TestBookParts(t *testing.T) {
	t.Parallel()
	s := bookSession(t, epub(t))
	for _, inner := range []string{"nowhere.xhtml", "../a.html", "a.html", "OEBPS/book.opf", "mimetype", "OEBPS/text/a.xhtml\n"} {
		if a, body := s.open(viewContent, "wells.epub\n"+inner); a.Status != 404 {
			t.Errorf("%q: %d, %q", inner, a.Status, body)
		}
		if a, _ := s.open(viewItem, "wells.epub\n"+inner); a.Status != 404 && inner != "OEBPS/text/a.xhtml\n" {
			t.Errorf("the page of %q: %d", inner, a.Status)
		}
	}
}

// TestBookBroken: what is no book, whatever its type says, can still be saved.
func TestBookBroken(t *testing.T) {
	t.Parallel()
	whole := epub(t)
	for _, content := range []string{"no book", whole[:len(whole)/2], ""} {
		a, page := bookSession(t, content).open(viewItem, "wells.epub")
		if a.Status != 200 || !strings.Contains(page, "shows-save") {
			t.Errorf("%d bytes: %d\n%s", len(content), a.Status, page)
		}
	}
}
