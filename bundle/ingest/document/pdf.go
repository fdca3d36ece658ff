package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"

	"satchel/bundle/internal/pdf"
)

// Limits of PDF files, beside those of their reader.
const (
	maxPages     = 100_000
	maxPageDepth = 64
	maxContent   = 32 << 20 // bytes of what is drawn on a page
	maxRewritten = 2_000_000
)

// PDF writes a PDF file anew (ISO 32000-1): what can be reached from its pages, table of contents and
// forms, each dictionary with the entries that are needed to show it. Errors wrap ErrFormat, ErrLimit,
// ErrEncrypted or those of r and w.
//
// Gone are properties, XMP, data of programs, earlier states of the file, attached files, scripts and
// whatever acts by itself, notes and other comments, signatures, thumbnails, identifiers, and what lies
// on layers that are hidden. JPEG pictures pass through bundle/ingest/scrub. Pages, fonts and the order
// for screen readers stay as they are.
func PDF(w io.Writer, r io.ReaderAt, size int64, o Options) (info *Info, err error) {
	defer settle(&info, &err)
	defer func() { err = pdfError(err) }()
	f, err := pdf.Open(r, size)
	if err != nil {
		return nil, err
	}
	info = &Info{}
	c := &pdfCleaner{file: f, out: newPDFWriter(w), info: info, scrub: o.scrubber(),
		numbers: map[int]int{}, pages: map[int]bool{}, nodes: map[int]bool{}, gone: map[string]bool{}}
	for _, step := range []func() error{c.findPages, c.findHidden, c.describe, c.write} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return info, f.Err()
}

