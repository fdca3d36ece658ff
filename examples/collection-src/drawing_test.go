package main

import (
	"bytes"
	"compress/zlib"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"testing"
)

func TestRasterCoversTheShape(t *testing.T) {
	t.Parallel()
	s := newScene(40, 40)
	s.circle(solid(red), 20, 20, 10)
	s.rect(solid(deep), 0, 30, 40, 10)
	img := s.raster()
	for _, c := range []struct {
		x, y int
		want any
	}{{20, 20, red}, {20, 12, red}, {20, 8, paper}, {2, 20, paper}, {5, 35, deep}} {
		if got := img.RGBAAt(c.x, c.y); got != c.want {
			t.Errorf("at %d, %d: %v, want %v", c.x, c.y, got, c.want)
		}
	}
}

func TestSegmentDistance(t *testing.T) {
	t.Parallel()
	a, b := point{0, 0}, point{10, 0}
	for _, c := range []struct {
		p    point
		want float64
	}{{point{5, 3}, 3}, {point{-3, 4}, 5}, {point{13, 4}, 5}, {point{7, 0}, 0}} {
		if got := segmentDistance(c.p, a, b); got != c.want {
			t.Errorf("%v: %v, want %v", c.p, got, c.want)
		}
	}
	if got := segmentDistance(point{3, 4}, a, a); got != 5 {
		t.Errorf("to a single point: %v, want 5", got)
	}
}

func TestGlyphStrokes(t *testing.T) {
	t.Parallel()
	for r, code := range glyphs {
		for _, stroke := range glyphStrokes(code) {
			if len(stroke) < 2 {
				t.Errorf("%q has a stroke of %d points", r, len(stroke))
			}
			for _, p := range stroke {
				if p.X < 0 || p.X > 4 || p.Y < 0 || p.Y > 6 {
					t.Errorf("%q leaves the grid at %v", r, p)
				}
			}
		}
	}
}

func TestEveryDrawingIsWellFormedXML(t *testing.T) {
	t.Parallel()
	for name, draw := range drawings {
		d := xml.NewDecoder(bytes.NewReader(draw().svg()))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Errorf("%s: %v", name, err)
				break
			}
		}
	}
}

func TestWinAnsi(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain": "plain", "(a\\b)": `\(a\\b\)`, "más": `m\341s`, "ñ": `\361`,
	} {
		if got := winAnsi(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// Every offset in the table of the handout leads to its object, and every stream unpacks.
func TestHandoutIsSound(t *testing.T) {
	t.Parallel()
	data := handout()
	entries := regexp.MustCompile(`(\d{10}) 00000 n `).FindAllSubmatch(data, -1)
	if len(entries) != 8 {
		t.Fatalf("%d objects, want 8", len(entries))
	}
	for i, e := range entries {
		at, err := strconv.Atoi(string(e[1]))
		if err != nil {
			t.Fatal(err)
		}
		want := strconv.Itoa(i+1) + " 0 obj"
		if !bytes.HasPrefix(data[at:], []byte(want)) {
			t.Errorf("object %d is not at its offset %d", i+1, at)
		}
	}
	if n := bytes.Count(inflated(t, data), []byte("BT /F")); n < 40 {
		t.Errorf("the pages have %d lines of text, want 40 and more", n)
	}
}

// inflated joins what the streams of a PDF of ours unpack to.
func inflated(t *testing.T, data []byte) []byte {
	t.Helper()
	var all []byte
	for _, m := range regexp.MustCompile(`/Length (\d+) [^>]*>>\nstream\n`).FindAllSubmatchIndex(data, -1) {
		n, err := strconv.Atoi(string(data[m[2]:m[3]]))
		if err != nil {
			t.Fatal(err)
		}
		r, err := zlib.NewReader(bytes.NewReader(data[m[1] : m[1]+n]))
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page...)
	}
	return all
}
