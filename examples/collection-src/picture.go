package main

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
)

// drawings are the pictures made of shapes, by their path in the collection.
var drawings = map[string]func() *scene{
	"health/pressure.svg":   pressure,
	"health/tourniquet.svg": tourniquet,
	"health/cooling.png":    cooling,
	"water/filter.png":      filter,
	"water/steps.png":       steps,
	"radio/hop.svg":         hop,
	"radio/waves.svg":       waves,
	"trust/seal.svg":        seal,
	"trust/groups.png":      groups,
	"power/tilt.svg":        tilt,
	"power/battery.png":     battery,
	"огород/bed.png":        bed,
	"огород/cellar.svg":     cellar,
	"sky/front.svg":         front,
	"kitchen/pots.svg":      pots,
}

func writePictures(dir string) error {
	for name, draw := range drawings {
		if err := writePicture(filepath.Join(dir, name), draw()); err != nil {
			return err
		}
	}
	for name, c := range clouds {
		if err := writeJPEG(filepath.Join(dir, name), c.photograph()); err != nil {
			return err
		}
	}
	for name, p := range photos {
		data, err := p.file()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func writePicture(name string, s *scene) error {
	if strings.HasSuffix(name, ".svg") {
		return os.WriteFile(name, s.svg(), 0o644)
	}
	return os.WriteFile(name, pngOf(s), 0o644)
}

func pngOf(s *scene) []byte {
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := enc.Encode(&b, s.raster()); err != nil {
		panic("collection-src: internal error: " + err.Error()) // a buffer takes everything
	}
	return b.Bytes()
}

func writeJPEG(name string, img image.Image) error {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 80}); err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o644)
}
