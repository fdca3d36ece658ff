package pdf

import (
	"bufio"
	"bytes"
	"compress/lzw"
	"compress/zlib"
	"encoding/ascii85"
	"errors"
	"fmt"
	"io"
)

// maxFilters is how many filters lie on top of each other.
const maxFilters = 8

// Filters returns the names of a stream's filters in the order in which they are undone, and the
// parameters of each.
func (f *File) Filters(s *Stream) (names []Name, params []Dict) {
	first := func(keys ...Name) Object {
		for _, k := range keys {
			if o := f.Resolve(s.Dict[k]); o != nil {
				return o
			}
		}
		return nil
	}
	list := func(o Object) Array {
		if a, ok := o.(Array); ok {
			return a
		}
		if o == nil {
			return nil
		}
		return Array{o}
	}
	parms := list(first("DecodeParms", "DP"))
	for i, o := range list(first("Filter", "F")) {
		names = append(names, f.Name(o))
		var d Dict
		if i < len(parms) {
			d, _ = f.Dict(parms[i])
		}
		params = append(params, d)
	}
	return names, params
}

// Decode returns a stream without its filters, which must be those for text, and at most limit bytes
// long. A stream that breaks off is what there is of it.
func (f *File) Decode(s *Stream, limit int64) ([]byte, error) {
	names, params := f.Filters(s)
	return f.DecodeSome(s, names, params, limit)
}

// DecodeSome undoes only some filters, such as those on top of that of a picture.
func (f *File) DecodeSome(s *Stream, names []Name, params []Dict, limit int64) ([]byte, error) {
	if len(names) > maxFilters {
		return nil, fmt.Errorf("%w: %d filters", ErrLimit, len(names))
	}
	if len(names) == 0 && s.Size > limit {
		return nil, fmt.Errorf("%w: a stream of %d bytes", ErrLimit, s.Size)
	}
	var r io.Reader = bufio.NewReaderSize(f.Raw(s), 32<<10)
	for i, name := range names {
		var err error
		if r, err = f.undo(r, name, params[i]); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	n, err := out.ReadFrom(io.LimitReader(r, min(limit, f.inflate)+1))
	f.inflate -= n
	switch {
	case n > limit || f.inflate < 0:
		return nil, fmt.Errorf("%w: a stream that inflates to more than %d bytes", ErrLimit, limit)
	case err != nil && n == 0 && s.Size > 0:
		return nil, fmt.Errorf("%w: a stream that cannot be read: %w", ErrFormat, err)
	}
	return out.Bytes(), nil
}

func (f *File) undo(r io.Reader, name Name, d Dict) (io.Reader, error) {
	switch name {
	case "FlateDecode", "Fl":
		z, err := zlib.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrFormat, err)
		}
		return f.predictor(z, d)
	case "LZWDecode", "LZW":
		return f.predictor(newLZW(r, f.Resolve(d["EarlyChange"]) != Number("0")), d)
	case "ASCIIHexDecode", "AHx":
		return &hexReader{r: bufio.NewReader(r)}, nil
	case "ASCII85Decode", "A85":
		return ascii85.NewDecoder(&untilTilde{r: bufio.NewReader(r)}), nil
	case "RunLengthDecode", "RL":
		return &runReader{r: bufio.NewReader(r)}, nil
	}
	return nil, fmt.Errorf("%w: a stream packed by %q", ErrFormat, name)
}

// predictor undoes what makes tables pack better (7.4.4.4).
func (f *File) predictor(r io.Reader, d Dict) (io.Reader, error) {
	kind := f.Int(d["Predictor"])
	if kind < 2 {
		return r, nil
	}
	orElse := func(key Name, otherwise int64) int64 {
		if v := f.Resolve(d[key]); v != nil {
			return f.Int(v)
		}
		return otherwise
	}
	colors, bits, columns := orElse("Colors", 1), orElse("BitsPerComponent", 8), orElse("Columns", 1)
	if colors < 1 || colors > 64 || bits < 1 || bits > 16 || columns < 1 || columns > 1<<20 {
		return nil, fmt.Errorf("%w: a row of %d columns", ErrLimit, columns)
	}
	if kind == 2 && bits != 8 {
		return nil, fmt.Errorf("%w: a predictor of %d bits", ErrFormat, bits)
	}
	row := int((colors*bits*columns + 7) / 8)
	return &rowReader{r: r, png: kind >= 10, step: int(max(1, colors*bits/8)), above: make([]byte, row), row: make([]byte, row)}, nil
}

// A rowReader undoes a predictor row by row.
type rowReader struct {
	r          io.Reader
	png        bool
	step       int // bytes of a pixel
	above, row []byte
	rest       []byte
}

func (p *rowReader) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		if err := p.next(); err != nil {
			return 0, err
		}
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

