package document

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"satchel/bundle/internal/archive"
	"satchel/bundle/internal/markup"
)

// maxPart is the longest part of an office document that is read as a whole: types, relationships,
// manifests. Text and sheets pass through a filter piece by piece.
const maxPart = 8 << 20

// maxParts is how many parts a document has. Each sheet, slide and picture is one.
const maxParts = archive.MaxFiles

// Office writes an office document anew: DOCX, XLSX, PPTX (ECMA-376, parts 1 to 4) or ODT, ODS, ODP
// (OpenDocument 1.3). mediaType says which it is taken for. Errors wrap ErrFormat, ErrLimit,
// ErrEncrypted, ErrMacros or those of r and w.
//
// What stays are the parts that are needed to show text, tables, slides, charts, pictures and fonts.
// Changes that were tracked are accepted, comments and names of authors removed, and fields that a program
// fills in with a user, a file or a time are emptied. Documents inside of documents stay behind, and the
// pictures of them are kept where they can be cleaned.
func Office(w io.Writer, r io.ReaderAt, size int64, mediaType string, o Options) (info *Info, err error) {
	defer settle(&info, &err)
	if err := refuseOLE(r); err != nil {
		return nil, err
	}
	zip, err := archive.Open(r, size)
	if err != nil {
		return nil, err
	}
	info = &Info{}
	c := &office{zip: zip, out: newPacker(w), info: info,
		studio: &studio{zip: zip, scrub: o.scrubber(), info: info}}
	if strings.HasPrefix(mediaType, openDocument) {
		return info, (&odf{office: c, mediaType: mediaType}).run()
	}
	return info, (&ooxml{office: c, mediaType: mediaType}).run()
}

// refuseOLE says what a document is that is no ZIP file: Office writes encrypted ones, and those of
// before 2007, as compound files.
func refuseOLE(r io.ReaderAt) error {
	head := make([]byte, 8)
	if n, _ := r.ReadAt(head, 0); n == len(head) && string(head) == "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" {
		return fmt.Errorf("%w, in a format of today", ErrEncrypted)
	}
	return nil
}

// An office is an office document that is being written.
type office struct {
	zip    *archive.Archive
	out    *packer
	info   *Info
	studio *studio
}

// filtered writes an XML part through rules.
func (c *office) filtered(f *archive.File, rules rules) error {
	var gone int64
	err := c.out.deflate(f.Name, func(w io.Writer) (err error) {
		gone, err = filterXML(w, c.zip.Open(f), rules)
		return err
	})
	if err != nil {
		return fmt.Errorf("%q: %w", f.Name, err)
	}
	if gone > 0 {
		c.info.remove("authors, times, comments and tracked changes in the text", gone)
	}
	return nil
}

// media writes a picture, or an empty one in its place, or for sound and film nothing.
func (c *office) media(f *archive.File, kind string) error {
	m, err := c.cleaned(f, kind)
	if m == nil || err != nil {
		return err
	}
	return c.out.store(f.Name, m.open)
}

func (c *office) cleaned(f *archive.File, kind string) (*cleaned, error) {
	m, err := c.studio.media(f, kind)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", f.Name, err)
	}
	if m == nil && !strings.HasPrefix(kind, "audio/") && !strings.HasPrefix(kind, "video/") {
		m = made("image/png", emptyPNG)
	}
	return m, nil
}

// raw writes a part as it is.
func (c *office) raw(f *archive.File) error {
	if f.Size > maxFont {
		return fmt.Errorf("%w: %q has %d bytes", ErrLimit, f.Name, f.Size)
	}
	data, err := c.zip.Read(f, maxFont)
	if err != nil {
		return err
	}
	return c.out.store(f.Name, func() io.Reader { return bytes.NewReader(data) })
}

// each calls visit for the start tags of a small part, with the text that follows each.
func (c *office) each(name string, visit func(t *markup.Token, text func() string)) error {
	f := c.zip.File(name)
	if f == nil {
		return nil
	}
	data, err := c.zip.Read(f, maxPart)
	if err != nil {
		return err
	}
	s := markup.NewScanner(bytes.NewReader(data))
	for {
		t, err := s.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%q: %w", name, err)
		}
		if t.Kind != markup.Start {
			continue
		}
		visit(t, func() string {
			if t.Empty {
				return ""
			}
			if t, err := s.Next(); err == nil && t.Kind == markup.Text {
				return t.Text()
			}
			return ""
		})
	}
}

// describe reads title and language from the properties of a document. Its author is whoever's name
// the program knew, and its times are when somebody worked: neither is returned.
func (c *office) describe(name string) error {
	return c.each(name, func(t *markup.Token, text func() string) {
		if t.Space != "http://purl.org/dc/elements/1.1/" {
			return
		}
		switch t.Local {
		case "title":
			if title := oneLine(text(), maxTitle); !isLocal(title) {
				c.info.Title = title
			}
		case "language":
			c.info.Language = oneLine(text(), 64)
		}
	})
}

// note says what stays behind of an archive.
func (c *office) note(kept func(name string) bool, what func(name string) string) {
	for _, f := range c.zip.Files {
		if !kept(f.Name) {
			if w := what(f.Name); w != "" {
				c.info.remove(w, f.Size)
			}
		}
	}
}

// macros finds programs by the names that they have in archives.
func (c *office) macros() error {
	for _, f := range c.zip.Files {
		name := strings.ToLower(f.Name)
		base := path.Base(name)
		if strings.HasPrefix(base, "vbaproject") || base == "vbadata.xml" || strings.Contains(name, "macrosheets/") ||
			strings.HasPrefix(name, "basic/") || strings.HasPrefix(name, "scripts/") {
			return fmt.Errorf("%w (%q)", ErrMacros, f.Name)
		}
	}
	return nil
}

// fields are the codes of fields that a program fills in with what it knows of a user, a file or a time
// (ECMA-376 part 1, 17.16.5). Where the second value is true, what it filled in goes, too.
var fields = map[string]bool{
	"AUTHOR": true, "LASTSAVEDBY": true, "USERNAME": true, "USERINITIALS": true, "USERADDRESS": true,
	"FILENAME": true, "TEMPLATE": true, "DOCPROPERTY": true, "DOCVARIABLE": true, "INFO": true, "COMMENTS": true,
	"KEYWORDS": true, "CREATEDATE": true, "SAVEDATE": true, "PRINTDATE": true, "EDITTIME": true, "REVNUM": true,
	"INCLUDEPICTURE": false, "INCLUDETEXT": false, "IMPORT": false, "LINK": false, "DDE": false, "DDEAUTO": false,
	"DATABASE": false, "MACROBUTTON": false, "EMBED": false, "CONTROL": false, "ADDIN": false, "PRIVATE": false,
}

// fieldCode is the first word of a field.
func fieldCode(instruction string) string {
	words := strings.Fields(instruction)
	if len(words) == 0 {
		return ""
	}
	return strings.ToUpper(words[0])
}

// set makes a set of words apart by spaces.
func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// verdicts gives each of the words a verdict.
func verdicts(v verdict, words string) map[string]verdict {
	m := map[string]verdict{}
	for w := range strings.FieldsSeq(words) {
		m[w] = v
	}
	return m
}

// sorted are the keys of a set in their order.
func sorted(m map[string]bool) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
