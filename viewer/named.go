package viewer

import (
	"io"

	"satchel/bundle/book"
	texts "satchel/bundle/plain"
)

// Limits of what is read to name the chapters of a book that its table of contents does not.
const (
	maxHeaded   = 400     // chapters
	chapterHead = 4 << 10 // bytes of each
)

// partName is what a document of a book is called that is no chapter, or nothing.
func (p *page) partName(part book.Part) string {
	switch part {
	case book.CoverPage:
		return p.T("book.cover")
	case book.TitlePage:
		return p.T("book.title")
	case book.ContentsPage:
		return p.T("home")
	}
	return ""
}

// headings are what chapters without a name begin with, where that is a heading, by their paths.
func headings(b *book.Book) map[string]string {
	names, left := map[string]string{}, maxHeaded
	for _, c := range b.Chapters {
		if c.Title != "" || b.Part(c.Path) != book.NoPart {
			continue
		}
		if left--; left < 0 {
			break
		}
		r, err := b.Open(c.Path)
		if err != nil {
			continue // it says so itself when it is read
		}
		head, _ := io.ReadAll(io.LimitReader(r, chapterHead))
		texts.Page(head, func(part texts.Part, line string) bool {
			if part == texts.Heading {
				names[c.Path] = clip(line, maxHeading)
			}
			return part == texts.Title
		})
	}
	return names
}
