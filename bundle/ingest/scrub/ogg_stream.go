package scrub

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// An oggStream is a stream of one codec.
type oggStream struct {
	codec   *oggCodec // nil for one that goes
	done    bool      // all headers are there
	packets [][]byte  // headers; only the first is kept when they are done
	open    []byte    // a packet that goes on in the next page
	pages   []oggPage
	places  []int

	first, last uint64 // granule positions of the sound
	sound       bool
}

const oggNoGranule = 1<<64 - 1 // no packet ends in a page

func (s *oggStream) played(granule uint64) {
	if granule == oggNoGranule {
		return
	}
	if !s.sound {
		s.first, s.sound = granule, true
	}
	s.last = granule
}

// split takes packets out of a page.
func (s *oggStream) split(body, lacing []byte) error {
	for i, n := range lacing {
		s.open = append(s.open, body[:n]...)
		body = body[n:]
		if n == 255 {
			continue
		}
		s.packets = append(s.packets, s.open)
		s.open = nil
		switch s.done = s.codec.complete(s.packets); {
		case s.done && i < len(lacing)-1:
			return brokenf("sound in a page of headers")
		case len(s.packets) > maxFLACBlocks:
			return limitf("more than %d headers", maxFLACBlocks)
		}
	}
	return nil
}

// repage lays packets out on as many pages as there were. The first packet has a page of its own.
func (s *oggStream) repage(packets [][]byte) [][]byte {
	n := len(s.pages) - 1
	segments := 0
	for _, p := range packets[1:] {
		segments += len(p)/255 + 1
	}
	if segments < n {
		i, pad := s.codec.filler(packets), 255*(n-segments)
		packets[i] = append(slices.Clip(packets[i]), make([]byte, pad)...)
		s.codec.grown(packets[i])
		segments = n
	}
	body, lacing := bytes.Join(packets[1:], nil), make([]byte, 0, segments)
	for _, p := range packets[1:] {
		lacing = append(lacing, bytes.Repeat([]byte{255}, len(p)/255)...)
		lacing = append(lacing, byte(len(p)%255))
	}
	pages := [][]byte{oggWrite(&s.pages[0], 0, []byte{byte(len(packets[0]))}, packets[0])}
	continued := byte(0)
	for i := range n {
		here := min(255, len(lacing)-(n-1-i)) // at least one is left for each page
		size := 0
		for _, c := range lacing[:here] {
			size += int(c)
		}
		pages = append(pages, oggWrite(&s.pages[1+i], continued, lacing[:here], body[:size]))
		continued = 0
		if lacing[here-1] == 255 {
			continued = oggContinued
		}
		lacing, body = lacing[here:], body[size:]
	}
	return pages
}

// oggWrite writes a page in the place of another.
func oggWrite(p *oggPage, continued byte, lacing, body []byte) []byte {
	b := append([]byte("OggS\x00"), p.flags&(oggBegins|oggEnds)|continued)
	granule := uint64(0)
	if !slices.ContainsFunc(lacing, func(c byte) bool { return c < 255 }) {
		granule = oggNoGranule
	}
	b = binary.LittleEndian.AppendUint64(b, granule)
	b = binary.LittleEndian.AppendUint32(b, p.serial)
	b = binary.LittleEndian.AppendUint32(b, p.number)
	b = append(b, 0, 0, 0, 0, byte(len(lacing)))
	b = append(append(b, lacing...), body...)
	binary.LittleEndian.PutUint32(b[22:], oggSum(b))
	return b
}

// An oggCodec is what differs between codecs.
type oggCodec struct {
	magic    string // of the first packet
	least    int    // its bytes
	headers  int    // packets; 0: see complete
	comments string // what the second packet begins with, before the comments
	after    string // what follows them
	time     func(id []byte, granule uint64) int64
}

// oggCodecs are the codecs that stay.
var oggCodecs = []*oggCodec{
	{"\x01vorbis", 30, 3, "\x03vorbis", "\x01", vorbisMillis},
	{"OpusHead", 19, 2, "OpusTags", "", opusMillis},
	{"\x80theora", 42, 3, "\x81theora", "", theoraMillis},
	{"Speex   ", 80, 0, "", "", speexMillis},
	{"\x7FFLAC\x01", 51, 0, "", "", oggFLACMillis},
}

func oggCodecOf(packet []byte) *oggCodec {
	for _, c := range oggCodecs {
		if len(packet) >= c.least && bytes.HasPrefix(packet, []byte(c.magic)) {
			return c
		}
	}
	return nil
}

func (c *oggCodec) isFLAC() bool { return c.magic[0] == 0x7F }

