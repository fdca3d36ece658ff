package scrub

import (
	"bytes"
	"encoding/binary"
)

// Tags of sound files: ID3v1, ID3v2.2 to 2.4 (id3.org), APEv2. They are read for title, artist and
// cover, and never kept.

const (
	maxTag       = 32 << 20 // bytes of a tag that is looked into
	maxTagFrames = 4096     // frames or items of a tag that are looked at
	id3v1Len     = 128
	id3HeadLen   = 10
	apeHeadLen   = 32
)

// id3Len is how long the ID3v2 tag is that b, at least its head, begins with; 0 if it does not.
func id3Len(b []byte) int64 {
	if len(b) < id3HeadLen || string(b[:3]) != "ID3" || b[3] < 2 || b[3] > 4 {
		return 0
	}
	size, ok := syncSafe(b[6:10])
	if !ok {
		return 0
	}
	if b[3] == 4 && b[5]&0x10 != 0 {
		size += id3HeadLen // the footer
	}
	return id3HeadLen + size
}

// syncSafe reads a number of seven bits a byte.
func syncSafe(b []byte) (n int64, ok bool) {
	for _, c := range b {
		if c > 0x7F {
			return 0, false
		}
		n = n<<7 | int64(c)
	}
	return n, true
}

// An id3Tag is an ID3v2 tag in memory.
type id3Tag struct {
	version byte
	frames  []byte
	at      int64 // where frames lies in the file; -1 where it was decoded
}

// readID3 reads title, artist and cover from the tag at a place. One that is too large, or broken,
// says nothing.
func (s *mediaSource) readID3(r *Result, at int64) error {
	head, err := s.peek(at, id3HeadLen)
	n := id3Len(head)
	if err != nil || n == 0 || n > maxTag || at+n > s.size {
		return err
	}
	raw, err := s.read(at, n)
	if err != nil {
		return err
	}
	tag := openID3(raw, at)
	for range maxTagFrames {
		name, body, bodyAt, ok := tag.next()
		if !ok {
			break
		}
		r.id3Frame(name, body, bodyAt)
	}
	return nil
}

// openID3 steps over the heads of a tag, and undoes what it did to its bytes so that none of them
// look like sound.
func openID3(raw []byte, at int64) *id3Tag {
	t := &id3Tag{raw[3], raw[id3HeadLen:], at + id3HeadLen}
	flags := raw[5]
	if flags&0x80 != 0 && t.version < 4 {
		t.frames, t.at = bytes.ReplaceAll(t.frames, []byte{0xFF, 0}, []byte{0xFF}), -1
	}
	if flags&0x40 == 0 || t.version == 2 || len(t.frames) < 4 {
		return t
	}
	skip := 4 + int64(binary.BigEndian.Uint32(t.frames))
	if t.version == 4 {
		skip, _ = syncSafe(t.frames[:4])
	}
	t.skip(min(skip, int64(len(t.frames))))
	return t
}

func (t *id3Tag) skip(n int64) {
	t.frames = t.frames[n:]
	if t.at >= 0 {
		t.at += n
	}
}

// next returns the next frame that is neither packed nor encrypted.
func (t *id3Tag) next() (name string, body []byte, at int64, ok bool) {
	for {
		head, n, flags := t.head()
		if head == 0 || n > int64(len(t.frames)-head) {
			return "", nil, 0, false
		}
		name = string(t.frames[:min(4, head/2)])
		t.skip(int64(head))
		body, at = t.frames[:n], t.at
		t.skip(n)
		if body, at, ok = t.open(flags, body, at); ok {
			return name, body, at, true
		}
	}
}

// head reads how long the head of a frame is, its body, and its second byte of flags.
func (t *id3Tag) head() (head int, body int64, flags byte) {
	b := t.frames
	switch {
	case len(b) == 0 || b[0] == 0: // padding
		return 0, 0, 0
	case t.version == 2 && len(b) >= 6:
		return 6, int64(b[3])<<16 | int64(b[4])<<8 | int64(b[5]), 0
	case t.version == 2 || len(b) < 10:
		return 0, 0, 0
	}
	n, ok := syncSafe(b[4:8])
	if t.version == 3 || !ok { // some write 2.4 as if it were 2.3
		n = int64(binary.BigEndian.Uint32(b[4:]))
	}
	return 10, n, b[9]
}

