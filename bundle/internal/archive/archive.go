// Package archive reads ZIP files that strangers made: books and office documents.
//
// It believes nothing twice. The central directory says what there is, each local header has to agree,
// no two entries share bytes, and what an entry inflates to is counted against what it claims. Source:
// PKWARE APPNOTE 6.3.10, sections 4.3 to 4.5.
//
// Left out, because no book or document needs it: archives in parts, encryption, methods other than
// stored and deflated, and more than 4 GiB. archive/zip of the standard library reads more, and lets a
// directory have any number of entries, with any bytes in common.
package archive

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits on what an archive may claim.
const (
	MaxFiles = 10_000  // entries: the largest books have some thousands
	maxName  = 1024    // bytes of a name
	maxSlack = 4096    // bytes by which what is packed may be more than twice as long
	maxDir   = 4 << 20 // bytes of the central directory: 400 for each entry
	// roomBase and roomFactor bound what all entries inflate to, so that neither a small nor a large
	// file is a bomb: text packs to a tenth, pictures not at all.
	roomBase   = 32 << 20
	roomFactor = 32
	// maxRatio is the most that deflate can pack: 258 bytes in two bits.
	maxRatio = 1032
)

// Errors that callers can test for. Others come from the reader.
var (
	ErrFormat    = errors.New("not a valid ZIP file")
	ErrLimit     = errors.New("a ZIP file beyond the limits")
	ErrEncrypted = errors.New("the ZIP file is encrypted")
)

// A File is an entry of an archive.
type File struct {
	Name   string // as it is written, valid UTF-8, with slashes, and inside the archive
	Size   int64  // what it claims to inflate to
	packed int64
	header int64 // where its local header lies
	data   int64 // where its bytes lie
	crc    uint32
	method uint16
	flags  uint16
}

// Stored says whether the entry lies in the archive as it is.
func (f *File) Stored() bool { return f.method == methodStored }

// An Archive is a ZIP file whose directory was read.
type Archive struct {
	// Files are the entries in the order in which they lie in the file. Folders are none.
	Files []*File

	r      io.ReaderAt
	byName map[string]*File
}

const (
	methodStored   = 0
	methodDeflated = 8

	flagEncrypted = 1 << 0
	flagStrong    = 1<<6 | 1<<13

	localLen   = 30
	centralLen = 46
	endLen     = 22
)

var (
	localMagic   = []byte("PK\x03\x04")
	centralMagic = []byte("PK\x01\x02")
	endMagic     = []byte("PK\x05\x06")
)

// Open reads the directory of an archive, and checks every entry's place. Errors wrap ErrFormat,
// ErrLimit, ErrEncrypted or that of r.
func Open(r io.ReaderAt, size int64) (*Archive, error) {
	dir, start, count, err := readDirectory(r, size)
	if err != nil {
		return nil, err
	}
	a := &Archive{r: r, byName: map[string]*File{}}
	for range count {
		if dir, err = a.entry(dir); err != nil {
			return nil, err
		}
	}
	if len(dir) > 0 {
		return nil, fmt.Errorf("%w: %d bytes after its directory", ErrFormat, len(dir))
	}
	return a, a.place(start, size)
}

// readDirectory finds the end record and returns the bytes of the central directory, where they
// start, and how many entries they claim.
func readDirectory(r io.ReaderAt, size int64) (dir []byte, start int64, count int, err error) {
	const maxComment = math.MaxUint16
	tail := make([]byte, min(size, endLen+maxComment))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return nil, 0, 0, fmt.Errorf("read: %w", err)
	}
	at := bytes.LastIndex(tail, endMagic)
	if at < 0 || len(tail)-at < endLen {
		return nil, 0, 0, fmt.Errorf("%w: it has no directory", ErrFormat)
	}
	end := tail[at:]
	count = int(binary.LittleEndian.Uint16(end[10:]))
	length := int64(binary.LittleEndian.Uint32(end[12:]))
	start = int64(binary.LittleEndian.Uint32(end[16:]))
	switch {
	case binary.LittleEndian.Uint32(end[4:]) != 0:
		return nil, 0, 0, fmt.Errorf("%w: it is one of several parts", ErrFormat)
	case count > MaxFiles:
		return nil, 0, 0, fmt.Errorf("%w: %d entries", ErrLimit, count)
	case length > maxDir:
		return nil, 0, 0, fmt.Errorf("%w: a directory of %d bytes", ErrLimit, length)
	case start+length > size-int64(len(tail)-at):
		return nil, 0, 0, fmt.Errorf("%w: its directory lies outside of it", ErrFormat)
	}
	dir = make([]byte, length)
	if _, err := r.ReadAt(dir, start); err != nil && err != io.EOF {
		return nil, 0, 0, fmt.Errorf("read: %w", err)
	}
	return dir, start, count, nil
}

