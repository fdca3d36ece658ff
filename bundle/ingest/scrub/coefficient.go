package scrub

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// This file reads the coefficients of JPEG files (ITU-T T.81): sequential and progressive ones with
// eight bits a sample, coded after Huffman. Nothing is reckoned with them: they are turned and written again.

// errNotLossless says that a JPEG cannot be turned coefficient by coefficient.
var errNotLossless = errors.New("not to be turned without loss")

// jpegNatural is where in a block, row by row, the coefficients lie in the order of the file (T.81, figure A.6).
var jpegNatural = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
}

// A jpegBlock is eight by eight coefficients, row by row.
type jpegBlock [64]int16

// A jpegComponent is one colour of a picture.
type jpegComponent struct {
	id, h, v   int // sampling factors
	table      int // of quantisation
	quant      *[64]uint16
	wide, high int // in blocks, as far as the picture goes
	stride     int // in blocks, up to the end of the last unit
	blocks     []jpegBlock
}

// A jpegPicture is a picture as coefficients.
type jpegPicture struct {
	width, height int
	components    []*jpegComponent
	hMax, vMax    int
}

// units is how many units of all components lie beside and above each other (T.81, section A.2).
func (p *jpegPicture) units() (across, down int) {
	return ceil(p.width, 8*p.hMax), ceil(p.height, 8*p.vMax)
}

func ceil(a, b int) int { return (a + b - 1) / b }

// A jpegDecoder reads a file.
type jpegDecoder struct {
	jpegPicture
	progressive bool
	quant       [4]*[64]uint16
	dc, ac      [4]*jpegDecodeTable
	restart     int // units between two restart markers, 0 for none
}

// decodeJPEG reads the coefficients of a file that was cleaned. What it does not know, and what is broken
// or cut short, is errNotLossless.
func decodeJPEG(file []byte, segments []jpegSegment) (*jpegPicture, error) {
	d := &jpegDecoder{}
	for _, s := range segments {
		if err := d.segment(s.marker, file[s.data:s.stop], file[s.stop:s.end]); err != nil {
			return nil, err
		}
	}
	if len(d.components) == 0 {
		return nil, errNotLossless
	}
	for _, c := range d.components {
		if c.quant == nil { // a colour without a scan
			return nil, errNotLossless
		}
	}
	return &d.jpegPicture, nil
}

func (d *jpegDecoder) segment(marker byte, b, coded []byte) error {
	switch marker {
	case jpegDQT:
		return d.quantisation(b)
	case jpegDHT:
		return d.huffman(b)
	case jpegDRI:
		if len(b) != 2 {
			return errNotLossless
		}
		d.restart = int(binary.BigEndian.Uint16(b))
	case jpegSOF0, jpegSOF0 + 1, jpegSOF2:
		d.progressive = marker == jpegSOF2
		return d.frame(b)
	case jpegSOS:
		return d.scan(b, coded)
	case jpegAPP0, 0xE2, 0xEE, jpegSOI, jpegEOI:
	default: // arithmetic coding, several frames, a height that comes late
		return errNotLossless
	}
	return nil
}

// quantisation reads tables (T.81, B.2.4.1).
func (d *jpegDecoder) quantisation(b []byte) error {
	for len(b) > 0 {
		width, to := 1+int(b[0]>>4), int(b[0]&15)
		if b = b[1:]; width > 2 || to > 3 || len(b) < 64*width {
			return errNotLossless
		}
		var table [64]uint16
		for i, at := range jpegNatural {
			if width == 2 {
				table[at] = binary.BigEndian.Uint16(b[2*i:])
			} else {
				table[at] = uint16(b[i])
			}
		}
		d.quant[to], b = &table, b[64*width:]
	}
	return nil
}

// huffman reads tables (T.81, B.2.4.2).
func (d *jpegDecoder) huffman(b []byte) error {
	for len(b) > 0 {
		if len(b) < 17 || b[0]&15 > 3 || b[0]>>4 > 1 {
			return errNotLossless
		}
		n := 0
		for _, c := range b[1:17] {
			n += int(c)
		}
		if n > 256 || len(b) < 17+n {
			return errNotLossless
		}
		table, ok := newJPEGDecodeTable(b[1:17], b[17:17+n])
		if !ok {
			return errNotLossless
		}
		if b[0]>>4 == 0 {
			d.dc[b[0]&15] = table
		} else {
			d.ac[b[0]&15] = table
		}
		b = b[17+n:]
	}
	return nil
}

