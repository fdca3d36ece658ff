package sanitize

import (
	"bytes"
	"io"
	"strings"
	"sync"

	"golang.org/x/net/html"
)

// A page is what HTML knows while it goes through a document: how far the
// output is, and which of its elements are open. The stack holds what has been
// written, not what was read, so the output is balanced whatever comes, and
// reading it again makes the same stack.
type page struct {
	out  output
	z    *html.Tokenizer
	o    Options
	refs resolver

	part  part
	stack []open
	over  int // elements left out because they were too deep

	rawText action  // what becomes of the raw text that may come next
	media   []byte  // the media of the style element whose text comes next
	skip    skipper // an element that is left out with its content
	draw    *drawing
	ids     copies

	name name
}

// An open is an element that has been started and not ended.
type open struct {
	*element
	// ending is set when the end tag came while a block inside was open: the
	// element ends when that does.
	ending bool
}

// A part says how far the output has come.
type part uint8

const (
	nothing part = iota
	inHead
	inContent
	afterContent
)

func newPage(w io.Writer, r io.Reader, o Options) *page {
	p := pages.Get().(*page)
	*p = page{
		out:   output{w: w, buf: p.out.buf[:0]},
		stack: p.stack[:0],
		z:     newTokenizer(r),
		o:     o,
		refs:  resolver{linker: o.Linker, id: o.ID},
	}
	return p
}

// pages keeps buffers from one page for the next.
var pages = sync.Pool{New: func() any {
	return &page{out: output{buf: make([]byte, 0, 2*flushSize)}}
}}

// free gives the page's buffers back. They hold a part of its text, so only
// those that are not much larger than usual stay.
func (p *page) free() {
	if cap(p.out.buf) <= 8*flushSize {
		*p = page{out: output{buf: p.out.buf[:0]}, stack: p.stack[:0]}
		pages.Put(p)
	}
}

// token handles the token that the tokenizer stands on.
func (p *page) token(kind html.TokenType) {
	if p.draw != nil && !p.leavesDrawing(kind) {
		p.draw.token(kind)
		return
	}
	rawText := p.rawText
	p.rawText = unwrap
	switch kind {
	case html.TextToken:
		p.text(rawText)
	case html.StartTagToken, html.SelfClosingTagToken:
		p.name.setTag(p.z.Raw())
		e := elementsByName.find(&p.name)
		if p.skip.start(e) || e == nil {
			return
		}
		p.start(e, kind)
	case html.EndTagToken:
		p.name.setTag(p.z.Raw())
		e := elementsByName.find(&p.name)
		if p.skip.end(e) || e == nil {
			return
		}
		p.endTag(e)
	}
}

// text handles a run of text.
func (p *page) text(rawText action) {
	switch {
	case rawText == leave || p.skip.active():
		return
	case rawText == special:
		p.style(p.z.Text())
		return
	}
	raw := p.z.Raw()
	if p.part != inContent && len(bytes.TrimSpace(raw)) == 0 {
		return
	}
	p.content()
	if rawText == literal || !p.out.plain(raw) {
		p.out.text(p.z.Text())
	}
}

// start handles a start tag.
func (p *page) start(e *element, kind html.TokenType) {
	switch e.action {
	case keep:
		p.content()
		p.open(e)
	case literal:
		p.content()
		p.rawText = literal
		p.open(elementPre)
	case plain:
		p.z.NextIsNotRawText()
	case leave:
		p.rawText = leave
		if e.flags&void == 0 {
			p.skip.begin(e)
		}
	case special:
		p.special(e, kind)
	}
}

