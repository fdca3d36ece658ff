package bundle

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"

	"satchel/bundle/internal/zframe"
)

// This file is the one place where stored bytes become bytes to show: they are
// read once, hashed, and the very buffer that was hashed is then decompressed or
// handed on.

// A blockID names a block.
type blockID struct{ member, block uint32 }

// member returns what the index says of a member.
func (r *Reader) member(n uint32) (*member, error) {
	if m := r.members.get(n); m != nil {
		return m, nil
	}
	value, ok, err := r.get(memberKey(n))
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("%w: no member %d", ErrFormat, n)
	}
	m, err := parseMember(value)
	if err != nil {
		return nil, err
	}
	r.members.put(n, &m)
	return &m, nil
}

// blockInfo returns the line of the block table for a block of m.
func (r *Reader) blockInfo(m *member, id blockID) (block, error) {
	lines, err := r.blockLines(m, id)
	if err != nil {
		return block{}, err
	}
	return lines[0], nil
}

// blockLines returns the line for a block of m and those behind it in its entry of the
// block table: at least one.
func (r *Reader) blockLines(m *member, id blockID) ([]block, error) {
	if id.block >= m.blocks {
		return nil, fmt.Errorf("%w: %q has no block %d", ErrFormat, m.name, id.block)
	}
	first := id.block / blocksPerKey * blocksPerKey
	value, ok, err := r.get(blocksKey(id.member, first))
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("%w: block table of %q", ErrFormat, m.name)
	}
	blocks, err := parseBlocks(m, first, value)
	if err != nil {
		return nil, err
	}
	return blocks[id.block-first:], nil
}

// load returns the verified, decompressed bytes of a block, in a buffer that room gives.
// Errors wrap ErrDamaged, ErrMissing or ErrFormat.
func (r *Reader) load(id blockID, room func(size int) []byte) ([]byte, error) {
	m, err := r.member(id.member)
	if err != nil {
		return nil, err
	}
	b, err := r.blockInfo(m, id)
	if err != nil {
		return nil, err
	}
	data, err := r.loadBlock(m, &b, room)
	if err != nil {
		return nil, fmt.Errorf("block %d of %s: %w", id.block, m.name, err)
	}
	return data, nil
}

func (r *Reader) loadBlock(m *member, b *block, room func(size int) []byte) ([]byte, error) {
	if !m.packed {
		return r.stored(m, b, room(b.stored))
	}
	frame := packedBlocks.Get().(*[]byte)
	defer packedBlocks.Put(frame)
	*frame = slices.Grow((*frame)[:0], b.stored)[:b.stored]
	if _, err := r.stored(m, b, *frame); err != nil {
		return nil, err
	}
	raw, err := zframe.Decode(room(b.raw), *frame, b.raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return raw, nil
}

// loadBegin returns the first size bytes of a frame, verified as a whole, or nil where that would spare little.
func (r *Reader) loadBegin(id blockID, size int64) ([]byte, error) {
	m, err := r.member(id.member)
	if err != nil || !m.packed {
		return nil, err
	}
	b, err := r.blockInfo(m, id)
	if err != nil || size > int64(b.raw)*3/4 {
		return nil, err
	}
	frame := packedBlocks.Get().(*[]byte)
	defer packedBlocks.Put(frame)
	*frame = slices.Grow((*frame)[:0], b.stored)[:b.stored]
	if _, err := r.stored(m, &b, *frame); err != nil {
		return nil, fmt.Errorf("block %d of %s: %w", id.block, m.name, err)
	}
	raw, err := zframe.Begin(nil, *frame, int(size))
	if err != nil {
		return nil, fmt.Errorf("block %d of %s: %w: %w", id.block, m.name, ErrFormat, err)
	}
	return raw, nil
}

// packedBlocks are buffers for blocks as they lie.
var packedBlocks = sync.Pool{New: func() any { return new([]byte) }}

// stored reads a block as it lies into buf, which has its size, and checks it.
func (r *Reader) stored(m *member, b *block, buf []byte) ([]byte, error) {
	at := headSize + r.manifest.index.size + m.offset
	n, err := readAt(r.store.file(m.name, at, m.size), buf, b.offset)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrMissing, err)
	case n < len(buf):
		return nil, ErrMissing
	case sha256.Sum256(buf) != b.sum:
		return nil, ErrDamaged
	}
	return buf, nil
}

