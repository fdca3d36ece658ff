// Package pdf reads the objects of PDF files that strangers made (ISO 32000-1:2008, chapter 7).
//
// It knows objects, cross-reference tables and streams, object streams and the filters for text, and
// nothing of what objects mean. A file whose cross-references are broken is read by looking for its
// objects from front to back, as viewers do. Of a file that was saved several times, the last state is
// read.
//
// Encrypted files are refused. Nothing is kept of the file but where its objects lie, and a few of the
// streams that hold objects.
package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Limits. What goes over them is ErrLimit.
const (
	maxObjects  = 1_000_000 // large atlases have a tenth of that
	maxObject   = 16 << 20  // bytes of an object without its stream
	maxDepth    = 100       // arrays in arrays
	maxSections = 1000      // cross-reference sections: one for each time a file was saved
	maxStream   = 32 << 20  // bytes of a stream of objects
	maxCache    = 48 << 20  // bytes of streams of objects that are kept
	// inflateBase and inflateFactor bound what all streams inflate to, one counted as often as it is read.
	inflateBase   = 64 << 20
	inflateFactor = 32
	// searchFactor bounds how often the file is searched for the end of a stream.
	searchFactor = 4
)

// Errors that callers can test for. Others come from the reader.
var (
	ErrFormat    = errors.New("not a valid PDF file")
	ErrLimit     = errors.New("a PDF file beyond the limits")
	ErrEncrypted = errors.New("the PDF file is encrypted")
)

// An Object is one of nil, bool, Number, String, Name, Array, Dict, Ref and *Stream.
type Object any

// The kinds of objects. A Number is as it is written.
type (
	Number string
	String string
	Name   string
	Array  []Object
	Dict   map[Name]Object
)

// A Ref stands for an object that lies elsewhere.
type Ref struct{ Num, Gen int }

// A Stream is a dictionary with bytes.
type Stream struct {
	Dict         Dict
	Offset, Size int64 // where its bytes lie in the file, still packed
}

// A place is where an object lies.
type place struct {
	offset int64 // in the file, or else -1
	stream int   // the number of the stream of objects
	index  int   // in that stream
}

// A File is an open PDF file. It must not be used at the same time from several places.
type File struct {
	Trailer Dict
	Updates int // how often the file was saved again behind its end

	r       io.ReaderAt
	size    int64
	base    int64 // where %PDF- stands: offsets count from there
	places  map[int]place
	found   map[int]place // where objects lie as rebuild says; nil before it was asked
	inflate int64         // how much may still be inflated
	search  int64         // how much may still be searched

	window      []byte // the bytes of the file from windowStart on
	windowStart int64

	err error // the first of r

	held      map[int]*objects // streams of objects
	heldBytes int
	loading   map[int]bool // streams of objects that are being read
}

// Open finds the objects of a file. Errors wrap ErrFormat, ErrLimit, ErrEncrypted or that of r.
func Open(r io.ReaderAt, size int64) (*File, error) {
	f := &File{r: r, size: size, inflate: inflateBase + inflateFactor*size, search: inflateBase + searchFactor*size,
		held: map[int]*objects{}, loading: map[int]bool{}}
	head := f.bytes(0, 1024)
	at := bytes.Index(head, []byte("%PDF-"))
	if at < 0 {
		return nil, fmt.Errorf("%w: it does not begin as one", ErrFormat)
	}
	f.base = int64(at)
	err := f.readSections()
	if errors.Is(err, ErrLimit) {
		return nil, err
	}
	if f.err != nil {
		return nil, f.err
	}
	if err != nil || f.Catalog() == nil {
		if err := f.rebuild(); err != nil {
			return nil, err
		}
		f.found = f.places
	}
	if f.Trailer["Encrypt"] != nil {
		return nil, ErrEncrypted
	}
	if f.Catalog() == nil {
		return nil, fmt.Errorf("%w: it has no catalogue", ErrFormat)
	}
	return f, nil
}

