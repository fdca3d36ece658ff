package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// errShort says that an object goes on behind the bytes at hand.
var errShort = errors.New("the object goes on")

// Int returns a number without its fraction.
func (n Number) Int() int64 {
	if v, err := strconv.ParseInt(string(n), 10, 64); err == nil {
		return v
	}
	return int64(n.Float())
}

// Float returns a number. What is none is 0, and so is what is larger than any on a page.
func (n Number) Float() float64 {
	v, err := strconv.ParseFloat(string(n), 64)
	if err != nil || v > 1e15 || v < -1e15 || v != v {
		return 0
	}
	return v
}

// A Parser reads objects and operators out of bytes (7.2, 7.3).
type Parser struct {
	b     []byte
	pos   int
	depth int
	whole bool // nothing follows b
}

// NewParser returns a parser of all of b, such as a content stream.
func NewParser(b []byte) *Parser { return &Parser{b: b, whole: true} }

// An Operator is a word that is no object.
type Operator string

// errEnd is at the end of what is parsed.
var errEnd = errors.New("the end")

// Next returns the next object or Operator, and false at the end or where nothing more can be read.
// What is broken is passed over.
func (p *Parser) Next() (Object, bool) {
	for {
		o, err := p.object()
		if err == nil {
			return o, true
		}
		if errors.Is(err, errEnd) || errors.Is(err, ErrLimit) || errors.Is(err, errShort) || p.pos >= len(p.b) {
			return nil, false
		}
		p.pos++
		p.depth = 0
	}
}

// Skip passes over n bytes.
func (p *Parser) Skip(n int) { p.pos = min(len(p.b), p.pos+n) }

// Rest is what was not read yet.
func (p *Parser) Rest() []byte { return p.b[p.pos:] }

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

// space passes over white space and comments.
func (p *Parser) space() {
	for p.pos < len(p.b) {
		switch c := p.b[p.pos]; {
		case isSpace(c):
			p.pos++
		case c == '%':
			for p.pos < len(p.b) && p.b[p.pos] != '\n' && p.b[p.pos] != '\r' {
				p.pos++
			}
		default:
			return
		}
	}
}

// end is what it means that the bytes end.
func (p *Parser) end() error {
	if p.whole {
		return errEnd
	}
	return errShort
}

func (p *Parser) object() (Object, error) {
	p.space()
	if p.pos >= len(p.b) {
		return nil, p.end()
	}
	switch c := p.b[p.pos]; {
	case c == '/':
		return p.name()
	case c == '(':
		return p.text()
	case c == '[':
		p.pos++
		return p.array()
	case c == '<' && p.pos+1 >= len(p.b):
		return nil, p.end()
	case c == '<' && p.b[p.pos+1] == '<':
		p.pos += 2
		return p.dict()
	case c == '<':
		return p.hex()
	case c >= '0' && c <= '9', c == '+', c == '-', c == '.':
		return p.number()
	case isDelimiter(c):
		return nil, fmt.Errorf("%w: %q where an object should be", ErrFormat, c)
	}
	return p.word()
}

// regular reads characters that belong together.
func (p *Parser) regular() ([]byte, error) {
	from := p.pos
	for p.pos < len(p.b) && !isSpace(p.b[p.pos]) && !isDelimiter(p.b[p.pos]) {
		p.pos++
	}
	if p.pos == len(p.b) && !p.whole {
		return nil, errShort
	}
	return p.b[from:p.pos], nil
}

func (p *Parser) word() (Object, error) {
	w, err := p.regular()
	if err != nil {
		return nil, err
	}
	switch string(w) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "null":
		return nil, nil
	}
	return Operator(w), nil
}

func (p *Parser) name() (Object, error) {
	p.pos++
	raw, err := p.regular()
	if err != nil {
		return nil, err
	}
	if bytes.IndexByte(raw, '#') < 0 {
		return Name(raw), nil
	}
	var out []byte
	for i := 0; i < len(raw); i++ {
		if raw[i] == '#' && i+2 < len(raw) {
			if v, err := strconv.ParseUint(string(raw[i+1:i+3]), 16, 8); err == nil {
				out = append(out, byte(v))
				i += 2
				continue
			}
		}
		out = append(out, raw[i])
	}
	return Name(out), nil
}

// number reads a number, or a reference, which is two numbers and an R.
func (p *Parser) number() (Object, error) {
	raw, err := p.regular()
	if err != nil {
		return nil, err
	}
	for i, c := range raw {
		if c != '.' && (c < '0' || c > '9') && (i > 0 || c != '+' && c != '-') {
			return p.oddNumber(raw)
		}
	}
	if num, ok := digits(raw); ok {
		if ref, ok, err := p.reference(num); ok || err != nil {
			return ref, err
		}
	}
	return Number(raw), nil
}

