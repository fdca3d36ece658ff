package scrub

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

// Limits on HEIF files.
const (
	// heifMaxMeta is the longest box of descriptions: it is held in memory. Colour profiles lie in it.
	heifMaxMeta = 16 << 20
	// heifMaxBoxes, heifMaxItems and heifMaxExtents are how many of them a file may have. A picture
	// of 200 megapixels has some 800 tiles, each an item.
	heifMaxBoxes   = 100_000
	heifMaxItems   = 20_000
	heifMaxExtents = 100_000
	heifMaxDepth   = 10
)

// heifPictures are the types of items that are a picture, or make one of others (ISO/IEC 23008-12,
// AV1 Image File Format). A JPEG file is none: it could hold everything again.
var heifPictures = []string{
	"hvc1", "hev1", "lhv1", "av01", "avc1", "vvc1", "evc1", "unci", "mski", "grid", "iovl", "iden", "tmap",
}

// heifProperties are the properties that say how a picture looks (ISO/IEC 23008-12, section 6.5).
// Not among them: texts, times, and where a camera stood.
var heifProperties = []string{
	"ispe", "pixi", "colr", "pasp", "clap", "irot", "imir", "auxC", "clli", "mdcv", "cclv", "amve", "rloc",
	"hvcC", "lhvC", "av1C", "avcC", "vvcC", "evcC", "uncC", "cmpd", "mskC", "a1op", "a1lx", "lsel", "oinf", "tols",
}

// heifMeta are the boxes of descriptions that stay (ISO/IEC 14496-12, section 8.11).
var heifMeta = []string{"hdlr", "pitm", "iloc", "iinf", "iprp", "iref", "idat", "grpl", "dinf"}

// heifAlpha are the names of a picture that is another's transparency.
var heifAlpha = []string{
	"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", "urn:mpeg:hevc:2015:auxid:1", "urn:mpeg:avc:2015:auxid:1",
}

// A heifBox is a box at the top of a file.
type heifBox struct {
	kind              string
	offset, data, end int64
}

// A heifItem is a picture, a part of one, or data about one.
type heifItem struct {
	id         uint32
	kind       string
	mime       bool // it is XMP or the like
	info       []byte
	extents    []picSpan
	inMeta     bool // the extents are counted from the idat box on
	indirect   bool // they are in another item, or in another file
	properties []int
	stays      bool
}

// A heifCleaner cleans one file.
type heifCleaner struct {
	picFile
	boxes   []heifBox
	meta    []byte // the box of descriptions, as it will be
	track   *heifTrack
	film    []byte // the moov box, as it will be
	primary uint32
	items   map[uint32]*heifItem
	order   []*heifItem
	refs    map[uint32][]heifRef // by where they come from
	back    map[uint32][]heifRef // by where they go to
	thumbs  map[uint32]bool      // items that are thumbnails of others
	props   [][]byte             // boxes, each with its head
	idat    []byte
	count   int      // of boxes, so that there is an end
	exifs   int      // how many items of Exif data there were
	spans   picSpans // of items that stay
	named   int64    // bytes of items that went, and were named
}

type heifRef struct {
	kind     string
	from, to uint32
}

// cleanHEIF keeps of an AVIF or HEIC file (ISO/IEC 23008-12, in boxes of ISO/IEC 14496-12) the picture
// that is shown, with its tiles, transparency and gain map, and how it is turned and cropped. Exif
// data, XMP, thumbnails, other pictures and all that is not needed are overwritten with zeros, so that
// everything stays in its place. What a crop hides stays: it is coded together with the rest.
//
// A film (AVIF sequence) keeps the samples of its tracks, without times and names. One with other tracks
// than of pictures is ErrFormat.
func cleanHEIF(r io.ReaderAt, size int64) (*Result, error) {
	h := &heifCleaner{picFile: newPicFile(r, size), items: map[uint32]*heifItem{},
		refs: map[uint32][]heifRef{}, back: map[uint32][]heifRef{}, thumbs: map[uint32]bool{}}
	if err := h.top(); err != nil {
		return nil, err
	}
	if err := h.readMeta(); err != nil {
		return nil, err
	}
	if err := h.choose(); err != nil {
		return nil, err
	}
	if err := h.cleanFilm(); err != nil {
		return nil, err
	}
	if err := h.write(); err != nil {
		return nil, err
	}
	return h.done()
}

