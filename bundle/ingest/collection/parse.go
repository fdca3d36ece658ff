package collection

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// Parse reads a collection file. The name is for messages only. The error is an *InvalidError with all
// mistakes at once; only where the text is no YAML does it end at the first.
func Parse(name string, text []byte) (*Collection, error) {
	d := &decoder{left: maxValues}
	c := &Collection{}
	if root := d.load(text); root != nil {
		d.collection(root, c)
	}
	if len(d.problems) > 0 {
		return nil, &InvalidError{name, sortProblems(d.problems), d.more}
	}
	slices.SortFunc(c.Items, func(a, b Item) int { return strings.Compare(a.Path, b.Path) })
	slices.SortFunc(c.HTML, func(a, b Folder) int { return strings.Compare(a.Path, b.Path) })
	return c, nil
}

// A decoder makes values of the nodes of a document, and notes what is wrong with them.
type decoder struct {
	problems []Problem
	more     int
	left     int // values that may still be read
}

// fail notes a problem at a node.
func (d *decoder) fail(n *yaml.Node, format string, args ...any) {
	d.failAt(n.Line, n.Column, fmt.Sprintf(format, args...))
}

func (d *decoder) failAt(line, column int, text string) {
	if len(d.problems) == maxProblems {
		d.more++
		return
	}
	d.problems = append(d.problems, Problem{max(line, 1), max(column, 1), text})
}

// load parses the text. It returns nil for a file that says nothing, and for one that is no YAML.
func (d *decoder) load(text []byte) *yaml.Node {
	switch {
	case len(text) > MaxSize:
		d.failAt(1, 1, fmt.Sprintf("the file has %d bytes, more than %d", len(text), MaxSize))
		return nil
	case !utf8.Valid(text):
		d.failAt(1+bytes.Count(text[:invalidAt(text)], []byte("\n")), 1, "this line is not UTF-8 text: save the file as UTF-8")
		return nil
	}
	l, err := yaml.NewLoader(bytes.NewReader(text), yaml.WithV4Defaults(),
		yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))))
	if err != nil {
		d.failAt(1, 1, err.Error())
		return nil
	}
	var doc, second yaml.Node
	if err := l.Load(&doc); err != nil {
		if !errors.Is(err, io.EOF) {
			d.syntax(text, err)
		}
		return nil
	}
	if err := l.Load(&second); err == nil {
		d.fail(&second, "a second document: there may be only one")
	} else if !errors.Is(err, io.EOF) {
		d.syntax(text, err)
		return nil
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 || isNull(doc.Content[0]) {
		return nil
	}
	return doc.Content[0]
}

// invalidAt is where in a text the first bytes are that are not UTF-8.
func invalidAt(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(text)
}

// syntax notes where a text stops to be YAML, with what is most often behind it.
func (d *decoder) syntax(text []byte, err error) {
	var e *yaml.LoadError
	if !errors.As(err, &e) {
		d.failAt(1, 1, err.Error())
		return
	}
	line, message := e.Mark.Line, e.Message
	lines := bytes.Count(bytes.TrimRight(text, "\r\n"), []byte("\n")) + 1
	if line == 0 {
		line = 1 + bytes.Count(text[:min(max(e.Mark.Index, 0), len(text))], []byte("\n"))
	}
	switch {
	case strings.Contains(message, "mapping values are not allowed"):
		message = `": " in the midst of a value: put the value into quotes`
	case strings.Contains(message, "cannot start any token"):
		message = "a tab, or a character with a meaning in YAML: use blanks, or put the value into quotes"
	case e.ContextMsg != "" && e.ContextMark.Line > 0:
		message = fmt.Sprintf("%s (%s that began in line %d)", message, strings.TrimPrefix(e.ContextMsg, "while "), e.ContextMark.Line)
	}
	d.failAt(min(line, lines), e.Mark.Column, message) // the parser sees the end on a line of its own
}

