package scrub

import (
	"bytes"
	"encoding/binary"
)

// isoLengths are how many bytes a box has, by its version, 0 or 1 (ISO/IEC 14496-12, 8; QuickTime
// for gmin and the dimensions of apertures).
var isoLengths = map[string][2]int{
	"mvhd": {100, 112}, "tkhd": {84, 96}, "mdhd": {24, 36}, "vmhd": {12, 12}, "smhd": {8, 8},
	"sthd": {4, 4}, "nmhd": {4, 4}, "mehd": {8, 12}, "trex": {24, 24}, "gmin": {16, 16}, "clef": {12, 12},
	"prof": {12, 12}, "enof": {12, 12}, "tfdt": {8, 12}, "mfhd": {8, 8}, "mfro": {8, 8}, "cslg": {24, 44},
	"pasp": {8, 8}, "clap": {32, 32}, "btrt": {12, 12}, "fiel": {2, 2}, "gama": {4, 4},
}

// isoTables are boxes that end in a table: where its count is, and how long an entry is.
var isoTables = map[string]struct{ count, entry int }{
	"stts": {4, 8}, "ctts": {4, 8}, "stsc": {4, 12}, "stco": {4, 4}, "co64": {4, 8}, "stss": {4, 4},
	"stps": {4, 4}, "stsh": {4, 8}, "elst": {4, 12},
}

// isoGroups are kinds of sample groups that players need; others may be anything.
var isoGroups = isoSet("roll prol rap· sync tscl tsas stsa tele alst cstg")

// fix cleans a box that has no boxes in it.
func (c *isoCleaner) fix(b *isoBox) error {
	if n, ok := isoLengths[b.typ]; ok {
		if err := c.cut(b, n[isoVersion(b.body)]); err != nil {
			return err
		}
	}
	switch b.typ {
	case "mvhd":
		c.fixMovie(b.body)
	case "tkhd", "mdhd":
		c.fixTimes(b.body)
	case "hdlr":
		return c.fixHandler(b)
	case "stsz", "stz2":
		return c.cut(b, isoSizesLen(b))
	case "tfhd":
		return c.cut(b, isoFieldsLen(b, 8, tfhdFields))
	case "trun":
		count := int64(isoU32(b.body, 4))
		return c.cut(b, int(min(int64(len(b.body))+1, int64(isoFieldsLen(b, 8, trunFields))+
			count*int64(isoFieldsLen(b, 0, trunColumns)))))
	case "sbgp", "sgpd":
		return c.fixGroup(b)
	case "elng":
		text, _, _ := bytes.Cut(b.body[min(4, len(b.body)):], []byte{0})
		return c.cut(b, min(len(b.body), 4+len(text)+1))
	case "damr", "d263": // 3GPP TS 26.244, 6.7 and 6.8
		return c.fixVendor(b)
	case "colr":
		c.fixColour(b)
	case "dfLa":
		return c.fixFLAC(b)
	case "hvcC":
		return c.fixHEVC(b)
	}
	return c.fixTable(b)
}

// cut takes out what is behind the n bytes that a box needs.
func (c *isoCleaner) cut(b *isoBox, n int) error {
	if n < 0 || n > len(b.body) {
		return brokenf("a box %q is too short", b.typ)
	}
	c.blank("private data of programs", b.body[n:])
	b.used = n
	return nil
}

func isoVersion(body []byte) int {
	if len(body) > 0 && body[0] == 1 {
		return 1
	}
	return 0
}

// isoU32 is the number at a place, 0 behind the end.
func isoU32(b []byte, at int) uint32 {
	if at < 0 || at+4 > len(b) {
		return 0
	}
	return binary.BigEndian.Uint32(b[at:])
}

// isoTimesEnd is where the two times end that a box begins with.
func isoTimesEnd(body []byte) int { return []int{12, 20}[isoVersion(body)] }

func (c *isoCleaner) fixTimes(body []byte) int {
	end := isoTimesEnd(body)
	c.blank("times it was made and changed", body[4:end])
	return end
}

// fixMovie also takes out what QuickTime has where ISO has nothing: where a preview begins, what was
// selected, where it was played last.
func (c *isoCleaner) fixMovie(body []byte) {
	c.fixTimes(body)
	n := len(body)
	if end := []int{100, 112}[isoVersion(body)]; n > end {
		n = end
	}
	c.blank("what was selected and played last", body[n-28:n-4])
}

