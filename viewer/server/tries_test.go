package server

import (
	"slices"
	"strconv"
	"testing"
	"time"
)

// A hand is a clock that is moved by hand.
type hand struct{ at time.Time }

func (h *hand) now() time.Time { return h.at }

// A lesson, in seconds.
const lessonSeconds = 2 * 60 * 60

// count is how many codes are looked at in a lesson when each address tries one every second. Where the class stands
// behind the first, somebody comes in there before anybody else tries.
func count(addresses int, shared bool) (looked int) {
	h := &hand{time.Unix(0, 0)}
	t := newTries(h.now)
	if shared {
		t.take("0", true)
	}
	for range lessonSeconds {
		for a := range addresses {
			t.take(strconv.Itoa(a), false)
		}
		h.at = h.at.Add(time.Second)
	}
	return t.wrong
}

// TestGuessing: in a lesson of two hours a million codes cannot be tried, nor a thousandth of them.
func TestGuessing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		addresses int
		shared    bool
		most      int
	}{{1, false, 12}, {1, true, 66}, {2, false, 24}, {254, false, 820}, {900, false, 820}, {254, true, 820}} {
		if n := count(c.addresses, c.shared); n > c.most || n < c.most-2 {
			t.Errorf("%d addresses (shared: %v) try %d codes in a lesson, want %d", c.addresses, c.shared, n, c.most)
		}
	}
}

// TestGuessingAmongOthers: nor where somebody comes in between two wrong codes from the same address.
func TestGuessingAmongOthers(t *testing.T) {
	t.Parallel()
	h := &hand{time.Unix(0, 0)}
	tr := newTries(h.now)
	for range lessonSeconds {
		tr.take("a", false)
		tr.take("a", true)
		h.at = h.at.Add(time.Second)
	}
	if tr.wrong >= 1_000_000/1000 {
		t.Errorf("%d codes are tried", tr.wrong)
	}
}

// TestGuessesTold: who has to wait is told of, at most once a minute, and so are all together; who mistypes is not.
func TestGuessesTold(t *testing.T) {
	t.Parallel()
	h := &hand{time.Unix(0, 0)}
	tr := newTries(h.now)
	told := func() (all []Guess) {
		for len(tr.guesses) > 0 {
			all = append(all, <-tr.guesses)
		}
		return all
	}
	check := func(what string, want ...Guess) {
		t.Helper()
		if got := told(); !slices.Equal(got, want) {
			t.Errorf("%s: told %v, want %v", what, got, want)
		}
	}
	for range freeTries - 1 {
		tr.take("a", false)
	}
	check("mistyped codes")
	tr.take("a", false)
	tr.take("a", false)
	check("a wrong code too many", Guess{"a", 5, 30 * time.Second})
	h.at = h.at.Add(30 * time.Second)
	tr.take("a", false)
	check("one more, within the minute")
	h.at = h.at.Add(time.Minute)
	tr.take("a", false)
	check("one more, later", Guess{"a", 7, 2 * time.Minute})
	for n := range 2 * allTries {
		tr.take(strconv.Itoa(n), false)
	}
	check("from everywhere", Guess{"", allTries + 6, refill})
	h.at = h.at.Add(59 * time.Second)
	for n := range 2 * allTries {
		tr.take(strconv.Itoa(n), false)
	}
	check("from everywhere, within the minute")
	for n := range 2 * keptGuesses {
		for range freeTries {
			h.at = h.at.Add(refill)
			tr.take("b"+strconv.Itoa(n), false)
		}
	}
	if n := len(told()); n != keptGuesses {
		t.Errorf("%d are kept that nobody takes, want %d", n, keptGuesses)
	}
}

// TestWaitingTogether: where somebody has come in, wrong codes do not keep the others out for long.
func TestWaitingTogether(t *testing.T) {
	t.Parallel()
	h := &hand{time.Unix(0, 0)}
	tr := newTries(h.now)
	tr.take("a", true)
	for range 50 {
		h.at = h.at.Add(sharedWait)
		if _, wait := tr.take("a", false); wait > sharedWait {
			t.Fatalf("wait %v, at most %v wanted", wait, sharedWait)
		}
	}
	h.at = h.at.Add(sharedWait)
	if ok, _ := tr.take("a", true); !ok {
		t.Error("the right code is not let in after the wait")
	}
}

// TestWaiting: who has to wait is not let in with the right code either, and others are.
func TestWaiting(t *testing.T) {
	t.Parallel()
	h := &hand{time.Unix(0, 0)}
	tr := newTries(h.now)
	for n := range freeTries {
		ok, wait := tr.take("a", false)
		if want := map[bool]time.Duration{true: firstWait}[n == freeTries-1]; ok || wait != want {
			t.Errorf("try %d: wait %v, want %v", n+1, wait, want)
		}
	}
	if ok, wait := tr.take("a", true); ok || wait != firstWait {
		t.Errorf("the right code is let in at once (%v, %v)", ok, wait)
	}
	if ok, _ := tr.take("b", true); !ok {
		t.Error("another address has to wait, too")
	}
	for _, want := range []time.Duration{60, 120, 240, 480, 960, 1920, 3600, 3600} {
		h.at = h.at.Add(time.Hour)
		if _, wait := tr.take("a", false); wait != want*time.Second {
			t.Errorf("wait %v, want %v", wait, want*time.Second)
		}
	}
	h.at = h.at.Add(time.Hour)
	if ok, _ := tr.take("a", true); !ok {
		t.Error("the right code is not let in after the wait")
	}
	if _, wait := tr.take("a", false); wait != 0 {
		t.Error("what was wrong before the right code still counts")
	}
}

// TestForgetting: addresses do not pile up.
func TestForgetting(t *testing.T) {
	t.Parallel()
	h := &hand{time.Unix(0, 0)}
	tr := newTries(h.now)
	for n := range 20 * maxRecords {
		h.at = h.at.Add(refill)
		tr.take(strconv.Itoa(n), false)
	}
	if n := len(tr.byAddress); n > 2*maxRecords {
		t.Errorf("%d addresses are kept", n)
	}
}