// frame reads the size and the components (T.81, B.2.2), and makes room for them.
func (d *jpegDecoder) frame(b []byte) error {
	if len(d.components) > 0 || len(b) < 6 || b[0] != 8 || len(b) != 6+3*int(b[5]) || b[5] < 1 || b[5] > 4 {
		return errNotLossless
	}
	d.height, d.width = int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:]))
	if d.width == 0 || d.height == 0 {
		return errNotLossless
	}
	d.hMax, d.vMax = 1, 1
	for b = b[6:]; len(b) > 0; b = b[3:] {
		c := &jpegComponent{id: int(b[0]), h: int(b[1] >> 4), v: int(b[1] & 15), table: int(b[2])}
		if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 || c.table > 3 {
			return errNotLossless
		}
		d.hMax, d.vMax = max(d.hMax, c.h), max(d.vMax, c.v)
		d.components = append(d.components, c)
	}
	if len(d.components) == 1 { // its factors mean nothing
		d.hMax, d.vMax, d.components[0].h, d.components[0].v = 1, 1, 1, 1
	}
	return d.room()
}

// room makes room for the coefficients.
func (d *jpegDecoder) room() error {
	across, down := d.units()
	total, factors := 0, 0
	for _, c := range d.components {
		c.wide = ceil(ceil(d.width*c.h, d.hMax), 8)
		c.high = ceil(ceil(d.height*c.v, d.vMax), 8)
		c.stride = across * c.h
		total += c.stride * down * c.v
		factors += c.h * c.v
	}
	if factors > 10 || total > turnMaxBlocks {
		return errNotLossless
	}
	for _, c := range d.components {
		c.blocks = make([]jpegBlock, c.stride*down*c.v)
	}
	return nil
}

// A jpegScan is what one scan says of how its data are coded (T.81, B.2.3).
type jpegScan struct {
	bits       jpegBits
	parts      []jpegScanPart
	from, to   int  // the coefficients in it
	high, low  uint // bits that came before, and that are still to come
	endOfBands int  // blocks that have nothing more in this scan
}

type jpegScanPart struct {
	*jpegComponent
	dc, ac *jpegDecodeTable
	last   int // the coefficient that differences are from
}

// scan reads one scan.
func (d *jpegDecoder) scan(b, coded []byte) error {
	s := jpegScan{bits: jpegBits{b: coded}}
	if len(b) < 1 || b[0] < 1 || b[0] > 4 || len(b) != 4+2*int(b[0]) {
		return errNotLossless
	}
	n := int(b[0])
	for i := range n {
		part, err := d.scanPart(b[1+2*i], b[2+2*i])
		if err != nil {
			return err
		}
		s.parts = append(s.parts, part)
	}
	b = b[1+2*n:]
	s.from, s.to, s.high, s.low = int(b[0]), int(b[1]), uint(b[2]>>4), uint(b[2]&15)
	if !d.progressive {
		s.from, s.to, s.high, s.low = 0, 63, 0, 0
	}
	if s.from > s.to || s.to > 63 || s.low > 13 || s.high != 0 && s.high != s.low+1 ||
		d.progressive && (s.from == 0 && s.to != 0 || s.from > 0 && n > 1) {
		return errNotLossless
	}
	for _, p := range s.parts {
		if s.from == 0 && s.high == 0 && p.dc == nil || s.to > 0 && p.ac == nil {
			return errNotLossless
		}
	}
	return d.scanUnits(&s)
}

func (d *jpegDecoder) scanPart(id, tables byte) (p jpegScanPart, err error) {
	for _, c := range d.components {
		if c.id != int(id) || tables>>4 > 3 || tables&15 > 3 {
			continue
		}
		quant := d.quant[c.table]
		if quant == nil || c.quant != nil && *c.quant != *quant {
			return p, errNotLossless
		}
		c.quant = quant
		return jpegScanPart{jpegComponent: c, dc: d.dc[tables>>4], ac: d.ac[tables&15]}, nil
	}
	return p, errNotLossless
}

