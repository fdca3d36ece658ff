package search

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
)

// A posting says that a term is in a document, and how much it tells of it: an impact from 1 to
// maxImpact.
type posting struct {
	doc    uint32
	impact uint8
}

const maxImpact = 16

// chunkBytes is how long the postings of one entry get; a list goes on in the next.
const chunkBytes = 31 << 10

// maxRice is the largest parameter of a Rice code: a gap has 32 bits.
const maxRice = 31

// allOnes stands for the parameter of impacts that are all 1, and are not written.
const allOnes = 32

var errIndex = errors.New("malformed search index")

// A chunk of postings is: uvarint number of postings ‖ one byte, Rice parameter of the gaps ‖ one byte,
// that of the impacts or allOnes ‖ bits, the highest of a byte first, filled up with zeros. A number n in a
// Rice code with parameter k is n>>k ones, a zero, and the k low bits of n. A posting is the
// number of documents between it and the one before (or the beginning), and its impact less 1.
//
// Rice codes are from R. F. Rice, Some Practical Universal Noiseless Coding Techniques, 1979.

// uvarint is binary.Uvarint for the one shortest spelling of a number.
func uvarint(b []byte) (uint64, int) {
	v, n := binary.Uvarint(b)
	if n > 1 && b[n-1] == 0 {
		return 0, 0
	}
	return v, n
}

// bitWriter appends bits to bytes.
type bitWriter struct {
	b    []byte
	free uint // bits of the last byte that are not used
}

func (w *bitWriter) bits(v uint64, n uint) {
	for n > 0 {
		if w.free == 0 {
			w.b, w.free = append(w.b, 0), 8
		}
		take := min(n, w.free)
		part := v >> (n - take) & (1<<take - 1)
		w.b[len(w.b)-1] |= byte(part << (w.free - take))
		w.free -= take
		n -= take
	}
}

func (w *bitWriter) rice(v uint32, k uint) {
	for q := v >> k; q > 0; {
		n := min(q, 32)
		w.bits(1<<n-1, uint(n))
		q -= n
	}
	w.bits(uint64(v)&(1<<k-1), k+1) // the zero is the bit above
}

// bitReader reads what a bitWriter wrote. Past the end, it reads zeros and sets over.
type bitReader struct {
	b    []byte
	buf  uint64 // the next bits, from the highest
	n    uint   // how many of buf are valid
	over bool
}

func (r *bitReader) fill() {
	if len(r.b) >= 8 && r.n <= 32 {
		r.buf |= uint64(binary.BigEndian.Uint32(r.b)) << (32 - r.n)
		r.b, r.n = r.b[4:], r.n+32
		return
	}
	for r.n <= 56 && len(r.b) > 0 {
		r.buf |= uint64(r.b[0]) << (56 - r.n)
		r.b, r.n = r.b[1:], r.n+8
	}
}

func (r *bitReader) take(n uint) uint64 {
	if r.n < n {
		if r.fill(); r.n < n {
			r.over = true
			return 0
		}
	}
	v := r.buf >> (64 - n)
	r.buf <<= n
	r.n -= n
	return v
}

// rice reads a number of at most 32 bits; more than that is over, too.
func (r *bitReader) rice(k uint) uint32 {
	var q uint64
	for {
		if r.n == 0 {
			if r.fill(); r.n == 0 {
				r.over = true
				return 0
			}
		}
		ones := min(uint(bits.LeadingZeros64(^r.buf)), r.n)
		r.buf <<= ones
		r.n -= ones
		if q += uint64(ones); q<<k > 1<<32-1 {
			r.over = true
			return 0
		}
		if r.n > 0 {
			break
		}
	}
	r.take(1)
	if k == 0 {
		return uint32(q)
	}
	return uint32(q<<k | r.take(k))
}

// appendPostings appends the chunk of as many postings as fit into chunkBytes, and returns how
// many those are. They ascend; base is 1 + the document before them.
func appendPostings(dst []byte, base uint32, list []posting) ([]byte, int) {
	n := min(len(list), 8*chunkBytes) // one bit each, at the least
	for {
		gaps, impacts := riceParameters(base, list[:n])
		if size := riceBits(base, list[:n], gaps, impacts) / 8; size > chunkBytes {
			n = max(1, int(uint64(n)*chunkBytes/size*31/32))
			continue
		}
		dst = binary.AppendUvarint(dst, uint64(n))
		dst = append(dst, byte(gaps), byte(impacts))
		w := bitWriter{b: dst}
		for _, p := range list[:n] {
			w.rice(p.doc-base, gaps)
			if impacts != allOnes {
				w.rice(uint32(p.impact)-1, impacts)
			}
			base = p.doc + 1
		}
		return w.b, n
	}
}

// riceParameters chooses what is about the best for a list: the logarithms of the means.
func riceParameters(base uint32, list []posting) (gaps, impacts uint) {
	last := list[len(list)-1].doc
	sum := 0
	for _, p := range list {
		sum += int(p.impact) - 1
	}
	n := uint64(len(list))
	between := uint64(last-base) + 1 - n
	gaps = uint(bits.Len64(between * 7 / 10 / n))
	if sum == 0 && n >= 64 { // short lists compress better when they are all alike
		return gaps, allOnes
	}
	return gaps, uint(bits.Len64(uint64(sum) * 7 / 10 / n))
}

func riceBits(base uint32, list []posting, gaps, impacts uint) (n uint64) {
	for _, p := range list {
		n += uint64((p.doc-base)>>gaps) + uint64(gaps) + 1
		if impacts != allOnes {
			n += uint64((uint(p.impact)-1)>>impacts) + uint64(impacts) + 1
		}
		base = p.doc + 1
	}
	return n
}

// postings reads a chunk.
type postings struct {
	r             bitReader
	left          uint64
	gaps, impacts uint
	next          uint64 // 1 + the document before
	end           uint32 // no document is above it
}

// newPostings begins to read a chunk whose documents follow base - 1.
func newPostings(chunk []byte, base uint32) (p postings, err error) {
	count, n := uvarint(chunk)
	if n <= 0 || len(chunk) < n+2 || count == 0 || count > uint64(len(chunk)-n-2)*8 {
		return p, fmt.Errorf("%w: postings cut off", errIndex)
	}
	p.left, p.gaps, p.impacts, p.next, p.end = count, uint(chunk[n]), uint(chunk[n+1]), uint64(base), 1<<32-1
	if p.gaps > maxRice || p.impacts > allOnes {
		return p, fmt.Errorf("%w: bad Rice parameter", errIndex)
	}
	p.r.b = chunk[n+2:]
	return p, nil
}

// read returns the next posting, and whether there is one.
func (p *postings) read() (posting, bool, error) {
	if p.left == 0 {
		return posting{}, false, nil
	}
	p.left--
	doc := p.next + uint64(p.r.rice(p.gaps))
	impact := uint32(0)
	if p.impacts != allOnes {
		impact = p.r.rice(p.impacts)
	}
	if p.r.over || doc > uint64(p.end) || impact >= maxImpact {
		return posting{}, false, fmt.Errorf("%w: bad posting", errIndex)
	}
	p.next = doc + 1
	return posting{uint32(doc), uint8(impact) + 1}, true, nil
}
