package bundle

import (
	"crypto/sha256"
	"errors"
	"fmt"
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

// load returns the verified, decompressed bytes of a block. Errors wrap
// ErrDamaged, ErrMissing or ErrFormat.
func (r *Reader) load(id blockID) ([]byte, error) {
	m, err := r.member(id.member)
	if err != nil {
		return nil, err
	}
	b, err := r.blockInfo(m, id)
	if err != nil {
		return nil, err
	}
	buf, err := r.stored(m, &b, make([]byte, b.stored))
	if err != nil {
		return nil, fmt.Errorf("block %d of %s: %w", id.block, m.name, err)
	}
	if !m.packed {
		return buf, nil
	}
	raw, err := zframe.Decode(buf, b.raw)
	if err != nil {
		return nil, fmt.Errorf("%w: block %d of %s: %w", ErrFormat, id.block, m.name, err)
	}
	return raw, nil
}

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
// at the same time wait for one reading of it.
type blockCache struct {
	mu     sync.Mutex
	blocks map[blockID]*cachedBlock
	clock  int64
	size   int
}

type cachedBlock struct {
	ready chan struct{} // closed when data or err is there
	data  []byte
	err   error
	used  int64
}

func newBlockCache() *blockCache { return &blockCache{blocks: map[blockID]*cachedBlock{}} }

// get returns the block from the cache, or has it loaded.
func (c *blockCache) get(id blockID, load func(blockID) ([]byte, error)) ([]byte, error) {
	c.mu.Lock()
	c.clock++
	if e := c.blocks[id]; e != nil {
		e.used = c.clock
		c.mu.Unlock()
		<-e.ready
		return e.data, e.err
	}
	e := &cachedBlock{ready: make(chan struct{}), used: c.clock, err: errors.New("block not loaded")}
	c.blocks[id] = e
	c.mu.Unlock()
	defer close(e.ready)
	data, err := load(id)
	c.settle(id, e, data, err)
	return data, err
}

// settle enters a loaded block and drops the ones unused for longest. A failure is
// not kept: the stick may be put back in.
func (c *blockCache) settle(id blockID, e *cachedBlock, data []byte, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.data, e.err = data, err; err != nil {
		delete(c.blocks, id)
		return
	}
	c.size += cap(data) + cacheEntry
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
		c.size -= cap(c.blocks[oldest].data) + cacheEntry
		delete(c.blocks, oldest)
	}
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
