package sanitize

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// A drawing is an SVG element and what is in it, in a file or in a page. Only
// elements that draw are written, none in which HTML could stand: the parser of
// a browser cannot leave the drawing before its end tag.
type drawing struct {
	out    *output
	z      *html.Tokenizer
	inPage bool
	styles bool     // in a page: it keeps its styles
	refs   resolver // in a page: for pictures, ids and the style of the svg element
	ids    *copies

	stack   []shape
	skip    skipper
	skipped int    // svg elements that are open in what is skipped
	sheet   []byte // the text of a style element, while it is open
	done    bool   // the svg element has ended

	name name
}

// A shape is an open element of a drawing.
type shape struct {
	*element
	id     string
	hasID  bool // it or an element around it has an id
	weight int  // the elements in it, those that it repeats counted again
}

// document handles a token of a file.
func (d *drawing) document(kind html.TokenType) error {
	if kind == html.DoctypeToken {
		// The tokenizer ends it at the first >, so that a declaration of an
		// entity would end up as text. Nobody draws with entities but those who
		// expand them a billion times, and one old program.
		if bytes.IndexByte(d.z.Raw(), '[') >= 0 {
			return ErrDrawing
		}
		return nil
	}
	if len(d.stack) > 0 || kind == html.StartTagToken || kind == html.SelfClosingTagToken {
		d.token(kind)
	}
	return nil
}

// token handles the token that the tokenizer stands on.
func (d *drawing) token(kind html.TokenType) {
	switch kind {
	case html.TextToken:
		d.text()
	case html.StartTagToken, html.SelfClosingTagToken:
		d.z.NextIsNotRawText()
		d.start(kind == html.SelfClosingTagToken)
	case html.EndTagToken:
		d.end()
	}
}

// tag returns what we know of the current tag's name, or an element that stands
// for all others. A prefix of svg: means nothing else.
func (d *drawing) tag() *element {
	d.name.setTag(d.z.Raw())
	name := bytes.TrimPrefix(d.name.bytes(), []byte("svg:"))
	if e := shapes[string(name)]; e != nil {
		return e
	}
	return unknownShape(name)
}

// text handles text: what stands in text elements is drawn, what stands in style
// is collected, all else is white space between elements.
func (d *drawing) text() {
	if d.skip.active() || len(d.stack) == 0 {
		return
	}
	switch top := d.stack[len(d.stack)-1]; {
	case top.action == special:
		if text := d.z.Text(); len(d.sheet)+len(text) <= MaxSheet {
			d.sheet = append(d.sheet, text...)
		}
	case top.group&hasText != 0:
		d.out.text(d.z.Text())
	}
}

// start handles a start tag.
func (d *drawing) start(selfClosing bool) {
	e := d.tag()
	if d.skip.active() {
		if !selfClosing {
			d.skip.start(e)
			d.skipped += count(e == shapeSVG)
		}
		return
	}
	isRoot := len(d.stack) == 0
	if isRoot && e != shapeSVG {
		return
	}
	if e.action == unwrap {
		return
	}
	start := len(d.out.buf)
	if e.action == leave || len(d.stack) >= maxDrawingDepth || !d.open(e) {
		d.out.buf = d.out.buf[:start]
		if !selfClosing {
			d.skip.begin(e)
		}
		return
	}
	switch {
	case e.action == special:
		// Its start tag waits for its text.
		d.out.buf = d.out.buf[:start]
		d.sheet = d.sheet[:0]
	case selfClosing:
		d.out.markup("/>")
	default:
		d.out.markup(">")
	}
	if selfClosing {
		d.pop()
	}
}

// open writes a start tag up to its end. It says whether the element may stand.
func (d *drawing) open(e *element) bool {
	if e.action == special && d.inPage && !d.styles {
		return false
	}
	s := shape{element: e, weight: 1}
	isRoot := len(d.stack) == 0
	if !isRoot {
		top := d.stack[len(d.stack)-1]
		s.hasID = top.hasID
		if top.action == special {
			return false
		}
	}
	d.out.markup("<")
	d.out.markup(e.name)
	if isRoot && !d.inPage {
		d.out.markup(` xmlns="http://www.w3.org/2000/svg"`)
	}
	has := d.attributes(&s, isRoot)
	if e.needs != "" && !has {
		return false
	}
	d.stack = append(d.stack, s)
	return true
}

// attributes writes the attributes of the current tag that a shape may have, and
// says whether one that it needs was among them.
func (d *drawing) attributes(s *shape, isRoot bool) (has bool) {
	scan := newScanner(d.z)
	var had seen
	var ref string
	for n := 0; n < maxAttributes && scan.next(); n++ {
		a, value := shapeAttributes.find(&scan.key), scan.value
		if a == nil || !had.add(a.index) || len(value) > maxAddress {
			continue
		}
		switch a.kind {
		case link:
			ref = string(bytes.TrimSpace(value))
		case word:
			if len(value) > 0 && isTidy(value) {
				s.id, s.hasID = d.refs.name(string(value)), true
				d.plain(a.name, []byte(s.id))
			}
		default:
			d.attribute(a, value, isRoot)
		}
	}
	return d.reference(s, ref)
}

