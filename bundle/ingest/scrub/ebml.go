package scrub

import (
	"encoding/binary"
	"iter"
	"math"
)

// EBML (RFC 8794): elements of an identifier, a size and a body, which may be elements.

const (
	ebmlVoidID  = 0xEC
	ebmlCRCID   = 0xBF
	ebmlUnknown = -1 // the size of an element that goes on until one comes that cannot be in it
	maxEBMLHead = 12
	maxEBMLDeep = 16
)

// An ebmlSchema has the elements that stay in an element, and what stays in them; nil is a value.
type ebmlSchema map[uint32]ebmlSchema

// ebmlValues returns a schema of values.
func ebmlValues(ids ...uint32) ebmlSchema {
	s := ebmlSchema{}
	for _, id := range ids {
		s[id] = nil
	}
	return s
}

// with adds an element with elements in it.
func (s ebmlSchema) with(id uint32, inside ebmlSchema) ebmlSchema {
	s[id] = inside
	return s
}

// ebmlHead reads the head of an element; size is ebmlUnknown where it says so.
func ebmlHead(b []byte) (id uint32, head int, size int64, ok bool) {
	idLen := ebmlLen(b)
	if idLen == 0 || idLen > 4 || len(b) <= idLen {
		return 0, 0, 0, false
	}
	for _, c := range b[:idLen] {
		id = id<<8 | uint32(c)
	}
	b = b[idLen:]
	n := ebmlLen(b)
	if n == 0 || len(b) < n {
		return 0, 0, 0, false
	}
	value := uint64(b[0]) &^ (0x80 >> (n - 1))
	for _, c := range b[1:n] {
		value = value<<8 | uint64(c)
	}
	if value == 1<<(7*n)-1 {
		return id, idLen + n, ebmlUnknown, true
	}
	return id, idLen + n, int64(value), true
}

// ebmlLen is how many bytes a number has that begins with b, 0 for one that is none.
func ebmlLen(b []byte) int {
	for n := 1; len(b) > 0 && n <= 8; n++ {
		if b[0]&(0x80>>(n-1)) != 0 {
			return n
		}
	}
	return 0
}

// An ebmlElement is an element in memory.
type ebmlElement struct {
	id        uint32
	all, body []byte
}

// ebmlEach goes over the elements in b. It ends with a broken one, and ok is false then.
func ebmlEach(b []byte) iter.Seq2[ebmlElement, bool] {
	return func(yield func(ebmlElement, bool) bool) {
		for len(b) > 0 {
			id, head, size, ok := ebmlHead(b)
			if !ok || size < 0 || size > int64(len(b)-head) {
				yield(ebmlElement{}, false)
				return
			}
			end := head + int(size)
			if !yield(ebmlElement{id, b[:end:end], b[head:end:end]}, true) {
				return
			}
			b = b[end:]
		}
	}
}

// ebmlFind returns the value of the first element of a kind.
func ebmlFind(b []byte, path ...uint32) []byte {
	for e, ok := range ebmlEach(b) {
		if ok && e.id == path[0] {
			if len(path) == 1 {
				return e.body
			}
			return ebmlFind(e.body, path[1:]...)
		}
	}
	return nil
}

// ebmlUint is an unsigned number, 0 where there is none.
func ebmlUint(b []byte) (n uint64) {
	for _, c := range b[max(0, len(b)-8):] {
		n = n<<8 | uint64(c)
	}
	return n
}

func ebmlFloat(b []byte) float64 {
	switch len(b) {
	case 4:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
	case 8:
		return math.Float64frombits(binary.BigEndian.Uint64(b))
	}
	return 0
}

// ebmlVoid makes an element of zeros out of another, of the same length.
func ebmlVoid(all []byte) {
	clear(all)
	copy(all, ebmlVoidHead(int64(len(all))))
}

// ebmlVoidHead is the head of a Void that is n bytes long with it.
func ebmlVoidHead(n int64) []byte {
	if n-2 < 127 {
		return []byte{ebmlVoidID, 0x80 | byte(n-2)}
	}
	head := binary.BigEndian.AppendUint64([]byte{ebmlVoidID}, uint64(n-9))
	head[1] = 1
	return head
}

// ebmlReduce makes Voids of what is not in a schema, of check sums, and of Voids.
func ebmlReduce(b []byte, schema ebmlSchema, depth int, gone func(ebmlElement)) error {
	if depth > maxEBMLDeep {
		return limitf("elements deeper than %d", maxEBMLDeep)
	}
	for e, ok := range ebmlEach(b) {
		if !ok {
			return brokenf("an element is longer than the one around it")
		}
		inside, stays := schema[e.id]
		switch {
		case !stays:
			gone(e)
			ebmlVoid(e.all)
		case inside != nil:
			if err := ebmlReduce(e.body, inside, depth+1, gone); err != nil {
				return err
			}
		}
	}
	return nil
}
