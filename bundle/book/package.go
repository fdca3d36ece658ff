package book

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"satchel/bundle/internal/markup"
)

// The namespaces that tell elements apart.
const (
	containerSpace  = "urn:oasis:names:tc:opendocument:xmlns:container"
	encryptionSpace = "http://www.w3.org/2001/04/xmlenc#"
	metadataSpace   = "http://purl.org/dc/elements/1.1/"
	packageSpace    = "http://www.idpf.org/2007/opf"
	opsSpace        = "http://www.idpf.org/2007/ops"
	ncxSpace        = "http://www.daisy.org/z3986/2005/ncx/"
	xhtmlSpace      = "http://www.w3.org/1999/xhtml"
	xlinkSpace      = "http://www.w3.org/1999/xlink"
)

// elements calls visit for each start tag of an XML file of the book, with what reads on.
func (b *Book) elements(name string, visit func(*markup.Scanner, *markup.Token) error) error {
	f := b.zip.File(name)
	if f == nil {
		return fmt.Errorf("%w: it has no file %q", ErrFormat, name)
	}
	if f.Size > maxMarkup {
		return fmt.Errorf("%w: %q has %d bytes", ErrLimit, name, f.Size)
	}
	s := markup.NewScanner(b.zip.Open(f))
	for {
		t, err := s.Next()
		if err == nil && t.Kind == markup.Start {
			err = visit(s, t)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%q: %w", name, err)
		}
	}
}

// text reads on to the end of the element t, and returns the text in it, cut to limit bytes.
func text(s *markup.Scanner, t *markup.Token, limit int) (string, error) {
	depth := t.Depth
	if t.Empty {
		return "", nil
	}
	var b strings.Builder
	for {
		t, err := s.Next()
		switch {
		case err == io.EOF:
			return tidy(b.String(), limit), nil
		case err != nil:
			return "", err
		case t.Kind == markup.End && t.Depth == depth:
			return tidy(b.String(), limit), nil
		case b.Len() > 4*limit:
		case t.Kind == markup.Text || t.Kind == markup.CData:
			b.WriteString(t.Text())
		case t.Kind == markup.Start && t.Local == "img":
			b.WriteString(t.Attr("", "alt"))
		case t.Kind == markup.Start && t.Local == "br":
			b.WriteByte(' ')
		}
	}
}

// tidy makes one line of a text, valid UTF-8 of at most limit bytes.
func tidy(s string, limit int) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\ufffd")), " ")
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// rootFile finds the package document: the first that the container names.
func (b *Book) rootFile() (name string, err error) {
	err = b.elements("META-INF/container.xml", func(_ *markup.Scanner, t *markup.Token) error {
		if t.Space != containerSpace || t.Local != "rootfile" || name != "" {
			return nil
		}
		kind := t.Attr("", "media-type")
		if kind == "" || kind == "application/oebps-package+xml" {
			name = t.Attr("", "full-path")
		}
		return nil
	})
	if err == nil && name == "" {
		err = fmt.Errorf("%w: its container names no package document", ErrFormat)
	}
	return name, err
}

// A draft is a package document as far as it was read.
type draft struct {
	book *Book
	base string

	unique   string            // which identifier is the unique one
	ids      map[string]string // identifiers by their id
	items    map[string]*File  // by id, also those that are not there
	spine    []place
	coverID  string            // of EPUB 2
	ncxID    string            // of EPUB 2
	creators []creator         // in order
	roles    map[string]string // of EPUB 3: by the id of the creator
}

// A place is a chapter's in the spine, by the id of its file.
type place struct {
	id, properties string
	aside          bool
}

type creator struct{ id, name, role string }

// readPackage reads metadata, manifest and spine.
func (b *Book) readPackage() error {
	root, err := b.rootFile()
	if err != nil {
		return err
	}
	d := &draft{book: b, base: root, ids: map[string]string{}, items: map[string]*File{},
		roles: map[string]string{}}
	if err := b.elements(root, d.element); err != nil {
		return err
	}
	return d.finish()
}

func (d *draft) element(s *markup.Scanner, t *markup.Token) error {
	if t.Space == metadataSpace {
		return d.metadata(s, t)
	}
	if t.Space != packageSpace {
		return nil
	}
	switch t.Local {
	case "package":
		d.unique = t.Attr("", "unique-identifier")
	case "meta":
		return d.meta(s, t)
	case "item":
		return d.item(t)
	case "spine":
		d.ncxID = t.Attr("", "toc")
		if dir := t.Attr("", "page-progression-direction"); dir == "ltr" || dir == "rtl" {
			d.book.Dir = dir
		}
	case "reference": // in the guide
		d.book.mark(d.base, t, "")
	case "itemref":
		if len(d.spine) == maxEntries {
			return fmt.Errorf("%w: more than %d chapters", ErrLimit, maxEntries)
		}
		d.spine = append(d.spine, place{t.Attr("", "idref"), t.Attr("", "properties"), t.Attr("", "linear") == "no"})
	}
	return nil
}

