package viewer

import (
	"io"
	"io/fs"
	"slices"
	"sync"

	"satchel/bundle"
	"satchel/bundle/book"
)

// A book is read a chapter at a time, straight from its EPUB file: each chapter goes through the
// allow-list like any page. In an address, what lies in a book stands behind the path of the book and
// a line feed.

// typeBook is the media type of the books that are shown.
const typeBook = "application/epub+zip"

// maxBooks is how many books of a volume stay open: their tables of contents.
const maxBooks = 4

// maxPictureHead is how many bytes of a picture in a book are read for how large it is.
const maxPictureHead = 64 << 10

// books are those of a volume that were opened last.
type books struct {
	mu   sync.Mutex
	open []*openBook // the latest first
}

type openBook struct {
	*book.Book
	id       uint32
	headings func() map[string]string // of chapters without a name, by their paths
}

// get returns the book in an item.
func (b *books) get(r *bundle.Reader, e bundle.Entry) (*openBook, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := slices.IndexFunc(b.open, func(o *openBook) bool { return o.id == e.ID }); i >= 0 {
		return b.open[i], nil
	}
	opened, err := book.Open(r.Content(e), e.Size)
	if err != nil {
		return nil, err
	}
	o := &openBook{opened, e.ID, sync.OnceValue(func() map[string]string { return headings(opened) })}
	b.open = append([]*openBook{o}, b.open...)
	b.open = b.open[:min(len(b.open), maxBooks)]
	return o, nil
}

// A chapterRow is a chapter in the list of them.
type chapterRow struct {
	Title, Address string
	Language       string // of the title, or empty for that of the interface
	Depth          int
	Current        bool
}

// A reading is where in a book the reader is.
type reading struct {
	Chapters       []chapterRow
	Number, Of     int
	Percent        int    // of the book that lies before the chapter
	Before, Behind string // addresses of the chapters beside this one, or empty
	Language       string
}

// maxDepth is how deep chapters are set in.
const maxDepth = 4

// fillBook shows a chapter of a book: the one that the address names, or that has the words that the book was found for, or
// the first. A book that cannot be opened can still be saved.
func (i *itemPage) fillBook(at spot) error {
	b, err := i.volume.books.get(i.volume.r, i.Entry)
	switch {
	case err != nil && isDamage(err):
		return err
	case err != nil || len(b.Chapters) == 0:
		i.Show, i.Risky = "save", true
		return nil
	}
	n := slices.IndexFunc(b.Chapters, func(c book.Chapter) bool { return c.Path == at.chapter })
	if at.chapter == "" {
		n = i.chapterFor(b.Book, at.trail.found)
	}
	if n < 0 {
		return fs.ErrNotExist
	}
	i.Show, i.Book = "book", i.chapters(b, n, at)
	inner := b.Chapters[n].Path
	i.Source = i.address(viewContent, i.Entry.Path+"\n"+inner)
	f := b.File(inner)
	if f == nil {
		return fs.ErrNotExist
	}
	return i.fillPage(i.part(i.Entry, b.Book, f), at.place)
}

func (i *itemPage) chapters(b *openBook, at int, s spot) *reading {
	r := &reading{Number: at + 1, Of: len(b.Chapters), Percent: at * 100 / len(b.Chapters), Language: i.Entry.Language}
	address := func(n int) string {
		return i.spot(spot{path: i.Entry.Path, chapter: b.Chapters[n].Path, trail: s.trail})
	}
	for n, c := range b.Chapters {
		title, language := plain(c.Title), r.Language
		if title == "" {
			title = plain(b.headings()[c.Path])
		}
		if title == "" { // what follows are words of ours
			title, language = i.partName(b.Part(c.Path)), ""
		}
		if title == "" {
			title = i.T("book.chapter", "n", i.num(n+1), "of", i.num(len(b.Chapters)))
		}
		r.Chapters = append(r.Chapters, chapterRow{title, address(n), language, min(c.Depth, maxDepth), n == at})
	}
	if at > 0 {
		r.Before = address(at - 1)
	}
	if at+1 < len(b.Chapters) {
		r.Behind = address(at + 1)
	}
	return r
}

// fromBook answers with a part of a book: a chapter, or a picture, a style sheet or a font in one.
func (v *Viewer) fromBook(p *page, e bundle.Entry, inner string) *Response {
	b, err := p.volume.books.get(p.volume.r, e)
	if err != nil {
		return p.plainFailure(err)
	}
	f := b.File(inner)
	if f == nil {
		return p.plainFailure(fs.ErrNotExist)
	}
	return v.give(p, p.part(e, b.Book, f))
}

// part is a file in a book as what is made ready to show.
func (p *page) part(e bundle.Entry, b *book.Book, f *book.File) source {
	inner := bundle.Entry{Item: bundle.Item{Path: f.Path, Type: f.Type, Size: f.Size}, ID: e.ID}
	read := func(limit int64) ([]byte, error) {
		data, _, err := b.Read(f.Path, limit)
		return data, err
	}
	begin := func() ([]byte, error) { return read(maxPage) }
	edges := func(path string) (width, height int64) {
		r, err := b.Open(path)
		if err != nil || b.File(path).Obfuscated() {
			return 0, 0
		}
		return edgesIn(io.LimitReader(r, maxPictureHead))
	}
	l := newLinker(p.viewer, p.volume.number, f.Path, p.suffix())
	l.book = e.Path
	return source{inner, f.Path, read, begin, edges, l}
}
