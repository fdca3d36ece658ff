// Package tree is a sorted table of keys and values, written once and read in
// pages, in which every page is hashed by its parent up to one root.
//
// It is at once a search tree and a Merkle tree: whoever trusts the 32 bytes of
// the root hash can look up any key by reading one page a level, and each page
// is checked against its parent before a byte of it is parsed. What a look-up
// reads does not grow with the table, beyond its logarithm.
//
// A leaf holds front-coded entries in ascending order. The page above holds, for
// each child, its first key, where it lies and its hash. Children lie before
// their parents, so a tree is written in one pass and cannot loop; the root is
// the last page.
package tree

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"sync"
)

// Errors that reading a page ends with.
var (
	ErrDamaged = errors.New("index page damaged")
	ErrMissing = errors.New("index page missing")
)

// A PageError says which part of a table a bad page has cost.
type PageError struct {
	Offset int64 // of the page in the tree
	First  []byte
	Err    error // ErrDamaged, ErrMissing, or what the page violates
}

func (e *PageError) Error() string { return fmt.Sprintf("at byte %d: %v", e.Offset, e.Err) }

// Unwrap returns the cause.
func (e *PageError) Unwrap() error { return e.Err }

// cacheBytes bounds what the parsed pages that a Tree keeps take.
const cacheBytes = 6 << 20

// A Tree reads a table. It may be used by several goroutines at once.
type Tree struct {
	r    io.ReaderAt
	root ref
	size int64

	mu    sync.Mutex
	pages map[ref]*cached
	clock int64
	held  int
}

type cached struct {
	page *page
	used int64
}

// New returns the tree whose root is given, after reading and checking the root
// page.
func New(r io.ReaderAt, root Root) (*Tree, error) {
	if root.Length <= 0 || root.Length > maxStored || root.Size < int64(root.Length) {
		return nil, fmt.Errorf("%w: bad root", errPage)
	}
	t := &Tree{r: r, size: root.Size, pages: map[ref]*cached{}}
	t.root = ref{root.Size - int64(root.Length), root.Length, root.Hash}
	_, err := t.page(t.root, nil)
	return t, err
}

// page returns the page at c, verified before it was parsed. first is the
// smallest key that the parent promises, or nil for the root.
func (t *Tree) page(c ref, first []byte) (*page, error) {
	p, err := t.cached(c), error(nil)
	if p == nil {
		p, err = t.load(c)
	}
	if err == nil && first != nil && (len(p.entries) == 0 || !bytes.Equal(p.entries[0].key, first)) {
		err = fmt.Errorf("%w: not the key that its parent names", errPage)
	}
	if err != nil {
		return nil, &PageError{c.offset, bytes.Clone(first), err}
	}
	t.keep(c, p)
	return p, nil
}

// load reads a page once and uses the very buffer that it hashed.
func (t *Tree) load(c ref) (*page, error) {
	buf := make([]byte, c.length)
	if n, err := t.r.ReadAt(buf, c.offset); n < len(buf) {
		if err == nil || errors.Is(err, io.EOF) {
			return nil, ErrMissing
		}
		return nil, fmt.Errorf("%w: %w", ErrMissing, err)
	}
	if sha256.Sum256(buf) != c.hash {
		return nil, ErrDamaged
	}
	return parsePage(buf)
}

func (t *Tree) cached(c ref) *page {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.pages[c]
	if e == nil {
		return nil
	}
	t.clock++
	e.used = t.clock
	return e.page
}

// keep remembers a page and forgets the one unused for longest while there are
// too many.
func (t *Tree) keep(c ref, p *page) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.pages[c] != nil {
		return
	}
	t.clock++
	t.pages[c] = &cached{p, t.clock}
	t.held += p.bytes
	for t.held > cacheBytes && len(t.pages) > 1 {
		var oldest ref
		least := int64(math.MaxInt64)
		for other, e := range t.pages {
			if e.used < least {
				oldest, least = other, e.used
			}
		}
		t.held -= t.pages[oldest].page.bytes
		delete(t.pages, oldest)
	}
}

