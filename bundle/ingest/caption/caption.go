// Package caption turns subtitles as they are found into WebVTT that we wrote.
//
// [VTT] reads SubRip, WebVTT, SAMI, ASS and SSA, MicroDVD and MPL2. What comes out is times and text,
// with nothing in it but bold, italic, underlined and ruby; every other character is escaped. Where
// on the picture a cue stood, its colours and its styles are dropped, and so is what tells of those who
// made the file: headers, comments, notes, the names of programs. Converting the output again changes
// nothing.
//
// Files in the wild are broken in many ways, and players show them all the same: so do we. What is no
// cue is passed over, tags that nobody closed are closed, cues in disorder are sorted, and a cue
// without an end stays until the next one.
//
// Limits: [MaxText] bytes of input, [MaxVTT] of a track, [MaxCues] cues in it and [MaxTracks] tracks.
// Memory is a small multiple of the input. The package builds for a browser and imports no more than
// the standard library and x/net/html.
package caption

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// Limits. What goes over them is no captions file that anybody watches.
const (
	MaxText   = 8 << 20 // bytes of a file: the largest have pictures drawn in them
	MaxVTT    = 2 << 20 // bytes of a track: what the viewer reads
	MaxCues   = 20_000  // cues of a track: ten hours of a film in two-second steps
	MaxTracks = 24      // tracks of a file: what the viewer offers for a film
	// maxCue is the text of one cue. It is several screens full.
	maxCue = 16 << 10
)

// Errors of VTT.
var (
	// ErrFormat says that there are no captions in a text.
	ErrFormat = errors.New("there are no captions in it")
	// ErrLimit says that a text is beyond the limits.
	ErrLimit = errors.New("it is beyond the limits for captions")
)

// A Form is a format of captions.
type Form int

// The forms. Sources: SubRip has no specification but its program; WebVTT is W3C's, 2019; SAMI is
// Microsoft's "Understanding SAMI 1.0", 2001; ASS is "Advanced Sub Station Alpha v4+ script format";
// MicroDVD and MPL2 are as the programs of these names read them.
const (
	Any      Form = iota // the one that the text looks like
	SubRip               // .srt
	WebVTT               // .vtt
	SAMI                 // .smi: one track for each class, that is language
	ASS                  // .ass and .ssa
	MicroDVD             // .sub: frames in braces, {25}{75}text
	MPL2                 // .mpl and .txt: tenths of a second in brackets, [10][30]text
)

// A Track is the captions of a film in one language.
type Track struct {
	Language string // as the file says, a well-formed BCP 47 tag, or empty
	VTT      []byte
	Cues     int
}

// VTT reads captions, UTF-8 or nearly so, and writes them as WebVTT. There is always at least one
// track; vtt is the first. All forms but SAMI have only one. Tracks come in the order in which the file
// declares them, and two may have the same language. Errors wrap ErrFormat or ErrLimit.
func VTT(text []byte, form Form) (vtt []byte, tracks []Track, err error) {
	if len(text) > MaxText {
		return nil, nil, fmt.Errorf("%w: %d bytes, more than %d", ErrLimit, len(text), MaxText)
	}
	if form == Any {
		form = Detect(text)
	}
	scripts, err := read(plain(text), form)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range scripts {
		t, err := s.track()
		if err != nil {
			return nil, nil, err
		}
		if t.Cues > 0 {
			tracks = append(tracks, t)
		}
	}
	switch {
	case len(tracks) == 0:
		return nil, nil, ErrFormat
	case len(tracks) > MaxTracks:
		return nil, nil, fmt.Errorf("%w: %d tracks, more than %d", ErrLimit, len(tracks), MaxTracks)
	}
	return tracks[0].VTT, tracks, nil
}

// read finds the cues of a text.
func read(text string, form Form) ([]*script, error) {
	switch form {
	case SubRip:
		return one(readLines(text, false))
	case WebVTT:
		return one(readLines(text, true))
	case SAMI:
		return readSAMI(text)
	case ASS:
		return one(readASS(text))
	case MicroDVD:
		return one(readFrames(text, microDVD))
	case MPL2:
		return one(readFrames(text, mpl2))
	}
	return nil, ErrFormat
}

func one(s *script, err error) ([]*script, error) { return []*script{s}, err }

// plain is a text without its byte order mark, and with one kind of line end.
func plain(text []byte) string {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	s := strings.ToValidUTF8(string(text), "\uFFFD")
	return strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(s)
}

// headLen is how far into a text Detect looks.
const headLen = 64 << 10

// Detect says which form a text has, whatever its name is: many an .srt is something else. It
// returns Any for what looks like none of them.
func Detect(text []byte) Form {
	head := plain(text[:min(len(text), headLen)])
	lower := strings.ToLower(head)
	switch {
	case strings.HasPrefix(head, "WEBVTT"):
		return WebVTT
	case strings.Contains(lower, "<sami") || strings.Contains(lower, "<sync"):
		return SAMI
	case strings.Contains(lower, "[script info]") || strings.Contains(lower, "\ndialogue:"):
		return ASS
	}
	for line := range strings.SplitSeq(head, "\n") {
		if _, ok := spanLine(line); ok {
			return SubRip
		}
		if _, ok := microDVD.line(line); ok {
			return MicroDVD
		}
		if _, ok := mpl2.line(line); ok {
			return MPL2
		}
	}
	return Any
}
