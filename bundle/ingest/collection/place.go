package collection

import (
	"fmt"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"satchel/bundle"
)

// Place returns a function that says in which section an item comes, and where in it: what matters more
// first, then as the section orders it, then by path. What is not read by itself is in no section. The
// function is for one goroutine.
func (c *Collection) Place() func(it *bundle.Item) (section int, key string) {
	// titles are compared as people of the collection's language look them up (Unicode TS 10)
	titles := collate.New(language.Make(c.Language))
	return func(it *bundle.Item) (int, string) {
		n := bundle.NoSection
		if it.Kind != bundle.KindResource && it.Kind != bundle.KindCaptions {
			n = c.SectionOf(it.Path)
		}
		if n < 0 {
			return bundle.NoSection, ""
		}
		priority := 0
		if said := c.Item(it.Path); said != nil {
			priority = said.Priority
		}
		s := &c.Sections[n]
		return n, fmt.Sprintf("%03d", 100-priority) + s.key(it, titles) + "\x00" + bundle.FoldPath(it.Path)
	}
}

// key is what the order of a section goes by.
func (s *Section) key(it *bundle.Item, titles *collate.Collator) string {
	switch s.Order {
	case ByTitle:
		var b collate.Buffer
		return string(titles.KeyFromString(&b, it.Title))
	case Newest:
		return newest(it.Date)
	case Oldest:
		if it.Date == "" {
			return "\xff" // last
		}
		return it.Date
	case Listed:
		return s.listed(it.Path)
	case ByName:
		return ""
	}
	if len(s.Items) > 1 {
		return s.listed(it.Path)
	}
	return ""
}

// newest turns a date around: later ones come first, and none comes last.
func newest(date string) string {
	if date == "" {
		return "\xff"
	}
	return strings.Map(func(r rune) rune { return '0' + '9' - r }, date) + "~" // 2026-03 before 2026
}

// listed is which of the globs of a section a path matches first.
func (s *Section) listed(path string) string {
	for i, g := range s.Items {
		if g.Match(path) {
			return fmt.Sprintf("%06d", i)
		}
	}
	return ""
}
