package caption

import "strings"

// SubRip and WebVTT are alike: a line with two times, and the text below it. What else stands between
// the cues is passed over. In SubRip the text goes on to the next line with times, since blank lines
// are missing in some files and too many in others. In WebVTT it ends at a blank line.

// A span is when a cue shows.
type span struct{ start, end int64 }

// spanLine reads a line such as "00:01:02,500 --> 00:01:04,000 X1:100", of which only times count.
func spanLine(line string) (span, bool) {
	from, to, ok := strings.Cut(line, "-->")
	if !ok {
		if from, to, ok = strings.Cut(line, "->"); !ok {
			return span{}, false
		}
	}
	start, ok1 := readClock(from)
	end, ok2 := readClock(withoutSettings(to))
	return span{start, end}, ok1 && ok2
}

// withoutSettings cuts off what stands behind the second time: fields that begin with a letter.
func withoutSettings(s string) string {
	if i := strings.IndexFunc(s, isLetter); i >= 0 {
		s = s[:i]
	}
	return s
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// A lineReader reads SubRip or WebVTT line by line.
type lineReader struct {
	script *script
	web    bool

	span     span
	text     []string // of the cue at hand
	inCue    bool
	skipping bool // to the blank line after a note, a style sheet or a region
	last     string
	seen     bool // a line with times
	numbered bool // cues have numbers above their times
}

func readLines(text string, web bool) (*script, error) {
	r := &lineReader{script: &script{}, web: web}
	if web {
		r.script.language, text = webHeader(text)
	}
	for line := range strings.SplitSeq(text, "\n") {
		if err := r.line(strings.TrimSpace(line)); err != nil {
			return nil, err
		}
	}
	return r.script, r.endCue(false)
}

// webHeader takes the header of WebVTT off, which says nothing that we keep but a language.
func webHeader(text string) (lang, rest string) {
	if !strings.HasPrefix(text, "WEBVTT") {
		return "", text
	}
	for text != "" {
		line, after, _ := strings.Cut(text, "\n")
		if _, ok := spanLine(line); ok || strings.TrimSpace(line) == "" {
			break
		}
		if value, ok := strings.CutPrefix(line, "Language:"); ok {
			lang = tagOf(value)
		}
		text = after
	}
	return lang, text
}

func (r *lineReader) line(line string) error {
	if r.skipping {
		r.skipping = line != ""
		return nil
	}
	if s, ok := spanLine(line); ok {
		if !r.seen {
			_, r.numbered = number(r.last, 9)
			r.seen = true
		}
		err := r.endCue(r.numbered)
		r.span, r.inCue = s, true
		return err
	}
	if line != "" {
		r.last = line
	}
	switch {
	case isBrokenSpan(line):
		// Its text would stay for as long as the cue before it.
		err := r.endCue(r.numbered)
		return err
	case r.inCue && line == "" && r.web:
		return r.endCue(false)
	case r.inCue:
		r.text = append(r.text, line)
	case r.web:
		r.skipping = isBlock(line)
	}
	return nil
}

// isBrokenSpan says whether a line was meant to hold times, but does not.
func isBrokenSpan(line string) bool {
	return line != "" && strings.Contains(line, "-->") && line[0] >= '0' && line[0] <= '9'
}

// isBlock says whether a line begins a block of WebVTT that is no cue.
func isBlock(line string) bool {
	word, _, _ := strings.Cut(strings.ReplaceAll(line, "\t", " "), " ")
	return word == "NOTE" || word == "STYLE" || word == "REGION"
}

// endCue ends the cue at hand. Its last line may be the number of the next one.
func (r *lineReader) endCue(number bool) error {
	if !r.inCue {
		return nil
	}
	lines := trimBlank(r.text)
	if number && len(lines) > 0 && isNumber(lines[len(lines)-1]) {
		lines = trimBlank(lines[:len(lines)-1])
	}
	var c composer
	c.markup(strings.Join(lines, "\n"))
	r.text, r.inCue = r.text[:0], false
	return r.script.add(r.span.start, r.span.end, &c)
}

func isNumber(s string) bool {
	_, ok := number(s, 9)
	return ok
}

func trimBlank(lines []string) []string {
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}
