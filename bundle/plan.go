package bundle

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"

	"satchel/bundle/internal/extsort"
)

type sorter = *extsort.Sorter

// newSorter returns a sorter that is closed with c.
func (c *creator) newSorter() sorter {
	s := extsort.New(c.spool, extsort.DefaultMemory)
	c.closers = append(c.closers, s.Close)
	return s
}

// plan is the first pass. It returns the items in the default order, each with
// its place.
func (c *creator) plan() (entries sorter, err error) {
	byContent, err := c.survey()
	if err != nil {
		return nil, err
	}
	c.contents = c.newSorter()
	if err := c.sortContents(byContent); err != nil {
		return nil, err
	}
	places := c.newSorter()
	if err := c.placeContents(places); err != nil {
		return nil, err
	}
	entries = c.newSorter()
	if err := join(byContent, places, entries); err != nil {
		return nil, err
	}
	return entries, errors.Join(byContent.Close(), places.Close())
}

// survey takes the items from the source and sorts them by content: by hash, or,
// where large content that says nothing is the only one of its size, by its path.
func (c *creator) survey() (byContent sorter, err error) {
	byContent, large := c.newSorter(), c.newSorter()
	var mu sync.Mutex
	add := func(s sorter, key []byte, it *Item) error {
		mu.Lock()
		defer mu.Unlock()
		return s.Add(key, appendItem(nil, it, place{}))
	}
	err = c.forEachItem(func(it *Item) error {
		if hasOwn(it) && !c.hasText(it) {
			return add(large, be.AppendUint64(nil, uint64(it.Size)), it)
		}
		sum, err := c.hashItem(it)
		if err != nil {
			return err
		}
		return add(byContent, append([]byte{'h'}, sum...), it)
	})
	if err != nil {
		return nil, err
	}
	for group, err := range groups(large) {
		if err != nil {
			return nil, err
		}
		for _, it := range group {
			key := append([]byte{'p'}, it.Path...)
			if len(group) > 1 {
				sum, err := c.hashItem(&it)
				if err != nil {
					return nil, err
				}
				key = append([]byte{'h'}, sum...)
			}
			if err := add(byContent, key, &it); err != nil {
				return nil, err
			}
		}
	}
	return byContent, large.Close()
}

