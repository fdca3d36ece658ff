package scrub

import (
	"bytes"
	"encoding/binary"
	"io"
)

// Ogg (RFC 3533, RFC 5334), with Vorbis, Opus (RFC 7845), Theora, Speex and FLAC. Streams of other
// kinds go: Skeleton has times in it, and the rest is text for programs that hardly anybody has.
//
// The first packets of a stream are its headers, and one of them has the comments. Where that must
// change, the pages of the headers are made anew, as many as there were, since all pages of a stream
// are numbered: so those with the sound stay as they are. Comments that are gone can leave a page
// over; then zeros behind the empty list fill it, 255 bytes of them.

const (
	oggWindow    = 128 << 10 // more than a page
	oggHeadLen   = 27
	oggMaxPage   = oggHeadLen + 255 + 255*255
	maxOggHeld   = 64 << 20 // bytes of headers at a time: covers are in them
	maxOggStream = 4096     // streams: a recording of a radio station has one a song
	maxOggPages  = 4096     // pages of headers in a stream: a cover of 32 MiB takes 512
	maxOggLost   = 4096     // places that look like a page, in junk

	oggContinued = 1 // flags of a page
	oggBegins    = 2
	oggEnds      = 4
)

// An oggPage is the head of a page.
type oggPage struct {
	at, size int64 // with its head
	flags    byte
	granule  uint64
	serial   uint32
	number   uint32
	lacing   []byte // of the window
}

// An oggFile is a file on its way.
type oggFile struct {
	*mediaSource
	res     Result
	streams map[uint32]*oggStream // of the link
	opened  int                   // streams in all links
	lost    int                   // places in junk that looked like a page
	held    int64
	data    bool // the link has more than headers
	kept    int  // streams that stay, in all links
}

// cleanOgg cleans sound and films in Ogg, also one link after the other.
func cleanOgg(r io.ReaderAt, size int64) (*Result, error) {
	f := &oggFile{mediaSource: newMediaSource(r, size, oggWindow), streams: map[uint32]*oggStream{}}
	for at, synced := int64(0), true; at < size; {
		p, ok, err := f.page(at, synced)
		if err != nil {
			return nil, err
		}
		if synced = ok; !ok {
			next, err := f.search(at + 1)
			if err != nil {
				return nil, err
			}
			f.res.remove("tags, and all else that is neither picture nor sound", next-at)
			at = next
			continue
		}
		if err := f.take(p); err != nil {
			return nil, err
		}
		at += p.size
	}
	if err := f.endLink(); err != nil {
		return nil, err
	}
	if f.kept == 0 {
		return nil, brokenf("it has neither picture nor sound")
	}
	return f.finish(&f.res)
}

// page reads the head of a page. Where one is not expected, its check sum must hold.
func (f *oggFile) page(at int64, expected bool) (p oggPage, ok bool, err error) {
	b, err := f.peek(at, oggHeadLen+255)
	if err != nil || len(b) < oggHeadLen || string(b[:5]) != "OggS\x00" {
		return p, false, err
	}
	n := oggHeadLen + int(b[26])
	if len(b) < n {
		return p, false, nil
	}
	le := binary.LittleEndian
	p = oggPage{at, int64(n), b[5], le.Uint64(b[6:]), le.Uint32(b[14:]), le.Uint32(b[18:]), b[oggHeadLen:n]}
	for _, c := range p.lacing {
		p.size += int64(c)
	}
	if p.size > f.size-at || expected {
		return p, p.size <= f.size-at, nil
	}
	if f.lost++; f.lost > maxOggLost {
		return p, false, limitf("more than %d places that look like a page", maxOggLost)
	}
	sum := le.Uint32(b[22:])
	if b, err = f.peek(at, oggMaxPage); err != nil {
		return p, false, err
	}
	p.lacing = b[oggHeadLen:n]
	return p, oggSum(b[:p.size]) == sum, nil
}

// search finds where the next page may begin.
func (f *oggFile) search(at int64) (int64, error) {
	for at < f.size {
		b, err := f.peek(at, oggMaxPage)
		if err != nil {
			return 0, err
		}
		if i := bytes.Index(b, []byte("OggS")); i >= 0 {
			return at + int64(i), nil
		}
		at += int64(max(1, len(b)-3))
	}
	return f.size, nil
}