// Catalog returns the root of all objects, or nil.
func (f *File) Catalog() Dict {
	d, _ := f.Dict(f.Trailer["Root"])
	if d == nil || f.Resolve(d["Pages"]) == nil {
		return nil
	}
	return d
}

// load reads what a reference refers to. It is nil for what is not there or cannot be read; an error is
// only one of a limit or of the reader.
func (f *File) load(ref Ref) (Object, error) {
	p, ok := f.places[ref.Num]
	if !ok || p == free {
		return nil, nil
	}
	if p.offset < 0 {
		return f.member(p, ref.Num)
	}
	num, o, err := f.objectAt(p.offset)
	switch {
	case errors.Is(err, ErrLimit):
		return nil, err
	case err != nil || num != ref.Num:
		return f.misplaced(ref)
	}
	return o, nil
}

// misplaced looks for an object that is not where it should be. What was read before stays as it is.
func (f *File) misplaced(ref Ref) (Object, error) {
	if f.found == nil {
		places, trailer := f.places, f.Trailer
		err := f.rebuild()
		f.found, f.places, f.Trailer = f.places, places, trailer
		if err != nil {
			return nil, err
		}
	}
	p, ok := f.found[ref.Num]
	if !ok || p == f.places[ref.Num] {
		return nil, nil
	}
	f.places[ref.Num] = p
	return f.load(ref)
}

// Get returns the object that o refers to, or o itself.
func (f *File) Get(o Object) (Object, error) {
	for range 32 {
		ref, ok := o.(Ref)
		if !ok {
			return o, nil
		}
		var err error
		if o, err = f.load(ref); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// Resolve is Get where errors do not matter, because whoever reads on meets them.
func (f *File) Resolve(o Object) Object {
	o, _ = f.Get(o)
	return o
}

// Dict returns the dictionary that o is or refers to; that of a stream, too.
func (f *File) Dict(o Object) (Dict, error) {
	o, err := f.Get(o)
	switch o := o.(type) {
	case Dict:
		return o, err
	case *Stream:
		return o.Dict, err
	}
	return nil, err
}

// Array returns the array that o is or refers to.
func (f *File) Array(o Object) Array {
	a, _ := f.Resolve(o).(Array)
	return a
}

// Name returns the name that o is or refers to, or "".
func (f *File) Name(o Object) Name {
	n, _ := f.Resolve(o).(Name)
	return n
}

// Int returns the number that o is or refers to, without its fraction, or 0.
func (f *File) Int(o Object) int64 {
	n, _ := f.Resolve(o).(Number)
	return n.Int()
}

// Float returns the number that o is or refers to, or 0.
func (f *File) Float(o Object) float64 {
	n, _ := f.Resolve(o).(Number)
	return n.Float()
}

// Objects is how many objects the file says it has.
func (f *File) Objects() int { return len(f.places) }

// Err is the first error of the reader. What was read after it may be missing parts.
func (f *File) Err() error { return f.err }

// Raw reads a stream as it lies in the file.
func (f *File) Raw(s *Stream) *io.SectionReader { return io.NewSectionReader(f.r, s.Offset, s.Size) }

// bytes returns up to n bytes from an offset on, fewer at the end of the file or after an error. They
// are good until the next call.
func (f *File) bytes(offset int64, n int) []byte {
	if offset < 0 || offset >= f.size {
		return nil
	}
	n = int(min(int64(n), f.size-offset))
	if offset >= f.windowStart && offset+int64(n) <= f.windowStart+int64(len(f.window)) {
		return f.window[offset-f.windowStart:][:n]
	}
	const ahead = 64 << 10
	want := int(min(int64(max(n, ahead)), f.size-offset))
	if cap(f.window) < want {
		f.window = make([]byte, want)
	}
	f.window = f.window[:want]
	got, err := f.r.ReadAt(f.window, offset)
	if err != nil && err != io.EOF && f.err == nil {
		f.err = fmt.Errorf("read: %w", err)
	}
	f.window, f.windowStart = f.window[:got], offset
	return f.window[:min(n, got)]
}
