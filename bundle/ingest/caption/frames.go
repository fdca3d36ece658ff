package caption

import (
	"strconv"
	"strings"
)

// A brackets form has a cue a line: two numbers in brackets, then lines of text with bars between.
type brackets struct {
	open, close string
	// rate is how many of its numbers a thousand seconds have.
	rate int64
}

var (
	// A film of unknown rate is taken for one of 23.976 frames a second, as players do.
	microDVD = brackets{"{", "}", 23976}
	mpl2     = brackets{"[", "]", 10_000}
)

// A mark is a line of such a form. An end may be missing.
type mark struct {
	start, end int64
	text       string
}

// line reads a line.
func (b brackets) line(line string) (m mark, ok bool) {
	start, rest, ok1 := b.number(strings.TrimSpace(line))
	end, text, ok2 := b.number(rest)
	first, ok3 := number(start, 9)
	m = mark{first, unknown, text}
	if n, ok := number(end, 9); ok {
		m.end = n
	} else if end != "" {
		ok3 = false
	}
	return m, ok1 && ok2 && ok3
}

// number cuts off what stands in the first pair of brackets.
func (b brackets) number(s string) (inside, rest string, ok bool) {
	s, ok = strings.CutPrefix(s, b.open)
	inside, rest, found := strings.Cut(s, b.close)
	return inside, rest, ok && found
}

// readFrames reads MicroDVD or MPL2.
func readFrames(text string, b brackets) (*script, error) {
	s := &script{}
	for line := range strings.SplitSeq(text, "\n") {
		m, ok := b.line(line)
		if !ok {
			continue
		}
		if rate, ok := frameRate(m); ok && len(s.cues) == 0 && b.open == "{" {
			b.rate = rate
			continue
		}
		var c composer
		c.bars(m.text)
		if err := s.add(b.millis(m.start), b.millis(m.end), &c); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (b brackets) millis(n int64) int64 {
	if n == unknown {
		return unknown
	}
	return n * 1_000_000 / b.rate
}

// frameRate reads how many frames a thousand seconds have from the first line: {1}{1}25.000
func frameRate(m mark) (int64, bool) {
	const fewest, most = 1, 1000
	if m.start > 1 || m.end > 1 {
		return 0, false
	}
	text := strings.Replace(strings.TrimSpace(m.text), ",", ".", 1)
	rate, err := strconv.ParseFloat(text, 64)
	if err != nil || !(rate >= fewest && rate <= most) {
		return 0, false
	}
	return int64(rate*1000 + 0.5), true
}

// bars adds lines with bars between. {y:i} makes one line italic, {Y:b} all from there on, and so does
// a slash before a line; other codes in braces are dropped.
func (c *composer) bars(s string) {
	whole := style(0)
	for line := range strings.SplitSeq(s, "|") {
		c.style = whole
		if rest, ok := strings.CutPrefix(line, "/"); ok {
			c.style |= italic
			line = rest
		}
		for strings.HasPrefix(line, "{") {
			code, rest, ok := strings.Cut(line[1:], "}")
			key, value, colon := strings.Cut(code, ":")
			if !ok || !colon || len(key) != 1 {
				break
			}
			line = rest
			set := styleCodes(value)
			switch key {
			case "Y":
				whole |= set
				c.style |= set
			case "y":
				c.style |= set
			}
		}
		c.text(line + "\n")
	}
}

// styleCodes reads the letters of {y:i,b}.
func styleCodes(s string) (set style) {
	for code := range strings.SplitSeq(s, ",") {
		set |= styles[strings.ToLower(strings.TrimSpace(code))] & (bold | italic | underline)
	}
	return set
}
