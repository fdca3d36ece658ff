package viewer

import (
	"testing"

	"satchel/bundle"
)

func TestSpot(t *testing.T) {
	t.Parallel()
	for _, s := range []spot{
		{path: "a.html"},
		{path: "a.html", place: "here"},
		{path: "b.epub", chapter: "text/one.xhtml", place: "n1"},
		{path: "p.png", trail: trail{shelf: shelf{kind: bundle.KindPicture, folder: "d"}}},
		{path: "p.png", trail: trail{shelf: shelf{after: "x"}}},
		{path: "p.png", place: "7", trail: trail{shelf: shelf{section: "3"}}},
		{path: "a.html", trail: trail{found: inquiry{id: "Q"}}},
		{path: "a.html", trail: trail{found: inquiry{id: "Q", kind: "page", to: "2024"}}},
	} {
		if got := parseSpot(s.String()); got != s {
			t.Errorf("%+v comes back as %+v", s, got)
		}
	}
	for _, text := range []string{"", "a\nb\nc\nz\nq\nr", "a\n\n\nh", "a\n\n\nh\n1\n2\n3\n4\n5\n6\n7", "\n\n\n\n\n\n"} {
		if got := parseSpot(text); got.trail != (trail{}) && got.trail.shelf.kind == "1" {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}
