package sanitize

import (
	"bytes"
	"strings"
)

// functions is the allow-list of functions in values: none of them takes an
// address. Where a string can be an address (image, src, ...) and in functions to
// come, we do not know; declarations with them are dropped.
var functions = set(`
	var env attr calc min max clamp round mod rem sin cos tan asin acos atan atan2 pow
	sqrt hypot log exp abs sign
	rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix light-dark
	linear-gradient radial-gradient conic-gradient repeating-linear-gradient
	repeating-radial-gradient repeating-conic-gradient -webkit-linear-gradient
	-webkit-radial-gradient -webkit-repeating-linear-gradient
	-webkit-repeating-radial-gradient -moz-linear-gradient -moz-radial-gradient
	-o-linear-gradient -ms-linear-gradient -webkit-gradient from to color-stop
	translate translatex translatey translatez translate3d scale scalex scaley scalez
	scale3d rotate rotatex rotatey rotatez rotate3d skew skewx skewy matrix matrix3d
	perspective cubic-bezier steps linear
	minmax repeat fit-content counter counters symbols format tech local
	blur brightness contrast drop-shadow grayscale hue-rotate invert opacity saturate
	sepia inset circle ellipse polygon path rect xywh shape ray
	stylistic styleset character-variant swash ornaments annotation
	anchor anchor-size scroll view type`)

// imageFunctions may stand in image-set. Those that put in something else, such
// as var, may not: a string that comes from there would be an address.
var imageFunctions = set(`type linear-gradient radial-gradient conic-gradient
	repeating-linear-gradient repeating-radial-gradient repeating-conic-gradient`)

// imageSets take strings for addresses.
var imageSets = set("image-set -webkit-image-set")

// fetching are functions that must not stand where no address belongs.
var fetching = set("url src image image-set -webkit-image-set")

// forbidden are properties that once ran code or took strings for addresses.
var forbidden = set("behavior -ms-behavior -moz-binding -o-link -o-link-source")

// positions are the values of position that are kept. A page's own "fixed" can
// only mean the box of the page: it becomes absolute.
var positions = set(`static relative absolute sticky -webkit-sticky inherit initial unset
	revert revert-layer`)

// set makes a set of names.
func set(names string) map[string]bool {
	m := make(map[string]bool)
	for _, name := range strings.Fields(names) {
		m[name] = true
	}
	return m
}

// declaration handles a property and its value, when one stands here. When it is
// a rule after all, nothing has happened.
func (s *sheet) declaration() bool {
	lex, tok, mark := s.lex, s.tok, len(s.out)
	name := string(s.tok.value)
	if !strings.HasPrefix(name, "--") {
		name = strings.ToLower(name)
	}
	s.advance()
	s.skipSpace()
	isDeclaration := s.tok.is(':')
	if isDeclaration {
		s.out = append(appendName(s.out, []byte(name)), ':')
		s.advance()
		s.skipSpace()
		start := len(s.out)
		ok := s.value(s.mode == inFontMode && name == "src")
		isDeclaration = !s.tok.is('{')
		if !ok || !s.property(name, start) {
			s.cut(mark)
		} else {
			s.out = append(s.out, ';')
		}
	}
	if !isDeclaration {
		s.lex, s.tok = lex, tok
		s.cut(mark)
	}
	return isDeclaration
}

// property says whether a property is kept, with the value that was written from
// start on.
func (s *sheet) property(name string, start int) bool {
	value := s.out[start:]
	switch {
	case forbidden[name], s.drawing && !isPresentation[name]:
		return false
	case strings.HasPrefix(name, "--"):
		return true
	case name == "position":
		word, important, _ := strings.Cut(strings.ToLower(string(value)), "!")
		word = strings.TrimSpace(word)
		if word == "fixed" {
			s.cut(start)
			s.out = append(s.out, "absolute"...)
			if strings.TrimSpace(important) == "important" {
				s.out = append(s.out, "!important"...)
			}
			return true
		}
		return positions[word]
	}
	return len(value) > 0
}

// prelude writes what stands before a block: a selector or the conditions of an
// at-rule. It stops at the brace, or where there can be none any more. It says
// whether all of it was harmless. One that selects elements gets other names for their ids.
func (s *sheet) prelude(isAt, selects bool) (ok bool) {
	ok, s.glued = true, false
	var open []byte
	var in matcher
	for s.tok.kind != endToken {
		t := s.tok
		if len(open) == 0 && (t.is('{') || (t.is(';') && (isAt || s.mode != inSheetMode)) ||
			(t.is('}') && s.mode != inSheetMode)) {
			break
		}
		var matched bool
		open, matched = brackets(open, t)
		ok = ok && matched && isPlain(t) && !fetching[lowerIf(t)]
		if selects && s.refs.id != nil {
			in.follow(s)
		}
		s.write()
		s.advance()
	}
	s.closeAll(open)
	return ok
}

