package pdf

import (
	"bytes"
	"errors"
	"fmt"
)

// readSections reads all cross-reference sections, the latest first (7.5.4 to 7.5.8).
func (f *File) readSections() error {
	f.places, f.Trailer = map[int]place{}, nil
	const tail = 2048
	from := max(0, f.size-tail)
	b := f.bytes(from, tail)
	at := bytes.LastIndex(b, []byte("startxref"))
	if at < 0 {
		return fmt.Errorf("%w: no startxref", ErrFormat)
	}
	o, ok := NewParser(b[at+len("startxref"):]).Next()
	start, isNumber := o.(Number)
	if !ok || !isNumber {
		return fmt.Errorf("%w: no startxref", ErrFormat)
	}
	seen := map[int64]bool{}
	pending := []int64{start.Int()}
	for len(pending) > 0 {
		offset := pending[0]
		pending = pending[1:]
		if seen[offset] {
			continue
		}
		seen[offset] = true
		if len(seen) > maxSections {
			return fmt.Errorf("%w: more than %d cross-reference sections", ErrLimit, maxSections)
		}
		trailer, err := f.section(offset + f.base)
		if err != nil {
			return err
		}
		if f.Trailer == nil {
			f.Trailer = trailer
		}
		if n, ok := trailer["Prev"].(Number); ok && n.Int() < offset {
			f.Updates++ // the other way round, it is laid out for the web
		}
		for _, key := range []Name{"XRefStm", "Prev"} {
			if n, ok := trailer[key].(Number); ok {
				pending = append(pending, n.Int())
			}
		}
	}
	return nil
}

// section reads a cross-reference table or stream, and returns its trailer.
func (f *File) section(offset int64) (Dict, error) {
	p := &Parser{b: f.bytes(offset, 64), whole: true}
	if rest := p.afterSpace(); bytes.HasPrefix(rest, []byte("xref")) {
		return f.table(offset + int64(p.pos) + 4)
	}
	_, o, err := f.objectAt(offset)
	if err != nil {
		return nil, err
	}
	s, ok := o.(*Stream)
	if !ok || s.Dict["Type"] != Name("XRef") {
		return nil, fmt.Errorf("%w: no cross-references at %d", ErrFormat, offset)
	}
	return s.Dict, f.crossStream(s)
}

// add notes where an object lies, unless a later section said it already.
func (f *File) add(num int, p place) error {
	if _, ok := f.places[num]; ok {
		return nil
	}
	if len(f.places) >= maxObjects || num > 8*maxObjects {
		return fmt.Errorf("%w: more than %d objects", ErrLimit, maxObjects)
	}
	f.places[num] = p
	return nil
}

// free are objects that were deleted. They hide those of earlier sections.
var free = place{offset: 0}

// table reads a cross-reference table: sections of lines of 20 bytes, and the trailer.
func (f *File) table(offset int64) (trailer Dict, err error) {
	for {
		first, count, next, err := f.subsection(offset)
		if err != nil {
			return nil, err
		}
		if count < 0 { // the trailer
			err = f.parseAt(next, func(p *Parser) error {
				o, err := p.object()
				trailer, _ = o.(Dict)
				return err
			})
			if err == nil && trailer == nil {
				err = fmt.Errorf("%w: no trailer", ErrFormat)
			}
			return trailer, err
		}
		if offset, err = f.lines(next, first, count); err != nil {
			return nil, err
		}
	}
}

// subsection reads which objects lines are about, or finds the trailer; count is negative then.
func (f *File) subsection(offset int64) (first, count int, next int64, err error) {
	p := &Parser{b: f.bytes(offset, 128), whole: true}
	if rest := p.afterSpace(); bytes.HasPrefix(rest, []byte("trailer")) {
		return 0, -1, offset + int64(p.pos) + int64(len("trailer")), nil
	}
	a, _ := p.Next()
	b, _ := p.Next()
	first64, ok := a.(Number)
	count64, also := b.(Number)
	if !ok || !also || first64.Int() < 0 || count64.Int() < 0 {
		return 0, 0, 0, fmt.Errorf("%w: a broken cross-reference table", ErrFormat)
	}
	if first64.Int() > 8*maxObjects || count64.Int() > maxObjects {
		return 0, 0, 0, fmt.Errorf("%w: more than %d objects", ErrLimit, maxObjects)
	}
	p.space()
	return int(first64.Int()), int(count64.Int()), offset + int64(p.pos), nil
}

// lines reads the lines of a cross-reference table, and returns where they end.
func (f *File) lines(offset int64, first, count int) (int64, error) {
	for i := range count {
		p := &Parser{b: f.bytes(offset, 40), whole: true}
		var fields [3][]byte
		for k := range fields {
			p.space()
			fields[k], _ = p.regular()
		}
		if len(fields[2]) != 1 || (fields[2][0] != 'n' && fields[2][0] != 'f') {
			return 0, fmt.Errorf("%w: a broken cross-reference table", ErrFormat)
		}
		at := Number(fields[0]).Int()
		where := free
		if fields[2][0] == 'n' && at > 0 {
			where = place{offset: at + f.base}
		}
		if err := f.add(first+i, where); err != nil {
			return 0, err
		}
		offset += int64(p.pos)
	}
	return offset, nil
}

