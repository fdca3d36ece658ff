package main

import (
	"image"
	"image/color"
	"io"
	"math"
)

// The film has seven parts of fixed length: an opening, five steps, an ending. make.sh gives the
// voice the same slots, and the subtitles beside the film have the same times.
const (
	filmWidth  = 640
	filmHeight = 360
	filmRate   = 12 // frames a second
)

var filmSeconds = []int{6, 8, 8, 8, 8, 8, 6}

// writeFilm writes all frames as RGB24, which is what ffmpeg is told to read.
func writeFilm(w io.Writer) error {
	row := make([]byte, 0, filmWidth*filmHeight*3)
	for part, seconds := range filmSeconds {
		frames := seconds * filmRate
		for i := range frames {
			img := filmScene(part, float64(i)/float64(frames)).raster()
			if _, err := w.Write(rgb24(row[:0], img)); err != nil {
				return err
			}
		}
	}
	return nil
}

func rgb24(out []byte, img *image.RGBA) []byte {
	for i := 0; i < len(img.Pix); i += 4 {
		out = append(out, img.Pix[i], img.Pix[i+1], img.Pix[i+2])
	}
	return out
}

// filmScene is the film's picture at the moment t, from 0 to 1, of a part.
func filmScene(part int, t float64) *scene {
	s := newScene(filmWidth, filmHeight)
	draw := []func(*scene, float64){opening, settle, strain, boil, cool, keep, ending}[part]
	draw(s, t)
	if part >= 1 && part <= 5 {
		s.circle(solid(black), 60, 56, 32)
		s.label(white, 60, 38, 36, string(rune('0'+part)))
	}
	return s
}

// vessel draws an open pot or bucket filled to a level between 0 and 1.
func vessel(s *scene, x, y, w, h, level float64, c color.RGBA) {
	s.rect(solid(white), x, y, w, h)
	s.rect(solid(c), x, y+h*(1-level), w, h*level)
	s.path(stroke(black, 6), point{x, y - 8}, point{x, y + h}, point{x + w, y + h}, point{x + w, y - 8})
}

func opening(s *scene, t float64) {
	bob := 6 * math.Sin(t*4*math.Pi)
	s.drop(water, 320, 165+bob, 62)
	s.arc(stroke(white, 7), 320, 165+bob, 40, 100, 160)
	for i := range 5 {
		if t*6 < float64(i)+0.5 {
			break
		}
		x := 160 + 80*float64(i)
		s.circle(solid(black), x, 300, 24)
		s.label(white, x, 286, 28, string(rune('1'+i)))
	}
}

// settle: the mud sinks, and the water above it clears.
func settle(s *scene, t float64) {
	vessel(s, 220, 90, 220, 210, 0.85, shade(murk, water, 0.75*t))
	s.rect(solid(earth), 223, 297-26*t, 214, 26*t)
	for i := range 26 {
		x := 236 + float64((i*83)%190)
		start := 128 + float64((i*57)%120)
		y := start + (285-start)*math.Min(1, t*1.3)
		s.circle(solid(earth), x, y, 4)
	}
	clock(s, 550, 80, 48, 330*t+15)
}

// strain: water runs through a folded cloth into a clean pot.
func strain(s *scene, t float64) {
	s.poly(outlined(grey), point{120, 40}, point{236, 20}, point{262, 104}, point{146, 124})
	s.path(stroke(water, 9), point{262, 64}, point{300, 76}, point{320, 96}, point{324, 128})
	vessel(s, 230, 180, 190, 130, 0.12+0.68*t, water)
	s.poly(outlined(white),
		point{216, 150}, point{434, 150}, point{400, 176}, point{325, 188}, point{250, 176})
	for i := range 4 {
		x := 250 + 44*float64(i)
		s.line(grey, 2, x, 152, x+18, 178)
	}
	for i := range 3 {
		fall := math.Mod(t*8+float64(i)/3, 1)
		if y := 196 + 100*fall; y < 300-100*t {
			s.drop(water, 300+25*float64(i), y, 5)
		}
	}
}

