package main

import (
	"embed"
	"fmt"
	"strings"
)

// texts are what is written by hand for files that a program has to put together.
//
//go:embed text
var texts embed.FS

func text(name string) string {
	b, err := texts.ReadFile("text/" + name)
	if err != nil {
		panic("collection-src: internal error: " + err.Error())
	}
	return string(b)
}

const (
	bookTitle    = "انبار خانه: نگه داشتن خوراک بی یخچال"
	bookChapters = 4
)

// book is an EPUB 3 book in Persian, from right to left, as an editor writes it: it names the
// program and who made it.
func book() []byte {
	entries := []entry{
		{"mimetype", "application/epub+zip"},
		{"META-INF/container.xml", `<?xml version="1.0"?>` + "\n" +
			`<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">` +
			`<rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>`},
		{"EPUB/package.opf", bookPackage()},
		{"EPUB/nav.xhtml", bookContents()},
		{"EPUB/book.css", "body { line-height: 1.8; margin: 5%; }\nh1 { font-size: 1.5em; }\n" +
			"table { border-collapse: collapse; }\ntd, th { border: 1px solid #999; padding: 0.3em 0.7em; }\nimg { max-width: 100%; }\n"},
		{"EPUB/pictures/cover.png", string(pngOf(bookCover()))},
		{"EPUB/pictures/pots.png", string(pngOf(pots()))},
		{"EPUB/text/cover.xhtml", bookPage("جلد", `<p><img src="../pictures/cover.png" alt="`+bookTitle+`"/></p>`)},
	}
	for n := range bookChapters {
		entries = append(entries, entry{chapterFile(n), bookPage(chapterTitle(n), text(fmt.Sprintf("book/%d.xhtml", n+1)))})
	}
	return archive(entries)
}

func chapterFile(n int) string { return fmt.Sprintf("EPUB/text/%d.xhtml", n+1) }

// chapterTitle is the heading with which the text of a chapter begins.
func chapterTitle(n int) string {
	_, after, _ := strings.Cut(text(fmt.Sprintf("book/%d.xhtml", n+1)), "<h1>")
	title, _, _ := strings.Cut(after, "</h1>")
	return title
}

func bookPage(title, body string) string {
	return `<?xml version="1.0" encoding="utf-8"?>` + "\n<!DOCTYPE html>\n" +
		`<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="fa" xml:lang="fa" dir="rtl">` +
		"\n<head><meta charset=\"utf-8\"/><title>" + title + `</title><link rel="stylesheet" href="../book.css"/></head>` +
		"\n<body>\n" + body + "</body>\n</html>\n"
}

func bookContents() string {
	var list strings.Builder
	for n := range bookChapters {
		fmt.Fprintf(&list, "<li><a href=\"text/%d.xhtml\">%s</a></li>\n", n+1, chapterTitle(n))
	}
	page := bookPage("فهرست", "<nav epub:type=\"toc\">\n<h1>فهرست</h1>\n<ol>\n"+list.String()+"</ol>\n</nav>\n")
	return strings.ReplaceAll(page, "../", "")
}

func bookPackage() string {
	var manifest, spine strings.Builder
	for n := range bookChapters {
		fmt.Fprintf(&manifest, "<item id=\"c%d\" href=\"text/%d.xhtml\" media-type=\"application/xhtml+xml\"/>\n", n+1, n+1)
		fmt.Fprintf(&spine, "<itemref idref=\"c%d\"/>\n", n+1)
	}
	return `<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="fa" dir="rtl">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:5a7c4e10-0000-4000-8000-000000000001</dc:identifier>
<dc:title>` + bookTitle + `</dc:title>
<dc:language>fa</dc:language>
<dc:creator>گروه آشپزخانه</dc:creator>
<dc:date>2026-10-20</dc:date>
<meta property="dcterms:modified">2026-10-20T18:04:11Z</meta>
<meta name="generator" content="Sigil 2.0.1"/>
<meta name="cover" content="cover"/>
</metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="style" href="book.css" media-type="text/css"/>
<item id="cover" href="pictures/cover.png" media-type="image/png" properties="cover-image"/>
<item id="pots" href="pictures/pots.png" media-type="image/png"/>
<item id="front" href="text/cover.xhtml" media-type="application/xhtml+xml"/>
` + manifest.String() + `</manifest>
<spine page-progression-direction="rtl">
<itemref idref="front"/>
` + spine.String() + `</spine>
</package>
`
}

// bookCover has no letters: the scenes know figures only.
func bookCover() *scene {
	s := newScene(480, 640)
	s.rect(solid(deep), 0, 0, 480, 640)
	s.rect(solid(paper), 24, 24, 432, 592)
	s.sunDisc(240, 130, 44)
	for i, c := range []ink{solid(fire), solid(green), solid(red)} {
		x := 66 + 128*float64(i)
		s.rect(outlined(white), x, 300, 92, 150)
		s.rect(c, x+8, 336, 76, 106)
		s.rect(outlined(grey), x-4, 280, 100, 22)
	}
	s.line(earth, 18, 40, 466, 440, 466)
	s.poly(outlined(shade(fire, earth, 0.4)), point{180, 500}, point{300, 500}, point{280, 592}, point{200, 592})
	s.drop(water, 150, 560, 12)
	s.drop(water, 330, 560, 12)
	return s
}