func (p *rowReader) next() error {
	kind := [1]byte{1}
	if p.png {
		if _, err := io.ReadFull(p.r, kind[:]); err != nil {
			return err
		}
	}
	p.above, p.row = p.row, p.above
	n, err := io.ReadFull(p.r, p.row)
	if n == 0 {
		return err
	}
	clear(p.row[n:])
	for i := range p.row[:n] {
		left, corner := byte(0), byte(0)
		if i >= p.step {
			left, corner = p.row[i-p.step], p.above[i-p.step]
		}
		switch kind[0] {
		case 1:
			p.row[i] += left
		case 2:
			p.row[i] += p.above[i]
		case 3:
			p.row[i] += byte((int(left) + int(p.above[i])) / 2)
		case 4:
			p.row[i] += paeth(left, p.above[i], corner)
		}
	}
	p.rest = p.row[:n]
	return nil
}

// paeth is the predictor of that name (PNG, section 9.4).
func paeth(a, b, c byte) byte {
	abs := func(n int) int { return max(n, -n) }
	p := int(a) + int(b) - int(c)
	pa, pb, pc := abs(p-int(a)), abs(p-int(b)), abs(p-int(c))
	switch {
	case pa <= pb && pa <= pc:
		return a
	case pb <= pc:
		return b
	}
	return c
}

// hexReader reads hex digits up to >.
type hexReader struct{ r *bufio.Reader }

func (h *hexReader) Read(b []byte) (int, error) {
	var pair []byte
	for len(pair) < 2 {
		c, err := h.r.ReadByte()
		if err != nil || c == '>' {
			if len(pair) == 0 {
				return 0, io.EOF
			}
			c = '0'
		}
		if !isSpace(c) {
			pair = append(pair, c)
		}
	}
	if len(b) == 0 {
		return 0, io.ErrShortBuffer
	}
	return copy(b[:1], unhex(pair)), nil
}

// untilTilde ends where base 85 does, at ~>.
type untilTilde struct{ r *bufio.Reader }

func (u *untilTilde) Read(b []byte) (n int, err error) {
	for n < len(b) {
		c, err := u.r.ReadByte()
		if err != nil || c == '~' {
			return n, io.EOF
		}
		b[n] = c
		n++
	}
	return n, nil
}

// runReader undoes run lengths (7.4.5).
type runReader struct {
	r     *bufio.Reader
	left  int
	same  bool
	value byte
}

func (u *runReader) Read(b []byte) (n int, err error) {
	for n < len(b) {
		if u.left == 0 {
			c, err := u.r.ReadByte()
			if err != nil || c == 128 {
				return n, io.EOF
			}
			u.left, u.same = int(c)+1, c > 128
			if u.same {
				u.left = 257 - int(c)
				if u.value, err = u.r.ReadByte(); err != nil {
					return n, io.EOF
				}
			}
		}
		if !u.same {
			if u.value, err = u.r.ReadByte(); err != nil {
				return n, io.EOF
			}
		}
		b[n] = u.value
		n++
		u.left--
	}
	return n, nil
}

// newLZW undoes the LZW of PDF and TIFF, which widens codes one earlier than that of GIF: compress/lzw
// does not know it.
func newLZW(r io.Reader, early bool) io.Reader {
	if !early {
		return lzw.NewReader(r, lzw.MSB, 8)
	}
	return &lzwReader{r: bufio.NewReader(r), width: 9, next: 258, prev: -1}
}

const (
	lzwClear = 256
	lzwEnd   = 257
)

type lzwReader struct {
	r      *bufio.Reader
	bits   uint32
	have   uint
	width  uint
	next   int
	prev   int
	prefix [4096]int16
	last   [4096]byte
	word   [4097]byte
	rest   []byte
}

func (l *lzwReader) Read(b []byte) (int, error) {
	for len(l.rest) == 0 {
		if err := l.code(); err != nil {
			return 0, err
		}
	}
	n := copy(b, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// code reads a code, and puts what it stands for into rest.
func (l *lzwReader) code() error {
	for l.have < l.width {
		c, err := l.r.ReadByte()
		if err != nil {
			return io.EOF
		}
		l.bits, l.have = l.bits<<8|uint32(c), l.have+8
	}
	l.have -= l.width
	code := int(l.bits >> l.have & (1<<l.width - 1))
	switch {
	case code == lzwClear:
		l.width, l.next, l.prev = 9, 258, -1
		return nil
	case code == lzwEnd:
		return io.EOF
	case code > l.next || code == l.next && l.prev < 0:
		return errors.New("a code of LZW that is not known yet")
	}
	l.emit(code)
	if l.prev >= 0 && l.next < 4096 {
		l.prefix[l.next], l.last[l.next] = int16(l.prev), l.rest[0]
		l.next++
	}
	if l.next+1 >= 1<<l.width && l.width < 12 {
		l.width++
	}
	l.prev = code
	return nil
}

// emit writes the word of a code, from its last letter to its first.
func (l *lzwReader) emit(code int) {
	end := len(l.word)
	at, again := end, code == l.next
	if again { // the word before, and its first letter once more
		at--
		code = l.prev
	}
	for code >= 258 && at > 1 {
		at--
		l.word[at] = l.last[code]
		code = int(l.prefix[code])
	}
	at--
	l.word[at] = byte(code)
	if again {
		l.word[end-1] = l.word[at]
	}
	l.rest = l.word[at:end]
}
