package scrub

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// Flags of a WebP file's head (RFC 9649, section 2.7).
const (
	webpAnimation = 0x02
	webpXMP       = 0x04
	webpExif      = 0x08
	webpAlpha     = 0x10
	webpICC       = 0x20
)

// webpMaxChunks is how many chunks a file may have, frames and what is in them included.
const webpMaxChunks = 1_000_000

// A webpChunk is a chunk of RIFF in a file.
type webpChunk struct {
	kind        string
	offset, end int64 // with its head and, where its length is odd, a byte of padding
	data, stop  int64
}

// A webpCleaner cleans one file.
type webpCleaner struct {
	picFile
	chunks        int
	head          []byte // the VP8X chunk, as it will be
	riff          []byte // the first twelve bytes, as they will be
	flags         byte   // of VP8X, for what is kept
	width, height int64
	orientation   int
	pictures      int
	largest       int64 // pixels of the largest picture, or of the canvas
	first         Plan  // the first picture of a film, as a file
}

// cleanWebP keeps of a WebP file (RFC 9649) its pictures, the transparency, the frames of a film, the
// numbers of a colour profile that is not sRGB's, and of Exif data the orientation.
func cleanWebP(r io.ReaderAt, size int64) (*Result, error) {
	w, err := parseWebP(r, size)
	if err != nil {
		return nil, err
	}
	return w.settle()
}

func parseWebP(r io.ReaderAt, size int64) (*webpCleaner, error) {
	w := &webpCleaner{picFile: newPicFile(r, size)}
	b, err := w.peek(0, 12)
	if err != nil {
		return nil, err
	}
	if string(b[:4]) != "RIFF" || string(b[8:]) != "WEBP" {
		return nil, broken("it is no WebP file")
	}
	w.riff = bytes.Clone(b)
	w.Plan.add(w.riff)
	end := 8 + int64(binary.LittleEndian.Uint32(w.riff[4:]))
	end += end & 1
	if err := w.all(12, min(end, size)); err != nil {
		return nil, err
	}
	if w.pictures == 0 {
		return nil, broken("it has no picture")
	}
	w.dropTail(min(end, size))
	return w, w.shown(w.width, w.height, w.orientation)
}

// settle fills in what the heads say of what is kept.
func (w *webpCleaner) settle() (*Result, error) {
	if w.head != nil && w.head[8] != w.flags {
		if w.head[8]&^(webpXMP|webpExif|webpICC) != w.flags&^(webpXMP|webpExif|webpICC) || len(w.Removed) == 0 {
			w.remove(whatHeader, 0)
		}
		w.head[8] = w.flags
	}
	n := w.Plan.Size() - 8
	if n > math.MaxUint32-1 {
		return nil, fmt.Errorf("%w: it is too long", ErrLimit)
	}
	if old := binary.LittleEndian.Uint32(w.riff[4:]); len(w.Removed) == 0 && int64(old) != n && int64(old)+1 != n {
		w.remove(whatHeader, 0) // it ends too soon: the length was of the whole
	}
	if len(w.Removed) > 0 {
		binary.LittleEndian.PutUint32(w.riff[4:], uint32(n))
	}
	return w.done()
}

func (w *webpCleaner) all(offset, end int64) error {
	for offset < end {
		c, err := w.next(offset, end)
		if cutShort(err) {
			w.drop(whatBehind, offset, end)
			return nil
		}
		if err != nil {
			return err
		}
		if err := w.chunk(c); err != nil {
			return err
		}
		offset = c.end
	}
	return nil
}

// next reads the head of a chunk. A chunk that goes on behind the end is cut there.
func (w *webpCleaner) next(offset, end int64) (c webpChunk, err error) {
	if w.chunks++; w.chunks > webpMaxChunks {
		return c, fmt.Errorf("%w: it has too many chunks", ErrLimit)
	}
	if end-offset < 8 {
		return c, errEnds
	}
	b, err := w.peek(offset, 8)
	if err != nil {
		return c, err
	}
	length := int64(binary.LittleEndian.Uint32(b[4:]))
	c = webpChunk{kind: string(b[:4]), offset: offset, data: offset + 8}
	c.stop = min(c.data+length, end)
	c.end = min(c.data+length+length&1, end)
	return c, w.bounded()
}