// top lists the boxes of the file, and loads those that are edited.
func (h *heifCleaner) top() error {
	for offset := int64(0); offset < h.size; {
		b, err := h.next(offset)
		if cutShort(err) && offset > 0 {
			return nil // no box: it is left out
		}
		if err != nil {
			return err
		}
		switch {
		case offset == 0 && b.kind != "ftyp":
			return broken("it does not begin with its type")
		case b.kind == "meta" && h.meta == nil:
			h.meta, err = h.load(b.offset, b.end-b.offset, heifMaxMeta)
		case b.kind == "moov" && h.film == nil:
			h.film, err = h.load(b.offset, b.end-b.offset, heifMaxMeta)
		case b.kind == "meta", b.kind == "moov", b.kind == "moof":
			return broken("it has more than one box %q", b.kind)
		}
		if err != nil {
			return err
		}
		if h.boxes = append(h.boxes, b); len(h.boxes) > heifMaxBoxes {
			return fmt.Errorf("%w: it has too many boxes", ErrLimit)
		}
		offset = b.end
	}
	return nil
}

// next reads the head of a box (ISO/IEC 14496-12, section 4.2).
func (h *heifCleaner) next(offset int64) (b heifBox, err error) {
	head, err := h.peek(offset, 8)
	if err != nil {
		return b, err
	}
	b = heifBox{kind: string(head[4:]), offset: offset, data: offset + 8}
	length := int64(binary.BigEndian.Uint32(head))
	switch length {
	case 0:
		length = h.size - offset
	case 1:
		if head, err = h.peek(offset, 16); err != nil {
			return b, err
		}
		length, b.data = int64(binary.BigEndian.Uint64(head[8:])), offset+16
	}
	if length < b.data-offset || length > h.size-offset {
		return b, errEnds
	}
	b.end = offset + length
	return b, nil
}

// clear overwrites bytes with zeros, and notes it if there was anything else.
func (h *heifCleaner) clear(what string, b []byte) {
	for _, c := range b {
		if c != 0 {
			h.remove(what, int64(len(b)))
			clear(b)
			return
		}
	}
}

// free makes a box one without content, of the same length.
func (h *heifCleaner) free(what string, box []byte, body int) {
	if kind := string(box[4:8]); kind != "free" {
		h.remove(what, int64(len(box)))
		copy(box[4:], "free")
		clear(box[body:])
	}
	h.clear(what, box[body:])
}

// each calls f with every box in b, which is what a box holds. A box that does not fit ends in ErrFormat.
func (h *heifCleaner) each(b []byte, f func(kind string, box []byte, body int) error) error {
	for len(b) > 0 {
		if h.count++; h.count > heifMaxBoxes {
			return fmt.Errorf("%w: it has too many boxes", ErrLimit)
		}
		if len(b) < 8 {
			return broken("a box has no head")
		}
		length, body := uint64(binary.BigEndian.Uint32(b)), 8
		if length == 1 && len(b) >= 16 {
			length, body = binary.BigEndian.Uint64(b[8:]), 16
		}
		if length < uint64(body) || length > uint64(len(b)) {
			return broken("a box %q is longer than what it is in", b[4:8])
		}
		if err := f(string(b[4:8]), b[:length:length], body); err != nil {
			return err
		}
		b = b[length:]
	}
	return nil
}

// heifFull returns what a box with a version holds (ISO/IEC 14496-12, section 4.2).
func heifFull(box []byte, body int) (version byte, rest []byte, err error) {
	if len(box) < body+4 {
		return 0, nil, broken("a box %q is too short", box[4:8])
	}
	return box[body], box[body+4:], nil
}

