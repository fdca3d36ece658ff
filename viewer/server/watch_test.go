package server

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"satchel/bundle"
	"satchel/viewer"
)

// A watched is a watch whose time a test lets pass.
type watched struct {
	*watch
	gone  bool
	looks int
}

func newWatched() *watched {
	w := &watched{}
	w.watch = newWatch(false, func() error {
		w.looks++
		if w.gone {
			return errors.New("pulled")
		}
		return nil
	})
	return w
}

// ask is a request from its beginning to its end.
func (w *watched) ask(address string, headers ...string) { w.begin(address, headers...)() }

func (w *watched) begin(address string, headers ...string) (exit func()) {
	r := httptest.NewRequest("GET", "/"+address, nil)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	return w.enter(r, strings.TrimPrefix(r.URL.Path, "/"))
}

// lasts returns how long it takes to the end, and which it is.
func (w *watched) lasts(t *testing.T) (time.Duration, End) {
	t.Helper()
	for passed := tickTime; passed < 24*time.Hour; passed += tickTime {
		if end, ended := w.tick(); ended {
			return passed, end
		}
	}
	t.Fatal("no end within a day")
	return 0, 0
}

const (
	seen    = viewer.PathAlive
	hidden  = viewer.PathAlive + "?" + viewer.HiddenQuery
	window  = "Sec-Fetch-Dest: document"
	picture = "Sec-Fetch-Dest: image"
)

// TestDeserted: how long a server goes on after the last request.
func TestDeserted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do   func(w *watched)
		want time.Duration
	}{
		"nobody ever asked":             {func(w *watched) {}, 4 * time.Hour},
		"a browser without script":      {func(w *watched) { w.ask("x", window); w.ask("p", picture) }, 4 * time.Hour},
		"an old browser without script": {func(w *watched) { w.ask("x") }, 4 * time.Hour},
		"a page that was seen":          {func(w *watched) { w.ask("x", window); w.ask(seen); w.ask("p", picture) }, time.Minute},
		"a page that was not seen":      {func(w *watched) { w.ask("x", window); w.ask(seen); w.ask(hidden) }, 30 * time.Minute},
		"seen again":                    {func(w *watched) { w.ask(hidden); w.ask(seen) }, time.Minute},
		"a picture opened alone":        {func(w *watched) { w.ask("x", window); w.ask(seen); w.ask("p", window) }, 4 * time.Hour},
		"another query":                 {func(w *watched) { w.ask(seen + "?hiddenx") }, time.Minute},
		"a film that goes on": {func(w *watched) {
			w.ask(seen)
			exit := w.begin("film", "Sec-Fetch-Dest: video")
			for range 10_000 {
				if _, ended := w.tick(); ended {
					t.Error("it ends while a film is sent")
				}
			}
			exit()
		}, time.Minute},
		"just in time": {func(w *watched) {
			w.ask(seen)
			for range time.Minute/tickTime - 1 {
				w.tick()
			}
			w.ask(seen)
		}, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWatched()
			c.do(w)
			if took, end := w.lasts(t); took != c.want || end != Deserted {
				t.Errorf("it ends after %v (%v), want %v", took, end, c.want)
			}
		})
	}
}

// TestG13WatchGone: a pulled stick ends the server in a few seconds, and one that was away for a moment does not.
func TestG13WatchGone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ask  string
		most time.Duration
	}{"seen": {seen, goneTime + 2*tickTime}, "not seen": {hidden, goneTime + lookTime + tickTime}} {
		w := newWatched()
		w.ask(c.ask)
		for range 100 {
			if _, ended := w.tick(); ended {
				t.Fatalf("%s: it ends while everything is there", name)
			}
		}
		w.gone = true
		for range goneTime / tickTime {
			if _, ended := w.tick(); ended {
				t.Errorf("%s: it ends before pages can hear of it", name)
			}
		}
		w.gone = false
		for range 100 {
			if end, ended := w.tick(); ended && end == Gone {
				t.Errorf("%s: what was away for a moment is taken to be gone", name)
			}
		}
		w = newWatched()
		w.ask(c.ask)
		w.gone = true
		if took, end := w.lasts(t); end != Gone || took > c.most {
			t.Errorf("%s: it ends after %v: %v, want at most %v", name, took, end, c.most)
		}
	}
}

