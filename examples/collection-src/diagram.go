package main

import (
	"image/color"
	"math"
)

// mast draws a transmitter's mast that stands on (x, y).
func mast(s *scene, x, y, h float64) {
	s.line(black, 5, x-h/5, y, x, y-h)
	s.line(black, 5, x+h/5, y, x, y-h)
	for i := range 3 {
		k := float64(i+1) / 4
		s.line(black, 3, x-h/5*(1-k), y-h*k, x+h/5*(1-k), y-h*k)
	}
	for i := range 3 {
		r := 16 + 12*float64(i)
		s.arc(stroke(red, 4), x, y-h, r, -40, 40)
		s.arc(stroke(red, 4), x, y-h, r, 140, 220)
	}
}

// hop shows how a short wave reaches beyond the horizon: off the upper air and down again.
func hop() *scene {
	s := newScene(720, 400)
	land := append(arcPoints(360, 1290, 980, -118, -62), point{820, 400}, point{-100, 400})
	s.poly(solid(green), land...)
	s.arc(stroke(water, 26), 360, 1290, 1200, -112, -68)
	mast(s, 96, 345, 90)
	s.arrow(red, 110, 250, 352, 106)
	s.arrow(red, 368, 106, 604, 300)
	s.path(stroke(grey, 4), point{134, 310}, point{190, 300}, point{250, 292}, point{310, 288})
	s.rect(outlined(white), 590, 306, 72, 44)
	s.circle(solid(black), 612, 328, 12)
	s.line(black, 3, 652, 306, 676, 258)
	s.badge(40, 250, "1")
	s.badge(360, 42, "2")
	s.badge(690, 330, "3")
	s.badge(345, 282, "4")
	return s
}

// waves shows a sound, the same sound as it changes a wave's height, and as it changes its pace.
func waves() *scene {
	s := newScene(720, 480)
	for i, y := range []float64{80, 240, 400} {
		s.line(pale, 2, 80, y, 700, y)
		s.badge(40, y, string(rune('1'+i)))
	}
	sound := func(x float64) float64 { return math.Sin(2 * math.Pi * (x - 80) / 310) }
	s.path(stroke(deep, 5), curve(func(x float64) float64 { return 80 - 52*sound(x) })...)
	s.path(stroke(red, 3), curve(func(x float64) float64 {
		return 240 - (36+28*sound(x))*math.Sin(2*math.Pi*x/20)
	})...)
	s.path(stroke(green, 3), curve(func(x float64) float64 {
		swing := -math.Cos(2*math.Pi*(x-80)/310) * 8
		return 400 - 52*math.Sin(2*math.Pi*x/22+swing)
	})...)
	return s
}

func curve(height func(x float64) float64) []point {
	var pts []point
	for x := 80.0; x <= 700; x += 1.5 {
		pts = append(pts, point{x, height(x)})
	}
	return pts
}

// key draws a key whose ring is at (x, y).
func key(s *scene, x, y float64, k ink) {
	s.circle(ink{fill: k.fill, line: black, width: 4}, x, y, 20)
	s.circle(solid(paper), x, y, 8)
	s.line(black, 7, x+20, y, x+76, y)
	s.line(black, 7, x+58, y, x+58, y+16)
	s.line(black, 7, x+74, y, x+74, y+16)
}

// sheet draws a written page; its top left corner is (x, y).
func sheet(s *scene, x, y float64) {
	s.rect(outlined(white), x, y, 100, 130)
	for i := range 5 {
		s.line(grey, 4, x+16, y+24+18*float64(i), x+84, y+24+18*float64(i))
	}
}

// seal shows what a signature is: the secret key makes the seal, the public key checks it, and a
// changed page no longer fits it.
func seal() *scene {
	s := newScene(720, 420)
	sheet(s, 70, 40)
	key(s, 210, 70, solid(red))
	s.arrow(black, 200, 130, 330, 130)
	sheet(s, 350, 40)
	s.circle(outlined(red), 436, 160, 22)
	key(s, 490, 70, solid(green))
	s.arrow(black, 480, 130, 600, 130)
	check(s, 640, 130)
	sheet(s, 350, 240)
	s.line(red, 7, 366, 300, 434, 300)
	s.circle(outlined(red), 436, 360, 22)
	key(s, 490, 270, solid(green))
	s.arrow(black, 480, 330, 600, 330)
	s.line(red, 12, 622, 312, 658, 348)
	s.line(red, 12, 658, 312, 622, 348)
	s.badge(36, 60, "1")
	s.badge(316, 60, "2")
	s.badge(316, 260, "3")
	return s
}

