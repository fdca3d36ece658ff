package ingest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"satchel/bundle"
	"satchel/bundle/ingest/collection"
)

// This file applies what the collection file says, in which a curator's word goes before that of files.

// NotChosen is why a file is left out that the collection file does not choose.
const NotChosen = "the collection file leaves it out"

// chosen says whether a file belongs to the collection.
func (o *Options) chosen(path string) bool {
	return o.Collection == nil || o.Collection.Includes(path)
}

// isExcluded says whether the collection file leaves out all of a folder.
func (o *Options) isExcluded(path string) bool {
	return o.Collection != nil &&
		slices.ContainsFunc(o.Collection.Exclude, func(g collection.Glob) bool { return g.Match(path) })
}

// htmlOf says what becomes of a page, or nothing where that has to be found out.
func (o *Options) htmlOf(path string) collection.HTML {
	if o.HTML != "" || o.Collection == nil {
		return o.HTML
	}
	return o.Collection.HTMLOf(path)
}

// dropsBylines says whether what files tell of their authors is left out.
func (o *Options) dropsBylines() bool {
	return o.DropBylines || o.Collection != nil && o.Collection.Bylines == collection.DropBylines
}

// pictures says how large pictures are packed.
func (o *Options) pictures() collection.Pictures {
	if o.Pictures != "" || o.Collection == nil {
		return o.Pictures
	}
	return o.Collection.Pictures
}

// said takes what the collection file says of an item.
func (o *Options) said(it *bundle.Item) {
	c := o.Collection
	if c == nil {
		return
	}
	if said := c.Item(it.Path); said != nil {
		for _, x := range []struct{ to, said *string }{
			{&it.Title, &said.Title}, {&it.Summary, &said.Summary}, {&it.Date, &said.Date},
			{&it.Language, &said.Language}, {&it.Cover, &said.Cover}, {&it.Byline, &said.Byline},
		} {
			*x.to = cmp.Or(*x.said, *x.to)
		}
		if len(said.Tags) > 0 {
			it.Tags = cleanTags(said.Tags)
		}
	}
	if isRead(it.Kind) && it.Kind != bundle.KindPicture {
		it.Language = cmp.Or(it.Language, c.Language)
	}
}

// isRead says whether items of a kind are in a language.
func isRead(k bundle.Kind) bool { return k != bundle.KindResource && k != bundle.KindFile }

// A usage is what of the collection file a scan has come upon.
type usage struct {
	c       *collection.Collection
	items   map[string]bool
	covers  map[string]bool // of items and sections: whether they were packed
	include []bool
	exclude []bool
	section [][]bool // each glob of each section
}

func newUsage(c *collection.Collection) *usage {
	u := &usage{c: c, items: map[string]bool{}, covers: map[string]bool{}}
	if c == nil {
		return u
	}
	u.include, u.exclude = make([]bool, len(c.Include)), make([]bool, len(c.Exclude))
	for _, s := range c.Sections {
		u.section = append(u.section, make([]bool, len(s.Items)))
		if s.Cover != "" {
			u.covers[s.Cover] = false
		}
	}
	for _, it := range c.Items {
		if it.Cover != "" {
			u.covers[it.Cover] = false
		}
	}
	return u
}

// meet takes note of an item that is packed.
func (u *usage) meet(path string) {
	if u.c == nil {
		return
	}
	if _, ok := u.covers[path]; ok {
		u.covers[path] = true
	}
	if u.c.Item(path) != nil {
		u.items[path] = true
	}
	tick(u.include, u.c.Include, path)
	for i := range u.section {
		tick(u.section[i], u.c.Sections[i].Items, path)
	}
}

// miss takes note of a file or folder that is left out.
func (u *usage) miss(path string) {
	if u.c != nil {
		tick(u.exclude, u.c.Exclude, strings.TrimSuffix(path, "/"))
	}
}

func tick(met []bool, globs []collection.Glob, path string) {
	for i, g := range globs {
		met[i] = met[i] || g.Match(path)
	}
}

// unmet lists what the collection file speaks of and nobody met, line by line.
func (u *usage) unmet() (list []string) {
	if u.c == nil {
		return nil
	}
	type line struct {
		n    int
		text string
	}
	var lines []line
	globs := func(what string, met []bool, globs []collection.Glob) {
		for i, g := range globs {
			if !met[i] {
				lines = append(lines, line{g.Line, fmt.Sprintf("%s: nothing is packed that is called %q", what, g.Pattern)})
			}
		}
	}
	globs("include", u.include, u.c.Include)
	cover := func(n int, path string) {
		if path != "" && !u.covers[path] {
			lines = append(lines, line{n, fmt.Sprintf("cover: %q is not packed", path)})
		}
	}
	for i, s := range u.c.Sections {
		globs("sections", u.section[i], s.Items)
		cover(s.Line, s.Cover)
	}
	for _, it := range u.c.Items {
		if !u.items[it.Path] {
			lines = append(lines, line{it.Line, fmt.Sprintf("items: %q is not packed", it.Path)})
		}
		cover(it.Line, it.Cover)
	}
	slices.SortStableFunc(lines, func(a, b line) int { return a.n - b.n })
	for _, l := range lines {
		list = append(list, fmt.Sprintf("%s, line %d: %s", collection.Name, l.n, l.text))
	}
	return list
}

// unexcluded lists what the collection file leaves out and is not there: what was meant may be packed.
func (u *usage) unexcluded() (list []Refusal) {
	for i, met := range u.exclude {
		if g := u.c.Exclude[i]; !met {
			list = append(list, Refusal{Path: fmt.Sprintf("%s, line %d", collection.Name, g.Line),
				Reason: fmt.Sprintf("exclude: there is no %q, and what was meant would be packed", g.Pattern)})
		}
	}
	return list
}

// Unmet lists what the collection file speaks of and the latest scan did not find, for the curator.
func (f *Folder) Unmet() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.report.unmet)
}
