package main

import (
	"image"
	"image/color"
	"math"
)

// raster paints the scene at its own size. Edges are smoothed by the distance to the outline, which
// needs one look at each pixel where supersampling would need many.
func (s *scene) raster() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, int(s.w), int(s.h)))
	s.paint(img)
	return img
}

// paint draws the scene's shapes over what img already shows.
func (s *scene) paint(img *image.RGBA) {
	for _, sh := range s.shapes {
		sh.paint(img)
	}
}

func (sh shape) paint(img *image.RGBA) {
	box := sh.bounds().Intersect(img.Rect)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			edge, inside := sh.distance(point{float64(x) + 0.5, float64(y) + 0.5})
			if sh.fill.A != 0 && (sh.closed || sh.radius > 0) {
				signed := edge
				if inside {
					signed = -edge
				}
				blend(img, x, y, sh.fill, 0.5-signed)
			}
			if sh.line.A != 0 {
				blend(img, x, y, sh.line, sh.width/2-edge+0.5)
			}
		}
	}
}

func (sh shape) bounds() image.Rectangle {
	lo, hi := sh.pts[0], sh.pts[0]
	for _, p := range sh.pts {
		lo = point{math.Min(lo.X, p.X), math.Min(lo.Y, p.Y)}
		hi = point{math.Max(hi.X, p.X), math.Max(hi.Y, p.Y)}
	}
	m := sh.radius + sh.width/2 + 1
	return image.Rect(int(math.Floor(lo.X-m)), int(math.Floor(lo.Y-m)),
		int(math.Ceil(hi.X+m)), int(math.Ceil(hi.Y+m)))
}

// distance is how far p lies from the outline, and whether it lies inside it.
func (sh shape) distance(p point) (edge float64, inside bool) {
	if sh.radius > 0 {
		d := math.Hypot(p.X-sh.pts[0].X, p.Y-sh.pts[0].Y)
		return math.Abs(d - sh.radius), d < sh.radius
	}
	best := math.Inf(1)
	n := len(sh.pts)
	for i, a := range sh.pts {
		if i == n-1 && !sh.closed {
			break
		}
		b := sh.pts[(i+1)%n]
		best = math.Min(best, segmentDistance(p, a, b))
		if (a.Y > p.Y) != (b.Y > p.Y) && p.X < a.X+(b.X-a.X)*(p.Y-a.Y)/(b.Y-a.Y) {
			inside = !inside
		}
	}
	return best, inside
}

func segmentDistance(p, a, b point) float64 {
	dx, dy := b.X-a.X, b.Y-a.Y
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = math.Max(0, math.Min(1, ((p.X-a.X)*dx+(p.Y-a.Y)*dy)/l))
	}
	return math.Hypot(p.X-a.X-t*dx, p.Y-a.Y-t*dy)
}

func blend(img *image.RGBA, x, y int, c color.RGBA, cover float64) {
	if cover <= 0 {
		return
	}
	at := img.PixOffset(x, y)
	p := img.Pix[at : at+4 : at+4]
	k := math.Min(1, cover)
	p[0], p[1], p[2], p[3] = mix(p[0], c.R, k), mix(p[1], c.G, k), mix(p[2], c.B, k), 0xff
}

func mix(from, to uint8, k float64) uint8 {
	return uint8(float64(from) + (float64(to)-float64(from))*k + 0.5)
}

// shade is the colour on the way from one colour to another.
func shade(from, to color.RGBA, k float64) color.RGBA {
	return color.RGBA{mix(from.R, to.R, k), mix(from.G, to.G, k), mix(from.B, to.B, k), 0xff}
}
