package bundle

import (
	"bytes"
	"errors"
	"sync"
	"testing"
)

// TestCacheLendsNoBufferTwice: blocks that several hold, while others come and go, keep
// their bytes until they are released.
func TestCacheLendsNoBufferTwice(t *testing.T) {
	t.Parallel()
	const size, ids = 1 << 20, 100
	c := newBlockCache()
	load := func(id blockID, room func(int) []byte) ([]byte, error) {
		if id.block%17 == 16 {
			return nil, ErrDamaged
		}
		b := room(size)
		for i := 0; i < size; i += 4096 {
			b[i] = byte(id.block)
		}
		return b, nil
	}
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 200 {
				id := blockID{0, uint32(i*(w+3)+w) % ids}
				b, err := c.get(id, load)
				if errors.Is(err, ErrDamaged) != (id.block%17 == 16) {
					t.Errorf("block %d: %v", id.block, err)
				}
				if err != nil {
					continue
				}
				for j := 0; j < size; j += 4096 {
					if b.data[j] != byte(id.block) {
						t.Fatalf("block %d holds the bytes of block %d", id.block, b.data[j])
					}
				}
				b.release()
			}
		})
	}
	wg.Wait()
	if c.size > cacheBytes || len(c.spare) > maxSpare {
		t.Errorf("%d bytes are kept, and %d spare buffers", c.size, len(c.spare))
	}
}

// TestCacheAfterPanic: a block whose loading panics can be asked for again.
func TestCacheAfterPanic(t *testing.T) {
	t.Parallel()
	c := newBlockCache()
	func() {
		defer func() { recover() }()
		c.get(blockID{}, func(blockID, func(int) []byte) ([]byte, error) { panic("a fault") })
	}()
	b, err := c.get(blockID{}, func(_ blockID, room func(int) []byte) ([]byte, error) {
		return append(room(0), "whole"...), nil
	})
	if err != nil || !bytes.Equal(b.data, []byte("whole")) {
		t.Errorf("the second time: %+v, %v", b, err)
	}
}
