package scrub

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Films and sound.
func init() {
	maps.Copy(cleaners, map[string]cleaner{
		"video/mp4":        cleanISO,
		"video/quicktime":  cleanISO,
		"video/3gpp":       cleanISO,
		"video/3gpp2":      cleanISO,
		"audio/mp4":        cleanISO,
		"audio/3gpp":       cleanISO,
		"video/x-msvideo":  cleanAVI,
		"video/webm":       cleanMatroska,
		"video/x-matroska": cleanMatroska,
		"audio/webm":       cleanMatroska,
		"audio/x-matroska": cleanMatroska,
		"audio/mpeg":       cleanMP3,
		"audio/aac":        cleanAAC,
		"audio/amr":        cleanAMR,
		"audio/flac":       cleanFLAC,
		"audio/ogg":        cleanOgg,
		"video/ogg":        cleanOgg,
		"audio/wav":        cleanWAV,
		"audio/aiff":       cleanAIFF,
	})
}

const (
	maxMediaText  = 1024     // bytes of a title
	maxMediaCover = 32 << 20 // bytes of a cover

	// What replaces data of unknown length is made of blocks of zeros, which all pieces share.
	zeroBlockLen = 64 << 10
)

var zeroBlock = make([]byte, zeroBlockLen)

// brokenf returns an error that wraps ErrFormat.
func brokenf(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrFormat, fmt.Sprintf(format, args...))
}

// limitf returns an error that wraps ErrLimit.
func limitf(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrLimit, fmt.Sprintf(format, args...))
}

// A mediaSource reads a file here and there, through a window that spares calls where the next
// thing is near.
type mediaSource struct {
	r      io.ReaderAt
	size   int64
	buf    []byte
	window []byte // of the file from at on, backed by buf
	at     int64
}

func newMediaSource(r io.ReaderAt, size int64, window int) *mediaSource {
	return &mediaSource{r: r, size: size, buf: make([]byte, min(int64(window), max(0, size)))}
}

// peek returns n bytes from offset on, fewer at the end of the file. They are valid until the next
// peek; n is at most the window.
func (s *mediaSource) peek(offset int64, n int) ([]byte, error) {
	if offset < 0 || offset >= s.size {
		return nil, nil
	}
	n = int(min(int64(n), s.size-offset))
	if skip := offset - s.at; skip >= 0 && skip+int64(n) <= int64(len(s.window)) {
		return s.window[skip:][:n], nil
	}
	s.at, s.window = offset, s.buf[:min(int64(len(s.buf)), s.size-offset)]
	if err := s.fill(s.window, offset); err != nil {
		s.window = nil
		return nil, err
	}
	return s.window[:n], nil
}

// read returns exactly n bytes from offset on, which the caller keeps. The caller has bounded n.
func (s *mediaSource) read(offset, n int64) ([]byte, error) {
	if offset < 0 || n < 0 || offset > s.size-n {
		return nil, brokenf("it ends too early")
	}
	b := make([]byte, n)
	return b, s.fill(b, offset)
}

func (s *mediaSource) fill(b []byte, offset int64) error {
	n, err := s.r.ReadAt(b, offset)
	switch {
	case n == len(b):
		return nil
	case err == nil || errors.Is(err, io.EOF):
		return brokenf("it ends too early")
	}
	return err
}

// finish settles what was removed. A plan that gives the file as it is has removed nothing, and
// one that does not has removed something.
func (s *mediaSource) finish(r *Result) (*Result, error) {
	same, err := s.isWhole(r.Plan)
	switch {
	case err != nil:
		return nil, err
	case same:
		r.Removed, r.Plan = nil, Plan{{Size: s.size}}
	case len(r.Removed) == 0:
		r.remove("traces of the program that made it", max(0, s.size-r.Plan.Size()))
	}
	return r, nil
}

