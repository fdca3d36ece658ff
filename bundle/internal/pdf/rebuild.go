package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// rebuild looks through the whole file for objects, because its cross-references are broken. Of several
// with the same number, the last counts.
func (f *File) rebuild() error {
	f.places = map[int]place{}
	f.held, f.heldBytes = map[int]*objects{}, 0
	trailer := Dict{}
	const step = 256 << 10
	const overlap = 64
	for at := int64(0); at < f.size; at += step {
		b := bytes.Clone(f.bytes(at, step+overlap))
		if err := f.scan(b, at, step); err != nil {
			return err
		}
		f.trailers(b, at, step, trailer)
	}
	if err := f.insides(trailer); err != nil {
		return err
	}
	f.Trailer = trailer
	return nil
}

// scan notes the objects that begin in the first step bytes of b.
func (f *File) scan(b []byte, at int64, step int) error {
	for i := 0; ; {
		n := bytes.Index(b[i:], []byte("obj"))
		if n < 0 {
			return nil
		}
		end := i + n
		i = end + 3
		num, from, ok := backwards(b, end)
		if !ok || from >= step {
			continue
		}
		if _, known := f.places[num]; !known && len(f.places) >= maxObjects {
			return fmt.Errorf("%w: more than %d objects", ErrLimit, maxObjects)
		}
		f.places[num] = place{offset: at + int64(from)}
	}
}

// backwards reads the number and generation in front of the word obj.
func backwards(b []byte, end int) (num, from int, ok bool) {
	gen, at := digitsBefore(b, end)
	if gen == nil {
		return 0, 0, false
	}
	number, at := digitsBefore(b, at)
	if number == nil || at > 0 && !isSpace(b[at-1]) && !isDelimiter(b[at-1]) && !bytes.HasSuffix(b[:at], []byte("endobj")) {
		return 0, 0, false
	}
	num, ok = digits(number)
	return num, at, ok && num <= 8*maxObjects
}

// digitsBefore returns the digits in front of an offset, and where they begin.
func digitsBefore(b []byte, end int) ([]byte, int) {
	for end > 0 && isSpace(b[end-1]) {
		end--
	}
	from := end
	for from > 0 && b[from-1] >= '0' && b[from-1] <= '9' && end-from < 11 {
		from--
	}
	if from == end {
		return nil, end
	}
	return b[from:end], from
}

// trailers gathers what the trailers say that begin in b; the last one with a root counts.
func (f *File) trailers(b []byte, at int64, step int, trailer Dict) {
	for i := 0; ; {
		n := bytes.Index(b[i:], []byte("trailer"))
		if n < 0 || i+n >= step {
			return
		}
		i += n + len("trailer")
		err := f.parseAt(at+int64(i), func(p *Parser) error {
			o, err := p.object()
			if d, ok := o.(Dict); ok && err == nil {
				merge(trailer, d)
			}
			return err
		})
		if err != nil {
			continue
		}
	}
}

func merge(trailer, d Dict) {
	for _, key := range []Name{"Root", "Info", "Encrypt"} {
		if d[key] != nil {
			trailer[key] = d[key]
		}
	}
}

// insides reads the streams that hold objects or cross-references, and finds the catalogue if no trailer
// names it.
func (f *File) insides(trailer Dict) error {
	numbers := make([]int, 0, len(f.places))
	for num := range f.places {
		numbers = append(numbers, num)
	}
	slices.SortFunc(numbers, func(a, b int) int {
		return int(min(max(f.places[a].offset-f.places[b].offset, -1), 1))
	})
	var catalog Object
	for _, num := range numbers {
		_, o, err := f.objectAt(f.places[num].offset)
		if errors.Is(err, ErrLimit) {
			return err
		}
		switch o := o.(type) {
		case Dict:
			if o["Type"] == Name("Catalog") {
				catalog = Ref{num, 0}
			}
		case *Stream:
			switch o.Dict["Type"] {
			case Name("XRef"):
				merge(trailer, o.Dict)
			case Name("ObjStm"):
				if err := f.inside(num, o, &catalog); err != nil {
					return err
				}
			}
		}
	}
	if trailer["Root"] == nil {
		trailer["Root"] = catalog
	}
	return nil
}

// inside notes the objects in a stream.
func (f *File) inside(num int, s *Stream, catalog *Object) error {
	o, err := f.readObjects(s)
	if errors.Is(err, ErrFormat) {
		return nil
	}
	if err != nil {
		return err
	}
	for i, n := range o.numbers {
		if n < 0 || n > 8*maxObjects || len(f.places) >= maxObjects {
			return fmt.Errorf("%w: more than %d objects", ErrLimit, maxObjects)
		}
		if p, ok := f.places[n]; ok && p.offset > 0 && p.offset > s.Offset {
			continue // a later one
		}
		f.places[n] = place{offset: -1, stream: num, index: i}
		p := &Parser{b: o.data[o.offsets[i]:], whole: true}
		if bytes.Contains(p.b[:min(len(p.b), 400)], []byte("/Catalog")) {
			if d, err := p.object(); err == nil {
				if d, ok := d.(Dict); ok && d["Type"] == Name("Catalog") {
					*catalog = Ref{n, 0}
				}
			}
		}
	}
	return nil
}
