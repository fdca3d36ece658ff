package book

import (
	"strings"

	"satchel/bundle/internal/markup"
)

// parts are by what the landmarks of EPUB 3 and the guide of EPUB 2 call them.
var parts = map[string]Part{"cover": CoverPage, "titlepage": TitlePage, "title-page": TitlePage, "toc": ContentsPage}

// maxCoverPage is how long a document may be that is read to see whether it is the cover, in bytes.
const maxCoverPage = 16 << 10

// mark notes what the document that an element in the file base leads to is called, in its attribute "type" of a name space.
// The first to say so counts.
func (b *Book) mark(base string, t *markup.Token, space string) {
	ref := t.Attr("", "href")
	if ref == "" {
		return
	}
	path, _ := Resolve(base, ref)
	f := b.byPath[path]
	for word := range strings.FieldsSeq(t.Attr(space, "type")) {
		if f != nil && f.part == NoPart {
			f.part = parts[strings.ToLower(word)]
		}
	}
}

// findParts finds what nobody has named: the table of contents of EPUB 3, and the cover that a book begins with.
func (b *Book) findParts() {
	if f := b.byPath[b.Navigation]; f != nil && f.part == NoPart {
		f.part = ContentsPage
	}
	f := b.byPath[b.Chapters[0].Path]
	if b.Chapters[0].Title == "" && f.part == NoPart && f.Size <= maxCoverPage && b.showsCover(f.Path) {
		f.part = CoverPage
	}
}

// showsCover says whether there is the cover picture in a document, and nothing else to see.
func (b *Book) showsCover(name string) bool {
	covers, others := 0, 0
	err := b.elements(name, func(s *markup.Scanner, t *markup.Token) error {
		if t.Local != "body" {
			return nil
		}
		for {
			t, err := s.Next()
			switch {
			case err != nil:
				return err
			case t.Kind == markup.Text && strings.TrimSpace(t.Text()) != "":
				others++
			case t.Kind == markup.Start && (t.Local == "img" || t.Local == "image"):
				path, _ := Resolve(name, t.Attr("", "src")+t.Attr(xlinkSpace, "href"))
				if path == b.Cover {
					covers++
				} else {
					others++
				}
			}
		}
	})
	return err == nil && covers > 0 && others == 0
}