// TestWatchLooks: however many pages ask, the stick is looked at twice a second, and seldom while no page is seen.
func TestWatchLooks(t *testing.T) {
	t.Parallel()
	w := newWatched()
	for range 60 {
		for range 1000 {
			w.ask(seen)
		}
		w.tick()
	}
	if w.looks != 60 {
		t.Errorf("in half a minute it looked %d times, want 60", w.looks)
	}
	w.ask(hidden)
	for range lookTime / tickTime {
		w.tick()
	}
	w.looks = 0
	for range 60 {
		w.ask(hidden)
		w.tick()
	}
	if w.looks != 6 {
		t.Errorf("for a page that is not seen it looked %d times in half a minute, want 6", w.looks)
	}
}

// ends waits until the server has ended, and fails when that was not why.
func (l *live) ends(why End) {
	l.t.Helper()
	select {
	case <-l.ended:
	case <-time.After(10 * time.Second):
		l.t.Fatal("the server goes on")
	}
	if l.s.End() != why {
		l.t.Errorf("it ended with %d, want %d", l.s.End(), why)
	}
}

// The server ends by itself when nobody reads any more, and says so.
func TestDesertedEndsServer(t *testing.T) {
	t.Parallel()
	l := startFiles(t)
	if got := l.ask("GET", l.path+seen, "Sec-Fetch-Site: same-origin"); got.code != 204 || got.body != "" {
		t.Fatalf("%d %q", got.code, got.body)
	}
	l.s.watch.mu.Lock()
	l.s.watch.idle = seenTime
	l.s.watch.mu.Unlock()
	l.ends(Deserted)
}

// TestD07Alive: asking whether a page may still be shown does nothing but put off the end, and is not for others.
func TestD07Alive(t *testing.T) {
	t.Parallel()
	l := startFiles(t)
	for _, c := range []struct {
		method, path string
		headers      []string
		code         int
	}{
		{"GET", l.path + seen, []string{"Sec-Fetch-Site: same-origin"}, 204},
		{"HEAD", l.path + seen, nil, 204},
		{"GET", "/" + seen, nil, 404},
		{"GET", l.path + seen, []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"}, 403},
		{"GET", l.path + seen, []string{"Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: cors"}, 403},
		{"GET", l.path + seen, []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"}, 303},
		{"GET", l.path + seen, []string{"Host: evil.example"}, 421},
		{"GET", l.path + seen, []string{"Service-Worker: script"}, 403},
		{"POST", l.path + seen, []string{"Sec-Fetch-Site: same-origin"}, 405},
	} {
		l.s.watch.mu.Lock()
		l.s.watch.patience, l.s.watch.idle = silentTime, time.Hour
		l.s.watch.mu.Unlock()
		if got := l.ask(c.method, c.path, c.headers...); got.code != c.code || got.body != "" || got.head.Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s with %q: %d %q, want %d", c.method, c.path, c.headers, got.code, got.body, c.code)
		}
		l.s.watch.mu.Lock()
		if heard := l.s.watch.patience != silentTime; heard != (c.code == 204) {
			t.Errorf("%s %s with %q: heard: %v", c.method, c.path, c.headers, heard)
		}
		l.s.watch.mu.Unlock()
	}
	if l.s.End() != Interrupted {
		t.Error("it ends")
	}
}

// A mistake of ours in looking neither ends the program nor passes for a pulled stick.
func TestG08PanicInLook(t *testing.T) {
	t.Parallel()
	f, r := newFaulty(t, files)
	s := New(viewer.New([]*bundle.Reader{r}, viewer.Options{}), Options{})
	f.panics.Store(true)
	if err := s.present(); err != nil {
		t.Errorf("a panic passes for %v", err)
	}
}

// Who has said that it shall stay does not end because nobody reads.
func TestStays(t *testing.T) {
	t.Parallel()
	w := newWatch(true, func() error { return nil })
	for range int(silentTime/tickTime) * 2 {
		if end, ended := w.tick(); ended {
			t.Fatalf("it ended with %d", end)
		}
	}
}
