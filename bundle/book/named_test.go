package book

import (
	"strings"
	"testing"
)

// TestParts: a book says what its documents are in its landmarks, its guide or not at all. What only looks like a cover is none.
func TestParts(t *testing.T) {
	t.Parallel()
	const cover, page = `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body> <div><img src="../p.png" alt="Wells"/></div> </body></html>`, "OEBPS/text/one a.xhtml"
	untitled := small().with("OEBPS/nav.xhtml", "").with("OEBPS/toc.ncx", "")
	guide := func(kind, href string) files {
		f := untitled.add(nil)
		return f.with("OEBPS/a.opf", strings.Replace(f["OEBPS/a.opf"], "</package>", `<guide><reference type="`+kind+`" href="`+href+`"/></guide></package>`, 1))
	}
	landmark := func(kind, href string) files {
		return small().with("OEBPS/nav.xhtml", strings.Replace(small()["OEBPS/nav.xhtml"], `<a href="x"`, `<a epub:type="`+kind+`" href="`+href+`"`, 1))
	}
	for name, c := range map[string]struct {
		book files
		path string
		want Part
	}{
		"nothing said":            {untitled, page, NoPart},
		"cover in the guide":      {guide("cover", "text/one%20a.xhtml#top"), page, CoverPage},
		"title page in the guide": {guide("Title-Page", "text/two.xhtml"), "OEBPS/text/two.xhtml", TitlePage},
		"start in the guide":      {guide("text", "text/two.xhtml"), "OEBPS/text/two.xhtml", NoPart},
		"out in the guide":        {guide("cover", "../../etc/passwd"), "", NoPart},
		"cover in the landmarks":  {landmark("bodymatter cover", "text/two.xhtml"), "OEBPS/text/two.xhtml", CoverPage},
		"title in the landmarks":  {landmark("titlepage", "text/two.xhtml"), "OEBPS/text/two.xhtml", TitlePage},
		"contents":                {small(), "OEBPS/nav.xhtml", ContentsPage},
		"the cover alone":         {untitled.with(page, cover), page, CoverPage},
		"in a drawing": {untitled.with(page, strings.Replace(cover, `<img src="../p.png" alt="Wells"/>`,
			`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="../p.png"/></svg>`, 1)), page, CoverPage},
		"with a title":         {small().with(page, cover), page, NoPart},
		"with words":           {untitled.with(page, strings.Replace(cover, "</div>", "words</div>", 1)), page, NoPart},
		"another picture":      {untitled.with(page, strings.Replace(cover, "../p.png", "../q.png", 1)), page, NoPart},
		"and another":          {untitled.with(page, strings.Replace(cover, "</div>", `<img src="q.png"/></div>`, 1)), page, NoPart},
		"broken":               {untitled.with(page, strings.Replace(cover, "</div>", "", 1)), page, NoPart},
		"long":                 {untitled.with(page, strings.Replace(cover, "</div>", strings.Repeat(" ", maxCoverPage)+"</div>", 1)), page, NoPart},
		"not in the beginning": {untitled.with("OEBPS/text/two.xhtml", cover), "OEBPS/text/two.xhtml", NoPart},
	} {
		if got := mustOpen(t, c.book).Part(c.path); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// TestPandocParts: pandoc names the title page in EPUB 3, and the contents in both.
func TestPandocParts(t *testing.T) {
	t.Parallel()
	for name, title := range map[string]Part{"pandoc-2.epub": NoPart, "pandoc-3.epub": TitlePage} {
		b := made(t, name)
		if got := b.Part("EPUB/text/title_page.xhtml"); got != title || b.Part("EPUB/nav.xhtml") != ContentsPage {
			t.Errorf("%s: its title page is %d, its contents %d", name, got, b.Part("EPUB/nav.xhtml"))
		}
	}
}
