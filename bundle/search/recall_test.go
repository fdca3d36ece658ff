package search

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// counter counts reads.
type counter struct {
	r io.ReaderAt
	n atomic.Int64
}

func (c *counter) ReadAt(b []byte, at int64) (int, error) {
	c.n.Add(1)
	return c.r.ReadAt(b, at)
}

// TestCorporaRecall compares single words with a plain search in the text: no page is missing.
func TestCorporaRecall(t *testing.T) {
	c := readCorpus(t, "handbook")
	data := build(t, c.docs)
	x, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"安装", "书", "软件包", "备份", "설치", "데비안", "カーネル", "設定", "instalación", "Debian",
		"kernel", "firewall", "شبکه", "пакет", "の"} {
		r, err := x.Search(Query{Text: word, Limit: MaxResults})
		if err != nil || r.Damage != nil || r.Partial {
			t.Fatal(word, err, r)
		}
		found := map[uint32]bool{}
		for _, h := range r.Hits {
			for _, d := range append([]uint32{h.Doc}, h.More...) {
				found[d] = true
			}
		}
		here, missing := 0, 0
		for _, d := range c.docs {
			if !strings.Contains(strings.ToLower(d.Text+" "+d.Title), strings.ToLower(word)) {
				continue
			}
			if here++; !found[d.ID] {
				missing++
				if strings.ContainsFunc(word, func(r rune) bool { return r > 0x2e80 }) {
					t.Errorf("%s: %s is missing", word, c.paths[d.ID])
				}
			}
		}
		t.Logf("%s: grep finds %d, of which %d are missing; found %d", word, here, missing, r.Total)
	}
}

// TestCorporaStorms asks a real index what is to keep a reader busy.
func TestCorporaStorms(t *testing.T) {
	c := readCorpus(t, "handbook")
	data := build(t, c.docs)
	for name, q := range storms() {
		x, err := Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		r, err := x.Search(Query{Text: q, Limit: 10, Typing: true, Prefer: c.in("en-US")})
		took := time.Since(start)
		if err == nil && r.Damage != nil {
			t.Error(name, r.Damage)
		}
		if t.Logf("%s: %v", name, took); took > time.Second { // of 100 ms, on a busy machine
			t.Errorf("%s: %v", name, took)
		}
	}
}

// million are documents like articles: words by Zipf's law, 60 of them in each.
func million(t testing.TB, n int) *os.File {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(rng, 1.1, 4, 400_000)
	word := func() string { return fmt.Sprintf("w%x", zipf.Uint64()*2654435761%(1<<32)) }
	b := NewBuilder(t.TempDir())
	defer b.Close()
	var text strings.Builder
	var memory runtime.MemStats
	most := uint64(0)
	for i := range n {
		if i%20_000 == 0 {
			runtime.ReadMemStats(&memory)
			most = max(most, memory.HeapInuse)
		}
		text.Reset()
		for range 60 {
			text.WriteString(word())
			text.WriteByte(' ')
		}
		d := Document{ID: uint32(i), Group: uint32(i), Title: word() + " " + word(), Text: text.String()}
		if err := b.Add(d); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "index"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if err := b.Finish(f); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&memory)
	t.Logf("building took %d MB of heap, garbage and all, and %d MB at the end", most>>20, memory.HeapInuse>>20)
	return f
}

// TestCorporaMillion asks an index of very many documents, of which nothing is in memory.
func TestCorporaMillion(t *testing.T) {
	if os.Getenv("SATCHEL_CORPORA") == "" {
		t.Skip("takes a minute: SATCHEL_CORPORA names no folder of corpora")
	}
	start := time.Now()
	f := million(t, 1_000_000)
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("index of %d bytes, built in %v", info.Size(), time.Since(start))
	rng := rand.New(rand.NewPCG(5, 6))
	zipf := rand.NewZipf(rng, 1.1, 4, 400_000)
	word := func() string { return fmt.Sprintf("w%x", zipf.Uint64()*2654435761%(1<<32)) }
	var times []time.Duration
	var reads []int64
	var before, after runtime.MemStats
	most := uint64(0)
	for i := range 100 {
		c := &counter{r: f}
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := time.Now()
		x, err := Open(c, info.Size()) // cold: with an empty cache
		if err != nil {
			t.Fatal(err)
		}
		q := strings.Join([]string{word(), word(), word()}[:1+i%3], " ")
		r, err := x.Search(Query{Text: q, Limit: 10, Prefer: isEven})
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if err != nil || r.Damage != nil {
			t.Fatal(q, err, r.Damage)
		}
		most = max(most, after.HeapAlloc-min(before.HeapAlloc, after.HeapAlloc))
		times, reads = append(times, took), append(reads, c.n.Load())
		if c.n.Load() > 60 {
			t.Logf("%s: %d reads, %d found, partial %v", q, c.n.Load(), r.Total, r.Partial)
		}
	}
	slices.Sort(times)
	slices.Sort(reads)
	t.Logf("cold: median %v, longest %v; reads: median %d, most %d; heap at most %d MB more", times[50], times[99], reads[50], reads[99], most>>20)
	if reads[50] > 60 {
		t.Error("more than 60 reads")
	}
}