// crossStream reads a cross-reference stream (7.5.8).
func (f *File) crossStream(s *Stream) error {
	data, err := f.Decode(s, maxStream)
	if err != nil {
		return err
	}
	var w [3]int
	widths, _ := s.Dict["W"].(Array)
	for i := range min(len(widths), 3) {
		n, _ := widths[i].(Number)
		if w[i] = int(n.Int()); w[i] < 0 || w[i] > 8 {
			return fmt.Errorf("%w: a broken cross-reference stream", ErrFormat)
		}
	}
	size, _ := s.Dict["Size"].(Number)
	index, _ := s.Dict["Index"].(Array)
	if len(index) < 2 {
		index = Array{Number("0"), size}
	}
	line := w[0] + w[1] + w[2]
	if line == 0 {
		return fmt.Errorf("%w: a broken cross-reference stream", ErrFormat)
	}
	for ; len(index) >= 2; index = index[2:] {
		first, _ := index[0].(Number)
		count, _ := index[1].(Number)
		for i := range min(max(count.Int(), 0), int64(len(data)/line)) {
			if err := f.crossLine(int(first.Int()+i), data[:line], w); err != nil {
				return err
			}
			data = data[line:]
		}
	}
	return nil
}

func (f *File) crossLine(num int, line []byte, w [3]int) error {
	kind := int64(1)
	if w[0] > 0 {
		kind = number(line[:w[0]])
	}
	a, b := number(line[w[0]:w[0]+w[1]]), number(line[w[0]+w[1]:])
	if num < 0 || a < 0 || b < 0 {
		return fmt.Errorf("%w: a broken cross-reference stream", ErrFormat)
	}
	switch kind {
	case 1:
		return f.add(num, place{offset: a + f.base})
	case 2:
		return f.add(num, place{offset: -1, stream: int(min(a, 1<<30)), index: int(min(b, 1<<30))})
	}
	return f.add(num, free)
}

func number(b []byte) (n int64) {
	for _, c := range b {
		n = n<<8 | int64(c)
	}
	return n
}

// objects is a stream of objects that was read (7.5.7).
type objects struct {
	data    []byte
	numbers []int
	offsets []int
}

// member reads an object out of a stream of objects.
func (f *File) member(at place, num int) (Object, error) {
	o, err := f.objectStream(at.stream)
	if o == nil || err != nil {
		return nil, err
	}
	i := at.index
	if i >= len(o.numbers) || o.numbers[i] != num {
		for i = 0; i < len(o.numbers) && o.numbers[i] != num; i++ {
		}
	}
	if i >= len(o.numbers) || o.offsets[i] > len(o.data) {
		return nil, nil
	}
	p := &Parser{b: o.data[o.offsets[i]:], whole: true}
	v, err := p.object()
	if _, ok := v.(Operator); ok || err != nil && !errors.Is(err, ErrLimit) {
		return nil, nil
	}
	return v, err
}

func (f *File) objectStream(num int) (*objects, error) {
	if o, ok := f.held[num]; ok {
		return o, nil
	}
	at, ok := f.places[num]
	if !ok || at.offset <= 0 || f.loading[num] {
		return nil, nil
	}
	f.loading[num] = true
	defer delete(f.loading, num)
	_, v, err := f.objectAt(at.offset)
	s, ok := v.(*Stream)
	if err != nil || !ok {
		if errors.Is(err, ErrLimit) {
			return nil, err
		}
		return nil, nil
	}
	o, err := f.readObjects(s)
	if err != nil && !errors.Is(err, ErrFormat) {
		return nil, err
	}
	if o == nil {
		o = &objects{}
	}
	if f.heldBytes += len(o.data) + 16*len(o.numbers); f.heldBytes > maxCache {
		f.held, f.heldBytes = map[int]*objects{}, len(o.data)
	}
	f.held[num] = o
	return o, nil
}

func (f *File) readObjects(s *Stream) (*objects, error) {
	data, err := f.Decode(s, maxStream)
	if err != nil {
		return nil, err
	}
	first, count := f.Int(s.Dict["First"]), f.Int(s.Dict["N"])
	if first < 0 || first > int64(len(data)) || count < 0 {
		return nil, fmt.Errorf("%w: a broken stream of objects", ErrFormat)
	}
	o := &objects{data: data[first:]}
	p := NewParser(data[:first])
	for range count {
		a, ok := p.Next()
		b, also := p.Next()
		num, isNum := a.(Number)
		at, isAt := b.(Number)
		if !ok || !also || !isNum || !isAt || at.Int() < 0 || at.Int() > int64(len(o.data)) {
			break
		}
		o.numbers = append(o.numbers, int(num.Int()))
		o.offsets = append(o.offsets, int(at.Int()))
	}
	return o, nil
}
