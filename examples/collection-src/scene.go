package main

import (
	"image/color"
	"math"
)

// The palette. Few colours, so that the pictures compress well and print in grey.
var (
	paper = color.RGBA{0xfb, 0xf7, 0xef, 0xff}
	white = color.RGBA{0xff, 0xff, 0xff, 0xff}
	black = color.RGBA{0x22, 0x33, 0x3b, 0xff}
	grey  = color.RGBA{0x9a, 0xa5, 0xab, 0xff}
	pale  = color.RGBA{0xd9, 0xdf, 0xe1, 0xff}
	water = color.RGBA{0x6a, 0xae, 0xd6, 0xff}
	deep  = color.RGBA{0x2f, 0x6f, 0x9f, 0xff}
	murk  = color.RGBA{0xa8, 0x98, 0x6a, 0xff}
	earth = color.RGBA{0x7a, 0x5a, 0x3c, 0xff}
	sand  = color.RGBA{0xdc, 0xc4, 0x8e, 0xff}
	red   = color.RGBA{0xb3, 0x26, 0x1e, 0xff}
	fire  = color.RGBA{0xe0, 0x7b, 0x22, 0xff}
	sun   = color.RGBA{0xf2, 0xb6, 0x32, 0xff}
	green = color.RGBA{0x5b, 0x8c, 0x4a, 0xff}
	skin  = color.RGBA{0xc9, 0x8f, 0x63, 0xff}
)

type point struct{ X, Y float64 }

// ink says how a shape is drawn. A colour with alpha 0 draws nothing; nothing is half transparent,
// because the PDF writer knows no transparency.
type ink struct {
	fill, line color.RGBA
	width      float64
}

// shape is a circle (radius > 0, about its one point) or a path with round caps and joins.
type shape struct {
	pts    []point
	radius float64
	closed bool
	ink
}

// scene is a drawing in pixels, origin at the top left. One scene becomes SVG, PNG, JPEG or PDF.
type scene struct {
	w, h   float64
	shapes []shape
}

func newScene(w, h float64) *scene {
	s := &scene{w: w, h: h}
	s.rect(solid(paper), 0, 0, w, h)
	return s
}

func solid(c color.RGBA) ink                 { return ink{fill: c} }
func stroke(c color.RGBA, width float64) ink { return ink{line: c, width: width} }
func outlined(c color.RGBA) ink              { return ink{fill: c, line: black, width: 3} }
func (s *scene) add(sh shape)                { s.shapes = append(s.shapes, sh) }
func (s *scene) poly(k ink, pts ...point)    { s.add(shape{pts: pts, closed: true, ink: k}) }
func (s *scene) path(k ink, pts ...point)    { s.add(shape{pts: pts, ink: k}) }

func (s *scene) circle(k ink, x, y, r float64) {
	s.add(shape{pts: []point{{x, y}}, radius: r, ink: k})
}

func (s *scene) line(c color.RGBA, width, x1, y1, x2, y2 float64) {
	s.path(stroke(c, width), point{x1, y1}, point{x2, y2})
}

func (s *scene) rect(k ink, x, y, w, h float64) {
	s.poly(k, point{x, y}, point{x + w, y}, point{x + w, y + h}, point{x, y + h})
}

// arrow draws a shaft and a head that ends at the second point.
func (s *scene) arrow(c color.RGBA, x1, y1, x2, y2 float64) {
	const head = 16
	d := math.Hypot(x2-x1, y2-y1)
	ux, uy := (x2-x1)/d, (y2-y1)/d
	bx, by := x2-ux*head, y2-uy*head
	s.line(c, 5, x1, y1, bx, by)
	s.poly(solid(c), point{x2, y2}, point{bx - uy*9, by + ux*9}, point{bx + uy*9, by - ux*9})
}

// drop draws a drop of the given radius; its tip points up.
func (s *scene) drop(c color.RGBA, x, y, r float64) {
	s.poly(solid(c), point{x, y - 2.2*r}, point{x + 0.87*r, y - 0.5*r}, point{x - 0.87*r, y - 0.5*r})
	s.circle(solid(c), x, y, r)
}

// arc adds an open arc; angles are in degrees, clockwise from three o'clock.
func (s *scene) arc(k ink, x, y, r, from, to float64) {
	s.path(k, arcPoints(x, y, r, from, to)...)
}

func arcPoints(x, y, r, from, to float64) []point {
	n := 2 + int(math.Abs(to-from)/6)
	pts := make([]point, n)
	for i := range pts {
		a := (from + (to-from)*float64(i)/float64(n-1)) * math.Pi / 180
		pts[i] = point{x + r*math.Cos(a), y + r*math.Sin(a)}
	}
	return pts
}

// badge draws a number in a disc, which the page's text refers to.
func (s *scene) badge(x, y float64, text string) {
	s.circle(solid(black), x, y, 19)
	s.label(white, x, y-11, 22, text)
}

// sunDisc draws a sun with eight rays.
func (s *scene) sunDisc(x, y, r float64) {
	for i := range 8 {
		a := float64(i) * math.Pi / 4
		c, n := math.Cos(a), math.Sin(a)
		s.line(sun, 5, x+c*r*1.3, y+n*r*1.3, x+c*r*1.75, y+n*r*1.75)
	}
	s.circle(solid(sun), x, y, r)
}

// glyphs are strokes on a grid 4 wide and 6 high: digit pairs are points, a bar lifts the pen. The
// pictures carry figures and units only, so that they serve every language.
var glyphs = map[rune]string{
	'0': "10 30 41 45 36 16 05 01 10", '1': "11 20 26|16 36", '2': "01 10 30 41 42 06 46",
	'3': "01 10 30 41 42 33 13|33 44 45 36 16 05", '4': "36 30 04 44", '5': "40 00 03 33 44 45 36 06",
	'6': "40 10 01 05 16 36 45 44 33 03", '7': "00 40 16",
	'8': "10 30 41 42 33 13 02 01 10|13 04 05 16 36 45 44 33", '9': "43 13 02 01 10 30 41 45 36 06",
	'c': "42 12 03 05 16 46", 'm': "06 02|03 12 22 26|23 32 42 46", 'C': "41 30 10 01 05 16 36 45",
	'h': "00 06|03 12 32 43 46", 'i': "22 26|20 20", 'n': "06 02|03 12 32 43 46",
	'V': "00 26 40", '.': "26 26", '-': "13 33", '%': "40 06|00 10 11 01 00|35 45 46 36 35",
	'°': "30 40 41 31 30", ':': "22 22|25 25", '+': "21 25|03 43", '?': "01 10 30 41 42 23 24|26 26",
	'A': "06 20 46|14 34", 'M': "06 00 23 40 46", 'F': "06 00 40|03 33", ' ': "",
}

// label writes text of the given height, centred on x, with its top at y.
func (s *scene) label(c color.RGBA, x, y, height float64, text string) {
	unit := height / 6
	advance := 6 * unit
	left := x - (advance*float64(len([]rune(text)))-2*unit)/2
	for _, r := range text {
		for _, pts := range glyphStrokes(glyphs[r]) {
			for i := range pts {
				pts[i] = point{left + pts[i].X*unit, y + pts[i].Y*unit}
			}
			s.path(stroke(c, height/7), pts...)
		}
		left += advance
	}
}

func glyphStrokes(code string) [][]point {
	var all [][]point
	var cur []point
	for i := 0; i+1 < len(code); i += 3 {
		cur = append(cur, point{float64(code[i] - '0'), float64(code[i+1] - '0')})
		if i+2 >= len(code) || code[i+2] == '|' {
			all, cur = append(all, cur), nil
		}
	}
	return all
}
