package bundle

import (
	"crypto/sha256"
	"hash"
	"hash/crc32"
	"io"
	"sync"
	"sync/atomic"
)

// A digester makes the flat digest of a file as it is written or read.
type digester struct {
	sum  hash.Hash
	crc  uint32
	size int64
}

func newDigester() *digester { return &digester{sum: sha256.New()} }

func (d *digester) Write(p []byte) (int, error) {
	d.sum.Write(p)
	d.crc = crc32.Update(d.crc, crc32.IEEETable, p)
	d.size += int64(len(p))
	return len(p), nil
}

func (d *digester) digest() (g digest) {
	g.size, g.crc = d.size, d.crc
	d.sum.Sum(g.sum[:0])
	return g
}

func digestOf(b []byte) digest {
	d := newDigester()
	d.Write(b)
	return d.digest()
}

// A blockHasher hashes what passes through it in blocks of storedBlock bytes and as a whole. The flat
// hash, the hashes of blocks with the writing, and who fills the blocks go on side by side, a few
// blocks apart.
type blockHasher struct {
	w     io.Writer
	flat  *digester
	sums  [][32]byte
	block *sharedBlock // that is filling, or nil

	free           chan *sharedBlock
	toFlat, toDisk chan *sharedBlock
	ends           sync.WaitGroup

	mu  sync.Mutex
	err error // of w, the first
}

// A sharedBlock is given back when both have done with it.
type sharedBlock struct {
	data []byte
	left atomic.Int32
}

// blocksAhead is how many blocks are under way.
const blocksAhead = 6

func newBlockHasher(w io.Writer) *blockHasher {
	h := &blockHasher{
		w: w, flat: newDigester(), free: make(chan *sharedBlock, blocksAhead),
		toFlat: make(chan *sharedBlock, blocksAhead), toDisk: make(chan *sharedBlock, blocksAhead),
	}
	for range blocksAhead {
		h.free <- &sharedBlock{}
	}
	h.ends.Go(func() {
		for b := range h.toFlat {
			h.flat.Write(b.data)
			h.release(b)
		}
	})
	h.ends.Go(func() {
		for b := range h.toDisk {
			h.sums = append(h.sums, sha256.Sum256(b.data))
			h.write(b.data)
			h.release(b)
		}
	})
	return h
}

func (h *blockHasher) release(b *sharedBlock) {
	if b.left.Add(-1) == 0 {
		h.free <- b
	}
}

func (h *blockHasher) write(data []byte) {
	if h.failed() != nil {
		return
	}
	_, err := h.w.Write(data)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.err = err
}

func (h *blockHasher) failed() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.err
}

// room is what can be filled of the block that is filling.
func (h *blockHasher) room() []byte {
	if h.block == nil {
		h.block = <-h.free
		if h.block.data == nil {
			h.block.data = make([]byte, 0, storedBlock)
		}
		h.block.data = h.block.data[:0]
	}
	return h.block.data[len(h.block.data):storedBlock]
}

// filled says that n more bytes are in the block that is filling.
func (h *blockHasher) filled(n int) {
	h.block.data = h.block.data[:len(h.block.data)+n]
	if len(h.block.data) == storedBlock {
		h.pass()
	}
}

// pass hands the block on.
func (h *blockHasher) pass() {
	h.block.left.Store(2)
	h.toFlat <- h.block
	h.toDisk <- h.block
	h.block = nil
}

// Write fails with the error of an earlier write, too.
func (h *blockHasher) Write(p []byte) (n int, err error) {
	for n < len(p) {
		k := copy(h.room(), p[n:])
		h.filled(k)
		n += k
	}
	return n, h.failed()
}

// ReadFrom reads into the very blocks that are hashed and written.
func (h *blockHasher) ReadFrom(r io.Reader) (n int64, err error) {
	for {
		k, err := r.Read(h.room())
		h.filled(k)
		n += int64(k)
		switch {
		case err == io.EOF:
			return n, h.failed()
		case err != nil:
			return n, err
		}
		if err := h.failed(); err != nil {
			return n, err
		}
	}
}

// close hands on the last block and waits until all is hashed and written. Nothing may be written
// after it.
func (h *blockHasher) close() error {
	if h.block != nil && len(h.block.data) > 0 {
		h.pass()
	}
	close(h.toFlat)
	close(h.toDisk)
	h.ends.Wait()
	return h.err
}
