// Package book opens EPUB books, versions 2 and 3, so that their chapters can be shown one by one
// straight from where the book lies.
//
// [Open] reads what a book says of itself, the order of its chapters and its table of contents, and
// inflates nothing else but a short first document, which may be the cover. [Book.Read] reads one file of it. What a chapter holds is a stranger's page: it
// has to pass through bundle/sanitize before it is shown.
//
// Sources: EPUB Open Container Format 3.3 (container, obfuscated fonts), EPUB Packages 3.3 and OPF
// 2.0.1 (metadata, manifest, spine), EPUB Navigation Documents 3.3, and ANSI/NISO Z39.86-2005 (NCX).
//
// Books that cannot be read without somebody's permission are refused; fonts that are only obfuscated
// are read. Remote files, scripts, media overlays and all renditions but the first are left out.
package book

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"satchel/bundle/internal/archive"
	"satchel/bundle/internal/markup"
)

// Limits. What goes over them is ErrLimit; titles are cut.
const (
	// maxMarkup is the longest package document or table of contents.
	maxMarkup = 8 << 20
	// maxEntries is how many files a manifest, chapters a spine and lines a table of contents has.
	maxEntries = 10_000
	// maxCreators is how many people are named.
	maxCreators = 32
	// maxText is the longest title or name, in bytes; maxSummary that of the summary.
	maxText    = 1024
	maxSummary = 16 << 10
)

// Errors that callers can test for. Others come from the reader.
var (
	ErrFormat    = errors.New("not a valid EPUB book")
	ErrLimit     = errors.New("a book beyond the limits")
	ErrProtected = errors.New("the book is encrypted (DRM), so nobody but its buyer can read it")
)

// A Book is an open book. Its methods may be called at the same time if the reader can be.
type Book struct {
	Title    string
	Language string   // as the book says: often a BCP 47 tag
	Creators []string // authors first
	Date     string   // of publication, as the book says
	Summary  string   // what the publisher says of it: may hold markup
	Cover    string   // the path of a picture, or ""
	Dir      string   // in which direction pages go on: "ltr", "rtl", or "" where the book leaves it open

	// Fixed says that pages are laid out as pictures are (rendition:layout pre-paginated).
	Fixed bool

	// Chapters are the documents of the book in reading order.
	Chapters []Chapter
	// Contents is the table of contents.
	Contents []Entry
	// Files are all files of the book that its manifest lists and that are there, in its order.
	Files []File

	// Navigation and NCX are the paths of the tables of contents of EPUB 3 and 2, or "".
	Navigation, NCX string

	zip        *archive.Archive
	identifier string // the unique one, from which fonts are obfuscated
	byPath     map[string]*File
}

// A Chapter is a document of the book.
type Chapter struct {
	Path  string
	Title string // from the table of contents, or "" where that does not name the document
	Depth int    // how deep the title is in the table of contents; of the one before it where there is none
	Aside bool   // not a part of the reading order: notes, answers (linear="no")
	// Properties are those of the spine in EPUB 3, apart by spaces: page-spread-left, ...
	Properties string
}

// An Entry is a line of the table of contents.
type Entry struct {
	Title    string
	Path     string // of a file of the book, or "" for a heading
	Fragment string // the id in that file, or ""
	Depth    int    // 0 at the top
}

// A File is a file of the book.
type File struct {
	Path       string
	Type       string // media type as the manifest says, in lower case, without parameters
	Properties string // of EPUB 3, apart by spaces: nav, cover-image, svg, ...
	ID         string
	Size       int64

	entry      *archive.File
	obfuscated scheme
	part       Part
}

// Obfuscated says whether the file is one that is read whole before anything of it can be seen: a font.
func (f *File) Obfuscated() bool { return f.obfuscated != plain }

// Open reads a book's package document and table of contents. Errors wrap ErrFormat, ErrLimit,
// ErrProtected or that of r. Nothing a book contains makes it panic.
func Open(r io.ReaderAt, size int64) (b *Book, err error) {
	defer func() {
		if recover() != nil {
			b, err = nil, fmt.Errorf("%w: it upsets the reader for it", ErrFormat)
		}
	}()
	zip, err := archive.Open(r, size)
	if err != nil {
		return nil, sort(err)
	}
	b = &Book{zip: zip, byPath: map[string]*File{}}
	for _, step := range []func() error{b.checkType, b.readPackage, b.readEncryption, b.readContents} {
		if err := step(); err != nil {
			return nil, sort(err)
		}
	}
	b.nameChapters()
	b.findParts()
	return b, nil
}