// entry reads an entry of the central directory, and returns the rest of it.
func (a *Archive) entry(dir []byte) (rest []byte, err error) {
	if len(dir) < centralLen || !bytes.HasPrefix(dir, centralMagic) {
		return nil, fmt.Errorf("%w: its directory breaks off", ErrFormat)
	}
	le := binary.LittleEndian
	nameLen, extraLen := int(le.Uint16(dir[28:])), int(le.Uint16(dir[30:]))
	whole := centralLen + nameLen + extraLen + int(le.Uint16(dir[32:]))
	if len(dir) < whole {
		return nil, fmt.Errorf("%w: its directory breaks off", ErrFormat)
	}
	f := &File{
		Name:   string(dir[centralLen : centralLen+nameLen]),
		flags:  le.Uint16(dir[8:]),
		method: le.Uint16(dir[10:]),
		crc:    le.Uint32(dir[16:]),
		packed: int64(le.Uint32(dir[20:])),
		Size:   int64(le.Uint32(dir[24:])),
		header: int64(le.Uint32(dir[42:])),
	}
	f.widen(dir[centralLen+nameLen:][:extraLen])
	rest = dir[whole:]
	if strings.HasSuffix(f.Name, "/") {
		return rest, nil // a folder: names say where files are
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	if a.byName[f.Name] != nil {
		return nil, fmt.Errorf("%w: two entries %q", ErrFormat, f.Name)
	}
	a.byName[f.Name] = f
	a.Files = append(a.Files, f)
	return rest, nil
}

// widen reads the ZIP64 field (4.5.3), which some programs write for small files, too.
func (f *File) widen(extra []byte) {
	le := binary.LittleEndian
	for len(extra) >= 4 {
		id, n := le.Uint16(extra), int(le.Uint16(extra[2:]))
		if extra = extra[4:]; n > len(extra) {
			return
		}
		field := extra[:n]
		extra = extra[n:]
		if id != 1 {
			continue
		}
		for _, v := range []*int64{&f.Size, &f.packed, &f.header} {
			if *v == math.MaxUint32 && len(field) >= 8 {
				*v = int64(le.Uint64(field) & math.MaxInt64)
				field = field[8:]
			}
		}
	}
}

// check refuses an entry that cannot be read, or whose name leads out of the archive.
func (f *File) check() error {
	switch {
	case f.flags&(flagEncrypted|flagStrong) != 0:
		return fmt.Errorf("%w: %q", ErrEncrypted, f.Name)
	case f.method != methodStored && f.method != methodDeflated:
		return fmt.Errorf("%w: %q is packed by method %d", ErrFormat, f.Name, f.method)
	case f.method == methodStored && f.packed != f.Size:
		return fmt.Errorf("%w: %q has two sizes", ErrFormat, f.Name)
	case f.packed > 2*f.Size+maxSlack: // blocks of nothing, without end
		return fmt.Errorf("%w: %q is packed in %d bytes, and has %d", ErrFormat, f.Name, f.packed, f.Size)
	case len(f.Name) > maxName:
		return fmt.Errorf("%w: a name of %d bytes", ErrLimit, len(f.Name))
	case !Local(f.Name):
		return fmt.Errorf("%w: the name %q", ErrFormat, f.Name)
	}
	return nil
}

// Local says whether a name is one that stays inside an archive and is written in one way only.
func Local(name string) bool {
	if !utf8.ValidString(name) || strings.ContainsAny(name, "\\\x00") {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return !strings.Contains(strings.SplitN(name, "/", 2)[0], ":")
}

// place checks that every entry lies in the file, before the directory, and apart from all others.
func (a *Archive) place(directory, size int64) error {
	slices.SortStableFunc(a.Files, func(f, g *File) int {
		return cmpInt(f.header, g.header)
	})
	room := roomBase + roomFactor*size
	last := int64(0)
	for _, f := range a.Files {
		if f.header < last {
			return fmt.Errorf("%w: %q shares bytes with another entry", ErrFormat, f.Name)
		}
		if err := a.local(f, directory); err != nil {
			return err
		}
		last = f.data + f.packed
		if last > directory || last < f.data {
			return fmt.Errorf("%w: %q lies outside of it", ErrFormat, f.Name)
		}
		if f.Size < 0 || f.Size > room {
			return fmt.Errorf("%w: its entries claim to be more than %d bytes", ErrLimit, roomBase+roomFactor*size)
		}
		room -= f.Size
	}
	return nil
}

func cmpInt(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// local reads the header in front of an entry, which says where its bytes begin.
func (a *Archive) local(f *File, directory int64) error {
	if f.header < 0 || f.header > directory-localLen {
		return fmt.Errorf("%w: %q lies outside of it", ErrFormat, f.Name)
	}
	head := make([]byte, localLen+len(f.Name))
	n, err := a.r.ReadAt(head, f.header)
	if err != nil && err != io.EOF {
		return fmt.Errorf("read: %w", err)
	}
	le := binary.LittleEndian
	if n < len(head) || !bytes.HasPrefix(head, localMagic) ||
		int(le.Uint16(head[26:])) != len(f.Name) || string(head[localLen:]) != f.Name ||
		le.Uint16(head[8:]) != f.method {
		return fmt.Errorf("%w: two headers of %q disagree", ErrFormat, f.Name)
	}
	f.data = f.header + localLen + int64(len(f.Name)) + int64(le.Uint16(head[28:]))
	return nil
}

// File returns the entry of a name, or nil.
func (a *Archive) File(name string) *File { return a.byName[name] }

// Raw reads the bytes of an entry where they are stored as they are: it is a picture or a film then,
// that can be read at any place. Otherwise it returns nil.
func (a *Archive) Raw(f *File) io.ReaderAt {
	if f.method != methodStored {
		return nil
	}
	return io.NewSectionReader(a.r, f.data, f.Size)
}

// Open reads an entry. It ends with ErrFormat where the content is not what the entry claims: another
// size, another checksum, or not a byte more than its packed bytes hold.
func (a *Archive) Open(f *File) io.Reader {
	src := io.NewSectionReader(a.r, f.data, f.packed)
	c := &checked{src: src, left: f.Size, name: f.Name, crc: f.crc, sum: crc32.NewIEEE()}
	if f.method == methodDeflated {
		c.src = flate.NewReader(src)
	}
	return c
}

// Read returns the whole of an entry of at most limit bytes, or ErrLimit.
func (a *Archive) Read(f *File, limit int64) ([]byte, error) {
	if f.Size > limit {
		return nil, fmt.Errorf("%w: %q has %d bytes, and at most %d are read", ErrLimit, f.Name, f.Size, limit)
	}
	if f.method == methodDeflated && f.Size > maxRatio*f.packed+maxName {
		return nil, fmt.Errorf("%w: %q claims to inflate to %d bytes", ErrFormat, f.Name, f.Size)
	}
	r := a.Open(f)
	data := make([]byte, f.Size)
	if _, err := io.ReadFull(r, data); err != nil {
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			err = fmt.Errorf("%w: %q is damaged", ErrFormat, f.Name)
		}
		return nil, err
	}
	if _, err := r.Read(make([]byte, 1)); err != io.EOF { // its checksum, too
		return nil, err
	}
	return data, nil
}

// checked reads an entry, and compares it with its claims.
type checked struct {
	src  io.Reader
	left int64
	name string
	crc  uint32
	sum  hash.Hash32
	err  error // sticky
}

func (c *checked) Read(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	// One byte more than is left, so that what is longer is found out.
	p = p[:min(int64(len(p)), c.left+1)]
	n, err := c.src.Read(p)
	c.left -= int64(n)
	c.sum.Write(p[:n])
	switch {
	case c.left < 0:
		c.err = fmt.Errorf("%w: %q is longer than it claims", ErrFormat, c.name)
		return 0, c.err
	case err == io.EOF && (c.left > 0 || c.sum.Sum32() != c.crc):
		c.err = fmt.Errorf("%w: %q is damaged", ErrFormat, c.name)
	case err == io.EOF:
		c.err = io.EOF
	case err != nil:
		c.err = fmt.Errorf("%w: %q: %w", ErrFormat, c.name, err)
	}
	return n, c.err
}
