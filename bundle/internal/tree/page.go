package tree

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"sort"

	"satchel/bundle/internal/zframe"
)

// Limits of one page. A page is closed once its body reaches leafBody or innerBody, so
// a body is shorter than that plus one entry. They are chosen so that a look-up among a
// million items reads little more than one among a hundred; a reader takes bodies of up
// to maxBody.
const (
	leafBody  = 32 << 10
	smallLeaf = 16 << 10 // of a large table, where a look-up reads more pages
	innerBody = 4 << 10
	MaxKey    = 4 << 10
	MaxValue  = 32 << 10
	maxBody   = 32<<10 + MaxKey + MaxValue + 16
	maxStored = maxBody + 16
	maxLevel  = 7
	maxKeys   = 512 << 10 // of all keys in a page together
)

// manyEntries is how large a table is whose leaves are small.
const manyEntries = 50_000

// A stored page is one byte for its level (0 is a leaf) with a flag when the
// body is compressed, then the body, or its length as uvarint and a zstd frame.
const flagZstd = 0x80

// A page is the body of a verified page, taken apart.
type page struct {
	level   int
	entries []entry
	bytes   int // that it takes in memory
}

// entry is one key with its value; both lie in the page's own memory.
type entry struct{ key, value []byte }

// appendEntry front-codes key against the key before it in the page.
func appendEntry(body, prev, key, value []byte) []byte {
	shared := 0
	for shared < len(prev) && shared < len(key) && prev[shared] == key[shared] {
		shared++
	}
	body = binary.AppendUvarint(body, uint64(shared))
	body = binary.AppendUvarint(body, uint64(len(key)-shared))
	body = binary.AppendUvarint(body, uint64(len(value)))
	body = append(body, key[shared:]...)
	return append(body, value...)
}

var errPage = errors.New("malformed page")

// parsePage takes a stored page apart. The caller has checked its hash, so a
// failure means a faulty writer, not damage.
func parsePage(stored []byte) (*page, error) {
	if len(stored) == 0 {
		return nil, fmt.Errorf("%w: empty", errPage)
	}
	head, body := stored[0], stored[1:]
	level := int(head &^ flagZstd)
	if level > maxLevel {
		return nil, fmt.Errorf("%w: level %d", errPage, level)
	}
	if head&flagZstd != 0 {
		size, n := uvarint(body)
		if n <= 0 || size > maxBody {
			return nil, fmt.Errorf("%w: bad length", errPage)
		}
		raw, err := zframe.Decode(nil, body[n:], int(size))
		if err != nil {
			return nil, err
		}
		body = raw
	}
	if len(body) > maxBody {
		return nil, fmt.Errorf("%w: %d bytes", errPage, len(body))
	}
	entries, err := parseEntries(body)
	p := &page{level: level, entries: entries, bytes: len(body)}
	for _, e := range entries {
		p.bytes += len(e.key) + 48
	}
	return p, err
}

// parseEntries rebuilds the front-coded keys in one allocation that it sizes by
// a first walk over the body.
func parseEntries(body []byte) ([]entry, error) {
	count, keys, err := measure(body)
	if err != nil {
		return nil, err
	}
	entries := make([]entry, 0, count)
	arena := make([]byte, 0, keys)
	var prev []byte
	for len(body) > 0 {
		h, rest, _ := parseHead(body)
		start := len(arena)
		arena = append(arena, prev[:h.shared]...)
		arena = append(arena, rest[:h.suffix]...)
		key := arena[start:len(arena):len(arena)]
		if len(entries) > 0 && !follows(prev, key, h.shared) {
			return nil, fmt.Errorf("%w: keys out of order", errPage)
		}
		end := h.suffix + h.value
		entries = append(entries, entry{key, rest[h.suffix:end:end]})
		prev, body = key, rest[end:]
	}
	return entries, nil
}

// follows says that key comes after prev and shares exactly its first n bytes:
// there is one spelling of a page.
func follows(prev, key []byte, n int) bool {
	return len(key) > n && (len(prev) == n || key[n] > prev[n])
}

type entryHead struct{ shared, suffix, value int }

// measure checks every length in the body and adds up the keys.
func measure(body []byte) (count, keys int, err error) {
	prev := 0
	for len(body) > 0 {
		h, rest, ok := parseHead(body)
		if !ok || h.shared > prev || h.suffix+h.value > len(rest) {
			return 0, 0, fmt.Errorf("%w: bad entry", errPage)
		}
		prev = h.shared + h.suffix
		if prev == 0 || prev > MaxKey {
			return 0, 0, fmt.Errorf("%w: bad key length", errPage)
		}
		count++
		keys += prev
		// Front coding must not blow a page up: 16 KiB of two-byte entries that
		// all repeat a 4 KiB key would be 20 MiB.
		if keys > maxKeys {
			return 0, 0, fmt.Errorf("%w: keys too long in all", errPage)
		}
		body = rest[h.suffix+h.value:]
	}
	return count, keys, nil
}

func parseHead(b []byte) (h entryHead, rest []byte, ok bool) {
	for _, field := range []*int{&h.shared, &h.suffix, &h.value} {
		v, n := uvarint(b)
		if n <= 0 || v > maxBody {
			return h, nil, false
		}
		*field, b = int(v), b[n:]
	}
	return h, b, true
}

// uvarint is binary.Uvarint for the one shortest spelling of a number.
func uvarint(b []byte) (uint64, int) {
	v, n := binary.Uvarint(b)
	if n > 1 && b[n-1] == 0 {
		return 0, 0
	}
	return v, n
}

// find returns the index of the first entry whose key is not below key.
func (p *page) find(key []byte) int {
	return sort.Search(len(p.entries), func(i int) bool {
		return bytes.Compare(p.entries[i].key, key) >= 0
	})
}

// A ref is where a page lies, how long it is stored, and its hash: all that a
// parent says of a child.
type ref struct {
	offset int64
	length int
	hash   [32]byte
}

func (c ref) append(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(c.offset))
	b = binary.AppendUvarint(b, uint64(c.length))
	return append(b, c.hash[:]...)
}

func parseRef(b []byte) (c ref, err error) {
	offset, n := uvarint(b)
	if n <= 0 || offset > 1<<62 {
		return c, fmt.Errorf("%w: bad offset", errPage)
	}
	length, m := uvarint(b[n:])
	if m <= 0 || length == 0 || length > maxStored {
		return c, fmt.Errorf("%w: bad length", errPage)
	}
	if len(b) != n+m+len(c.hash) {
		return c, fmt.Errorf("%w: bad reference", errPage)
	}
	copy(c.hash[:], b[n+m:])
	c.offset, c.length = int64(offset), int(length)
	return c, nil
}
