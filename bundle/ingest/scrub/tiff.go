package scrub

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

// Limits on TIFF files.
const (
	tiffMaxPages   = 2000
	tiffMaxEntries = 1000
	// tiffMaxStrips is how many strips and tiles a file may have, all pages taken together.
	tiffMaxStrips = 1_000_000
)

// Tags that the cleaner looks at (TIFF 6.0, section 8).
const (
	tiffSubfile     = 254
	tiffWidth       = 256
	tiffHeight      = 257
	tiffCompression = 259
	tiffStrips      = 273
	tiffOrientation = exifOrientation
	tiffStripSizes  = 279
	tiffTiles       = 324
	tiffTileSizes   = 325
	tiffProfile     = 34675
)

// tiffTags are the tags that say how a picture is coded and how it looks (TIFF 6.0, sections 8 to
// 23; Technical Note 2; ICC.1:2022, annex B.2).
var tiffTags = []uint16{
	tiffSubfile, 255, tiffWidth, tiffHeight, 258, tiffCompression, 262, 263, 264, 265, 266, tiffStrips,
	tiffOrientation, 277, 278, tiffStripSizes, 280, 281, 282, 283, 284, 290, 291, 292, 293, 296, 297, 301, 317,
	318, 319, 320, 321, 322, 323, tiffTiles, tiffTileSizes, 332, 334, 338, 339, 340, 341, 347,
	529, 530, 531, 532, tiffProfile,
}

// tiffNames says what tags are that go. Others are Exif's in the wide sense: cameras, programs, people.
var tiffNames = map[uint16]string{
	270: whatText, 330: whatFurther, 700: whatXMP, 33723: whatIPTC, 34377: whatIPTC, exifGPS: whatGPS,
}

// A tiffPatch is new bytes for a place in the file.
type tiffPatch struct {
	offset int64
	b      []byte
}

// A tiffCleaner cleans one file.
type tiffCleaner struct {
	picFile
	order       binary.ByteOrder
	spans       picSpans
	patches     []tiffPatch
	strips      int
	orientation int
	named       int64 // bytes that went, and were named
}

// A tiffEntry is a line of a directory: a tag, and where its values are.
type tiffEntry struct {
	tag, kind uint16
	count     int64
	at        int64 // of the values
	size      int64
	raw       []byte // twelve bytes
}

// cleanTIFF keeps of a TIFF file (TIFF 6.0) the pages that are no thumbnails, with the tags that it
// takes to show them, the orientation among them. Everything else is overwritten with zeros, so that
// what stays is in its place. What is coded in strips and tiles is not looked at. BigTIFF, and JPEG
// in the manner of TIFF 6.0, are ErrFormat.
func cleanTIFF(r io.ReaderAt, size int64) (*Result, error) {
	t, err := parseTIFF(r, size)
	if err != nil {
		return nil, err
	}
	return t.done()
}

func parseTIFF(r io.ReaderAt, size int64) (*tiffCleaner, error) {
	t := &tiffCleaner{picFile: newPicFile(r, size), order: binary.LittleEndian}
	b, err := t.peek(0, 8)
	if err != nil {
		return nil, err
	}
	if b[0] == 'M' {
		t.order = binary.BigEndian
	}
	if m := string(b[:4]); m != "II*\x00" && m != "MM\x00*" {
		return nil, broken("it is no TIFF file of a kind that is known")
	}
	t.spans = picSpans{{0, 8}}
	if err := t.chain(int64(t.order.Uint32(b[4:]))); err != nil {
		return nil, err
	}
	return t, t.write()
}

// A tiffPage is a directory that stays.
type tiffPage struct {
	at   int64
	kept []tiffEntry
}

// chain reads one directory after another. Those of thumbnails are left out of the chain.
func (t *tiffCleaner) chain(at int64) error {
	var pages []tiffPage
	for seen := map[int64]bool{}; at != 0; {
		if seen[at] {
			return broken("its pages go round in a circle")
		}
		if seen[at] = true; len(seen) > tiffMaxPages {
			return fmt.Errorf("%w: it has too many pages", ErrLimit)
		}
		entries, next, err := t.directory(at)
		if err != nil {
			return err
		}
		kept, thumbnail, err := t.page(entries, len(pages) == 0)
		if err != nil {
			return err
		}
		if !thumbnail {
			pages = append(pages, tiffPage{at, kept})
		}
		at = next
	}
	if len(pages) == 0 {
		return broken("it has no picture")
	}
	for i, p := range pages {
		next := int64(0)
		if i+1 < len(pages) {
			next = pages[i+1].at
		}
		t.patches = append(t.patches, tiffPatch{p.at, t.format(p, next)})
	}
	return nil
}

