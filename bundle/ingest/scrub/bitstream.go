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
		if b := e.kid("avcC"); b != nil && len(b.body) > 4 {
			spans = func(sample []byte) []blankSpan { return h264Info(sample, int(b.body[4]&3)+1, b.body[1]) }
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

// h264Info finds user data in a sample of NAL units, each behind its length. In the lossless profile that of
// x264 stays: decoders go by it.
func h264Info(sample []byte, lengthSize int, profile byte) []blankSpan {
	keeps := isOldX264
	if profile == h264Lossless {
		keeps = isX264
	}
	return nalInfo(sample, lengthSize, 1, func(b []byte) bool { return b[0]&31 == 6 }, keeps)
}

// h265Info is h264Info for H.265: SEI is type 39 or 40 there.
func h265Info(sample []byte, lengthSize int) []blankSpan {
	return nalInfo(sample, lengthSize, 2, func(b []byte) bool { return b[0]>>1&63 == 39 || b[0]>>1&63 == 40 }, isOldX264)
}

func nalInfo(sample []byte, lengthSize, head int, isSEI, keeps func([]byte) bool) (spans []blankSpan) {
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
			spans = append(spans, seiInfo(sample[:at+n], at+head, keeps)...)
		}
		at += n
	}
	return spans
}

// seiInfo finds user data among the messages of an SEI, but for what is kept.
func seiInfo(sample []byte, start int, keeps func([]byte) bool) (spans []blankSpan) {
	payload, where := unescape(sample, start)
	for at := 0; at < len(payload)-1; { // the last byte ends the unit
		kind, size := 0, 0
		kind, at = seiNumber(payload, at)
		size, at = seiNumber(payload, at)
		if size > len(payload)-at {
			return spans
		}
		if kind == userData && !keeps(payload[at:at+size]) {
			spans = appendBlanks(spans, sample, where[at:at+size])
		}
		at += size
	}
	return spans
}

// unescape takes emulation prevention out of a NAL unit from some place on (ITU-T H.264, 7.4.1), and says
// where in the sample each byte lies.
func unescape(sample []byte, start int) (payload []byte, where []int) {
	zeros := 0
	for i := start; i < len(sample); i++ {
		if zeros >= 2 && sample[i] == 3 {
			zeros = 0
			continue
		}
		if zeros++; sample[i] != 0 {
			zeros = 0
		}
		payload, where = append(payload, sample[i]), append(where, i)
	}
	return payload, where
}

// appendBlanks blanks bytes of a sample but for the zeros that a byte of emulation prevention follows: with
// them it would become one of the payload.
func appendBlanks(spans []blankSpan, sample []byte, where []int) []blankSpan {
	const filler = 0xFF
	for _, at := range where {
		rest := sample[at:]
		if bytes.HasPrefix(rest, []byte{0, 0, 3}) || at > 0 && bytes.HasPrefix(sample[at-1:], []byte{0, 0, 3}) {
			continue
		}
		if n := len(spans); n > 0 && spans[n-1].to == at && spans[n-1].with == filler {
			spans[n-1].to++
			continue
		}
		spans = append(spans, blankSpan{at, at + 1, filler})
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

// isX264 says whether user data is that of x264, by its UUID.
func isX264(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\xdc\x45\xe9\xbd\xe6\xd9\x48\xb7\x96\x2c\xd8\x20\xd9\x23\xee\xef"))
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
