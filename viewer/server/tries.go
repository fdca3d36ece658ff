package server

import (
	"sync"
	"time"
)

// Limits of guessing the code of a class, which is one of a million. An address has five tries, then one
// after 30 seconds, one after a further minute and so on: 12 in a lesson of two hours. All addresses together,
// and one computer can have many, have 100 and one more every ten seconds: 820 in those two hours. So
// whoever guesses finds it in a lesson with a chance of less than one in a thousand.
//
// A class may stand behind one address, and whoever types wrong codes there has all wait who come by the
// code: nothing that a browser sends tells them apart that a guesser could not make up. So where somebody has come in,
// nobody waits for longer than two minutes. That allows 66 codes in a lesson, and the limit of all together holds.
const (
	freeTries   = 5                // wrong codes of one address before it has to wait
	firstWait   = 30 * time.Second // doubled with each further wrong code
	sharedWait  = 2 * time.Minute  // the longest where others have come in
	longestWait = time.Hour
	allTries    = 100              // wrong codes of all addresses
	refill      = 10 * time.Second // until there is one more
	maxRecords  = 1000             // of addresses; older ones than the longest wait go
	tellTime    = time.Minute      // between two Guesses of an address, or of all
	keptGuesses = 16               // that nobody has taken yet; more are dropped
)

// A Guess tells of wrong codes that were typed at the door of a class.
type Guess struct {
	From  string        // the address that has to wait for them, or "": all have to
	Wrong int           // how many came from there, or from all, since somebody came in, or since the class began
	Wait  time.Duration // until another code is looked at
}

// tries counts wrong codes.
type tries struct {
	now     func() time.Time
	guesses chan Guess // what is to be told

	mu        sync.Mutex
	left      int       // of all addresses
	filled    time.Time // when left was last added to
	wrong     int       // of all addresses
	told      time.Time // when all were last told to wait
	byAddress map[string]*guesser
}

// A guesser is an address from which codes came.
type guesser struct {
	wrong  int       // since somebody came in
	shared bool      // somebody came in
	until  time.Time // it has to wait
	told   time.Time
}

func newTries(now func() time.Time) *tries {
	return &tries{now: now, left: allTries, filled: now(), byAddress: map[string]*guesser{}, guesses: make(chan Guess, keptGuesses)}
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
	g := t.guesser(from, now)
	switch {
	case now.Before(g.until):
		return false, g.until.Sub(now)
	case t.left == 0:
		wait = t.filled.Add(refill).Sub(now)
		t.tell(&t.told, now, Guess{"", t.wrong, wait})
		return false, wait
	case right:
		*g = guesser{shared: true, until: now, told: g.told}
		return true, 0
	}
	t.left--
	t.wrong++
	g.wrong++
	if more := g.wrong - freeTries; more >= 0 {
		wait = g.longest(firstWait << min(more, 10))
		t.tell(&g.told, now, Guess{from, g.wrong, wait})
	}
	g.until = now.Add(wait)
	return false, wait
}

// longest bounds a wait.
func (g *guesser) longest(wait time.Duration) time.Duration {
	if g.shared {
		return min(sharedWait, wait)
	}
	return min(longestWait, wait)
}

// tell tells of wrong codes, unless that was done a moment ago or nobody listens.
func (t *tries) tell(last *time.Time, now time.Time, g Guess) {
	if !last.IsZero() && now.Sub(*last) < tellTime {
		return
	}
	select {
	case t.guesses <- g:
		*last = now
	default:
	}
}

// guesser is what is known of an address.
func (t *tries) guesser(from string, now time.Time) *guesser {
	g := t.byAddress[from]
	if g == nil {
		t.forget(now)
		g = &guesser{}
		t.byAddress[from] = g
	}
	return g
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