// pdfError gives an error of the reader its place among ours.
func pdfError(err error) error {
	switch {
	case errors.Is(err, pdf.ErrEncrypted):
		return fmt.Errorf("%w: %w", ErrEncrypted, err)
	case errors.Is(err, pdf.ErrLimit):
		return fmt.Errorf("%w: %w", ErrLimit, err)
	case errors.Is(err, pdf.ErrFormat):
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return err
}

// A pdfCleaner is a PDF file that is being written.
type pdfCleaner struct {
	file  *pdf.File
	out   *pdfWriter
	info  *Info
	scrub scrubber

	queue   []queued
	numbers map[int]int     // new numbers by old ones
	pages   map[int]bool    // the objects that are pages of the file
	nodes   map[int]bool    // those that the tree of pages consists of beside them
	list    []pdf.Ref       // in order
	hidden  map[int]bool    // layers that are not shown
	gone    map[string]bool // what was noted already
	err     error           // of writing on the way, sticky
}

// queued is an object that something refers to.
type queued struct {
	ref  pdf.Ref
	role *role
	num  int
}

// findPages walks the tree of pages (7.7.3.2).
func (c *pdfCleaner) findPages() error {
	root, _ := c.file.Catalog()["Pages"].(pdf.Ref)
	top, _ := c.file.Trailer["Root"].(pdf.Ref)
	seen := map[int]bool{top.Num: true} // no page is the catalogue
	var walk func(ref pdf.Ref, depth int) error
	walk = func(ref pdf.Ref, depth int) error {
		if seen[ref.Num] || depth > maxPageDepth {
			return nil
		}
		seen[ref.Num] = true
		d, err := c.file.Dict(ref)
		if err != nil || d == nil {
			return err
		}
		kids := c.file.Array(d["Kids"])
		if c.nodes[ref.Num] = kids != nil; kids == nil {
			if len(c.list) == maxPages {
				return fmt.Errorf("%w: more than %d pages", ErrLimit, maxPages)
			}
			c.pages[ref.Num] = true
			c.list = append(c.list, ref)
		}
		for _, k := range kids {
			if kid, ok := k.(pdf.Ref); ok {
				if err := walk(kid, depth+1); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if err := walk(root, 0); err != nil {
		return err
	}
	if len(c.list) == 0 {
		return fmt.Errorf("%w: it has no pages", ErrFormat)
	}
	c.info.Pages = len(c.list)
	return nil
}

// describe reads title and language, and notes what else the properties hold.
func (c *pdfCleaner) describe() error {
	d, err := c.file.Dict(c.file.Trailer["Info"])
	if err != nil {
		return err
	}
	if len(d) > 0 {
		c.note("properties: author, programs, times")
	}
	if s, ok := c.file.Resolve(d["Title"]).(pdf.String); ok {
		title := oneLine(pdfText(s), maxTitle)
		if !isLocal(title) && !strings.HasPrefix(title, "Microsoft ") {
			c.info.Title = title
		}
	}
	if s, ok := c.file.Resolve(c.file.Catalog()["Lang"]).(pdf.String); ok {
		c.info.Language = oneLine(pdfText(s), 64)
	}
	if c.file.Trailer["ID"] != nil {
		c.note("identifiers of the file")
	}
	if c.file.Updates > 0 {
		c.note("earlier states of the file")
	}
	return nil
}

func (c *pdfCleaner) note(what string) {
	if !c.gone[what] {
		c.gone[what] = true
		c.info.remove(what, 0)
	}
}

// pdfText decodes a text string (7.9.2.2). The older encoding is that of Latin-1, nearly.
func pdfText(s pdf.String) string {
	if b := []byte(s); bytes.HasPrefix(b, []byte("\xfe\xff")) {
		var units []uint16
		for b = b[2:]; len(b) >= 2; b = b[2:] {
			units = append(units, uint16(b[0])<<8|uint16(b[1]))
		}
		return string(utf16.Decode(units))
	}
	if after, ok := strings.CutPrefix(string(s), "\xef\xbb\xbf"); ok {
		return after
	}
	runes := make([]rune, 0, len(s))
	for i := range len(s) {
		runes = append(runes, rune(s[i]))
	}
	return string(runes)
}

// write writes all objects, beginning with the catalogue and then the pages.
func (c *pdfCleaner) write() error {
	root, ok := c.file.Trailer["Root"].(pdf.Ref)
	if !ok {
		return fmt.Errorf("%w: its catalogue is no object", ErrFormat)
	}
	if err := c.out.begin(); err != nil {
		return err
	}
	top, _ := c.refer(root, catalogRole).(pdf.Ref)
	for _, p := range c.list {
		c.refer(p, pageRole)
	}
	for i := 0; i < len(c.queue); i++ { // grows as it goes
		if i > maxRewritten {
			return fmt.Errorf("%w: more than %d objects", ErrLimit, maxRewritten)
		}
		if err := c.object(c.queue[i]); err != nil {
			return err
		}
	}
	return c.out.end(top)
}

// refer returns a reference to an object in the new file, where it will be written. Pages that are not in
// the tree of pages were taken out of the file: nothing leads to them.
func (c *pdfCleaner) refer(ref pdf.Ref, r *role) pdf.Object {
	switch {
	case c.pages[ref.Num]:
		r = pageRole
	case c.nodes[ref.Num]:
		r = pagesRole
	case r == pageRole || r == pagesRole:
		return nil
	}
	num, ok := c.numbers[ref.Num]
	if !ok {
		num = c.out.number()
		c.numbers[ref.Num] = num
		c.queue = append(c.queue, queued{ref, r, num})
	}
	return pdf.Ref{Num: num}
}

// object writes an object.
func (c *pdfCleaner) object(q queued) error {
	o, err := c.file.Get(q.ref)
	if err != nil {
		return err
	}
	if s, ok := o.(*pdf.Stream); ok {
		d := maps.Clone(s.Dict)
		delete(d, "Length") // often an object of its own
		return errors.Join(c.stream(q.num, &pdf.Stream{Dict: d, Offset: s.Offset, Size: s.Size}, q.role), c.err)
	}
	o = c.clean(o, q.role)
	if d, _ := o.(pdf.Dict); q.role == catalogRole && d["Pages"] == nil {
		return fmt.Errorf("%w: its catalogue names no pages", ErrFormat)
	}
	return errors.Join(c.err, c.out.object(q.num, o))
}

// clean returns an object with what its role lets pass.
func (c *pdfCleaner) clean(o pdf.Object, r *role) pdf.Object {
	switch o := o.(type) {
	case pdf.Ref:
		return c.refer(o, r)
	case pdf.Array:
		return c.array(o, r)
	case pdf.Dict:
		return c.dict(o, r)
	case *pdf.Stream:
		return nil // only an object of its own can be one
	}
	return o
}

func (c *pdfCleaner) array(a pdf.Array, r *role) pdf.Object {
	out := make(pdf.Array, 0, len(a))
	for _, o := range a {
		if r == annotRole && !c.shows(o) {
			continue
		}
		out = append(out, c.clean(o, r))
	}
	return out
}

// dict returns a dictionary with the entries that its role has, or nil where it does not stay at all.
func (c *pdfCleaner) dict(d pdf.Dict, r *role) pdf.Object {
	if !c.stays(d, r) {
		return nil
	}
	if r == mixedRole {
		r = roleOf(c, d)
	}
	out := pdf.Dict{}
	for _, key := range slices.Sorted(maps.Keys(d)) { // new numbers are given in this order
		sub := r.keys[key]
		if sub == nil {
			sub = r.others
		}
		if what := telling[key]; sub == nil || r == plainRole && what != "" {
			if what != "" {
				c.note(what)
			}
			continue
		}
		if v := c.entry(d, key, r, sub); v != nil {
			out[key] = v
		}
	}
	return out
}

// entry cleans the value of an entry of a dictionary in the role in. Arrays of annotations are looked
// through where they stand in an object of their own.
func (c *pdfCleaner) entry(d pdf.Dict, key pdf.Name, in, r *role) pdf.Object {
	value := d[key]
	switch {
	case in == pageRole && key == "Annots", in == acroFormRole && key == "Fields", in == annotRole && key == "Kids":
		return c.array(c.file.Array(value), r)
	case in == pageRole && key == "Contents" && len(c.hidden) > 0:
		return c.contents(d)
	case r == actionRole:
		if a, err := c.file.Dict(value); err != nil || a == nil || !c.stays(a, r) {
			c.note("actions that are no links")
			return nil
		}
	case in == annotRole && !c.isShownEntry(d, key):
		return nil
	}
	return c.clean(value, r)
}

// isShownEntry says whether an entry of an annotation is one that is shown, or names a field of a form:
// in comments the same entries hold their author and what was said.
func (c *pdfCleaner) isShownEntry(d pdf.Dict, key pdf.Name) bool {
	switch subtype := c.file.Name(d["Subtype"]); key {
	case "T":
		return subtype == "Widget" || subtype == ""
	case "Contents":
		return subtype == "FreeText" || subtype == "Link" || subtype == "Widget"
	}
	return true
}

// contents writes what is drawn on a page without what lies on hidden layers, and returns a reference to
// it. Operators may begin in one stream and go on in the next, so they are joined.
func (c *pdfCleaner) contents(page pdf.Dict) pdf.Object {
	streams := pdf.Array{page["Contents"]}
	if a, ok := c.file.Resolve(page["Contents"]).(pdf.Array); ok {
		streams = a
	}
	var data []byte
	for _, o := range streams {
		s, ok := c.file.Resolve(o).(*pdf.Stream)
		if !ok {
			continue
		}
		b, err := c.file.Decode(s, maxContent-int64(len(data)))
		if err != nil {
			c.err = errors.Join(c.err, err)
			return nil
		}
		data = append(append(data, b...), '\n')
	}
	resources := c.inherited(page, "Resources")
	clean := withoutHidden(data, func(name pdf.Name) bool { return c.hidesContent(resources, name) })
	num := c.out.number()
	c.err = errors.Join(c.err, c.out.packed(num, pdf.Dict{}, clean))
	return pdf.Ref{Num: num}
}

// inherited returns a dictionary of a page, or of those above it in the tree (7.7.3.4).
func (c *pdfCleaner) inherited(page pdf.Dict, key pdf.Name) pdf.Dict {
	for range maxPageDepth {
		if d, _ := c.file.Dict(page[key]); d != nil || page == nil {
			return d
		}
		page, _ = c.file.Dict(page["Parent"])
	}
	return nil
}

// stream writes a stream with its dictionary cleaned.
func (c *pdfCleaner) stream(num int, s *pdf.Stream, r *role) error {
	switch sub := c.file.Name(s.Dict["Subtype"]); {
	case sub == "Image":
		return c.image(num, s)
	case sub == "Form" || r == contentRole || c.file.Int(s.Dict["PatternType"]) == 1:
		return c.drawn(num, s, r)
	}
	d, ok := c.dict(s.Dict, r).(pdf.Dict)
	if !ok {
		return c.out.object(num, nil)
	}
	return c.copy(num, d, s)
}

// copy writes a stream as it lies in the file.
func (c *pdfCleaner) copy(num int, d pdf.Dict, s *pdf.Stream) error {
	if s.Dict["F"] != nil && s.Dict["FFilter"] != nil { // in another file
		return c.out.stream(num, d, strings.NewReader(""), 0)
	}
	return c.out.stream(num, d, c.file.Raw(s), s.Size)
}

// image writes a picture. JPEG and JPEG 2000 hold what cameras and programs said.
func (c *pdfCleaner) image(num int, s *pdf.Stream) error {
	if c.isHidden(s.Dict["OC"]) {
		return c.blank(num)
	}
	d, ok := c.dict(s.Dict, imageRole).(pdf.Dict)
	if !ok {
		return c.blank(num)
	}
	names, params := c.file.Filters(s)
	last := len(names) - 1
	if last < 0 || (names[last] != "DCTDecode" && names[last] != "DCT" && names[last] != "JPXDecode") {
		return c.copy(num, d, s)
	}
	from, size := io.ReaderAt(c.file.Raw(s)), s.Size
	if last > 0 {
		data, err := c.file.DecodeSome(s, names[:last], params, maxPacked)
		if err != nil {
			return err
		}
		from, size = bytes.NewReader(data), int64(len(data))
	}
	d["Filter"] = names[last]
	delete(d, "DecodeParms")
	if params[last] != nil {
		d["DecodeParms"] = c.clean(params[last], plainRole)
	}
	clean, err := c.picture(names[last], from, size)
	if clean == nil || err != nil {
		c.info.remove("a picture that cannot be cleaned", size)
		return errors.Join(err, c.blank(num))
	}
	return c.out.stream(num, d, clean.open(), clean.plan.Size())
}

// picture cleans a picture.
func (c *pdfCleaner) picture(filter pdf.Name, r io.ReaderAt, size int64) (*cleaned, error) {
	if filter == "JPXDecode" {
		data := make([]byte, min(size, maxPacked))
		if n, err := r.ReadAt(data, 0); n < len(data) {
			return nil, err
		}
		return made("image/jp2", cleanJPX(data)), nil
	}
	if !c.scrub.Knows("image/jpeg") {
		return nil, nil
	}
	result, err := c.scrub.File("image/jpeg", r, size)
	if err != nil {
		return nil, nil
	}
	for _, x := range result.Removed {
		c.info.remove(x.What+", in pictures inside", x.Bytes)
	}
	return &cleaned{kind: "image/jpeg", plan: result.Plan, from: r}, nil
}

// cleanJPX keeps the boxes of a JPEG 2000 picture that hold the picture (ISO 15444-1, annex I).
func cleanJPX(data []byte) []byte {
	if !bytes.HasPrefix(data, []byte("\x00\x00\x00\x0cjP  ")) {
		return data // the code stream alone
	}
	var out []byte
	for rest := data; len(rest) >= 8; {
		n := int64(rest[0])<<24 | int64(rest[1])<<16 | int64(rest[2])<<8 | int64(rest[3])
		if n == 0 || n == 1 || n > int64(len(rest)) {
			n = int64(len(rest))
		}
		if n < 8 {
			break
		}
		switch string(rest[4:8]) {
		case "jP  ", "ftyp", "jp2h", "jp2c":
			out = append(out, rest[:n]...)
		}
		rest = rest[n:]
	}
	return out
}

// blank writes a picture of nothing.
func (c *pdfCleaner) blank(num int) error {
	d := pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": pdf.Array{pdf.Number("0"), pdf.Number("0"), pdf.Number("0"), pdf.Number("0")}}
	return c.out.stream(num, d, strings.NewReader(""), 0)
}

// drawn writes a stream of drawing operators.
func (c *pdfCleaner) drawn(num int, s *pdf.Stream, r *role) error {
	if c.isHidden(s.Dict["OC"]) {
		return c.blank(num)
	}
	if r != contentRole {
		r = formRole
	}
	d, ok := c.dict(s.Dict, r).(pdf.Dict)
	if !ok {
		return c.blank(num)
	}
	if len(c.hidden) == 0 || r == contentRole { // that of pages was filtered with the page
		return c.copy(num, d, s)
	}
	resources, _ := c.file.Dict(s.Dict["Resources"])
	data, err := c.file.Decode(s, maxContent)
	if err != nil {
		return err
	}
	delete(d, "Filter")
	delete(d, "DecodeParms")
	clean := withoutHidden(data, func(name pdf.Name) bool { return c.hidesContent(resources, name) })
	return c.out.packed(num, d, clean)
}
