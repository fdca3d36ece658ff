// Package scrub takes out of media files what they tell of their makers: where a picture was
// taken, with which camera, by whom, when; what a film was edited with; what stood in it before.
// Pictures and sound stay as they are, to the byte: nothing is encoded anew.
//
// A cleaned file is a [Plan], pieces of the original and a few new bytes between them, so that a
// film of many gigabytes is cleaned without being copied. What is left is what it takes to show the
// file; everything else goes, also what nobody has heard of: each format has a list of what stays,
// not of what goes.
//
// Files come from strangers. Every size in them is a claim, and work and memory are bounded: an error
// says that a file is not of its format, or breaks a limit, and then it cannot be cleaned.
package scrub

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
)

// ErrFormat says that a file is not what it is taken for, or is broken where that matters.
var ErrFormat = errors.New("the file is broken")

// ErrLimit says that a file is larger or deeper than any honest one.
var ErrLimit = errors.New("it is beyond the limits for its kind")

// A Piece is a part of a cleaned file: new bytes, or else Size bytes of the original from Offset on.
type Piece struct {
	New          []byte
	Offset, Size int64
}

func (p *Piece) length() int64 {
	if p.New != nil {
		return int64(len(p.New))
	}
	return p.Size
}

// A Plan is a cleaned file, piece after piece.
type Plan []Piece

// Size is how many bytes the cleaned file has.
func (p Plan) Size() (n int64) {
	for i := range p {
		n += p[i].length()
	}
	return n
}

// copy adds bytes of the original, to the piece before where they follow it.
func (p *Plan) copy(offset, size int64) {
	if size <= 0 {
		return
	}
	if n := len(*p); n > 0 {
		if last := &(*p)[n-1]; last.New == nil && last.Offset+last.Size == offset {
			last.Size += size
			return
		}
	}
	*p = append(*p, Piece{Offset: offset, Size: size})
}

// add adds new bytes, which the plan keeps.
func (p *Plan) add(b []byte) {
	if len(b) > 0 {
		*p = append(*p, Piece{New: b})
	}
}

// Reader reads the cleaned file, whose original is r.
func (p Plan) Reader(r io.ReaderAt) io.Reader { return &planReader{plan: p, file: r} }

// A planReader opens one piece after the other: a long film may have a million.
type planReader struct {
	plan  Plan
	file  io.ReaderAt
	piece io.Reader
}

func (r *planReader) Read(b []byte) (int, error) {
	for {
		if r.piece == nil && len(r.plan) == 0 {
			return 0, io.EOF
		}
		if r.piece == nil {
			r.piece, r.plan = r.plan[0].reader(r.file), r.plan[1:]
		}
		n, err := r.piece.Read(b)
		if errors.Is(err, io.EOF) {
			r.piece, err = nil, nil
		}
		if n > 0 || err != nil || len(b) == 0 {
			return n, err
		}
	}
}

func (p *Piece) reader(r io.ReaderAt) io.Reader {
	if p.New != nil {
		return bytes.NewReader(p.New)
	}
	return io.NewSectionReader(r, p.Offset, p.Size)
}

// A Removal is something that was taken out, for people to read, such as "GPS position" or
// "Exif: camera, times". Bytes is how much it was.
type Removal struct {
	What  string
	Bytes int64
}

// A Result is a file that was looked through.
type Result struct {
	Plan    Plan
	Removed []Removal // empty where there was nothing to take out: the plan is then the whole file

	// What the file says that readers want to know. Zero where it says nothing.
	Width, Height int    // pixels, as shown, that is after turning
	Millis        int64  // how long it plays
	Title, Artist string // of a recording, as it says itself: valid UTF-8, at most 1,024 bytes
	Cover         *Cover // the picture of a recording
	Texts         int    // how many tracks of text it has inside: captions, names of chapters
	// Turn is the Exif orientation, 2 to 8, that a picture would have to be turned by to be upright,
	// where the file could not keep saying so; otherwise 0.
	Turn int
}

// A Cover is a picture inside a recording, as it lies in the original, or in bytes of its own where it
// does not lie in one piece.
type Cover struct {
	Piece
	Type string // image/jpeg or image/png
}

// remove notes what was taken out. The same thing from several places is one.
func (r *Result) remove(what string, bytes int64) {
	if i := slices.IndexFunc(r.Removed, func(x Removal) bool { return x.What == what }); i >= 0 {
		r.Removed[i].Bytes += bytes
		return
	}
	r.Removed = append(r.Removed, Removal{what, bytes})
}

// A cleaner is what a format has.
type cleaner func(r io.ReaderAt, size int64) (*Result, error)

// cleaners are by media type, without parameters.
var cleaners = map[string]cleaner{}

// Knows says whether files of a media type can be cleaned.
func Knows(mediaType string) bool { return cleaners[mediaType] != nil }

// File looks through a file of a media type that Knows knows. It reads the parts that matter, a few
// times at most, whatever the size. Errors wrap ErrFormat, ErrLimit or that of r.
func File(mediaType string, r io.ReaderAt, size int64) (*Result, error) {
	clean := cleaners[mediaType]
	if clean == nil {
		return nil, fmt.Errorf("%w: no cleaner for %s", ErrFormat, mediaType)
	}
	return clean(r, size)
}