// sort gives an error from below its place among ours.
func sort(err error) error {
	for _, own := range []error{ErrFormat, ErrLimit, ErrProtected} {
		if errors.Is(err, own) {
			return err
		}
	}
	for _, c := range []struct{ below, own error }{
		{archive.ErrEncrypted, ErrProtected},
		{archive.ErrLimit, ErrLimit}, {markup.ErrLimit, ErrLimit},
		{archive.ErrFormat, ErrFormat}, {markup.ErrFormat, ErrFormat}, {markup.ErrEntity, ErrFormat},
	} {
		if errors.Is(err, c.below) {
			return fmt.Errorf("%w: %w", c.own, err)
		}
	}
	return err
}

// mediaType is what a book says it is in its first file.
const mediaType = "application/epub+zip"

// checkType refuses what says that it is something else. Books made by hand say nothing.
func (b *Book) checkType() error {
	f := b.zip.File("mimetype")
	if f == nil {
		return nil
	}
	data, err := b.zip.Read(f, 1024)
	if err != nil {
		return err
	}
	if t := strings.TrimSpace(strings.TrimPrefix(string(data), "\ufeff")); t != mediaType {
		return fmt.Errorf("%w: it says that it is %q", ErrFormat, t)
	}
	return nil
}

// Read returns a file of the book with its media type. A path that the manifest does not list is
// fs.ErrNotExist; a file of more than limit bytes ErrLimit; one that is damaged ErrFormat.
func (b *Book) Read(name string, limit int64) (data []byte, mediaType string, err error) {
	f := b.byPath[name]
	if f == nil {
		return nil, "", fmt.Errorf("%q: %w", name, fs.ErrNotExist)
	}
	data, err = b.zip.Read(f.entry, limit)
	if err != nil {
		return nil, "", sort(err)
	}
	f.obfuscated.reveal(data, b.identifier)
	return data, f.Type, nil
}

// Open reads a file of the book as it comes. What Read says of errors holds for its end, too.
func (b *Book) Open(name string) (io.Reader, error) {
	f := b.byPath[name]
	switch {
	case f == nil:
		return nil, fmt.Errorf("%q: %w", name, fs.ErrNotExist)
	case f.obfuscated == plain:
		return b.zip.Open(f.entry), nil
	}
	data, _, err := b.Read(name, maxFont)
	return bytes.NewReader(data), err
}

// Raw returns a file of the book for reading at any place if it lies in it as it is; otherwise nil.
func (b *Book) Raw(name string) io.ReaderAt {
	f := b.byPath[name]
	if f == nil || f.obfuscated != plain {
		return nil
	}
	return b.zip.Raw(f.entry)
}

// File returns what the manifest says of a path, or nil.
func (b *Book) File(name string) *File { return b.byPath[name] }

// Resolve says which path of the book an address in the file base means, and which id in it.
// The path is "" where the address leads out of the book.
func Resolve(base, ref string) (name, fragment string) {
	ref, fragment, _ = strings.Cut(ref, "#")
	ref, _, _ = strings.Cut(ref, "?")
	if ref == "" {
		return base, fragment
	}
	unescaped := unescapePath(ref)
	if strings.HasPrefix(unescaped, "/") || hasScheme(ref) {
		return "", ""
	}
	name = path.Join(path.Dir(base), unescaped)
	if !archive.Local(name) {
		return "", ""
	}
	return name, fragment
}

// hasScheme says whether an address begins as http: and mailto: do.
func hasScheme(ref string) bool {
	for i := range len(ref) {
		switch c := ref[i]; {
		case c == ':':
			return i > 0
		case c == '/' || c == '%':
			return false
		}
	}
	return false
}

// unescapePath resolves %20. What is no valid escape stays.
func unescapePath(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if high, low := unhex(s[i+1]), unhex(s[i+2]); high|low < 16 {
				out = append(out, high<<4|low)
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}

// unhex returns the value of a hex digit, or 255.
func unhex(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}
