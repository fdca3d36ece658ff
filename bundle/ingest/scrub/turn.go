package scrub

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"io"
	"slices"
)

const (
	// turnMaxBlocks is how many blocks of 128 bytes are held in memory: 256 MiB, which is a JPEG of
	// 89 megapixels as cameras write them. Larger ones are turned pixel by pixel, if they can be at all.
	turnMaxBlocks = 2 << 20
	// turnMaxFile is the longest file that is turned. It is held in memory.
	turnMaxFile = 128 << 20
	// turnQuality is that of a JPEG that had to be encoded anew.
	turnQuality = 92
)

// How a picture was turned.
const (
	TurnedLossless  = "lossless"
	TurnedReencoded = "re-encoded"
)

// Turn writes a JPEG file turned by an Exif orientation, 1 to 8, so that it is upright without it, and
// cleaned as by File. It says how that was done: TurnedLossless where each coefficient is as it was,
// only in another place and perhaps with another sign; TurnedReencoded at quality 92 where that cannot
// be, because the picture ends within a unit of 8 or 16 pixels on a side that would become the first.
//
// Memory is bounded by 512 MiB for the decoded picture and 128 MiB for the file. Errors wrap ErrFormat,
// ErrLimit, or those of r and w: a file that ends too soon, or is coded arithmetically, can be shown by
// others but is ErrFormat here. The same file gives the same bytes on every machine.
func Turn(w io.Writer, r io.ReaderAt, size int64, turn int) (how string, err error) {
	if turn < 1 || turn > 8 {
		return "", fmt.Errorf("scrub: there is no orientation %d", turn)
	}
	clean, err := parseJPEG(r, size)
	if err != nil {
		return "", err
	}
	plan := clean.Plan
	if plan.Size() > turnMaxFile {
		return "", fmt.Errorf("%w: %d bytes are too many to be turned", ErrLimit, plan.Size())
	}
	if err := decodable(clean.decoded()); err != nil {
		return "", err
	}
	const perSample = 3 // two bytes for a coefficient, and the file that is written
	defer decoding.take(perSample * clean.decoded())()
	file, err := io.ReadAll(plan.Reader(r))
	if err != nil {
		return "", err
	}
	segments, err := jpegSegments(file)
	if err != nil {
		return "", err
	}
	picture, err := decodeJPEG(file, segments)
	if err == nil {
		if t := newTurned(picture, turnOf(turn)); t != nil {
			if err := t.write(w, turnKeeps(file, segments, jpegAPP0, 0xEF)); err != nil {
				return "", err
			}
			return TurnedLossless, nil
		}
	}
	if err := turnPixels(w, file, segments, turn); err != nil {
		return "", err
	}
	return TurnedReencoded, nil
}

// jpegSegments lists what a file is made of.
func jpegSegments(file []byte) (segments []jpegSegment, err error) {
	j := jpegParser{newPicFile(bytes.NewReader(file), int64(len(file)))}
	for offset := int64(2); ; {
		s, err := j.next(offset)
		if err == io.EOF || cutShort(err) {
			return segments, nil
		}
		if err != nil {
			return nil, err
		}
		segments = append(segments, s)
		offset = s.end
	}
}

// turnKeeps returns the segments of applications, from one marker to another: a cleaned file has only
// those that say how colours look.
func turnKeeps(file []byte, segments []jpegSegment, from, to byte) (keep []byte) {
	for _, s := range segments {
		if s.marker >= from && s.marker <= to {
			keep = append(keep, file[s.offset:s.end]...)
		}
	}
	return keep
}

// turnPixels decodes, turns and encodes. It keeps the colour profile, if the colours are still of its kind.
func turnPixels(w io.Writer, file []byte, segments []jpegSegment, turn int) error {
	img, err := (&previewSource{data: bytes.NewReader(file), decode: jpeg.Decode}).image()
	if err != nil {
		return err
	}
	profile := turnKeeps(file, segments, 0xE2, 0xE2)
	upright := turnView(img, turnOf(turn))
	switch img.(type) {
	case *image.Gray:
		grey := image.NewGray(upright.Bounds())
		draw.Draw(grey, grey.Rect, upright, image.Point{}, draw.Src)
		upright = grey
	case *image.CMYK: // it becomes RGB
		profile = nil
	}
	return jpeg.Encode(&afterSOI{w, profile}, upright, &jpeg.Options{Quality: turnQuality})
}