func check(s *scene, x, y float64) {
	s.path(stroke(green, 12), point{x - 24, y}, point{x - 6, y + 20}, point{x + 26, y - 22})
}

// groups shows the shape of a fingerprint: eight groups of five figures, the last of each a check.
func groups() *scene {
	s := newScene(760, 260)
	for i := range 8 {
		x := 40 + float64(i%4)*180
		y := 40 + float64(i/4)*110
		s.rect(outlined(white), x, y, 140, 70)
		for j := range 5 {
			c := black
			if j == 4 {
				s.rect(solid(sun), x+110, y+4, 26, 62)
				c = red
			}
			s.circle(solid(c), x+18+26*float64(j), y+35, 7)
		}
	}
	return s
}

// tilt shows a panel that leans at the angle of the latitude towards the noon sun.
func tilt() *scene {
	s := newScene(640, 400)
	s.rect(solid(green), 0, 340, 640, 60)
	s.sunDisc(100, 64, 34)
	s.line(black, 12, 190, 336, 410, 180)
	s.line(deep, 8, 186, 327, 404, 172)
	s.line(black, 7, 384, 204, 384, 338)
	s.line(black, 3, 190, 338, 370, 338)
	s.arc(stroke(red, 5), 190, 338, 80, 0, -35)
	s.label(red, 306, 296, 26, "35°")
	s.arrow(fire, 154, 100, 268, 260)
	s.arrow(fire, 194, 70, 312, 232)
	s.badge(440, 160, "1")
	s.badge(440, 280, "2")
	s.badge(190, 36, "3")
	return s
}

// battery shows how full a resting 12-volt lead battery is, by its voltage.
func battery() *scene {
	s := newScene(720, 320)
	for i, v := range []struct {
		volts, full string
		k           float64
	}{{"12.7 V", "100%", 1}, {"12.4 V", "75%", .75}, {"12.2 V", "50%", .5}, {"12.0 V", "25%", .25}} {
		x := 40 + 172*float64(i)
		s.rect(solid(black), x+18, 46, 24, 16)
		s.rect(solid(black), x+82, 46, 24, 16)
		s.rect(outlined(white), x, 60, 124, 150)
		c := green
		if v.k < 0.5 {
			c = red
		}
		s.rect(solid(c), x+8, 68+134*(1-v.k), 108, 134*v.k)
		s.label(black, x+62, 230, 24, v.volts)
		s.label(grey, x+62, 272, 22, v.full)
	}
	return s
}

// bed shows two ridges of potatoes, how far apart they stand and how deep the seed lies.
func bed() *scene {
	s := newScene(720, 420)
	s.rect(solid(earth), 0, 250, 720, 170)
	for _, x := range []float64{200, 520} {
		s.poly(solid(earth),
			point{x - 130, 252}, point{x - 45, 180}, point{x + 45, 180}, point{x + 130, 252})
		s.line(green, 7, x, 190, x, 110)
		for _, d := range []float64{-1, 1} {
			s.line(green, 20, x, 150, x+d*34, 128)
			s.line(green, 18, x, 122, x+d*24, 96)
		}
		s.circle(outlined(sand), x, 260, 20)
		for _, p := range []point{{-52, 238}, {50, 242}, {-66, 266}, {66, 268}} {
			s.line(sand, 2, x, 260, x+p.X, p.Y)
			s.circle(solid(sand), x+p.X, p.Y, 13)
		}
	}
	s.arrow(white, 360, 360, 204, 360)
	s.arrow(white, 360, 360, 516, 360)
	s.label(white, 360, 376, 26, "70 cm")
	s.arrow(black, 660, 190, 660, 180)
	s.line(white, 3, 560, 260, 690, 260)
	s.line(black, 3, 570, 180, 690, 180)
	s.arrow(red, 660, 184, 660, 258)
	s.label(red, 655, 140, 24, "10 cm")
	return s
}