// follow returns the node that an alias stands for. It returns nil when too much has been read.
func (d *decoder) follow(n *yaml.Node) *yaml.Node {
	d.left--
	if d.left <= 0 {
		if d.left == 0 {
			d.fail(n, "more than %d values, with what aliases repeat", maxValues)
		}
		return nil
	}
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// A key is one that a mapping may have, and what reads its value.
type key struct {
	name string
	read func(n *yaml.Node)
}

// pairs calls each for the keys and values of a mapping, but for those that are not texts or repeat.
func (d *decoder) pairs(n *yaml.Node, what string, each func(name, value *yaml.Node)) {
	m := d.follow(n)
	switch {
	case m == nil:
		return
	case m.Kind != yaml.MappingNode || isTagged(m):
		d.fail(n, "%s must have the form key: value, not %s", what, kindOf(m))
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(m.Content); i += 2 {
		name := d.follow(m.Content[i])
		if name == nil {
			return
		}
		if name.Kind != yaml.ScalarNode || isNull(name) {
			d.fail(m.Content[i], "a key must be a text, not %s", kindOf(name))
			continue
		}
		if line, ok := seen[name.Value]; ok {
			d.fail(m.Content[i], "%q stands there already, in line %d", clip(name.Value), line)
			continue
		}
		seen[name.Value] = name.Line
		each(name, m.Content[i+1])
	}
}

// mapping reads a mapping of known keys.
func (d *decoder) mapping(n *yaml.Node, what string, keys ...key) {
	names := make([]string, len(keys))
	for i := range keys {
		names[i] = keys[i].name
	}
	d.pairs(n, what, func(name, value *yaml.Node) {
		i := slices.Index(names, name.Value)
		if i < 0 {
			d.fail(name, "unknown key %q in %s%s; there are %s", clip(name.Value), what, meant(name.Value, names), oneOf(names))
			return
		}
		keys[i].read(value)
	})
}

// list calls each for the values of a list, or for a single value that is none.
func (d *decoder) list(n *yaml.Node, each func(n *yaml.Node)) {
	l := d.follow(n)
	switch {
	case l == nil:
	case l.Kind == yaml.SequenceNode && !isTagged(l):
		for _, e := range l.Content {
			if d.left > 0 {
				each(e)
			}
		}
	default:
		each(n)
	}
}

func (d *decoder) collection(n *yaml.Node, c *Collection) {
	issue := &yaml.Node{}
	d.mapping(n, "the file",
		key{"title", d.phrases(&c.Title)},
		key{"description", d.phrases(&c.Description)},
		key{"publisher", d.text(&c.Publisher)},
		key{"series", d.series(&c.Series)},
		key{"issue", func(n *yaml.Node) {
			*issue = *n
			c.Issue = uint32(d.number(n, 1, 1<<32-1))
		}},
		key{"date", d.date(&c.Date)},
		key{"language", d.language(&c.Language)},
		key{"sections", func(n *yaml.Node) { d.sections(n, c) }},
		key{"include", d.globs(&c.Include)},
		key{"exclude", d.globs(&c.Exclude)},
		key{"html", func(n *yaml.Node) { d.html(n, c) }},
		key{"bylines", choice(d, &c.Bylines, KeepBylines, DropBylines)},
		key{"pictures", choice(d, &c.Pictures, Original, Large, Small)},
		key{"items", func(n *yaml.Node) { d.items(n, c) }},
	)
	if c.Issue > 0 && c.Series == "" {
		d.fail(issue, "an issue needs a series that it is one of")
	}
}

func (d *decoder) sections(n *yaml.Node, c *Collection) {
	if l := d.follow(n); l == nil || l.Kind != yaml.SequenceNode {
		if l != nil {
			d.fail(n, "sections must be a list, each beginning with \"- name:\", not %s", kindOf(l))
		}
		return
	}
	d.list(n, func(n *yaml.Node) { c.Sections = append(c.Sections, d.section(n)) })
}

func (d *decoder) section(n *yaml.Node) Section {
	s := Section{Line: n.Line}
	named, filled := false, 0
	fill := func(read func(*yaml.Node)) func(*yaml.Node) {
		return func(n *yaml.Node) {
			filled++
			read(n)
		}
	}
	before := len(d.problems) + d.more
	d.mapping(n, "a section",
		key{"name", func(n *yaml.Node) {
			named = true
			d.phrases(&s.Name)(n)
		}},
		key{"folder", fill(func(n *yaml.Node) {
			var folder string
			if d.path(&folder)(n); folder != "" {
				s.Items = []Glob{newGlob(folder, n.Line)}
			}
		})},
		key{"items", fill(d.globs(&s.Items))},
		key{"order", choice(d, &s.Order, ByName, ByTitle, Newest, Oldest, Listed)},
		key{"cover", d.path(&s.Cover)},
	)
	if len(d.problems)+d.more > before {
		return s // what is missing may be what is wrong
	}
	if !named {
		d.fail(n, "a section needs a name")
	}
	if filled != 1 || len(s.Items) == 0 {
		d.fail(n, "a section needs either a folder or items")
	}
	return s
}

// html reads "site" or "article" for all pages, or a mapping of folders.
func (d *decoder) html(n *yaml.Node, c *Collection) {
	if m := d.follow(n); m == nil || m.Kind != yaml.MappingNode {
		var all HTML
		if m != nil {
			choice(d, &all, Article, Site)(n)
			c.HTML = []Folder{{"", all, n.Line}}
		}
		return
	}
	seen := map[string]int{}
	d.pairs(n, "html", func(name, value *yaml.Node) {
		f := Folder{Line: name.Line}
		if name.Value != "." {
			d.path(&f.Path)(name)
		}
		choice(d, &f.HTML, Article, Site)(value)
		d.once(seen, f.Path, name)
		c.HTML = append(c.HTML, f)
	})
}

// once refuses a path that stands there already in another spelling.
func (d *decoder) once(seen map[string]int, path string, n *yaml.Node) {
	if line, ok := seen[path]; ok {
		d.fail(n, "%q stands there already, in line %d", clip(path), line)
	}
	seen[path] = cmp.Or(seen[path], n.Line)
}

func (d *decoder) items(n *yaml.Node, c *Collection) {
	seen := map[string]int{}
	d.pairs(n, "items", func(name, value *yaml.Node) {
		it := Item{Line: name.Line}
		d.path(&it.Path)(name)
		d.mapping(value, "an item",
			key{"title", d.text(&it.Title)},
			key{"summary", d.text(&it.Summary)},
			key{"date", d.date(&it.Date)},
			key{"language", d.language(&it.Language)},
			key{"tags", d.tags(&it.Tags)},
			key{"cover", d.path(&it.Cover)},
			key{"byline", d.text(&it.Byline)},
			key{"priority", func(n *yaml.Node) { it.Priority = int(d.number(n, 0, 100)) }},
		)
		if it.Path != "" {
			d.once(seen, it.Path, name)
			c.Items = append(c.Items, it)
		}
	})
}