// scanUnits reads the units of a scan: blocks of one component, or of several by turns.
func (d *jpegDecoder) scanUnits(s *jpegScan) error {
	across, down := d.units()
	if len(s.parts) == 1 {
		across, down = s.parts[0].wide, s.parts[0].high
	}
	decode := s.decoder(d.progressive)
	for n := range across * down {
		if d.restart > 0 && n > 0 && n%d.restart == 0 && !s.restart() {
			return errNotLossless
		}
		x, y := n%across, n/across
		for i := range s.parts {
			p := &s.parts[i]
			if len(s.parts) == 1 {
				decode(p, &p.blocks[y*p.stride+x])
				continue
			}
			for j := range p.h * p.v {
				decode(p, &p.blocks[(y*p.v+j/p.h)*p.stride+x*p.h+j%p.h])
			}
		}
		if s.bits.bad() {
			return errNotLossless
		}
	}
	return nil
}

// restart begins anew behind a restart marker.
func (s *jpegScan) restart() bool {
	for i := range s.parts {
		s.parts[i].last = 0
	}
	s.endOfBands = 0
	return s.bits.restart()
}

// decoder is what reads a block in this scan.
func (s *jpegScan) decoder(progressive bool) func(*jpegScanPart, *jpegBlock) {
	switch {
	case !progressive:
		return s.sequential
	case s.from == 0 && s.high == 0:
		return s.first
	case s.from == 0:
		return s.refineFirst
	case s.high == 0:
		return s.band
	}
	return s.refineBand
}

// sequential reads a whole block (T.81, section F.2.2).
func (s *jpegScan) sequential(p *jpegScanPart, b *jpegBlock) {
	s.first(p, b)
	for k := 1; k < 64; k++ {
		symbol := s.bits.symbol(p.ac)
		size := uint(symbol & 15)
		if size == 0 {
			if symbol>>4 != 15 {
				return
			}
			k += 15
			continue
		}
		if k += int(symbol >> 4); k > 63 {
			s.bits.fail()
			return
		}
		b[jpegNatural[k]] = int16(s.bits.signed(size))
	}
}

// first reads the first coefficient (T.81, sections F.2.2.1 and G.1.2.1).
func (s *jpegScan) first(p *jpegScanPart, b *jpegBlock) {
	size := uint(s.bits.symbol(p.dc))
	if size > 15 {
		s.bits.fail()
		return
	}
	p.last += s.bits.signed(size)
	b[0] = int16(p.last << s.low)
}

// refineFirst reads one more bit of the first coefficient.
func (s *jpegScan) refineFirst(_ *jpegScanPart, b *jpegBlock) {
	b[0] |= int16(s.bits.number(1) << s.low)
}

// band reads some coefficients of a block (T.81, section G.1.2.2).
func (s *jpegScan) band(p *jpegScanPart, b *jpegBlock) {
	if s.endOfBands > 0 {
		s.endOfBands--
		return
	}
	for k := s.from; k <= s.to; k++ {
		symbol := s.bits.symbol(p.ac)
		run, size := int(symbol>>4), uint(symbol&15)
		if size == 0 && run < 15 {
			s.endOfBands = 1<<run - 1 + s.bits.number(uint(run))
			return
		}
		if k += run; size == 0 {
			continue
		}
		if k > s.to {
			s.bits.fail()
			return
		}
		b[jpegNatural[k]] = int16(s.bits.signed(size) << s.low)
	}
}

// refineBand reads one more bit of some coefficients, and those that are not 0 from that bit on
// (T.81, section G.1.2.3).
func (s *jpegScan) refineBand(p *jpegScanPart, b *jpegBlock) {
	k := s.from
	for ; k <= s.to && s.endOfBands == 0; k++ {
		symbol := s.bits.symbol(p.ac)
		run, size := int(symbol>>4), symbol&15
		value := int16(0)
		switch {
		case size > 1:
			s.bits.fail()
			return
		case size == 1 && s.bits.number(1) == 1:
			value = 1 << s.low
		case size == 1:
			value = -1 << s.low
		case run < 15:
			s.endOfBands = 1<<run + s.bits.number(uint(run))
		}
		if s.endOfBands > 0 {
			break
		}
		if k = s.refine(b, k, run); value != 0 && k <= s.to {
			b[jpegNatural[k]] = value
		}
	}
	if s.endOfBands > 0 {
		s.refine(b, k, 64)
		s.endOfBands--
	}
}

// refine reads a bit for each coefficient from k on that is not 0, up to the one behind so many that
// are, and returns where that is.
func (s *jpegScan) refine(b *jpegBlock, k, zeros int) int {
	for ; k <= s.to; k++ {
		c := &b[jpegNatural[k]]
		if *c == 0 {
			if zeros--; zeros < 0 {
				break
			}
			continue
		}
		if s.bits.number(1) == 0 || *c>>s.low&1 != 0 {
			continue
		}
		if *c > 0 {
			*c += 1 << s.low
		} else {
			*c -= 1 << s.low
		}
	}
	return k
}

