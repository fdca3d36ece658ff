package scrub

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
)

const pngSignature = "\x89PNG\r\n\x1a\n"

// pngMaxMeta is the longest compressed profile or Exif data that is read.
const pngMaxMeta = picMaxProfile + picMaxProfile/100

// pngStays are the chunks that say how a picture looks, with the most bytes each can have, 0 for
// any number (PNG, third edition, section 11).
var pngStays = map[string]int64{
	"IHDR": 13, "PLTE": 768, "IDAT": 0, "IEND": 0, "tRNS": 256,
	"cHRM": 32, "gAMA": 4, "sBIT": 4, "sRGB": 1, "cICP": 4, "mDCV": 24, "cLLI": 8,
	"bKGD": 6, "hIST": 512, "pHYs": 9,
	"acTL": 8, "fcTL": 26, "fdAT": 0,
}

// pngNames says what chunks are that go.
var pngNames = map[string]string{
	"tEXt": whatText, "zTXt": whatText, "iTXt": whatText, "tIME": whatTimes, "caBX": "content credentials",
}

// A pngChunk is a chunk in a file.
type pngChunk struct {
	kind        string
	offset, end int64 // with length, type and checksum
	data, stop  int64
}

// A pngCleaner cleans one file.
type pngCleaner struct {
	picFile
	width, height int64
	orientation   int
	depth         int64 // bytes that a pixel takes, decoded
	profile, exif bool  // there was one
}

// cleanPNG keeps of a PNG or APNG file (PNG, third edition, W3C 2025) the chunks of an allow-list, as
// they are. Of a colour profile the numbers stay, and one for sRGB becomes an sRGB chunk; of Exif data
// the orientation stays, where there is one. Checksums of chunks that stay are not looked at, and
// neither is what the picture's data decompress to. A file that ends too soon is cleaned as far as it goes.
func cleanPNG(r io.ReaderAt, size int64) (*Result, error) {
	p, err := parsePNG(r, size)
	if err != nil {
		return nil, err
	}
	return p.done()
}

func parsePNG(r io.ReaderAt, size int64) (*pngCleaner, error) {
	p := &pngCleaner{picFile: newPicFile(r, size)}
	b, err := p.peek(0, len(pngSignature))
	if err != nil {
		return nil, err
	}
	if string(b) != pngSignature {
		return nil, broken("it is no PNG file")
	}
	p.Plan.copy(0, int64(len(b)))
	if err := p.chunks(int64(len(b))); err != nil {
		return nil, err
	}
	return p, p.shown(p.width, p.height, p.orientation)
}

func (p *pngCleaner) chunks(offset int64) error {
	for first := true; ; first = false {
		c, err := p.next(offset)
		switch {
		case cutShort(err) && !first:
			p.drop(whatBehind, offset, p.size)
			return nil
		case err != nil:
			return err
		case first && c.kind != "IHDR":
			return broken("it does not begin with its size")
		}
		if err := p.chunk(c); err != nil {
			return err
		}
		if offset = c.end; c.kind == "IEND" {
			p.dropTail(offset)
			return nil
		}
		if err := p.bounded(); err != nil {
			return err
		}
	}
}

// next reads the head of a chunk. Image data may end with the file; other chunks are errEnds then.
func (p *pngCleaner) next(offset int64) (c pngChunk, err error) {
	b, err := p.peek(offset, 8)
	if err != nil {
		return c, err
	}
	c.kind, c.offset, c.data = string(b[4:]), offset, offset+8
	c.stop = c.data + int64(binary.BigEndian.Uint32(b))
	if c.end = c.stop + 4; c.end <= p.size {
		return c, nil
	}
	if c.kind != "IDAT" && c.kind != "fdAT" {
		return c, errEnds
	}
	c.stop, c.end = min(c.stop, p.size), p.size
	return c, nil
}

func (p *pngCleaner) chunk(c pngChunk) error {
	most, stays := pngStays[c.kind]
	switch {
	case c.kind == "IHDR":
		return p.header(c)
	case c.kind == "iCCP":
		return p.colours(c)
	case c.kind == "eXIf":
		return p.exifData(c)
	case c.kind == "IEND" && c.stop > c.data:
		p.remove(whatUnknown, c.stop-c.data)
		p.Plan.add(pngChunkOf("IEND", nil))
	case stays && (most == 0 || c.stop-c.data <= most):
		p.Plan.copy(c.offset, c.end-c.offset)
	case c.kind[0]&0x20 == 0: // a capital letter: no picture without it
		return broken("it needs a chunk %q, which is not known or too long", c.kind)
	default:
		p.drop(p.what(c), c.offset, c.end)
	}
	return nil
}

