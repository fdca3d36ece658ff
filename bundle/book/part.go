package book

// A Part is what a document of a book is where it is no chapter.
type Part int

// The parts that books say they have, and that readers know by other names than numbers.
const (
	NoPart Part = iota
	CoverPage
	TitlePage
	ContentsPage
)

// Part says what a document of the book is, as far as it is known.
func (b *Book) Part(path string) Part {
	if f := b.byPath[path]; f != nil {
		return f.part
	}
	return NoPart
}
