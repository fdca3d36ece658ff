package main

import (
	"image"
	"image/color"
	"math"
)

// clouds are the pictures of skies: noise, shaped by a few figures for each kind of cloud.
var clouds = map[string]sky{
	"sky/cirrus.jpg": {
		seed: 31, stretch: 4.5, scale: 190, floor: 0.53,
		soft: 0.40, depth: 3,
		top: color.RGBA{0x2f, 0x6c, 0xb4, 0xff}, low: color.RGBA{0xb9, 0xd8, 0xee, 0xff},
		lit: white, dark: white,
	},
	"sky/cumulus.jpg": {
		seed: 11, stretch: 1.7, scale: 240, floor: 0.53,
		soft: 0.10, depth: 3,
		top: color.RGBA{0x2a, 0x68, 0xb8, 0xff}, low: color.RGBA{0xa8, 0xcf, 0xea, 0xff},
		lit: white, dark: color.RGBA{0xa9, 0xb3, 0xc0, 0xff},
	},
	"sky/nimbus.jpg": {
		seed: 23, stretch: 2.6, scale: 320, floor: 0.30,
		soft: 0.30, depth: 1.5,
		top: color.RGBA{0x5a, 0x67, 0x74, 0xff}, low: color.RGBA{0x9d, 0xa7, 0xad, 0xff},
		lit: color.RGBA{0xa8, 0xb0, 0xb8, 0xff}, dark: color.RGBA{0x3f, 0x49, 0x55, 0xff},
	},
}

// sky is one kind of sky. stretch pulls the clouds out sideways, scale is the width of the widest
// of them in pixels, floor how much sky stays free, soft how gradually a cloud begins, depth how
// soon it darkens.
type sky struct {
	seed           uint32
	stretch, scale float64
	floor, soft    float64
	depth          float64
	top, low       color.RGBA
	lit, dark      color.RGBA
}

const (
	skyWidth  = 1000
	skyHeight = 640
)

// photograph computes the picture, with a dark strip of land at the foot for scale.
func (k sky) photograph() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, skyWidth, skyHeight))
	for y := range skyHeight {
		for x := range skyWidth {
			img.SetRGBA(x, y, k.at(float64(x), float64(y)))
		}
	}
	return img
}

func (k sky) at(x, y float64) color.RGBA {
	hill := skyHeight - 46 - 26*k.noise(x/3, 9000, 200)
	if y > hill {
		return shade(color.RGBA{0x24, 0x34, 0x28, 0xff}, black, 0.6*k.noise(x*2, y*4, 30))
	}
	// Clouds far away lie closer together: the picture narrows towards the horizon.
	far := 1 + 2.2*math.Pow(y/skyHeight, 2)
	u, v := (x-skyWidth/2)*far/k.stretch, y*far
	density := k.fractal(u, v)
	cover := smooth((density - k.floor) / k.soft)
	shadow := smooth((k.fractal(u-14, v-22) - k.floor) * k.depth)
	back := shade(k.top, k.low, y/skyHeight)
	return shade(back, shade(k.lit, k.dark, shadow), cover)
}

// fractal adds five octaves of noise; the result lies between 0 and 1.
func (k sky) fractal(x, y float64) float64 {
	sum, weight, size := 0.0, 0.5, k.scale
	for range 5 {
		sum += weight * k.noise(x, y, size)
		weight, size = weight/2, size/2.1
	}
	return sum / 0.96875
}

// noise is smooth random height on a grid of the given size.
func (k sky) noise(x, y, size float64) float64 {
	x, y = x/size, y/size
	x0, y0 := math.Floor(x), math.Floor(y)
	fx, fy := smooth(x-x0), smooth(y-y0)
	ix, iy := int32(x0), int32(y0)
	top := lerp(k.corner(ix, iy), k.corner(ix+1, iy), fx)
	low := lerp(k.corner(ix, iy+1), k.corner(ix+1, iy+1), fx)
	return lerp(top, low, fy)
}

// corner is the height at a grid point: a hash of its place and the seed.
func (k sky) corner(x, y int32) float64 {
	h := k.seed*0x9e3779b1 ^ uint32(x)*0x85ebca6b ^ uint32(y)*0xc2b2ae35
	h ^= h >> 15
	h *= 0x2c1b3c6d
	h ^= h >> 12
	h *= 0x297a2d39
	h ^= h >> 15
	return float64(h>>8) / (1 << 24)
}

func lerp(a, b, t float64) float64 { return a + (b-a)*t }

// smooth clamps t to 0..1 and eases it at both ends.
func smooth(t float64) float64 {
	t = math.Max(0, math.Min(1, t))
	return t * t * (3 - 2*t)
}
