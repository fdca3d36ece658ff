package document

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"satchel/bundle/book"
	"satchel/bundle/internal/archive"
)

// Limits of a book's files, beside those of its reader.
const (
	maxChapter = 16 << 20 // of text: all of the Bible is 5 MB
	maxFont    = 64 << 20
)

const (
	packagePath   = "package.opf" // at the top of the new book, where paths are what they were
	containerText = `<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="` + packagePath +
		`" media-type="application/oebps-package+xml"/></rootfiles></container>
`
	epubType = "application/epub+zip"
	ncxType  = "application/x-dtbncx+xml"
	navType  = "application/xhtml+xml"
)

// EPUB writes a book anew: chapters, pictures, style sheets and fonts that its manifest lists, each
// cleaned, and a new package document with title, language, authors, cover and order. Its identifier
// is made from what the book holds. Errors wrap ErrFormat, ErrLimit, ErrEncrypted or those of r and w.
//
// Scripts, read-aloud overlays, remote pictures, comments and all that other programs put beside the book
// stay behind. Chapters that are not well-formed are mended as browsers do. Obfuscated fonts, whose key
// is the old identifier, are written plain.
func EPUB(w io.Writer, r io.ReaderAt, size int64, o Options) (info *Info, err error) {
	defer settle(&info, &err)
	b, err := book.Open(r, size)
	if err != nil {
		return nil, err
	}
	zip, err := archive.Open(r, size)
	if err != nil {
		return nil, err
	}
	info = &Info{}
	e := &epub{
		book: b, zip: zip, out: newPacker(w), options: o, info: info,
		studio: &studio{zip: zip, scrub: o.scrubber(), info: info},
		ids:    map[string]string{}, types: map[string]string{},
	}
	e.describe()
	for _, step := range []func() error{e.begin, e.files, e.tables, e.end} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return info, nil
}

// An epub is a book that is being written.
type epub struct {
	book    *book.Book
	zip     *archive.Archive
	out     *packer
	options Options
	info    *Info
	studio  *studio

	ids   map[string]string // of the new manifest, by path
	types map[string]string // by path
	order []string          // the paths in the new manifest
	ncx   bool              // there is one in the new book
	uid   string
}

// describe fills in what the book says of itself.
func (e *epub) describe() {
	b, i := e.book, e.info
	i.Title, i.Language = oneLine(b.Title, maxTitle), oneLine(b.Language, 64)
	i.Date = oneLine(b.Date, len("2006-01-02"))
	i.Summary = oneLine(plainText(b.Summary), maxSummary)
	if !e.options.DropBylines {
		i.Byline = oneLine(strings.Join(b.Creators, ", "), maxTitle)
	}
}

// begin writes what a book begins with: its type, as it is, so that it can be told by its first bytes.
func (e *epub) begin() error {
	if err := e.out.store("mimetype", func() io.Reader { return strings.NewReader(epubType) }); err != nil {
		return err
	}
	return e.out.text("META-INF/container.xml", containerText)
}

// files writes all files but the table of contents that names the identifier.
func (e *epub) files() error {
	for i := range e.book.Files {
		f := &e.book.Files[i]
		if f.Type == ncxType || f.Path == packagePath {
			continue
		}
		kind, err := e.file(f)
		if err != nil {
			return fmt.Errorf("%q: %w", f.Path, err)
		}
		if kind == "" {
			continue
		}
		e.list(f.Path, kind)
	}
	for _, f := range e.zip.Files {
		if e.book.File(f.Name) == nil {
			e.unlisted(f)
		}
	}
	return nil
}

// list enters a file into the new manifest.
func (e *epub) list(path, kind string) {
	e.order = append(e.order, path)
	e.ids[path], e.types[path] = fmt.Sprintf("i%d", len(e.order)), kind
}

// unlisted notes a file that stays behind because the manifest does not name it.
func (e *epub) unlisted(f *archive.File) {
	switch f.Name {
	case "mimetype", "META-INF/container.xml", "META-INF/encryption.xml":
	default:
		if strings.HasSuffix(f.Name, ".opf") {
			e.info.remove("what the book says of its makers: dates, publisher, programs, notes", f.Size)
			return
		}
		e.info.remove("a file that the book does not need: "+f.Name, f.Size)
	}
}