// complete says whether all headers are there. Speex says how many there are beyond two; the last
// of FLAC says so itself.
func (c *oggCodec) complete(packets [][]byte) bool {
	n, last := len(packets), packets[len(packets)-1]
	switch {
	case c.headers > 0:
		return n == c.headers
	case c.isFLAC():
		return n > 1 && (len(last) < 4 || last[0]&0x80 != 0)
	}
	return n == 2+int(min(binary.LittleEndian.Uint32(packets[0][68:]), 16))
}

// says reads what the headers say.
func (c *oggCodec) says(r *Result, s *oggStream) {
	if c.magic == "\x80theora" && r.Width == 0 {
		id := s.packets[0]
		r.Width, r.Height = int(isoU32(id, 13)&0xFFFFFF), int(isoU32(id, 16)&0xFFFFFF)
	}
	for _, b := range s.packets[1:] {
		switch {
		case c.isFLAC() && len(b) >= 4 && b[0]&0x7F == flacComments:
			r.comments(b[4:])
		case c.isFLAC() && len(b) >= 4 && b[0]&0x7F == flacPictures:
			at, n := flacPicture(b[4:])
			r.setCover(b[4+at:4+at+n], Piece{New: b[4+at : 4+at+n]})
		case !c.isFLAC() && bytes.HasPrefix(b, []byte(c.comments)):
			r.comments(b[len(c.comments):])
		}
	}
}

// cleaned returns the headers without comments.
func (c *oggCodec) cleaned(packets [][]byte) [][]byte {
	out := slices.Clone(packets)
	if c.isFLAC() {
		for i, b := range out[1:] {
			out[1+i] = flacCleaned(b)
		}
		return out
	}
	if c.magic == "Speex   " {
		out[0] = slices.Clone(out[0])
		clear(out[0][8:28]) // the version of the encoder
	}
	out[1] = slices.Concat([]byte(c.comments), emptyComments, []byte(c.after))
	// Zeros behind it filled a page when it was cleaned before.
	if rest, ok := bytes.CutPrefix(packets[1], out[1]); ok && countNonZero(rest) == 0 {
		out[1] = packets[1]
	}
	return out
}

// flacCleaned cleans a block. One that goes leaves empty padding, since the first packet has their
// number.
func flacCleaned(b []byte) []byte {
	if len(b) < 4 {
		return b
	}
	last, kind := b[0]&0x80, b[0]&0x7F
	switch {
	case kind == flacSeekTable:
		return b
	case kind == flacComments:
		return slices.Concat([]byte{last | kind, 0, 0, 8}, emptyComments)
	}
	return []byte{last | flacPadding, 0, 0, 0}
}

// filler is the packet that zeros may be behind.
func (c *oggCodec) filler(packets [][]byte) int {
	if c.isFLAC() {
		for i, b := range packets[1:] {
			if len(b) >= 4 && b[0]&0x7F == flacPadding {
				return 1 + i
			}
		}
	}
	return 1
}

// grown writes the new length of a packet into it.
func (c *oggCodec) grown(b []byte) {
	if c.isFLAC() && len(b) >= 4 {
		binary.BigEndian.PutUint32(b, uint32(b[0])<<24|uint32(len(b)-4)&0xFFFFFF)
	}
}

// millis is how long a stream plays. One that was cut out of a long one does not begin at 0.
func (c *oggCodec) millis(s *oggStream) int64 {
	const late = 10_000
	id := s.packets[0]
	length, began := c.time(id, s.last), c.time(id, s.first)
	if began > late {
		length -= began
	}
	return max(0, length)
}

func vorbisMillis(id []byte, granule uint64) int64 {
	return millis(granule, uint64(binary.LittleEndian.Uint32(id[12:])))
}

// opusMillis: granules are always of 48 kHz, and the first ones are not played (RFC 7845, 4).
func opusMillis(id []byte, granule uint64) int64 {
	return millis(granule-min(granule, uint64(binary.LittleEndian.Uint16(id[10:]))), 48000)
}

// theoraMillis: a granule is the number of a key frame, and how many frames ago it was (Theora
// Specification, A.2.3).
func theoraMillis(id []byte, granule uint64) int64 {
	shift := id[40]&3<<3 | id[41]>>5
	frames := granule>>shift + granule&(1<<shift-1)
	perSecond, seconds := uint64(isoU32(id, 22)), uint64(isoU32(id, 26))
	return millis(min(frames, 1<<31)*max(1, seconds), perSecond)
}

func speexMillis(id []byte, granule uint64) int64 {
	return millis(granule, uint64(binary.LittleEndian.Uint32(id[36:])))
}

func oggFLACMillis(id []byte, granule uint64) int64 {
	return millis(granule, uint64(isoU32(id, 27)>>12))
}