// special handles the start tags that belong to no place in the content.
func (p *page) special(e *element, kind html.TokenType) {
	switch e.name {
	case "html":
		if p.part == nothing {
			p.head(e)
		}
	case "head":
		p.head(nil)
	case "body":
		if p.part < inContent {
			p.head(nil)
			p.body(e)
		}
	case "base":
		if href := p.value("href"); p.part < inContent && p.refs.base == "" {
			p.refs.setBase(strings.ToValidUTF8(href, "\uFFFD"))
		}
	case "link":
		p.linkTag()
	case "style":
		p.rawText = special
		p.media = append(p.media[:0], p.value("media")...)
	case "svg":
		p.content()
		p.draw = &drawing{out: &p.out, z: p.z, inPage: true, styles: p.o.Styles,
			refs: p.refs, ids: &p.ids}
		p.z.AllowCDATA(true)
		p.draw.token(kind)
		p.leaveDrawing()
	}
}

// head writes the start of the document, once. When the current tag is that of
// the html element, it is e, and its attributes are kept.
func (p *page) head(e *element) {
	if p.part != nothing {
		return
	}
	p.part = inHead
	p.out.markup("<!DOCTYPE html>\n<html")
	if e != nil {
		p.attributes(e)
	}
	p.out.markup("><head><meta charset=\"utf-8\"><title>")
	p.out.text([]byte(p.o.Title))
	p.out.markup("</title>")
	p.out.markup(p.o.Head)
}

// body ends the head and starts the content, with the attributes of the current
// tag if that is e, the body's.
func (p *page) body(e *element) {
	p.part = inContent
	p.out.markup("</head><body")
	if e != nil {
		p.attributes(e)
	}
	p.out.markup(">")
}

// content makes sure that what is written next is content.
func (p *page) content() {
	if p.part < inContent {
		p.head(nil)
		p.body(nil)
	}
	p.part = inContent
}

// finish ends what is open.
func (p *page) finish() {
	if p.draw != nil {
		p.draw.finish()
	}
	p.content()
	for i := len(p.stack) - 1; i >= 0; i-- {
		p.out.endTag(p.stack[i].name)
	}
	p.stack = p.stack[:0]
	p.out.markup("</body></html>\n")
}

// value returns one attribute of the tag that the tokenizer stands on.
func (p *page) value(name string) string {
	s := newScanner(p.z)
	for n := 0; n < maxAttributes && s.next(); n++ {
		if string(s.key.bytes()) == name {
			return string(s.value)
		}
	}
	return ""
}

// linkTag handles <link>: a style sheet is kept, all else would preconnect,
// prefetch, or name an icon or a manifest.
func (p *page) linkTag() {
	var rel, kind, href, media string
	s := newScanner(p.z)
	for n := 0; n < maxAttributes && s.next(); n++ {
		switch string(s.key.bytes()) {
		case "rel":
			rel = first(rel, s.value)
		case "type":
			kind = first(kind, s.value)
		case "href":
			href = first(href, s.value)
		case "media":
			media = first(media, s.value)
		case "disabled":
			return
		}
	}
	rel = " " + strings.Join(strings.Fields(strings.ToLower(rel)), " ") + " "
	isSheet := strings.Contains(rel, " stylesheet ") && !strings.Contains(rel, " alternate ") &&
		(kind == "" || strings.HasPrefix(strings.ToLower(kind), "text/css"))
	if !isSheet || !p.o.Styles {
		return
	}
	src, ok := p.refs.resource(href, Style)
	if !ok {
		return
	}
	p.head(nil)
	p.out.markup(`<link rel="stylesheet"`)
	p.out.address("href", src)
	p.mediaAttribute([]byte(media))
	p.out.markup(">")
}

// first keeps the first of several attributes of one name.
func first(old string, value []byte) string {
	if old != "" {
		return old
	}
	return string(value)
}

// mediaAttribute writes the media that a style sheet is for. One that we do not
// understand becomes one that is for nothing, as it would in a browser.
func (p *page) mediaAttribute(value []byte) {
	switch {
	case len(value) == 0:
	case query.matches(value) && len(value) <= maxValue:
		p.out.attribute("media", value)
	default:
		p.out.attribute("media", []byte("not all"))
	}
}

