package bundle

import (
	"io"
	"iter"
)

// A Kind says what an item is to a reader. It is signed with the item and
// decides how the item is shown, never what its bytes may do.
type Kind string

// The kinds of version 1. Resource is what pages need and nobody reads by
// itself: style sheets, fonts, data. File is anything else, to be saved.
const (
	KindPage     Kind = "page"
	KindText     Kind = "text"
	KindDocument Kind = "document"
	KindBook     Kind = "book"
	KindPicture  Kind = "picture"
	KindSound    Kind = "sound"
	KindVideo    Kind = "video"
	KindCaptions Kind = "captions"
	KindFile     Kind = "file"
	KindResource Kind = "resource"
)

// Kinds lists every kind in the order in which a bundle lays out and a viewer
// shows them.
var Kinds = []Kind{
	KindPage, KindText, KindDocument, KindBook, KindPicture, KindSound,
	KindVideo, KindCaptions, KindFile, KindResource,
}

// An Item is one thing in a bundle: what the catalogue says of it.
type Item struct {
	// Path is the item's relative path, slash-separated, by the one rule for
	// names (see FORMAT.md). Unique in a bundle, also after case folding.
	Path string
	Kind Kind
	// Type is the media type that a viewer serves the item with, such as
	// "text/html; charset=utf-8".
	Type     string
	Title    string // at most MaxTitle bytes, no control characters
	Language string // a BCP 47 tag, or empty
	Date     string // YYYY, YYYY-MM or YYYY-MM-DD, or empty
	Size     int64  // bytes, exactly

	// What follows may be left out.
	Summary       string // a sentence or two, at most MaxTitle bytes, like Title
	Tags          string // what it is about, separated by line feeds, at most MaxTitle bytes
	Byline        string // who made it, at most MaxTitle bytes, like Title
	Licence       string // under which terms, the same
	Origin        string // its address on the net, the same
	Captured      string // when it was saved from there, like Date
	Millis        int64  // how long a recording plays, in thousandths of a second
	Words         int64  // how long a text is
	Width, Height int64  // of a picture or a film as it is shown, in pixels
	Cover         string // the path of the picture that stands for it

	section int64 // 1 + the number of the section that it belongs to, or 0

	// Sum may be set by a source that has had the content in hand: its SHA-256. It spares Create
	// a read, is checked when the content is copied, and is not kept in the bundle.
	Sum *[32]byte
}

// An Entry is an item as it stands in a bundle.
type Entry struct {
	Item
	// ID is the item's rank in the default order: date descending with undated
	// items last, then path.
	ID uint32

	place place
}

// A Source is what a bundle is made from. Both passes of Create go through it,
// so it holds no more than it must and opens things again on demand.
type Source interface {
	// Items yields every item once, in any order. An error ends the packing.
	Items() iter.Seq2[Item, error]
	// Open returns the content of the item with this path. Create reads it to
	// the end and refuses content that is not exactly Size bytes long.
	Open(path string) (io.ReadCloser, error)
}
