package scrub

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Blocks of GIF (GIF89a, CompuServe 1990, sections 18 to 27).
const (
	gifImage     = 0x2C
	gifExtension = 0x21
	gifTrailer   = 0x3B
	gifPlainText = 0x01
	gifControl   = 0xF9
	gifComment   = 0xFE
	gifApp       = 0xFF
)

// gifMaxBlocks is how many pictures and extensions a file may have.
const gifMaxBlocks = 1_000_000

// A gifCleaner cleans one file.
type gifCleaner struct {
	picFile
	control picSpan // the control extension that the next picture needs, not yet copied
	images  int
}

// cleanGIF keeps of a GIF file (GIF87a, GIF89a) its pictures with their colours, delays and the number
// of rounds, to the byte. Comments, text drawn by the viewer, other programs' data and what lies
// behind the end go. A file that ends too soon is cleaned as far as it goes.
func cleanGIF(r io.ReaderAt, size int64) (*Result, error) {
	g := &gifCleaner{picFile: newPicFile(r, size)}
	b, err := g.peek(0, 13)
	if err != nil {
		return nil, err
	}
	if v := string(b[:6]); v != "GIF87a" && v != "GIF89a" {
		return nil, broken("it is no GIF file")
	}
	w, h := binary.LittleEndian.Uint16(b[6:]), binary.LittleEndian.Uint16(b[8:])
	if err := g.shown(int64(w), int64(h), 0); err != nil {
		return nil, err
	}
	offset := 13 + gifColours(b[10])
	g.Plan.copy(0, min(offset, size))
	if err := g.blocks(offset); err != nil {
		return nil, err
	}
	if g.images == 0 {
		return nil, broken("it has no picture")
	}
	return g.done()
}

// gifColours is how long the table of colours is that a byte of flags tells of.
func gifColours(flags byte) int64 {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

func (g *gifCleaner) blocks(offset int64) error {
	for n := 0; offset < g.size; n++ {
		if n > gifMaxBlocks {
			return fmt.Errorf("%w: it has too many blocks", ErrLimit)
		}
		b, err := g.peek(offset, 1)
		if err != nil {
			return err
		}
		switch b[0] {
		case gifImage:
			offset, err = g.image(offset)
		case gifExtension:
			offset, err = g.extension(offset)
		case gifTrailer:
			g.Plan.copy(offset, 1)
			g.dropTail(offset + 1)
			return nil
		default: // no block: viewers take it for the end
			g.Plan.add([]byte{gifTrailer})
			g.dropTail(offset)
			return nil
		}
		if err == nil {
			err = g.bounded()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// image copies a picture, with the control extension before it. It returns where it ends.
func (g *gifCleaner) image(offset int64) (int64, error) {
	b, err := g.peek(offset, 10)
	if cutShort(err) {
		g.drop(whatBehind, offset, g.size)
		return g.size, nil
	}
	if err != nil {
		return 0, err
	}
	end, err := g.subBlocks(offset + 10 + gifColours(b[9]) + 1)
	if err != nil {
		return 0, err
	}
	g.images++
	g.Plan.copy(g.control.offset, g.control.end-g.control.offset)
	g.control = picSpan{}
	g.Plan.copy(offset, end-offset)
	return end, nil
}

// subBlocks returns where a chain of sub-blocks ends: behind an empty one, or with the file.
func (g *gifCleaner) subBlocks(offset int64) (int64, error) {
	for offset < g.size {
		b, err := g.peek(offset, 1)
		if err != nil {
			return 0, err
		}
		offset += 1 + int64(b[0])
		if b[0] == 0 {
			return offset, nil
		}
	}
	return g.size, nil
}

// extension copies an extension that stays, and drops others. It returns where it ends.
func (g *gifCleaner) extension(offset int64) (int64, error) {
	b, err := g.peek(offset, 3)
	if cutShort(err) {
		g.drop(whatBehind, offset, g.size)
		return g.size, nil
	}
	if err != nil {
		return 0, err
	}
	label, first := b[1], int64(b[2])
	end, err := g.subBlocks(offset + 2)
	if err != nil {
		return 0, err
	}
	switch {
	case label == gifControl && first == 4 && end-offset == 8:
		g.drop(whatUnknown, g.control.offset, g.control.end)
		g.control = picSpan{offset, end}
	case label == gifPlainText: // its control extension belongs to no picture
		g.drop(whatText, g.control.offset, g.control.end)
		g.control = picSpan{}
		g.drop(whatText, offset, end)
	case label == gifComment:
		g.drop(whatComment, offset, end)
	case label == gifApp && first == 11:
		return end, g.application(offset, end)
	default:
		g.drop(whatUnknown, offset, end)
	}
	return end, nil
}

// application keeps how often a film is repeated.
func (g *gifCleaner) application(offset, end int64) error {
	b, err := g.peek(offset, int(min(end-offset, 19)))
	if err != nil {
		return err
	}
	if len(b) < 14 {
		g.drop(whatUnknown, offset, end)
		return nil
	}
	name := string(b[3:14])
	loop := len(b) == 19 && b[14] == 3 && b[15] == 1
	switch {
	case (name == "NETSCAPE2.0" || name == "ANIMEXTS1.0") && loop:
		g.Plan.copy(offset, 18)
		if b[18] == 0 {
			g.Plan.copy(offset+18, 1)
		} else {
			g.Plan.add([]byte{0})
		}
		g.drop(whatUnknown, offset+19, end)
	case name == "XMP DataXMP":
		g.drop(whatXMP, offset, end)
	case name == "ICCRGBG1012":
		g.drop("colour profile (viewers take no notice of it)", offset, end)
	default:
		g.drop(whatUnknown, offset, end)
	}
	return nil
}