// format writes a directory. Where it is shorter than before, the rest is overwritten with zeros.
func (t *tiffCleaner) format(p tiffPage, next int64) []byte {
	b := make([]byte, 2+12*len(p.kept)+4)
	t.order.PutUint16(b, uint16(len(p.kept)))
	for i, e := range p.kept {
		copy(b[2+12*i:], e.raw)
	}
	t.order.PutUint32(b[2+12*len(p.kept):], uint32(next))
	return b
}

// directory reads the entries at a place, and where the next directory is (TIFF 6.0, section 2).
func (t *tiffCleaner) directory(at int64) (entries []tiffEntry, next int64, err error) {
	b, err := t.peek(at, 2)
	if err != nil {
		return nil, 0, err
	}
	n := int(t.order.Uint16(b))
	if n == 0 || n > tiffMaxEntries {
		return nil, 0, broken("a page has %d entries", n)
	}
	b, err = t.load(at+2, int64(12*n+4), 12*tiffMaxEntries+4)
	if err != nil {
		return nil, 0, err
	}
	for i := range n {
		raw := b[12*i : 12*i+12]
		e := tiffEntry{tag: t.order.Uint16(raw), kind: t.order.Uint16(raw[2:]), count: int64(t.order.Uint32(raw[4:])),
			raw: raw, at: at + 2 + int64(12*i) + 8}
		if e.size = e.count * int64(exifWidth(e.kind)); e.size > 4 {
			e.at = int64(t.order.Uint32(raw[8:]))
		}
		entries = append(entries, e)
	}
	return entries, int64(t.order.Uint32(b[12*n:])), nil
}

// A tiffValues is what tags say that the cleaner looks at.
type tiffValues map[uint16][]int64

// one is the first value of a tag, or 0.
func (v tiffValues) one(tag uint16) int64 {
	if len(v[tag]) == 0 {
		return 0
	}
	return v[tag][0]
}

// page sorts the entries of a directory, and marks what they point to as staying.
func (t *tiffCleaner) page(entries []tiffEntry, first bool) (kept []tiffEntry, thumbnail bool, err error) {
	v := tiffValues{}
	for _, e := range entries {
		switch e.tag {
		case tiffSubfile, tiffWidth, tiffHeight, tiffCompression, tiffOrientation,
			tiffStrips, tiffStripSizes, tiffTiles, tiffTileSizes:
			if v[e.tag], err = t.values(e); err != nil {
				return nil, false, err
			}
		}
	}
	if !first && v.one(tiffSubfile)&1 == 1 {
		t.thumbnail(v)
		return nil, true, nil
	}
	if err := t.check(v, first); err != nil {
		return nil, false, err
	}
	t.data(v[tiffStrips], v[tiffStripSizes])
	t.data(v[tiffTiles], v[tiffTileSizes])
	for _, e := range entries {
		stays, err := t.entry(e)
		if err != nil {
			return nil, false, err
		}
		if stays {
			kept = append(kept, e)
		}
	}
	return kept, false, nil
}

// thumbnail notes a page that goes. Its data are overwritten as nobody points to them.
func (t *tiffCleaner) thumbnail(v tiffValues) {
	size := int64(0)
	for _, n := range slices.Concat(v[tiffStripSizes], v[tiffTileSizes]) {
		size += n
	}
	t.named += size
	t.remove(whatThumbnail, size)
}

// check says whether a page can be cleaned, and notes the size of the first one.
func (t *tiffCleaner) check(v tiffValues, first bool) error {
	if v.one(tiffWidth) == 0 || v.one(tiffHeight) == 0 || len(v[tiffStrips])+len(v[tiffTiles]) == 0 {
		return broken("a page has no picture")
	}
	if v.one(tiffCompression) == 6 { // a JPEG file, with all that may be in one
		return broken("it has JPEG data of a kind that cannot be cleaned")
	}
	if !first {
		return nil
	}
	if o := v.one(tiffOrientation); o >= 1 && o <= 8 {
		t.orientation = int(o)
	}
	return t.shown(v.one(tiffWidth), v.one(tiffHeight), t.orientation)
}

