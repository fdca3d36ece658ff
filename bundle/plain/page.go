package plain

import (
	"bytes"
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"satchel/bundle/internal/tags"
)

// An element is what the name of an element means for the text.
type element byte

const (
	box     element = iota // any other: it begins and ends a line
	inline                 // no line ends with it: <b>Jo</b>hn is one word
	silent                 // nobody reads what is in it
	raw                    // the same, and what is in it is no markup
	heading                // a line of its own
	title                  // the same
	picture                // its alternative is part of the line
)

var elements = map[string]element{
	"title": title, "img": picture, "area": picture, "image": picture,
	"h1": heading, "h2": heading, "h3": heading, "h4": heading, "h5": heading, "h6": heading,
	"template": silent, "rt": silent, "rp": silent, "datalist": silent, "dialog": silent, "canvas": silent, "video": silent,
	"audio": silent, "desc": silent, "metadata": silent, "annotation": silent,
	"script": raw, "style": raw, "iframe": raw, "noembed": raw, "noframes": raw,
}

func init() {
	for name := range strings.FieldsSeq(`a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label
		mark nobr q rb ruby s samp small span strike strong sub sup time tspan tt u var wbr c v lang`) {
		elements[name] = inline
	}
}

// endsItself has the elements that end at their end tag alone, so that it is sure where a hidden one ends.
var endsItself = map[string]bool{}

func init() {
	for name := range strings.FieldsSeq("div span section article aside nav header footer main figure details table ul ol dl form fieldset") {
		endsItself[name] = true
	}
}

// maxLine is how long a line may become before it is yielded, in bytes.
const maxLine = 64 << 10

// maxAttributes is how many attributes of a tag are looked at: one of 16 MB could have millions.
const maxAttributes = 100

// maxName is how long the names of elements are that mean something.
const maxName = 10

// Page yields the text of a page in UTF-8, or of another file with tags, as Text does. Words that stand for
// pictures are part of it.
func Page(page []byte, yield func(Part, string) bool) {
	p := &pageReader{page: page, yield: yield, tag: tags.Tag{Most: maxAttributes}}
	for !p.done && p.next() {
	}
	p.end()
}

// A pageReader goes through a page.
type pageReader struct {
	page  []byte
	pos   int
	yield func(Part, string) bool
	tag   tags.Tag
	line  []byte
	part  Part
	mute  string // the element around whose text is not read
	depth int    // how often it is open
	done  bool
}