// An afterSOI writes a JPEG file, and behind its first marker something more.
type afterSOI struct {
	w    io.Writer
	more []byte // until it is written
}

func (a *afterSOI) Write(b []byte) (n int, err error) {
	if a.more == nil || len(b) < 2 {
		return a.w.Write(b)
	}
	if n, err = a.w.Write(b[:2]); err != nil {
		return n, err
	}
	if _, err = a.w.Write(a.more); err != nil {
		return n, err
	}
	a.more = nil
	rest, err := a.w.Write(b[2:])
	return n + rest, err
}

// A turnedView is a picture seen turned. It takes no memory of its own.
type turnedView struct {
	image.Image
	turning
	bounds image.Rectangle
}

func turnView(img image.Image, t turning) image.Image {
	size := img.Bounds().Size()
	if t.transpose {
		size.X, size.Y = size.Y, size.X
	}
	return &turnedView{img, t, image.Rectangle{Max: size}}
}

func (v *turnedView) Bounds() image.Rectangle { return v.bounds }

func (v *turnedView) At(x, y int) color.Color {
	x, y = v.source(x, y, v.bounds.Dx(), v.bounds.Dy())
	from := v.Image.Bounds().Min
	return v.Image.At(from.X+x, from.Y+y)
}

// A turned is a picture as coefficients that is written turned.
type turned struct {
	*jpegPicture // the original
	turning
	width, height, hMax, vMax int // of the turned picture
}

// newTurned returns nil where the picture cannot be turned so without loss.
func newTurned(p *jpegPicture, t turning) *turned {
	to := &turned{p, t, p.width, p.height, p.hMax, p.vMax}
	if t.transpose {
		to.width, to.height, to.hMax, to.vMax = p.height, p.width, p.vMax, p.hMax
	}
	if t.flipX && to.width%(8*to.hMax) != 0 || t.flipY && to.height%(8*to.vMax) != 0 {
		return nil
	}
	for _, c := range p.components {
		if !jpegSmall(c.blocks) {
			return nil
		}
	}
	return to
}

// jpegSmall says whether coefficients are small enough for sequential coding with eight bits a sample
// (T.81, tables F.1 and F.2).
func jpegSmall(blocks []jpegBlock) bool {
	for i := range blocks {
		for k, v := range &blocks[i] {
			if v > 1023 || v < -1023 && (k > 0 || v < -1024) {
				return false
			}
		}
	}
	return true
}

// factors are the sampling factors of a component of the turned picture.
func (t *turned) factors(c *jpegComponent) (h, v int) {
	if t.transpose {
		return c.v, c.h
	}
	return c.h, c.v
}

// block returns a block of the turned picture, and within it the coefficients in the order of a file.
func (t *turned) block(c *jpegComponent, x, y int, b *jpegBlock) {
	wide, high := c.wide, c.high
	if t.transpose {
		wide, high = high, wide
	}
	// Blocks behind the edge are in the picture only for the unit to be whole. Where a side is
	// mirrored there are none.
	x, y = t.source(x, y, wide, high)
	from := &c.blocks[y*c.stride+x]
	for k, at := range jpegNatural {
		u, v := int(at&7), int(at>>3)
		negative := (t.flipX && u&1 == 1) != (t.flipY && v&1 == 1)
		if t.transpose {
			u, v = v, u
		}
		if b[k] = from[v*8+u]; negative {
			b[k] = -b[k]
		}
	}
}

// write writes the file: segments that are kept, tables, and one scan with Huffman tables made for it.
func (t *turned) write(w io.Writer, keep []byte) error {
	var codes jpegCounts
	t.encode(&codes)
	head := append([]byte{0xFF, jpegSOI}, keep...)
	head = t.appendQuantisation(head)
	head = t.appendFrame(head)
	out := &jpegWriter{w: bufio.NewWriterSize(w, 64<<10)}
	for i := range codes[:min(2, len(t.components))] {
		head = out.tables[i].dc.build(head, byte(i), &codes[i].dc)
		head = out.tables[i].ac.build(head, 0x10|byte(i), &codes[i].ac)
	}
	head = t.appendScan(head)
	if _, err := out.w.Write(head); err != nil {
		return err
	}
	t.encode(out)
	return out.close()
}

