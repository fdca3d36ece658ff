package bundle

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"iter"
	"math"
	"regexp"
	"slices"
	"strings"
)

// The ZIP around the members is a pure function of signed data and of the
// signature files: nothing in it is free. So a writer need not remember it, and a
// reader that knows the signed data can say where every byte belongs and whether
// one was added.

// headSize is where the data of index begins: MANIFEST, the signatures and a
// padding fill what comes before, so that a signature can be added without moving
// anything.
const headSize = 64 << 10

const (
	localSig, centralSig    = 0x04034b50, 0x02014b50
	endSig, end64Sig        = 0x06054b50, 0x06064b50
	locator64Sig            = 0x07064b50
	localLen, centralLen    = 30, 46
	extra64                 = 0x0001 // ZIP64 extended information
	extraPad                = 0xd935 // alignment padding, as Android's zipalign writes
	extraCopy               = 0x5354 // what the entry holds, once more
	zipDate                 = 0x0021 // 1980-01-01, the earliest there is
	zipVersion, zipVersion6 = 20, 45
	unixFile                = 0o100644 << 16
)

// A sigFile is a signature file as it lies beside MANIFEST.
type sigFile struct {
	name string
	data []byte
}

func (f sigFile) equal(g sigFile) bool { return f.name == g.name && bytes.Equal(f.data, g.data) }

// sigNames are the names a signature file may have.
var sigNames = regexp.MustCompile(`^MANIFEST(\.[0-9A-F]{16})?\.minisig$`)

func isSignatureName(name string) bool { return sigNames.MatchString(name) }

// sortSignatures puts MANIFEST.minisig first and the others by name.
func sortSignatures(sigs []sigFile) {
	slices.SortStableFunc(sigs, func(a, b sigFile) int {
		if c := cmp.Compare(len(a.name), len(b.name)); c != 0 {
			return c
		}
		return strings.Compare(a.name, b.name)
	})
}

// A framed is one entry of the ZIP: its header lies at header, its data at offset.
// copy is its data, where the central directory repeats it.
type framed struct {
	name           string
	header, offset int64
	size           int64
	crc            uint32
	copy           []byte
}

// frameAt returns the entry whose header lies at header.
func frameAt(header int64, name string, size int64, crc uint32) framed {
	return framed{name: name, header: header, offset: header + headerLen(name, size), size: size, crc: crc}
}

// end is where the next entry's header lies.
func (f framed) end() int64 { return f.offset + f.size }

func (f framed) is64() bool { return f.size >= math.MaxUint32 }

// headerLen is the length of the local header without padding.
func headerLen(name string, size int64) int64 {
	n := localLen + int64(len(name))
	if size >= math.MaxUint32 {
		n += 20
	}
	return n
}

// A framing is everything in a ZIP that is not members' data.
type framing struct {
	manifest []byte
	sigs     []sigFile
	index    digest
	members  func() iter.Seq2[framed, error] // between index and MEMBERS
	table    framed                          // MEMBERS
}

// newFraming returns the framing of the bundle that m signs, with its members in
// order.
func newFraming(text []byte, sigs []sigFile, m *manifest, members iter.Seq2[member, error]) *framing {
	base := headSize + m.index.size
	z := &framing{manifest: text, sigs: sigs, index: m.index}
	z.members = func() iter.Seq2[framed, error] {
		return func(yield func(framed, error) bool) {
			for f, err := range members {
				header := base + f.offset - headerLen(f.name, f.size)
				if !yield(framed{f.name, header, base + f.offset, f.size, f.crc, nil}, err) {
					return
				}
			}
		}
	}
	end := base
	for f, err := range z.members() {
		if err != nil {
			break
		}
		end = f.end()
	}
	z.table = frameAt(end, membersName, m.members.size, m.members.crc)
	return z
}

// values yields members that are at hand.
func values(members []member) iter.Seq2[member, error] {
	return func(yield func(member, error) bool) {
		for _, m := range members {
			if !yield(m, nil) {
				return
			}
		}
	}
}

// size is how long the whole ZIP is.
func (z *framing) size() (n int64) {
	for off, b := range z.pieces() {
		n = off + int64(len(b))
	}
	return n
}

// head returns the first headSize bytes. It fails when the signatures do not
// fit.
func (z *framing) head() ([]byte, []framed, error) {
	var b []byte
	var entries []framed
	for _, f := range append([]sigFile{{manifestName, z.manifest}}, z.sigs...) {
		e := frameAt(int64(len(b)), f.name, int64(len(f.data)), crc32.ChecksumIEEE(f.data))
		b = append(e.local(b, 0), f.data...)
		e.copy = f.data
		entries = append(entries, e)
	}
	e := framed{indexName, int64(len(b)), headSize, z.index.size, z.index.crc, nil}
	pad := headSize - int64(len(b)) - headerLen(e.name, e.size)
	if len(z.sigs) > zipSignatures || pad < 4 || pad > math.MaxUint16 {
		return nil, nil, fmt.Errorf("no room for %d signatures in the head of a ZIP", len(z.sigs))
	}
	return e.local(b, int(pad)), append(entries, e), nil
}

