package search

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func readAll(t testing.TB, chunk []byte, base uint32) (list []posting) {
	p, err := newPostings(chunk, base)
	for err == nil {
		var next posting
		var ok bool
		if next, ok, err = p.read(); !ok {
			break
		}
		list = append(list, next)
	}
	if err != nil && t != nil {
		t.Fatal(err)
	}
	return list
}

func TestPostings(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for _, gap := range []uint32{1, 2, 30, 5000, 1 << 24} {
		for _, n := range []int{1, 2, 100, 200_000} {
			if uint64(n)*uint64(gap) > 1<<32-1 {
				continue
			}
			var list []posting
			doc := uint32(rng.IntN(10))
			for range n {
				list = append(list, posting{doc, uint8(1 + rng.IntN(maxImpact))})
				doc += 1 + rng.Uint32N(gap)
			}
			base, rest := uint32(0), list
			for len(rest) > 0 {
				chunk, m := appendPostings(nil, base, rest)
				if len(chunk) > chunkBytes+16 || m == 0 {
					t.Fatalf("gap %d: %d postings in %d bytes", gap, m, len(chunk))
				}
				if got := readAll(t, chunk, base); !slices.Equal(got, rest[:m]) {
					t.Fatalf("gap %d, %d postings: read %d, not what was written", gap, m, len(got))
				}
				base, rest = rest[m-1].doc+1, rest[m:]
			}
		}
	}
}

func TestTermOfAll(t *testing.T) {
	t.Parallel()
	var list []posting
	for i := range uint32(80_000) {
		list = append(list, posting{i, 1})
	}
	chunk, n := appendPostings(nil, 0, list)
	if n != len(list) || len(chunk) > n/8+10 || !slices.Equal(readAll(t, chunk, 0), list) {
		t.Errorf("%d postings in %d bytes", n, len(chunk))
	}
}

func TestLastDocument(t *testing.T) {
	t.Parallel()
	list := []posting{{0, 1}, {1<<32 - 1, 16}}
	chunk, _ := appendPostings(nil, 0, list)
	if got := readAll(t, chunk, 0); !slices.Equal(got, list) {
		t.Errorf("read %v", got)
	}
}

func FuzzPostings(f *testing.F) {
	chunk, _ := appendPostings(nil, 0, []posting{{3, 1}, {4, 16}, {900, 2}})
	f.Add(chunk, uint32(0))
	f.Add([]byte{200, 1, 31, 0, 255, 255, 255}, uint32(1<<31))
	f.Fuzz(func(t *testing.T, chunk []byte, base uint32) {
		list := readAll(nil, chunk, base)
		if len(list) > 8*len(chunk) {
			t.Fatalf("%d postings from %d bytes", len(list), len(chunk))
		}
		for i := range list {
			if i > 0 && list[i].doc <= list[i-1].doc || list[i].impact < 1 || list[i].impact > maxImpact {
				t.Fatalf("posting %d is %v", i, list[i])
			}
		}
	})
}

func BenchmarkPostings(b *testing.B) {
	var list []posting
	for i := range uint32(40_000) {
		list = append(list, posting{i*3 + i%3, uint8(1 + i%5)})
	}
	chunk, n := appendPostings(nil, 0, list)
	b.ReportMetric(float64(len(chunk)*8)/float64(n), "bits/posting")
	for b.Loop() {
		p, _ := newPostings(chunk, 0)
		for {
			if _, ok, _ := p.read(); !ok {
				break
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/posting")
}
