// Package sanitize turns a stranger's HTML page, style sheet or SVG drawing
// into one that can neither run script nor make a request: no fetch, no
// navigation, no name look-up, in any browser.
//
// It is an allow-list. Nothing of the input is passed on because it looked
// harmless: [HTML], [CSS] and [SVG] read tokens and write new, balanced markup
// from tables of the elements, attributes, at-rules and functions that they
// know, with every character escaped again. How a browser would have read the
// input therefore does not matter; how it reads the output does, and the output
// uses only what all parsers agree on. Cleaning the output again changes
// nothing.
//
// Every address goes through the caller's [Linker]. What it answers is checked
// once more: a resource is a relative address, a blob: of the caller's or a
// data: picture, sound, film or font, never another scheme or host.
//
// A link may lead out, since following it takes a click. But Chromium looks up
// the names of the hosts that a page links to, so a Linker for pages that are
// shown must answer with addresses of the viewer's own.
//
// Documents are read in one pass and without a tree. Output grows linearly with
// input (a byte becomes six at most) and with what the Linker answers.
package sanitize

import (
	"errors"
	"fmt"
	"io"

	"golang.org/x/net/html"
)

// Limits. What goes over the first two is an error; over the others, the part
// that does is left out and the rest is kept.
const (
	// MaxToken is the longest run of text, tag or comment in a page or drawing.
	// It bounds the memory that a page takes: about three times as much.
	MaxToken = 16 << 20
	// MaxSheet is the longest style sheet.
	MaxSheet = 8 << 20

	// maxDepth is how deep elements nest. Browsers flatten what is deeper than
	// 512, each in its own way; below that they build the tree that we wrote.
	maxDepth = 256
	// maxDrawingDepth is how deep the elements of one drawing nest.
	maxDrawingDepth = 128
	// maxAttributes is how many attributes of an element are looked at.
	maxAttributes = 64
	// maxValue is the longest attribute that is not an address or a style.
	maxValue = 64 << 10
	// maxAddress is the longest address. Only data: addresses come near it.
	maxAddress = 8 << 20
	// maxIDs is how many ids in an attribute get other names; the rest is left out.
	maxIDs = 16
	// maxCandidates is how many pictures a srcset offers.
	maxCandidates = 32
	// maxSheetDepth is how deep rules and brackets nest in a style sheet.
	maxSheetDepth = 32
	// maxCopies is how many elements the use elements of a page or drawing
	// repeat, all in all: a kilobyte of nested use can stand for billions.
	maxCopies = 100_000
	// maxForward is how many use elements may name what comes after them, whose
	// size is not known yet.
	maxForward = 64
)

// Errors that callers can test for. Others come from the reader or the writer.
var (
	// ErrTooLarge reports input over MaxToken or MaxSheet.
	ErrTooLarge = errors.New("sanitize: larger than the limit")
	// ErrDrawing reports input that is no SVG drawing, or one that declares
	// entities.
	ErrDrawing = errors.New("sanitize: not an SVG drawing that can be shown")
)

// A Use says what a resource is wanted for.
type Use int

// The uses of a resource.
const (
	Picture  Use = iota // img, picture, poster, url() in a style sheet
	Sound               // audio
	Video               // video
	Captions            // track
	Style               // link rel=stylesheet, @import
	Font                // src of @font-face
)

// A Linker decides what becomes of an address. It gets the address as written,
// entities and CSS escapes decoded, without white space around it and line ends
// in it, joined to a local <base href>; it resolves "..", fragments and queries.
type Linker interface {
	// Link answers for <a href> and <area href>. Without ok the attribute is
	// dropped and the text stays. An answer with another scheme than http,
	// https, mailto or tel counts as not ok.
	Link(ref string) (href string, ok bool)
	// Resource answers for what a browser fetches by itself. Without ok the
	// element stays without it, and a style has none instead.
	Resource(ref string, use Use) (src string, ok bool)
}