func (w *webpCleaner) chunk(c webpChunk) error {
	switch c.kind {
	case "VP8X":
		return w.header(c)
	case "VP8 ", "VP8L":
		if err := w.picture(c); err != nil {
			return err
		}
		w.Plan.copy(c.offset, c.end-c.offset)
	case "ALPH":
		w.Plan.copy(c.offset, c.end-c.offset)
	case "ANIM":
		if c.stop-c.data != 6 {
			return broken("its film has no known head")
		}
		w.Plan.copy(c.offset, c.end-c.offset)
	case "ANMF":
		return w.frame(c)
	case "ICCP":
		return w.profile(c)
	case "EXIF":
		return w.exifData(c)
	case "XMP ":
		w.drop(whatXMP, c.offset, c.end)
	default:
		w.drop(whatUnknown, c.offset, c.end)
	}
	return nil
}

// header reads the size of the canvas, and lays the chunk down for settle.
func (w *webpCleaner) header(c webpChunk) error {
	old, err := w.peek(c.offset, int(min(c.end-c.offset, 18)))
	if err != nil {
		return err
	}
	if len(old) < 18 || c.stop-c.data != 10 || w.head != nil || w.pictures > 0 {
		return broken("its head is not as it should be")
	}
	w.head = bytes.Clone(old)
	w.flags = old[8] & (webpAlpha | webpAnimation)
	if old[9]|old[10]|old[11] != 0 {
		w.remove(whatHeader, 0)
		clear(w.head[9:12])
	}
	w.width, w.height = webpSize(old[12:]), webpSize(old[15:])
	w.largest = w.width * w.height
	w.Plan.add(w.head)
	return nil
}

// picture reads the size of a picture, which counts where there is no head around it (RFC 6386,
// section 9.1; RFC 9649, section 3.4).
func (w *webpCleaner) picture(c webpChunk) error {
	b, err := w.peek(c.data, int(min(c.stop-c.data, 10)))
	if err != nil {
		return err
	}
	var width, height int64
	switch {
	case c.kind == "VP8 " && len(b) >= 10 && b[3] == 0x9D && b[4] == 0x01 && b[5] == 0x2A:
		width = int64(binary.LittleEndian.Uint16(b[6:]) & 0x3FFF)
		height = int64(binary.LittleEndian.Uint16(b[8:]) & 0x3FFF)
	case c.kind == "VP8L" && len(b) >= 5 && b[0] == 0x2F:
		bits := binary.LittleEndian.Uint32(b[1:])
		width, height = int64(bits&0x3FFF)+1, int64(bits>>14&0x3FFF)+1
	default:
		return broken("its picture has no size")
	}
	w.pictures++
	w.largest = max(w.largest, width*height)
	if w.head == nil {
		w.width, w.height = width, height
	}
	return nil
}

// frame keeps one picture of a film (RFC 9649, section 2.7.1.1).
func (w *webpCleaner) frame(c webpChunk) error {
	const head = 8 + 16
	if c.offset+head > c.stop {
		w.drop(whatUnknown, c.offset, c.end)
		return nil
	}
	parts, size, err := w.frameParts(c.offset+head, c.stop)
	if err != nil {
		return err
	}
	if w.first == nil {
		if err := w.still(c.data, parts); err != nil {
			return err
		}
	}
	if size == c.stop-c.offset-head {
		w.Plan.copy(c.offset, c.end-c.offset)
		return nil
	}
	w.remove(whatUnknown, c.stop-c.offset-head-size)
	length := uint32(16 + size)
	w.Plan.add(binary.LittleEndian.AppendUint32([]byte(c.kind), length))
	w.Plan.copy(c.offset+8, 16)
	for _, s := range parts {
		w.Plan.copy(s.offset, s.end-s.offset)
	}
	if length&1 == 1 {
		w.Plan.add([]byte{0})
	}
	return w.bounded()
}

