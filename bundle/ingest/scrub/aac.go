package scrub

import (
	"bytes"
	"encoding/binary"
	"io"
)

// cleanAAC cleans AAC in ADTS frames (ISO/IEC 13818-7, 6.2).
func cleanAAC(r io.ReaderAt, size int64) (*Result, error) {
	s := &soundStream{mediaSource: newMediaSource(r, size, frameWindow), res: &Result{}, parse: adtsFrame}
	if err := s.walk(); err != nil {
		return nil, err
	}
	if err := s.readID3v1(s.res); err != nil {
		return nil, err
	}
	patches, err := s.blankFirstAAC()
	if err != nil {
		return nil, err
	}
	s.plan(patches)
	return s.finish(s.res)
}

func adtsFrame(b []byte) (f soundFrame, ok bool) {
	if len(b) < 7 || b[0] != 0xFF || b[1]&0xF6 != 0xF0 {
		return f, false
	}
	rates := []int{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}
	rate := int(b[2] >> 2 & 15)
	if rate >= len(rates) {
		return f, false
	}
	f.rate, f.head = rates[rate], 7
	if b[1]&1 == 0 {
		f.head = 9 // with a check sum
	}
	f.size = int(binary.BigEndian.Uint32(b[3:])>>13) & 0x1FFF
	f.samples = 1024 * (int(b[6]&3) + 1)
	f.key = binary.BigEndian.Uint32(b) & 0xFFFEFDC0
	return f, f.size > f.head
}

// blankFirstAAC blanks the name of the encoder. Not where a check sum is over it.
func (s *soundStream) blankFirstAAC() ([]mediaPatch, error) {
	frame, err := s.read(s.runs[0].offset, int64(s.first.size))
	if err != nil || s.first.head != 7 {
		return nil, err
	}
	var patches []mediaPatch
	for _, span := range aacInfo(frame[7:]) {
		patches = append(patches, mediaPatch{s.runs[0].offset + 7 + int64(span.from), int64(span.to - span.from), nil})
		if n := countNonZero(frame[7+span.from : 7+span.to]); n > 0 {
			s.res.remove("the encoder and its settings", n)
		}
	}
	return patches, nil
}

// amrSizes are the bytes of a frame of 20 ms by its type, 0 where there is none (RFC 4867, 5.3).
var (
	amrNarrow = [16]int{13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1}
	amrWide   = [16]int{18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1}
)

// cleanAMR cleans the sound of phones, narrow and wide, of one channel (RFC 4867, 5). It ends where
// the frames end.
func cleanAMR(r io.ReaderAt, size int64) (*Result, error) {
	s := newMediaSource(r, size, frameWindow)
	head, err := s.peek(0, 9)
	if err != nil {
		return nil, err
	}
	sizes, at := amrNarrow, int64(6)
	switch {
	case bytes.HasPrefix(head, []byte("#!AMR-WB\n")):
		sizes, at = amrWide, 9
	case !bytes.HasPrefix(head, []byte("#!AMR\n")):
		return nil, brokenf("no AMR of one channel")
	}
	frames := int64(0)
	for ; at < size; frames++ {
		b, err := s.peek(at, 1)
		if err != nil {
			return nil, err
		}
		n := int64(sizes[b[0]>>3&15])
		if n == 0 || b[0]&0x83 != 0 || n > size-at {
			break
		}
		at += n
	}
	res := &Result{Millis: 20 * frames}
	if frames == 0 {
		return nil, brokenf("there is no sound in it")
	}
	res.Plan.copy(0, at)
	if at < size {
		res.remove("tags, and all else that is no sound", size-at)
	}
	return s.finish(res)
}