// file writes a file by its kind, and returns the type that it has then, or "" where it stays behind.
func (e *epub) file(f *book.File) (kind string, err error) {
	switch {
	case f.Type == navType, f.Type == "text/html", f.Type == "application/x-dtbook+xml":
		return f.Type, e.chapter(f)
	case f.Type == "text/css":
		return f.Type, e.sheet(f)
	case strings.HasPrefix(f.Type, "image/"):
		return e.picture(f)
	case strings.HasPrefix(f.Type, "audio/"), strings.HasPrefix(f.Type, "video/"):
		return e.recording(f)
	case strings.Contains(f.Type, "font") || f.Type == "application/vnd.ms-opentype":
		return e.font(f)
	}
	e.info.remove("a file of a kind that is not shown: "+f.Path, f.Size)
	return "", nil
}

func (e *epub) chapter(f *book.File) error {
	if f.Size > maxChapter {
		return fmt.Errorf("%w: a chapter of %d bytes", ErrLimit, f.Size)
	}
	data, _, err := e.book.Read(f.Path, maxChapter)
	if err != nil {
		return err
	}
	var gone int64
	err = e.out.deflate(f.Path, func(w io.Writer) error {
		gone, err = cleanChapter(w, data, &chapterRules{studio: e.studio, base: f.Path})
		return err
	})
	if gone > 0 {
		e.info.remove("scripts, comments and hidden data in chapters", gone)
	}
	return err
}

func (e *epub) sheet(f *book.File) error {
	data, _, err := e.book.Read(f.Path, maxChapter)
	if err != nil {
		return err
	}
	return e.out.deflate(f.Path, func(w io.Writer) error {
		gone, err := cleanSheet(w, data, e.studio)
		if gone > 0 {
			e.info.remove("comments and remote files in style sheets", gone)
		}
		return err
	})
}

// picture writes a picture, or an empty one, so that pages keep their places.
func (e *epub) picture(f *book.File) (kind string, err error) {
	c, err := e.studio.media(e.zip.File(f.Path), f.Type)
	if err != nil {
		return "", err
	}
	if c == nil {
		c = made("image/png", emptyPNG)
		return c.kind, e.out.store(f.Path, c.open)
	}
	if f.Path == e.book.Cover {
		e.cover(c)
	}
	if c.kind == "image/svg+xml" {
		return c.kind, e.out.deflate(f.Path, func(w io.Writer) error {
			_, err := io.Copy(w, c.open())
			return err
		})
	}
	return c.kind, e.out.store(f.Path, c.open)
}

func (e *epub) cover(c *cleaned) {
	if (c.kind != "image/jpeg" && c.kind != "image/png") || c.plan.Size() > maxCover {
		return
	}
	if data, err := io.ReadAll(c.open()); err == nil {
		e.info.Cover = data
	}
}

// recording writes sound or film. What cannot be cleaned stays behind: players say so.
func (e *epub) recording(f *book.File) (kind string, err error) {
	c, err := e.studio.media(e.zip.File(f.Path), f.Type)
	if c == nil || err != nil {
		return "", err
	}
	return c.kind, e.out.store(f.Path, c.open)
}

func (e *epub) font(f *book.File) (kind string, err error) {
	data, _, err := e.book.Read(f.Path, maxFont)
	if err != nil {
		return "", err
	}
	if !isFont(data) {
		e.info.remove("a font that is none: "+f.Path, f.Size)
		return "", nil
	}
	return f.Type, e.out.store(f.Path, func() io.Reader { return bytes.NewReader(data) })
}

// tables makes the identifier from all that was written, and writes the table of contents of EPUB 2,
// which holds it.
func (e *epub) tables() error {
	sum := e.out.sum.Sum(nil)
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80 // RFC 9562, version 8
	e.uid = fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
	if e.book.NCX == "" {
		return nil
	}
	data, _, err := e.book.Read(e.book.NCX, maxChapter)
	if err != nil {
		return err
	}
	var clean bytes.Buffer
	gone, err := filterXML(&clean, bytes.NewReader(toUTF8(data)), &ncxRules{uid: e.uid, bylines: !e.options.DropBylines})
	if err != nil && e.book.Navigation == "" {
		return fmt.Errorf("%q: %w", e.book.NCX, err)
	}
	if err != nil {
		e.info.remove("a broken table of contents", int64(len(data)))
		return nil
	}
	if gone > 0 {
		e.info.remove("the program that made the table of contents", gone)
	}
	e.ncx = true
	e.list(e.book.NCX, ncxType)
	return e.out.deflate(e.book.NCX, func(w io.Writer) error {
		_, err := w.Write(clean.Bytes())
		return err
	})
}

