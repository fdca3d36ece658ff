package scrub

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

// Markers of JPEG (ITU-T T.81, table B.1).
const (
	jpegSOF0 = 0xC0 // to 0xCF, but for the three below
	jpegSOF2 = 0xC2 // progressive
	jpegDHT  = 0xC4
	jpegJPG  = 0xC8
	jpegDAC  = 0xCC
	jpegRST0 = 0xD0
	jpegRST7 = 0xD7
	jpegSOI  = 0xD8
	jpegEOI  = 0xD9
	jpegSOS  = 0xDA
	jpegDQT  = 0xDB
	jpegDNL  = 0xDC
	jpegDRI  = 0xDD
	jpegDHP  = 0xDE
	jpegEXP  = 0xDF
	jpegAPP0 = 0xE0
	jpegCOM  = 0xFE
	jpegTEM  = 0x01
)

// jpegMaxSegments is how many segments and scans a picture may have. Progressive ones have some forty.
const jpegMaxSegments = 100_000

// What segments of applications begin with.
const (
	jpegJFIF    = "JFIF\x00"
	jpegJFXX    = "JFXX\x00"
	jpegExif    = "Exif\x00"
	jpegProfile = "ICC_PROFILE\x00"
	jpegAdobe   = "Adobe"
)

// jpegNames says what segments are that go, by marker and beginning.
var jpegNames = []struct {
	marker       byte
	begins, what string
}{
	{0xE0, jpegJFXX, whatThumbnail},
	{0xE1, "http://ns.adobe.com/", whatXMP},
	{0xE2, "MPF\x00", "index of further pictures"},
	{0xE2, "FPXR\x00", "FlashPix data"},
	{0xEB, "JP", "content credentials"},
	{0xED, "", whatIPTC},
	{jpegCOM, "", whatComment},
}

// A jpegSegment is a marker with what belongs to it, in a file.
type jpegSegment struct {
	marker      byte
	offset, end int64 // with the fill bytes before the marker, and in a scan the coded data behind it
	data, stop  int64 // what lies behind the length
}

// jpegParser reads a JPEG file segment by segment (T.81, annex B).
type jpegParser struct{ picFile }

// next returns the segment that begins first from offset on. It is io.EOF where there is none, and
// errEnds where the file ends inside of it.
func (j *jpegParser) next(offset int64) (s jpegSegment, err error) {
	if err := j.nextMarker(&s, offset); err != nil {
		return s, err
	}
	s.stop, s.end = s.data, s.data
	if jpegBare(s.marker) {
		return s, nil
	}
	b, err := j.peek(s.data, 2)
	if err != nil {
		return s, err
	}
	length := int64(binary.BigEndian.Uint16(b))
	if length < 2 {
		return s, broken("a segment has no length")
	}
	s.stop = s.data + length
	s.data, s.end = s.data+2, s.stop
	if s.stop > j.size {
		return s, errEnds
	}
	if s.marker == jpegSOS {
		s.end, err = j.scanEnd(s.stop)
	}
	return s, err
}

// nextMarker finds a marker: bytes FF, as many as there are, and a code that is not 0.
func (j *jpegParser) nextMarker(s *jpegSegment, offset int64) (err error) {
	for {
		if s.offset, err = j.find(offset, 0xFF); err != nil {
			return err
		}
		for offset = s.offset; ; offset++ {
			b, err := j.peek(offset, 1)
			if cutShort(err) {
				return io.EOF
			}
			if err != nil {
				return err
			}
			if s.marker = b[0]; s.marker != 0xFF {
				break
			}
		}
		offset++
		if s.data = offset; s.marker != 0 {
			return nil
		}
	}
}

// jpegBare says whether a marker stands alone, without a length.
func jpegBare(marker byte) bool {
	return marker >= jpegRST0 && marker <= jpegEOI || marker == jpegTEM
}

// scanEnd returns where the coded data from offset on end: at the first marker that does not
// belong to them, or with the file.
func (j *jpegParser) scanEnd(offset int64) (int64, error) {
	for {
		at, err := j.find(offset, 0xFF)
		if err != nil {
			return 0, err
		}
		b, err := j.peek(at, 2)
		switch {
		case cutShort(err):
			return j.size, nil
		case err != nil:
			return 0, err
		case b[1] == 0, b[1] >= jpegRST0 && b[1] <= jpegRST7:
			offset = at + 2
		case b[1] == 0xFF:
			offset = at + 1
		default:
			return at, nil
		}
	}
}

