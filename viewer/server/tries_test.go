package server

import (
	"strconv"
	"testing"
	"time"
)

// A hand is a clock that is moved by hand.
type hand struct{ at time.Time }

func (h *hand) now() time.Time { return h.at }

// count is how many codes are looked at in an hour when each address tries one every second.
func count(addresses int) int {
	h := &hand{time.Unix(0, 0)}
	t := newTries(h.now)
	for range 3600 {
		for a := range addresses {
			t.take(strconv.Itoa(a), false)
		}
		h.at = h.at.Add(time.Second)
	}
	looked := 0
	for _, g := range t.byAddress {
		looked += g.wrong
	}
	return looked
}

// TestGuessing: in an hour a million codes cannot be tried, nor a thousandth of them.
func TestGuessing(t *testing.T) {
	t.Parallel()
	for addresses, most := range map[int]int{1: 11, 2: 22, 254: 920, 900: 920} {
		if n := count(addresses); n > most || n < most-2 {
			t.Errorf("%d addresses try %d codes in an hour, want %d", addresses, n, most)
		}
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