// open undoes what the flags of a frame say was done to it (ID3v2.3, 3.3.1; ID3v2.4, 4.1).
func (t *id3Tag) open(flags byte, body []byte, at int64) ([]byte, int64, bool) {
	packed, group, length, escaped := byte(0xC0), byte(0x20), byte(0), byte(0)
	if t.version == 4 {
		packed, group, length, escaped = 0x0C, 0x40, 0x01, 0x02
	}
	skip := 0
	if flags&group != 0 {
		skip++
	}
	if flags&length != 0 {
		skip += 4
	}
	if flags&packed != 0 || skip > len(body) {
		return nil, 0, false
	}
	body = body[skip:]
	if at >= 0 {
		at += int64(skip)
	}
	if flags&escaped != 0 {
		body, at = bytes.ReplaceAll(body, []byte{0xFF, 0}, []byte{0xFF}), -1
	}
	return body, at, true
}

func (r *Result) id3Frame(name string, body []byte, at int64) {
	switch name {
	case "TIT2", "TT2":
		r.setTitle(id3Text(body))
	case "TPE1", "TP1":
		r.setArtist(id3Text(body))
	case "APIC", "PIC":
		picture := id3Picture(body, name == "PIC")
		p := Piece{New: picture}
		if at >= 0 {
			p = Piece{Offset: at + int64(len(body)-len(picture)), Size: int64(len(picture))}
		}
		r.setCover(picture, p)
	}
}

// id3Text reads a text that says first how it is encoded.
func id3Text(b []byte) string {
	if len(b) < 2 {
		return ""
	}
	switch b[0] {
	case 0:
		return mediaLatin1(b[1:])
	case 1:
		return mediaUTF16(b[1:], binary.LittleEndian)
	case 2:
		return mediaUTF16(b[1:], binary.BigEndian)
	}
	return mediaText(b[1:])
}

// id3Picture steps over type and description of a picture (ID3v2.2, 4.15; ID3v2.3, 4.15).
func id3Picture(b []byte, old bool) []byte {
	if len(b) < 6 {
		return nil
	}
	wide, ok := b[0] == 1 || b[0] == 2, true
	if old {
		b = b[4:]
	} else if _, b, ok = bytes.Cut(b[1:], []byte{0}); !ok {
		return nil
	}
	if len(b) == 0 {
		return nil
	}
	b = b[1:] // what it shows
	if !wide {
		_, b, _ = bytes.Cut(b, []byte{0})
		return b
	}
	for ; len(b) >= 2; b = b[2:] {
		if b[0] == 0 && b[1] == 0 {
			return b[2:]
		}
	}
	return nil
}

// readID3v1 reads the tag that ends a file.
func (s *mediaSource) readID3v1(r *Result) error {
	b, err := s.peek(s.size-id3v1Len, id3v1Len)
	if err == nil && bytes.HasPrefix(b, []byte("TAG")) {
		r.setTitle(mediaLatin1(bytes.TrimRight(b[3:33], " \x00")))
		r.setArtist(mediaLatin1(bytes.TrimRight(b[33:63], " \x00")))
	}
	return err
}

// apeLen is how long the APEv2 tag is that b, at least its head, begins with; 0 if it does not.
func apeLen(b []byte) int64 {
	if len(b) < apeHeadLen || string(b[:8]) != "APETAGEX" || b[23]&0x20 == 0 { // a head, not a footer
		return 0
	}
	return apeHeadLen + int64(binary.LittleEndian.Uint32(b[12:]))
}

// readAPE reads title, artist and cover from an APEv2 tag.
func (s *mediaSource) readAPE(r *Result, at int64) error {
	head, err := s.peek(at, apeHeadLen)
	n := apeLen(head)
	if err != nil || n == 0 || n > maxTag || at+n > s.size {
		return err
	}
	b, err := s.read(at+apeHeadLen, n-apeHeadLen)
	if err != nil {
		return err
	}
	at += apeHeadLen
	for range maxTagFrames {
		if len(b) < 9 {
			break
		}
		size := int64(binary.LittleEndian.Uint32(b))
		name, rest, ok := bytes.Cut(b[8:], []byte{0})
		if !ok || size > int64(len(rest)) {
			break
		}
		at += int64(len(b) - len(rest))
		r.apeItem(string(bytes.ToLower(name)), rest[:size], at)
		b, at = rest[size:], at+size
	}
	return nil
}

func (r *Result) apeItem(name string, value []byte, at int64) {
	switch name {
	case "title":
		r.setTitle(mediaText(value))
	case "artist":
		r.setArtist(mediaText(value))
	case "cover art (front)":
		_, picture, _ := bytes.Cut(value, []byte{0}) // the name of its file
		r.setCover(picture, Piece{Offset: at + int64(len(value)-len(picture)), Size: int64(len(picture))})
	}
}
