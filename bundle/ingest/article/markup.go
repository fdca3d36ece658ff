package article

import "bytes"

// This file finds where the tags and comments of a page begin and end, as golang.org/x/net/html and
// browsers do, at several times the speed of a tokenizer: text is jumped over, and nothing is copied.
// It looks at ASCII characters only, so that it works on UTF-8 and on every charset whose characters
// of two bytes have none of < > " ' & in them, which is all that pages are in but UTF-16 and
// ISO-2022-JP.

// A tag is a start tag. Its places are offsets in the text.
type tag struct {
	start, end int // from < to behind >
	nameEnd    int
	attrs      []attr
}

// An attr is an attribute of a tag, from its name to behind its value. Value is without quotes.
type attr struct {
	start, nameEnd       int
	valueStart, valueEnd int // equal where there is none
	end                  int
}

// isBlank says whether HTML takes a byte for white space.
func isBlank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

// readTag reads the tag whose name begins at a place behind <, into t. Without an end it is not ok.
func readTag(text []byte, start, name int, t *tag) (ok bool) {
	i := name
	for i < len(text) && !isBlank(text[i]) && text[i] != '/' && text[i] != '>' {
		i++
	}
	*t = tag{start: start, nameEnd: i, attrs: t.attrs[:0]}
	for {
		for i < len(text) && (isBlank(text[i]) || text[i] == '/') {
			i++
		}
		if i >= len(text) {
			return false
		}
		if text[i] == '>' {
			t.end = i + 1
			return true
		}
		var a attr
		if i, ok = readAttr(text, i, &a); !ok {
			return false
		}
		t.attrs = append(t.attrs, a)
	}
}

// readAttr reads the attribute at a place, and returns the place behind it.
func readAttr(text []byte, i int, a *attr) (next int, ok bool) {
	a.start = i
	i++ // an equals sign in first place belongs to the name
	for i < len(text) && text[i] != '=' && text[i] != '>' && text[i] != '/' && !isBlank(text[i]) {
		i++
	}
	a.nameEnd, a.valueStart, a.valueEnd, a.end = i, i, i, i
	for i < len(text) && isBlank(text[i]) {
		i++
	}
	if i >= len(text) || text[i] != '=' {
		return i, true
	}
	i++
	for i < len(text) && isBlank(text[i]) {
		i++
	}
	if i >= len(text) {
		return i, false
	}
	quote := text[i]
	if quote != '"' && quote != '\'' {
		a.valueStart = i
		for i < len(text) && text[i] != '>' && !isBlank(text[i]) {
			i++
		}
		a.valueEnd, a.end = i, i
		return i, true
	}
	n := bytes.IndexByte(text[i+1:], quote)
	if n < 0 {
		return len(text), false
	}
	a.valueStart, a.valueEnd, a.end = i+1, i+1+n, i+n+2
	return a.end, true
}

// commentEnd returns the place behind the comment whose content begins at a place.
func commentEnd(text []byte, i int) int {
	rest := text[i:]
	switch {
	case len(rest) > 0 && rest[0] == '>':
		return i + 1
	case len(rest) > 1 && rest[0] == '-' && rest[1] == '>':
		return i + 2
	}
	for {
		n := bytes.Index(text[i:], []byte("--"))
		if n < 0 {
			return len(text)
		}
		i += n + 2
		for i < len(text) && text[i] == '-' {
			i++
		}
		if i < len(text) && text[i] == '>' {
			return i + 1
		}
		if i+1 < len(text) && text[i] == '!' && text[i+1] == '>' {
			return i + 2
		}
	}
}

// rawEnd returns the place of the end tag of an element whose content is no markup, or the end.
func rawEnd(text []byte, i int, name string) int {
	for {
		n := bytes.Index(text[i:], []byte("</"))
		if n < 0 {
			return len(text)
		}
		i += n
		if isTagName(text[i+2:], name) {
			return i
		}
		i += 2
	}
}

// isTagName says whether s begins with the whole of a tag's name.
func isTagName(s []byte, name string) bool {
	if len(s) <= len(name) || !hasFold(s, name) {
		return false
	}
	c := s[len(name)]
	return isBlank(c) || c == '/' || c == '>'
}

// hasFold says whether s begins with a prefix in lower case, whatever the case of s.
func hasFold(s []byte, prefix string) bool {
	return len(s) >= len(prefix) && isFold(s[:len(prefix)], prefix)
}

// isFold says whether s is a word in lower case, whatever the case of s.
func isFold(s []byte, word string) bool {
	if len(s) != len(word) {
		return false
	}
	for i, c := range s {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != word[i] {
			return false
		}
	}
	return true
}

// scriptEnd returns the place of the end tag of a script. In what looks like a comment in it, an end
// tag that has a start tag there does not count (HTML standard, 13.2.5.17 and following).
func scriptEnd(text []byte, i int) int {
	const (
		code = iota
		escaped
		twice
	)
	state, dashes := code, -1 // dashes is the next -->, or -1 when that is not known
	for {
		n := bytes.IndexByte(text[i:], '<')
		if n < 0 {
			return len(text)
		}
		n += i
		if state != code {
			if dashes < i {
				dashes = commentClose(text, i)
			}
			if dashes < n {
				state, i = code, dashes+len("-->")
				continue
			}
		}
		rest := text[n+1:]
		i = n + 1
		switch {
		case state == code && bytes.HasPrefix(rest, []byte("!--")):
			state, dashes, i = escaped, -1, n+2
		case state == escaped && isTagName(rest, "script"):
			state = twice
		case state == twice && len(rest) > 0 && rest[0] == '/' && isTagName(rest[1:], "script"):
			state = escaped
		case state != twice && len(rest) > 0 && rest[0] == '/' && isTagName(rest[1:], "script"):
			return n
		}
	}
}

// commentClose is the next --> from a place on, or the end.
func commentClose(text []byte, i int) int {
	if n := bytes.Index(text[i:], []byte("-->")); n >= 0 {
		return i + n
	}
	return len(text)
}
