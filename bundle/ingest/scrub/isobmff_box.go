package scrub

import (
	"encoding/binary"
	"slices"
	"strings"
)

// An isoBox is a box of an index.
type isoBox struct {
	typ  string
	long bool      // its size is written in 64 bits
	body []byte    // before the boxes inside it, or all
	used int       // bytes of body that are needed; the others are zeros
	kids []*isoBox // inside it
	tail int       // bytes behind the last box inside it, which are zeros
}

// isoSet splits a list of types. A point in the middle stands for a space.
func isoSet(list string) map[string]bool {
	m := map[string]bool{}
	for t := range strings.FieldsSeq(list) {
		m[strings.ReplaceAll(t, "·", " ")] = true
	}
	return m
}

// isoStays are the boxes that stay, by the box they are in.
var isoStays = map[string]map[string]bool{
	"moov": isoSet("mvhd trak mvex"),
	"trak": isoSet("tkhd edts tref mdia tapt"),
	"mdia": isoSet("mdhd hdlr minf elng"),
	"minf": isoSet("vmhd smhd sthd nmhd gmhd hdlr dinf stbl"),
	"gmhd": isoSet("gmin text"),
	"tapt": isoSet("clef prof enof"),
	"edts": isoSet("elst"),
	"dinf": isoSet("dref"),
	"stbl": isoSet("stsd stts ctts cslg stsc stsz stz2 stco co64 stss stps stsh sdtp sbgp sgpd subs"),
	"mvex": isoSet("mehd trex"),
	"moof": isoSet("mfhd traf"),
	"traf": isoSet("tfhd tfdt trun sdtp sbgp sgpd subs"),
	"mfra": isoSet("tfra mfro"),

	// Sample entries: how to decode, how to show.
	"vide": isoSet(`avcC hvcC lhvC vvcC evcC vpcC av1C dvcC dvvC dvwC esds d263 bitr colr pasp clap btrt fiel
		gama mdcv clli SmDm CoLL amve hvcE avcE st3d sv3d SMI· ACLR ARES dvc1 glbl`),
	"soun": isoSet(`esds wave dac3 dec3 dac4 dOps dfLa alac chan chnl damr ddts udts btrt srat pcmC dmlp
		mhaC SA3D`),
	"wave": isoSet("frma enda esds mp4a alac samr sawb damr dac3 chan QDCA QDCP"),
	"text": isoSet("ftab vttC btrt esds"),
}

// isoWhat says for people what goes with a box.
func isoWhat(typ string) string {
	switch typ {
	case "udta", "meta", "ilst":
		return "tags: titles, makers, places"
	case "free", "skip", "wide":
		return "free space"
	case "hnti", "hinf":
		return "hints for servers"
	case "prft":
		return "times it was made and changed"
	}
	return "private data of programs"
}

// An isoCleaner reads an index into boxes and takes out what goes. That stays in its place, as
// free space, until somebody lays out the index anew.
type isoCleaner struct {
	res   *Result
	boxes int
}

// kid returns the first box of a type inside a box, or nil. A path is kid after kid.
func (b *isoBox) kid(path ...string) *isoBox {
	for _, typ := range path {
		i := -1
		if b != nil {
			i = slices.IndexFunc(b.kids, func(k *isoBox) bool { return k.typ == typ })
		}
		if i < 0 {
			return nil
		}
		b = b.kids[i]
	}
	return b
}

// parse reads a box from raw, head and all.
func (c *isoCleaner) parse(typ string, raw []byte, head int64) (*isoBox, error) {
	if c.boxes++; c.boxes > maxISOBoxes {
		return nil, limitf("an index of more than %d boxes", maxISOBoxes)
	}
	b := &isoBox{typ: typ, long: head == 16, body: raw[head:], used: len(raw) - int(head)}
	if typ == "dref" || typ == "stsd" { // ISO/IEC 14496-12, 8.7.2 and 8.5.2: version, flags, count
		return b, c.inside(typ, b, 8)
	}
	if typ == "tref" || isoStays[typ] != nil && typ != "text" {
		return b, c.inside(typ, b, 0)
	}
	return b, c.fix(b)
}

// inside parses the boxes inside a box, which begin after some bytes of its body. The parent's
// name says which of them stay.
func (c *isoCleaner) inside(parent string, b *isoBox, after int) error {
	if len(b.body) < after {
		return brokenf("a box %q is too short", b.typ)
	}
	rest := b.body[after:]
	b.body, b.used = b.body[:after], after
	for len(rest) >= 8 {
		typ, head, size, ok := isoHead(rest)
		if !ok {
			break
		}
		if isoOnce(parent, typ) && b.kid(typ) != nil {
			typ = "twice" // which is on no list
		}
		kid, err := c.kidOf(parent, typ, rest[:size], head)
		if err != nil {
			return err
		}
		b.kids = append(b.kids, kid)
		rest = rest[size:]
	}
	b.tail = len(rest)
	return nil
}

