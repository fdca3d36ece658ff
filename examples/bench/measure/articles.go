package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"satchel/bundle/search"
)

// Articles that are made up to be searched: how many there are, of how many words out of how many.
const (
	madeArticles   = 1_000_000
	articleWords   = 100
	articleQueries = 300
	vocabulary     = 100_000
)

// What a query among them may take.
const (
	articleTime   = 0.030 // seconds
	articleReads  = 60
	articleMemory = 40e6 // bytes more than before opening
)

// searchScale measures queries among very many articles, each of an index that was asked nothing before.
func (b *bench) searchScale() error {
	path := b.kept("articles-1M.index")
	if !readable(path) {
		b.say("indexing %d articles", madeArticles)
		u, err := b.timed(b.self, "index", fmt.Sprint(madeArticles), path)
		if err != nil {
			return err
		}
		b.table.alone("index of 1,000,000 articles, wall", u.wall.Seconds(), seconds, want{}, "measure index")
		b.table.alone("index of 1,000,000 articles, peak memory", float64(u.memory), byteCount,
			want{bound: atMost, limit: maxMemory}, "measure index")
	}
	figures := series{}
	for n := range b.runs {
		b.say("asking %d articles, %d/%d", madeArticles, n+1, b.runs)
		out, err := b.command(b.self, "ask", path, fmt.Sprint(articleQueries)).Output()
		if err != nil {
			return err
		}
		if err := figures.scan(string(out)); err != nil {
			return err
		}
	}
	size, err := fileSize(path)
	b.table.searchScale(figures, size)
	return err
}

// readable says whether there is an index that this version reads.
func readable(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false
	}
	_, err = search.Open(f, info.Size())
	return err == nil
}

// scan reads figures, a name and a value on each line.
func (s series) scan(lines string) error {
	for line := range strings.Lines(lines) {
		name, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return fmt.Errorf("%q: %w", line, err)
		}
		s.add(name, value)
	}
	return nil
}

func (t *table) searchScale(figures series, size float64) {
	const what, command = "search 1,000,000 articles, ", "measure ask"
	t.alone(what+"index, an article", size/madeArticles, byteCount, want{}, "measure index")
	t.alone(what+"a query, p50", figures.median("time"), seconds, want{bound: atMost, limit: articleTime}, command)
	t.alone(what+"a query, p99", percentile(figures["time"], 99), seconds, want{}, command)
	t.alone(what+"reads, p50", figures.median("reads"), number, want{bound: atMost, limit: articleReads}, command)
	t.alone(what+"reads, most", percentile(figures["reads"], 100), number, want{}, command)
	t.alone(what+"memory", figures.median("memory"), byteCount, want{bound: atMost, limit: articleMemory}, command)
}

// indexArticles writes an index of n articles.
func indexArticles(n int, name string) error {
	debug.SetMemoryLimit(packMemory)
	return writeIndex(name, func(add func(search.Document) error) error {
		for i := range n {
			if err := add(madeArticle(uint32(i))); err != nil {
				return err
			}
		}
		return nil
	})
}

// madeArticle returns an article of words as frequent as those of a language: few are in most of what is
// written, and most are in little.
func madeArticle(n uint32) search.Document {
	word := zipfWords(uint64(n))
	text := make([]string, articleWords)
	for i := range text {
		text[i] = word()
	}
	return search.Document{ID: n, Group: n, Title: title(word(), word(), word()), Text: strings.Join(text, " ")}
}

// zipfWords returns words by Zipf's law, always the same for a seed.
func zipfWords(seed uint64) func() string {
	zipf := rand.NewZipf(rand.New(rand.NewPCG(seed, 15)), 1.1, 4, vocabulary-1)
	return func() string { return madeWord(zipf.Uint64()) }
}

// madeWord is the n-th word of the vocabulary, of two syllables when it is frequent and of three otherwise.
func madeWord(n uint64) string {
	const syllables, short = 14 * 5, 4000
	count := 2
	if n >= short {
		// a factor that is prime makes neighbours in frequency unlike, and no two words alike
		n, count = n*104_729%(syllables*syllables*syllables), 3
	}
	word := make([]byte, 0, 6)
	for range count {
		word = append(word, "bdfgklmnprstvz"[n%14], "aeiou"[n/14%5])
		n /= syllables
	}
	return string(word)
}

// A readCounter counts the reads that go through it.
type readCounter struct {
	r io.ReaderAt
	n atomic.Int64
}

func (c *readCounter) ReadAt(p []byte, off int64) (int, error) {
	c.n.Add(1)
	return c.r.ReadAt(p, off)
}

// askArticles opens an index for each of n queries and says for each how long that took and how many reads,
// and in the end how much more memory the process has taken than before.
func askArticles(name string, n int, out io.Writer) (err error) {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	before, err := processMemory("self", "VmRSS")
	if err != nil {
		return err
	}
	word := zipfWords(1 << 40) // the seed of no article
	for i := range n {
		query := strings.Join([]string{word(), word(), word()}[:1+i%3], " ")
		c := &readCounter{r: f}
		start := time.Now()
		x, err := search.Open(c, info.Size())
		if err != nil {
			return err
		}
		r, err := x.Search(search.Query{Text: query, Prefer: oneInEight, Limit: hitsPerPage})
		took := time.Since(start)
		if err := errors.Join(err, damage(r)); err != nil {
			return fmt.Errorf("%s: %w", query, err)
		}
		fmt.Fprintf(out, "time %v\nreads %d\n", took.Seconds(), c.n.Load())
	}
	after, err := processMemory("self", "VmHWM")
	fmt.Fprintf(out, "memory %v\n", after-before)
	return err
}

// oneInEight takes documents as if they were those in the reader's language.
func oneInEight(doc uint32) bool { return doc%8 == 4 }

// damage is what could not be read for a result, if there is one.
func damage(r *search.Result) error {
	if r == nil {
		return nil
	}
	return r.Damage
}
