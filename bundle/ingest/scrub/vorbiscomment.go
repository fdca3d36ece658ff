package scrub

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
)

// Comments of Vorbis (Vorbis I specification, 5), which Opus, Theora, Speex and FLAC have as well, and
// the pictures of FLAC (RFC 9639, 8.8), which stand among the comments in Ogg.

// emptyComments is a list of none, without a vendor.
var emptyComments = make([]byte, 8)

// comments reads title, artist and cover.
func (r *Result) comments(b []byte) {
	_, b, ok := cutLE32(b) // the vendor
	if !ok || len(b) < 4 {
		return
	}
	count := binary.LittleEndian.Uint32(b)
	b = b[4:]
	for range min(count, maxTagFrames) {
		var text []byte
		if text, b, ok = cutLE32(b); !ok {
			return
		}
		name, value, _ := bytes.Cut(text, []byte("="))
		r.comment(string(bytes.ToLower(name)), value)
	}
}

func (r *Result) comment(name string, value []byte) {
	switch name {
	case "title":
		r.setTitle(mediaText(value))
	case "artist":
		r.setArtist(mediaText(value))
	case "metadata_block_picture":
		b := make([]byte, base64.StdEncoding.DecodedLen(len(value)))
		if n, err := base64.StdEncoding.Decode(b, value); err == nil {
			at, size := flacPicture(b[:n])
			r.setCover(b[at:at+size], Piece{New: b[at : at+size]})
		}
	}
}

// cutLE32 cuts off bytes behind their length.
func cutLE32(b []byte) (text, rest []byte, ok bool) {
	if len(b) < 4 || int64(binary.LittleEndian.Uint32(b)) > int64(len(b)-4) {
		return nil, nil, false
	}
	n := binary.LittleEndian.Uint32(b)
	return b[4 : 4+n], b[4+n:], true
}

// flacPicture finds the picture in a picture block, behind what the block says of it.
func flacPicture(b []byte) (at, n int64) {
	at = 4        // what it shows
	for range 2 { // its type, a description
		at += 4 + int64(isoU32(b, int(min(at, int64(len(b))))))
	}
	at += 16 // size, depth, colours
	if at > int64(len(b)-4) {
		return 0, 0
	}
	n = int64(isoU32(b, int(at)))
	if at += 4; n > int64(len(b))-at {
		return 0, 0
	}
	return at, n
}
