package extsort

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
)

func TestSorted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ n, memory int }{{0, 100}, {1, 1}, {1000, 1 << 20}, {1000, 1000}, {5000, 40_000}} {
		dir := t.TempDir()
		s := New(dir, c.memory)
		rng := rand.New(rand.NewPCG(1, 2))
		for _, i := range rng.Perm(c.n) {
			key, value := fmt.Appendf(nil, "%06d", i/2), fmt.Appendf(nil, "v%d", i)
			if err := s.Add(key, value); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 { // it may be read again
			i := 0
			for r, err := range s.Sorted() {
				if err != nil {
					t.Fatal(err)
				}
				if i/2*2 == i && string(r.Key) != fmt.Sprintf("%06d", i/2) {
					t.Fatalf("record %d has key %q", i, r.Key)
				}
				i++
			}
			if i != c.n {
				t.Errorf("%+v: %d records", c, i)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		left, err := os.ReadDir(dir)
		if err != nil || len(left) != 0 {
			t.Errorf("%+v: %d files left, %v", c, len(left), err)
		}
	}
}

func TestAddAfterSorted(t *testing.T) {
	t.Parallel()
	s := New(t.TempDir(), 100)
	s.Sorted()
	if err := s.Add([]byte("a"), nil); err == nil {
		t.Error("a record was taken after sorting")
	}
}