// isoOnce says whether a box may be there only once, so that players and we look at the same one.
func isoOnce(parent, typ string) bool {
	switch parent {
	case "stsd", "dref", "tref", "vide", "soun", "text", "wave":
		return false
	}
	switch typ {
	case "trak", "traf", "trun", "trex", "sbgp", "sgpd", "subs", "tfra", "free":
		return false
	}
	return true
}

// isoHead reads the head of a box in memory. Zeros, which end lists in QuickTime, are none.
func isoHead(b []byte) (typ string, head, size int64, ok bool) {
	if len(b) < 8 {
		return "", 0, 0, false
	}
	typ, head, size = string(b[4:8]), 8, int64(binary.BigEndian.Uint32(b))
	if size == 1 && len(b) >= 16 {
		head, size = 16, int64(binary.BigEndian.Uint64(b[8:]))
	}
	return typ, head, size, size >= head && size <= int64(len(b))
}

func (c *isoCleaner) kidOf(parent, typ string, raw []byte, head int64) (*isoBox, error) {
	switch {
	case typ == "cmov", parent == "moov" && typ == "rmra":
		return nil, brokenf("its index is compressed, or in other files")
	case parent == "dref":
		return c.reference(raw, head)
	case parent == "stsd", parent == "tref":
		// Later, when it is known what track it is.
		return &isoBox{typ: typ, long: head == 16, body: raw[head:], used: len(raw) - int(head)}, nil
	case isoStays[parent][typ], parent == "wave" && (typ == "\x00\x00\x00\x00" || typ[:2] == "ms"):
		// In a wave, QuickTime names formats of Windows ms and a number, and has an empty box last.
		return c.parse(typ, raw, head)
	}
	return c.drop(typ, raw, head), nil
}

// drop makes free space of a box.
func (c *isoCleaner) drop(typ string, raw []byte, head int64) *isoBox {
	c.res.remove(isoWhat(typ), int64(len(raw)))
	clear(raw[head:])
	return &isoBox{typ: "free", long: head == 16, body: raw[head:]}
}

// reference cleans where samples are. An alias of QuickTime has names of disks and folders in it,
// even where it says that the samples are in the same file.
func (c *isoCleaner) reference(raw []byte, head int64) (*isoBox, error) {
	b := &isoBox{typ: "url ", long: head == 16, body: raw[head:]}
	if len(b.body) < 4 || b.body[3]&1 == 0 {
		return nil, brokenf("its samples are in another file")
	}
	c.blank("paths of other files", b.body[4:])
	b.used = 4
	return b, nil
}

// blank makes zeros of bytes that stay in their place.
func (c *isoCleaner) blank(what string, b []byte) {
	if n := countNonZero(b); n > 0 {
		clear(b)
		c.res.remove(what, n)
	}
}

func countNonZero(b []byte) (n int64) {
	for _, c := range b {
		if c != 0 {
			n++
		}
	}
	return n
}

// drop makes free space of a box that was parsed.
func (b *isoBox) drop() {
	n := len(b.append(nil, false)) - 8
	*b = isoBox{typ: "free", body: make([]byte, n)}
}

// size is how long a box is without free space.
func (b *isoBox) size() int64 {
	if b.typ == "free" {
		return 0
	}
	n := int64(8 + b.used)
	for _, k := range b.kids {
		n += k.size()
	}
	return n
}

// append writes a box, either tight, or as long as it was.
func (b *isoBox) append(dst []byte, tight bool) []byte {
	if tight && b.typ == "free" {
		return dst
	}
	start := len(dst)
	dst = append(dst, 0, 0, 0, 1)
	dst = append(dst, b.typ...)
	if b.long && !tight {
		dst = append(dst, make([]byte, 8)...)
	}
	if tight {
		dst = append(dst, b.body[:b.used]...)
	} else {
		dst = append(dst, b.body...)
	}
	for _, k := range b.kids {
		dst = k.append(dst, tight)
	}
	if !tight {
		dst = append(dst, make([]byte, b.tail)...)
	}
	if b.long && !tight {
		binary.BigEndian.PutUint64(dst[start+8:], uint64(len(dst)-start))
	} else {
		binary.BigEndian.PutUint32(dst[start:], uint32(len(dst)-start))
	}
	return dst
}
