// Package markup cuts XML into tokens that keep every byte of it, so that what is not to be changed
// can be written as it was.
//
// It reads as much of XML 1.0 and of Namespaces in XML 1.0 as documents need, in one pass and with
// memory for one token. Elements have to nest, and names are resolved to namespaces, so that rules go by
// what an element is and not by the prefix that a program chose. A document type that declares
// entities is refused: nothing is ever expanded or fetched.
//
// Text is UTF-8, or UTF-16 with a byte order mark; what the XML declaration says of other charsets is
// for the caller to obey before.
package markup

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"golang.org/x/net/html"
)

// Limits. What goes over them is ErrLimit.
const (
	// MaxToken is the longest tag, comment or CDATA section: pictures lie in attributes as base64.
	MaxToken = 16 << 20
	// MaxDepth is how deep elements nest. Tables in tables come to some dozens.
	MaxDepth = 512

	maxAttributes = 512
	maxBindings   = 1000     // prefixes declared at one place of a document
	maxInterned   = 20_000   // names that are kept once: later ones are kept again each time
	chunk         = 64 << 10 // text comes in pieces of about this size
)

// Errors that callers can test for. Others come from the reader.
var (
	ErrFormat = errors.New("not well-formed XML")
	ErrLimit  = errors.New("XML beyond the limits")
	ErrEntity = errors.New("XML that declares entities")
)

// A Kind is what a token is.
type Kind uint8

// The kinds of tokens. A tag that ends itself is a Start with Empty set, and no End follows.
const (
	Text Kind = iota
	CData
	Start
	End
	Comment
	Instruction // <?...?>, also the XML declaration
	Doctype
)

// A Name is the name of an element or attribute: its namespace and what follows the prefix. An
// attribute without prefix has no namespace.
type Name struct{ Space, Local string }

// An Attr is an attribute. Raw is all of it with the white space before it.
type Attr struct {
	Name
	Prefix string
	Raw    []byte
	value  []byte
}

// Value is the value, with references resolved.
func (a *Attr) Value() string { return unescape(a.value) }

// A Token is a piece of a document. It is good until the next call of Next.
type Token struct {
	Kind  Kind
	Raw   []byte // the bytes of the token
	Name         // of a Start or End
	Tag   string // its name with the prefix, as written
	Attrs []Attr
	Empty bool // a Start that is its own End
	Depth int  // how many elements are around the token
}

// Text is what a Text or CData token stands for.
func (t *Token) Text() string {
	if t.Kind == CData {
		return string(t.Raw[len(cdataStart) : len(t.Raw)-len("]]>")])
	}
	return unescape(t.Raw)
}

// Attr returns the value of an attribute by its namespace and name, or "".
func (t *Token) Attr(space, local string) string {
	for i := range t.Attrs {
		if a := &t.Attrs[i]; a.Local == local && a.Space == space {
			return a.Value()
		}
	}
	return ""
}

func unescape(b []byte) string {
	if bytes.IndexByte(b, '&') < 0 {
		return string(b)
	}
	return html.UnescapeString(string(b))
}

const cdataStart = "<![CDATA["

// A Scanner reads the tokens of a document.
type Scanner struct {
	r   io.Reader
	buf []byte
	pos int // where the token begins
	err error

	tok      Token
	open     []string // the tags around, with their prefixes
	marks    []int    // how many bindings there were before each of them
	bindings []binding
	spaces   map[string]string // what each prefix stands for here
	interned map[string]string
	rooted   bool // the root element was seen
	pending  bool // an empty tag's bindings are still to be undone
}

// A binding is what a prefix stood for before.
type binding struct{ prefix, before string }

// NewScanner returns a scanner of a document.
func NewScanner(r io.Reader) *Scanner {
	return &Scanner{
		r:        decode(r),
		spaces:   map[string]string{"xml": "http://www.w3.org/XML/1998/namespace"},
		interned: map[string]string{},
	}
}

// Next returns the next token. At the end of a document whose elements are all closed it is io.EOF.
// Other errors wrap ErrFormat, ErrLimit, ErrEntity or that of the reader, and stay.
func (s *Scanner) Next() (*Token, error) {
	if s.err != nil {
		return nil, s.err
	}
	s.pos += len(s.tok.Raw)
	if s.pending {
		s.undo()
		s.pending = false
	}
	s.tok = Token{Attrs: s.tok.Attrs[:0], Depth: len(s.open)}
	if err := s.scan(); err != nil {
		s.err = err
		return nil, err
	}
	return &s.tok, nil
}

// scan reads a token at s.pos.
func (s *Scanner) scan() error {
	if !s.have(1) {
		return s.atEnd()
	}
	if s.buf[s.pos] != '<' {
		return s.text()
	}
	switch {
	case s.begins("<!--"):
		return s.until(Comment, "<!--", "-->")
	case s.begins(cdataStart):
		return s.until(CData, cdataStart, "]]>")
	case s.begins("<?"):
		return s.until(Instruction, "<?", "?>")
	case s.begins("<!"):
		return s.doctype()
	case s.begins("</"):
		return s.endTag()
	}
	return s.startTag()
}

