package document

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"satchel/bundle/internal/pdf"
)

// A pdfWriter writes the objects of a PDF file: streams by themselves, others together in packed streams,
// as of PDF 1.5, so that the new file is no larger than the old one.
type pdfWriter struct {
	w      io.Writer
	n      int64
	places []placed
	body   bytes.Buffer // of the stream of objects that is being filled
	index  []inBody
}

// placed is where an object lies: at an offset of the file, or in a stream of objects.
type placed struct {
	kind  byte // 0 none, 1 offset, 2 stream
	where int64
	index int
}

type inBody struct{ num, offset int }

func newPDFWriter(w io.Writer) *pdfWriter { return &pdfWriter{w: w, places: make([]placed, 1)} }

// number returns the number of a new object.
func (p *pdfWriter) number() int {
	p.places = append(p.places, placed{})
	return len(p.places) - 1
}

func (p *pdfWriter) Write(b []byte) (int, error) {
	n, err := p.w.Write(b)
	p.n += int64(n)
	return n, err
}

// begin writes the head. The four bytes say that the file is not text.
func (p *pdfWriter) begin() error {
	_, err := io.WriteString(p, "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	return err
}

// object writes an object that is no stream.
func (p *pdfWriter) object(num int, o pdf.Object) error {
	p.index = append(p.index, inBody{num, p.body.Len()})
	writeObject(&p.body, o)
	p.body.WriteByte('\n')
	const most, bytes = 200, 64 << 10
	if len(p.index) < most && p.body.Len() < bytes {
		return nil
	}
	return p.flush()
}

// flush writes the stream of objects that is being filled (7.5.7).
func (p *pdfWriter) flush() error {
	if len(p.index) == 0 {
		return nil
	}
	num := p.number()
	var head bytes.Buffer
	for i, at := range p.index {
		fmt.Fprintf(&head, "%d %d ", at.num, at.offset)
		p.places[at.num] = placed{2, int64(num), i}
	}
	first := head.Len()
	head.Write(p.body.Bytes())
	d := pdf.Dict{"Type": pdf.Name("ObjStm"), "N": integer(len(p.index)), "First": integer(first)}
	p.body.Reset()
	p.index = p.index[:0]
	return p.packed(num, d, head.Bytes())
}

func integer[T int | int64](n T) pdf.Number { return pdf.Number(strconv.FormatInt(int64(n), 10)) }

// packed writes a stream of ours.
func (p *pdfWriter) packed(num int, d pdf.Dict, data []byte) error {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	if _, err := w.Write(data); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	d["Filter"] = pdf.Name("FlateDecode")
	return p.stream(num, d, &z, int64(z.Len()))
}

// stream writes a stream of size bytes.
func (p *pdfWriter) stream(num int, d pdf.Dict, r io.Reader, size int64) error {
	if p.n > math.MaxUint32 {
		return fmt.Errorf("%w: a cleaned file of more than 4 GiB", ErrLimit)
	}
	p.places[num] = placed{1, p.n, 0}
	d["Length"] = integer(size)
	var head bytes.Buffer
	fmt.Fprintf(&head, "%d 0 obj\n", num)
	writeObject(&head, d)
	head.WriteString("\nstream\n")
	if _, err := p.Write(head.Bytes()); err != nil {
		return err
	}
	n, err := io.Copy(p, r)
	if err == nil && n != size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	_, err = io.WriteString(p, "\nendstream\nendobj\n")
	return err
}

// end writes the cross-reference stream (7.5.8). There is no ID: it would say nothing.
func (p *pdfWriter) end(root pdf.Ref) error {
	if err := p.flush(); err != nil {
		return err
	}
	num := p.number()
	start := p.n
	p.places[num] = placed{1, start, 0}
	var table bytes.Buffer
	for _, at := range p.places {
		table.Write([]byte{at.kind, byte(at.where >> 24), byte(at.where >> 16), byte(at.where >> 8), byte(at.where), byte(at.index >> 8), byte(at.index)})
	}
	d := pdf.Dict{"Type": pdf.Name("XRef"), "Size": integer(len(p.places)), "Root": root,
		"W": pdf.Array{pdf.Number("1"), pdf.Number("4"), pdf.Number("2")}}
	if err := p.packed(num, d, table.Bytes()); err != nil {
		return err
	}
	_, err := fmt.Fprintf(p, "startxref\n%d\n%%%%EOF\n", start)
	return err
}

// writeObject writes an object (7.3), the entries of dictionaries in the order of their names.
func writeObject(b *bytes.Buffer, o pdf.Object) {
	switch o := o.(type) {
	case bool:
		fmt.Fprintf(b, "%t", o)
	case pdf.Number:
		b.WriteString(string(o))
	case pdf.String:
		writeString(b, string(o))
	case pdf.Name:
		writeName(b, string(o))
	case pdf.Ref:
		fmt.Fprintf(b, "%d %d R", o.Num, o.Gen)
	case pdf.Array:
		b.WriteByte('[')
		for i, v := range o {
			if i > 0 {
				b.WriteByte(' ')
			}
			writeObject(b, v)
		}
		b.WriteByte(']')
	case pdf.Dict:
		writeDict(b, o)
	default:
		b.WriteString("null")
	}
}

func writeDict(b *bytes.Buffer, d pdf.Dict) {
	keys := make([]pdf.Name, 0, len(d))
	for k := range d {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	b.WriteString("<<")
	for _, k := range keys {
		writeName(b, string(k))
		b.WriteByte(' ')
		writeObject(b, d[k])
	}
	b.WriteString(">>")
}

func writeString(b *bytes.Buffer, s string) {
	b.WriteByte('(')
	for i := range len(s) {
		switch c := s[i]; c {
		case '(', ')', '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '\r':
			b.WriteString(`\r`)
		case '\n':
			b.WriteString(`\n`)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte(')')
}

func writeName(b *bytes.Buffer, s string) {
	b.WriteByte('/')
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' || bytes.IndexByte([]byte("()<>[]{}/%#"), c) >= 0 {
			fmt.Fprintf(b, "#%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
}
