package scrub

import (
	"encoding/binary"
	"io"
)

// Blocks of FLAC (RFC 9639, 8.1).
const (
	flacStreamInfo = 0
	flacPadding    = 1
	flacSeekTable  = 3
	flacComments   = 4
	flacPictures   = 6

	maxFLACBlocks = 4096
)

// A flacFile is a file on its way.
type flacFile struct {
	*mediaSource
	res   Result
	at    int64 // of the next block
	heads []byte
}

// cleanFLAC cleans FLAC (RFC 9639). What says how to decode and to seek stays, with the check sum of
// the sound; comments become none. Tags of other formats before and behind go.
func cleanFLAC(r io.ReaderAt, size int64) (*Result, error) {
	f := &flacFile{mediaSource: newMediaSource(r, size, 4<<10)}
	if err := f.start(); err != nil {
		return nil, err
	}
	for n, last := 0, false; !last; n++ {
		var err error
		if n == maxFLACBlocks {
			return nil, limitf("more than %d blocks before the sound", n)
		}
		if last, err = f.block(n == 0); err != nil {
			return nil, err
		}
	}
	end, err := f.soundEnd()
	if err != nil {
		return nil, err
	}
	f.heads[f.lastHead()] |= 0x80
	f.res.Plan.add(f.heads)
	f.res.Plan.copy(f.at, end-f.at)
	if end < size {
		f.res.remove("tags", size-end)
	}
	return f.finish(&f.res)
}

// start steps over ID3 tags to fLaC.
func (f *flacFile) start() error {
	for {
		b, err := f.peek(f.at, id3HeadLen)
		if err != nil {
			return err
		}
		n := id3Len(b)
		if n == 0 {
			if len(b) < 4 || string(b[:4]) != "fLaC" {
				return brokenf("no FLAC")
			}
			f.at, f.heads = f.at+4, []byte("fLaC")
			return nil
		}
		if err := f.readID3(&f.res, f.at); err != nil {
			return err
		}
		f.res.remove("tags", n)
		f.at += n
	}
}

// block takes over the next block, or drops it.
func (f *flacFile) block(first bool) (last bool, err error) {
	head, err := f.read(f.at, 4)
	if err != nil {
		return false, err
	}
	at, size := f.at+4, int64(binary.BigEndian.Uint32(head)&0xFFFFFF)
	last, kind := head[0]&0x80 != 0, head[0]&0x7F
	if first != (kind == flacStreamInfo) || first && size != 34 {
		return false, brokenf("its blocks are out of order")
	}
	body, err := f.read(at, size)
	if err != nil {
		return false, err
	}
	f.at = at + size
	switch kind {
	case flacStreamInfo:
		f.keep(kind, body)
		f.res.Millis = flacMillis(body)
	case flacSeekTable:
		f.keep(kind, body[:size/18*18])
	case flacComments:
		f.res.comments(body)
		f.keep(kind, emptyComments)
		if size > int64(len(emptyComments)) {
			f.res.remove("tags", size-int64(len(emptyComments)))
		}
	case flacPictures:
		from, n := flacPicture(body)
		f.res.setCover(body[from:from+n], Piece{Offset: at + from, Size: n})
		f.res.remove("pictures", size+4)
	case flacPadding:
		f.res.remove("free space", size+4)
	default:
		f.res.remove("private data of programs", size+4)
	}
	return last, nil
}

func (f *flacFile) keep(kind byte, body []byte) {
	f.heads = binary.BigEndian.AppendUint32(f.heads, uint32(kind)<<24|uint32(len(body)))
	f.heads = append(f.heads, body...)
}

// lastHead is where the head of the last block that stays is.
func (f *flacFile) lastHead() (last int) {
	for at := 4; at < len(f.heads); at += 4 + int(binary.BigEndian.Uint32(f.heads[at:])&0xFFFFFF) {
		last = at
	}
	return last
}

// flacMillis is how long the sound is that STREAMINFO describes (RFC 9639, 8.2).
func flacMillis(b []byte) int64 {
	rate := uint64(binary.BigEndian.Uint32(b[10:]) >> 12)
	return millis(binary.BigEndian.Uint64(b[10:])&(1<<36-1), rate)
}

// soundEnd is where the sound ends, before tags of other formats at the end.
func (f *flacFile) soundEnd() (int64, error) {
	end := f.size
	for {
		n, err := f.tagBefore(end)
		if err != nil || n == 0 || n > end-f.at {
			return end, err
		}
		end -= n
	}
}

// tagBefore is how long the tag is that ends at a place, 0 if there is none.
func (f *flacFile) tagBefore(end int64) (int64, error) {
	from := max(f.at, end-id3v1Len)
	b, err := f.peek(from, int(end-from))
	if err != nil {
		return 0, err
	}
	if len(b) == id3v1Len && string(b[:3]) == "TAG" {
		return id3v1Len, nil
	}
	if n := len(b) - apeHeadLen; n >= 0 && string(b[n:n+8]) == "APETAGEX" {
		size := int64(binary.LittleEndian.Uint32(b[n+12:])) // with the footer, without the head
		if b[n+23]&0x80 != 0 {
			size += apeHeadLen
		}
		return size, nil
	}
	if n := len(b) - id3HeadLen; n >= 0 && string(b[n:n+3]) == "3DI" {
		size, ok := syncSafe(b[n+6:])
		if ok {
			return size + 2*id3HeadLen, nil
		}
	}
	return lyricsLen(b), nil
}

// lyricsLen is how long the Lyrics3v2 tag is whose end b is (id3.org, Lyrics3 v2.00).
func lyricsLen(b []byte) (size int64) {
	const tail = 6 + 9
	n := len(b) - tail
	if n < 0 || string(b[n+6:]) != "LYRICS200" {
		return 0
	}
	for _, c := range b[n : n+6] {
		if c < '0' || c > '9' {
			return 0
		}
		size = 10*size + int64(c-'0')
	}
	return size + tail
}