// cacheBytes bounds what a Reader keeps of decompressed blocks. Each counts for
// cacheEntry bytes more: millions of blocks of a byte would be more than their bytes, and
// take ever longer to search for the oldest.
const (
	cacheBytes = 32 << 20
	cacheEntry = 64 << 10
)

// A blockCache keeps the blocks used last, and lets those who want the same block
// at the same time wait for one reading of it. What drops out lends its buffer to what
// comes: pages of a large bundle mostly lie in frames that are not kept.
type blockCache struct {
	mu     sync.Mutex
	blocks map[blockID]*cachedBlock
	clock  int64
	size   int
	spare  [][]byte // buffers that nobody uses, at most maxSpare
}

// Buffers that are lent are few, and their sizes multiples of roomUnit, so that they fit
// what comes: frames are cut where an item ends.
const (
	maxSpare = 4
	roomUnit = 256 << 10
)

// A cachedBlock is a block that somebody reads, or may want again.
type cachedBlock struct {
	cache *blockCache   // nil for a block that is in none
	ready chan struct{} // closed when data or err is there
	data  []byte
	err   error
	used  int64
	users int  // who has it and has not released it
	gone  bool // out of the cache
}

func newBlockCache() *blockCache { return &blockCache{blocks: map[blockID]*cachedBlock{}} }

// get returns the block from the cache, or has it loaded. Whoever gets one releases it.
func (c *blockCache) get(id blockID, load func(blockID, func(int) []byte) ([]byte, error)) (*cachedBlock, error) {
	c.mu.Lock()
	c.clock++
	b := c.blocks[id]
	if b != nil {
		b.used = c.clock
		b.users++
		c.mu.Unlock()
		<-b.ready
		if b.err != nil {
			return nil, b.err
		}
		return b, nil
	}
	b = &cachedBlock{cache: c, ready: make(chan struct{}), used: c.clock, users: 1}
	c.blocks[id] = b
	c.mu.Unlock()
	data, err := []byte(nil), errNotLoaded // also for those who wait, should load panic
	defer func() {
		c.settle(id, b, data, err)
		close(b.ready)
	}()
	if data, err = load(id, c.room); err != nil {
		return nil, err
	}
	return b, nil
}

var errNotLoaded = errors.New("block not loaded")

// settle counts a block that was loaded and drops the ones unused for longest. A failure
// is not kept: the stick may be put back in.
func (c *blockCache) settle(id blockID, b *cachedBlock, data []byte, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if b.data, b.err = data, err; err != nil {
		delete(c.blocks, id)
		return
	}
	c.size += cap(b.data) + cacheEntry
	for c.size > cacheBytes && len(c.blocks) > 1 {
		oldest, found := blockID{}, false
		for k, other := range c.blocks {
			if k != id && other.data != nil && (!found || other.used < c.blocks[oldest].used) {
				oldest, found = k, true
			}
		}
		if !found {
			return
		}
		c.drop(oldest)
	}
}

func (c *blockCache) drop(id blockID) {
	b := c.blocks[id]
	delete(c.blocks, id)
	c.size -= cap(b.data) + cacheEntry
	b.gone = true
	c.reuse(b)
}

// reuse keeps the buffer of a block that is out of the cache and in nobody's hands.
func (c *blockCache) reuse(b *cachedBlock) {
	if b.gone && b.users == 0 && len(c.spare) < maxSpare {
		c.spare = append(c.spare, b.data)
		b.data = nil
	}
}

// has says whether a block is at hand, or about to be.
func (c *blockCache) has(id blockID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.blocks[id] != nil
}

// room returns a buffer for a block of this size: a spare one, if it is not much too large.
func (c *blockCache) room(size int) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, b := range c.spare {
		if cap(b) >= size && cap(b)/2 <= size {
			c.spare = slices.Delete(c.spare, i, i+1)
			return b[:size]
		}
	}
	return make([]byte, size, (size+roomUnit-1)/roomUnit*roomUnit)
}

// release gives a block back. Its bytes must not be used any more.
func (b *cachedBlock) release() {
	c := b.cache
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	b.users--
	c.reuse(b)
}

// A memberCache keeps members that were looked up.
type memberCache struct {
	mu sync.Mutex
	m  map[uint32]*member
}

func (c *memberCache) get(n uint32) *member {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.m[n]
}

func (c *memberCache) put(n uint32, m *member) {
	c.mu.Lock()
	defer c.mu.Unlock()
	const most = 1024
	if c.m == nil || len(c.m) >= most {
		c.m = map[uint32]*member{}
	}
	c.m[n] = m
}
