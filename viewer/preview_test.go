package viewer

import (
	"testing"

	"satchel/bundle"
	"satchel/viewer/internal/testbundle"
)

// TestPreview: every page says what it is, and addresses outlive the bundle that they were made for.
func TestPreview(t *testing.T) {
	t.Parallel()
	w := &Preview{}
	s := newSession(t, Options{Preview: w}, testbundle.New(t, testbundle.Files{"a.html": "<h1>Wells</h1><p>old</p>", "b.html": "<p>b</p>"}))
	_, home := s.home()
	item := find(t, home, `class="row" href="([^"]+)"`)
	found, _ := s.find("old")
	w.Say([]string{"error: <b>", "two\u202elines"})
	s.v = s.v.With(nil)
	t.Cleanup(s.v.Close)
	_, empty := s.ask("")
	contains(t, empty, "not signed", "cannot be packed", "error: &lt;b&gt;", "two\ufffdlines", "No collection is open")

	s.v = s.v.With([]*bundle.Reader{testbundle.New(t, testbundle.Files{"a.html": "<h1>Wells</h1><p>fresh</p>"})})
	t.Cleanup(s.v.Close)
	w.Say(nil)
	for _, address := range []string{"", item, found, "nothing-there"} {
		_, page := s.ask(address)
		contains(t, page, "not signed", `data-version="2"`)
		lacks(t, page, "cannot be packed")
	}
	_, page := s.ask(item)
	contains(t, page, "fresh")
	_, page = s.ask(found)
	contains(t, page, `value="old"`)
	if r, version := s.ask("version"); r.Status != 200 || version != "2" {
		t.Errorf("the version is %q (%d), want 2", version, r.Status)
	}
}

// TestLeaveEmpty: whoever sees an empty library can leave it, too.
func TestLeaveEmpty(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{})
	if r, _ := s.post("leave"); r.Leave != Leaving {
		t.Errorf("leaving: %d", r.Status)
	}
	s = newSession(t, Options{}, testbundle.New(t, collection))
	_, page := s.ask("")
	lacks(t, page, "data-version=", "not signed")
	if r, _ := s.ask("version"); r.Status != 404 {
		t.Errorf("there is a version where nothing is previewed: %d", r.Status)
	}
}
