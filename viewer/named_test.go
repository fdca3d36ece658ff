package viewer

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"satchel/bundle"
	"satchel/viewer/internal/testbundle"
)

// TestBookNames: what a book begins with is called as what it is, and a chapter that has no name in the table of contents by
// the heading that it begins with, or by its number.
func TestBookNames(t *testing.T) {
	t.Parallel()
	xhtml := func(body string) string {
		return `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>` + body + `</body></html>`
	}
	parts := slices.Clone(bookParts)
	for n, p := range parts {
		switch p[0] {
		case "OEBPS/book.opf":
			more := `<item id="v" href="v.xhtml" media-type="application/xhtml+xml"/><item id="t" href="t.xhtml" media-type="application/xhtml+xml"/>`
			p[1] = strings.Replace(p[1], `<item id="p"`, more+`<item id="d" href="d.xhtml" media-type="application/xhtml+xml"/><item id="p" properties="cover-image"`, 1)
			p[1] = strings.Replace(p[1], `<spine>`, `<spine><itemref idref="v"/><itemref idref="t"/><itemref idref="nav"/>`, 1)
			parts[n][1] = strings.Replace(p[1], `</spine>`, `<itemref idref="d"/></spine><guide><reference type="title-page" href="t.xhtml"/></guide>`, 1)
		case "OEBPS/text/c.xhtml":
			parts[n][1] = xhtml(`<div><h2>Covering <i>it</i> &amp; more</h2><p>Cover it</p></div>`)
		}
	}
	parts = append(parts, [2]string{"OEBPS/v.xhtml", xhtml(`<p><img src="pump.png" alt=""/></p>`)}, [2]string{"OEBPS/t.xhtml", xhtml(`<h1>Wells</h1>`)},
		[2]string{"OEBPS/d.xhtml", xhtml(`<p>Words before</p><h1>Not its name</h1>`)})
	files := testbundle.Said{Files: testbundle.Files{"wells.epub": epubOf(t, parts)}, Say: func(it *bundle.Item) { it.Language = "fa" }}
	s := newSession(t, Options{}, testbundle.Open(t, testbundle.Pack(t, files, bundle.Options{})))
	_, page := s.open(viewItem, "wells.epub")
	contains(t, page, `<bdi lang="fa">Digging`, `<bdi lang="fa">Covering`, `<bdi>Cover<`, `<bdi>Chapter 7`)
	for lang, want := range map[string]string{
		"en": "Cover|Title page|Contents|Digging|Lining|Covering it &amp; more|Chapter 7 of 7",
		"ko": "표지|속표지|차례|Digging|Lining|Covering it &amp; more|7장 가운데 7장",
	} {
		address, _ := s.v.sealer.seal(target{viewItem, 0, "wells.epub"})
		_, page := s.ask(address + "?lang=" + lang)
		var names []string
		for _, m := range regexp.MustCompile(`<li class="depth-\d"><a [^>]*><bdi[^>]*>([^<]*)<`).FindAllStringSubmatch(page, -1) {
			names = append(names, m[1])
		}
		if got := strings.Join(names, "|"); got != want {
			t.Errorf("%s: %s, want %s", lang, got, want)
		}
	}
}