// still makes a picture of a frame, whose size is in its head at data.
func (w *webpCleaner) still(data int64, parts []picSpan) error {
	if len(parts) == 0 {
		return nil
	}
	first, err := w.load(parts[0].offset, 4, 4)
	if err != nil {
		return err
	}
	b, err := w.peek(data, 16)
	if err != nil {
		return err
	}
	flags := byte(0)
	if string(first) == "ALPH" {
		flags = webpAlpha
	}
	head := append([]byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0A\x00\x00\x00"), flags, 0, 0, 0)
	head = append(head, b[6:12]...)
	w.largest = max(w.largest, webpSize(b[6:])*webpSize(b[9:]))
	w.first.add(head)
	for _, s := range parts {
		w.first.copy(s.offset, s.end-s.offset)
	}
	binary.LittleEndian.PutUint32(head[4:], uint32(w.first.Size()-8))
	return nil
}

// webpSize reads a width or height of 24 bits.
func webpSize(b []byte) int64 { return 1 + int64(b[0]) + int64(b[1])<<8 + int64(b[2])<<16 }

// frameParts finds what stays of a frame, and how much that is.
func (w *webpCleaner) frameParts(offset, end int64) (parts []picSpan, size int64, err error) {
	for offset < end {
		c, err := w.next(offset, end)
		if cutShort(err) {
			break
		}
		if err != nil {
			return nil, 0, err
		}
		switch c.kind {
		case "VP8 ", "VP8L":
			if err := w.picture(c); err != nil {
				return nil, 0, err
			}
			fallthrough
		case "ALPH":
			parts = append(parts, picSpan{c.offset, c.end})
			size += c.end - c.offset
		}
		if len(parts) > 16 {
			return nil, 0, broken("a frame has too many parts")
		}
		offset = c.end
	}
	return parts, size, nil
}

// profile keeps the numbers of a colour profile.
func (w *webpCleaner) profile(c webpChunk) error {
	old, err := w.load(c.data, c.stop-c.data, picMaxProfile)
	if err == ErrLimit || w.head == nil || w.flags&webpICC != 0 {
		w.drop(whatBadProfile, c.offset, c.end)
		return nil
	}
	if err != nil {
		return err
	}
	neutral, srgb, ok := neutralProfile(old)
	switch {
	case !ok:
		w.drop(whatBadProfile, c.offset, c.end)
		return nil
	case srgb:
		w.drop(whatSRGB, c.offset, c.end)
		return nil
	}
	w.flags |= webpICC
	w.replace(c, neutral, func() { w.remove(whatProfile, 0) })
	return nil
}

// exifData keeps the orientation.
func (w *webpCleaner) exifData(c webpChunk) error {
	old, err := w.load(c.data, min(c.stop-c.data, picMaxExif), picMaxExif)
	if err != nil {
		return err
	}
	x := readExif(bytes.TrimPrefix(old, []byte(jpegExif+"\x00")))
	if w.head == nil || x.orientation <= 1 || w.flags&webpExif != 0 {
		w.dropExif(x, c.end-c.offset)
		return nil
	}
	w.flags |= webpExif
	w.orientation = x.orientation
	w.replace(c, neutralExif(x.orientation), func() { w.dropExif(x, c.end-c.offset) })
	return nil
}

// replace puts new data into a chunk, and notes it if they are not the same.
func (w *webpCleaner) replace(c webpChunk, data []byte, note func()) {
	b := binary.LittleEndian.AppendUint32([]byte(c.kind), uint32(len(data)))
	b = append(b, data...)
	if len(data)&1 == 1 {
		b = append(b, 0)
	}
	if old, err := w.peek(c.offset, len(b)); err == nil && c.end-c.offset == int64(len(b)) && bytes.Equal(old, b) {
		w.Plan.copy(c.offset, c.end-c.offset)
		return
	}
	note()
	w.Plan.add(b)
}