// atEnd says whether a document may end here.
func (s *Scanner) atEnd() error {
	switch {
	case s.err != nil:
		return s.err
	case len(s.open) > 0:
		return fmt.Errorf("%w: <%s> has no end", ErrFormat, clip(s.open[len(s.open)-1]))
	case !s.rooted:
		return fmt.Errorf("%w: there is no element", ErrFormat)
	}
	return io.EOF
}

// have says whether there are n more bytes, and reads on for them.
func (s *Scanner) have(n int) bool {
	for len(s.buf)-s.pos < n {
		if !s.fill() {
			return false
		}
	}
	return true
}

// fill reads on. It moves what is left of the buffer only where there is more to gain than to move.
func (s *Scanner) fill() bool {
	if s.err != nil {
		return false
	}
	if s.pos > 0 && s.pos >= len(s.buf)-s.pos {
		n := copy(s.buf, s.buf[s.pos:])
		s.buf, s.pos = s.buf[:n], 0
	}
	if cap(s.buf)-len(s.buf) < chunk/2 {
		grown := make([]byte, len(s.buf), 2*cap(s.buf)+chunk)
		copy(grown, s.buf)
		s.buf = grown
	}
	for range 100 {
		n, err := s.r.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+n]
		if err != nil && err != io.EOF {
			s.err = err
		}
		if n > 0 {
			return true
		}
		if err != nil {
			return false
		}
	}
	s.err = io.ErrNoProgress
	return false
}

func (s *Scanner) begins(prefix string) bool {
	return s.have(len(prefix)) && string(s.buf[s.pos:s.pos+len(prefix)]) == prefix
}

// take makes a token of n bytes.
func (s *Scanner) take(kind Kind, n int) {
	s.tok.Kind = kind
	s.tok.Raw = s.buf[s.pos : s.pos+n : s.pos+n]
}

// broken is why a token has no end.
func (s *Scanner) broken(what string, n int) error {
	switch {
	case s.err != nil:
		return s.err
	case n > MaxToken:
		return fmt.Errorf("%w: a %s of more than %d bytes", ErrLimit, what, MaxToken)
	}
	return fmt.Errorf("%w: a %s has no end", ErrFormat, what)
}

// text reads text up to the next tag, or a piece of it that breaks no character and no reference.
func (s *Scanner) text() error {
	n := 0
	for {
		at := bytes.IndexByte(s.buf[s.pos+n:], '<')
		if at >= 0 {
			n += at
			break
		}
		n = len(s.buf) - s.pos
		if n >= chunk {
			n = whole(s.buf[s.pos : s.pos+n])
			break
		}
		if !s.fill() {
			break
		}
	}
	if s.err != nil {
		return s.err
	}
	s.take(Text, n)
	if len(s.open) == 0 && len(bytes.Trim(s.tok.Raw, " \t\r\n\x00")) > 0 {
		return fmt.Errorf("%w: text outside of the root element", ErrFormat)
	}
	return nil
}

// whole is how much of a long text can be cut off: a reference has at most 32 bytes, a character 4.
func whole(b []byte) int {
	const longest = 32
	if at := bytes.LastIndexByte(b[len(b)-longest:], '&'); at >= 0 {
		return len(b) - longest + at
	}
	for n := len(b) - 1; n > len(b)-4; n-- {
		if b[n]&0xc0 != 0x80 { // the first byte of a character
			return n
		}
	}
	return len(b)
}

// until reads a token up to its mark at the end.
func (s *Scanner) until(kind Kind, start, end string) error {
	n := len(start)
	for {
		at := bytes.Index(s.buf[s.pos+n:], []byte(end))
		if at >= 0 {
			n += at + len(end)
			break
		}
		n = max(n, len(s.buf)-s.pos-len(end)+1)
		if n > MaxToken || !s.fill() {
			return s.broken("section", n)
		}
	}
	if n > MaxToken {
		return s.broken("section", n)
	}
	s.take(kind, n)
	if kind == CData && len(s.open) == 0 {
		return fmt.Errorf("%w: text outside of the root element", ErrFormat)
	}
	return nil
}

// doctype reads a document type with its internal part.
func (s *Scanner) doctype() error {
	n, quote, depth := 2, byte(0), 0
	for ; ; n++ {
		if n > MaxToken || !s.have(n+1) {
			return s.broken("document type", n)
		}
		c := s.buf[s.pos+n]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '[' || c == '<':
			depth++
		case (c == ']' || c == '>') && depth > 0:
			depth--
		case c == '>':
			s.take(Doctype, n+1)
			return s.checkDoctype()
		}
	}
}

func (s *Scanner) checkDoctype() error {
	switch {
	case bytes.Contains(s.tok.Raw, []byte("<!ENTITY")):
		return ErrEntity
	case !bytes.HasPrefix(s.tok.Raw, []byte("<!DOCTYPE")) && !bytes.HasPrefix(s.tok.Raw, []byte("<!doctype")):
		return fmt.Errorf("%w: %q", ErrFormat, clip(string(s.tok.Raw)))
	case s.rooted:
		return fmt.Errorf("%w: a document type after the root element", ErrFormat)
	}
	return nil
}

// clip shortens what a message quotes of a file.
func clip(s string) string {
	const most = 40
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}
