package server

import (
	"context"
	"net/http"
	"sync"
	"time"

	"satchel/viewer"
)

// How long nobody may ask for anything before nobody reads any more. Pages of the viewer's own have a script that asks once a
// second while they are seen; one that is not seen may be kept from asking for minutes by its browser. A page without script
// says nothing while it is read.
const (
	seenTime   = time.Minute
	hiddenTime = 30 * time.Minute
	silentTime = 4 * time.Hour
)

// How often a watch looks whether the bundles are still there, and how long it waits, so that pages hear of it, before it says
// that they are not.
const (
	tickTime = 500 * time.Millisecond
	lookTime = 5 * time.Second // where no page is seen
	goneTime = 3 * time.Second
)

// An End is why a Server has ended.
type End int

// The ends that there are.
const (
	Interrupted End = iota // by its context
	Left                   // the reader left
	Deserted               // nobody reads any more
	Gone                   // a bundle is not there any more
)

// A watch knows whether anybody reads, and whether there is anything to read. It counts ticks and asks no clock: while a computer
// sleeps, nobody is taken to have gone.
type watch struct {
	look func() error // whether the bundles are there
	stay bool         // it is no end that nobody reads

	mu       sync.Mutex
	busy     int           // requests that are being answered
	idle     time.Duration // since there was one
	patience time.Duration // how long that may be
	unseen   time.Duration // since a page said that it is seen
	unlooked time.Duration // since the last look
	gone     time.Duration // for how long looks have failed
}

func newWatch(stay bool, look func() error) *watch {
	return &watch{look: look, stay: stay, patience: silentTime, unseen: lookTime, unlooked: lookTime}
}

// enter notes a request that is the viewer's to answer, and returns what to call when it is answered.
func (w *watch) enter(r *http.Request, path string) (exit func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy++
	switch {
	case path == viewer.PathAlive && r.URL.RawQuery == viewer.HiddenQuery:
		w.patience = hiddenTime
	case path == viewer.PathAlive:
		w.patience, w.unseen = seenTime, 0
	case isPage(r):
		w.patience = silentTime // until its script asks: a picture or a page out of a bundle that is opened alone has none
	}
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.busy--
		w.idle = 0
	}
}

// isPage says whether a browser may show the answer in a window of its own. Old ones do not say.
func isPage(r *http.Request) bool {
	dest := r.Header.Get("Sec-Fetch-Dest")
	return dest == "document" || dest == ""
}

// tick notes that time has passed, and says whether this is the end.
func (w *watch) tick() (end End, ended bool) {
	var err error
	due := w.isDue()
	if due {
		err = w.look()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case due && err == nil:
		w.gone = 0
	case due:
		w.gone += tickTime
	}
	if w.idle += tickTime; w.busy > 0 {
		w.idle = 0
	}
	switch {
	case w.gone > goneTime:
		return Gone, true
	case w.idle >= w.patience && !w.stay:
		return Deserted, true
	}
	return 0, false
}

// isDue says whether to look: each time while a page is seen or nothing was there the last time, now and then otherwise.
func (w *watch) isDue() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unseen += tickTime
	w.unlooked += tickTime
	due := w.unseen <= lookTime || w.gone > 0 || w.unlooked >= lookTime
	if due {
		w.unlooked = 0
	}
	return due
}

// run ticks until the end, or that of its context.
func (w *watch) run(ctx context.Context, stop func(End)) {
	ticker := time.NewTicker(tickTime)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if end, ended := w.tick(); ended {
			stop(end)
			return
		}
	}
}
