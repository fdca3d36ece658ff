package markup

import (
	"bytes"
	"fmt"
)

// tagEnd is the length of the tag at s.pos: to the first > outside of quotes.
func (s *Scanner) tagEnd() (int, error) {
	n, quote := 1, byte(0)
	for {
		b := s.buf[s.pos:]
		for ; n < len(b); n++ {
			switch c := b[n]; {
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '"' || c == '\'':
				quote = c
			case c == '<':
				return 0, fmt.Errorf("%w: a < inside of a tag", ErrFormat)
			case c == '>' && n <= MaxToken:
				return n + 1, nil
			case c == '>':
				return 0, s.broken("tag", n)
			}
		}
		if n > MaxToken || !s.fill() {
			return 0, s.broken("tag", n)
		}
	}
}

func (s *Scanner) endTag() error {
	n, err := s.tagEnd()
	if err != nil {
		return err
	}
	s.take(End, n)
	name := bytes.TrimRight(s.tok.Raw[2:n-1], " \t\r\n")
	last := len(s.open) - 1
	if last < 0 || s.open[last] != string(name) {
		return fmt.Errorf("%w: </%s> ends nothing", ErrFormat, clip(string(name)))
	}
	s.tok.Tag = s.open[last]
	s.tok.Name, _ = s.resolve(s.tok.Tag, true)
	s.tok.Depth = last
	s.open = s.open[:last]
	s.undo()
	return nil
}

func (s *Scanner) startTag() error {
	n, err := s.tagEnd()
	if err != nil {
		return err
	}
	s.take(Start, n)
	inner := s.tok.Raw[1 : n-1]
	if inner, s.tok.Empty = bytes.CutSuffix(inner, []byte("/")); len(inner) == 0 {
		return fmt.Errorf("%w: a tag without a name", ErrFormat)
	}
	name, rest := cutName(inner)
	if len(name) == 0 {
		return fmt.Errorf("%w: a tag without a name", ErrFormat)
	}
	if len(s.open) == 0 && s.rooted {
		return fmt.Errorf("%w: a second root element", ErrFormat)
	}
	s.rooted = true
	s.tok.Tag = s.intern(name)
	s.marks = append(s.marks, len(s.bindings))
	if err := s.attributes(rest); err != nil {
		return err
	}
	return s.enter()
}

// enter resolves the names of a start tag, and goes into the element.
func (s *Scanner) enter() error {
	var ok bool
	if s.tok.Name, ok = s.resolve(s.tok.Tag, true); !ok {
		return fmt.Errorf("%w: the prefix of <%s> stands for nothing", ErrFormat, clip(s.tok.Tag))
	}
	for i := range s.tok.Attrs {
		a := &s.tok.Attrs[i]
		if a.Prefix == "xmlns" {
			continue
		}
		if a.Prefix != "" {
			a.Space = s.spaces[a.Prefix]
		}
	}
	if s.tok.Empty {
		s.pending = true
		return nil
	}
	if len(s.open) >= MaxDepth {
		return fmt.Errorf("%w: elements nest deeper than %d", ErrLimit, MaxDepth)
	}
	s.open = append(s.open, s.tok.Tag)
	return nil
}

// attributes reads the attributes of a tag.
func (s *Scanner) attributes(rest []byte) error {
	for {
		trimmed := bytes.TrimLeft(rest, " \t\r\n")
		if len(trimmed) == 0 {
			return nil
		}
		if len(trimmed) == len(rest) {
			return fmt.Errorf("%w: no space between attributes", ErrFormat)
		}
		if len(s.tok.Attrs) == maxAttributes {
			return fmt.Errorf("%w: more than %d attributes", ErrLimit, maxAttributes)
		}
		after, err := s.attribute(rest, trimmed)
		if err != nil {
			return err
		}
		rest = after
	}
}

// attribute reads one attribute: whole has the white space before it, b has not.
func (s *Scanner) attribute(whole, b []byte) (rest []byte, err error) {
	name, b := cutName(b)
	b, ok := bytes.CutPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte("="))
	b = bytes.TrimLeft(b, " \t\r\n")
	if len(name) == 0 || !ok || len(b) == 0 || (b[0] != '"' && b[0] != '\'') {
		return nil, fmt.Errorf("%w: an attribute of <%s> has no value", ErrFormat, clip(s.tok.Tag))
	}
	end := bytes.IndexByte(b[1:], b[0])
	if end < 0 {
		return nil, fmt.Errorf("%w: an attribute of <%s> has no end", ErrFormat, clip(s.tok.Tag))
	}
	value, rest := b[1:1+end], b[end+2:]
	a := Attr{Raw: whole[:len(whole)-len(rest)], value: value}
	a.Prefix, a.Local = s.cutPrefix(name)
	s.tok.Attrs = append(s.tok.Attrs, a)
	switch {
	case a.Prefix == "xmlns":
		return rest, s.bind(a.Local, value)
	case a.Prefix == "" && a.Local == "xmlns":
		return rest, s.bind("", value)
	}
	return rest, nil
}

// cutName cuts a name off the front.
func cutName(b []byte) (name, rest []byte) {
	if n := bytes.IndexAny(b, " \t\r\n=/\"'"); n >= 0 {
		return b[:n], b[n:]
	}
	return b, nil
}

func (s *Scanner) cutPrefix(name []byte) (prefix, local string) {
	if at := bytes.IndexByte(name, ':'); at >= 0 {
		return s.intern(name[:at]), s.intern(name[at+1:])
	}
	return "", s.intern(name)
}

// bind lets a prefix stand for a namespace until the element ends.
func (s *Scanner) bind(prefix string, space []byte) error {
	if len(s.bindings) == maxBindings {
		return fmt.Errorf("%w: more than %d namespaces", ErrLimit, maxBindings)
	}
	s.bindings = append(s.bindings, binding{prefix, s.spaces[prefix]})
	s.spaces[prefix] = s.intern(space)
	return nil
}

// undo ends what the last element bound.
func (s *Scanner) undo() {
	last := len(s.marks) - 1
	for i := len(s.bindings) - 1; i >= s.marks[last]; i-- {
		s.spaces[s.bindings[i].prefix] = s.bindings[i].before
	}
	s.bindings, s.marks = s.bindings[:s.marks[last]], s.marks[:last]
}

// resolve says what a tag's name stands for here.
func (s *Scanner) resolve(tag string, element bool) (Name, bool) {
	for i := range len(tag) {
		if tag[i] == ':' {
			space := s.spaces[tag[:i]]
			return Name{space, tag[i+1:]}, space != ""
		}
	}
	return Name{s.spaces[""], tag}, element
}

// intern returns a string that is made once for each name.
func (s *Scanner) intern(b []byte) string {
	if v, ok := s.interned[string(b)]; ok {
		return v
	}
	v := string(b)
	if len(s.interned) < maxInterned {
		s.interned[v] = v
	}
	return v
}
