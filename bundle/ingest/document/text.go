package document

import (
	"errors"
	"io"
	"slices"
	"strings"

	"satchel/bundle/book"
	"satchel/bundle/internal/archive"
	"satchel/bundle/internal/markup"
	"satchel/bundle/plain"
)

// maxYield is how long the pieces are that Text yields, and maxAllText how long all of them.
const (
	maxYield   = 64 << 10
	maxAllText = 64 << 20
)

// ErrNoText says that nobody here can read what stands in a file.
var ErrNoText = errors.New("its text cannot be read: save it as PDF or DOCX")

// errEnough ends a text whose reader wants no more of it.
var errEnough = errors.New("enough")

// Text yields the text of a book, office document or PDF file for a search index: in reading order, in
// pieces of at most about 64 KiB that end where paragraphs, cells or lines do, 64 MiB in all. It is
// meant for cleaned files, and stops without an error when yield returns false. Errors wrap ErrFormat,
// ErrLimit, ErrEncrypted, ErrNoText or that of r. Hangul documents are pages once HWPX has read them.
//
// Work is bounded by counting, not by a clock, so that the same file always gives the same text.
func Text(r io.ReaderAt, size int64, mediaType string, yield func(string) bool) (err error) {
	var none *Info
	defer settle(&none, &err)
	t := &texts{yield: yield, left: maxAllText}
	switch {
	case mediaType == epubType:
		err = t.epub(r, size)
	case mediaType == "application/pdf":
		err = pdfError(t.pdf(r, size))
	case strings.HasPrefix(mediaType, openDocument):
		err = t.office(r, size, func(name string) bool { return name == "content.xml" })
	case strings.HasPrefix(mediaType, officeXML):
		err = t.office(r, size, isTextPart)
	default:
		return ErrNoText
	}
	if err == nil {
		err = t.flush()
	}
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// texts gathers text into pieces.
type texts struct {
	yield func(string) bool
	b     strings.Builder
	left  int
}

// add adds text.
func (t *texts) add(s string) error {
	if t.left -= len(s); t.left < 0 {
		return errEnough
	}
	t.b.WriteString(s)
	return nil
}

// end ends a paragraph, cell or line.
func (t *texts) end() error {
	if t.b.Len() > 0 {
		t.b.WriteByte('\n')
	}
	if t.b.Len() < maxYield {
		return nil
	}
	return t.flush()
}

func (t *texts) flush() error {
	s := strings.TrimSpace(strings.ToValidUTF8(t.b.String(), "\ufffd"))
	t.b.Reset()
	if s != "" && !t.yield(s) {
		return errEnough
	}
	return nil
}

// isTextPart says whether a part of Office Open XML holds text.
func isTextPart(name string) bool {
	name = strings.ToLower(name)
	return name == "word/document.xml" || name == "word/footnotes.xml" || name == "word/endnotes.xml" ||
		name == "xl/sharedstrings.xml" || strings.HasPrefix(name, "xl/worksheets/sheet") ||
		strings.HasPrefix(name, "ppt/slides/slide") || strings.HasPrefix(name, "ppt/notesslides/notesslide")
}

// office reads the parts that hold text, in the order of their names and numbers.
func (t *texts) office(r io.ReaderAt, size int64, isText func(name string) bool) error {
	zip, err := archive.Open(r, size)
	if err != nil {
		return err
	}
	files := slices.DeleteFunc(slices.Clone(zip.Files), func(f *archive.File) bool { return !isText(f.Name) })
	slices.SortFunc(files, func(a, b *archive.File) int {
		if n := len(a.Name) - len(b.Name); n != 0 { // slide2 before slide10
			return n
		}
		return strings.Compare(a.Name, b.Name)
	})
	for _, f := range files {
		if err := t.part(zip.Open(f)); err != nil {
			return err
		}
	}
	return nil
}

// textElements hold text, lineElements end with a line. They are those of all kinds of documents.
var (
	textElements = set("t p h span a")
	lineElements = set("p h si is c tr line-break tab br cr")
)

// part reads a part. In Office Open XML text stands in t, in OpenDocument in paragraphs and what is in
// them.
func (t *texts) part(r io.Reader) error {
	s := markup.NewScanner(r)
	inside := 0 // elements of text around
	for {
		k, err := s.Next()
		if err == io.EOF {
			return t.end()
		}
		if err != nil {
			return err
		}
		isODF := odfPrefix(k.Space) == "text"
		holds := textElements[k.Local] && (isODF || k.Local == "t")
		switch k.Kind {
		case markup.Start:
			if holds && !k.Empty {
				inside++
			}
			if k.Local == "tab" || k.Local == "s" && isODF {
				err = t.add(" ")
			}
		case markup.End:
			if holds {
				inside--
			}
			if lineElements[k.Local] {
				err = t.end()
			}
		case markup.Text, markup.CData:
			if inside > 0 {
				err = t.add(k.Text())
			}
		}
		if err != nil {
			return err
		}
	}
}

func (t *texts) epub(r io.ReaderAt, size int64) error {
	b, err := book.Open(r, size)
	if err != nil {
		return err
	}
	left := plain.MaxChapters
	for _, c := range b.Chapters {
		data, _, err := b.Read(c.Path, maxChapter)
		if err != nil {
			return err
		}
		if left -= len(data); left < 0 {
			return errEnough
		}
		if err := t.html(data); err != nil {
			return err
		}
	}
	return nil
}

// html reads a page.
func (t *texts) html(data []byte) (err error) {
	plain.Page(toUTF8(data), func(part plain.Part, line string) bool {
		if part != plain.Title {
			if err = t.add(line); err == nil {
				err = t.end()
			}
		}
		return err == nil
	})
	return err
}