// next reads the text up to the next tag or comment, and that. It says whether there is more.
func (p *pageReader) next() bool {
	n := bytes.IndexByte(p.page[p.pos:], '<')
	if n < 0 {
		p.text(p.page[p.pos:])
		return false
	}
	start := p.pos + n
	p.text(p.page[p.pos:start])
	rest := p.page[start+1:]
	switch {
	case len(rest) > 0 && isLetter(rest[0]):
		p.start(start)
	case len(rest) > 1 && rest[0] == '/' && isLetter(rest[1]):
		p.stop(start)
	case bytes.HasPrefix(rest, []byte("!--")):
		p.pos = tags.CommentEnd(p.page, start+len("<!--"))
	case bytes.HasPrefix(rest, []byte("![CDATA[")):
		p.pos = start + len("<![CDATA[")
	case len(rest) > 0 && (rest[0] == '!' || rest[0] == '?' || rest[0] == '/'):
		p.pos = p.behind(start, ">")
	default:
		p.text([]byte("<"))
		p.pos = start + 1
	}
	return p.pos < len(p.page)
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// behind returns the place behind the next of what ends something, or the end.
func (p *pageReader) behind(i int, end string) int {
	if n := bytes.Index(p.page[i:], []byte(end)); n >= 0 {
		return i + n + len(end)
	}
	return len(p.page)
}

// name reads the tag whose name begins at a place. One without an end is left out with all behind it.
func (p *pageReader) name(start, at int) (name []byte, ok bool) {
	if !tags.Read(p.page, start, at, &p.tag) {
		p.pos = len(p.page)
		return nil, false
	}
	p.pos = p.tag.End
	name = p.page[at:p.tag.NameEnd]
	for i, c := range name {
		if 'A' <= c && c <= 'Z' {
			return bytes.ToLower(name), true
		}
		if i == maxName {
			break // nobody's
		}
	}
	return name, true
}

func (p *pageReader) start(at int) {
	name, ok := p.name(at, at+1)
	if !ok {
		return
	}
	closed := p.page[p.tag.End-2] == '/'
	what := elements[string(name)]
	if p.mute != "" {
		if string(name) == p.mute && !closed {
			p.depth++
		}
		return
	}
	if endsItself[string(name)] && !closed && p.isHidden() {
		if what == box {
			p.end()
		}
		what = silent
	}
	switch what {
	case inline:
		return
	case picture:
		p.alternative()
		return
	case silent:
		if !closed {
			p.mute, p.depth = string(name), 1
		}
		return
	}
	p.end()
	switch what {
	case title:
		p.part = Title
	case heading:
		p.part = Heading
	case raw:
		p.skip(string(name))
	}
}

// isHidden says whether the tag hides its element by itself. What style sheets hide is text all the same.
func (p *pageReader) isHidden() bool {
	for i := range p.tag.Attrs {
		a := &p.tag.Attrs[i]
		switch key := p.page[a.Start:a.NameEnd]; {
		case tags.IsFold(key, "hidden"):
			return true
		case tags.IsFold(key, "style"):
			style := bytes.ReplaceAll(bytes.ToLower(p.page[a.ValueStart:a.ValueEnd]), []byte(" "), nil)
			return bytes.Contains(style, []byte("display:none"))
		}
	}
	return false
}

// skip passes over content that is no markup.
func (p *pageReader) skip(name string) {
	if name == "script" {
		p.pos = tags.ScriptEnd(p.page, p.pos)
		return
	}
	p.pos = tags.RawEnd(p.page, p.pos, name)
}

func (p *pageReader) stop(at int) {
	name, ok := p.name(at, at+2)
	if !ok {
		return
	}
	if p.mute != "" {
		if string(name) == p.mute {
			if p.depth--; p.depth == 0 {
				p.mute = ""
			}
		}
		return
	}
	switch elements[string(name)] {
	case inline, picture, silent:
	case title, heading:
		p.end()
		p.part = Body
	default:
		p.end()
	}
}

// alternative reads what stands for a picture.
func (p *pageReader) alternative() {
	for i := range p.tag.Attrs {
		if a := &p.tag.Attrs[i]; tags.IsFold(p.page[a.Start:a.NameEnd], "alt") {
			p.space()
			p.text(p.page[a.ValueStart:a.ValueEnd])
			p.space()
		}
	}
}

func (p *pageReader) space() {
	if len(p.line) > 0 && p.line[len(p.line)-1] != ' ' {
		p.line = append(p.line, ' ')
	}
}

// text adds to the line, with one space for all white space.
func (p *pageReader) text(s []byte) {
	if p.mute != "" || len(s) == 0 {
		return
	}
	if bytes.IndexByte(s, '&') >= 0 {
		s = []byte(html.UnescapeString(string(s)))
	}
	for len(s) > 0 && !p.done {
		if n := blanks(s); n > 0 {
			p.space()
			s = s[n:]
			continue
		}
		n := 1
		for n < len(s) && !tags.IsBlank(s[n]) {
			n++
		}
		p.line = append(p.line, s[:n]...)
		s = s[n:]
		if len(p.line) > maxLine {
			p.end()
		}
	}
}

// blanks is how much of s is white space at its beginning, of which Unicode knows more than HTML.
func blanks(s []byte) (n int) {
	for n < len(s) {
		if s[n] < utf8.RuneSelf {
			if !tags.IsBlank(s[n]) {
				return n
			}
			n++
			continue
		}
		r, size := utf8.DecodeRune(s[n:])
		if !unicode.IsSpace(r) {
			return n
		}
		n += size
	}
	return n
}

// end ends a line.
func (p *pageReader) end() {
	if len(p.line) == 0 || p.done {
		return
	}
	line := bytes.TrimRight(p.line, " ")
	p.line = p.line[:0]
	if len(line) > 0 {
		p.done = !p.yield(p.part, valid(line))
	}
}
