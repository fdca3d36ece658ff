package sanitize

import (
	"bytes"
	"strings"
)

// A sheet cleans a style sheet. It reads rules and declarations as CSS Syntax
// does, keeps those whose every token is known to be harmless, and writes them
// anew. Two things hold wherever a token comes to stand, so that it does not
// matter how a browser groups them: an address stands in quotes after url( or
// @import and came from the Linker, and a function is one that we know.
type sheet struct {
	refs    resolver
	drawing bool // of a drawing: refers to parts of it only, and has its properties only

	lex   lexer
	tok   token
	out   []byte
	glued bool // a comment stood before the token: something must stand there again
	space int  // the length of out after a space that can be taken back
	depth int
	mode  mode
}

// A mode says where a sheet's tokens stand.
type mode uint8

const (
	inSheetMode mode = iota // between rules
	inRuleMode              // between the braces of a rule
	inFontMode              // between those of @font-face
	inAttribute             // in a style attribute: declarations only
)

// clean returns a cleaned style sheet. It holds no "</" and no "<!".
func (s *sheet) clean(src []byte) []byte {
	s.start(src)
	for s.tok.kind != endToken {
		s.rule()
	}
	return s.out
}

// declarations returns the cleaned value of a style attribute.
func (s *sheet) declarations(src []byte) []byte {
	s.start(src)
	s.mode = inAttribute
	for s.tok.kind != endToken {
		s.item()
		if s.tok.is('}') {
			s.advance()
		}
	}
	return bytes.TrimSuffix(s.out, []byte(";"))
}

// single returns the cleaned value of an attribute that is a property, or
// nothing.
func (s *sheet) single(src []byte) []byte {
	s.start(src)
	if !s.value(false) || s.tok.kind != endToken {
		return nil
	}
	return s.out
}

func (s *sheet) start(src []byte) {
	s.lex = lexer{src: prepare(src)}
	s.out = make([]byte, 0, len(src)+len(src)/8)
	s.advance()
}

// advance goes to the next token. A comment counts as none but for keeping apart
// what it stands between.
func (s *sheet) advance() {
	s.glued = false
	s.tok = s.lex.next()
	for s.tok.kind == commentToken {
		s.glued = true
		s.tok = s.lex.next()
	}
}

// skipSpace goes to the next token that is not white space.
func (s *sheet) skipSpace() {
	for s.tok.kind == spaceToken {
		s.advance()
	}
}

// rule handles what stands between rules.
func (s *sheet) rule() {
	switch {
	case s.tok.kind == spaceToken, s.tok.isCommentMark():
		s.advance()
	case s.tok.kind == atToken:
		s.atRule()
	default:
		s.qualifiedRule()
	}
}

// item handles what stands in the braces of a rule: a declaration or a rule.
func (s *sheet) item() {
	switch {
	case s.tok.kind == spaceToken, s.tok.is(';'):
		s.advance()
	case s.tok.kind == atToken:
		s.atRule()
	case s.tok.kind == identToken && s.declaration():
	default:
		s.qualifiedRule()
	}
}

// qualifiedRule handles a selector and its block.
func (s *sheet) qualifiedRule() {
	mark := len(s.out)
	ok := s.prelude(false, true)
	if !s.tok.is('{') {
		s.cut(mark)
		if s.tok.is(';') {
			s.advance()
		}
		return
	}
	if s.mode == inAttribute || len(s.out) == mark {
		ok = false
	}
	s.block(mark, ok, inRuleMode)
}

// block handles the braces of a rule whose beginning was written from mark on.
// Unless ok, or when nothing is left in them, all of the rule is dropped.
func (s *sheet) block(mark int, ok bool, inside mode) {
	if !ok || s.depth >= maxSheetDepth {
		s.cut(mark)
		s.skipBlock()
		return
	}
	s.advance()
	outside := s.mode
	s.mode, s.depth = inside, s.depth+1
	s.out = append(s.out, '{')
	start := len(s.out)
	for s.tok.kind != endToken && !s.tok.is('}') {
		s.item()
	}
	s.mode, s.depth = outside, s.depth-1
	if s.tok.is('}') {
		s.advance()
	}
	if len(s.out) == start {
		s.cut(mark)
		return
	}
	s.out = append(bytes.TrimSuffix(s.out, []byte(";")), '}')
}

// skipBlock goes past the braces that begin here.
func (s *sheet) skipBlock() {
	var open []byte
	for s.tok.kind != endToken {
		if c := closer(s.tok); c != 0 {
			open = append(open, c)
		} else if n := len(open); n > 0 && s.tok.is(open[n-1]) {
			open = open[:n-1]
		}
		s.advance()
		if len(open) == 0 {
			return
		}
	}
}

// closer returns what closes a bracket, a brace, a parenthesis or a function.
func closer(t token) byte {
	switch {
	case t.kind == functionToken, t.is('('):
		return ')'
	case t.is('['):
		return ']'
	case t.is('{'):
		return '}'
	}
	return 0
}

// groupRules are the at-rules that hold rules and are kept when not empty.
var groupRules = set(`media supports layer container scope starting-style keyframes
	-webkit-keyframes -moz-keyframes page property counter-style font-face`)

// atRule handles an at-rule. Unknown ones are dropped: among them @charset (what
// we write is UTF-8), @namespace and @document, which name addresses.
func (s *sheet) atRule() {
	name := strings.ToLower(string(s.tok.value))
	if name == "import" && s.mode == inSheetMode {
		s.importRule()
		return
	}
	mark := len(s.out)
	s.out = append(append(s.out, '@'), name...)
	s.advance()
	ok := groupRules[name] && s.mode != inAttribute
	if s.tok.kind != spaceToken && !s.tok.is('{') && !s.tok.is(';') {
		s.writeSpace()
	}
	ok = s.prelude(true, name == "scope") && ok
	switch {
	case s.tok.is('{') && name == "font-face":
		s.block(mark, ok, inFontMode)
	case s.tok.is('{'):
		s.block(mark, ok, inRuleMode)
	case s.tok.is(';') && ok && name == "layer":
		s.out = append(s.out, ';')
		s.advance()
	default:
		s.cut(mark)
		if s.tok.is(';') {
			s.advance()
		}
	}
}

// importRule handles @import: its address goes to the Linker, its conditions stay.
func (s *sheet) importRule() {
	mark := len(s.out)
	s.advance()
	s.skipSpace()
	src, ok := "", false
	switch {
	case s.tok.kind == stringToken || s.tok.kind == urlToken:
		src, ok = s.refs.resource(string(s.tok.value), Style)
		s.advance()
	case s.tok.isFunction("url"):
		if src, ok = s.quotedAddress(); ok {
			src, ok = s.refs.resource(src, Style)
		}
	}
	s.out = append(s.out, "@import "...)
	s.out = appendString(s.out, []byte(src))
	s.writeSpace()
	ok = s.prelude(true, false) && ok
	switch {
	case s.tok.is('{'):
		s.cut(mark)
		s.skipBlock()
		return
	case s.tok.is(';'):
		s.advance()
	}
	if !ok {
		s.cut(mark)
		return
	}
	s.out = append(s.out, ';')
}
