package sanitize

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// A tokenKind is a kind of token of CSS Syntax Level 3.
type tokenKind uint8

const (
	endToken tokenKind = iota
	identToken
	functionToken // value is the name, raw ends with the parenthesis
	atToken
	hashToken
	stringToken
	urlToken
	badToken // a string or address that breaks off, <!-- or -->
	numberToken
	dimensionToken
	spaceToken
	commentToken
	delimToken // one character, also : ; , ( ) [ ] { }
)

// A token is a token of a style sheet.
type token struct {
	kind    tokenKind
	raw     []byte // as it stands in the source
	value   []byte // without escapes, quotes, url( or @
	escaped bool   // raw has escapes
}

// is says whether the token is this character.
func (t token) is(c byte) bool { return t.kind == delimToken && t.raw[0] == c }

// isFunction says whether the token begins the function of this name.
func (t token) isFunction(name string) bool {
	return t.kind == functionToken && strings.EqualFold(string(t.value), name)
}

// isID says whether a token with a # is the id of something, which begins as a name does; a colour may begin with a digit.
func (t token) isID() bool { return (&lexer{src: t.raw[1:]}).identAt(0) }

// isCommentMark says whether the token is <!-- or -->, which mean nothing between
// rules.
func (t token) isCommentMark() bool {
	return t.kind == badToken && (t.raw[0] == '<' || t.raw[0] == '-')
}

// A lexer cuts a style sheet into tokens, as browsers do, so that what we take
// for an address is what they take for one.
type lexer struct {
	src []byte // prepared
	pos int
}

// prepare does what the standard calls preprocessing. Sheets that need none
// are not copied.
func prepare(src []byte) []byte {
	src = bytes.TrimPrefix(src, []byte("\uFEFF"))
	if bytes.IndexByte(src, '\r') >= 0 {
		src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
		src = bytes.ReplaceAll(src, []byte("\r"), []byte("\n"))
	}
	if bytes.IndexByte(src, '\f') >= 0 {
		src = bytes.ReplaceAll(src, []byte("\f"), []byte("\n"))
	}
	if bytes.IndexByte(src, 0) >= 0 {
		src = bytes.ReplaceAll(src, []byte{0}, []byte("\uFFFD"))
	}
	if !utf8.Valid(src) {
		src = bytes.ToValidUTF8(src, []byte("\uFFFD"))
	}
	return src
}

// at returns the byte n places on, or 0 at the end: no sheet holds a 0.
func (l *lexer) at(n int) byte {
	if l.pos+n < len(l.src) {
		return l.src[l.pos+n]
	}
	return 0
}

// next returns the next token.
func (l *lexer) next() token {
	start := l.pos
	t := l.scan()
	t.raw = l.src[start:l.pos]
	return t
}

func (l *lexer) scan() token {
	c := l.at(0)
	switch {
	case l.pos >= len(l.src):
		return token{kind: endToken}
	case isSpace(c):
		for isSpace(l.at(0)) {
			l.pos++
		}
		return token{kind: spaceToken}
	case c == '/' && l.at(1) == '*':
		return l.comment()
	case c == '"' || c == '\'':
		return l.quoted(c)
	case c == '#' && (isName(l.at(1)) || l.escapeAt(1)):
		l.pos++
		return l.named(hashToken)
	case c == '@' && l.identAt(1):
		l.pos++
		return l.named(atToken)
	case l.numberAt():
		return l.number()
	case c == '-' && l.at(1) == '-' && l.at(2) == '>':
		l.pos += 3
		return token{kind: badToken}
	case l.identAt(0):
		return l.identLike()
	case c == '<' && bytes.HasPrefix(l.src[l.pos:], []byte("<!--")):
		l.pos += 4
		return token{kind: badToken}
	}
	l.pos++
	return token{kind: delimToken}
}

// comment reads a comment, to the end of the sheet if need be.
func (l *lexer) comment() token {
	end := bytes.Index(l.src[l.pos+2:], []byte("*/"))
	if end < 0 {
		l.pos = len(l.src)
	} else {
		l.pos += 2 + end + 2
	}
	return token{kind: commentToken}
}

// quoted reads a string. A line end that is not escaped breaks it off; the end
// of the sheet ends it.
func (l *lexer) quoted(quote byte) token {
	t := token{kind: stringToken}
	l.pos++
	for l.pos < len(l.src) {
		switch c := l.src[l.pos]; {
		case c == quote:
			l.pos++
			return t
		case c == '\n':
			t.kind = badToken
			return t
		case c == '\\' && l.at(1) == '\n':
			l.pos += 2
		case c == '\\' && l.pos+1 == len(l.src):
			l.pos++
		case c == '\\':
			t.value = l.escape(t.value)
		default:
			t.value = append(t.value, c)
			l.pos++
		}
	}
	return t
}

// named reads a name into a token of a kind. A colour or a length with a
// parenthesis right behind it means nothing, but looks like a function.
func (l *lexer) named(kind tokenKind) token {
	t := token{kind: kind}
	t.value, t.escaped = l.readName()
	if (kind == hashToken || kind == dimensionToken) && l.at(0) == '(' {
		t.kind = badToken
	}
	return t
}

// readName reads a name and says whether it had escapes.
func (l *lexer) readName() (name []byte, escaped bool) {
	start := l.pos
	for isName(l.at(0)) {
		l.pos++
	}
	if !l.escapeAt(0) {
		return l.src[start:l.pos:l.pos], false
	}
	name = bytes.Clone(l.src[start:l.pos])
	for {
		switch {
		case isName(l.at(0)):
			name = append(name, l.src[l.pos])
			l.pos++
		case l.escapeAt(0):
			name = l.escape(name)
		default:
			return name, true
		}
	}
}

