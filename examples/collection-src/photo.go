package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
)

// photos look as if somebody had taken them: they say with which camera, when and where, have a small
// picture of themselves inside, and two lie on their side, as telephones store what is held upright.
var photos = map[string]photo{
	"water/well.jpg":  {clouds["sky/cumulus.jpg"], well, true},
	"power/roof.jpg":  {clouds["sky/cirrus.jpg"], roof, true},
	"sky/stratus.jpg": {sky{seed: 47, stretch: 6, scale: 420, floor: 0.20, soft: 0.5, depth: 2, top: color.RGBA{0x7c, 0x95, 0xad, 0xff}, low: color.RGBA{0xd8, 0xdf, 0xe2, 0xff}, lit: color.RGBA{0xdd, 0xe1, 0xe4, 0xff}, dark: color.RGBA{0x95, 0x9d, 0xa6, 0xff}}, nil, false},
}

type photo struct {
	behind sky
	draw   func(*scene)
	onSide bool
}

// Sizes of a picture that was held upright: whole blocks, so that it can be turned without loss.
const (
	photoWidth  = 640
	photoHeight = 960
)

// upright is the picture as it was seen.
func (p photo) upright() *image.RGBA {
	if p.draw == nil {
		return p.behind.photograph()
	}
	img := image.NewRGBA(image.Rect(0, 0, photoWidth, photoHeight))
	for y := range photoHeight {
		for x := range photoWidth {
			img.SetRGBA(x, y, p.behind.at(float64(x+180), float64(min(y, skyHeight-1))))
		}
	}
	s := &scene{w: photoWidth, h: photoHeight}
	p.draw(s)
	s.paint(img)
	return img
}

// file is the picture as a camera stores it.
func (p photo) file() ([]byte, error) {
	img, orientation := p.upright(), uint16(1)
	if p.onSide {
		img, orientation = turnedLeft(img), 6
	}
	var full, small bytes.Buffer
	if err := jpeg.Encode(&full, img, &jpeg.Options{Quality: 80}); err != nil {
		return nil, err
	}
	if err := jpeg.Encode(&small, reduced(img, 6), &jpeg.Options{Quality: 60}); err != nil {
		return nil, err
	}
	exif := "Exif\x00\x00" + exifOf(orientation, small.String())
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(exif)+2))
	return append(append(full.Bytes()[:2:2], append(segment, exif...)...), full.Bytes()[2:]...), nil
}

// turnedLeft is a quarter turn against the clock; orientation 6 asks for one with it.
func turnedLeft(img *image.RGBA) *image.RGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, h, w))
	for y := range h {
		for x := range w {
			out.SetRGBA(y, w-1-x, img.RGBAAt(x, y))
		}
	}
	return out
}

// reduced takes every k-th pixel.
func reduced(img *image.RGBA, k int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, img.Rect.Dx()/k, img.Rect.Dy()/k))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			out.SetRGBA(x, y, img.RGBAAt(x*k, y*k))
		}
	}
	return out
}

// well is a well of stones with a roof over it, and a bucket.
func well(s *scene) {
	s.rect(solid(green), 0, 600, photoWidth, 360)
	for i := range 40 {
		x, y := float64(i*97%640), 640+float64(i*61%300)
		s.path(stroke(shade(green, black, 0.3), 3), point{x, y}, point{x + 5, y - 16}, point{x + 9, y})
	}
	s.line(earth, 18, 180, 380, 180, 640)
	s.line(earth, 18, 460, 380, 460, 640)
	s.line(shade(earth, black, 0.3), 14, 170, 440, 470, 440)
	s.poly(outlined(shade(red, earth, 0.5)), point{120, 390}, point{320, 260}, point{520, 390})
	s.line(grey, 4, 320, 440, 320, 560)
	s.poly(outlined(grey), point{290, 560}, point{350, 560}, point{342, 616}, point{298, 616})
	s.rect(outlined(pale), 130, 640, 380, 200)
	for row := range 4 {
		for i := range 6 {
			x := 132 + 63*float64(i) + 31*float64(row%2)
			s.rect(outlined(shade(pale, grey, float64((row*5+i*3)%7)/7)), x, 642+49*float64(row), min(60, 506-x), 47)
		}
	}
}

// roof is a roof of tiles with a panel on it, and a hand's breadth of air under the panel.
func roof(s *scene) {
	s.poly(solid(shade(red, earth, 0.6)), point{0, 960}, point{0, 700}, point{320, 420}, point{640, 700}, point{640, 960})
	for row := range 9 {
		y := 480 + 54*float64(row)
		for x := -20.0; x < 660; x += 44 {
			if y-420 > abs(x-320)*0.88+30 {
				s.arc(stroke(shade(earth, black, 0.5), 4), x, y, 22, 0, 180)
			}
		}
	}
	s.poly(outlined(black), point{196, 866}, point{260, 626}, point{520, 640}, point{470, 880})
	s.poly(outlined(deep), point{190, 850}, point{256, 610}, point{516, 624}, point{464, 864})
	for i := 1.0; i < 4; i++ {
		s.line(pale, 2, 190+68.5*i, 850+3.5*i, 256+65*i, 610+3.5*i)
		s.line(pale, 2, 190+16.5*i, 850-60*i, 464+13*i, 864-60*i)
	}
}

func abs(x float64) float64 { return max(x, -x) }
