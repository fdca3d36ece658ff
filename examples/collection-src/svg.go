package main

import (
	"bytes"
	"fmt"
	"image/color"
	"strconv"
	"strings"
)

// svg writes the scene as a drawing that any browser shows: shapes only, no text, style or script.
func (s *scene) svg() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %s %s\" width=\"%[1]s\""+
		" height=\"%s\" stroke-linecap=\"round\" stroke-linejoin=\"round\">\n", num(s.w), num(s.h))
	for _, sh := range s.shapes {
		fmt.Fprintf(&b, "<%s%s/>\n", sh.svgGeometry(), sh.svgInk())
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

func (sh shape) svgGeometry() string {
	if sh.radius > 0 {
		p := sh.pts[0]
		return fmt.Sprintf(`circle cx="%s" cy="%s" r="%s"`, num(p.X), num(p.Y), num(sh.radius))
	}
	coords := make([]string, len(sh.pts))
	for i, p := range sh.pts {
		coords[i] = num(p.X) + "," + num(p.Y)
	}
	name := "polyline"
	if sh.closed {
		name = "polygon"
	}
	return fmt.Sprintf(`%s points="%s"`, name, strings.Join(coords, " "))
}

func (sh shape) svgInk() string {
	out := ` fill="` + hex(sh.fill) + `"`
	if sh.line.A != 0 {
		out += fmt.Sprintf(` stroke="%s" stroke-width="%s"`, hex(sh.line), num(sh.width))
	}
	return out
}

func hex(c color.RGBA) string {
	if c.A == 0 {
		return "none"
	}
	return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
}

// num writes a number with at most one decimal, which is finer than a pixel is seen.
func num(v float64) string {
	s := strconv.FormatFloat(v, 'f', 1, 64)
	s = strings.TrimSuffix(s, ".0")
	if s == "-0" {
		return "0"
	}
	return s
}
