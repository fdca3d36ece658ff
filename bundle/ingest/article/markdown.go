package article

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"

	"satchel/bundle/ingest/scrub"
)

// Markdown makes an article of a text in Markdown: CommonMark with the tables, strikethrough and
// task lists of GitHub, with footnotes, and with ids for headings of any script. HTML in it passes
// through what articles pass through. Front matter in YAML between lines of three hyphens tells of
// the text; of that in TOML between lines of +++ only simple lines are read. The title is that of
// the front matter, or the first heading.
//
// It returns ErrFormat for broken front matter, and ErrLimit, also for text whose marks nest or repeat beyond anything written by hand.
func Markdown(text []byte, o Options) (*Page, error) {
	if len(text) > MaxMarkdown {
		return nil, fmt.Errorf("%w: more than %d MB of Markdown", ErrLimit, MaxMarkdown>>20)
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	front, rest, err := cutFront(text)
	if err != nil {
		return nil, err
	}
	if err := checkMarks(rest); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	context := parser.NewContext(parser.WithIDs(&headingIDs{}))
	if err := markdown.Convert(rest, &out, parser.WithContext(context)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	t, err := parse(out.Bytes())
	if err != nil {
		return nil, err
	}
	t.removed.list = slices.DeleteFunc(t.removed.list, func(r scrub.Removal) bool { return r.What == "metadata" })
	m := newMaker(o, t)
	m.tasks = true
	m.readFront(front, len(text)-len(rest))
	m.prepare(t.body)
	if m.page.Title == "" {
		m.page.Title = firstHeading(t.body)
	}
	m.finish(t.body)
	return m.page, nil
}

// markdown is safe for use by several at once.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList, extension.Footnote),
	goldmark.WithParserOptions(parser.WithAutoHeadingID()),
	goldmark.WithRendererOptions(html.WithUnsafe()),
)

// A headingIDs makes the ids of headings as GitHub does, for any script: letters and digits in lower
// case, hyphens for spaces, a number where one was there before.
type headingIDs struct{ used map[string]int }

// Generate makes an id of the text of a heading.
func (h *headingIDs) Generate(value []byte, _ ast.NodeKind) []byte {
	const longest = 100
	var b strings.Builder
	for _, r := range string(value) {
		switch {
		case b.Len() >= longest:
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), r == '_', r == 0x200c:
			b.WriteRune(unicode.ToLower(r))
		case r == ' ', r == '-':
			b.WriteByte('-')
		}
	}
	id := b.String()
	if strings.Trim(id, "-") == "" {
		id = "heading"
	}
	if h.used == nil {
		h.used = map[string]int{}
	}
	n := h.used[id]
	h.used[id] = n + 1
	if n > 0 {
		id += "-" + strconv.Itoa(n)
	}
	return []byte(id)
}

// Put takes note of an id that the text gives.
func (h *headingIDs) Put(value []byte) {
	if h.used == nil {
		h.used = map[string]int{}
	}
	h.used[string(value)]++
}