// attribute writes an attribute that is neither an id nor a reference. In a page
// the svg element itself gets none that would let it draw outside of its box.
func (d *drawing) attribute(a *attribute, value []byte, isRoot bool) {
	outermost := isRoot && d.inPage
	switch {
	case a.look && outermost, a.name == "class" && d.inPage && !d.styles:
	case a.kind == style && outermost:
		if d.styles {
			s := sheet{refs: d.refs}
			d.plain(a.name, s.declarations(value))
		}
	case a.kind == style:
		s := d.ownSheet()
		d.plain(a.name, s.declarations(value))
	case a.kind == source && bytes.ContainsAny(value, `(\`):
		s := d.ownSheet()
		d.plain(a.name, s.single(value))
	default:
		d.plain(a.name, value)
	}
}

// ownSheet is what cleans the styles of a drawing, which name nothing but parts of it.
func (d *drawing) ownSheet() sheet { return sheet{drawing: true, refs: resolver{id: d.refs.id}} }

// plain writes an attribute unless nothing is left of its value.
func (d *drawing) plain(name string, value []byte) {
	start := len(d.out.buf)
	d.out.attribute(name, value)
	if bytes.HasSuffix(d.out.buf, []byte(`=""`)) {
		d.out.buf = d.out.buf[:start]
	}
}

// reference writes the href of a shape, if it stays inside the drawing. It says
// whether it did.
func (d *drawing) reference(s *shape, ref string) bool {
	ref = d.refs.place(ref)
	switch {
	case s.element == shapeImage && !isRaster(ref):
		// Books have their covers so. In a page such a picture is what an img element shows.
		address, ok := d.refs.resource(ref, Picture)
		if !d.inPage || !ok || strings.HasPrefix(strings.ToLower(ref), "data:") {
			return false
		}
		ref = address
	case s.element == shapeImage:
	case len(ref) < 2 || ref[0] != '#' || !isTidy([]byte(ref)):
		return false
	case s.element == shapeUse:
		weight, ok := d.ids.take(ref[1:], s.hasID)
		if !ok {
			return false
		}
		s.weight += weight
	case s.group&hasHref == 0:
		return false
	}
	d.out.address("href", ref)
	return true
}

// end handles an end tag.
func (d *drawing) end() {
	e := d.tag()
	if d.skip.active() && e == shapeSVG && d.skipped == 0 && d.inPage {
		// What is left out was not ended. The rest of the page must not go with it.
		d.skip = skipper{}
	}
	if d.skip.end(e) {
		d.skipped -= count(e == shapeSVG && d.skipped > 0)
		return
	}
	for i := len(d.stack) - 1; i >= 0; i-- {
		if d.stack[i].element == e {
			d.closeTo(i)
			return
		}
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// closeTo ends the elements from the i-th on.
func (d *drawing) closeTo(i int) {
	for len(d.stack) > i {
		top := d.stack[len(d.stack)-1]
		if top.action == special {
			d.style()
		} else {
			d.out.endTag(top.name)
		}
		d.pop()
	}
}

// style writes a style element with the style sheet cleaned.
func (d *drawing) style() {
	s := d.ownSheet()
	clean := s.clean(d.sheet)
	if len(clean) == 0 {
		return
	}
	d.out.markup("<style>")
	d.out.text(clean)
	d.out.markup("</style>")
}

// pop takes an element that has ended from the stack.
func (d *drawing) pop() {
	last := len(d.stack) - 1
	top := d.stack[last]
	d.stack = d.stack[:last]
	if top.id != "" {
		d.ids.put(top.id, top.weight)
	}
	if last == 0 {
		d.done = true
		return
	}
	d.stack[last-1].weight += top.weight
}

// finish ends what is open.
func (d *drawing) finish() {
	d.closeTo(0)
	d.done = true
}

// breaksOut says whether the current tag ends a drawing in a page because it can
// only be HTML.
func (d *drawing) breaksOut(kind html.TokenType) bool {
	if d.skip.active() {
		return false
	}
	if kind != html.StartTagToken && kind != html.SelfClosingTagToken && kind != html.EndTagToken {
		return false
	}
	d.name.setTag(d.z.Raw())
	name := string(d.name.bytes())
	switch kind {
	case html.StartTagToken, html.SelfClosingTagToken:
		return breakers[name]
	case html.EndTagToken:
		return name == "p" || name == "br"
	}
	return false
}

// copies counts what the use elements of a page or file repeat.
type copies struct {
	weights map[string]int // elements under an id
	total   int            // repeated so far
	forward int            // use elements that named what was not there yet
}

// put notes how many elements stand under an id.
func (c *copies) put(id string, weight int) {
	if c.weights == nil {
		c.weights = make(map[string]int)
	}
	c.weights[id] = max(c.weights[id], weight)
}

// take says whether what has this id may be repeated, and how many elements that
// is. What is not there yet has an unknown size, so it cannot be repeated where it
// might be repeated again; the same goes for what a use stands in itself.
func (c *copies) take(id string, hasID bool) (weight int, ok bool) {
	weight, known := c.weights[id]
	if !known {
		c.forward++
		return 0, !hasID && c.forward <= maxForward
	}
	if c.total+weight > maxCopies {
		return 0, false
	}
	c.total += weight
	return weight, true
}