// end writes the package document and the directory.
func (e *epub) end() error {
	if err := e.out.text(packagePath, e.packageText()); err != nil {
		return err
	}
	return e.out.close()
}

// packageText is the new package document (EPUB Packages 3.3; OPF 2.0.1 where the book is one of EPUB 2).
func (e *epub) packageText() string {
	b, version := e.book, "2.0"
	if e.types[b.Navigation] != "" {
		version = "3.0"
	}
	var s strings.Builder
	fmt.Fprintf(&s, `<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="%s" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">%s</dc:identifier>
<dc:title>%s</dc:title>
<dc:language>%s</dc:language>
`, version, e.uid, escape(orElse(e.info.Title, "Book")), escape(orElse(e.info.Language, "und")))
	if !e.options.DropBylines {
		for _, c := range b.Creators {
			fmt.Fprintf(&s, "<dc:creator>%s</dc:creator>\n", escape(c))
		}
	}
	if version == "3.0" {
		// The format wants a time here. This one says nothing.
		s.WriteString("<meta property=\"dcterms:modified\">2000-01-01T00:00:00Z</meta>\n")
	}
	if b.Fixed {
		s.WriteString("<meta property=\"rendition:layout\">pre-paginated</meta>\n")
	}
	if id := e.ids[b.Cover]; id != "" {
		fmt.Fprintf(&s, "<meta name=\"cover\" content=\"%s\"/>\n", id)
	}
	s.WriteString("</metadata>\n<manifest>\n")
	for _, path := range e.order {
		e.manifestItem(&s, path)
	}
	e.spine(&s, version)
	s.WriteString("</package>\n")
	return s.String()
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func (e *epub) manifestItem(s *strings.Builder, path string) {
	var properties []string
	if path == e.book.Navigation {
		properties = append(properties, "nav")
	}
	if path == e.book.Cover {
		properties = append(properties, "cover-image")
	}
	f := e.book.File(path)
	for _, p := range []string{"svg", "mathml"} {
		if f.Has(p) {
			properties = append(properties, p)
		}
	}
	fmt.Fprintf(s, `<item id="%s" href="%s" media-type="%s"`, e.ids[path], escape(escapePath(path)), escape(e.types[path]))
	if len(properties) > 0 && e.book.Navigation != "" {
		fmt.Fprintf(s, ` properties="%s"`, strings.Join(properties, " "))
	}
	s.WriteString("/>\n")
}

// spread are the properties of a chapter's place that are kept.
var spread = []string{"page-spread-left", "page-spread-right", "page-spread-center",
	"rendition:page-spread-left", "rendition:page-spread-right", "rendition:page-spread-center",
	"rendition:layout-reflowable", "rendition:layout-pre-paginated"}

func (e *epub) spine(s *strings.Builder, version string) {
	s.WriteString("</manifest>\n<spine")
	if e.ncx {
		fmt.Fprintf(s, ` toc="%s"`, e.ids[e.book.NCX])
	}
	if e.book.Dir != "" && version == "3.0" {
		fmt.Fprintf(s, ` page-progression-direction="%s"`, e.book.Dir)
	}
	s.WriteString(">\n")
	for _, c := range e.book.Chapters {
		id := e.ids[c.Path]
		if id == "" {
			continue
		}
		fmt.Fprintf(s, `<itemref idref="%s"`, id)
		if c.Aside {
			s.WriteString(` linear="no"`)
		}
		kept := slices.DeleteFunc(strings.Fields(c.Properties), func(p string) bool { return !slices.Contains(spread, p) })
		if len(kept) > 0 && version == "3.0" {
			fmt.Fprintf(s, ` properties="%s"`, strings.Join(kept, " "))
		}
		s.WriteString("/>\n")
	}
	s.WriteString("</spine>\n")
}

// escapePath writes a path as an address.
func escapePath(path string) string {
	var b strings.Builder
	for i := range len(path) {
		if c := path[i]; c <= ' ' || strings.IndexByte(`%?#"<>\^{|}`+"`", c) >= 0 || c == 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
