package caption

import "strings"

// A token is text, or a tag when it has a name. A comment is a tag called "!".
type token struct {
	text string // of a tag: what comes after the name
	name string // in lower case
	end  bool   // </name>
}

// tokens cuts a text where tags are. It is not HTML's tokenizer: captions have < in their text, tags
// that nobody closed, and quotes that open and never end, and none of this may swallow a film.
type tokens struct {
	rest string
	// loose takes a tag that runs into the next one for a tag, not for text.
	loose bool
	// noComment says that no comment ends in rest: to look again each time would take the square of it.
	noComment bool
}

// next returns the next token, and whether there was one.
func (z *tokens) next() (token, bool) {
	if z.rest == "" {
		return token{}, false
	}
	if z.rest[0] == '<' {
		if t, size := z.tag(); size > 0 {
			z.rest = z.rest[size:]
			return t, true
		}
	}
	n := strings.IndexByte(z.rest[1:], '<') + 1
	if n == 0 {
		n = len(z.rest)
	}
	t := token{text: z.rest[:n]}
	z.rest = z.rest[n:]
	return t, true
}

// tag reads the tag that rest begins with. Without one it returns no size.
func (z *tokens) tag() (t token, size int) {
	s := z.rest[1:]
	if strings.HasPrefix(s, "!--") && !z.noComment {
		if i := strings.Index(s[3:], "-->"); i >= 0 {
			return token{name: "!", text: s[3 : 3+i]}, 1 + 3 + i + 3
		}
		z.noComment = true
	}
	n := strings.IndexAny(s, "<>")
	switch {
	case n < 0 || !isTag(s[:n]) || !z.loose && strings.Contains(s[:n], "\n"):
		return t, 0
	case s[n] == '>':
		size = 1 + n + 1
	case z.loose && s[n] == '<':
		size = 1 + n
	default:
		return t, 0
	}
	s = s[:n]
	if s[0] == '/' {
		t.end, s = true, s[1:]
	}
	i := strings.IndexFunc(s, func(r rune) bool { return !isNameRune(r) })
	if i < 0 {
		i = len(s)
	}
	t.name, t.text = strings.ToLower(s[:i]), s[i:]
	if t.name == "" || strings.HasPrefix(s, "!") {
		t.name = "?" // a declaration, or a time in the midst of text
	}
	return t, size
}

func isNameRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// isTag says whether what lies between < and > is a tag: "I <3 you> more" has none.
func isTag(s string) bool {
	if s == "" {
		return false
	}
	if strings.Trim(s, "0123456789:.") == "" {
		return strings.Contains(s, ":") // WebVTT's times for karaoke
	}
	c := s[0]
	if c == '/' && len(s) > 1 {
		c = s[1]
	}
	return c == '!' || c == '?' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// attribute finds the value of an attribute of a tag, whose name is in lower case.
func (t *token) attribute(name string) string {
	lower := strings.ToLower(t.text)
	if len(lower) != len(t.text) {
		return "" // letters of other lengths in lower case have no place in a tag of ours
	}
	for from := 0; ; {
		i := strings.Index(lower[from:], name)
		if i < 0 {
			return ""
		}
		at := from + i
		from = at + len(name)
		value := strings.TrimLeft(t.text[from:], " \t\n")
		if at == 0 || !strings.ContainsRune(" \t\n\"'", rune(lower[at-1])) || !strings.HasPrefix(value, "=") {
			continue
		}
		value = strings.TrimLeft(value[1:], " \t\n\"'")
		if end := strings.IndexAny(value, " \t\n\"'/"); end >= 0 {
			value = value[:end]
		}
		return value
	}
}
