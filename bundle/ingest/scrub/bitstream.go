package scrub

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Encoders also write their names, versions and settings into the first sample of a stream, where
// decoders skip them. That is blanked in its place, so that no size changes.

const maxFirstSample = 8 << 20 // bytes of a sample that is looked into

// blankFirst blanks what the encoder says of itself in the first sample of a track.
func (f *isoFile) blankFirst(t *isoTrack) error {
	if t.first.size < 8 || t.first.size > maxFirstSample || t.first.offset > f.size-t.first.size {
		return nil
	}
	e := t.stbl.kid("stsd").kids[0]
	spans := func([]byte) []blankSpan { return nil }
	switch e.typ {
	case "avc1", "avc3":
		if b := e.kid("avcC"); b != nil && len(b.body) > 4 && b.body[1] != h264Lossless {
			spans = func(sample []byte) []blankSpan { return h264Info(sample, int(b.body[4]&3)+1) }
		}
	case "hvc1", "hev1":
		if b := e.kid("hvcC"); b != nil && len(b.body) > 21 {
			spans = func(sample []byte) []blankSpan { return h265Info(sample, int(b.body[21]&3)+1) }
		}
	case "mp4a":
		spans = aacInfo
	default:
		return nil
	}
	sample, err := f.read(t.first.offset, t.first.size)
	if err != nil {
		return err
	}
	for _, s := range spans(sample) {
		if n := bytes.Count(sample[s.from:s.to], []byte{s.with}); n < s.to-s.from {
			f.replace(t.first.offset+int64(s.from), bytes.Repeat([]byte{s.with}, s.to-s.from))
			f.res.remove("the encoder and its settings", int64(s.to-s.from))
		}
	}
	return nil
}

// A blankSpan is a part of a sample that is to be blanked with a byte.
type blankSpan struct {
	from, to int
	with     byte
}

const (
	h264Lossless = 244 // the profile in which decoders need to know old versions of x264
	userData     = 5   // user_data_unregistered (ITU-T H.264, D.1.7; H.265, D.2.7)
)

// h264Info finds user data in a sample of NAL units, each behind its length.
func h264Info(sample []byte, lengthSize int) []blankSpan {
	return nalInfo(sample, lengthSize, 1, func(b []byte) bool { return b[0]&31 == 6 })
}

// h265Info is h264Info for H.265: SEI is type 39 or 40 there.
func h265Info(sample []byte, lengthSize int) []blankSpan {
	return nalInfo(sample, lengthSize, 2, func(b []byte) bool { return b[0]>>1&63 == 39 || b[0]>>1&63 == 40 })
}

func nalInfo(sample []byte, lengthSize, head int, isSEI func([]byte) bool) (spans []blankSpan) {
	for at := 0; at+lengthSize+head < len(sample); {
		n := 0
		for _, c := range sample[at : at+lengthSize] {
			n = n<<8 | int(c)
		}
		at += lengthSize
		if n <= head || n > len(sample)-at {
			break
		}
		if isSEI(sample[at:]) {
			spans = append(spans, seiInfo(sample[:at+n], at+head)...)
		}
		at += n
	}
	return spans
}

// seiInfo finds user data among the messages of an SEI. Ones with emulation prevention in them are
// left alone: their lengths count other bytes.
func seiInfo(sample []byte, at int) (spans []blankSpan) {
	if bytes.Contains(sample[at:], []byte{0, 0, 3}) {
		return nil
	}
	for at < len(sample)-1 { // the last byte ends the unit
		kind, size := 0, 0
		kind, at = seiNumber(sample, at)
		size, at = seiNumber(sample, at)
		if size > len(sample)-at {
			return spans
		}
		if kind == userData && !isOldX264(sample[at:at+size]) {
			spans = append(spans, blankSpan{at, at + size, 0xFF})
		}
		at += size
	}
	return spans
}

func seiNumber(b []byte, at int) (n, next int) {
	for at < len(b) && b[at] == 0xFF {
		n, at = n+255, at+1
	}
	if at < len(b) {
		n, at = n+int(b[at]), at+1
	}
	return n, at
}

// isOldX264 says whether user data names a version of x264 with faults that decoders work around.
func isOldX264(b []byte) bool {
	const lastFaulty = 33
	_, text, ok := bytes.Cut(b, []byte("x264 - core "))
	build := 0
	_, err := fmt.Sscanf(string(text[:min(len(text), 8)]), "%d", &build)
	return ok && err == nil && build <= lastFaulty
}

// aacInfo finds the filling that a frame of AAC begins with (ISO/IEC 14496-3, 4.4.2.7): nothing
// but the names of encoders is there.
func aacInfo(frame []byte) []blankSpan {
	if len(frame) < 4 || frame[0]>>5 != 6 { // ID_FIL
		return nil
	}
	bits, n := 3, int(frame[0]>>1&15)
	if bits += 4; n == 15 {
		n, bits = n+int(binary.BigEndian.Uint16(frame)>>1&255)-1, bits+8
	}
	if kind := binary.BigEndian.Uint32(frame) << bits >> 28; kind != 0 && kind != 1 { // EXT_FILL, EXT_FILL_DATA
		return nil
	}
	// Whole bytes behind the type, which may begin anywhere.
	from, to := (bits+4+7)/8, (bits+8*n)/8
	if to > len(frame) || from >= to {
		return nil
	}
	return []blankSpan{{from, to, 0}}
}
