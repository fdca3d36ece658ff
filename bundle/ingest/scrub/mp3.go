package scrub

import (
	"bytes"
	"encoding/binary"
	"io"
)

const (
	maxStuffing = 1 << 20 // names of an encoder between frames that are blanked
	sideInfo    = 32      // bytes before VBRI, in any stream
	lameTagLen  = 36      // behind the quality of a Xing frame (LAME, "Mp3 Info Tag rev 1")
)

// cleanMP3 cleans MPEG audio of all layers (ISO/IEC 11172-3, 13818-3). Frames stay as they are, but for
// the names of encoders: in the first frame, where LAME and others say how long the sound is, and in
// the filling between frames. Free format, which says nowhere how long a frame is, is an ErrFormat.
func cleanMP3(r io.ReaderAt, size int64) (*Result, error) {
	s := &soundStream{mediaSource: newMediaSource(r, size, frameWindow), res: &Result{}, parse: mp3Frame}
	if err := s.walk(); err != nil {
		return nil, err
	}
	if err := s.readID3v1(s.res); err != nil {
		return nil, err
	}
	info, err := s.blankXing()
	if err != nil {
		return nil, err
	}
	from := s.runs[0].offset
	if len(info) > 0 {
		from += info[0].size
	}
	patches, err := s.blankStuffing(from)
	if err != nil {
		return nil, err
	}
	s.plan(append(patches, info...))
	return s.finish(s.res)
}

// mp3Rates are kbit/s, of MPEG 1 by layer, and of MPEG 2 and 2.5 for layer I and for the others.
var mp3Rates = [5][15]int{
	{0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
	{0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
	{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
	{0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
	{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
}

// mp3Frame reads the head of a frame (ISO/IEC 11172-3, 2.4.1.3).
func mp3Frame(b []byte) (f soundFrame, ok bool) {
	if len(b) < 4 || b[0] != 0xFF || b[1] < 0xE0 {
		return f, false
	}
	version, layer := b[1]>>3&3, 4-int(b[1]>>1&3) // version: 0 is 2.5, 2 is 2, 3 is 1
	rate, bits, pad := b[2]>>2&3, int(b[2]>>4), int(b[2]>>1&1)
	if version == 1 || layer == 4 || rate == 3 || bits == 0 || bits == 15 {
		return f, false
	}
	table := layer - 1
	f.rate = []int{44100, 48000, 32000}[rate]
	if version != 3 {
		table = min(layer+2, 4)
		f.rate /= 2
	}
	if version == 0 {
		f.rate /= 2
	}
	f.samples = []int{384, 1152, 1152}[layer-1]
	if layer == 3 && version != 3 {
		f.samples = 576
	}
	slot := 1
	if layer == 1 {
		slot = 4
	}
	f.size = (f.samples/8/slot*mp3Rates[table][bits]*1000/f.rate + pad) * slot
	f.head, f.key = 4, binary.BigEndian.Uint32(b)&0xFFFE0C00
	return f, f.size > 4
}

// blankXing blanks the name of the encoder in the first frame, if that is an index (Xing, Info) and no
// sound. LAME stays as the name of the form, without a version: players believe by it how much
// silence to skip. The check sum is made anew.
func (s *soundStream) blankXing() ([]mediaPatch, error) {
	at := s.runs[0].offset
	frame, err := s.read(at, int64(s.first.size))
	if err != nil {
		return nil, err
	}
	if len(frame) > 4+sideInfo+4 && string(frame[4+sideInfo:][:4]) == "VBRI" {
		s.millis -= millis(uint64(s.first.samples), uint64(s.first.rate))
		return nil, nil
	}
	tag := xingEnd(frame)
	if tag == 0 {
		return nil, nil
	}
	s.millis -= millis(uint64(s.first.samples), uint64(s.first.rate))
	was := bytes.Clone(frame)
	blankLAME(frame, tag)
	if bytes.Equal(was, frame) {
		return nil, nil
	}
	s.res.remove("the encoder and its settings", 9)
	return []mediaPatch{{at, int64(len(frame)), frame}}, nil
}

// xingEnd is where the fields of a Xing frame end that the sound's length and seeking need, 0 if it
// is none.
func xingEnd(frame []byte) int {
	mono, at := frame[3]>>6 == 3, 4+32
	if frame[1]&8 == 0 { // MPEG 2
		at = 4 + 17
		if mono {
			at = 4 + 9
		}
	} else if mono {
		at = 4 + 17
	}
	if len(frame) < at+8 || string(frame[at:at+4]) != "Xing" && string(frame[at:at+4]) != "Info" {
		return 0
	}
	flags := binary.BigEndian.Uint32(frame[at+4:])
	at += 8
	for bit, n := range []int{4, 4, 100, 4} { // frames, bytes, where to seek, quality
		if flags>>bit&1 != 0 {
			at += n
		}
	}
	return min(at, len(frame))
}

// blankLAME blanks what is behind the fields of a Xing frame.
func blankLAME(frame []byte, at int) {
	tag := frame[at:]
	known := len(tag) >= lameTagLen && (string(tag[:4]) == "LAME" || string(tag[:3]) == "Lav")
	if !known {
		clear(tag)
		return
	}
	copy(tag, "LAME\x00\x00\x00\x00\x00")
	clear(tag[lameTagLen:])
	binary.BigEndian.PutUint16(tag[lameTagLen-2:], crc16ARC(frame[:at+lameTagLen-2]))
}

// crc16ARC is the check sum of an Info tag.
func crc16ARC(b []byte) (crc uint16) {
	for _, c := range b {
		crc ^= uint16(c)
		for range 8 {
			low := crc & 1
			crc >>= 1
			if low != 0 {
				crc ^= 0xA001
			}
		}
	}
	return crc
}

// blankStuffing finds the names that LAME fills frames up with where the sound leaves room, as in
// LAME3.100UUUUU, and makes all of it U. Six letters do not come about by chance in sound.
func (s *soundStream) blankStuffing(from int64) ([]mediaPatch, error) {
	var patches []mediaPatch
	gone := int64(0)
	for _, r := range s.runs {
		end := r.offset + r.size
		for at := max(r.offset, from); at < end && len(patches) < maxStuffing; {
			b, err := s.peek(at, int(min(frameWindow, end-at)))
			if err != nil {
				return nil, err
			}
			whole := len(b)
			if at+int64(len(b)) < end {
				whole -= len(stuffing)
			}
			for from, to := range stuffingIn(b, whole) {
				patches = append(patches, mediaPatch{at + int64(from), int64(to - from), []byte(stuffing[:to-from])})
				gone += int64(to - from)
			}
			at += int64(whole)
		}
	}
	if gone > 0 {
		s.res.remove("the encoder and its settings", gone)
	}
	return patches, nil
}

const stuffing = "UUUUUUUUUUUUUUUU" // as long as the longest name

// stuffingIn goes over the names in b that begin before a place.
func stuffingIn(b []byte, before int) func(func(from, to int) bool) {
	return func(yield func(from, to int) bool) {
		for i := 0; ; {
			n := bytes.Index(b[i:], []byte("LAME3."))
			if n < 0 || i+n >= before {
				return
			}
			from := i + n
			for i = from + len("LAME3."); i < len(b) && i-from < len(stuffing); i++ {
				if c := b[i]; c != '.' && (c < '0' || c > '9') {
					break
				}
			}
			if !yield(from, i) {
				return
			}
		}
	}
}