// tableOf is the number of the table that a component has: that of the first one with the same.
func (t *turned) tableOf(c *jpegComponent) int {
	return slices.IndexFunc(t.components, func(o *jpegComponent) bool { return *o.quant == *c.quant })
}

// appendQuantisation writes the tables.
func (t *turned) appendQuantisation(b []byte) []byte {
	for i, c := range t.components {
		if t.tableOf(c) != i {
			continue
		}
		wide := byte(0)
		for _, v := range c.quant {
			if v > 0xFF {
				wide = 1
			}
		}
		length := 3 + 64*(1+int(wide))
		b = append(b, 0xFF, jpegDQT, byte(length>>8), byte(length), wide<<4|byte(i))
		for _, at := range jpegNatural {
			if t.transpose {
				at = at&7<<3 | at>>3
			}
			if wide == 1 {
				b = append(b, byte(c.quant[at]>>8))
			}
			b = append(b, byte(c.quant[at]))
		}
	}
	return b
}

func (t *turned) appendFrame(b []byte) []byte {
	marker := byte(jpegSOF0)
	for _, c := range t.components {
		for _, v := range c.quant {
			if v > 0xFF { // beyond the baseline
				marker = jpegSOF0 + 1
			}
		}
	}
	b = append(b, 0xFF, marker, 0, byte(8+3*len(t.components)), 8)
	b = binary.BigEndian.AppendUint16(b, uint16(t.height))
	b = binary.BigEndian.AppendUint16(b, uint16(t.width))
	b = append(b, byte(len(t.components)))
	for _, c := range t.components {
		h, v := t.factors(c)
		b = append(b, byte(c.id), byte(h<<4|v), byte(t.tableOf(c)))
	}
	return b
}

func (t *turned) appendScan(b []byte) []byte {
	b = append(b, 0xFF, jpegSOS, 0, byte(6+2*len(t.components)), byte(len(t.components)))
	for i, c := range t.components {
		b = append(b, byte(c.id), byte(min(i, 1)*0x11))
	}
	return append(b, 0, 63, 0)
}

// A jpegSink takes what a scan is made of: symbols of one of two pairs of tables, and bits behind them.
type jpegSink interface {
	first(table int, symbol byte, bits uint32, size uint)
	other(table int, symbol byte, bits uint32, size uint)
}

// encode encodes the turned picture (T.81, section F.1.2).
func (t *turned) encode(to jpegSink) {
	across, down := ceil(t.width, 8*t.hMax), ceil(t.height, 8*t.vMax)
	last := make([]int, len(t.components))
	var b jpegBlock
	for n := range across * down {
		x, y := n%across, n/across
		for i, c := range t.components {
			h, v := t.factors(c)
			for j := range h * v {
				t.block(c, x*h+j%h, y*v+j/h, &b)
				last[i] = jpegEncode(to, min(i, 1), &b, last[i])
			}
		}
	}
}

// jpegEncode encodes a block, and returns its first coefficient.
func jpegEncode(to jpegSink, table int, b *jpegBlock, last int) int {
	bits, size := jpegNumber(int(b[0]) - last)
	to.first(table, byte(size), bits, size)
	run := 0
	for _, c := range b[1:] {
		if c == 0 {
			run++
			continue
		}
		for ; run > 15; run -= 16 {
			to.other(table, 0xF0, 0, 0)
		}
		bits, size := jpegNumber(int(c))
		to.other(table, byte(run<<4)|byte(size), bits, size)
		run = 0
	}
	if run > 0 {
		to.other(table, 0, 0, 0)
	}
	return int(b[0])
}

// jpegNumber is how a number is written (T.81, section F.1.2.1.1).
func jpegNumber(v int) (bits uint32, size uint) {
	size = jpegSize(v)
	if v < 0 {
		v += 1<<size - 1
	}
	return uint32(v), size
}

// A jpegCounter counts how often symbols occur.
type jpegCounter struct{ dc, ac [256]int64 }

// jpegCounts are those of both pairs of tables.
type jpegCounts [2]jpegCounter

// A jpegWriter writes the data of a scan.
type jpegWriter struct {
	w      *bufio.Writer // its errors are sticky
	tables [2]struct{ dc, ac jpegEncodeTable }
	bits   uint64
	n      uint
}
