package server

import (
	"testing"

	"github.com/chromedp/chromedp"

	"satchel/bundle"
	"satchel/viewer"
	"satchel/viewer/internal/testbundle"
)

// TestShow: who is being answered by a viewer is answered to the end, and its bundles are closed then.
func TestShow(t *testing.T) {
	t.Parallel()
	first := viewer.New(nil, viewer.Options{})
	s := New(first, Options{})
	reading := s.hold()
	closed := false
	s.Show(first.With(nil), func() { closed = true })
	if closed {
		t.Fatal("the first viewer is closed while somebody waits for it")
	}
	if now := s.hold(); now.viewer == first {
		t.Error("the first viewer still answers")
	}
	s.drop(reading)
	if !closed {
		t.Error("the first viewer is not closed when nobody waits for it any more")
	}
}

// TestPreviewReloads: the page that somebody looks at is that of the latest version, without a click.
func TestPreviewReloads(t *testing.T) {
	t.Parallel()
	files := func(word string) []*bundle.Reader {
		return []*bundle.Reader{testbundle.New(t, testbundle.Files{"a.html": "<h1>Wells</h1><p>" + word + "</p>", "b.html": "<p>b</p>"})}
	}
	w := &viewer.Preview{}
	v := viewer.New(files("old"), viewer.Options{Preview: w})
	l := startViewer(t, v)
	r := newReader(t)
	r.do(chromedp.Navigate(l.s.Launch()), chromedp.Click(".on-start a.button.main"), chromedp.Click(".row"))
	r.until("the item is shown", shown+".textContent.includes('old')")
	at := r.location()
	l.s.Show(v.With(files("fresh")), func() {})
	w.Say(nil)
	r.until("the new version is shown", shown+".textContent.includes('fresh')")
	w.Say([]string{"a mistake"})
	r.until("the mistake is named", "document.querySelector('.preview.bad').textContent.includes('a mistake')")
	if now := r.location(); now != at {
		t.Errorf("it is at %s, not any more at %s", now, at)
	}
}