// metadata reads an element of Dublin Core. The first of each kind counts: it is the main one.
func (d *draft) metadata(s *markup.Scanner, t *markup.Token) error {
	name, id, role, event := t.Local, t.Attr("", "id"), t.Attr(packageSpace, "role"), t.Attr(packageSpace, "event")
	limit := maxText
	if name == "description" {
		limit = maxSummary
	}
	value, err := text(s, t, limit)
	if err != nil || value == "" {
		return err
	}
	b := d.book
	switch name {
	case "title":
		first(&b.Title, value)
	case "language":
		first(&b.Language, value)
	case "description":
		first(&b.Summary, value)
	case "date":
		if event == "" || event == "publication" || event == "original-publication" {
			first(&b.Date, value)
		}
	case "identifier":
		if len(d.ids) < maxEntries {
			d.ids[id] = value
		}
	case "creator":
		if len(d.creators) < maxCreators {
			d.creators = append(d.creators, creator{id, value, role})
		}
	}
	return nil
}

func first(to *string, value string) {
	if *to == "" {
		*to = value
	}
}

// meta reads the cover of EPUB 2, the roles and the layout of EPUB 3.
func (d *draft) meta(s *markup.Scanner, t *markup.Token) error {
	if t.Attr("", "name") == "cover" {
		first(&d.coverID, t.Attr("", "content"))
		return nil
	}
	if t.Attr("", "property") == "rendition:layout" {
		layout, err := text(s, t, maxText)
		d.book.Fixed = layout == "pre-paginated"
		return err
	}
	refines, isID := strings.CutPrefix(t.Attr("", "refines"), "#")
	if !isID || t.Attr("", "property") != "role" || len(d.roles) > maxCreators {
		return nil
	}
	role, err := text(s, t, maxText)
	d.roles[refines] = role
	return err
}

// item reads a file of the manifest.
func (d *draft) item(t *markup.Token) error {
	if len(d.items) == maxEntries {
		return fmt.Errorf("%w: more than %d files in its manifest", ErrLimit, maxEntries)
	}
	id := t.Attr("", "id")
	name, _ := Resolve(d.base, t.Attr("", "href"))
	kind, _, _ := strings.Cut(strings.ToLower(t.Attr("", "media-type")), ";")
	if id == "" || name == "" || d.items[id] != nil {
		return nil // somewhere else, or not to be named
	}
	f := &File{Path: name, Type: strings.TrimSpace(kind), Properties: t.Attr("", "properties"), ID: id}
	d.items[id] = f
	f.entry = d.book.zip.File(name)
	if f.entry == nil || d.book.byPath[name] != nil || strings.HasPrefix(name, "META-INF/") || name == "mimetype" {
		return nil
	}
	f.Size = f.entry.Size
	d.book.byPath[name] = f
	d.book.Files = append(d.book.Files, *f)
	return nil
}

// Has says whether the manifest gives a file a property.
func (f *File) Has(property string) bool {
	return slices.Contains(strings.Fields(f.Properties), property)
}

// finish puts together what stands in several places.
func (d *draft) finish() error {
	b := d.book
	b.identifier = d.ids[d.unique]
	for _, p := range d.spine {
		if f := d.items[p.id]; f != nil && b.byPath[f.Path] != nil {
			b.Chapters = append(b.Chapters, Chapter{Path: f.Path, Aside: p.aside, Properties: p.properties})
		}
	}
	if len(b.Chapters) == 0 {
		return fmt.Errorf("%w: it has no chapters", ErrFormat)
	}
	d.creatorsByRole()
	d.special()
	return nil
}

// creatorsByRole lists authors, and others only where nobody is called an author.
func (d *draft) creatorsByRole() {
	var others []string
	for _, c := range d.creators {
		if c.role == "" {
			c.role = d.roles[c.id]
		}
		if c.role == "" || c.role == "aut" {
			d.book.Creators = append(d.book.Creators, c.name)
		} else {
			others = append(others, c.name)
		}
	}
	if len(d.book.Creators) == 0 {
		d.book.Creators = others
	}
}

// special finds the cover and the tables of contents.
func (d *draft) special() {
	b := d.book
	isCover := func(f *File) bool { return f != nil && strings.HasPrefix(f.Type, "image/") }
	for i := range b.Files {
		f := &b.Files[i]
		switch {
		case f.Has("nav"):
			first(&b.Navigation, f.Path)
		case f.Has("cover-image") && isCover(f):
			first(&b.Cover, f.Path)
		}
	}
	for _, id := range []string{d.coverID, "cover-image", "cover"} {
		if f := d.items[id]; isCover(f) && b.byPath[f.Path] != nil {
			first(&b.Cover, f.Path)
		}
	}
	if f := d.items[d.ncxID]; f != nil && b.byPath[f.Path] != nil {
		b.NCX = f.Path
	}
	for i := range b.Files {
		if b.Files[i].Type == "application/x-dtbncx+xml" {
			first(&b.NCX, b.Files[i].Path)
		}
	}
}
