// Package document makes of books and office documents files that no longer tell who wrote them,
// when, where and with what: [EPUB], [Office], [PDF], and [HWPX], which becomes a page of HTML.
//
// Each reads a file and writes a new one. What the new one holds was asked for by name: parts that the
// document needs to be shown, by their kind, each passed through a filter for its kind. Parts that
// nobody has heard of stay behind. Pictures, sound and film inside go through bundle/ingest/scrub, and
// where that cannot clean one, an empty picture takes its place.
//
// Text is never removed because of what it says: a name that stands on a page stays there. But text that
// readers do not see goes: comments, changes that were tracked, hidden layers, what was deleted.
//
// The output is a function of the input alone: there are no times in it, no random numbers, and the
// order of everything comes from the file. Calling twice gives the same bytes.
//
// Files come from strangers. Every size in them is a claim, memory and work are bounded, and no fault
// in a file becomes a panic of ours. After an error the output is a part of a document, to be thrown
// away.
package document

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"satchel/bundle/book"
	"satchel/bundle/ingest/scrub"
	"satchel/bundle/internal/archive"
	"satchel/bundle/internal/markup"
)

// Errors that callers can test for. Others come from the reader or the writer.
var (
	// ErrFormat says that a file is not what it is taken for, or is broken where that matters.
	ErrFormat = scrub.ErrFormat
	// ErrLimit says that a file is larger, deeper or slower than any honest one.
	ErrLimit = scrub.ErrLimit
	// ErrEncrypted says that a file cannot be read without a password or permission.
	ErrEncrypted = errors.New("the document is encrypted: save it without a password first")
	// ErrMacros says that a document holds programs.
	ErrMacros = errors.New("the document holds macros, which are programs: save it without them first")
)

// Limits of what a document says of itself.
const (
	maxTitle   = 1024
	maxSummary = 16 << 10
	// maxCover is the largest cover that is returned: larger ones are none.
	maxCover = 16 << 20
)

// Options say how much of a document stays. The zero value keeps the names of a book's authors.
type Options struct {
	// DropBylines takes authors out, too.
	DropBylines bool

	testOnlyScrub scrubber
}

// Info is what a document says of itself, and what was taken out of it.
type Info struct {
	Title    string // valid UTF-8 on one line, at most 1,024 bytes, like Byline
	Language string // as the document says: often a BCP 47 tag
	Date     string // of publication, as a book says: never when a file was made
	Byline   string // the authors of a book, unless Options.DropBylines
	Summary  string // plain text
	Cover    []byte // a cleaned picture, JPEG or PNG
	Pages    int    // of a PDF file; slides of a presentation; otherwise 0
	Removed  []scrub.Removal
}

// remove notes what was taken out. The same thing from several places is one.
func (i *Info) remove(what string, bytes int64) {
	if n := slices.IndexFunc(i.Removed, func(x scrub.Removal) bool { return x.What == what }); n >= 0 {
		i.Removed[n].Bytes += bytes
		return
	}
	const most = 200
	if len(i.Removed) < most {
		i.Removed = append(i.Removed, scrub.Removal{What: what, Bytes: bytes})
	}
}

// settle makes an error of a parser one of ours, after a panic, too. It is deferred.
func settle(info **Info, err *error) {
	if recover() != nil {
		*err = fmt.Errorf("%w: it upsets the reader for it", ErrFormat)
	}
	if *err != nil {
		*info, *err = nil, sortError(*err)
	}
}

// sortError gives an error from below its place among ours.
func sortError(err error) error {
	for _, own := range []error{ErrFormat, ErrLimit, ErrEncrypted, ErrMacros} {
		if errors.Is(err, own) {
			return err
		}
	}
	for _, c := range []struct{ below, own error }{
		{archive.ErrEncrypted, ErrEncrypted}, {book.ErrProtected, ErrEncrypted},
		{archive.ErrLimit, ErrLimit}, {markup.ErrLimit, ErrLimit}, {book.ErrLimit, ErrLimit},
		{archive.ErrFormat, ErrFormat}, {markup.ErrFormat, ErrFormat}, {book.ErrFormat, ErrFormat},
		{markup.ErrEntity, ErrFormat},
	} {
		if errors.Is(err, c.below) {
			return fmt.Errorf("%w: %w", c.own, err)
		}
	}
	return err
}

// oneLine makes a title of a text.
func oneLine(s string, limit int) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\ufffd")), " ")
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return strings.TrimSpace(s[:limit])
}

// isLocal says whether a text names a file on somebody's computer.
func isLocal(s string) bool {
	s = strings.ToLower(strings.TrimSpace(s))
	return strings.Contains(s, `:\`) || strings.Contains(s, "file:") || strings.HasPrefix(s, `\\`) ||
		strings.Contains(s, "/home/") || strings.Contains(s, "/users/") || strings.Contains(s, "/tmp/") ||
		strings.Contains(s, ":/users") || strings.Contains(s, "%5c")
}