// readMeta reads the descriptions, and clears in them what has no use.
func (h *heifCleaner) readMeta() error {
	if h.meta == nil {
		return broken("it describes no picture")
	}
	body := 8
	if binary.BigEndian.Uint32(h.meta) == 1 {
		body = 16
	}
	_, rest, err := heifFull(h.meta, body)
	if err != nil {
		return err
	}
	parts := map[string][]byte{}
	err = h.each(rest, func(kind string, box []byte, body int) error {
		switch {
		case !slices.Contains(heifMeta, kind) || kind == "dinf" && len(box) != 36:
			h.free(whatUnknown, box, body)
		case parts[kind] != nil:
			return broken("it has two boxes %q", kind)
		default:
			parts[kind] = box[body:]
		}
		return nil
	})
	if err != nil {
		return err
	}
	if b := parts["hdlr"]; len(b) > 12 {
		h.clear(whatHeader, b[12:])
	}
	h.idat = parts["idat"]
	return h.readParts(parts)
}

func (h *heifCleaner) readParts(parts map[string][]byte) error {
	for _, part := range []struct {
		kind string
		read func(version byte, r *heifReader) error
	}{
		{"pitm", h.readPrimary}, {"iinf", h.readInfos}, {"iloc", h.readPlaces}, {"iref", h.readRefs},
	} {
		b := parts[part.kind]
		if b == nil {
			if part.kind == "iref" {
				continue
			}
			return broken("it has no box %q", part.kind)
		}
		if len(b) < 4 {
			return broken("a box %q is too short", part.kind)
		}
		r := &heifReader{b: b[4:]}
		if err := part.read(b[0], r); err != nil {
			return err
		}
		if r.short {
			return broken("a box %q is too short", part.kind)
		}
	}
	return h.readProperties(parts["iprp"])
}

// A heifReader reads numbers from the front of b.
type heifReader struct {
	b     []byte
	short bool // there was less than was asked for; sticky
}