// oddNumber makes the best of 1-2, --5 and 1e5, which programs have written.
func (p *Parser) oddNumber(raw []byte) (Object, error) {
	trimmed := bytes.TrimLeft(raw, "+-")
	if n := bytes.IndexAny(trimmed, "+-"); n >= 0 {
		trimmed = trimmed[:n]
	}
	for _, c := range trimmed {
		if c != '.' && (c < '0' || c > '9') {
			return Operator(raw), nil
		}
	}
	if len(trimmed) == 0 {
		return Number("0"), nil
	}
	return Number("-" + string(trimmed)), nil
}

// digits reads an object number.
func digits(raw []byte) (int, bool) {
	if len(raw) == 0 || len(raw) > 10 {
		return 0, false
	}
	n := 0
	for _, c := range raw {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
		if n > 1<<30 {
			return 0, false
		}
	}
	return n, true
}

// reference says whether a generation and an R follow.
func (p *Parser) reference(num int) (Object, bool, error) {
	at := p.pos
	for at < len(p.b) && isSpace(p.b[at]) {
		at++
	}
	from := at
	for at < len(p.b) && p.b[at] >= '0' && p.b[at] <= '9' && at-from < 6 {
		at++
	}
	gen, ok := digits(p.b[from:at])
	space := at
	for at < len(p.b) && isSpace(p.b[at]) {
		at++
	}
	if at+1 >= len(p.b) && !p.whole {
		return nil, false, errShort
	}
	if !ok || at == space || at >= len(p.b) || p.b[at] != 'R' {
		return nil, false, nil
	}
	if at+1 < len(p.b) && !isSpace(p.b[at+1]) && !isDelimiter(p.b[at+1]) {
		return nil, false, nil
	}
	p.pos = at + 1
	return Ref{num, gen}, true, nil
}

// text reads a string in parentheses (7.3.4.2).
func (p *Parser) text() (Object, error) {
	var out []byte
	depth := 0
	for i := p.pos; i < len(p.b); i++ {
		switch c := p.b[i]; c {
		case '(':
			if depth++; depth == 1 {
				continue
			}
			out = append(out, c)
		case ')':
			if depth--; depth == 0 {
				p.pos = i + 1
				return String(out), nil
			}
			out = append(out, c)
		case '\\':
			n, v, ok := escaped(p.b[i+1:])
			if !ok {
				return nil, p.end()
			}
			i += n
			out = append(out, v...)
		default:
			out = append(out, c)
		}
	}
	return nil, p.end()
}

var escapes = map[byte]string{'n': "\n", 'r': "\r", 't': "\t", 'b': "\b", 'f': "\f", '\n': ""}

// escaped reads what follows a backslash.
func escaped(b []byte) (n int, v []byte, ok bool) {
	if len(b) < 3 {
		return 0, nil, false // three digits, or the end of the string and more
	}
	if s, ok := escapes[b[0]]; ok {
		return 1, []byte(s), true
	}
	if b[0] == '\r' {
		if b[1] == '\n' {
			return 2, nil, true
		}
		return 1, nil, true
	}
	value := 0
	for n < 3 && b[n] >= '0' && b[n] <= '7' {
		value = value*8 + int(b[n]-'0')
		n++
	}
	if n > 0 {
		return n, []byte{byte(value)}, true
	}
	return 1, b[:1], true
}

func (p *Parser) hex() (Object, error) {
	end := bytes.IndexByte(p.b[p.pos:], '>')
	if end < 0 {
		return nil, p.end()
	}
	out := unhex(p.b[p.pos+1 : p.pos+end])
	p.pos += end + 1
	return String(out), nil
}

// unhex reads hex digits and passes over what is none.
func unhex(b []byte) []byte {
	out := make([]byte, 0, len(b)/2+1)
	half := false
	for _, c := range b {
		v := byte(0)
		switch {
		case c >= '0' && c <= '9':
			v = c - '0'
		case c >= 'a' && c <= 'f':
			v = c - 'a' + 10
		case c >= 'A' && c <= 'F':
			v = c - 'A' + 10
		default:
			continue
		}
		if half {
			out[len(out)-1] |= v
		} else {
			out = append(out, v<<4)
		}
		half = !half
	}
	return out
}

// enter goes into an array or dictionary.
func (p *Parser) enter() error {
	if p.depth++; p.depth > maxDepth {
		return fmt.Errorf("%w: objects nest deeper than %d", ErrLimit, maxDepth)
	}
	return nil
}

func (p *Parser) array() (Object, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	a := Array{}
	for {
		p.space()
		if p.pos < len(p.b) && p.b[p.pos] == ']' {
			p.pos++
			p.depth--
			return a, nil
		}
		o, err := p.object()
		if err != nil {
			return nil, err
		}
		if op, ok := o.(Operator); ok {
			return nil, fmt.Errorf("%w: %q in an array", ErrFormat, op)
		}
		a = append(a, o)
	}
}

