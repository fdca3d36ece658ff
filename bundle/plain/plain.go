// Package plain reads what an item says: the text of a page, of captions, of a book, without markup. What
// is searched when a bundle is packed is read the same way as what is shown beside a result.
//
// It takes what a bundle holds, that is, what was cleaned when it was packed, and yet trusts nothing: it has
// no state, works in one pass, and yields no more than MaxText bytes.
package plain

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"satchel/bundle/book"
)

// MaxText is how many bytes of text are read of one item.
const MaxText = 32 << 20

// maxPage is how much is read of a page or of the chapter of a book, in bytes.
const maxPage = 16 << 20

// MaxChapters is how much is read of all chapters of a book together, in bytes: ten thousand that say nothing
// would take minutes.
const MaxChapters = 128 << 20

// A Part says what a piece of text is.
type Part int

// The parts of a text.
const (
	Body    Part = iota
	Heading      // of a page, or of a chapter
	Title        // of a page, as it names itself
)

// ErrNoText says that there is no text in content of this media type, or that nobody here can read it.
var ErrNoText = errors.New("no text that can be read")

// Text yields the text of content with this media type, in reading order: paragraphs, lines, cells, each
// on one line without white space around it. It ends when yield returns false. Errors are ErrNoText, those
// of r, and those of package book.
func Text(r io.ReaderAt, size int64, mediaType string, yield func(Part, string) bool) error {
	base, _, _ := strings.Cut(mediaType, ";")
	read := readers[base]
	switch {
	case base == bookType:
		return bookText(r, size, yield)
	case read == nil && strings.HasPrefix(base, "text/"):
		read = lines
	case read == nil:
		return ErrNoText
	}
	return read(io.NewSectionReader(r, 0, size), limited(yield))
}

// readers read the content of a media type.
var readers = map[string]func(*io.SectionReader, func(Part, string) bool) error{
	"text/html": page, "application/xhtml+xml": page, "image/svg+xml": page,
	"text/vtt": captions, "application/x-subrip": captions,
	"application/xml": page, "text/xml": page,
}

func page(r *io.SectionReader, yield func(Part, string) bool) error {
	content := make([]byte, min(r.Size(), maxPage))
	_, err := io.ReadFull(r, content)
	if err == nil {
		Page(content, yield)
	}
	return err
}

// Reads says whether Text reads content of this media type.
func Reads(mediaType string) bool {
	base, _, _ := strings.Cut(mediaType, ";")
	return readers[base] != nil || strings.HasPrefix(base, "text/") || base == bookType
}

const bookType = "application/epub+zip"

// limited ends a text of more than MaxText bytes.
func limited(yield func(Part, string) bool) func(Part, string) bool {
	left := MaxText
	return func(p Part, s string) bool {
		left -= len(s)
		return left >= 0 && yield(p, s)
	}
}

// eachLine calls do with each line, without white space around it. A very long one comes in pieces.
func eachLine(r io.Reader, do func(line []byte) bool) error {
	b := bufio.NewReaderSize(r, maxLine)
	for {
		line, err := b.ReadSlice('\n')
		if len(line) > 0 && !do(bytes.TrimSpace(line)) || err == io.EOF {
			return nil
		}
		if err != nil && err != bufio.ErrBufferFull {
			return err
		}
	}
}

// lines reads a text without any markup.
func lines(r *io.SectionReader, yield func(Part, string) bool) error {
	return eachLine(r, func(line []byte) bool { return len(line) == 0 || yield(Body, valid(line)) })
}

// captions reads subtitles: numbers and times are lines of their own, and so are notes and styles.
func captions(r *io.SectionReader, yield func(Part, string) bool) error {
	var shown bool
	return eachLine(r, func(line []byte) bool {
		more := true
		switch {
		case len(line) == 0:
			shown = false
		case bytes.Contains(line, []byte("-->")):
			shown = true
		case shown:
			Page(line, func(_ Part, s string) bool { // tags and references are like those of pages
				more = yield(Body, s)
				return more
			})
		}
		return more
	})
}

// bookText reads the chapters of a book in their order.
func bookText(r io.ReaderAt, size int64, yield func(Part, string) bool) error {
	b, err := book.Open(r, size)
	if err != nil {
		return err
	}
	more := true
	until := limited(func(p Part, s string) bool {
		if p == Title { // the title of a chapter is in its headings, and the book's is the item's
			return true
		}
		more = yield(p, s)
		return more
	})
	left := MaxChapters
	for _, c := range b.Chapters {
		data, _, err := b.Read(c.Path, maxPage)
		if err != nil {
			return err
		}
		if left -= len(data); left < 0 {
			return nil
		}
		if Page(data, until); !more {
			return nil
		}
	}
	return nil
}

func valid(s []byte) string { return strings.ToValidUTF8(string(s), "\ufffd") }