// next returns n bytes, zeros where there are none.
func (r *heifReader) next(n int) []byte {
	if n > len(r.b) {
		r.short, r.b = true, nil
		return make([]byte, n)
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}

// number reads a number of n bytes: 0, 1, 2, 4 or 8.
func (r *heifReader) number(n int) (v uint64) {
	for _, b := range r.next(n) {
		v = v<<8 | uint64(b)
	}
	return v
}

// heifWide is 4 where a version has wide numbers, otherwise 2.
func heifWide(wide bool) int {
	if wide {
		return 4
	}
	return 2
}

func (h *heifCleaner) readPrimary(version byte, r *heifReader) error {
	h.primary = uint32(r.number(heifWide(version > 0)))
	return nil
}

// readInfos reads what items are (ISO/IEC 14496-12, section 8.11.6), and clears their names.
func (h *heifCleaner) readInfos(version byte, r *heifReader) error {
	r.number(heifWide(version > 0))
	if r.short {
		return nil
	}
	return h.each(r.b, func(kind string, box []byte, body int) error {
		version, rest, err := heifFull(box, body)
		if err != nil {
			return err
		}
		if kind != "infe" || version < 2 {
			h.free(whatUnknown, box, body)
			return nil
		}
		info := &heifReader{b: rest}
		it := &heifItem{id: uint32(info.number(heifWide(version > 2)))}
		info.number(2)
		it.info = info.next(4)
		it.kind = string(it.info)
		if info.short || h.items[it.id] != nil {
			return broken("an item is described in no known way")
		}
		it.mime = it.kind == "mime" || it.kind == "uri "
		h.clear(whatHeader, info.b)
		h.items[it.id] = it
		if h.order = append(h.order, it); len(h.order) > heifMaxItems {
			return fmt.Errorf("%w: it has too many items", ErrLimit)
		}
		return nil
	})
}

// readPlaces reads where items lie (ISO/IEC 14496-12, section 8.11.3).
func (h *heifCleaner) readPlaces(version byte, r *heifReader) error {
	sizes := r.number(2)
	width := func(shift int) int { return int(sizes >> shift & 15) }
	for _, shift := range []int{12, 8, 4, 0} {
		if w := width(shift); w != 0 && w != 4 && w != 8 {
			return broken("the places of items are given in no known way")
		}
	}
	total := 0
	for n := r.number(heifWide(version > 1)); n > 0 && !r.short; n-- {
		it := h.items[uint32(r.number(heifWide(version > 1)))]
		if it == nil {
			it = &heifItem{} // of nobody: read past
		}
		if version > 0 {
			method := r.number(2) & 15
			it.inMeta, it.indirect = method == 1, method > 1
		}
		it.indirect = it.indirect || r.number(2) != 0
		base := r.number(width(4))
		for m := r.number(2); m > 0 && !r.short; m-- {
			if version > 0 {
				r.number(width(0))
			}
			from := base + r.number(width(12))
			length := r.number(width(8))
			if total++; total > heifMaxExtents {
				return fmt.Errorf("%w: its items lie in too many pieces", ErrLimit)
			}
			it.extents = append(it.extents, heifSpan(from, length))
		}
	}
	return nil
}

// heifSpan is a part of a file, as long as it can be where no length is given.
func heifSpan(from, length uint64) picSpan {
	const most = 1 << 62
	if length == 0 || length > most {
		length = most
	}
	from = min(from, most)
	return picSpan{int64(from), int64(from + min(length, most-from))}
}

// readRefs reads what items refer to (ISO/IEC 14496-12, section 8.11.12).
func (h *heifCleaner) readRefs(version byte, r *heifReader) error {
	width, total := heifWide(version > 0), 0
	return h.each(r.b, func(kind string, box []byte, body int) error {
		b := &heifReader{b: box[body:]}
		from := uint32(b.number(width))
		for n := b.number(2); n > 0 && !b.short; n-- {
			ref := heifRef{kind, from, uint32(b.number(width))}
			h.refs[ref.from] = append(h.refs[ref.from], ref)
			h.back[ref.to] = append(h.back[ref.to], ref)
			if kind == "thmb" {
				h.thumbs[ref.from] = true
			}
			if total++; total > heifMaxExtents {
				return fmt.Errorf("%w: it has too many references", ErrLimit)
			}
		}
		if b.short {
			return broken("a reference is too short")
		}
		return nil
	})
}

// readProperties reads the properties and whose they are (ISO/IEC 23008-12, section 9.3).
func (h *heifCleaner) readProperties(b []byte) error {
	return h.each(b, func(kind string, box []byte, body int) error {
		switch kind {
		case "ipco":
			if h.props != nil {
				return broken("it has two lists of properties")
			}
			return h.each(box[body:], h.property)
		case "ipma":
			return h.readOwners(box, body)
		}
		h.free(whatUnknown, box, body)
		return nil
	})
}

// property clears a property that has no use, and in a colour profile its texts.
func (h *heifCleaner) property(kind string, box []byte, body int) error {
	h.props = append(h.props, box)
	if !slices.Contains(heifProperties, kind) {
		h.free(whatUnknown, box, body)
		return nil
	}
	if kind != "colr" || len(box) < body+4 || string(box[body:body+4]) == "nclx" {
		return nil
	}
	old := box[body+4:]
	neutral, _, ok := neutralProfile(old)
	if !ok || len(old) > picMaxProfile {
		h.free(whatBadProfile, box, body)
		return nil
	}
	if !bytes.Equal(old, neutral) {
		h.remove(whatProfile, 0)
		copy(old, neutral)
	}
	return nil
}

func (h *heifCleaner) readOwners(box []byte, body int) error {
	version, rest, err := heifFull(box, body)
	if err != nil {
		return err
	}
	wide := box[body+3]&1 == 1
	r, total := &heifReader{b: rest}, 0
	for n := r.number(4); n > 0 && !r.short; n-- {
		it := h.items[uint32(r.number(heifWide(version > 0)))]
		for m := r.number(1); m > 0 && !r.short; m-- {
			index := int(r.number(1) & 0x7F)
			if wide {
				index = index<<8 | int(r.number(1))
			}
			if total++; total > heifMaxExtents {
				return fmt.Errorf("%w: it has too many properties", ErrLimit)
			}
			if it != nil {
				it.properties = append(it.properties, index)
			}
		}
	}
	if r.short {
		return broken("a box %q is too short", "ipma")
	}
	return nil
}

// propertyOf returns what an item's property of a kind holds, or nil.
func (h *heifCleaner) propertyOf(it *heifItem, kind string) []byte {
	for _, i := range it.properties {
		if i > 0 && i <= len(h.props) && string(h.props[i-1][4:8]) == kind {
			return h.props[i-1][8:]
		}
	}
	return nil
}

// choose finds the items that stay, and notes the others.
func (h *heifCleaner) choose() error {
	first := h.items[h.primary]
	if first == nil || !slices.Contains(heifPictures, first.kind) {
		return broken("it has no picture of a kind that is known")
	}
	for todo := []*heifItem{first}; len(todo) > 0; {
		it := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if it.stays {
			continue
		}
		if it.indirect {
			return broken("a picture lies in another file")
		}
		it.stays = true
		todo = h.neighbours(todo, it)
	}
	for _, it := range h.order {
		if !it.stays {
			h.dropItem(it)
			continue
		}
		if !it.inMeta {
			h.spans = append(h.spans, it.extents...)
		}
	}
	h.clearIdat()
	return h.measure(first)
}

// neighbours adds to todo the pictures that one is made of or shown with.
func (h *heifCleaner) neighbours(todo []*heifItem, it *heifItem) []*heifItem {
	add := func(id uint32, ok func(*heifItem) bool) {
		if o := h.items[id]; o != nil && !o.stays && slices.Contains(heifPictures, o.kind) && ok(o) {
			todo = append(todo, o)
		}
	}
	for _, ref := range h.refs[it.id] {
		if ref.kind == "dimg" {
			add(ref.to, func(*heifItem) bool { return true })
		}
	}
	for _, ref := range h.back[it.id] {
		switch ref.kind {
		case "auxl":
			add(ref.from, h.isAlpha)
		case "dimg": // a picture and its gain map, for brighter screens
			add(ref.from, func(o *heifItem) bool { return o.kind == "tmap" })
		}
	}
	return todo
}

func (h *heifCleaner) isAlpha(it *heifItem) bool {
	b := h.propertyOf(it, "auxC")
	if len(b) < 4 {
		return false
	}
	name, _, _ := bytes.Cut(b[4:], []byte{0})
	return slices.Contains(heifAlpha, string(name))
}

// dropItem makes an item one of no kind, and notes what it was.
func (h *heifCleaner) dropItem(it *heifItem) {
	if it.kind == "free" {
		return
	}
	copy(it.info, "free")
	var size int64
	for _, x := range it.extents {
		if x.end <= h.size {
			size += x.end - x.offset
		}
	}
	if !it.inMeta {
		h.named += size
	}
	switch {
	case it.kind == "Exif":
		h.dropExif(h.exifData(it), size)
	case it.mime:
		h.remove(whatXMP, size)
	case h.isThumbnail(it):
		h.remove(whatThumbnail, size)
	case slices.Contains(heifPictures, it.kind):
		h.remove(whatFurther, size)
	default:
		h.remove(whatUnknown, size)
	}
}

// isThumbnail says whether an item is a thumbnail, or a tile of one.
func (h *heifCleaner) isThumbnail(it *heifItem) bool {
	return h.thumbs[it.id] || slices.ContainsFunc(h.back[it.id], func(r heifRef) bool {
		return r.kind == "dimg" && h.thumbs[r.from]
	})
}

// exifData looks into the Exif data of an item (ISO/IEC 23008-12, annex A.2).
func (h *heifCleaner) exifData(it *heifItem) (x exif) {
	// One is what a file has. Thousands in the same place would be read again and again.
	if h.exifs++; h.exifs > 4 || len(it.extents) == 0 || it.inMeta {
		return x
	}
	at := it.extents[0]
	b, err := h.load(at.offset, min(at.end-at.offset, picMaxExif, h.size), picMaxExif)
	if err != nil || len(b) < 4 {
		return x
	}
	skip := int64(binary.BigEndian.Uint32(b)) + 4
	if skip > int64(len(b)) {
		return x
	}
	return readExif(b[skip:])
}

// clearIdat clears the data among the descriptions that no item needs.
func (h *heifCleaner) clearIdat() {
	var spans picSpans
	for _, it := range h.order {
		if it.stays && it.inMeta {
			spans = append(spans, it.extents...)
		}
	}
	at, n := int64(0), int64(len(h.idat))
	for _, s := range append(spans.join(), picSpan{n, n}) {
		if from := min(s.offset, n); from > at {
			h.clear(whatUnknown, h.idat[at:from])
		}
		at = min(max(at, s.end), n)
	}
}

// measure reads how large the picture is, cropped and turned.
func (h *heifCleaner) measure(it *heifItem) error {
	b := h.propertyOf(it, "ispe")
	if len(b) < 12 {
		return broken("its picture has no size")
	}
	width, height := int64(binary.BigEndian.Uint32(b[4:])), int64(binary.BigEndian.Uint32(b[8:]))
	if c := h.propertyOf(it, "clap"); len(c) >= 16 {
		width, height = heifCrop(c, width), heifCrop(c[8:], height)
	}
	turn := 0
	if r := h.propertyOf(it, "irot"); len(r) > 0 && r[0]&1 == 1 {
		turn = 6
	}
	return h.shown(width, height, turn)
}

// heifCrop is the quotient of two numbers, or whole where it is not less.
func heifCrop(b []byte, whole int64) int64 {
	n, d := int64(binary.BigEndian.Uint32(b)), int64(binary.BigEndian.Uint32(b[4:]))
	if d == 0 || n/d <= 0 || n/d > whole {
		return whole
	}
	return n / d
}

// write makes the plan.
func (h *heifCleaner) write() error {
	h.spans = h.spans.join()
	end := h.last()
	for _, b := range h.boxes {
		if b.offset >= end {
			break
		}
		if err := h.writeBox(b); err != nil {
			return err
		}
	}
	if rest := h.zeroed - h.named; rest > 0 {
		h.remove(whatUnknown, rest)
	}
	h.drop(whatBehind, end, h.size)
	return nil
}

// last is where the last box ends that holds something. What is behind it is cut off.
func (h *heifCleaner) last() (end int64) {
	for _, b := range h.boxes {
		switch b.kind {
		case "ftyp", "meta", "moov", "mdat":
			end = b.end
		}
	}
	if n := len(h.spans); n > 0 { // data may lie anywhere
		end = max(end, min(h.spans[n-1].end, h.size))
	}
	for _, b := range h.boxes {
		if b.offset < end && b.end > end {
			end = b.end
		}
	}
	return end
}

func (h *heifCleaner) writeBox(b heifBox) error {
	switch b.kind {
	case "ftyp":
		h.Plan.copy(b.offset, b.end-b.offset)
		return nil
	case "meta":
		h.Plan.add(h.meta)
		return nil
	case "moov":
		h.Plan.add(h.film)
		return nil
	case "mdat", "free":
		h.Plan.copy(b.offset, b.data-b.offset)
	default:
		head, err := h.load(b.offset, b.data-b.offset, 16)
		if err != nil {
			return err
		}
		h.remove(whatUnknown, 0)
		copy(head[4:], "free")
		h.Plan.add(head)
	}
	return h.keep(h.spans, b.data, b.end)
}
