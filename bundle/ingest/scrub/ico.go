package scrub

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

const (
	icoHead  = 6
	icoEntry = 16
	// icoMaxPictures is how many pictures an icon may have. Eight are many.
	icoMaxPictures = 256
)

// cleanICO keeps of an icon the pictures, one after another. A PNG file among them is cleaned as such;
// others are bitmaps without a file head, which have no place for anything else.
func cleanICO(r io.ReaderAt, size int64) (*Result, error) {
	f := newPicFile(r, size)
	b, err := f.peek(0, icoHead)
	if err != nil {
		return nil, err
	}
	n := int(binary.LittleEndian.Uint16(b[4:]))
	if b[0] != 0 || b[1] != 0 || b[2] != 1 && b[2] != 2 || b[3] != 0 || n == 0 {
		return nil, broken("it is no icon")
	}
	if n > icoMaxPictures {
		return nil, fmt.Errorf("%w: it has %d pictures", ErrLimit, n)
	}
	head, err := f.load(0, int64(icoHead+n*icoEntry), icoHead+icoMaxPictures*icoEntry)
	if err != nil {
		return nil, err
	}
	old := bytes.Clone(head)
	f.Plan.add(head)
	for i := range n {
		if err := f.icoPicture(head[icoHead+i*icoEntry:][:icoEntry]); err != nil {
			return nil, err
		}
	}
	f.icoSettle(!bytes.Equal(old, head))
	return f.done()
}

// icoPicture copies a picture, and corrects its line in the head.
func (f *picFile) icoPicture(entry []byte) error {
	length, offset := int64(binary.LittleEndian.Uint32(entry[8:])), int64(binary.LittleEndian.Uint32(entry[12:]))
	if offset+length > f.size || length < 8 {
		return errEnds
	}
	at := f.Plan.Size()
	b, err := f.peek(offset, 8)
	if err != nil {
		return err
	}
	w, h := int64(entry[0]), int64(entry[1])
	if w == 0 {
		w = 256
	}
	if h == 0 {
		h = 256
	}
	if string(b) == pngSignature {
		w, h, err = f.icoPNG(offset, length)
	} else {
		f.Plan.copy(offset, length)
	}
	if err != nil {
		return err
	}
	binary.LittleEndian.PutUint32(entry[8:], uint32(f.Plan.Size()-at))
	binary.LittleEndian.PutUint32(entry[12:], uint32(at))
	entry[3] = 0
	if w*h <= int64(f.Width)*int64(f.Height) {
		return f.bounded()
	}
	return f.shown(w, h, 0)
}

// icoPNG cleans a PNG file in an icon.
func (f *picFile) icoPNG(offset, length int64) (w, h int64, err error) {
	p, err := cleanPNG(io.NewSectionReader(f.r, offset, length), length)
	if err != nil {
		return 0, 0, err
	}
	for _, piece := range p.Plan {
		if piece.New != nil {
			f.Plan.add(piece.New)
		} else {
			f.Plan.copy(offset+piece.Offset, piece.Size)
		}
	}
	for _, x := range p.Removed {
		f.remove(x.What, x.Bytes)
	}
	return int64(p.Width), int64(p.Height), f.bounded()
}

// icoSettle notes what was between the pictures and behind them.
func (f *picFile) icoSettle(changed bool) {
	gone := f.size - f.Plan.Size()
	for _, x := range f.Removed {
		gone -= x.Bytes
	}
	if gone > 0 || changed && len(f.Removed) == 0 {
		f.remove(whatBetween, max(gone, 0))
	}
}
