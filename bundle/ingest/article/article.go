// Package article makes articles of what curators write or save: Markdown and plain text, pages
// saved from a browser, MHTML files. An article is an HTML page of text, structure, tables and
// pictures, and nothing else, that reads well under a style sheet of the reader's own.
//
// [Markdown], [Text], [HTML] and [MHTML] return a [Page]: the article and what the text says of
// itself. Metadata is read first and then left out, so that what a bundle says of an item is what
// the caller decides. Links between the items of a bundle stay where the item is there; links to
// the net stay without what follows readers about; pictures that are not there leave their caption.
// A page of a site, which has to stay as it is, is no article: [CutSite] only names the parts of it
// that tell of its makers.
//
// The output holds no address, name, time or software of the one who saved a page, and is the same
// for the same input. It passes through [satchel/bundle/sanitize.HTML] with all of its text.
//
// Input comes from strangers. A page is read in one pass into a tree of our own, which is never
// deeper or larger than the limits below: the tree construction of the HTML standard can repeat
// elements without end. What looks for the article in it, and the Markdown parser, have cases where
// time grows with the square of the input; such input is found by counting first, never by a clock,
// so that results do not depend on the machine.
package article

import (
	"errors"
	"fmt"

	"satchel/bundle/ingest/scrub"
)

// Limits. Input over them is an ErrLimit.
const (
	// MaxInput is the longest text. Its tree takes about six times as much memory at most.
	MaxInput = 32 << 20
	// MaxMarkdown is the longest text in Markdown: its parser keeps some hundred bytes for each
	// word with a mark.
	MaxMarkdown = 4 << 20

	// maxTokens is how many tags, comments and runs of text a page has.
	maxTokens = 2 << 20
	// maxNodes is how many elements and runs of text a page's tree has.
	maxNodes = 400_000
	// maxDepth is how deep elements nest in a tree. The tags of what is deeper are left out and its
	// text is kept. bundle/sanitize has room for 256.
	maxDepth = 240
	// maxAttributes is how many attributes of an element are looked at.
	maxAttributes = 64
	// maxValue is the longest attribute but for addresses of pictures.
	maxValue = 64 << 10
	// maxPicture is the longest data: address of a picture, as in bundle/sanitize.
	maxPicture = 8 << 20
	// maxExternal and maxMissing are how many addresses a Page lists.
	maxExternal = 10_000
	maxMissing  = 10_000
	// maxLine is the longest title, summary or name, as in bundle.MaxTitle.
	maxLine = 1 << 10
)

// ErrLimit says that a text is larger or more tangled than any honest one.
var ErrLimit = errors.New("the text is beyond the limits for its kind")

// ErrFormat says that a file is not what it is taken for.
var ErrFormat = errors.New("the file is broken")

// A Page is an article and what it says of itself. Texts are one line of at most 1 KiB, valid
// UTF-8, without control characters and those for writing direction.
type Page struct {
	HTML     []byte
	Title    string
	Summary  string
	Language string   // a BCP 47 tag: declared, or else found by Language
	Date     string   // when it was published: YYYY, YYYY-MM or YYYY-MM-DD
	Byline   string   // who wrote it; empty with Options.DropBylines
	Licence  string   // "CC BY-SA 4.0" and the like, or what the page calls it
	Source   string   // where on the net it is from
	Tags     []string // what it is about, as it says itself

	Picture  string          // the path of the first picture in it that is more than an icon; or empty
	External []string        // addresses on the net that it links to, without trackers, each once
	Missing  []string        // pictures, sounds and films that are not there
	Removed  []scrub.Removal // what was left out of it
	Words    int             // as Words counts them
}

// Options say how an article is made. The zero value takes every relative address for one of an item
// that is there.
type Options struct {
	// Path is the path of the item in the bundle, from which relative addresses lead.
	Path string
	// Exists says whether a path of the bundle is there; nil says so of all. It gets clean paths in
	// NFC.
	Exists func(path string) bool
	// DropBylines leaves out who wrote it, also where the page shows it.
	DropBylines bool
}

// HTML makes an article of a saved page in UTF-8. Where a part of the page reads like the article
// that it is about, the article is that; else it is the whole body. It returns ErrLimit.
func HTML(text []byte, o Options) (*Page, error) {
	return makeHTML(text, o, nil)
}

// makeHTML makes an article of a page, with the parts that an MHTML file brings along.
func makeHTML(text []byte, o Options, parts *archive) (*Page, error) {
	if len(text) > MaxInput {
		return nil, fmt.Errorf("%w: more than %d MB", ErrLimit, MaxInput>>20)
	}
	t, err := parse(text)
	if err != nil {
		return nil, err
	}
	m := newMaker(o, t)
	m.parts = parts
	if parts != nil && m.page.Source == "" {
		m.page.Source = cleanSource(parts.location)
	}
	m.prepare(t.body)
	m.finish(m.extract(t))
	return m.page, nil
}
