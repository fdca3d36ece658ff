// Package plain reads what an item says: the text of a page, of captions, of a book, without markup. What
// is searched when a bundle is packed is read the same way as what is shown beside a result.
//
// It takes what a bundle holds, that is, what was cleaned when it was packed, and yet trusts nothing: it has
// no state, works in one pass, and yields no more than MaxText bytes.
package plain

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"satchel/bundle/book"
)

// MaxText is how many bytes of text are read of one item.
const MaxText = 64 << 20

// maxInput is how large a page or a text is that is read, in bytes.
const maxInput = 64 << 20

// maxChapter is the same for the chapter of a book.
const maxChapter = 16 << 20

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
	case base == "application/epub+zip":
		return bookText(r, size, yield)
	case read == nil && strings.HasPrefix(base, "text/"):
		read = lines
	case read == nil:
		return ErrNoText
	}
	content := make([]byte, min(size, maxInput))
	if n, err := r.ReadAt(content, 0); n < len(content) {
		return errors.Join(err, io.ErrUnexpectedEOF)
	}
	read(content, limited(yield))
	return nil
}

// readers read content that is held.
var readers = map[string]func([]byte, func(Part, string) bool){
	"text/html": Page, "application/xhtml+xml": Page, "image/svg+xml": Page,
	"text/vtt": captions, "application/x-subrip": captions,
	"application/xml": Page, "text/xml": Page,
}

// limited ends a text of more than MaxText bytes.
func limited(yield func(Part, string) bool) func(Part, string) bool {
	left := MaxText
	return func(p Part, s string) bool {
		left -= len(s)
		return left >= 0 && yield(p, s)
	}
}

// lines reads a text without any markup.
func lines(content []byte, yield func(Part, string) bool) {
	for line := range bytes.Lines(content) {
		if line = bytes.TrimSpace(line); len(line) > 0 && !yield(Body, valid(line)) {
			return
		}
	}
}

// captions reads subtitles: numbers and times are lines of their own, and so are notes and styles.
func captions(content []byte, yield func(Part, string) bool) {
	var shown bool
	for line := range bytes.Lines(content) {
		line = bytes.TrimSpace(line)
		switch {
		case len(line) == 0:
			shown = false
		case bytes.Contains(line, []byte("-->")):
			shown = true
		case shown:
			more := true
			Page(line, func(_ Part, s string) bool { // tags and references are like those of pages
				more = yield(Body, s)
				return more
			})
			if !more {
				return
			}
		}
	}
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
	for _, c := range b.Chapters {
		data, _, err := b.Read(c.Path, maxChapter)
		if err != nil {
			return err
		}
		if Page(data, until); !more {
			return nil
		}
	}
	return nil
}

func valid(s []byte) string { return strings.ToValidUTF8(string(s), "\ufffd") }