// A jpegCleaner cleans one file.
type jpegCleaner struct {
	jpegParser
	frame   []byte // the marker of the first frame, and what its head holds
	scans   int    // so far
	icc     []byte // the colour profile, chunk after chunk
	iccSeen int    // chunks of it
	iccSize int64  // with the segments around them
	iccAt   int    // the piece of the plan that is kept free for it, or -1
	width   int64
	height  int64
	turn    int
}

// cleanJPEG keeps of a JPEG file (ITU-T T.81) what decodes to its pixels: tables, frame and scans as
// they are, the densities of JFIF (ITU-T T.871), the colour transform of Adobe's marker (ITU-T T.872,
// section 6.5.3), and a colour profile without its texts (ICC.1:2022, annex B.4). A file that ends
// too soon is cleaned as far as it goes. The orientation that Exif data gave is in Turn.
func cleanJPEG(r io.ReaderAt, size int64) (*Result, error) {
	j, err := parseJPEG(r, size)
	if err != nil {
		return nil, err
	}
	return j.done()
}

func parseJPEG(r io.ReaderAt, size int64) (*jpegCleaner, error) {
	j := &jpegCleaner{jpegParser: jpegParser{newPicFile(r, size)}, iccAt: -1}
	b, err := j.peek(0, 2)
	if err != nil {
		return nil, err
	}
	if b[0] != 0xFF || b[1] != jpegSOI {
		return nil, broken("it is no JPEG file")
	}
	j.Plan.copy(0, 2)
	if err := j.segments(2); err != nil {
		return nil, err
	}
	if j.frame == nil || j.scans == 0 {
		return nil, broken("it has no picture")
	}
	j.settleProfile()
	if j.turn > 1 {
		j.Turn = j.turn
	}
	return j, j.shown(j.width, j.height, j.turn)
}

// segments cleans what follows the first marker.
func (j *jpegCleaner) segments(offset int64) error {
	for n := 0; ; n++ {
		if n > jpegMaxSegments {
			return fmt.Errorf("%w: it has too many segments", ErrLimit)
		}
		s, err := j.next(offset)
		if err == io.EOF || cutShort(err) {
			j.drop(whatBehind, offset, j.size)
			return nil
		}
		if err != nil {
			return err
		}
		j.drop(whatBetween, offset, s.offset)
		if err := j.segment(s); err != nil {
			return err
		}
		if offset = s.end; s.marker == jpegEOI {
			j.dropTail(offset)
			return nil
		}
		if err := j.bounded(); err != nil {
			return err
		}
	}
}

func (j *jpegCleaner) segment(s jpegSegment) error {
	switch m := s.marker; {
	case m == jpegSOS:
		j.scans++
	case m == jpegDHT, m == jpegDAC, m == jpegDQT, m == jpegDRI, m == jpegDHP, m == jpegEXP, m == jpegEOI:
	case m == jpegDNL:
		return j.lines(s)
	case m >= jpegSOF0 && m <= 0xCF && m != jpegJPG:
		return j.dimensions(s)
	case m >= jpegAPP0 && m <= 0xEF, m == jpegCOM:
		return j.application(s)
	default:
		j.drop(whatUnknown, s.offset, s.end)
		return nil
	}
	j.Plan.copy(s.offset, s.end-s.offset)
	return nil
}

// dimensions reads the size of the picture (T.81, B.2.2).
func (j *jpegCleaner) dimensions(s jpegSegment) error {
	b, err := j.peek(s.data, int(s.stop-s.data))
	if err != nil {
		return err
	}
	if len(b) < 6 {
		return broken("a frame has no size")
	}
	if j.frame == nil { // a hierarchical file has more, up to the size of the first
		j.frame = append([]byte{s.marker}, b...)
		j.height, j.width = int64(binary.BigEndian.Uint16(b[1:])), int64(binary.BigEndian.Uint16(b[3:]))
	}
	j.Plan.copy(s.offset, s.end-s.offset)
	return nil
}

// lines reads how high the picture is where the frame did not say (T.81, B.2.5).
func (j *jpegCleaner) lines(s jpegSegment) error {
	b, err := j.peek(s.data, int(s.stop-s.data))
	if err != nil {
		return err
	}
	if j.height == 0 && len(b) >= 2 {
		j.height = int64(binary.BigEndian.Uint16(b))
	}
	j.Plan.copy(s.offset, s.end-s.offset)
	return nil
}

