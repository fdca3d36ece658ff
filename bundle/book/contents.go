package book

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"satchel/bundle/internal/markup"
)

// readContents reads the table of contents: that of EPUB 3, or else that of EPUB 2. A book whose table
// is broken can still be read from its first chapter to its last; one whose table attacks the
// reader is refused.
func (b *Book) readContents() error {
	for _, table := range []struct {
		path string
		read func(*Book, string) ([]Entry, error)
	}{{b.Navigation, readNavigation}, {b.NCX, readNCX}} {
		if table.path == "" {
			continue
		}
		entries, err := table.read(b, table.path)
		if err != nil && !errors.Is(err, markup.ErrFormat) {
			return err
		}
		if err == nil && len(entries) > 0 {
			b.Contents = entries
			return nil
		}
	}
	return nil
}

// A table is a table of contents as far as it was read.
type table struct {
	book    *Book
	base    string
	entries []Entry
}

func (c *table) add(title, ref string, depth int) error {
	if len(c.entries) == maxEntries {
		return fmt.Errorf("%w: more than %d lines in its table of contents", ErrLimit, maxEntries)
	}
	e := Entry{Title: title, Depth: depth}
	if ref != "" {
		e.Path, e.Fragment = Resolve(c.base, ref)
	}
	if c.book.byPath[e.Path] == nil {
		e.Path, e.Fragment = "", ""
	}
	c.entries = append(c.entries, e)
	return nil
}

// readNavigation reads the lists in <nav epub:type="toc">.
func readNavigation(b *Book, name string) ([]Entry, error) {
	c := table{book: b, base: name}
	inside := -1    // how deep nav is
	var lists []int // how deep the lists around are
	err := b.elements(name, func(s *markup.Scanner, t *markup.Token) error {
		if t.Space != xhtmlSpace {
			return nil
		}
		if t.Depth <= inside { // what follows the table is none of it
			inside = -1
		}
		if inside < 0 {
			if t.Local == "nav" && isTOC(t) {
				inside = t.Depth
			}
			b.mark(name, t, opsSpace) // in the landmarks
			return nil
		}
		for len(lists) > 0 && lists[len(lists)-1] >= t.Depth {
			lists = lists[:len(lists)-1]
		}
		switch t.Local {
		case "ol", "ul":
			lists = append(lists, t.Depth)
		case "a", "span":
			ref := t.Attr("", "href")
			title, err := text(s, t, maxText)
			if err != nil || len(lists) == 0 || title == "" {
				return err
			}
			return c.add(title, ref, len(lists)-1)
		}
		return nil
	})
	return c.entries, err
}

func isTOC(t *markup.Token) bool {
	return slices.Contains(strings.Fields(t.Attr(opsSpace, "type")), "toc")
}

// readNCX reads the points of the navMap, each with its label before its content.
func readNCX(b *Book, name string) ([]Entry, error) {
	c := table{book: b, base: name}
	var points []int // how deep the points around are
	inMap, labelled := false, false
	err := b.elements(name, func(s *markup.Scanner, t *markup.Token) error {
		if t.Space != ncxSpace {
			return nil
		}
		for len(points) > 0 && points[len(points)-1] >= t.Depth {
			points = points[:len(points)-1]
		}
		switch t.Local {
		case "navMap":
			inMap = true
		case "pageList", "navList":
			inMap = false
		case "navPoint":
			points, labelled = append(points, t.Depth), false
		case "text":
			title, err := text(s, t, maxText)
			if err != nil || !inMap || len(points) == 0 || labelled || title == "" {
				return err
			}
			labelled = true
			return c.add(title, "", len(points)-1)
		case "content":
			if n := len(c.entries); inMap && labelled && n > 0 && c.entries[n-1].Path == "" {
				c.target(t.Attr("", "src"))
			}
		}
		return nil
	})
	return c.entries, err
}

// target says where the latest line leads.
func (c *table) target(ref string) {
	e := &c.entries[len(c.entries)-1]
	if e.Path, e.Fragment = Resolve(c.base, ref); c.book.byPath[e.Path] == nil {
		e.Path, e.Fragment = "", ""
	}
}

// nameChapters gives each chapter the first line of the table of contents that leads to it.
func (b *Book) nameChapters() {
	lines := map[string]*Entry{}
	for i := range b.Contents {
		if e := &b.Contents[i]; lines[e.Path] == nil {
			lines[e.Path] = e
		}
	}
	depth := 0
	for i := range b.Chapters {
		c := &b.Chapters[i]
		if e := lines[c.Path]; e != nil {
			c.Title, depth = e.Title, e.Depth
		}
		c.Depth = depth
	}
}
