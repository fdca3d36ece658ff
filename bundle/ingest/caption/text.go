package caption

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// A style is what a run of text looks like.
type style uint8

const (
	ruby style = 1 << iota
	reading
	bold
	italic
	underline
)

// marks are the tags of WebVTT that we write, outermost first. A reading lies right in its ruby.
var marks = [...]struct {
	style style
	name  string
}{{ruby, "ruby"}, {reading, "rt"}, {bold, "b"}, {italic, "i"}, {underline, "u"}}

// styles are the tags that we know, in any form.
var styles = map[string]style{
	"b": bold, "strong": bold, "i": italic, "em": italic, "u": underline,
	"ruby": ruby, "rt": reading,
}

// A run is text of one style in a line.
type run struct {
	text  string
	style style
}

// A composer puts the text of a cue together. Tags open and close in it in any order; what it
// writes is balanced within each line.
type composer struct {
	out     strings.Builder
	line    []run
	style   style
	foreign bool // in <rp>, for those who cannot show ruby
	size    int  // bytes of text that came, which are kept up to maxCue
}

// set turns a style on or off.
func (c *composer) set(s style, on bool) {
	switch {
	case s == reading && c.style&ruby == 0:
		// Only a ruby has a reading.
	case on:
		c.style |= s
	case s == ruby:
		c.style &^= ruby | reading
	default:
		c.style &^= s
	}
}

// text adds text as it is. Line feeds end lines.
func (c *composer) text(s string) {
	if c.foreign {
		return
	}
	for {
		line, rest, more := strings.Cut(s, "\n")
		c.size += len(line)
		if line = strings.Map(visible, line); line != "" && c.size <= maxCue {
			c.line = append(c.line, run{line, c.style})
		}
		if !more {
			return
		}
		c.endLine()
		s = rest
	}
}

// visible leaves out what nobody sees, and what could mark a copy.
func visible(r rune) rune {
	switch {
	case r == '\t' || r == '\u2028' || r == '\u2029':
		return ' '
	case unicode.IsControl(r), r == '\ufeff', r >= '\ufff9' && r <= '\ufffb',
		r >= 0xE0000 && r <= 0xE007F, r&0xFFFE == 0xFFFE:
		return -1
	}
	return r
}

// endLine writes the line, unless there is nothing to see in it: an empty line would end the cue.
func (c *composer) endLine() {
	line := trim(withoutOverrides(c.line))
	c.line = c.line[:0]
	if len(line) == 0 {
		return
	}
	if c.out.Len() > 0 {
		c.out.WriteByte('\n')
	}
	on := style(0)
	for _, r := range line {
		c.turn(on, r.style)
		on = r.style
		escaper.WriteString(&c.out, r.text)
	}
	c.turn(on, 0)
}

// withoutOverrides joins runs of one style, and takes out of them what ASS has in braces, such as
// {\an8}: it is found in SubRip as well, whose players know it.
func withoutOverrides(line []run) (joined []run) {
	for len(line) > 0 {
		var out []byte
		var open []int // where in out a brace with a backslash stands
		style := line[0].style
		for ; len(line) > 0 && line[0].style == style; line = line[1:] {
			for _, c := range []byte(line[0].text) {
				if c == '}' && len(open) > 0 {
					out, open = out[:open[len(open)-1]], open[:len(open)-1]
					continue
				}
				if n := len(out); c == '\\' && n > 0 && out[n-1] == '{' {
					open = append(open, n-1)
				}
				out = append(out, c)
			}
		}
		joined = append(joined, run{string(out), style})
	}
	return joined
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// turn writes the tags that lie between text of one style and of another.
func (c *composer) turn(from, to style) {
	first := 0 // the outermost tag that differs: all inside it are closed and opened again
	for first < len(marks) && (from^to)&marks[first].style == 0 {
		first++
	}
	for i := len(marks) - 1; i >= first; i-- {
		if from&marks[i].style != 0 {
			c.out.WriteString("</" + marks[i].name + ">")
		}
	}
	for i := first; i < len(marks); i++ {
		if to&marks[i].style != 0 {
			c.out.WriteString("<" + marks[i].name + ">")
		}
	}
}

// blank says whether a line of such characters is empty to the eye. Korean files clear the screen with
// a Hangul filler as well.
func blank(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || r == '\u3164' || r == '\u2800'
}

// trim takes blanks off both ends of a line. A line of nothing but blanks becomes none.
func trim(line []run) []run {
	seen := false
	for _, r := range line {
		seen = seen || strings.TrimFunc(r.text, blank) != ""
	}
	if !seen {
		return nil
	}
	for len(line) > 0 {
		if line[0].text = strings.TrimLeftFunc(line[0].text, unicode.IsSpace); line[0].text != "" {
			break
		}
		line = line[1:]
	}
	for n := len(line) - 1; n >= 0; n-- {
		if line[n].text = strings.TrimRightFunc(line[n].text, unicode.IsSpace); line[n].text != "" {
			break
		}
		line = line[:n]
	}
	return line
}

// finish returns the text, and makes the composer new.
func (c *composer) finish() (text string, err error) {
	c.endLine()
	text = c.out.String()
	if c.size > maxCue {
		err = fmt.Errorf("%w: a cue of more than %d bytes", ErrLimit, maxCue)
	}
	*c = composer{line: c.line[:0]}
	return text, err
}

// tag takes a tag of HTML or WebVTT. Those that are unknown are dropped.
func (c *composer) tag(t token) {
	switch {
	case t.name == "br":
		c.text("\n")
	case t.name == "rp":
		c.foreign = !t.end
	case styles[t.name] != 0:
		if t.name == "rt" || t.name == "ruby" {
			c.foreign = false
		}
		c.set(styles[t.name], !t.end)
	}
}

// markup adds a text with tags and entities.
func (c *composer) markup(s string) {
	for z := (tokens{rest: s}); ; {
		t, ok := z.next()
		if !ok {
			return
		}
		if t.name != "" {
			c.tag(t)
		} else {
			c.text(unescape(t.text))
		}
	}
}

// unescape decodes entities that end as they should.
func unescape(s string) string {
	var out strings.Builder
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			break
		}
		out.WriteString(s[:i])
		s = s[i:]
		n := entity(s)
		out.WriteString(html.UnescapeString(s[:n]))
		s = s[n:]
	}
	out.WriteString(s)
	return out.String()
}

// entity is how long the entity is that s begins with, or 1.
func entity(s string) int {
	const longest = 32
	for i := 1; i < min(len(s), longest); i++ {
		switch {
		case s[i] == ';':
			return i + 1
		case s[i] != '#' && !isNameRune(rune(s[i])):
			return 1
		}
	}
	return 1
}