// cellar shows a cellar that airs itself: cold air enters at the floor, warm air leaves at the top.
func cellar() *scene {
	s := newScene(720, 460)
	s.rect(solid(green), 0, 110, 720, 24)
	s.rect(solid(earth), 0, 134, 720, 326)
	s.rect(outlined(paper), 120, 190, 480, 230)
	for _, p := range []struct{ x, top, bottom float64 }{{160, 60, 390}, {540, 40, 210}} {
		s.rect(solid(grey), p.x-12, p.top, 24, p.bottom-p.top)
		s.poly(solid(black), point{p.x - 26, p.top}, point{p.x, p.top - 22}, point{p.x + 26, p.top})
	}
	s.arrow(deep, 60, 40, 130, 66)
	s.arrow(deep, 178, 396, 260, 396)
	s.arrow(red, 440, 230, 520, 214)
	s.arrow(red, 566, 50, 640, 26)
	for _, y := range []float64{270, 340} {
		s.line(earth, 8, 300, y, 500, y)
	}
	for i := range 5 {
		x := 320 + 40*float64(i)
		s.circle(outlined(green), x, 250, 15)
		s.rect(outlined(white), x-12, 302, 24, 34)
	}
	for i := range 9 {
		s.circle(solid(sand), 300+24*float64(i), 398+float64(i%2)*6, 13)
	}
	s.label(deep, 262, 206, 24, "2-4 °C")
	s.badge(60, 80, "1")
	s.badge(640, 60, "2")
	return s
}

// front shows a warm front from the side, with the clouds in the order in which they arrive.
func front() *scene {
	s := newScene(760, 380)
	s.rect(solid(shade(water, white, 0.55)), 0, 0, 760, 330)
	s.rect(solid(green), 0, 330, 760, 50)
	s.poly(solid(shade(sun, white, 0.4)), point{0, 330}, point{0, 40}, point{700, 40}, point{210, 330})
	for i := range 5 {
		x := 560 + 30*float64(i)
		s.path(stroke(white, 4), point{x, 62}, point{x + 26, 54}, point{x + 40, 44})
	}
	cloud(s, 420, 96, 0.8, white)
	cloud(s, 300, 150, 1, pale)
	cloud(s, 150, 220, 1.3, grey)
	for i := range 7 {
		x := 90 + 24*float64(i)
		s.line(deep, 3, x, 262, x-12, 312)
	}
	s.arrow(red, 40, 120, 130, 120)
	s.badge(640, 100, "1")
	s.badge(500, 130, "2")
	s.badge(390, 190, "3")
	s.badge(270, 270, "4")
	return s
}

// cloud draws a heap of circles about (x, y).
func cloud(s *scene, x, y, k float64, c color.RGBA) {
	for _, p := range []struct{ dx, dy, r float64 }{
		{-48, 4, 24}, {-20, -12, 30}, {16, -16, 34}, {48, 2, 26}, {0, 8, 30},
	} {
		s.circle(solid(c), x+p.dx*k, y+p.dy*k, p.r*k)
	}
}

// pots shows a cooler without power: a pot within a pot, wet sand between them, a wet cloth on top.
func pots() *scene {
	s := newScene(640, 400)
	s.poly(outlined(fire), point{180, 120}, point{460, 120}, point{420, 350}, point{220, 350})
	s.poly(solid(sand), point{196, 122}, point{444, 122}, point{410, 338}, point{230, 338})
	s.poly(outlined(shade(fire, earth, 0.4)),
		point{236, 122}, point{404, 122}, point{382, 306}, point{258, 306})
	s.poly(solid(paper), point{250, 124}, point{390, 124}, point{370, 294}, point{270, 294})
	for i := range 3 {
		s.circle(outlined(red), 290+30*float64(i), 272, 15)
		s.line(fire, 16, 298+24*float64(i), 236, 304+24*float64(i), 200)
	}
	s.path(stroke(water, 14), point{160, 132}, point{176, 108}, point{464, 108}, point{480, 132})
	for i := range 4 {
		s.drop(water, 212+3*float64(i), 160+44*float64(i), 6)
		s.drop(water, 428-3*float64(i), 160+44*float64(i), 6)
	}
	for _, x := range []float64{90, 550} {
		for i := range 3 {
			y := 200 + 40*float64(i)
			s.path(stroke(grey, 4),
				point{x - 26, y}, point{x - 8, y - 10}, point{x + 8, y + 10}, point{x + 26, y})
		}
	}
	s.badge(320, 60, "1")
	s.badge(216, 374, "2")
	s.badge(320, 170, "3")
	return s
}