// A matcher follows the tokens of a selector for those that mean an id: #id, [id=id], [href="#id"].
type matcher struct {
	inside bool // of brackets
	kind   kind // of the attribute that is named there
	sign   byte // the character behind its name, or 0
	exact  bool // the value comes next, and all of it must be the same
}

// follow gives the current token another name where it means an id.
func (m *matcher) follow(s *sheet) {
	t := &s.tok
	switch {
	case t.is('['):
		*m = matcher{inside: true}
	case t.is(']'):
		*m = matcher{}
	case t.kind == hashToken && t.isID():
		t.value, t.escaped = []byte(s.refs.name(string(t.value))), true
	case !m.inside:
	case t.kind == delimToken:
		m.exact = t.is('=') && (m.sign == 0 || m.sign == '~')
		m.sign = t.raw[0]
	case m.exact && (t.kind == identToken || t.kind == stringToken):
		t.value, t.escaped = s.refs.renamed(m.kind, t.value), true
		m.exact = false
	case t.kind == identToken:
		*m = matcher{inside: true, kind: kindOf(t.value)}
	}
}

// kindOf returns the kind of an attribute; all that we do not know have any text.
func kindOf(attribute []byte) kind {
	var n name
	n.set(attribute)
	if a := attributes.find(&n); a != nil {
		return a.kind
	}
	return anyText
}

// lowerIf returns the name of a function in lower case, and nothing for others.
func lowerIf(t token) string {
	if t.kind != functionToken {
		return ""
	}
	return strings.ToLower(string(t.value))
}

// brackets follows the brackets that are open. It says whether t is one in its
// right place, or none at all.
func brackets(open []byte, t token) (after []byte, ok bool) {
	if c := closer(t); c != 0 {
		return append(open, c), c != '}' && len(open) < maxSheetDepth
	}
	if n := len(open); n > 0 && t.is(open[n-1]) {
		return open[:n-1], true
	}
	return open, !t.is(')') && !t.is(']') && !t.is('}')
}

// isPlain says whether a token can be written as it is anywhere.
func isPlain(t token) bool {
	switch t.kind {
	case badToken, urlToken, atToken:
		return false
	case dimensionToken:
		return !t.escaped
	case delimToken:
		return t.raw[0] > ' ' && t.raw[0] != '\\' && t.raw[0] != ';' && t.raw[0] != 0x7f
	}
	return true
}

// A value is what is known while the value of a property is read.
type value struct {
	*sheet
	open   []byte // what closes the open brackets
	images int    // how many were open inside of image-set's, or 0
	bad    bool
	start  int

	// The src of @font-face is a list, and what the Linker refuses is left out
	// of it: its formats with its addresses.
	isList  bool
	part    int // where the current entry begins
	refused bool
}

// value writes the value of a property. It stops at what ends it, or at a brace,
// when it is no declaration. It says whether all of it was harmless.
func (s *sheet) value(isList bool) (ok bool) {
	s.glued = false
	v := value{sheet: s, isList: isList, start: len(s.out), part: len(s.out)}
	for s.tok.kind != endToken {
		t := s.tok
		if len(v.open) == 0 && (t.is(';') || t.is('}') || t.is('{')) {
			break
		}
		v.step(t)
	}
	s.closeAll(v.open)
	if isList {
		v.endEntry()
		s.out = bytes.TrimSuffix(s.out, []byte(","))
	}
	return !v.bad
}

// step handles a token of a value and goes past it.
func (v *value) step(t token) {
	switch {
	case t.kind == urlToken:
		v.address(string(t.value))
		v.advance()
		return
	case t.kind == functionToken:
		v.function(t)
		return
	case t.kind == stringToken && v.images > 0 && len(v.open) == v.images:
		v.address(string(t.value))
		v.advance()
		return
	case t.is(',') && v.isList && len(v.open) == 0:
		v.endEntry()
		v.advance()
		v.skipSpace()
		return
	}
	var matched bool
	v.open, matched = brackets(v.open, t)
	if len(v.open) < v.images {
		v.images = 0
	}
	v.bad = v.bad || !matched || !isPlain(t) || looksForeign(t)
	v.write()
	v.advance()
}

