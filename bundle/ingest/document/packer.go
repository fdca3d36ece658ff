package document

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"math"
)

// A packer writes a ZIP file in which nothing but names, sizes and checksums is said of the entries:
// one date for all, no system, no rights, no fields of any kind. archive/zip writes an entry's size
// behind it, which the first entry of a book may not have.
type packer struct {
	w     io.Writer
	n     int64
	dir   []byte
	count int
	sum   hash.Hash // of all names and contents so far
	z     *flate.Writer
	room  bytes.Buffer
}

// packLevel is twice as fast as the default, which files that are packed twice are glad of, and makes
// text a sixth larger.
const packLevel = 3

const (
	zipVersion  = 20     // 2.0: folders and deflate
	zipDate     = 0x0021 // the first of January 1980: the earliest that there is
	zipUTF8     = 1 << 11
	zipStored   = 0
	zipDeflated = 8
)

func newPacker(w io.Writer) *packer {
	z, err := flate.NewWriter(io.Discard, packLevel)
	if err != nil {
		panic("document: internal error: " + err.Error())
	}
	return &packer{w: w, sum: sha256.New(), z: z}
}

// store writes an entry as it is. open is called twice, and gives the same bytes both times.
func (p *packer) store(name string, open func() io.Reader) error {
	crc := crc32.NewIEEE()
	size, err := io.Copy(crc, open())
	if err != nil {
		return err
	}
	if err := p.header(name, zipStored, crc.Sum32(), size, size); err != nil {
		return err
	}
	n, err := io.Copy(io.MultiWriter(p.counted(), p.sum), open())
	if err == nil && n != size {
		err = fmt.Errorf("%q: %w", name, io.ErrUnexpectedEOF)
	}
	return err
}

// deflate writes an entry that write writes, packed.
func (p *packer) deflate(name string, write func(io.Writer) error) error {
	p.room.Reset()
	p.z.Reset(&p.room)
	crc := crc32.NewIEEE()
	c := &counter{w: io.MultiWriter(crc, p.sum, p.z)}
	if err := write(c); err != nil {
		return err
	}
	if err := p.z.Close(); err != nil {
		return err
	}
	if err := p.header(name, zipDeflated, crc.Sum32(), int64(p.room.Len()), c.n); err != nil {
		return err
	}
	_, err := p.counted().Write(p.room.Bytes())
	return err
}

// text writes a small entry.
func (p *packer) text(name, content string) error {
	return p.deflate(name, func(w io.Writer) error {
		_, err := io.WriteString(w, content)
		return err
	})
}

// header writes the local header of an entry (APPNOTE 4.3.7), and keeps that of the directory (4.3.12).
func (p *packer) header(name string, method uint16, crc uint32, packed, size int64) error {
	if p.n > math.MaxUint32 || packed >= math.MaxUint32 || size >= math.MaxUint32 || p.count >= archiveMax {
		return fmt.Errorf("%w: a cleaned file of more than 4 GiB", ErrLimit)
	}
	le := binary.LittleEndian
	flags := uint16(0)
	for i := range len(name) {
		if name[i] >= 0x80 {
			flags = zipUTF8
		}
	}
	common := le.AppendUint16(nil, zipVersion)
	for _, v := range []uint16{flags, method, 0, zipDate} {
		common = le.AppendUint16(common, v)
	}
	for _, v := range []uint32{crc, uint32(packed), uint32(size), uint32(len(name))} { // no extra field
		common = le.AppendUint32(common, v)
	}
	p.dir = append(p.dir, "PK\x01\x02"...)
	p.dir = le.AppendUint16(p.dir, zipVersion)
	p.dir = append(p.dir, common...)
	p.dir = append(p.dir, make([]byte, 10)...) // no comment, first disk, no attributes
	p.dir = le.AppendUint32(p.dir, uint32(p.n))
	p.dir = append(p.dir, name...)
	p.count++
	p.sum.Write([]byte(name + "\x00"))
	local := append(append([]byte("PK\x03\x04"), common...), name...)
	_, err := p.counted().Write(local)
	return err
}

const archiveMax = math.MaxUint16 - 1

// close writes the directory.
func (p *packer) close() error {
	le := binary.LittleEndian
	start := p.n
	if start+int64(len(p.dir)) > math.MaxUint32 {
		return fmt.Errorf("%w: a cleaned file of more than 4 GiB", ErrLimit)
	}
	end := append(p.dir, "PK\x05\x06\x00\x00\x00\x00"...)
	end = le.AppendUint16(end, uint16(p.count))
	end = le.AppendUint16(end, uint16(p.count))
	end = le.AppendUint32(end, uint32(len(p.dir)))
	end = le.AppendUint32(end, uint32(start))
	end = le.AppendUint16(end, 0)
	_, err := p.counted().Write(end)
	return err
}

func (p *packer) counted() io.Writer { return (*packerOut)(p) }

// packerOut counts what a packer writes.
type packerOut packer

func (p *packerOut) Write(b []byte) (int, error) {
	n, err := p.w.Write(b)
	p.n += int64(n)
	return n, err
}

// A counter counts what passes through it.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}
