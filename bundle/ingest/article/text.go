package article

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// Text makes an article of plain text. Blank lines part paragraphs; lines that are laid out, such as
// tables, code and verse with indents, keep their layout. The title is a first line that stands alone
// and is short. Addresses in it are listed and marked, but are no links: a bare address shows where
// it leads, and a text in a bundle is not the place to go there from.
func Text(text []byte, o Options) (*Page, error) {
	if len(text) > MaxInput {
		return nil, fmt.Errorf("%w: more than %d MB", ErrLimit, MaxInput>>20)
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	s := strings.ToValidUTF8(string(text), "\uFFFD")
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\f", "\n\n", "\x1a", "").Replace(s)
	m := newMaker(o, &tree{})
	body := element("body")
	title, rest := cutTitle(s)
	m.page.Title = title
	nodes := 0
	for block := range blocks(rest) {
		if nodes++; nodes > maxNodes {
			return nil, fmt.Errorf("%w: more than %d paragraphs", ErrLimit, maxNodes)
		}
		m.block(body, block)
	}
	m.finish(body)
	return m.page, nil
}

// cutTitle takes the first line as the title where a blank line or a line of marks follows, and it
// reads like one: short, and no sentence.
func cutTitle(s string) (title, rest string) {
	const longest = 120 // characters
	s = strings.TrimLeft(s, "\n")
	first, rest, _ := strings.Cut(s, "\n")
	second, below, _ := strings.Cut(rest, "\n")
	title = line(strings.TrimPrefix(strings.TrimSpace(first), "# "))
	isRuled := len(strings.TrimSpace(second)) >= 3 && strings.Trim(strings.TrimSpace(second), "=-~*_") == ""
	switch {
	case title == "" || utf8.RuneCountInString(title) > longest || strings.HasPrefix(first, "\t"):
		return "", s
	case isRuled:
		return title, below
	case strings.TrimSpace(second) != "" || strings.TrimSpace(rest) == "":
		return "", s
	case strings.HasSuffix(title, ".") || strings.HasSuffix(title, ",") || strings.HasSuffix(title, "。") ||
		strings.HasSuffix(title, ":") || strings.Contains(title, "://"):
		return "", s
	}
	return title, rest
}

// blocks yields the parts of a text that blank lines are between, without those.
func blocks(s string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		var lines []string
		for l := range strings.SplitSeq(s, "\n") {
			l = strings.TrimRight(l, " \t")
			if l != "" {
				lines = append(lines, l)
				continue
			}
			if len(lines) > 0 && !yield(strings.Join(lines, "\n")) {
				return
			}
			lines = lines[:0]
		}
		if len(lines) > 0 {
			yield(strings.Join(lines, "\n"))
		}
	}
}

// block adds a part of a text: as it is laid out, or as a paragraph.
func (m *maker) block(body *html.Node, s string) {
	lines := strings.Split(s, "\n")
	if isLaidOut(lines) {
		pre := element("pre")
		if last := body.LastChild; last != nil && last.Data == "pre" {
			pre = last
			s = "\n\n" + s
		} else {
			body.AppendChild(pre)
		}
		m.mark(pre, s)
		return
	}
	p := element("p")
	body.AppendChild(p)
	if !isWrapped(lines) {
		for i, l := range lines { // verse, addresses, lists
			if i > 0 {
				p.AppendChild(element("br"))
			}
			m.mark(p, strings.TrimSpace(l))
		}
		return
	}
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	m.mark(p, join(lines))
}

// join joins the lines of a paragraph, with spaces but between characters of scripts without them.
func join(lines []string) string {
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			before, _ := utf8.DecodeLastRuneInString(b.String())
			after, _ := utf8.DecodeRuneInString(l)
			if !isSpaceless(before) || !isSpaceless(after) {
				b.WriteByte(' ')
			}
		}
		b.WriteString(l)
	}
	return b.String()
}

// isSpaceless says whether a character is of a script that has no spaces between words.
func isSpaceless(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao,
		unicode.Khmer, unicode.Myanmar) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xff65
}

// isLaidOut says whether lines look like a table, code or a drawing: most of them have gaps inside,
// or begin with an indent, or are made of the marks of code.
func isLaidOut(lines []string) bool {
	laid := 0
	for _, l := range lines {
		trimmed := strings.TrimLeft(l, " \t")
		indent := len(l) - len(trimmed)
		switch {
		case strings.HasPrefix(l, "\t"), indent >= 4 && len(lines) > 1, strings.Contains(trimmed, "\t"),
			strings.Contains(trimmed, "   "), strings.Count(trimmed, "|") >= 2, strings.ContainsAny(trimmed, "│┃║═┌└├"),
			strings.HasSuffix(trimmed, "{"), strings.HasSuffix(trimmed, ";"), trimmed == "}":
			laid++
		}
	}
	return laid*2 > len(lines)
}

// isWrapped says whether lines end where the paper did, not where the writer did: all but the last
// are nearly as long as the longest.
func isWrapped(lines []string) bool {
	longest, long := 0, 0
	for _, l := range lines {
		longest = max(longest, utf8.RuneCountInString(l))
	}
	for _, l := range lines[:len(lines)-1] {
		if utf8.RuneCountInString(l)*5 >= longest*3 {
			long++
		}
	}
	return len(lines) == 1 || longest >= 30 && long*5 >= (len(lines)-1)*4
}

// mark adds text with the addresses in it marked.
func (m *maker) mark(n *html.Node, s string) {
	for {
		start, end := findAddress(s)
		if start < 0 {
			break
		}
		if start > 0 {
			n.AppendChild(textNode(s[:start]))
		}
		address := s[start:end]
		if clean, ok := cleanExternal(address); ok {
			if len(clean) < len(address) {
				m.removed.add(removedTrackers, len(address)-len(clean))
			}
			address = clean
			m.note(clean)
		}
		code := element("code")
		code.AppendChild(textNode(address))
		n.AppendChild(code)
		s = s[end:]
	}
	if s != "" {
		n.AppendChild(textNode(s))
	}
}

// findAddress finds the next bare address on the net, without the full stop or bracket behind it.
func findAddress(s string) (start, end int) {
	for at := 0; ; {
		i := strings.Index(s[at:], "://")
		if i < 0 {
			return -1, -1
		}
		i += at
		start = i
		switch {
		case strings.HasSuffix(s[:i], "https"):
			start -= len("https")
		case strings.HasSuffix(s[:i], "http"):
			start -= len("http")
		}
		end = i + len("://")
		for end < len(s) && s[end] > ' ' && s[end] < utf8.RuneSelf && !strings.ContainsRune("<>\"`{}|\\^", rune(s[end])) {
			end++
		}
		for end > i+len("://") && strings.IndexByte(".,;:!?)'*_]", s[end-1]) >= 0 {
			end--
		}
		if start < i && end > i+len("://") {
			return start, end
		}
		at = i + len("://")
	}
}
