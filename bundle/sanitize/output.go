package sanitize

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"
)

// flushSize is how much output is gathered before it goes out.
const flushSize = 16 << 10

// An output gathers markup and escapes what comes from outside. What is still
// in buf can be taken back.
type output struct {
	w   io.Writer
	buf []byte
	err error // sticky
}

// flush hands on what was gathered, when it is more than n bytes.
func (o *output) flush(n int) {
	if len(o.buf) <= n || o.err != nil {
		return
	}
	if _, err := o.w.Write(o.buf); err != nil {
		o.err = fmt.Errorf("sanitize: write: %w", err)
	}
	o.buf = o.buf[:0]
}

// markup writes markup of our own.
func (o *output) markup(s string) { o.buf = append(o.buf, s...) }

// endTag writes the end tag of an element.
func (o *output) endTag(name string) {
	o.buf = append(o.buf, '<', '/')
	o.buf = append(o.buf, name...)
	o.buf = append(o.buf, '>')
}

// attribute writes an attribute with its value escaped.
func (o *output) attribute(key string, value []byte) {
	o.buf = append(o.buf, ' ')
	o.buf = append(o.buf, key...)
	o.buf = append(o.buf, '=', '"')
	o.text(value)
	o.buf = append(o.buf, '"')
}

// Classes of bytes in text.
const (
	asIs     uint8 = iota
	dropped        // control characters mean nothing in a page and are forbidden in XML
	replaced       // markup, or white space that does not read back as itself
	wide           // part of a character that is not ASCII
)

var classes = func() (t [256]uint8) {
	for c := range t {
		switch {
		case c >= utf8.RuneSelf:
			t[c] = wide
		case c < ' ' || c == 0x7f:
			t[c] = dropped
		}
	}
	t['\t'], t['\n'] = asIs, asIs
	for _, c := range "\r\f&<>\"" {
		t[c] = replaced
	}
	return t
}()

// replacement returns what is written for a character of class replaced.
func replacement(c byte) string {
	switch c {
	case '\r':
		return "\n"
	case '\f':
		return " "
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	}
	return "&#34;"
}

// text writes s as text or as the inside of a quoted attribute.
func (o *output) text(s []byte) {
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		switch classes[c] {
		case asIs:
			i++
			continue
		case wide:
			r, n := utf8.DecodeRune(s[i:])
			i += n
			if (r != utf8.RuneError || n > 1) && r&^1 != 0xFFFE {
				continue
			}
			o.buf = append(o.buf, s[start:i-n]...)
			o.buf = append(o.buf, "\uFFFD"...)
		case replaced:
			o.buf = append(o.buf, s[start:i]...)
			o.buf = append(o.buf, replacement(c)...)
			i++
		default:
			o.buf = append(o.buf, s[start:i]...)
			i++
		}
		start = i
	}
	o.buf = append(o.buf, s[start:]...)
}

// plain writes text that nothing has to be done about, and says whether it was
// such. Otherwise nothing is written.
func (o *output) plain(s []byte) bool {
	for i := 0; i < len(s); {
		switch classes[s[i]] {
		case asIs:
			i++
		case wide:
			r, n := utf8.DecodeRune(s[i:])
			if (r == utf8.RuneError && n == 1) || r&^1 == 0xFFFE {
				return false
			}
			i += n
		default:
			return false
		}
	}
	o.buf = append(o.buf, s...)
	return true
}

// isTidy says whether text comes out as the same text: what refers to something
// by its name must find it.
func isTidy(s []byte) bool {
	for _, c := range s {
		if classes[c] == dropped || c == '\r' || c == '\f' {
			return false
		}
	}
	return utf8.Valid(s) &&
		!bytes.Contains(s, []byte("\uFFFE")) && !bytes.Contains(s, []byte("\uFFFF"))
}

// address writes an attribute that is an address. Most have nothing to escape.
func (o *output) address(key, value string) {
	for i := range len(value) {
		if classes[value[i]] != asIs {
			o.attribute(key, []byte(value))
			return
		}
	}
	o.buf = append(o.buf, ' ')
	o.buf = append(o.buf, key...)
	o.buf = append(o.buf, '=', '"')
	o.buf = append(o.buf, value...)
	o.buf = append(o.buf, '"')
}