// boil: big bubbles for one minute, three where the land is high.
func boil(s *scene, t float64) {
	vessel(s, 170, 100, 220, 140, 0.8, water)
	for i := range 14 {
		rise := math.Mod(t*7+float64(i)*0.618, 1)
		x := 190 + float64((i*37)%180) + 5*math.Sin(rise*9+float64(i))
		s.circle(ink{fill: white, line: deep, width: 2}, x, 230-98*rise, 4+5*rise)
	}
	for i := range 3 {
		x := 230 + 50*float64(i)
		wave := 8 * math.Sin(t*20+float64(i)*2)
		s.path(stroke(grey, 4), point{x, 84}, point{x + wave, 62}, point{x - wave, 40}, point{x, 22})
	}
	flames(s, t)
	clock(s, 500, 96, 52, math.Min(360, 450*t))
	s.label(black, 500, 164, 26, "1 min")
	s.poly(solid(grey), point{420, 316}, point{476, 240}, point{532, 316})
	s.poly(solid(white), point{459, 263}, point{476, 240}, point{493, 263}, point{476, 272})
	s.label(black, 490, 328, 20, "2000 m +")
	s.label(red, 572, 268, 22, "3 min")
}

func flames(s *scene, t float64) {
	for i := range 5 {
		x := 190 + 45*float64(i)
		h := 44 + 12*math.Sin(t*40+float64(i)*1.9)
		s.poly(solid(fire), point{x - 18, 316}, point{x - 12, 316 - h*0.5}, point{x, 316 - h},
			point{x + 12, 316 - h*0.5}, point{x + 18, 316})
		s.poly(solid(sun), point{x - 9, 316}, point{x, 316 - h*0.55}, point{x + 9, 316})
	}
	s.line(earth, 14, 170, 322, 390, 322)
}

// cool: a lid keeps dust and flies out while the pot cools.
func cool(s *scene, t float64) {
	vessel(s, 190, 150, 220, 150, 0.8, water)
	y := 66 + 70*math.Min(1, t*2)
	s.rect(outlined(grey), 176, y, 248, 16)
	s.circle(solid(black), 300, y-8, 11)
	s.rect(outlined(white), 516, 60, 28, 200)
	s.circle(outlined(red), 530, 280, 28)
	s.rect(solid(red), 522, 76+140*t, 16, 184-140*t)
	for i := range 3 {
		fx := 120 + 12*math.Sin(t*30+float64(i)*2) + 20*float64(i)
		s.circle(solid(black), fx, 110+26*float64(i)+6*math.Cos(t*24+float64(i)), 4)
	}
}

// keep: a narrow neck and a tap, so that no hand reaches in.
func keep(s *scene, t float64) {
	level := 250 - 110*(1-0.35*t)
	s.poly(solid(white), jar()...)
	s.poly(solid(water), point{200, level}, point{400, level}, point{400, 250}, point{200, 250})
	s.poly(stroke(black, 6), jar()...)
	s.rect(outlined(grey), 254, 46, 92, 20)
	s.line(grey, 16, 403, 226, 446, 226)
	s.line(grey, 16, 446, 226, 446, 244)
	if t < 0.92 {
		s.line(water, 9, 446, 252, 446, 330)
	}
	vessel(s, 414, 270, 66, 64, 0.1+0.75*t, water)
	s.rect(solid(earth), 150, 256, 240, 16)
	s.rect(solid(earth), 170, 272, 20, 66)
	s.rect(solid(earth), 350, 272, 20, 66)
}

func jar() []point {
	return []point{
		{270, 70}, {330, 70}, {330, 96}, {400, 130},
		{400, 250}, {200, 250}, {200, 130}, {270, 96},
	}
}

func ending(s *scene, t float64) {
	for i := range 3 {
		x := 130 + 140*float64(i)
		vessel(s, x, 130, 100, 120, math.Min(0.8, 2.4*t), water)
	}
	if t > 0.4 {
		s.path(stroke(green, 20), point{240, 300}, point{300, 345}, point{420, 275})
	}
}
