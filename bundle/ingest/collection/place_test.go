package collection

import (
	"slices"
	"strings"
	"testing"

	"satchel/bundle"
)

func TestPlace(t *testing.T) {
	t.Parallel()
	c, err := Parse(Name, []byte(`
language: sv
sections:
  - {name: Titles, folder: t, order: title}
  - {name: New, folder: n, order: newest}
  - {name: Old, folder: o, order: oldest}
  - {name: Listed, items: [l/b.html, l]}
  - {name: Rest, folder: r, order: name}
items:
  r/z.html: {priority: 50}
`))
	if err != nil {
		t.Fatal(err)
	}
	items := []bundle.Item{
		{Path: "t/1.html", Title: "ärlig"}, {Path: "t/2.html", Title: "zebra"}, {Path: "t/3.html", Title: "Apa"},
		{Path: "n/1.html", Date: "2026"}, {Path: "n/2.html"}, {Path: "n/3.html", Date: "2026-03-01"}, {Path: "n/4.html", Date: "2025-12"},
		{Path: "o/1.html", Date: "2026"}, {Path: "o/2.html"}, {Path: "o/3.html", Date: "2026-03-01"}, {Path: "o/4.html", Date: "2025-12"},
		{Path: "l/a.html"}, {Path: "l/b.html"}, {Path: "l/c.html"},
		{Path: "r/a.html"}, {Path: "r/z.html"}, {Path: "r/a.css", Kind: bundle.KindResource}, {Path: "x.html"},
	}
	type placed struct {
		section   int
		key, path string
	}
	var got []placed
	place := c.Place()
	for _, it := range items {
		if n, key := place(&it); n != bundle.NoSection {
			got = append(got, placed{n, key, it.Path})
		}
	}
	slices.SortFunc(got, func(a, b placed) int {
		if a.section != b.section {
			return a.section - b.section
		}
		return strings.Compare(a.key, b.key)
	})
	var paths []string
	for _, p := range got {
		paths = append(paths, p.path)
	}
	want := "t/3.html t/2.html t/1.html n/3.html n/1.html n/4.html n/2.html o/4.html o/1.html o/3.html o/2.html " +
		"l/b.html l/a.html l/c.html r/z.html r/a.html"
	if strings.Join(paths, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(paths, " "), want)
	}
}