func (p *Parser) dict() (Object, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	d := Dict{}
	for {
		p.space()
		if bytes.HasPrefix(p.b[p.pos:], []byte(">>")) {
			p.pos += 2
			p.depth--
			return d, nil
		}
		key, err := p.object()
		if err != nil {
			return nil, err
		}
		name, ok := key.(Name)
		if !ok {
			return nil, fmt.Errorf("%w: a dictionary without a name", ErrFormat)
		}
		p.space()
		if bytes.HasPrefix(p.b[p.pos:], []byte(">>")) {
			continue // a name without a value
		}
		value, err := p.object()
		if err != nil {
			return nil, err
		}
		if op, ok := value.(Operator); ok {
			return nil, fmt.Errorf("%w: %q in a dictionary", ErrFormat, op)
		}
		if value != nil {
			d[name] = value
		}
	}
}

// parseAt calls read with a parser of the bytes from an offset on, and with more of them as long as they
// are too few.
func (f *File) parseAt(offset int64, read func(p *Parser) error) error {
	for n := 4 << 10; ; n *= 4 {
		b := f.bytes(offset, n)
		p := &Parser{b: b, whole: len(b) < n}
		err := read(p)
		switch {
		case errors.Is(err, errEnd):
			return fmt.Errorf("%w: it breaks off", ErrFormat)
		case !errors.Is(err, errShort):
			return err
		case n >= maxObject:
			return fmt.Errorf("%w: an object of more than %d bytes", ErrLimit, maxObject)
		}
	}
}

// objectAt reads the object at an offset of the file, and its number (7.3.10).
func (f *File) objectAt(offset int64) (num int, o Object, err error) {
	var after int64
	isStream := false
	err = f.parseAt(offset, func(p *Parser) error {
		if num, err = p.begin(); err != nil {
			return err
		}
		if o, err = p.object(); err != nil {
			return err
		}
		if _, ok := o.(Operator); ok {
			o = nil // endobj: there is nothing
			return nil
		}
		p.space()
		if len(p.b)-p.pos < len("stream\r\n") && !p.whole {
			return errShort
		}
		rest := p.b[p.pos:]
		if isStream = bytes.HasPrefix(rest, []byte("stream")); isStream {
			n := len("stream")
			if bytes.HasPrefix(rest[n:], []byte("\r\n")) {
				n += 2
			} else if len(rest) > n && (rest[n] == '\n' || rest[n] == '\r') {
				n++
			}
			after = offset + int64(p.pos+n)
		}
		return nil
	})
	d, isDict := o.(Dict)
	if err != nil || !isStream || !isDict {
		return num, o, err
	}
	s := &Stream{Dict: d, Offset: after}
	if s.Size, err = f.streamSize(s); err != nil {
		return num, nil, err
	}
	return num, s, nil
}

// begin reads the number of an object.
func (p *Parser) begin() (num int, err error) {
	for i := range 3 {
		p.space()
		if p.pos >= len(p.b) {
			return 0, p.end()
		}
		w, err := p.regular()
		if err != nil {
			return 0, err
		}
		n, ok := digits(w)
		switch {
		case i == 0:
			num = n
		case i == 2 && bytes.HasPrefix(w, []byte("obj")):
			p.pos -= len(w) - len("obj") // obj1, as some write
			return num, nil
		}
		if !ok {
			break
		}
	}
	return 0, fmt.Errorf("%w: no object where one should be", ErrFormat)
}

// streamSize is how long a stream is: as it says if its end is there, or else up to its end.
func (f *File) streamSize(s *Stream) (int64, error) {
	if n, ok := f.lengthOf(s); ok && n >= 0 && n <= f.size-s.Offset {
		if p := (&Parser{b: f.bytes(s.Offset+n, 32), whole: true}); bytes.HasPrefix(p.afterSpace(), []byte("endstream")) {
			return n, nil
		}
	}
	const step = 64 << 10
	for at := s.Offset; at < f.size; at += step {
		b := f.bytes(at, step+len("endstream"))
		if f.search -= int64(len(b)); f.search < 0 {
			return 0, fmt.Errorf("%w: too many streams without an end", ErrLimit)
		}
		if i := bytes.Index(b, []byte("endstream")); i >= 0 {
			return at + int64(i) - s.Offset, nil
		}
	}
	return f.size - s.Offset, nil
}

func (p *Parser) afterSpace() []byte {
	p.space()
	return p.b[p.pos:]
}

// lengthOf reads the length of a stream. It may be an object, though not one in a stream.
func (f *File) lengthOf(s *Stream) (int64, bool) {
	switch l := s.Dict["Length"].(type) {
	case Number:
		return l.Int(), true
	case Ref:
		p, ok := f.places[l.Num]
		if !ok || p.offset < 0 {
			return 0, false
		}
		n := Number("")
		err := f.parseAt(p.offset, func(p *Parser) error {
			if _, err := p.begin(); err != nil {
				return err
			}
			o, err := p.object()
			n, _ = o.(Number)
			return err
		})
		return n.Int(), err == nil && n != ""
	}
	return 0, false
}