// application cleans a segment of an application, or drops it.
func (j *jpegCleaner) application(s jpegSegment) error {
	b, err := j.peek(s.data, int(s.stop-s.data))
	if err != nil {
		return err
	}
	begins := func(marker byte, text string) bool {
		return s.marker == marker && bytes.HasPrefix(b, []byte(text))
	}
	switch {
	case begins(jpegAPP0, jpegJFIF) && len(b) >= 12:
		j.jfif(s, b)
	case begins(0xE1, jpegExif):
		x := readExif(b[min(len(b), 6):])
		if j.turn == 0 {
			j.turn = x.orientation
		}
		j.dropExif(x, s.end-s.offset)
	case begins(0xE2, jpegProfile) && len(b) >= 14:
		j.profile(s, b)
	case begins(0xEE, jpegAdobe) && len(b) >= 12:
		// Its version, and how the picture was encoded, serve nobody.
		neutral := append([]byte{0xFF, s.marker, 0, 14}, jpegAdobe...)
		j.replace(whatHeader, s, append(neutral, 0, 100, 0, 0, 0, 0, b[11]))
	default:
		j.drop(jpegWhat(s.marker, b), s.offset, s.end)
	}
	return nil
}

// jpegWhat says what a segment is, for people to read.
func jpegWhat(marker byte, b []byte) string {
	for _, n := range jpegNames {
		if n.marker == marker && bytes.HasPrefix(b, []byte(n.begins)) {
			return n.what
		}
	}
	return whatUnknown
}

// jfif keeps version and densities, without the thumbnail.
func (j *jpegCleaner) jfif(s jpegSegment, b []byte) {
	neutral := append([]byte{0xFF, jpegAPP0, 0, 16}, b[:12]...)
	j.replace(whatThumbnail, s, append(neutral, 0, 0))
}

// replace puts new bytes in the place of a segment, if they are not the same.
func (j *jpegCleaner) replace(what string, s jpegSegment, b []byte) {
	old, err := j.peek(s.offset, int(s.end-s.offset))
	if err == nil && bytes.Equal(old, b) {
		j.Plan.copy(s.offset, s.end-s.offset)
		return
	}
	j.remove(what, s.end-s.offset-int64(len(b)))
	j.Plan.add(b)
}

// profile takes a chunk of the colour profile. They come in order: so browsers and libraries read them.
func (j *jpegCleaner) profile(s jpegSegment, b []byte) {
	if j.iccAt < 0 {
		j.iccAt = len(j.Plan)
		j.Plan = append(j.Plan, Piece{New: []byte{}})
	}
	j.iccSeen++
	j.iccSize += s.end - s.offset
	if int(b[12]) == j.iccSeen && len(j.icc)+len(b) <= picMaxProfile {
		j.icc = append(j.icc, b[14:]...)
	}
}

// settleProfile puts the colour profile where its first chunk was.
func (j *jpegCleaner) settleProfile() {
	if j.iccAt < 0 {
		return
	}
	neutral, srgb, ok := neutralProfile(j.icc)
	switch {
	case !ok:
		j.remove(whatBadProfile, j.iccSize)
	case srgb:
		j.remove(whatSRGB, j.iccSize)
	default:
		chunks := jpegProfileChunks(neutral)
		j.Plan[j.iccAt].New = chunks
		if extra := j.iccSize - int64(len(chunks)); extra != 0 || !bytes.Equal(neutral, j.icc) {
			j.remove(whatProfile, max(extra, 0))
		}
	}
}

// jpegProfileChunks lays a profile into segments (ICC.1:2022, annex B.4).
func jpegProfileChunks(icc []byte) []byte {
	const most = 0xFFFF - 2 - len(jpegProfile) - 2
	var b bytes.Buffer
	n := (len(icc) + most - 1) / most
	for i := range n {
		chunk := icc[i*most : min(len(icc), (i+1)*most)]
		b.Write([]byte{0xFF, 0xE2})
		length := uint16(2 + len(jpegProfile) + 2 + len(chunk))
		b.Write(binary.BigEndian.AppendUint16(nil, length))
		b.WriteString(jpegProfile)
		b.Write([]byte{byte(i + 1), byte(n)})
		b.Write(chunk)
	}
	return b.Bytes()
}
