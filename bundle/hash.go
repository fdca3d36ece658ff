package bundle

import (
	"crypto/sha256"
	"hash"
	"hash/crc32"
	"io"
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

// A blockHasher hashes what passes through it in blocks of storedBlock bytes and
// as a whole, the two at the same time.
type blockHasher struct {
	w     io.Writer
	flat  *digester
	sums  [][32]byte
	block []byte
}

func newBlockHasher(w io.Writer) *blockHasher {
	return &blockHasher{w: w, flat: newDigester(), block: make([]byte, 0, storedBlock)}
}

func (h *blockHasher) Write(p []byte) (n int, err error) {
	for n < len(p) {
		k := min(len(p)-n, storedBlock-len(h.block))
		h.block = append(h.block, p[n:n+k]...)
		n += k
		if len(h.block) == storedBlock {
			if err := h.flush(); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

// flush hashes and writes the block that is filling.
func (h *blockHasher) flush() error {
	if len(h.block) == 0 {
		return nil
	}
	flat := make(chan struct{})
	go func() {
		h.flat.Write(h.block)
		close(flat)
	}()
	h.sums = append(h.sums, sha256.Sum256(h.block))
	_, err := h.w.Write(h.block)
	<-flat
	h.block = h.block[:0]
	return err
}