// take takes over a page or drops it.
func (f *oggFile) take(p oggPage) error {
	if p.flags&oggBegins != 0 {
		if err := f.begin(p); err != nil {
			return err
		}
	}
	s := f.streams[p.serial]
	switch {
	case s == nil || s.codec == nil:
		f.res.remove("a stream that is neither picture nor sound", p.size)
		return nil
	case !s.done:
		return f.header(s, p)
	}
	f.data = true
	s.played(p.granule)
	f.res.Plan.copy(p.at, p.size)
	return nil
}

// begin opens a stream. After sound, it is that of the next link.
func (f *oggFile) begin(p oggPage) error {
	if f.data {
		if err := f.endLink(); err != nil {
			return err
		}
	}
	if f.opened++; f.opened > maxOggStream {
		return limitf("more than %d streams", maxOggStream)
	}
	if f.streams[p.serial] != nil {
		return brokenf("a stream begins twice")
	}
	f.streams[p.serial] = &oggStream{}
	packet, err := f.read(p.at+oggHeadLen+int64(len(p.lacing)), p.size-oggHeadLen-int64(len(p.lacing)))
	if err != nil {
		return err
	}
	if c := oggCodecOf(packet); c != nil && len(p.lacing) == 1 && p.lacing[0] < 255 {
		f.streams[p.serial].codec = c
		f.kept++
	}
	return nil
}

// header collects the headers of a stream. Their pages have places in the plan, which are filled in
// when all are there.
func (f *oggFile) header(s *oggStream, p oggPage) error {
	raw, err := f.read(p.at, p.size)
	if err != nil {
		return err
	}
	if f.held += p.size; f.held > maxOggHeld || len(s.pages) == maxOggPages {
		return limitf("headers of more than %d bytes or %d pages", maxOggHeld, maxOggPages)
	}
	p.lacing = raw[oggHeadLen : oggHeadLen+len(p.lacing)]
	s.pages = append(s.pages, p)
	s.places = append(s.places, len(f.res.Plan))
	f.res.Plan = append(f.res.Plan, Piece{New: []byte{}})
	if err := s.split(raw[oggHeadLen+len(p.lacing):], p.lacing); err != nil || !s.done {
		return err
	}
	f.fill(s)
	return nil
}

// fill puts the pages of the headers into their places.
func (f *oggFile) fill(s *oggStream) {
	s.codec.says(&f.res, s)
	clean := s.codec.cleaned(s.packets)
	same := samePackets(clean, s.packets)
	var pages [][]byte
	if !same {
		pages = s.repage(clean)
	}
	for i, place := range s.places {
		old := &s.pages[i]
		f.held -= old.size
		if same {
			f.res.Plan[place] = Piece{Offset: old.at, Size: old.size}
			continue
		}
		f.res.Plan[place].New = pages[i]
		f.held += int64(len(pages[i]))
		f.res.remove("tags", max(0, old.size-int64(len(pages[i]))))
	}
	s.pages, s.places, s.packets = nil, nil, s.packets[:1]
}

func samePackets(a, b [][]byte) bool {
	for i := range a {
		if !bytes.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

// endLink adds how long a link plays: as its longest stream.
func (f *oggFile) endLink() error {
	longest := int64(0)
	for _, s := range f.streams {
		if s.codec == nil {
			continue
		}
		if !s.done {
			return brokenf("it ends too early")
		}
		longest = max(longest, s.codec.millis(s))
	}
	f.res.Millis += longest
	f.streams, f.data = map[uint32]*oggStream{}, false
	return nil
}

// oggTable is of the check sum of pages (RFC 3533, 6, field 7): CRC-32 from the top bit down.
var oggTable = func() (table [256]uint32) {
	for i := range table {
		r := uint32(i) << 24
		for range 8 {
			if r&(1<<31) != 0 {
				r = r<<1 ^ 0x04C11DB7
			} else {
				r <<= 1
			}
		}
		table[i] = r
	}
	return table
}()

// oggSum is the check sum of a page, taken with zeros where it stands.
func oggSum(page []byte) (crc uint32) {
	for i, c := range page {
		if i >= 22 && i < 26 {
			c = 0
		}
		crc = crc<<8 ^ oggTable[byte(crc>>24)^c]
	}
	return crc
}