// data marks strips or tiles as staying.
func (t *tiffCleaner) data(offsets, sizes []int64) {
	for i, at := range offsets {
		end := t.size
		if i < len(sizes) {
			end = min(at+sizes[i], t.size)
		}
		if at < end {
			t.spans = append(t.spans, picSpan{at, end})
		}
	}
}

// values reads whole numbers.
func (t *tiffCleaner) values(e tiffEntry) ([]int64, error) {
	width := exifWidth(e.kind)
	if e.kind != 3 && e.kind != 4 {
		return nil, broken("a tag %d has no whole numbers", e.tag)
	}
	if t.strips += int(min(e.count, tiffMaxStrips)); t.strips > 2*tiffMaxStrips+tiffMaxPages*10 {
		return nil, fmt.Errorf("%w: it has too many strips", ErrLimit)
	}
	b, err := t.load(e.at, e.size, 4*tiffMaxStrips)
	if err != nil {
		return nil, err
	}
	v := make([]int64, 0, e.count)
	for ; len(b) > 0; b = b[width:] {
		if width == 2 {
			v = append(v, int64(t.order.Uint16(b)))
		} else {
			v = append(v, int64(t.order.Uint32(b)))
		}
	}
	return v, nil
}

// entry marks the values of a tag as staying, or notes that they go.
func (t *tiffCleaner) entry(e tiffEntry) (stays bool, err error) {
	if !slices.Contains(tiffTags, e.tag) {
		what := tiffNames[e.tag]
		if what == "" {
			what = whatExif
		}
		size := int64(0)
		if e.size > 4 && e.at+e.size <= t.size {
			size = e.size
		}
		t.named += 12 + size
		t.remove(what, 12+size)
		return false, nil
	}
	if e.tag == tiffProfile {
		return t.profile(e)
	}
	if e.size > 4 {
		if e.at+e.size > t.size {
			return false, errEnds
		}
		t.spans = append(t.spans, picSpan{e.at, e.at + e.size})
	}
	return true, nil
}

// profile keeps the numbers of a colour profile, in its place.
func (t *tiffCleaner) profile(e tiffEntry) (stays bool, err error) {
	old, err := t.load(e.at, e.size, picMaxProfile)
	if err != nil {
		return false, err
	}
	neutral, srgb, ok := neutralProfile(old)
	what := whatProfile
	switch {
	case !ok:
		what = whatBadProfile
	case srgb:
		what = whatSRGB
	case bytes.Equal(old, neutral):
		t.spans = append(t.spans, picSpan{e.at, e.at + e.size})
		return true, nil
	default:
		t.patches = append(t.patches, tiffPatch{e.at, neutral})
		t.remove(what, 0)
		return true, nil
	}
	t.named += e.size
	t.remove(what, e.size)
	return false, nil
}

// write makes the plan.
func (t *tiffCleaner) write() error {
	slices.SortFunc(t.patches, func(a, b tiffPatch) int { return cmp.Compare(a.offset, b.offset) })
	t.spans = t.spans.join()
	offset := int64(0)
	for _, p := range t.patches {
		if p.offset < max(offset, 8) {
			return broken("its parts overlap")
		}
		if err := t.keep(t.spans, offset, p.offset); err != nil {
			return err
		}
		if err := t.patch(p); err != nil {
			return err
		}
		offset = p.offset + int64(len(p.b))
	}
	end := max(offset, min(t.spans[len(t.spans)-1].end, t.size))
	if err := t.keep(t.spans, offset, end); err != nil {
		return err
	}
	t.drop(whatUnknown, end, t.size)
	if rest := t.zeroed - t.named; rest > 0 {
		t.remove(whatUnknown, rest)
	}
	return nil
}

// patch writes new bytes over old ones, if they are not the same.
func (t *tiffCleaner) patch(p tiffPatch) error {
	old, err := t.peek(p.offset, len(p.b))
	if err != nil {
		return err
	}
	if bytes.Equal(old, p.b) {
		t.Plan.copy(p.offset, int64(len(p.b)))
		return nil
	}
	if len(t.Removed) == 0 { // bytes between the entries and what they point to
		t.remove(whatHeader, 0)
	}
	t.Plan.add(p.b)
	return nil
}