// pieces yields every stretch of framing with its offset, in ascending order.
// The size of the whole ZIP is where the last of them ends.
func (z *framing) pieces() iter.Seq2[int64, []byte] {
	return func(yield func(int64, []byte) bool) {
		head, entries, err := z.head()
		if err != nil || !yield(0, head) {
			return
		}
		for f := range z.tail() {
			if !yield(f.header, f.local(nil, 0)) {
				return
			}
		}
		z.directory(entries, yield)
	}
}

// tail yields the entries behind index.
func (z *framing) tail() iter.Seq[framed] {
	return func(yield func(framed) bool) {
		for f, err := range z.members() {
			if err != nil || !yield(f) {
				return
			}
		}
		yield(z.table)
	}
}

// directory yields the central directory, in pieces of bounded size.
func (z *framing) directory(entries []framed, yield func(int64, []byte) bool) {
	const piece = 256 << 10
	start := z.table.end()
	at, count := start, int64(len(entries))
	var b []byte
	for _, f := range entries {
		b = f.central(b)
	}
	for f := range z.tail() {
		b = f.central(b)
		count++
		if len(b) < piece {
			continue
		}
		if !yield(at, b) {
			return
		}
		at, b = at+int64(len(b)), nil
	}
	length := at + int64(len(b)) - start
	yield(at, appendEnd(b, count, start, length))
}

// local appends the local header of f with pad bytes of padding.
func (f framed) local(b []byte, pad int) []byte {
	var extra []byte
	if f.is64() {
		extra = le.AppendUint16(le.AppendUint16(extra, extra64), 16)
		extra = le.AppendUint64(le.AppendUint64(extra, uint64(f.size)), uint64(f.size))
	}
	if pad > 0 {
		extra = le.AppendUint16(le.AppendUint16(extra, extraPad), uint16(pad-4))
		extra = append(extra, make([]byte, pad-4)...)
	}
	b = le.AppendUint32(b, localSig)
	b = f.common(b, f.is64(), len(extra))
	b = append(b, f.name...)
	return append(b, extra...)
}

// common appends the fields that local and central headers share.
func (f framed) common(b []byte, is64 bool, extra int) []byte {
	version := uint16(zipVersion)
	if is64 {
		version = zipVersion6
	}
	size := uint32(min(f.size, math.MaxUint32))
	b = le.AppendUint16(b, version)
	b = append(b, 0, 0, 0, 0, 0, 0) // flags, method stored, midnight
	b = le.AppendUint16(b, zipDate)
	b = le.AppendUint32(b, f.crc)
	b = le.AppendUint32(le.AppendUint32(b, size), size)
	b = le.AppendUint16(b, uint16(len(f.name)))
	return le.AppendUint16(b, uint16(extra))
}

// central appends the entry of f in the central directory.
func (f framed) central(b []byte) []byte {
	var extra []byte
	if f.is64() {
		extra = le.AppendUint64(le.AppendUint64(extra, uint64(f.size)), uint64(f.size))
	}
	if f.header >= math.MaxUint32 {
		extra = le.AppendUint64(extra, uint64(f.header))
	}
	is64 := len(extra) > 0
	if is64 {
		extra = append(le.AppendUint16(le.AppendUint16(nil, extra64), uint16(len(extra))), extra...)
	}
	if len(f.copy) > 0 {
		extra = le.AppendUint16(le.AppendUint16(extra, extraCopy), uint16(len(f.copy)))
		extra = append(extra, f.copy...)
	}
	b = le.AppendUint32(b, centralSig)
	b = le.AppendUint16(b, zipVersion6|3<<8) // made on Unix, so that attributes count
	b = f.common(b, is64, len(extra))
	b = append(b, 0, 0, 0, 0, 0, 0) // comment length, disk, internal attributes
	b = le.AppendUint32(b, unixFile)
	b = le.AppendUint32(b, uint32(min(f.header, math.MaxUint32)))
	b = append(b, f.name...)
	return append(b, extra...)
}

func appendEnd(b []byte, count, start, length int64) []byte {
	at := start + length
	if count >= math.MaxUint16 || start >= math.MaxUint32 || length >= math.MaxUint32 {
		b = le.AppendUint32(b, end64Sig)
		b = le.AppendUint64(b, 44)
		b = le.AppendUint16(le.AppendUint16(b, zipVersion6|3<<8), zipVersion6)
		b = le.AppendUint64(b, 0) // disk numbers
		b = le.AppendUint64(le.AppendUint64(b, uint64(count)), uint64(count))
		b = le.AppendUint64(le.AppendUint64(b, uint64(length)), uint64(start))
		b = le.AppendUint32(le.AppendUint32(b, locator64Sig), 0)
		b = le.AppendUint32(le.AppendUint64(b, uint64(at)), 1)
	}
	b = le.AppendUint32(le.AppendUint32(b, endSig), 0)
	n := uint16(min(count, math.MaxUint16))
	b = le.AppendUint16(le.AppendUint16(b, n), n)
	b = le.AppendUint32(b, uint32(min(length, math.MaxUint32)))
	b = le.AppendUint32(b, uint32(min(start, math.MaxUint32)))
	return le.AppendUint16(b, 0)
}

var le = binary.LittleEndian