// jpegBits reads bits from coded data, in which a byte FF is followed by a byte 0, or is a marker.
type jpegBits struct {
	b    []byte
	bits uint64 // the next n bits, at the left
	n    uint
	over uint // how many of them are made up, behind the end
}

// fail makes bad true.
func (r *jpegBits) fail() { r.over = 1 << 30 }

// bad says whether more was read than there is, or what cannot be.
func (r *jpegBits) bad() bool { return r.over > r.n }

// fill makes it 32 bits at least.
func (r *jpegBits) fill() {
	for r.n <= 56 {
		c := uint64(0)
		switch {
		case len(r.b) == 0, r.b[0] == 0xFF && (len(r.b) < 2 || r.b[1] != 0):
			r.over += 8
			if r.over > 1<<20 {
				r.over = 1 << 30
			}
		default:
			c = uint64(r.b[0])
			if c == 0xFF {
				r.b = r.b[1:]
			}
			r.b = r.b[1:]
		}
		r.bits |= c << (56 - r.n)
		r.n += 8
	}
}

// number reads a number of up to 16 bits.
func (r *jpegBits) number(size uint) int {
	if r.n < size {
		r.fill()
	}
	v := int(r.bits >> 1 >> (63 - size))
	r.bits <<= size
	r.n -= size
	return v
}

// signed reads a number whose first bit says whether it is positive (T.81, figure F.12).
func (r *jpegBits) signed(size uint) int {
	v := r.number(size)
	if size > 0 && v < 1<<(size-1) {
		v -= 1<<size - 1
	}
	return v
}

// symbol reads what a table has for the next bits.
func (r *jpegBits) symbol(t *jpegDecodeTable) byte {
	if r.n < 16 {
		r.fill()
	}
	if e := t.short[r.bits>>(64-jpegShort)]; e != 0 {
		size := uint(e >> 8)
		r.bits <<= size
		r.n -= size
		return byte(e)
	}
	code := int(r.bits >> 48)
	for size := uint(jpegShort + 1); size <= 16; size++ {
		if c := code >> (16 - size); c < t.end[size] {
			r.bits <<= size
			r.n -= size
			return t.symbols[t.base[size]+c]
		}
	}
	r.fail()
	return 0
}

// restart goes behind the next marker, which has to be one for a restart.
func (r *jpegBits) restart() bool {
	if r.bad() {
		return false
	}
	// The bits that were looked at but not used are the end of the last byte.
	for len(r.b) > 0 && r.b[0] == 0xFF && len(r.b) > 1 && r.b[1] == 0xFF {
		r.b = r.b[1:]
	}
	if len(r.b) < 2 || r.b[0] != 0xFF || r.b[1] < jpegRST0 || r.b[1] > jpegRST7 || r.n-r.over > 7 {
		return false
	}
	*r = jpegBits{b: r.b[2:]}
	return true
}

// jpegShort is how many bits of a code are looked up at once.
const jpegShort = 9

// A jpegDecodeTable is a Huffman table.
type jpegDecodeTable struct {
	short   [1 << jpegShort]uint16 // length and symbol, or 0 for longer codes
	end     [17]int                // the first code of a length that is none of them
	base    [17]int                // what makes an index into symbols of a code
	symbols []byte
}

// newJPEGDecodeTable makes a table of the numbers of codes of each length (T.81, annex C).
func newJPEGDecodeTable(counts, symbols []byte) (*jpegDecodeTable, bool) {
	t := &jpegDecodeTable{symbols: symbols}
	code, at := 0, 0
	for size := 1; size <= 16; size++ {
		t.base[size] = at - code
		for range counts[size-1] {
			if size <= jpegShort {
				from := code << (jpegShort - size)
				for i := range 1 << (jpegShort - size) {
					if from+i < len(t.short) {
						t.short[from+i] = uint16(size)<<8 | uint16(symbols[at])
					}
				}
			}
			code++
			at++
		}
		if code > 1<<size {
			return nil, false
		}
		t.end[size] = code
		code <<= 1
	}
	return t, true
}

// jpegSize is how many bits a number takes, without its sign.
func jpegSize(v int) uint {
	if v < 0 {
		v = -v
	}
	return uint(bits.Len(uint(v)))
}