// forEachItem calls work for every item of the source, on all cores.
func (c *creator) forEachItem(work func(*Item) error) error {
	items := make(chan Item, 64)
	failed := make(chan error, maxWorkers)
	var wg sync.WaitGroup
	for range c.o.workers() {
		wg.Go(func() {
			for it := range items {
				if err := work(&it); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	err := c.feed(items, failed)
	close(items)
	wg.Wait()
	close(failed)
	for e := range failed {
		err = errors.Join(err, e)
	}
	return err
}

func (c *creator) feed(items chan<- Item, failed chan error) error {
	for it, err := range c.src.Items() {
		if err != nil {
			return err
		}
		if err := c.admit(&it); err != nil {
			return err
		}
		select {
		case items <- it:
		case err := <-failed:
			return err
		case <-c.ctx.Done():
			return c.ctx.Err()
		}
	}
	return nil
}

// admit checks an item and counts it.
func (c *creator) admit(it *Item) error {
	it.section = 0 // it may come out of another bundle
	if err := cmp.Or(checkItem(it), checkFields(it)); err != nil {
		return err
	}
	if c.sum.Items == MaxItems {
		return fmt.Errorf("more than %d items", MaxItems)
	}
	c.sum.Items++
	c.sum.Input += it.Size
	c.languages.add(it.Language)
	k := c.sum.ByKind[it.Kind]
	c.sum.ByKind[it.Kind] = KindSum{k.Items + 1, k.Bytes + it.Size}
	return nil
}

func (c *creator) hashItem(it *Item) ([]byte, error) {
	if it.Sum != nil {
		c.report("scan", it.Size, 0)
		return it.Sum[:], nil
	}
	h := sha256.New()
	if err := c.copyItem(h, it, "scan", 0); err != nil {
		return nil, err
	}
	return h.Sum(nil), nil
}

// copyItem copies the content of an item, which must be of exactly the size it was, as
// part of a stage in which total bytes are copied.
func (c *creator) copyItem(w io.Writer, it *Item, stage string, total int64) error {
	r, err := c.src.Open(it.Path)
	if err != nil {
		return err
	}
	defer r.Close()
	n, err := copyAll(w, stageReader{c, io.LimitReader(r, it.Size+1), stage, total})
	if err != nil {
		return fmt.Errorf("%q: %w", it.Path, err)
	}
	if n != it.Size {
		return fmt.Errorf("%q: changed while it was packed: it was %d bytes long", it.Path, it.Size)
	}
	return nil
}

func copyAll(w io.Writer, r io.Reader) (int64, error) {
	if h, ok := w.(*blockHasher); ok {
		return h.ReadFrom(r)
	}
	buf := copyBuffers.Get().(*[]byte)
	defer copyBuffers.Put(buf)
	return io.CopyBuffer(struct{ io.Writer }{w}, r, *buf)
}

var copyBuffers = sync.Pool{New: func() any { b := make([]byte, storedBlock); return &b }}

// stageReader ends a long copy when the context ends, and tells how far it has come.
type stageReader struct {
	c     *creator
	r     io.Reader
	stage string
	total int64
}

func (r stageReader) Read(p []byte) (int, error) {
	if err := r.c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.r.Read(p)
	if n > 0 {
		r.c.report(r.stage, int64(n), r.total)
	}
	return n, err
}

// groups yields the items that have the same key.
func groups(s sorter) iter.Seq2[[]Item, error] {
	return func(yield func([]Item, error) bool) {
		var key []byte
		var group []Item
		for r, err := range s.Sorted() {
			it, _, err2 := parseItem(r.Value)
			if err := errors.Join(err, err2); err != nil {
				yield(nil, err)
				return
			}
			if len(group) > 0 && !bytes.Equal(key, r.Key) {
				if !yield(group, nil) {
					return
				}
				group = group[:0]
			}
			key = append(key[:0], r.Key...)
			group = append(group, it)
		}
		if len(group) > 0 {
			yield(group, nil)
		}
	}
}

// A content is bytes to store once, for all items that have them.
type content struct {
	id   []byte // its key in the sorter by content
	item Item   // the one of them that stands first
}

// sortContents finds what has to be stored, and sorts it as it will lie.
func (c *creator) sortContents(byContent sorter) error {
	var last content
	var lastKey []byte
	flush := func() error {
		if lastKey == nil {
			return nil
		}
		value := append(appendText(nil, string(last.id)), appendItem(nil, &last.item, place{})...)
		return c.contents.Add(lastKey, value)
	}
	for r, err := range byContent.Sorted() {
		it, _, err2 := parseItem(r.Value)
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		key := contentKey(&it)
		if !bytes.Equal(last.id, r.Key) {
			if err := flush(); err != nil {
				return err
			}
			last, lastKey = content{bytes.Clone(r.Key), it}, key
			continue
		}
		c.sum.Duplicates++
		if bytes.Compare(key, lastKey) < 0 {
			last.item, lastKey = it, key
		}
	}
	return flush()
}

// eachContent yields what is to be stored with its place, in order.
func (c *creator) eachContent() iter.Seq2[placed, error] {
	return func(yield func(placed, error) bool) {
		p := placer{search: c.searches()}
		for r, err := range c.contents.Sorted() {
			d := &decoder{b: r.Value}
			id := d.text(1 << 20)
			it, _, err2 := parseItem(d.b)
			if err := errors.Join(err, err2); err != nil {
				yield(placed{}, err)
				return
			}
			at := p.place(&it)
			if !yield(placed{content: content{[]byte(id), it}, place: at, own: p.own}, nil) {
				return
			}
		}
	}
}

type placed struct {
	content
	place place
	own   bool   // it has a member of its own
	data  []byte // where it was fetched ahead

	subjects []subject // who has this content, while it is indexed
}

func (c *creator) placeContents(places sorter) error {
	c.memberCount = 1 // there is one even where there is nothing to hold
	for p, err := range c.eachContent() {
		if err != nil {
			return err
		}
		b := be.AppendUint32(nil, p.place.member)
		b = be.AppendUint32(be.AppendUint32(b, p.place.block), p.place.offset)
		if err := places.Add(p.id, b); err != nil {
			return err
		}
		c.unique += p.item.Size
		c.memberCount = p.place.member + 1
		if classOf(&p.item) == classText {
			c.searchMember = c.memberCount
		}
	}
	if c.searches() {
		c.memberCount = max(c.memberCount, c.searchMember+1)
	}
	return nil
}

// join gives every item the place of its content, and sorts by the default order.
func join(byContent, places, entries sorter) error {
	next, stop := iter.Pull2(places.Sorted())
	defer stop()
	at, err, ok := next()
	for r, err2 := range byContent.Sorted() {
		for ok && err == nil && bytes.Compare(at.Key, r.Key) < 0 {
			at, err, ok = next()
		}
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		if !ok || !bytes.Equal(at.Key, r.Key) {
			return errors.New("bundle: internal error: content without a place")
		}
		it, _, err := parseItem(r.Value)
		if err != nil {
			return err
		}
		p := place{be.Uint32(at.Value), be.Uint32(at.Value[4:]), be.Uint32(at.Value[8:])}
		if err := entries.Add(orderKey(&it), appendItem(nil, &it, p)); err != nil {
			return err
		}
	}
	return nil
}
