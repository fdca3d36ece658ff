package scrub

import "encoding/binary"

// The tags of Exif that matter here (Exif 2.32, section 4.6; TIFF 6.0, section 8).
const (
	exifOrientation = 0x0112
	exifThumbnail   = 0x0201 // JPEGInterchangeFormat
	exifThumbLength = 0x0202
	exifGPS         = 0x8825
)

// An exif is what Exif data says that a cleaner wants to know.
type exif struct {
	orientation    int   // 1 to 8, 0 if it does not say
	gps, thumbnail int64 // how many bytes they take up
}

// readExif looks into Exif data, a TIFF file without a picture. What is broken in it is left out:
// the data goes in any case.
func readExif(b []byte) (x exif) {
	var order binary.ByteOrder = binary.LittleEndian
	if len(b) < 8 {
		return x
	}
	if b[0] == 'M' {
		order = binary.BigEndian
	}
	first := exifDirectory(b, order, order.Uint32(b[4:]))
	second := exifDirectory(b, order, first.next)
	if o := first.value(exifOrientation); o >= 1 && o <= 8 {
		x.orientation = int(o)
	}
	if at := first.value(exifGPS); at != 0 {
		gps := exifDirectory(b, order, at)
		for _, e := range gps.entries {
			x.gps += e.bytes
		}
	}
	if at := int64(second.value(exifThumbnail)); at != 0 && at < int64(len(b)) {
		x.thumbnail = min(int64(second.value(exifThumbLength)), int64(len(b))-at)
	}
	return x
}

type exifEntry struct {
	tag   uint16
	value uint32
	bytes int64 // of the entry and what it points to
}

type exifDir struct {
	entries []exifEntry
	next    uint32
}

// exifDirectory reads a directory of entries, as far as it lies within b.
func exifDirectory(b []byte, order binary.ByteOrder, at uint32) (d exifDir) {
	if at < 8 || int64(at)+2 > int64(len(b)) {
		return d
	}
	n, rest := int(order.Uint16(b[at:])), b[at+2:]
	for ; n > 0 && len(rest) >= 12; n, rest = n-1, rest[12:] {
		e := exifEntry{tag: order.Uint16(rest), bytes: 12}
		kind, count := order.Uint16(rest[2:]), int64(order.Uint32(rest[4:]))
		e.value = order.Uint32(rest[8:])
		if kind == 3 { // SHORT, at the left of its four bytes
			e.value = uint32(order.Uint16(rest[8:]))
		}
		if outside := count * int64(exifWidth(kind)); outside > 4 && outside <= int64(len(b)) {
			e.bytes += outside
		}
		d.entries = append(d.entries, e)
	}
	if n == 0 && len(rest) >= 4 {
		d.next = order.Uint32(rest)
	}
	return d
}

// exifWidth is how many bytes a value of a type has (TIFF 6.0, section 2).
func exifWidth(kind uint16) int {
	switch kind {
	case 1, 2, 6, 7:
		return 1
	case 3, 8:
		return 2
	case 4, 9, 11, 13:
		return 4
	case 5, 10, 12, 16, 17, 18:
		return 8
	}
	return 0
}

func (d exifDir) value(tag uint16) uint32 {
	for _, e := range d.entries {
		if e.tag == tag {
			return e.value
		}
	}
	return 0
}

// neutralExif is Exif data that says how a picture is turned, and nothing else.
func neutralExif(orientation int) []byte {
	return []byte{'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1,
		exifOrientation >> 8, exifOrientation & 0xFF, 0, 3, 0, 0, 0, 1, 0, byte(orientation), 0, 0,
		0, 0, 0, 0}
}
