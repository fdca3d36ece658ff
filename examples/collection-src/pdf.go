package main

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"image/color"
	"strings"
)

// A4 in points, as PDF measures.
const (
	pageWidth  = 595.0
	pageHeight = 842.0
)

// page is the content of one PDF page, in PDF's own coordinates: origin at the bottom left.
type page struct{ bytes.Buffer }

// text writes one line at the given place. Font F1 is regular, F2 bold. Both are among the fonts
// that every reader has, so none is embedded; they cover Western European letters.
func (p *page) text(font string, size, x, y float64, s string) {
	fmt.Fprintf(p, "BT /%s %s Tf %s %s Td (%s) Tj ET\n", font, num(size), num(x), num(y), winAnsi(s))
}

// winAnsi encodes s as a PDF string. Latin-1 and WinAnsi agree on all letters the handout uses;
// anything else is our own mistake.
func winAnsi(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '(' || r == ')' || r == '\\':
			b.WriteByte('\\')
			b.WriteByte(byte(r))
		case r >= ' ' && r <= '~':
			b.WriteByte(byte(r))
		case r >= 0xa0 && r <= 0xff:
			fmt.Fprintf(&b, "\\%03o", r)
		default:
			panic(fmt.Sprintf("collection-src: internal error: %q has no place in the handout", r))
		}
	}
	return b.String()
}

// draw places a scene with its top left corner at (x, y), scaled to the given width.
func (p *page) draw(s *scene, x, y, width float64) {
	k := width / s.w
	fmt.Fprintf(p, "q %.4f 0 0 %.4f %s %s cm 1 J 1 j\n", k, -k, num(x), num(y))
	for _, sh := range s.shapes {
		p.shape(sh)
	}
	p.WriteString("Q\n")
}

func (p *page) shape(sh shape) {
	if sh.fill.A != 0 {
		fmt.Fprintf(p, "%s rg ", pdfColour(sh.fill))
	}
	if sh.line.A != 0 {
		fmt.Fprintf(p, "%s RG %s w ", pdfColour(sh.line), num(sh.width))
	}
	pts, closed := sh.pts, sh.closed
	if sh.radius > 0 {
		pts, closed = arcPoints(sh.pts[0].X, sh.pts[0].Y, sh.radius, 0, 360), true
	}
	for i, pt := range pts {
		op := "l"
		if i == 0 {
			op = "m"
		}
		fmt.Fprintf(p, "%s %s %s ", num(pt.X), num(pt.Y), op)
	}
	p.WriteString(paintOperator(sh, closed) + "\n")
}

func paintOperator(sh shape, closed bool) string {
	filled := sh.fill.A != 0 && closed
	switch {
	case filled && sh.line.A != 0:
		return "b*"
	case filled:
		return "f*"
	case closed:
		return "s"
	}
	return "S"
}

func pdfColour(c color.RGBA) string {
	return fmt.Sprintf("%.3f %.3f %.3f", float64(c.R)/255, float64(c.G)/255, float64(c.B)/255)
}

func deflate(data []byte) []byte {
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, zlib.BestCompression)
	if err == nil {
		_, err = w.Write(data)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		panic("collection-src: internal error: " + err.Error()) // a buffer takes everything
	}
	return b.Bytes()
}

// writePDF assembles a file of the given pages: no information dictionary, no identifier, no date.
// The title of the document and its language are not in it either: the pages say both.
func writePDF(pages []*page) []byte {
	var b bytes.Buffer
	var offsets []int
	object := func(format string, args ...any) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n"+format+"\nendobj\n", append([]any{len(offsets)}, args...)...)
	}
	b.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	object("<< /Type /Catalog /Pages 2 0 R >>")
	const firstPage = 5
	var kids []string
	for i := range pages {
		kids = append(kids, fmt.Sprintf("%d 0 R", firstPage+2*i))
	}
	object("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kids, " "), len(pages))
	const font = "<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>"
	object(font, "Helvetica")
	object(font, "Helvetica-Bold")
	for i, p := range pages {
		object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %s %s] /Contents %d 0 R"+
			" /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>",
			num(pageWidth), num(pageHeight), firstPage+2*i+1)
		packed := deflate(p.Bytes())
		object("<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream", len(packed), packed)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\n", len(offsets)+1)
	fmt.Fprintf(&b, "startxref\n%d\n%%%%EOF\n", xref)
	return b.Bytes()
}
