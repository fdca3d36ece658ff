package bundle

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sync/atomic"
)

// A DamageError says which item could not be read, and why: it wraps ErrDamaged,
// ErrMissing or ErrFormat.
type DamageError struct {
	Path string
	Err  error
}

func (e *DamageError) Error() string { return fmt.Sprintf("%q: %v", clip(e.Path), e.Err) }

// Unwrap returns the cause.
func (e *DamageError) Unwrap() error { return e.Err }

// Content reads one item. Every byte comes out of a block that was verified in
// the buffer it is copied from. It implements io.ReadSeeker and io.ReaderAt; ReadAt
// may be called by several goroutines at once.
type Content struct {
	r     *Reader
	entry Entry
	pos   int64
	own   keptBlock // of a large stored item: not worth a place in the cache
	ahead *aheadBlock
	// near is where the latest read was. Without it, a read far into an item would
	// count its frames from the first again.
	near atomic.Pointer[landmark]
}

// A landmark says that the byte off of an item is the first of a block.
type landmark struct {
	off   int64 // below 0 for the block that the item begins in
	place place
}

// keptBlock is the block that a sequential reader is in.
type keptBlock struct {
	id    blockID
	valid bool
	block cachedBlock
}

// An aheadBlock is the block behind the one that a sequential reader is in. It is read and checked
// while that one is on its way.
type aheadBlock struct {
	id   blockID
	data []byte
	err  error
	done chan struct{}
}

// Content returns the content of an item that this Reader returned.
func (r *Reader) Content(e Entry) *Content { return &Content{r: r, entry: e} }

// Size returns the item's size in bytes, as signed.
func (c *Content) Size() int64 { return c.entry.Size }

// Read reads on. It fails with a *DamageError at the first block that does not
// hold.
func (c *Content) Read(p []byte) (int, error) {
	if c.pos >= c.entry.Size {
		return 0, io.EOF
	}
	n, err := c.readAt(p, c.pos, c.kept)
	c.pos += int64(n)
	if n > 0 && errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

// ReadAt reads len(p) bytes from off, or fails with io.EOF at the end of the item
// or a *DamageError.
func (c *Content) ReadAt(p []byte, off int64) (int, error) {
	return c.readAt(p, off, c.r.cachedBlock)
}

// Seek sets where Read goes on.
func (c *Content) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += c.pos
	case io.SeekEnd:
		offset += c.entry.Size
	}
	if offset < 0 || whence < io.SeekStart || whence > io.SeekEnd {
		return 0, fmt.Errorf("seek in %q: %w", clip(c.entry.Path), fs.ErrInvalid)
	}
	c.pos = offset
	return offset, nil
}

func (r *Reader) cachedBlock(id blockID) (*cachedBlock, error) { return r.blocks.get(id, r.load) }

// kept is cachedBlock for one who reads through a long item.
func (c *Content) kept(id blockID) (*cachedBlock, error) {
	if c.entry.Size <= storedBlock {
		return c.r.cachedBlock(id)
	}
	if c.own.valid && c.own.id == id {
		return &c.own.block, nil
	}
	m, err := c.r.member(id.member)
	if err != nil || m.packed {
		return c.r.cachedBlock(id)
	}
	last := c.own
	c.own.valid = false
	onwards := last.valid && last.id.member == id.member && last.id.block+1 == id.block
	data, err := c.next(id, onwards, last.block.data)
	if err != nil {
		return nil, err
	}
	c.own = keptBlock{id, true, cachedBlock{data: data}}
	if onwards && id.block+1 < m.blocks {
		c.readAhead(blockID{id.member, id.block + 1}, last.block.data)
	}
	return &c.own.block, nil
}

// next returns the block that was read ahead, where it is the one that is wanted, and else reads it,
// into the memory of the last one unless that is to be read ahead into.
func (c *Content) next(id blockID, onwards bool, last []byte) ([]byte, error) {
	ahead := c.ahead
	c.ahead = nil
	if ahead != nil && ahead.id == id {
		<-ahead.done
		return ahead.data, ahead.err
	}
	if onwards {
		last = nil
	}
	return c.r.load(id, intoMemory(last))
}

