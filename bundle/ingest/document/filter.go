package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"satchel/bundle/internal/markup"
)

// A verdict is what becomes of an element.
type verdict uint8

const (
	keep   verdict = iota
	drop           // with all that is in it
	unwrap         // what is in it stays
	row            // of a table: the row around the element goes
)

// Rules say what stays of an XML file. Only what they take out changes: the rest is copied byte for byte.
type rules interface {
	// element judges an element by itself and by those around it, the innermost last.
	element(t *markup.Token, around []markup.Name) verdict
	// attribute says whether an attribute stays, and with which value where that is not "".
	attribute(t *markup.Token, a *markup.Attr) (stays bool, value string)
	// text says what stands in the place of text in an element.
	text(t *markup.Token, around []markup.Name) []byte
}

// A filter passes an XML file through rules. Comments and processing instructions never stay.
type filter struct {
	s      *markup.Scanner
	w      io.Writer
	rules  rules
	around []markup.Name
	over   int   // how deep the element lies that is left out, or -1
	bare   []int // how deep the elements lie whose tags are left out
	out    []byte
	held   int   // where in out the row begins that may yet go, or -1
	rows   int   // how deep that row lies
	gone   int64 // bytes left out of elements and attributes
}

// filterXML copies an XML file as far as rules let it pass, and returns how much they left out.
func filterXML(w io.Writer, r io.Reader, rules rules) (gone int64, err error) {
	f := &filter{s: markup.NewScanner(r), w: w, rules: rules, over: -1, held: -1}
	for {
		t, err := f.s.Next()
		if errors.Is(err, io.EOF) {
			return f.gone, f.flush(0)
		}
		if err != nil {
			return f.gone, err
		}
		if err := f.token(t); err != nil {
			return f.gone, err
		}
		if err := f.flush(64 << 10); err != nil {
			return f.gone, err
		}
	}
}

// flush writes what is ready, once it is more than least.
func (f *filter) flush(least int) error {
	ready := len(f.out)
	if f.held >= 0 {
		ready = f.held
	}
	if len(f.out)-ready > markup.MaxToken {
		return fmt.Errorf("%w: the beginning of a row of %d bytes", ErrLimit, len(f.out)-ready)
	}
	if ready == 0 || ready < least {
		return nil
	}
	if _, err := f.w.Write(f.out[:ready]); err != nil {
		return err
	}
	f.out = f.out[:copy(f.out, f.out[ready:])]
	if f.held >= 0 {
		f.held = 0
	}
	return nil
}

func (f *filter) token(t *markup.Token) error {
	switch t.Kind {
	case markup.Start:
		return f.start(t)
	case markup.End:
		f.end(t)
		return nil
	}
	switch {
	case f.over >= 0:
		f.gone += int64(len(t.Raw))
	case t.Kind == markup.Text || t.Kind == markup.CData:
		f.out = append(f.out, f.rules.text(t, f.around)...)
	case t.Kind == markup.Instruction && bytes.HasPrefix(t.Raw, []byte("<?xml ")):
		f.out = append(f.out, declaration(t.Raw)...)
	case t.Kind == markup.Doctype && bytes.IndexByte(t.Raw, '[') < 0:
		f.out = append(f.out, t.Raw...)
	default:
		f.gone += int64(len(t.Raw))
	}
	return nil
}

// declaration is the XML declaration of a file that is in UTF-8 now.
func declaration(raw []byte) []byte {
	if lower := bytes.ToLower(raw); !bytes.Contains(lower, []byte("encoding")) || bytes.Contains(lower, []byte("utf-8")) {
		return raw
	}
	return []byte(`<?xml version="1.0" encoding="UTF-8"?>`)
}

