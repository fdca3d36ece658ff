package viewer

import (
	"fmt"
	"strings"
	"testing"

	"satchel/bundle"
	"satchel/viewer/internal/testbundle"
)

// lessons is a course in two sections, put in order by hand.
func lessons(t *testing.T) *session {
	t.Helper()
	order := map[string]string{"z.html": "0", "b.mp4": "1", "a.html": "2", "m.txt": "3"}
	files := testbundle.Files{"z.html": "<h1>First lesson</h1>", "b.mp4": "film", "b.ko.vtt": "WEBVTT\n", "a.html": "<h1>Third</h1>", "m.txt": "Last",
		"p.png": pixel, "q.png": pixel + "2", "alone.txt": "x"}
	o := bundle.Options{Title: "Course", Sections: []bundle.Section{
		{Name: bundle.Text{{Language: "en", Text: "Lessons"}, {Language: "ko", Text: "강의"}}, Cover: "p.png"},
		{Name: bundle.Text{{Text: "Sheets"}}}, {Name: bundle.Text{{Text: "Empty"}}}},
		Place: func(it *bundle.Item) (int, string) {
			switch {
			case it.Kind == bundle.KindPicture:
				return 1, string('z' - it.Path[0] + 'a')
			case it.Path == "alone.txt":
				return bundle.NoSection, ""
			}
			return 0, order[it.Path]
		}}
	return newSession(t, Options{}, testbundle.Open(t, testbundle.Pack(t, files, o)))
}

// A section is a lesson list: its items lead from one to the next, in its order.
func TestSectionInOrder(t *testing.T) {
	t.Parallel()
	s := lessons(t)
	_, home := s.home()
	contains(t, home, ">Lessons<", ">Sheets<")
	lacks(t, home, ">Empty<")
	_, korean := s.homeIn("ko")
	contains(t, korean, `<bdi class="name" lang="ko">강의`)
	_, section := s.ask(find(t, home, `class="tile" href="([^"]+)"`))
	contains(t, section, ">Lessons</bdi></h1>", ">Course<")
	if got := strings.Join(titles(section), " "); got != "z b a m" {
		t.Errorf("the section lists %q", got)
	}
	_, page := s.ask(find(t, section, `class="row" href="([^"]+)"`))
	lacks(t, page, `rel="prev"`)
	for _, name := range []string{">b<", ">a<", ">m<"} {
		contains(t, page, ">Lessons<", name)
		_, page = s.ask(find(t, page, `rel="next" href="([^"]+)"`))
	}
	contains(t, page, "Last")
	lacks(t, page, `rel="next"`)
	for range 3 {
		_, page = s.ask(find(t, page, `rel="prev" href="([^"]+)"`))
	}
	contains(t, page, "First lesson")
	// Who comes by a link goes on in the section, too.
	_, page = s.open(viewItem, "b.mp4")
	contains(t, page, ">Lessons<", "Then play the next", `rel="next"`)
	_, page = s.open(viewItem, "alone.txt")
	lacks(t, page, ">Lessons<")
}

// A section of nothing but pictures shows them, in its order.
func TestSectionOfPictures(t *testing.T) {
	t.Parallel()
	s := lessons(t)
	_, section := s.open(viewHome, shelf{section: "1"}.String())
	contains(t, section, ">Sheets</bdi></h1>")
	_, page := s.ask(find(t, section, `class="tile" href="([^"]+)"`))
	contains(t, page, `alt="q"`)
	_, page = s.ask(find(t, page, `rel="next" href="([^"]+)"`))
	contains(t, page, `alt="p"`)
	lacks(t, page, `rel="next"`)
}

// Sections that there are not are no error of ours.
func TestSectionAbsent(t *testing.T) {
	t.Parallel()
	s := lessons(t)
	for _, n := range []string{"9", "-1", "x", "99999999999999999999", "2"} {
		if r, _ := s.open(viewHome, shelf{section: n}.String()); r.Status >= 500 {
			t.Errorf("section %q: %d", n, r.Status)
		}
	}
}

// From what was found there is a way back, and the words are known to what marks them.
func TestBackToFound(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, library))
	_, found := s.find("water")
	_, page := s.ask(find(t, found, `class="row" href="([^"]+)"`))
	contains(t, page, `data-words="water"`, "Back to what was found")
	_, again := s.ask(find(t, page, `class="up"><a href="([^"]+)"`))
	if strings.Join(titles(again), "|") != strings.Join(titles(found), "|") {
		t.Errorf("back are %q", titles(again))
	}
}

// An item that was met damaged, or that a check found so, is marked where it stands in lists.
func TestDamageIsMarked(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, collection))
	_, home := s.home()
	lacks(t, home, `class="broken"`)
	s.v.volumes[0].check.met(bundle.Changed, fmt.Errorf("reading: %w", &bundle.DamageError{Path: "notes.txt", Err: bundle.ErrDamaged}))
	_, home = s.home()
	if n := strings.Count(home, `class="broken">Damaged or changed`); n != 1 {
		t.Errorf("%d items are marked, want 1", n)
	}
}