// fixHandler keeps what kind of track it is, and not the name of the program that wrote it.
func (c *isoCleaner) fixHandler(b *isoBox) error {
	if len(b.body) < 24 {
		return brokenf("a box %q is too short", b.typ)
	}
	c.blank("names of programs", b.body[12:])
	b.used = min(25, len(b.body))
	return nil
}

func (c *isoCleaner) fixVendor(b *isoBox) error {
	if len(b.body) < 4 {
		return brokenf("a box %q is too short", b.typ)
	}
	c.blank("names of programs", b.body[:4])
	return nil
}

// fixColour drops colour profiles: they have descriptions and times in them.
func (c *isoCleaner) fixColour(b *isoBox) {
	if len(b.body) >= 4 && (string(b.body[:4]) == "prof" || string(b.body[:4]) == "rICC") {
		c.res.remove("a colour profile", int64(len(b.body)))
		b.drop()
	}
}

// fixFLAC keeps STREAMINFO, the first block, and makes it the last (FLAC in ISOBMFF, 3.3.2).
func (c *isoCleaner) fixFLAC(b *isoBox) error {
	const streamInfo = 4 + 4 + 34
	if err := c.cut(b, streamInfo); err != nil {
		return err
	}
	b.body[4] |= 0x80
	return nil
}

// fixHEVC keeps the units that decoders need, and not what the encoder says of itself among them
// (ISO/IEC 14496-15, 8.3.2).
func (c *isoCleaner) fixHEVC(b *isoBox) error {
	const head = 22
	if len(b.body) <= head {
		return brokenf("a box %q is too short", b.typ)
	}
	at, to, arrays := head+1, head+1, byte(0)
	for range b.body[head] {
		n := hevcArrayLen(b.body[at:])
		if n == 0 {
			return brokenf("a box %q is too short", b.typ)
		}
		if kind := b.body[at] & 63; kind >= 32 && kind <= 34 { // of the film, of a sequence, of a picture
			to += copy(b.body[to:], b.body[at:at+n])
			arrays++
		}
		at += n
	}
	if to < at {
		c.res.remove("the encoder and its settings", int64(at-to))
		clear(b.body[to:at])
	}
	b.body[head] = arrays
	return c.cut(b, to)
}

// hevcArrayLen is how long an array of units is, 0 where it is cut off.
func hevcArrayLen(b []byte) int {
	if len(b) < 3 {
		return 0
	}
	at := 3
	for range binary.BigEndian.Uint16(b[1:]) {
		if at+2 > len(b) {
			return 0
		}
		if at += 2 + int(binary.BigEndian.Uint16(b[at:])); at > len(b) {
			return 0
		}
	}
	return at
}

func (c *isoCleaner) fixGroup(b *isoBox) error {
	if len(b.body) < 8 {
		return brokenf("a box %q is too short", b.typ)
	}
	if !isoGroups[string(b.body[4:8])] {
		c.res.remove("private data of programs", int64(len(b.body)))
		b.drop()
	}
	return nil
}

// fixTable takes out what is behind a table.
func (c *isoCleaner) fixTable(b *isoBox) error {
	t, ok := isoTables[b.typ]
	if !ok {
		return nil
	}
	if b.typ == "elst" && isoVersion(b.body) == 1 {
		t.entry = 20
	}
	n := int64(t.count+4) + int64(isoU32(b.body, t.count))*int64(t.entry)
	if n > int64(len(b.body)) {
		return brokenf("a table %q is cut off", b.typ)
	}
	return c.cut(b, int(n))
}

// isoSizesLen is how long a box of sample sizes is (ISO/IEC 14496-12, 8.7.3), -1 where it is cut off.
func isoSizesLen(b *isoBox) int {
	n, count := int64(12), int64(isoU32(b.body, 8))
	switch {
	case b.typ == "stz2" && len(b.body) > 7:
		n += (count*int64(b.body[7]) + 7) / 8
	case isoU32(b.body, 4) == 0:
		n += 4 * count
	}
	if n > int64(len(b.body)) {
		return -1
	}
	return int(n)
}

// isoFieldsLen is how long fields are that flags say are there.
func isoFieldsLen(b *isoBox, n int, fields []isoField) int {
	flags := isoU32(b.body, 0)
	for _, f := range fields {
		if flags&f.flag != 0 {
			n += f.size
		}
	}
	return n
}
