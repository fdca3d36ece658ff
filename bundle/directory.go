package bundle

import (
	"bytes"
	"io"
	"math"
)

// A zipEntry is where a central directory says that a stored entry lies. It is what
// a reader falls back on when a file is not where signed data says.
// copy is what MANIFEST or a signature holds, as the central directory repeats it.
type zipEntry struct {
	header, size int64
	copy         []byte
}

// Limits of what is read for a central directory: more than a bundle of the most
// members has.
const (
	maxCopies    = MaxManifest + MaxSignatures*MaxSignature // bytes repeated there
	maxDirectory = (maxMembers+2*MaxSignatures)*128 + maxCopies
	maxTail      = math.MaxUint16 + 22 + 20 // the end records and a comment
)

// readDirectory returns the stored entries of a ZIP. What is compressed or named
// twice is not among them: there must be one answer to what a name holds. Without a
// readable directory there are none.
func readDirectory(r io.ReaderAt, size int64) map[string]zipEntry {
	start, length, shift, ok := findDirectory(r, size)
	if !ok || length > maxDirectory {
		return nil
	}
	b := make([]byte, length)
	if n, err := readAt(r, b, start); err != nil || n < len(b) {
		return nil
	}
	entries, seen := map[string]zipEntry{}, map[string]bool{}
	for len(b) > 0 {
		name, e, stored, n := parseCentral(b)
		if n == 0 {
			return nil
		}
		e.header += shift
		if stored && !seen[name] {
			entries[name] = e
		} else {
			delete(entries, name)
		}
		seen[name] = true
		b = b[n:]
	}
	return entries
}

// readCopies returns MANIFEST and the signatures as the central directory repeats
// them, MANIFEST first; nothing where it does not.
func readCopies(r io.ReaderAt, size int64) (head []sigFile) {
	start, length, _, ok := findDirectory(r, size)
	if !ok {
		return nil
	}
	b := make([]byte, min(length, maxCopies+2*MaxSignatures*128))
	if n, err := readAt(r, b, start); err != nil || n < len(b) {
		return nil
	}
	for len(head) <= MaxSignatures {
		name, e, _, n := parseCentral(b)
		if n == 0 || len(e.copy) == 0 || (len(head) == 0) != (name == manifestName) ||
			(len(head) > 0 && !isSignatureName(name)) {
			break
		}
		head = append(head, sigFile{name, e.copy})
		b = b[n:]
	}
	return head
}

// findDirectory reads the end records. shift is how many bytes stand before the ZIP.
func findDirectory(r io.ReaderAt, size int64) (start, length, shift int64, ok bool) {
	tail := make([]byte, min(size, maxTail))
	at := size - int64(len(tail))
	if n, err := readAt(r, tail, at); err != nil || n < len(tail) {
		return 0, 0, 0, false
	}
	i := bytes.LastIndex(tail, le.AppendUint32(nil, endSig))
	if i < 0 || len(tail)-i < 22 {
		return 0, 0, 0, false
	}
	end := at + int64(i)
	length, start = int64(le.Uint32(tail[i+12:])), int64(le.Uint32(tail[i+16:]))
	if i >= 20 && le.Uint32(tail[i-20:]) == locator64Sig {
		record := make([]byte, 56)
		end -= 20 + 56 // where it lies when nothing was put before it or into it
		n, err := readAt(r, record, end)
		if err != nil || n < len(record) || le.Uint32(record) != end64Sig {
			return 0, 0, 0, false
		}
		length, start = int64(le.Uint64(record[40:])), int64(le.Uint64(record[48:]))
	}
	if length < 0 || start < 0 || length > end || end-length < start {
		return 0, 0, 0, false
	}
	return end - length, length, end - length - start, true
}

// parseCentral takes the first header of a central directory apart and returns its
// length, 0 when it is none.
func parseCentral(b []byte) (name string, e zipEntry, stored bool, length int) {
	if len(b) < centralLen || le.Uint32(b) != centralSig {
		return "", e, false, 0
	}
	n, x, c := int(le.Uint16(b[28:])), int(le.Uint16(b[30:])), int(le.Uint16(b[32:]))
	length = centralLen + n + x + c
	if length > len(b) {
		return "", e, false, 0
	}
	name = string(b[centralLen : centralLen+n])
	packed, size, header := le.Uint32(b[20:]), le.Uint32(b[24:]), le.Uint32(b[42:])
	extra := b[centralLen+n : centralLen+n+x]
	wide := extraField(extra, extra64)
	e.copy = extraField(extra, extraCopy)
	take := func(v uint32) int64 {
		if v != math.MaxUint32 || len(wide) < 8 {
			return int64(v)
		}
		w := int64(le.Uint64(wide) & math.MaxInt64)
		wide = wide[8:]
		return w
	}
	e.size = take(size)
	same := take(packed) == e.size
	e.header = take(header)
	return name, e, same && le.Uint16(b[10:]) == 0, length
}

// extraField returns the first of an entry's extra fields that has this id.
func extraField(extra []byte, wanted uint16) []byte {
	for len(extra) >= 4 {
		id, n := le.Uint16(extra), int(le.Uint16(extra[2:]))
		if 4+n > len(extra) {
			return nil
		}
		if id == wanted {
			return extra[4 : 4+n]
		}
		extra = extra[4+n:]
	}
	return nil
}

// data returns where the data behind the entry's local header begins.
func (e zipEntry) data(r io.ReaderAt) (int64, bool) {
	b := make([]byte, localLen)
	if n, err := readAt(r, b, e.header); err != nil || n < len(b) || le.Uint32(b) != localSig {
		return 0, false
	}
	at := e.header + localLen + int64(le.Uint16(b[26:])) + int64(le.Uint16(b[28:]))
	return at, at > 0
}