// style writes a style element with the style sheet cleaned.
func (p *page) style(text []byte) {
	if !p.o.Styles || len(text) > MaxSheet {
		return
	}
	s := sheet{refs: p.refs}
	clean := s.clean(text)
	if len(clean) == 0 {
		return
	}
	p.head(nil)
	p.out.markup("<style")
	p.mediaAttribute(p.media)
	p.out.markup(">")
	p.out.buf = append(p.out.buf, clean...)
	p.out.markup("</style>")
}

// open writes a start tag, after the end tags that it implies.
func (p *page) open(e *element) {
	if !p.imply(e) {
		return
	}
	if len(p.stack) >= maxDepth {
		if e.flags&void == 0 {
			p.over++
		}
		return
	}
	p.over = 0
	start := len(p.out.buf)
	p.out.markup("<")
	p.out.markup(e.name)
	p.out.markup(e.extra)
	if has := p.attributes(e); !has && e.needs != "" {
		p.out.buf = p.out.buf[:start]
		return
	}
	p.out.markup(">")
	if e.flags&void == 0 {
		p.stack = append(p.stack, open{element: e})
	}
}

// attributes writes the attributes of the current tag that e may have, and says
// whether one that it needs was among them.
func (p *page) attributes(e *element) (has bool) {
	if len(p.z.Raw()) <= len("<>")+p.name.len {
		return false
	}
	s := newScanner(p.z)
	var had seen
	for n := 0; n < maxAttributes && s.next(); n++ {
		a := attributes.find(&s.key)
		if a == nil || !had.add(a.index) || (a.look && !p.o.Styles) ||
			(a.on != everywhere && a.on&e.group == 0) {
			continue
		}
		if p.attribute(e, a, s.value) && strings.Contains(e.needs, a.name) {
			has = true
		}
	}
	return has
}

// attribute writes one attribute, and says whether it did.
func (p *page) attribute(e *element, a *attribute, value []byte) bool {
	kind := a.kind
	if e.group == inInput && kind == media {
		kind = tick
	}
	var address string
	var ok bool
	switch kind {
	case flag:
		p.out.markup(" ")
		p.out.markup(a.name)
		return true
	case link:
		address, ok = p.refs.link(string(value))
	case source:
		address, ok = p.refs.resource(string(value), p.use(e))
	case poster:
		address, ok = p.refs.resource(string(value), Picture)
	case srcset:
		address, ok = p.refs.srcset(string(value))
	case style:
		s := sheet{refs: p.refs}
		value = s.declarations(value)
		if len(value) == 0 {
			return false
		}
		p.out.attribute(a.name, value)
		return true
	default:
		if len(value) > maxValue || !kind.matches(value) {
			return false
		}
		p.out.attribute(a.name, p.refs.renamed(kind, value))
		return true
	}
	if ok {
		p.out.address(a.name, address)
	}
	return ok
}

// use says what the src of an element is for. A source is for what it stands in.
func (p *page) use(e *element) Use {
	if e == elementSource {
		return p.top().use
	}
	return e.use
}

// leavesDrawing says whether an HTML tag stands where a drawing still is open. It
// ends the drawing there, in browsers as here.
func (p *page) leavesDrawing(kind html.TokenType) bool {
	if p.draw.breaksOut(kind) {
		p.draw.finish()
	}
	return p.leaveDrawing()
}

// leaveDrawing returns to HTML when the drawing has ended.
func (p *page) leaveDrawing() bool {
	if !p.draw.done {
		return false
	}
	p.draw = nil
	p.z.AllowCDATA(false)
	return true
}

// A skipper leaves out an element with its content. It counts elements of the
// same name, so that the right end tag ends it.
type skipper struct {
	of    *element
	depth int
}

func (s *skipper) active() bool { return s.depth > 0 }

func (s *skipper) begin(e *element) { s.of, s.depth = e, 1 }

// start says whether a start tag is left out.
func (s *skipper) start(e *element) bool {
	if s.depth > 0 && s.of == e {
		s.depth++
	}
	return s.depth > 0
}

// end says whether an end tag is left out.
func (s *skipper) end(e *element) bool {
	if s.depth == 0 {
		return false
	}
	if s.of == e {
		s.depth--
	}
	return true
}