// Options says how a document is reduced. The zero value keeps the text and its
// structure, and no address at all.
type Options struct {
	// Linker answers for addresses; nil refuses them all.
	Linker Linker
	// Styles keeps what makes a site look like itself: its style elements and
	// attributes, linked style sheets and classes, cleaned. Without it, the page
	// is an article: it has no style of its own and cannot draw over what is
	// around it.
	Styles bool
	// ID answers what stands for an id, or for the name of an anchor or a map, wherever it stands: in attributes,
	// behind the # of a link to a place in the page itself, in selectors and in url() of styles. Ids that are
	// the same must get the same answer, since they belong together; as an address has them, they
	// may have percent escapes. Selectors for a part of an id ([id^=a]) stay, and match what was answered. Nil keeps ids as they are.
	ID func(id string) string
	// Title is the title of the page that is written. It shows in the browser's
	// history, so it is the caller's, never the document's.
	Title string
	// Head is trusted markup, written into the head before the page's styles as
	// it is: a style sheet of the caller's, <base target>.
	Head string
}

// HTML reads a page, UTF-8 or nearly so, from r and writes a complete document
// with the same text to w. Bytes that are not UTF-8 become U+FFFD.
//
// A <base href> is never written. When it is a relative path, relative addresses
// are joined to it before the Linker sees them; one that names a host is ignored,
// so that a saved page finds the files beside it.
//
// After an error w holds a part of a page; ErrTooLarge is the only one that
// does not come from r or w.
func HTML(w io.Writer, r io.Reader, o Options) error {
	p := newPage(w, r, o)
	defer p.free()
	for {
		kind := p.z.Next()
		if kind == html.ErrorToken {
			break
		}
		p.token(kind)
		if p.out.flush(flushSize); p.out.err != nil {
			return p.out.err
		}
	}
	if err := readError(p.z.Err()); err != nil {
		return err
	}
	p.finish()
	p.out.flush(0)
	return p.out.err
}

// CSS reads a style sheet from r and writes it to w with the rules and
// declarations that are known to be harmless. Addresses in it go to o.Linker,
// which resolves them against the place of this sheet; of o only Linker and ID are used.
// It returns ErrTooLarge for more than MaxSheet bytes and writes nothing then.
func CSS(w io.Writer, r io.Reader, o Options) error {
	src, err := io.ReadAll(io.LimitReader(r, MaxSheet+1))
	if err != nil {
		return fmt.Errorf("sanitize: read: %w", err)
	}
	if len(src) > MaxSheet {
		return ErrTooLarge
	}
	s := sheet{refs: resolver{linker: o.Linker, id: o.ID}}
	if _, err := w.Write(s.clean(src)); err != nil {
		return fmt.Errorf("sanitize: write: %w", err)
	}
	return nil
}

// SVG reads a drawing from r and writes it to w as well-formed XML with its
// shapes, text, gradients, filters and pictures that lie inside it. It has no
// links, animation or foreign content, and refers to nothing outside.
// It returns ErrDrawing for what has no svg element or declares entities, and
// ErrTooLarge; w may hold a part of a drawing then.
func SVG(w io.Writer, r io.Reader) error {
	z := newTokenizer(r)
	z.AllowCDATA(true)
	d := drawing{out: &output{w: w}, z: z, styles: true, ids: &copies{}}
	for !d.done {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		if err := d.document(kind); err != nil {
			return err
		}
		if d.out.flush(flushSize); d.out.err != nil {
			return d.out.err
		}
	}
	if err := readError(z.Err()); err != nil {
		return err
	}
	if !d.done && len(d.stack) == 0 {
		return ErrDrawing
	}
	d.finish()
	d.out.flush(0)
	return d.out.err
}

// newTokenizer reads r in tokens of at most MaxToken bytes.
func newTokenizer(r io.Reader) *html.Tokenizer {
	z := html.NewTokenizer(r)
	z.SetMaxBuf(MaxToken)
	return z
}

// readError turns the tokenizer's last error into ours; the end is none.
func readError(err error) error {
	switch {
	case err == nil || errors.Is(err, io.EOF):
		return nil
	case errors.Is(err, html.ErrBufferExceeded):
		return ErrTooLarge
	}
	return fmt.Errorf("sanitize: read: %w", err)
}
