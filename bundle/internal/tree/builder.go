package tree

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"satchel/bundle/internal/zframe"
)

// A Root is what must be trusted to trust a whole tree: the length and hash of
// its last page, and how long the tree is in all.
type Root struct {
	Size   int64    // bytes of all pages
	Length int      // bytes of the root page, which is the last
	Hash   [32]byte // SHA-256 of the root page as stored
}

// A Builder writes a tree from entries in ascending order, each page as soon as
// it is full: it holds one open page for each level.
type Builder struct {
	w      io.Writer
	leaf   int             // bytes of a leaf's body when it is full
	enc    *zframe.Encoder // nil: leaves are stored as they are
	size   int64
	levels []*open
	err    error // sticky

	newEncoder func(window int) *zframe.Encoder
}

// open is the page that a level is filling.
type open struct {
	first, last, body []byte
	keys              int // bytes of all keys in body
	total             int // entries ever added to this level
}

// NewBuilder returns a builder that writes to w a table of some entries, as far as that is known.
func NewBuilder(w io.Writer, entries int) *Builder {
	b := &Builder{w: w, leaf: leafBody, levels: []*open{{}}, newEncoder: zframe.NewEncoder}
	if entries > manyEntries {
		b.leaf = smallLeaf
	}
	return b
}

// NewQuickBuilder is NewBuilder for a table of very many pages, which are compressed in a third of the time.
func NewQuickBuilder(w io.Writer, entries int) *Builder {
	b := NewBuilder(w, entries)
	b.newEncoder = zframe.NewQuickEncoder
	return b
}

// Section ends the current page and says whether the leaves from here on are
// compressed. Stored leaves have a length that depends on the lengths of their
// keys and values alone, which lets a caller know the size of a tree before the
// hashes in it.
func (b *Builder) Section(compress bool) {
	b.flush(0)
	switch {
	case !compress:
		b.enc = nil // it holds 40 MB
	case b.enc == nil:
		b.enc = b.newEncoder(64 << 10)
	}
}

// Add appends an entry. Keys must ascend; a key that repeats is ErrOrder.
func (b *Builder) Add(key, value []byte) error {
	if b.err == nil && (len(key) == 0 || len(key) > MaxKey || len(value) > MaxValue) {
		b.err = fmt.Errorf("tree: internal error: entry of %d + %d bytes", len(key), len(value))
	}
	b.add(0, key, value)
	return b.err
}

// ErrOrder says that a key does not come after the one before it.
var ErrOrder = errors.New("keys do not ascend")

func (b *Builder) add(level int, key, value []byte) {
	if b.err != nil {
		return
	}
	if level == len(b.levels) {
		b.levels = append(b.levels, &open{})
	}
	o := b.levels[level]
	if o.total > 0 && bytes.Compare(o.last, key) >= 0 {
		b.err = fmt.Errorf("%w: %q", ErrOrder, key)
		return
	}
	prev := o.last
	if len(o.body) == 0 {
		o.first = append(o.first[:0], key...)
		prev = nil
	}
	o.body = appendEntry(o.body, prev, key, value)
	o.last = append(o.last[:0], key...)
	o.keys += len(key)
	o.total++
	full := innerBody
	if level == 0 {
		full = b.leaf
	}
	if len(o.body) >= full || o.keys > maxKeys-MaxKey {
		b.flush(level)
	}
}

// flush writes the open page of a level and enters it in the level above.
func (b *Builder) flush(level int) {
	if b.err != nil || len(b.levels[level].body) == 0 {
		return
	}
	o := b.levels[level]
	c := b.write(level, o.body)
	o.body, o.keys = o.body[:0], 0
	b.add(level+1, o.first, c.append(nil))
}

func (b *Builder) write(level int, body []byte) ref {
	stored := append([]byte{byte(level)}, body...)
	if level == 0 && b.enc != nil {
		packed := appendUvarint([]byte{flagZstd}, len(body))
		if packed = b.enc.Encode(packed, body); len(packed) < len(stored) {
			stored = packed
		}
	}
	c := ref{b.size, len(stored), sha256.Sum256(stored)}
	b.size += int64(len(stored))
	if b.w != nil {
		_, b.err = b.w.Write(stored)
	}
	return c
}

// Finish writes the pages still open, the root last.
func (b *Builder) Finish() (Root, error) {
	for level := 0; level < len(b.levels); level++ {
		top := level == len(b.levels)-1
		if top && b.isRoot(level) {
			c := b.write(level, b.levels[level].body)
			return Root{b.size, c.length, c.hash}, b.err
		}
		b.flush(level)
	}
	return Root{}, b.err
}

// isRoot says that everything lies in the one open page of the level.
func (b *Builder) isRoot(level int) bool {
	return b.err == nil && (level > 0 || len(b.levels) == 1)
}

// Size returns how long the tree would be if the builder were fed by add and
// finished. The builder itself does not change.
func (b *Builder) Size(add func(*Builder) error) (int64, error) {
	trial := &Builder{leaf: b.leaf, enc: b.enc, size: b.size, err: b.err}
	for _, o := range b.levels {
		trial.levels = append(trial.levels, &open{
			first: bytes.Clone(o.first), last: bytes.Clone(o.last),
			body: bytes.Clone(o.body), keys: o.keys, total: o.total,
		})
	}
	if err := add(trial); err != nil {
		return 0, err
	}
	root, err := trial.Finish()
	return root.Size, err
}

func appendUvarint(b []byte, v int) []byte {
	for v >= 0x80 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v))
}