// readAhead begins to read a block. Nobody has to wait for it: it ends by itself.
func (c *Content) readAhead(id blockID, memory []byte) {
	ahead := &aheadBlock{id: id, done: make(chan struct{})}
	c.ahead = ahead
	go func() {
		defer close(ahead.done)
		ahead.data, ahead.err = c.r.load(id, intoMemory(memory))
	}()
}

// intoMemory gives memory that is there already, where it is large enough.
func intoMemory(memory []byte) func(size int) []byte {
	return func(size int) []byte { return slices.Grow(memory[:0], size)[:size] }
}

func (c *Content) readAt(p []byte, off int64, get func(blockID) (*cachedBlock, error)) (n int, err error) {
	switch {
	case off < 0:
		return 0, fmt.Errorf("read %q: %w", clip(c.entry.Path), fs.ErrInvalid)
	case off >= c.entry.Size:
		return 0, io.EOF
	}
	want := min(int64(len(p)), c.entry.Size-off)
	for int64(n) < want {
		k, err := c.copyAt(p[n:want], off+int64(n), get)
		if err != nil {
			return n, &DamageError{c.entry.Path, err}
		}
		n += k
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// copyAt copies from the block in which the item's byte off lies, at least one byte.
func (c *Content) copyAt(p []byte, off int64, get func(blockID) (*cachedBlock, error)) (int, error) {
	from, begun := c.entry.place, int64(0)
	if l := c.near.Load(); l != nil && l.off <= off {
		from, begun = l.place, l.off
	}
	id, within, err := c.r.locate(from, off-begun)
	if err != nil {
		return 0, err
	}
	c.near.Store(&landmark{off - within, place{id.member, id.block, 0}})
	b, err := get(id)
	if err != nil {
		return 0, err
	}
	defer b.release()
	if within >= int64(len(b.data)) {
		return 0, fmt.Errorf("%w: an item goes beyond its block", ErrFormat)
	}
	return copy(p, b.data[within:]), nil
}

// locate returns the block, and the place in it, of the byte off behind p.
func (r *Reader) locate(p place, off int64) (id blockID, within int64, err error) {
	m, err := r.member(p.member)
	if err != nil {
		return id, 0, err
	}
	id, within = blockID{p.member, p.block}, int64(p.offset)+off
	if !m.packed {
		n := int64(p.block) + within/storedBlock
		if n >= int64(m.blocks) {
			return id, 0, fmt.Errorf("%w: %q has no block %d", ErrFormat, m.name, n)
		}
		return blockID{p.member, uint32(n)}, within % storedBlock, nil
	}
	for {
		lines, err := r.blockLines(m, id)
		if err != nil {
			return id, 0, err
		}
		for _, b := range lines {
			if within < int64(b.raw) {
				return id, within, nil
			}
			within -= int64(b.raw)
			id.block++
		}
	}
}

// ReadItem returns the whole content of an item, verified to the last byte before
// the first is returned. An item larger than limit is refused.
func (r *Reader) ReadItem(e Entry, limit int64) ([]byte, error) {
	if e.Size > limit {
		return nil, fmt.Errorf("%q: %d bytes, more than the %d allowed here", clip(e.Path), e.Size, limit)
	}
	// The size is signed, yet a faulty writer may have signed nonsense: grow with
	// what is really there.
	var data []byte
	c := r.Content(e)
	for int64(len(data)) < e.Size {
		data = slices.Grow(data, int(min(e.Size-int64(len(data)), storedBlock)))
		n, err := c.copyAt(data[len(data):min(int64(cap(data)), e.Size)], int64(len(data)), r.cachedBlock)
		if err != nil {
			return nil, &DamageError{e.Path, err}
		}
		data = data[:len(data)+n]
	}
	return data, nil
}
