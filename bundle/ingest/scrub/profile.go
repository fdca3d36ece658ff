package scrub

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// Colour profiles (ICC.1:2022, section 7). One for sRGB goes, because every viewer takes a picture
// without a profile for sRGB. Others stay, as the picture would be shown in wrong colours without,
// but only the numbers in them: who made them, when, with what and for which screen goes. What stays
// is in its place, so that the profile keeps its length. The numbers of a screen that somebody
// measured himself still tell one screen from another.

const (
	iccHeader = 128
	iccEntry  = 12
	// iccMaxTags is how many tags a profile may have. The richest have thirty.
	iccMaxTags = 100
)

// iccTags are the tags that say how colours look, or that every profile has to have.
var iccTags = []string{
	"rXYZ", "gXYZ", "bXYZ", "wtpt", "bkpt", "chad", "rTRC", "gTRC", "bTRC", "kTRC",
	"A2B0", "A2B1", "A2B2", "B2A0", "B2A1", "B2A2", "D2B0", "D2B1", "D2B2", "D2B3",
	"B2D0", "B2D1", "B2D2", "B2D3", "gamt", "cicp", "lumi", "desc", "cprt",
}

// neutralProfile returns a profile of the same length that tells colours only, or srgb for one
// that need not be there. It is not ok where the profile is broken.
func neutralProfile(b []byte) (neutral []byte, srgb, ok bool) {
	if len(b) < iccHeader+4 || string(b[36:40]) != "acsp" {
		return nil, false, false
	}
	n := int64(binary.BigEndian.Uint32(b[iccHeader:]))
	if n > iccMaxTags || iccHeader+4+n*iccEntry > int64(len(b)) {
		return nil, false, false
	}
	p := profile{old: b, tags: map[string][]byte{}}
	if !p.read(int(n)) {
		return nil, false, false
	}
	return p.neutral(), p.srgb(), true
}

// A profile is a colour profile with the tags that stay.
type profile struct {
	old     []byte
	tags    map[string][]byte
	entries [][]byte // their lines in the table
	places  []iccPlace
}

// An iccPlace is where a tag lies, and whether it is a text, which is overwritten.
type iccPlace struct {
	picSpan
	text bool
}

func (p *profile) read(n int) bool {
	data := int64(iccHeader + 4 + n*iccEntry) // behind the table
	for table := p.old[iccHeader+4:]; n > 0; n, table = n-1, table[iccEntry:] {
		name := string(table[:4])
		at, size := int64(binary.BigEndian.Uint32(table[4:])), int64(binary.BigEndian.Uint32(table[8:]))
		if !slices.Contains(iccTags, name) || p.tags[name] != nil {
			continue
		}
		place := iccPlace{picSpan{at, at + size}, iccText(name)}
		if at < data || size < 8 || at+size > int64(len(p.old)) || !p.fits(place) {
			return false
		}
		p.places = append(p.places, place)
		p.tags[name] = p.old[at : at+size : at+size]
		p.entries = append(p.entries, table[:iccEntry])
	}
	return true
}

func iccText(name string) bool { return name == "desc" || name == "cprt" }

// fits says whether a tag lies apart from the others, or is one of several with the same data.
func (p *profile) fits(place iccPlace) bool {
	return !slices.ContainsFunc(p.places, func(o iccPlace) bool {
		return o != place && o.offset < place.end && place.offset < o.end
	})
}

// neutral writes the profile anew, each tag where it was.
func (p *profile) neutral() []byte {
	b := make([]byte, len(p.old))
	copy(b[:iccHeader], p.old)
	for _, field := range [][2]int{{4, 8}, {24, 36}, {40, 47}, {48, 64}, {80, iccHeader}} {
		clear(b[field[0]:field[1]]) // program, time, system, flags, maker, model, creator, hash
	}
	b[47] &= 3
	copy(b[24:], []byte{0x07, 0xD0, 0, 1, 0, 1}) // every profile is from 1 January 2000
	binary.BigEndian.PutUint32(b[iccHeader:], uint32(len(p.entries)))
	for i, e := range p.entries {
		copy(b[iccHeader+4+i*iccEntry:], e)
		at := binary.BigEndian.Uint32(e[4:])
		tag := p.tags[string(e[:4])]
		if iccText(string(e[:4])) {
			tag = neutralText(tag)
		}
		copy(b[at:], tag)
	}
	return b
}

// neutralText returns an empty text of the type and the length of another (ICC.1:2022, section 10;
// ICC.1:2001, section 6.5.17).
func neutralText(old []byte) []byte {
	b := make([]byte, len(old))
	copy(b, old[:4])
	switch {
	case string(b[:4]) == "desc" && len(b) >= 13:
		b[11] = 1 // one character, the NUL
	case string(b[:4]) == "mluc" && len(b) >= 16:
		b[15] = 12 // no lines of twelve bytes
	}
	return b
}

// The primaries of sRGB under D50, in 1/65536 (IEC 61966-2-1, as ICC profiles hold them), and how
// far off a profile may be. Adobe RGB, Display P3 and Rec. 2020 are further off by ten times and more.
var (
	srgbPrimaries = map[string][3]int32{
		"rXYZ": {28576, 14581, 912}, "gXYZ": {25239, 46983, 6360}, "bXYZ": {9376, 3972, 46788},
	}
	srgbSlack int32 = 400
)

// srgb says whether the profile is one of the many of sRGB.
func (p *profile) srgb() bool {
	if string(p.old[16:20]) != "RGB " || p.tags["A2B0"] != nil {
		return false
	}
	for name, want := range srgbPrimaries {
		tag := p.tags[name]
		if len(tag) < 20 {
			return false
		}
		for i, w := range want {
			got := int32(binary.BigEndian.Uint32(tag[8+4*i:]))
			if got < w-srgbSlack || got > w+srgbSlack {
				return false
			}
		}
	}
	return srgbCurve(p.tags["rTRC"]) && bytes.Equal(p.tags["rTRC"], p.tags["gTRC"]) &&
		bytes.Equal(p.tags["rTRC"], p.tags["bTRC"])
}

// srgbCurve says whether a curve is that of sRGB: five numbers, or a table (ICC.1:2022, sections 10.6
// and 10.18).
func srgbCurve(tag []byte) bool {
	if len(tag) < 12 {
		return false
	}
	if string(tag[:4]) == "para" {
		return srgbFormula(tag)
	}
	n := int(binary.BigEndian.Uint32(tag[8:]))
	if string(tag[:4]) != "curv" || n < 256 || n > (len(tag)-12)/2 {
		return false
	}
	for i, want := range [...]int{0, 1330, 3157, 8528, 14146, 25662, 40449, 65535} {
		at := [...]int{0, 39, 62, 101, 128, 168, 206, 255}[i] * (n - 1) / 255
		got := int(binary.BigEndian.Uint16(tag[12+2*at:]))
		if got < want-700 || got > want+700 {
			return false
		}
	}
	return true
}

// srgbFormula says whether the five numbers are those of sRGB, in 1/65536.
func srgbFormula(tag []byte) bool {
	want := [...]int32{157286, 62119, 3417, 5072, 2651}
	kind := binary.BigEndian.Uint16(tag[8:])
	if kind != 3 && kind != 4 || len(tag) < 12+4*len(want) {
		return false
	}
	for i, w := range want {
		got := int32(binary.BigEndian.Uint32(tag[12+4*i:]))
		if got < w-100 || got > w+100 {
			return false
		}
	}
	return true
}