func (f *filter) start(t *markup.Token) error {
	if f.over >= 0 {
		f.gone += int64(len(t.Raw))
		if !t.Empty {
			f.around = append(f.around, t.Name)
		}
		return nil
	}
	f.hold(t)
	switch v := f.rules.element(t, f.around); {
	case v == row && f.held >= 0:
		f.gone += int64(len(f.out) - f.held)
		f.out, f.held, f.over = f.out[:f.held], -1, f.rows
	case v == drop, v == row:
		f.gone += int64(len(t.Raw))
		if !t.Empty {
			f.over = t.Depth
		}
	case v == unwrap:
		if bytes.Contains(t.Raw, []byte("xmlns")) {
			return fmt.Errorf("%w: <%s> declares a namespace", ErrFormat, t.Tag)
		}
		f.gone += int64(len(t.Raw))
		if !t.Empty {
			f.bare = append(f.bare, t.Depth)
		}
	default:
		f.write(t)
	}
	if !t.Empty {
		f.around = append(f.around, t.Name)
	}
	return nil
}

// hold keeps the beginning of a table's row, or of a run of text, back until its properties have said
// whether it goes.
func (f *filter) hold(t *markup.Token) {
	switch {
	case t.Local == "tr" && strings.Contains(t.Space, "wordprocessingml") && !t.Empty:
		f.held, f.rows = len(f.out), t.Depth
	case t.Local == "tc":
		f.held = -1
	case t.Local == "r" && f.held < 0 && strings.Contains(t.Space, "wordprocessingml") && !t.Empty:
		f.held, f.rows = len(f.out), t.Depth
	case t.Depth == f.rows+1 && t.Local != "rPr" && f.heldRun():
		f.held = -1
	}
}

// heldRun says whether what is held back is the beginning of a run of text, whose properties may hide it.
func (f *filter) heldRun() bool {
	return f.held >= 0 && len(f.around) > 0 && f.around[len(f.around)-1].Local == "r"
}

func (f *filter) end(t *markup.Token) {
	f.around = f.around[:len(f.around)-1]
	switch n := len(f.bare) - 1; {
	case f.over >= 0:
		f.gone += int64(len(t.Raw))
		if t.Depth == f.over {
			f.over = -1
		}
		return
	case n >= 0 && f.bare[n] == t.Depth:
		f.bare = f.bare[:n]
		f.gone += int64(len(t.Raw))
		return
	case f.held >= 0 && t.Depth == f.rows:
		f.held = -1
	}
	f.out = append(f.out, t.Raw...)
}

// write writes a start tag with the attributes that stay.
func (f *filter) write(t *markup.Token) {
	from, changed := len(f.out), false
	f.out = append(append(f.out, '<'), t.Tag...)
	for i := range t.Attrs {
		a := &t.Attrs[i]
		stays, value := f.rules.attribute(t, a)
		switch {
		case !stays:
			changed = true
			f.gone += int64(len(a.Raw))
		case value != "":
			changed = true
			f.out = append(append(f.out, bytes.TrimRight(a.Raw[:bytes.IndexByte(a.Raw, '=')], " \t\r\n")...), `="`...)
			f.out = append(append(f.out, escape(value)...), '"')
		default:
			f.out = append(f.out, a.Raw...)
		}
	}
	switch spelt := t.Empty && isSpelt(t); {
	case spelt:
		f.out = append(append(append(f.out, "></"...), t.Tag...), '>')
	case !changed:
		f.out = append(f.out[:from], t.Raw...)
	case t.Empty:
		f.out = append(f.out, "/>"...)
	default:
		f.out = append(f.out, '>')
	}
}

// isSpelt says whether an empty element of XHTML needs an end tag, because what reads the page as HTML
// takes <a id="x"/> for a beginning.
func isSpelt(t *markup.Token) bool {
	return t.Space == spaces[""] && !void[t.Local]
}

// void are the elements of HTML that never have an end tag (HTML, section 13.1.2).
var void = map[string]bool{"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true,
	"img": true, "input": true, "link": true, "meta": true, "param": true, "source": true, "track": true, "wbr": true}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;",
	"\t", "&#9;", "\n", "&#10;", "\r", "&#13;")

// escape writes text so that it can stand in an attribute. What XML cannot hold is left out.
func escape(s string) string {
	return escaper.Replace(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd")))
}
