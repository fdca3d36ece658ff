package main

import (
	"image/color"
	"math"
)

// arm lies across the drawing: a wound in the middle, the hand at the right.
func arm(s *scene, x, y, length float64) {
	s.line(skin, 62, x, y, x+length, y)
	s.circle(solid(skin), x+length+14, y, 38)
	for i := range 4 {
		fy := y - 24 + 16*float64(i)
		s.line(skin, 13, x+length+30, fy, x+length+76, fy)
	}
	s.line(skin, 15, x+length, y-30, x+length+34, y-56)
}

// pressure shows the three steps against bleeding: see the wound, press on it, bind it.
func pressure() *scene {
	s := newScene(640, 560)
	for i, y := range []float64{100, 290, 480} {
		arm(s, 150, y, 300)
		s.badge(50, y, string(rune('1'+i)))
	}
	s.path(stroke(red, 9), point{275, 92}, point{300, 104}, point{325, 95})
	s.drop(red, 285, 150, 9)
	s.drop(red, 315, 165, 9)
	s.rect(outlined(white), 250, 243, 100, 28)
	s.arrow(black, 280, 180, 280, 236)
	s.arrow(black, 320, 180, 320, 236)
	s.rect(outlined(white), 235, 444, 130, 72)
	for x := 255.0; x < 360; x += 26 {
		s.line(grey, 3, x, 446, x+14, 514)
	}
	s.line(black, 6, 290, 470, 316, 490)
	s.line(black, 6, 316, 470, 290, 490)
	return s
}

// tourniquet shows where the band goes and which way the stick turns.
func tourniquet() *scene {
	s := newScene(640, 330)
	arm(s, 90, 190, 390)
	s.path(stroke(red, 9), point{385, 180}, point{408, 194}, point{430, 184})
	s.rect(outlined(white), 228, 154, 44, 72)
	s.line(earth, 13, 205, 140, 295, 124)
	s.arc(stroke(black, 5), 250, 120, 62, 200, 320)
	s.arrow(black, 294, 78, 304, 92)
	s.line(black, 3, 272, 245, 272, 285)
	s.line(black, 3, 385, 245, 385, 285)
	s.arrow(black, 330, 265, 274, 265)
	s.arrow(black, 330, 265, 383, 265)
	s.label(black, 330, 290, 24, "5-8 cm")
	s.badge(150, 80, "1")
	s.badge(420, 80, "2")
	s.label(black, 510, 70, 26, "14:25")
	return s
}

// tap draws a tap whose water falls from (x, y).
func tap(s *scene, x, y float64) {
	s.line(grey, 22, x-110, y-50, x-14, y-50)
	s.path(stroke(grey, 22), point{x - 14, y - 50}, point{x, y - 46}, point{x, y - 16})
	s.line(grey, 12, x-60, y-50, x-60, y-84)
	s.line(grey, 12, x-84, y-84, x-36, y-84)
}

// cooling shows a burnt arm under running water, and for how long.
func cooling() *scene {
	s := newScene(760, 400)
	tap(s, 290, 130)
	s.line(water, 24, 290, 128, 290, 340)
	arm(s, 110, 230, 330)
	s.circle(solid(red), 290, 226, 21)
	s.line(water, 20, 290, 120, 290, 205)
	for i := range 5 {
		s.drop(water, 238+26*float64(i), 312+float64(i%2)*32, 8)
	}
	clock(s, 640, 100, 62, 120)
	s.label(black, 640, 190, 30, "20 min")
	return s
}

// clock draws a dial on which the given angle has passed since twelve.
func clock(s *scene, x, y, r, degrees float64) {
	s.circle(outlined(white), x, y, r)
	if degrees > 0 {
		pts := arcPoints(x, y, r-6, -90, -90+degrees)
		s.poly(solid(sun), append(pts, point{x, y})...)
	}
	for i := range 12 {
		a := float64(i) * math.Pi / 6
		c, n := math.Cos(a)*r, math.Sin(a)*r
		s.line(black, 3, x+c*0.82, y+n*0.82, x+c*0.9, y+n*0.9)
	}
	a := (degrees - 90) * math.Pi / 180
	s.line(black, 5, x, y, x+math.Cos(a)*r*0.7, y+math.Sin(a)*r*0.7)
}

// filter shows the layers of a bottle that strains water, from the top: cloth, fine sand, coarse
// sand, gravel, cloth.
func filter() *scene {
	s := newScene(480, 620)
	layers := []struct {
		top, height float64
		k           ink
	}{
		{80, 90, solid(murk)}, {170, 16, solid(white)}, {186, 120, solid(sand)},
		{306, 70, solid(shade(sand, earth, 0.5))}, {376, 70, solid(grey)},
	}
	for _, l := range layers {
		s.rect(l.k, 130, l.top, 180, l.height)
	}
	s.poly(solid(white), point{130, 446}, point{310, 446}, point{240, 500}, point{200, 500})
	dots(s, 310, 372, shade(earth, black, 0.3), 4)
	dots(s, 384, 442, pale, 9)
	s.path(stroke(black, 5), point{130, 60}, point{130, 446}, point{200, 500}, point{200, 520})
	s.path(stroke(black, 5), point{310, 60}, point{310, 446}, point{240, 500}, point{240, 520})
	s.drop(water, 220, 560, 10)
	s.drop(water, 220, 600, 10)
	for i, y := range []float64{125, 178, 246, 340, 410, 470} {
		s.line(black, 2, 300, y, 372, y)
		s.badge(392, y, string(rune('1'+i)))
	}
	return s
}

// dots scatters pebbles over the bottle's width between two heights.
func dots(s *scene, top, bottom float64, c color.RGBA, r float64) {
	row := 0
	for y := top + r; y < bottom-r/2; y += 2.6 * r {
		for x := 138 + r + float64(row%2)*1.4*r; x < 302; x += 2.8 * r {
			s.circle(solid(c), x, y, r)
		}
		row++
	}
}

// steps puts the five steps of the film side by side, as they stand at the end of each.
func steps() *scene {
	s := newScene(960, 360)
	at := []point{{0, 0}, {320, 0}, {640, 0}, {160, 180}, {480, 180}}
	for i, p := range at {
		panel := filmScene(i+1, 0.7)
		for _, sh := range panel.shapes[1:] {
			s.add(sh.moved(p, 0.5))
		}
	}
	return s
}

// moved is the shape scaled by k and then shifted.
func (sh shape) moved(by point, k float64) shape {
	pts := make([]point, len(sh.pts))
	for i, p := range sh.pts {
		pts[i] = point{by.X + p.X*k, by.Y + p.Y*k}
	}
	sh.pts, sh.radius, sh.width = pts, sh.radius*k, sh.width*k
	return sh
}