// identLike reads a name, a function's name or an address without quotes.
func (l *lexer) identLike() token {
	t := l.named(identToken)
	if l.at(0) != '(' {
		return t
	}
	l.pos++
	t.kind = functionToken
	if !bytes.EqualFold(t.value, []byte("url")) {
		return t
	}
	n := 0
	for isSpace(l.at(n)) {
		n++
	}
	if c := l.at(n); c == '"' || c == '\'' {
		return t
	}
	l.pos += n
	return l.address()
}

// address reads an address without quotes, up to its parenthesis.
func (l *lexer) address() token {
	t := token{kind: urlToken}
	for l.pos < len(l.src) {
		switch c := l.src[l.pos]; {
		case c == ')':
			l.pos++
			return t
		case isSpace(c):
			for isSpace(l.at(0)) {
				l.pos++
			}
			if l.pos < len(l.src) && l.src[l.pos] != ')' {
				return l.badAddress()
			}
		case c == '"' || c == '\'' || c == '(' || c < ' ' || c == 0x7f:
			return l.badAddress()
		case c == '\\':
			if !l.escapeAt(0) {
				return l.badAddress()
			}
			t.value = l.escape(t.value)
		default:
			t.value = append(t.value, c)
			l.pos++
		}
	}
	return t
}

// badAddress reads what is left of an address that is none.
func (l *lexer) badAddress() token {
	for l.pos < len(l.src) {
		switch {
		case l.src[l.pos] == ')':
			l.pos++
			return token{kind: badToken}
		case l.escapeAt(0):
			l.escape(nil)
		default:
			l.pos++
		}
	}
	return token{kind: badToken}
}

// number reads a number with its unit.
func (l *lexer) number() token {
	if c := l.at(0); c == '+' || c == '-' {
		l.pos++
	}
	l.digits()
	if l.at(0) == '.' && isDigit(l.at(1)) {
		l.pos++
		l.digits()
	}
	if c := l.at(0); c == 'e' || c == 'E' {
		sign := 1
		if d := l.at(1); d == '+' || d == '-' {
			sign = 2
		}
		if isDigit(l.at(sign)) {
			l.pos += sign
			l.digits()
		}
	}
	switch {
	case l.identAt(0):
		return l.named(dimensionToken)
	case l.at(0) == '%':
		l.pos++
	}
	return token{kind: numberToken}
}

func (l *lexer) digits() {
	for isDigit(l.at(0)) {
		l.pos++
	}
}

// numberAt says whether a number begins here.
func (l *lexer) numberAt() bool {
	n := 0
	if c := l.at(0); c == '+' || c == '-' {
		n = 1
	}
	return isDigit(l.at(n)) || (l.at(n) == '.' && isDigit(l.at(n+1)))
}

// identAt says whether a name that is no number begins n places on.
func (l *lexer) identAt(n int) bool {
	c := l.at(n)
	if c == '-' {
		return l.at(n+1) == '-' || isNameStart(l.at(n+1)) || l.escapeAt(n+1)
	}
	return isNameStart(c) || l.escapeAt(n)
}

// escapeAt says whether an escape begins n places on.
func (l *lexer) escapeAt(n int) bool {
	return l.at(n) == '\\' && l.at(n+1) != '\n' && l.pos+n+1 < len(l.src)
}

// escape appends to b the character that an escape stands for.
func (l *lexer) escape(b []byte) []byte {
	l.pos++
	if !isHex(l.at(0)) {
		_, n := utf8.DecodeRune(l.src[l.pos:])
		b = append(b, l.src[l.pos:l.pos+n]...)
		l.pos += n
		return b
	}
	var r rune
	for n := 0; n < 6 && isHex(l.at(0)); n++ {
		r = r<<4 | rune(hexValue(l.at(0)))
		l.pos++
	}
	if isSpace(l.at(0)) {
		l.pos++
	}
	if r == 0 {
		r = utf8.RuneError
	}
	return utf8.AppendRune(b, r)
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isHex(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func hexValue(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c >= 'a':
		return c - 'a' + 10
	}
	return c - 'A' + 10
}

func isNameStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= utf8.RuneSelf
}

func isName(c byte) bool { return isNameStart(c) || isDigit(c) || c == '-' }

const hexDigits = "0123456789abcdef"

// appendEscape appends the escape of an ASCII character. The space ends it.
func appendEscape(b []byte, c byte) []byte {
	b = append(b, '\\')
	if c >= 16 {
		b = append(b, hexDigits[c>>4])
	}
	return append(b, hexDigits[c&15], ' ')
}

// appendName appends a name so that it reads as the same name everywhere.
func appendName(b, name []byte) []byte {
	for i, c := range name {
		leading := i == 0 || (i == 1 && name[0] == '-')
		switch {
		case isDigit(c) && leading, !isName(c), len(name) == 1 && c == '-':
			b = appendEscape(b, c)
		default:
			b = append(b, c)
		}
	}
	return b
}

// appendString appends a string in quotes. It never holds < or a line end, so
// nothing in it ends a style element or the string.
func appendString(b, s []byte) []byte {
	b = append(b, '"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ' || c == 0x7f || c == '<':
			b = appendEscape(b, c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
