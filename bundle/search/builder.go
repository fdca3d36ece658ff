package search

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"slices"
	"sync"

	"satchel/bundle/internal/extsort"
	"satchel/bundle/internal/tree"
)

// A Document is what can be found.
type Document struct {
	ID       uint32 // its number, by which queries name it; those of few or near numbers take less room
	Group    uint32 // the number of the group that it belongs to: those of translations of one page
	Title    string
	Name     string // of its file: found, but worth less than a title
	Headings []string
	Text     string
}

// gatherMemory is how many bytes of postings all gatherers hold together, about.
const gatherMemory = 28 << 20

// termsMemory is how much of the dictionary lies in memory until it is written.
const termsMemory = 8 << 20

// A Builder makes an index of documents. What it writes depends on nothing but the
// documents: not on their order, nor on the number of cores.
type Builder struct {
	docs    chan Document
	workers sync.WaitGroup

	mu     sync.Mutex
	lists  *extsort.Sorter // term: postings in any order
	groups *extsort.Sorter // document: group
	words  *extsort.Sorter // term: value of its entry
	err    error           // the first
	count  uint64
	done   bool
}

// NewBuilder returns a builder that sorts in files of the folder dir, uses all cores and
// less than 100 MB of memory beside the documents at hand. Close removes the files.
func NewBuilder(dir string) *Builder {
	return newBuilder(dir, runtime.GOMAXPROCS(0), gatherMemory)
}

func newBuilder(dir string, workers, memory int) *Builder {
	b := &Builder{
		docs:   make(chan Document),
		lists:  extsort.New(dir, extsort.DefaultMemory),
		groups: extsort.New(dir, 1<<20),
		words:  extsort.New(dir, termsMemory),
	}
	for range workers {
		b.workers.Go(func() { b.work(memory / workers) })
	}
	return b
}

// Add takes a document in. It returns before that is done, so an error may be that of a document before.
// Every ID may be added once: Finish fails otherwise. Several goroutines may call it.
func (b *Builder) Add(d Document) error {
	if len(d.Headings) > MaxHeadings {
		return fmt.Errorf("search: %d headings, at most %d", len(d.Headings), MaxHeadings)
	}
	key := binary.BigEndian.AppendUint32(nil, d.ID)
	b.mu.Lock()
	b.count++
	b.fail(b.groups.Add(key, binary.BigEndian.AppendUint32(nil, d.Group)))
	if b.done {
		b.fail(errors.New("search: document added to a finished index"))
	}
	err := b.err
	b.mu.Unlock()
	if err == nil {
		b.docs <- d
	}
	return err
}

// fail keeps the first error.
func (b *Builder) fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

// work gathers the postings of documents until there are no more.
func (b *Builder) work(memory int) {
	g := newGatherer(memory)
	for d := range b.docs {
		if g.add(&d); g.full() {
			b.flush(g)
		}
	}
	b.flush(g)
}

func (b *Builder) flush(g *gatherer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fail(g.flush(b.lists))
}

// stop ends the workers.
func (b *Builder) stop() {
	b.mu.Lock()
	if !b.done {
		b.done = true
		close(b.docs)
	}
	b.mu.Unlock()
	b.workers.Wait()
}

// Close removes the temporary files. It must be called when no Add is going on any more.
func (b *Builder) Close() error {
	b.stop()
	return errors.Join(b.lists.Close(), b.groups.Close(), b.words.Close())
}

// Finish writes the index to w. Nothing can be added any more. It fails when an ID was added twice, with what
// sorting failed with, and with what w fails with.
func (b *Builder) Finish(w io.Writer) error {
	b.stop()
	if b.err != nil {
		return b.err
	}
	t := tree.NewQuickBuilder(w, 1<<20)
	if err := t.Add([]byte{keyAbout}, binary.AppendUvarint(nil, b.count)); err != nil {
		return err
	}
	if err := b.writeGroups(t); err != nil {
		return err
	}
	if err := errors.Join(b.writeLists(t), b.lists.Close()); err != nil { // its memory is needed
		return err
	}
	t.Section(true) // what is before is short, or in Rice codes, which do not get smaller
	for r, err := range b.words.Sorted() {
		if err == nil {
			err = t.Add(append([]byte{keyTerm}, r.Key...), r.Value)
		}
		if err != nil {
			return err
		}
	}
	root, err := t.Finish()
	if err == nil {
		_, err = w.Write(appendTrailer(nil, root))
	}
	return err
}

// groupsPerChunk is how many documents an entry of groups has.
const groupsPerChunk = 2048

// writeGroups writes which group each document is in. A chunk is, for each document, `uvarint` what its number
// is above the one before, and `varint` what its group is above its number.
func (b *Builder) writeGroups(t *tree.Builder) error {
	var chunk []byte
	var n int
	last := int64(-1)
	flush := func() error {
		if n == 0 {
			return nil
		}
		err := t.Add(groupsKey(uint32(last)), chunk)
		chunk, n = chunk[:0], 0
		return err
	}
	for r, err := range b.groups.Sorted() {
		if err != nil {
			return err
		}
		doc, group := int64(binary.BigEndian.Uint32(r.Key)), int64(binary.BigEndian.Uint32(r.Value))
		if doc == last {
			return fmt.Errorf("search: document %d added twice", doc)
		}
		if n == groupsPerChunk {
			if err := flush(); err != nil {
				return err
			}
		}
		base := last + 1
		if n == 0 {
			base = 0
		}
		chunk = binary.AppendUvarint(chunk, uint64(doc-base))
		chunk = binary.AppendVarint(chunk, group-doc)
		last = doc
		n++
	}
	return flush()
}

// writeLists writes the lists that are too long for the dictionary, and puts the others and
// the dictionary together.
func (b *Builder) writeLists(t *tree.Builder) error {
	for term, list := range b.merged() {
		slices.SortFunc(list, func(x, y posting) int { return cmp.Compare(x.doc, y.doc) })
		value := binary.AppendUvarint(nil, uint64(len(list)))
		chunk, n := appendPostings(nil, 0, list)
		if n == len(list) && len(chunk) <= inlineBytes {
			value = append(value, chunk...)
		} else if err := writeList(t, string(term), list); err != nil {
			return err
		}
		if err := b.words.Add(term, value); err != nil {
			return err
		}
	}
	return b.err
}

func writeList(t *tree.Builder, term string, list []posting) error {
	base := uint32(0)
	for len(list) > 0 {
		chunk, n := appendPostings(nil, base, list)
		last := list[n-1].doc
		if err := t.Add(listKey(term, last), append(binary.AppendUvarint(nil, uint64(base)), chunk...)); err != nil {
			return err
		}
		base, list = last+1, list[n:]
	}
	return nil
}

// merged yields each term with all of its postings. The first error is kept.
func (b *Builder) merged() iter.Seq2[[]byte, []posting] {
	return func(yield func([]byte, []posting) bool) {
		var term []byte
		var list []posting
		for r, err := range b.lists.Sorted() {
			if err != nil {
				b.fail(err)
				return
			}
			if len(list) > 0 && !bytes.Equal(term, r.Key) {
				if !yield(term, list) {
					return
				}
				list = list[:0]
			}
			term = append(term[:0], r.Key...)
			list = parseRecord(list, r.Value)
		}
		if len(list) > 0 {
			yield(term, list)
		}
	}
}
