package markup

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// decode returns the document in UTF-8 without byte order mark (XML 1.0, appendix F).
func decode(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	head, _ := b.Peek(4)
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		b.Discard(3)
		return b
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		b.Discard(2)
		return &wide{r: b, high: 0}
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		b.Discard(2)
		return &wide{r: b, high: 1}
	case string(head) == "\x00<\x00?":
		return &wide{r: b, high: 0}
	case string(head) == "<\x00?\x00":
		return &wide{r: b, high: 1}
	}
	return b
}

// wide turns UTF-16 into UTF-8.
type wide struct {
	r    *bufio.Reader
	high int // which byte of a unit is the high one
	rest []byte
	room [8]byte
	next uint16 // a unit that was read too far
	held bool
}

func (w *wide) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(w.rest) == 0 {
			r, err := w.rune()
			if err != nil {
				if n > 0 {
					return n, nil
				}
				return 0, err
			}
			w.rest = utf8.AppendRune(w.room[:0], r)
		}
		k := copy(p[n:], w.rest)
		w.rest = w.rest[k:]
		n += k
	}
	return n, nil
}

func (w *wide) unit() (uint16, error) {
	if w.held {
		w.held = false
		return w.next, nil
	}
	var b [2]byte
	if _, err := io.ReadFull(w.r, b[:]); err != nil {
		if err == io.ErrUnexpectedEOF { // half a unit is none
			err = io.EOF
		}
		return 0, err
	}
	return uint16(b[w.high])<<8 | uint16(b[1-w.high]), nil
}

func (w *wide) rune() (rune, error) {
	u, err := w.unit()
	if err != nil || !utf16.IsSurrogate(rune(u)) {
		return rune(u), err
	}
	v, err := w.unit()
	if err != nil {
		return utf8.RuneError, nil
	}
	r := utf16.DecodeRune(rune(u), rune(v))
	if r == utf8.RuneError {
		w.next, w.held = v, true
	}
	return r, nil
}
