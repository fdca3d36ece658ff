package caption

import "strings"

// assFields is how many fields an event has before its text, and where its times are, unless the file
// says otherwise.
var assFields = assFormat{start: 1, end: 2, text: 9}

// An assFormat says where in an event the fields are that we read.
type assFormat struct{ start, end, text int }

// maxFields is how many fields a format may have.
const maxFields = 64

// readASS reads the events of a script of (Advanced) SubStation Alpha.
func readASS(text string) (*script, error) {
	s := &script{}
	format, events := assFields, true
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			events = strings.EqualFold(line, "[events]")
			continue
		}
		key, value, _ := strings.Cut(line, ":")
		switch {
		case !events:
		case strings.EqualFold(key, "format"):
			format = readFormat(value)
		case strings.EqualFold(key, "dialogue"):
			if err := format.dialogue(s, value); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// readFormat reads the names of the fields. The text is always the last: it has commas in it.
func readFormat(value string) assFormat {
	f := assFields
	names := strings.Split(value, ",")
	if len(names) > maxFields {
		return f
	}
	for i, name := range names {
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "start":
			f.start = i
		case "end":
			f.end = i
		case "text":
			f.text = i
		}
	}
	if f.start >= f.text || f.end >= f.text {
		return assFields
	}
	return f
}

func (f assFormat) dialogue(s *script, value string) error {
	fields := strings.SplitN(value, ",", f.text+1)
	if len(fields) <= f.text {
		return nil
	}
	start, ok1 := readClock(fields[f.start])
	end, ok2 := readClock(fields[f.end])
	if !ok1 || !ok2 {
		return nil
	}
	var c composer
	c.ass(fields[f.text])
	return s.add(start, end, &c)
}

// ass adds a text of ASS. There are no entities in it, and tags stand in braces.
func (c *composer) ass(s string) {
	drawing := false
	for s != "" {
		i := strings.IndexByte(s, '{')
		n := -1
		if i >= 0 {
			n = strings.IndexByte(s[i:], '}')
		}
		if n < 0 {
			i, n = len(s), 0 // nothing more is a tag
		}
		if !drawing {
			c.text(assBreaks.Replace(s[:i]))
		}
		drawing = c.overrides(s[i:i+n], drawing)
		s = s[min(i+n+1, len(s)):]
	}
}

// assBreaks are the escapes of text: hard and soft line breaks, and a blank that does not break.
var assBreaks = strings.NewReplacer(`\N`, "\n", `\n`, " ", `\h`, "\u00a0")

// overrides takes what stands between braces, and says whether drawing commands follow, not text.
func (c *composer) overrides(s string, drawing bool) bool {
	for command := range strings.SplitSeq(s, `\`) {
		if command == "" {
			continue
		}
		value := command[1:]
		if command[0] == 'r' {
			c.style = 0 // back to the style of the line, of which we keep nothing
		}
		if strings.Trim(value, "0123456789") != "" {
			continue // a longer command that begins alike, such as \blur2 or \pos(1,2)
		}
		on := strings.Trim(value, "0") != ""
		switch command[0] {
		case 'b':
			c.set(bold, on)
		case 'i':
			c.set(italic, on)
		case 'u':
			c.set(underline, on)
		case 'p':
			drawing = on
		}
	}
	return drawing
}
