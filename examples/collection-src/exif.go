package main

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// A tag is a field of Exif. Its value is a text, a number below 65536, fractions, or bytes.
type tag struct {
	id    uint16
	value any
}

// fraction is a number as Exif writes it.
type fraction struct{ n, d uint32 }

var be = binary.BigEndian

// exifOf is what a camera says (Exif 2.32, in TIFF's big-endian form). The place is that where the
// equator and the meridian of Greenwich cross, in the open sea.
func exifOf(orientation uint16, thumbnail string) string {
	const head = 8
	camera := []tag{
		{0x829a, []fraction{{1, 250}}}, {0x829d, []fraction{{28, 10}}}, {0x9000, []byte("0232")},
		{0x9003, "2026:08:14 10:20:30"}, {0x9004, "2026:08:14 10:20:30"}, {0x9011, "+00:00"}, {0xa431, "SN-0000001"}, {0xa434, "Example 26 mm"},
	}
	place := []tag{
		{1, "N"}, {2, []fraction{{0, 1}, {0, 1}, {0, 1}}}, {3, "E"}, {4, []fraction{{0, 1}, {0, 1}, {0, 1}}},
		{5, []byte{0}}, {6, []fraction{{0, 1}}}, {29, "2026:08:14"},
	}
	first := []tag{
		{0x010f, "Example"}, {0x0110, "Example Camera 1"}, {0x0112, orientation}, {0x0131, "Example Camera 1.2.3"},
		{0x0132, "2026:08:14 10:20:30"}, {0x8769, uint32(0)}, {0x8825, uint32(0)},
	}
	small := []tag{{0x0103, uint16(6)}, {0x0201, uint32(0)}, {0x0202, uint32(len(thumbnail))}}
	cameraAt := head + len(directory(first, 0, 0))
	placeAt := cameraAt + len(directory(camera, 0, 0))
	smallAt := placeAt + len(directory(place, 0, 0))
	first[5].value, first[6].value = uint32(cameraAt), uint32(placeAt)
	small[1].value = uint32(smallAt + len(directory(small, 0, 0)))
	return "MM\x00\x2a\x00\x00\x00\x08" + directory(first, head, smallAt) + directory(camera, cameraAt, 0) +
		directory(place, placeAt, 0) + directory(small, smallAt, 0) + thumbnail
}

// directory writes tags for a place in the file; next is where the following directory lies, or 0.
func directory(tags []tag, at, next int) string {
	slices.SortFunc(tags, func(a, b tag) int { return cmp.Compare(a.id, b.id) })
	out := be.AppendUint16(nil, uint16(len(tags)))
	var behind []byte
	for _, t := range tags {
		kind, count, data := t.encode()
		out = be.AppendUint16(out, t.id)
		out = be.AppendUint16(out, kind)
		out = be.AppendUint32(out, count)
		if len(data) <= 4 {
			out = append(out, append(data, 0, 0, 0, 0)[:4]...)
			continue
		}
		out = be.AppendUint32(out, uint32(at+2+12*len(tags)+4+len(behind)))
		behind = append(behind, data...)
		if len(data)%2 == 1 {
			behind = append(behind, 0) // values begin at even places
		}
	}
	return string(append(be.AppendUint32(out, uint32(next)), behind...))
}

func (t tag) encode() (kind uint16, count uint32, data []byte) {
	switch v := t.value.(type) {
	case string:
		return 2, uint32(len(v) + 1), append([]byte(v), 0)
	case uint16:
		return 3, 1, be.AppendUint16(nil, v)
	case uint32:
		return 4, 1, be.AppendUint32(nil, v)
	case []fraction:
		for _, f := range v {
			data = be.AppendUint32(be.AppendUint32(data, f.n), f.d)
		}
		return 5, uint32(len(v)), data
	case []byte:
		if len(v) == 1 {
			return 1, 1, v
		}
		return 7, uint32(len(v)), v
	}
	panic("collection-src: internal error: a value of no kind")
}
