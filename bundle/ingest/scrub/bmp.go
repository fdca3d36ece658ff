package scrub

import (
	"bytes"
	"encoding/binary"
	"io"
)

// Heads of BMP files (Windows GDI: BITMAPFILEHEADER, BITMAPINFOHEADER, BITMAPV5HEADER).
const (
	bmpFileHead = 14
	bmpInfoHead = 40
	bmpV5Head   = 124
)

// cleanBMP keeps of a BMP file its heads, its colours and its pixels. A colour profile goes: it may be
// no more than the path of a file. So does what lies between the parts and behind them.
func cleanBMP(r io.ReaderAt, size int64) (*Result, error) {
	f := newPicFile(r, size)
	b, info, err := f.bmpHeads()
	if err != nil {
		return nil, err
	}
	heads := int64(len(b))
	pixels := int64(binary.LittleEndian.Uint32(b[10:]))
	palette := heads + bmpPalette(info)
	if pixels < palette || pixels > size {
		return nil, broken("its pixels lie nowhere")
	}
	w, h := int64(int32(binary.LittleEndian.Uint32(info[4:]))), int64(int32(binary.LittleEndian.Uint32(info[8:])))
	h = max(h, -h) // negative where the first row is the upper one
	if err := f.shown(w, h, 0); err != nil {
		return nil, err
	}
	length, err := bmpPixels(info, w, h)
	if err != nil {
		return nil, err
	}
	end := size
	if length > 0 {
		end = min(pixels+length, size)
	}
	f.bmpHead(b, info, end)
	f.Plan.copy(heads, palette-heads)
	if err := f.zero(palette, pixels); err != nil {
		return nil, err
	}
	f.drop(whatBetween, 0, f.zeroed)
	f.Plan.copy(pixels, end-pixels)
	f.dropTail(end)
	return f.done()
}

// bmpHeads returns both heads, and the second one, which is a part of them.
func (f *picFile) bmpHeads() (b, info []byte, err error) {
	b, err = f.load(0, min(f.size, bmpFileHead+bmpV5Head), bmpFileHead+bmpV5Head)
	if err != nil {
		return nil, nil, err
	}
	if len(b) < bmpFileHead+bmpInfoHead || string(b[:2]) != "BM" {
		return nil, nil, broken("it is no BMP file of a kind that is known")
	}
	length := int64(binary.LittleEndian.Uint32(b[bmpFileHead:]))
	if length < bmpInfoHead || length > int64(len(b)-bmpFileHead) {
		return nil, nil, broken("it is no BMP file of a kind that is known")
	}
	b = b[:bmpFileHead+length]
	return b, b[bmpFileHead:], nil
}

// bmpHead writes the heads, without a profile and reserved fields.
func (f *picFile) bmpHead(b, info []byte, end int64) {
	old := bytes.Clone(b)
	if len(info) >= bmpV5Head {
		if space := string(info[56:60]); space == "KNIL" || space == "DEBM" { // linked, embedded
			f.remove("colour profile", 0) // it lies behind the pixels, or not in the file at all
			copy(info[56:], "BGRs")       // sRGB
		}
		clear(info[112:bmpV5Head])
	}
	clear(b[6:10])
	binary.LittleEndian.PutUint32(b[2:], uint32(end))
	if bytes.Equal(old, b) {
		f.Plan.copy(0, int64(len(b)))
		return
	}
	f.remove(whatHeader, 0)
	f.Plan.add(b)
}

// bmpPalette is how many bytes of masks and colours follow the info head.
func bmpPalette(info []byte) int64 {
	depth, method := binary.LittleEndian.Uint16(info[14:]), binary.LittleEndian.Uint32(info[16:])
	colours := int64(binary.LittleEndian.Uint32(info[32:]))
	if colours == 0 && depth <= 8 {
		colours = 1 << depth
	}
	n := 4 * min(colours, 256)
	if len(info) == bmpInfoHead {
		switch method {
		case 3: // masks of three colours
			n += 12
		case 6: // and transparency
			n += 16
		}
	}
	return n
}

// bmpPixels is how many bytes the pixels take up, 0 where it is not said.
func bmpPixels(info []byte, w, h int64) (int64, error) {
	depth := int64(binary.LittleEndian.Uint16(info[14:]))
	switch method := binary.LittleEndian.Uint32(info[16:]); method {
	case 0, 3, 6:
		return (w*depth + 31) / 32 * 4 * h, nil
	case 1, 2: // run lengths
		return int64(binary.LittleEndian.Uint32(info[20:])), nil
	default: // a JPEG or PNG file, for printers
		return 0, broken("its pixels are coded in method %d", method)
	}
}