func (s *mediaSource) isWhole(p Plan) (bool, error) {
	at := int64(0)
	for i := range p {
		n := p[i].length()
		if at+n > s.size || p[i].New == nil && p[i].Offset != at {
			return false, nil
		}
		for b := p[i].New; len(b) > 0; {
			old, err := s.peek(at+int64(len(p[i].New)-len(b)), min(len(b), len(s.buf)))
			if err != nil || !bytes.HasPrefix(b, old) {
				return false, err
			}
			b = b[len(old):]
		}
		at += n
	}
	return at == s.size, nil
}

// A mediaPatch is a part of the original that other bytes of the same length replace.
type mediaPatch struct {
	offset, size int64
	data         []byte // nil for zeros
}

// sortPatches sorts patches by where they are. They never overlap.
func sortPatches(patches []mediaPatch) {
	slices.SortFunc(patches, func(a, b mediaPatch) int { return cmp.Compare(a.offset, b.offset) })
}

// patched adds bytes of the original with those patches, sorted, that lie in them.
func (p *Plan) patched(offset, size int64, patches []mediaPatch) {
	end := offset + size
	first, _ := slices.BinarySearchFunc(patches, offset, func(q mediaPatch, at int64) int {
		return cmp.Compare(q.offset, at)
	})
	for _, q := range patches[first:] {
		if q.offset+q.size > end {
			break
		}
		if q.offset < offset { // the same once more
			continue
		}
		p.copy(offset, q.offset-offset)
		if q.data != nil {
			p.add(q.data)
		} else {
			p.zeros(q.size)
		}
		offset = q.offset + q.size
	}
	p.copy(offset, end-offset)
}

func (p *Plan) zeros(n int64) {
	for ; n > 0; n -= zeroBlockLen {
		p.add(zeroBlock[:min(n, zeroBlockLen)])
	}
}

// mediaText makes a title of what a file says: valid, without what surrounds it, and not long.
func mediaText(b []byte) string {
	if len(b) > 4*maxMediaText {
		b = b[:4*maxMediaText]
	}
	s := strings.ToValidUTF8(string(b), "\uFFFD")
	if before, _, ok := strings.Cut(strings.TrimLeft(s, "\x00"), "\x00"); ok || before != "" {
		s = before // of several values the first
	}
	s = strings.TrimSpace(s)
	if len(s) <= maxMediaText {
		return s
	}
	n := maxMediaText
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// mediaUTF16 is mediaText of UTF-16, which a byte order mark may begin.
func mediaUTF16(b []byte, order binary.ByteOrder) string {
	switch {
	case bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		b, order = b[2:], binary.BigEndian
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}):
		b, order = b[2:], binary.LittleEndian
	}
	var units []uint16
	for ; len(b) >= 2 && len(units) < maxMediaText; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	return mediaText([]byte(string(utf16.Decode(units))))
}

// mediaLatin1 is mediaText of ISO 8859-1. Bytes that are legible UTF-8 are taken for that: taggers
// often say the one and write the other.
func mediaLatin1(b []byte) string {
	if utf8.Valid(b) {
		return mediaText(b)
	}
	b = b[:min(len(b), maxMediaText)]
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return mediaText([]byte(string(runes)))
}

// pictureType returns the media type of a cover by its first bytes, or "".
func pictureType(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png"
	}
	return ""
}

// setTitle and setArtist keep the first that a file says.
func (r *Result) setTitle(s string) {
	if r.Title == "" {
		r.Title = s
	}
}

func (r *Result) setArtist(s string) {
	if r.Artist == "" {
		r.Artist = s
	}
}

// setCover keeps the first picture that b, the whole of it or its beginning, shows to be one.
func (r *Result) setCover(b []byte, p Piece) {
	if t := pictureType(b); t != "" && r.Cover == nil && p.length() <= maxMediaCover {
		r.Cover = &Cover{Piece: p, Type: t}
	}
}

// millis is how long n units take where there are perSecond of them; 0 where that makes no sense.
func millis(n, perSecond uint64) int64 {
	const longest = 1000 * 3600 // hours, in seconds: nothing honest takes longer
	if perSecond == 0 || n/perSecond > longest {
		return 0
	}
	return int64(n/perSecond*1000 + n%perSecond*1000/perSecond)
}
