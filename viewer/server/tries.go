package server

import (
	"sync"
	"time"
)

// Limits of guessing the code of a class, which is one of a million. An address has five tries, then one
// after 30 seconds, one after a further minute and so on: 11 in an hour. All addresses together, and one
// computer can have many, have 200 and one more every five seconds: 920 in the first hour. So
// whoever guesses finds it in that hour with a chance of less than one in a thousand.
const (
	freeTries   = 5                // wrong codes of one address before it has to wait
	firstWait   = 30 * time.Second // doubled with each further wrong code
	longestWait = time.Hour
	allTries    = 200             // wrong codes of all addresses
	refill      = 5 * time.Second // until there is one more
	maxRecords  = 1000            // of addresses; older ones than the longest wait go
)

// tries counts wrong codes.
type tries struct {
	now func() time.Time

	mu        sync.Mutex
	left      int       // of all addresses
	filled    time.Time // when left was last added to
	byAddress map[string]*guesser
}

// A guesser is an address from which wrong codes came.
type guesser struct {
	wrong int
	until time.Time // it has to wait
}

func newTries(now func() time.Time) *tries {
	return &tries{now: now, left: allTries, filled: now(), byAddress: map[string]*guesser{}}
}

// take is a try from an address. A right code that comes too soon is not let in either, or there would be no
// need to wait. It returns how long to wait with the next.
func (t *tries) take(from string, right bool) (ok bool, wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if n := int(now.Sub(t.filled) / refill); n > 0 {
		t.left = min(allTries, t.left+n)
		t.filled = t.filled.Add(time.Duration(n) * refill)
	}
	g := t.byAddress[from]
	switch {
	case g != nil && now.Before(g.until):
		return false, g.until.Sub(now)
	case t.left == 0:
		return false, t.filled.Add(refill).Sub(now)
	case right:
		delete(t.byAddress, from)
		return true, 0
	case g == nil:
		t.forget(now)
		g = &guesser{}
		t.byAddress[from] = g
	}
	t.left--
	g.wrong++
	if more := g.wrong - freeTries; more >= 0 {
		wait = min(longestWait, firstWait<<min(more, 10))
	}
	g.until = now.Add(wait)
	return false, wait
}

// forget drops addresses that have not been heard of for long.
func (t *tries) forget(now time.Time) {
	if len(t.byAddress) < maxRecords {
		return
	}
	for from, g := range t.byAddress {
		if now.Sub(g.until) > longestWait {
			delete(t.byAddress, from)
		}
	}
}
