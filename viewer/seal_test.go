package viewer

import (
	"strings"
	"testing"
)

func TestSealOpens(t *testing.T) {
	t.Parallel()
	s := newSealer()
	for n := range 600 {
		want := target{viewItem, n % 300, strings.Repeat("ж/\x00\x01", n)}
		a, ok := s.seal(want)
		if !ok {
			t.Fatalf("no address for %d bytes", len(want.text))
		}
		if got, ok := s.open(a); !ok || got != want {
			t.Fatalf("%q opens as %v, %v", a, got, ok)
		}
		if again, _ := s.seal(want); again != a {
			t.Fatalf("the same target has two addresses, %q and %q", a, again)
		}
		if len(a) > maxSealed {
			t.Fatalf("an address of %d characters would not be opened", len(a))
		}
	}
	if _, ok := s.seal(target{viewItem, 0, strings.Repeat("x", maxText+1)}); ok {
		t.Error("a text that is too long has an address")
	}
}

// What was not made here does not open: not a changed address, not one of
// another session.
func TestSealRefuses(t *testing.T) {
	t.Parallel()
	s := newSealer()
	a, _ := s.seal(target{viewItem, 1, "health/burns.html"})
	for i := range a {
		for _, c := range []byte("A_z") {
			changed := a[:i] + string(c) + a[i+1:]
			if got, ok := s.open(changed); ok && changed != a {
				t.Fatalf("%q opens as %v", changed, got)
			}
		}
		if _, ok := s.open(a[:i]); ok {
			t.Fatalf("%d characters of an address open", i)
		}
	}
	if _, ok := s.open(a + "A"); ok {
		t.Error("an address with more behind it opens")
	}
	if _, ok := newSealer().open(a); ok {
		t.Error("an address opens in another session")
	}
}

// Nothing of a path shows in its address, and its length hardly does.
func TestG03AddressSaysNothing(t *testing.T) {
	t.Parallel()
	s := newSealer()
	short, _ := s.seal(target{viewItem, 0, "a/b.html"})
	long, _ := s.seal(target{viewItem, 0, "a/bcdef.html"})
	if len(short) != len(long) {
		t.Errorf("paths of 8 and 12 bytes have addresses of %d and %d characters", len(short), len(long))
	}
	if short[:8] == long[:8] {
		t.Error("addresses begin alike")
	}
}

// D19: knowing all of its own addresses, a bundle cannot make one of another.
func TestD19OtherBundle(t *testing.T) {
	t.Parallel()
	s := newSealer()
	own, _ := s.seal(target{viewContent, 0, "a.html"})
	other, _ := s.seal(target{viewContent, 1, "a.html"})
	same := 0
	for i := range own {
		if own[i] == other[i] {
			same++
		}
	}
	if same > len(own)/4 {
		t.Errorf("addresses of the same path in two bundles agree in %d of %d characters", same, len(own))
	}
}

func FuzzAddress(f *testing.F) {
	s := newSealer()
	a, _ := s.seal(target{viewItem, 0, "a.html"})
	f.Add(a)
	f.Add("style.css")
	f.Add(strings.Repeat("A", 64))
	f.Fuzz(func(t *testing.T, address string) {
		if to, ok := s.open(address); ok {
			if again, _ := s.seal(to); again != address {
				t.Errorf("%q opens as %v, whose address is %q", address, to, again)
			}
		}
	})
}