func (p *pngCleaner) what(c pngChunk) string {
	if b, err := p.peek(c.data, 18); err == nil && c.kind == "iTXt" && string(b) == "XML:com.adobe.xmp\x00" {
		return whatXMP
	}
	if what := pngNames[c.kind]; what != "" {
		return what
	}
	return whatUnknown
}

func (p *pngCleaner) header(c pngChunk) error {
	b, err := p.peek(c.data, int(min(c.stop-c.data, 13)))
	if err != nil {
		return err
	}
	if c.stop-c.data != 13 || p.width != 0 {
		return broken("its size is given in no known way")
	}
	p.width, p.height = int64(binary.BigEndian.Uint32(b)), int64(binary.BigEndian.Uint32(b[4:]))
	if p.width == 0 || p.height == 0 {
		return broken("it has no pixels")
	}
	if p.depth = 4; b[8] == 16 {
		p.depth = 8
	}
	if b[12] != 0 { // interlaced: there are seven pictures, and the whole
		p.depth *= 2
	}
	p.Plan.copy(c.offset, c.end-c.offset)
	return nil
}

// colours keeps the numbers of a colour profile. Its name, and what is behind it, goes.
func (p *pngCleaner) colours(c pngChunk) error {
	old, err := p.load(c.offset, c.end-c.offset, pngMaxMeta)
	if err == ErrLimit || p.profile {
		p.drop(whatBadProfile, c.offset, c.end)
		return nil
	}
	if err != nil {
		return err
	}
	p.profile = true
	icc, ok := pngInflate(old[8 : len(old)-4])
	neutral, srgb, valid := neutralProfile(icc)
	switch {
	case !ok || !valid:
		p.drop(whatBadProfile, c.offset, c.end)
	case srgb:
		p.drop(whatSRGB, c.offset, c.end)
		p.Plan.add(pngChunkOf("sRGB", neutral[67:68]))
	default:
		p.replace(whatProfile, c, old, pngChunkOf("iCCP", pngDeflate(neutral)))
	}
	return nil
}

// pngInflate reads the data of an iCCP chunk: a name, a NUL, the number of a method and a zlib stream.
func pngInflate(b []byte) (icc []byte, ok bool) {
	name := bytes.IndexByte(b, 0)
	if name < 0 || len(b) < name+2 {
		return nil, false
	}
	z, err := zlib.NewReader(bytes.NewReader(b[name+2:]))
	if err != nil {
		return nil, false
	}
	icc, err = io.ReadAll(io.LimitReader(z, picMaxProfile+1))
	return icc, err == nil && len(icc) <= picMaxProfile
}

// pngDeflate writes the data of an iCCP chunk. They are stored, not compressed, and so the same bytes
// whatever compresses.
func pngDeflate(icc []byte) []byte {
	b := bytes.NewBuffer([]byte("ICC\x00\x00"))
	z, err := zlib.NewWriterLevel(b, zlib.NoCompression)
	if err != nil {
		panic(fmt.Sprintf("scrub: internal error: %v", err))
	}
	z.Write(icc)
	z.Close()
	return b.Bytes()
}

// exifData keeps the orientation.
func (p *pngCleaner) exifData(c pngChunk) error {
	old, err := p.load(c.offset, min(c.end-c.offset, picMaxExif), picMaxExif)
	if err != nil {
		return err
	}
	x := readExif(old[8:])
	if p.exif || x.orientation <= 1 {
		p.dropExif(x, c.end-c.offset)
		return nil
	}
	p.exif, p.orientation = true, x.orientation
	neutral := pngChunkOf("eXIf", neutralExif(x.orientation))
	if int64(len(old)) == c.end-c.offset && bytes.Equal(old, neutral) {
		p.Plan.copy(c.offset, c.end-c.offset)
		return nil
	}
	p.dropExif(x, c.end-c.offset)
	p.Plan.add(neutral)
	return nil
}

// replace puts new bytes in the place of a chunk, if they are not the same.
func (p *pngCleaner) replace(what string, c pngChunk, old, b []byte) {
	if slices.Equal(old, b) {
		p.Plan.copy(c.offset, c.end-c.offset)
		return
	}
	p.remove(what, max(int64(len(old)-len(b)), 0))
	p.Plan.add(b)
}

// pngChunkOf makes a chunk.
func pngChunkOf(kind string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}