// child returns the i-th child of p, which must lie one level below it and
// before it.
func (t *Tree) child(p *page, i int, before int64) (*page, ref, error) {
	e := p.entries[i]
	c, err := parseRef(e.value)
	if err == nil && c.offset+int64(c.length) > before {
		err = fmt.Errorf("%w: child behind its parent", errPage)
	}
	if err != nil {
		return nil, c, &PageError{c.offset, e.key, err}
	}
	q, err := t.page(c, e.key)
	if err == nil && q.level != p.level-1 {
		return nil, c, &PageError{c.offset, e.key, fmt.Errorf("%w: wrong level", errPage)}
	}
	return q, c, err
}

// Get returns the value of key. The slice must not be written to.
func (t *Tree) Get(key []byte) (value []byte, ok bool, err error) {
	p, err := t.page(t.root, nil)
	at := t.root
	for err == nil && p.level > 0 {
		i := p.floor(key)
		if i < 0 {
			return nil, false, nil
		}
		p, at, err = t.child(p, i, at.offset)
	}
	if err != nil {
		return nil, false, err
	}
	i := p.find(key)
	if i == len(p.entries) || !bytes.Equal(p.entries[i].key, key) {
		return nil, false, nil
	}
	return p.entries[i].value, true, nil
}

// floor returns the index of the last entry whose key is not above key, or -1.
func (p *page) floor(key []byte) int {
	i := p.find(key)
	if i < len(p.entries) && bytes.Equal(p.entries[i].key, key) {
		return i
	}
	return i - 1
}

// An Entry is a key with its value. Neither must be written to.
type Entry struct{ Key, Value []byte }

// From yields all entries whose key is not below key, in order. A page that
// cannot be read is yielded as a *PageError in its place; a caller that goes on
// gets what follows it.
func (t *Tree) From(key []byte) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		p, err := t.page(t.root, nil)
		if err != nil {
			yield(Entry{}, err)
			return
		}
		w := walker{t: t, from: key, yield: yield}
		w.walk(p, t.root)
	}
}

// A walker goes through a tree once. Every page that it enters begins behind all that
// came before: otherwise a few pages that name each other again and again would keep
// it busy for ever.
type walker struct {
	t     *Tree
	from  []byte
	last  []byte // the greatest key met, nil before the first
	yield func(Entry, error) bool
}

func (w *walker) walk(p *page, at ref) bool {
	if p.level == 0 {
		for _, e := range p.entries[p.find(w.from):] {
			if !w.yield(Entry{e.key, e.value}, nil) {
				return false
			}
		}
		if n := len(p.entries); n > 0 {
			w.last = p.entries[n-1].key
		}
		return true
	}
	for i := max(p.floor(w.from), 0); i < len(p.entries); i++ {
		q, c, err := w.child(p, i, at.offset)
		if err != nil {
			if !w.yield(Entry{}, err) {
				return false
			}
			continue
		}
		if !w.walk(q, c) {
			return false
		}
	}
	return true
}

func (w *walker) child(p *page, i int, before int64) (*page, ref, error) {
	first := p.entries[i].key
	if w.last != nil && bytes.Compare(first, w.last) <= 0 {
		return nil, ref{}, &PageError{before, first, fmt.Errorf("%w: keys out of order", errPage)}
	}
	q, c, err := w.t.child(p, i, before)
	if err != nil {
		w.last = first
	}
	return q, c, err
}

// Prefix yields all entries whose key starts with prefix, as From does.
func (t *Tree) Prefix(prefix []byte) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for e, err := range t.From(prefix) {
			if past := e.Key; err != nil {
				var bad *PageError
				if errors.As(err, &bad) {
					past = bad.First
				}
				if past != nil && bytes.Compare(past, prefix) > 0 && !bytes.HasPrefix(past, prefix) {
					return
				}
			} else if !bytes.HasPrefix(past, prefix) {
				return
			}
			if !yield(e, err) {
				return
			}
		}
	}
}