// looksForeign says whether a token is a string with what may be the address of
// a host. A custom property carries it to places that we cannot see; no function
// that is let through would take it for an address, but one may some day.
func looksForeign(t token) bool {
	return t.kind == stringToken && (bytes.Contains(t.value, []byte("//")) ||
		bytes.Contains(t.value, []byte(`\\`)))
}

// function handles the beginning of a function.
func (v *value) function(t token) {
	name := strings.ToLower(string(t.value))
	if name == "url" {
		if ref, ok := v.quotedAddress(); ok {
			v.address(ref)
			return
		}
		v.bad = true
		v.open = append(v.open, ')')
		return
	}
	isSet := imageSets[name]
	allowed := functions[name] || isSet
	if v.images > 0 {
		allowed = imageFunctions[name]
	}
	var matched bool
	v.open, matched = brackets(v.open, t)
	v.bad = v.bad || !allowed || !matched
	if isSet {
		v.images = len(v.open)
	}
	v.write()
	v.advance()
}

// quotedAddress reads url("..."), from the function to the parenthesis.
func (s *sheet) quotedAddress() (ref string, ok bool) {
	s.advance()
	s.skipSpace()
	if s.tok.kind != stringToken {
		return "", false
	}
	ref = string(s.tok.value)
	s.advance()
	s.skipSpace()
	if s.tok.kind == endToken {
		return ref, true
	}
	if !s.tok.is(')') {
		return "", false
	}
	s.advance()
	return ref, true
}

// address writes what the Linker answers for an address, or none. Parts of the
// page itself need no Linker.
func (v *value) address(raw string) {
	ref := trimAddress(raw)
	ok := len(ref) > 1 && ref[0] == '#'
	ref = v.refs.place(ref)
	if !ok && !v.drawing {
		use := Picture
		if v.mode == inFontMode {
			use = Font
		}
		ref, ok = v.refs.resource(ref, use)
	}
	switch {
	case ok:
		// What was a string must not become one name with what is before it.
		if n := len(v.out); n > v.start && strings.IndexByte("(, ", v.out[n-1]) < 0 {
			v.writeSpace()
		}
		v.out = append(v.out, "url("...)
		v.out = append(appendString(v.out, []byte(ref)), ')')
	case v.isList:
		v.refused = true
	default:
		if len(v.out) > v.start {
			v.writeSpace()
		}
		v.out = append(v.out, "none"...)
		v.writeSpace()
	}
}

// endEntry ends an entry of a list and takes it back if it was refused.
func (v *value) endEntry() {
	v.trim()
	if v.refused || len(v.out) == v.part {
		v.cut(v.part)
	} else {
		v.out = append(v.out, ',')
	}
	v.part, v.refused = len(v.out), false
}

// write writes the current token so that it is read as the same token again.
func (s *sheet) write() {
	t := s.tok
	if t.kind == spaceToken {
		s.writeSpace()
		return
	}
	if s.glued && s.space != len(s.out) {
		s.out = append(s.out, "/**/"...)
	}
	switch {
	case t.kind == stringToken:
		s.out = appendString(s.out, t.value)
	case t.escaped && (t.kind == identToken || t.kind == functionToken || t.kind == hashToken):
		if t.kind == hashToken {
			s.out = append(s.out, '#')
		}
		s.out = appendName(s.out, t.value)
		if t.kind == functionToken {
			s.out = append(s.out, '(')
		}
	default:
		s.out = append(s.out, t.raw...)
	}
	// A style element must not hold "</" or "<!".
	if t.is('<') && s.lex.at(0) != '=' {
		s.writeSpace()
	}
}

// writeSpace writes a space unless there is one.
func (s *sheet) writeSpace() {
	if s.space != len(s.out) {
		s.out = append(s.out, ' ')
		s.space = len(s.out)
	}
}

// cut takes back what was written after the first n bytes.
func (s *sheet) cut(n int) {
	s.out = s.out[:n]
	if s.space > n {
		s.space = -1
	}
}

// closeAll writes the brackets that the end of the sheet closes; when none is
// open, it takes back a space at the end.
func (s *sheet) closeAll(open []byte) {
	if len(open) == 0 {
		s.trim()
	}
	for i := len(open) - 1; i >= 0; i-- {
		s.out = append(s.out, open[i])
	}
}

// trim takes back a space. One that ends an escape is not taken.
func (s *sheet) trim() {
	if s.space == len(s.out) && len(s.out) > 0 {
		s.out = s.out[:len(s.out)-1]
		s.space = -1
	}
}
