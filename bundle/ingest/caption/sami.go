package caption

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxClasses is how many classes a SAMI file may declare or use.
const maxClasses = 256

// A class is one language of a SAMI file.
type class struct {
	name     string // in lower case
	language string
	events   []event
}

// An event is what is to be seen from a time on: a text, or nothing.
type event struct {
	start int64
	text  string
}

// A samiReader reads SAMI tag by tag.
type samiReader struct {
	classes []*class // declared ones first
	chosen  *class   // of the paragraph at hand
	start   int64
	inSync  bool // what is text outside is a title or the like
	bare    bool // no paragraph has begun in the sync
	inStyle bool
	text    composer
	events  int
	sheet   strings.Builder
}

func readSAMI(text string) ([]*script, error) {
	r := &samiReader{}
	for z := (tokens{rest: text, loose: true}); ; {
		t, ok := z.next()
		if !ok {
			break
		}
		if err := r.token(t); err != nil {
			return nil, err
		}
	}
	if err := r.endSync(); err != nil {
		return nil, err
	}
	var scripts []*script
	for _, c := range r.classes {
		scripts = append(scripts, c.script())
	}
	return scripts, nil
}

func (r *samiReader) token(t token) error {
	switch t.name {
	case "", "!":
		r.content(t)
	case "style":
		if r.inStyle {
			if err := r.declare(r.sheet.String()); err != nil {
				return err
			}
			r.sheet.Reset()
		}
		r.inStyle = !t.end
	case "sync":
		return r.sync(t)
	case "p":
		return r.paragraph(t)
	case "sami", "head", "title", "body":
		// A file that was joined to another has a head in its midst.
		return r.endSync()
	default:
		if r.inSync {
			r.text.tag(t)
		}
	}
	return nil
}

// content takes text, and comments, in which style sheets hide.
func (r *samiReader) content(t token) {
	switch {
	case r.inStyle:
		r.sheet.WriteString(t.text)
	case r.inSync && t.name == "":
		r.text.text(unescape(collapse(t.text)))
	}
}

// collapse makes one blank of many, as HTML does.
func collapse(s string) string {
	var out strings.Builder
	gap := false
	for _, c := range []byte(s) {
		space := c == ' ' || c == '\t' || c == '\n'
		if space && gap {
			continue
		}
		if gap = space; space {
			c = ' '
		}
		out.WriteByte(c)
	}
	return out.String()
}

// sync begins what shows from a time on. One whose time cannot be read is passed over.
func (r *samiReader) sync(t token) error {
	err := r.endSync()
	if t.end || err != nil {
		return err
	}
	if r.inStyle {
		// The style sheet has no end tag.
		err = r.declare(r.sheet.String())
		r.sheet.Reset()
		r.inStyle = false
	}
	value := t.attribute("start")
	ms, parsed := strconv.ParseInt(strings.TrimSuffix(strings.ToLower(value), "ms"), 10, 64)
	r.inSync, r.bare = parsed == nil && ms >= 0 && ms <= maxTime, true
	r.start = ms
	return err
}

// paragraph begins what shows in one language. Without a class it belongs to the first one.
func (r *samiReader) paragraph(t token) error {
	if t.end || !r.inSync {
		return nil
	}
	if err := r.endParagraph(); err != nil {
		return err
	}
	c, err := r.class(t.attribute("class"))
	r.chosen, r.bare = c, false
	return err
}

// class finds a class by its name, or makes one.
func (r *samiReader) class(name string) (*class, error) {
	name = strings.ToLower(name)
	if name == "" && len(r.classes) > 0 {
		return r.classes[0], nil
	}
	for _, c := range r.classes {
		if c.name == name {
			return c, nil
		}
	}
	if len(r.classes) == maxClasses {
		return nil, fmt.Errorf("%w: more than %d classes", ErrLimit, maxClasses)
	}
	c := &class{name: name, language: languageOfClass(name, "", "")}
	r.classes = append(r.classes, c)
	return c, nil
}

// endSync ends what shows from a time on. What has no paragraphs is one of the first class.
func (r *samiReader) endSync() (err error) {
	if r.inSync && r.bare {
		r.chosen, err = r.class("")
	}
	if err == nil {
		err = r.endParagraph()
	}
	r.inSync = false
	return err
}

// endParagraph ends what one language shows. Text before any paragraph goes to the first class as well.
func (r *samiReader) endParagraph() error {
	text, err := r.text.finish()
	c := r.chosen
	r.chosen = nil
	if err != nil || !r.inSync || c == nil && text == "" {
		return err
	}
	if c == nil {
		if c, err = r.class(""); err != nil {
			return err
		}
	}
	if r.events++; r.events > maxEvents {
		return fmt.Errorf("%w: more than %d cues", ErrLimit, maxEvents)
	}
	c.events = append(c.events, event{r.start, text})
	return nil
}

// declare reads classes of a style sheet: .KRCC { Name: Korean; lang: ko-KR; SAMIType: CC; }
func (r *samiReader) declare(sheet string) error {
	for {
		selector, rest, ok := strings.Cut(sheet, "{")
		if !ok {
			return nil
		}
		body, after, _ := strings.Cut(rest, "}")
		sheet = after
		_, name, ok := cutLast(selector, ".")
		if name = strings.TrimSpace(name); !ok || name == "" || strings.ContainsAny(name, " \t\n") {
			continue
		}
		c, err := r.class(name)
		if err != nil {
			return err
		}
		c.language = languageOfClass(c.name, declaration(body, "lang"), declaration(body, "name"))
	}
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// declaration finds what a class says of itself.
func declaration(body, name string) string {
	for d := range strings.SplitSeq(body, ";") {
		key, value, _ := strings.Cut(d, ":")
		if strings.EqualFold(strings.TrimSpace(key), name) {
			return strings.Trim(value, " \t\n\"'")
		}
	}
	return ""
}

// script makes cues of events: each shows until the next.
func (c *class) script() *script {
	slices.SortStableFunc(c.events, func(a, b event) int { return cmp.Compare(a.start, b.start) })
	s := &script{language: c.language}
	for rest := c.events; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].start == rest[0].start {
			n++
		}
		end := int64(unknown)
		if n < len(rest) {
			end = rest[n].start
		}
		for _, e := range rest[:n] {
			if e.text != "" {
				s.cues = append(s.cues, cue{rest[0].start, end, e.text})
			}
		}
		rest = rest[n:]
	}
	return s
}
