package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"satchel/bundle"
	"satchel/bundle/ingest/scrub"
)

// What cleaning has to come to.
const (
	againWall   = 0.3  // of the first time, when nothing has changed
	photoShare  = 0.04 // of a collection of photographs for their previews
	scrubRate   = 300e6
	scrubPhotos = 1000
	scrubSize   = 3_000_000
	shownPhotos = 24
)

// ingest measures the second packing of each corpus, the previews of photographs, and how fast these are
// cleaned.
func (b *bench) ingest() error {
	for _, corpus := range b.corpora {
		if err := b.packAgain("pack "+corpus, b.corpus(corpus)); err != nil {
			return err
		}
	}
	if err := b.photographs(); err != nil {
		return err
	}
	return b.scrub()
}

// packAgain packs a folder with an empty cache, and then with a full one.
func (b *bench) packAgain(what, folder string) error {
	figures := series{}
	cache := b.temporary("cache")
	for n := range b.runs {
		if err := os.RemoveAll(cache); err != nil {
			return err
		}
		for _, name := range []string{"first", "again"} {
			b.say("%s %d/%d: %s", what, n+1, b.runs, name)
			if err := b.settle(); err != nil {
				return err
			}
			u, err := b.timed("env", "XDG_CACHE_HOME="+cache, b.satchel, "pack", "--no-search",
				"-k", b.temporary("bench.key"), "-o", b.temporary("packed"), folder)
			if err != nil {
				return err
			}
			figures.take(name, u, 0)
		}
	}
	command := "satchel pack, nothing changed (the first time)"
	b.table.add(row{what + " again, wall", figures.median("again wall"), figures.median("first wall"), seconds,
		want{atMost, againWall, true}, command})
	b.table.add(row{what + " again, peak memory", figures.median("again peak memory"), figures.median("first peak memory"),
		byteCount, want{bound: atMost, limit: maxMemory}, command})
	return nil
}

// photographs packs pictures of 12 megapixels that look like photographs to a compressor.
func (b *bench) photographs() error {
	folder := b.temporary("photographs")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	total := 0.0
	for n := range shownPhotos {
		b.say("making photograph %d/%d", n+1, shownPhotos)
		name := filepath.Join(folder, fmt.Sprintf("%02d.jpg", n))
		if err := writePhotograph(name, uint64(n)); err != nil {
			return err
		}
		size, err := fileSize(name)
		if err != nil {
			return err
		}
		total += size
	}
	if err := b.packAgain("pack photographs", folder); err != nil {
		return err
	}
	previews, err := previewSize(b.temporary("packed"))
	if err != nil {
		return err
	}
	b.table.alone(fmt.Sprintf("previews of %d photographs of %s", shownPhotos, byteCount.format(total)),
		float64(previews)/total, percent, want{bound: atMost, limit: photoShare}, "satchel pack")
	return nil
}

// previewSize is how many bytes of a bundle are previews. Those that are the same are stored once, and
// count once.
func previewSize(name string) (total int64, err error) {
	r, err := bundle.Open(name)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	seen := map[[sha256.Size]byte]bool{}
	for from, more := uint32(0), true; more; {
		var list []bundle.Entry
		list, from, more, err = r.List(bundle.Filter{Folder: bundle.PreviewFolder}, from, 1000)
		if err != nil {
			return 0, err
		}
		for _, e := range list {
			sum := sha256.New()
			if _, err := io.Copy(sum, r.Content(e)); err != nil {
				return 0, err
			}
			if key := [sha256.Size]byte(sum.Sum(nil)); !seen[key] {
				seen[key] = true
				total += e.Size
			}
		}
	}
	return total, nil
}

// writePhotograph writes a picture of light and shade in all sizes, down to a little noise.
func writePhotograph(name string, seed uint64) error {
	const width, height = 4000, 3000
	random := rand.New(rand.NewPCG(seed, 12))
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	for _, plane := range []struct {
		pix    []byte
		stride int
		noise  int
	}{{img.Y, img.YStride, 10}, {img.Cb, img.CStride, 2}, {img.Cr, img.CStride, 2}} {
		shade(plane.pix, plane.stride, plane.noise, random)
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	return errors.Join(jpeg.Encode(w, img, &jpeg.Options{Quality: 92}), w.Flush(), f.Close())
}

// shade fills a plane with patches of several sizes, laid over each other, and noise.
func shade(pix []byte, stride, noise int, random *rand.Rand) {
	const octaves = 6
	var lattice [octaves][64][64]int
	for o := range lattice {
		for y := range lattice[o] {
			for x := range lattice[o][y] {
				lattice[o][y][x] = random.IntN(120 >> o)
			}
		}
	}
	for i := range pix {
		x, y := i%stride, i/stride
		v := 10
		for o := range lattice {
			v += between(&lattice[o], x, y, 9-o)
		}
		pix[i] = byte(min(v+random.IntN(noise), 255))
	}
}

// between is the value of a lattice with points 1<<shift apart, between four of them.
func between(lattice *[64][64]int, x, y, shift int) int {
	size := 1 << shift
	left, top, dx, dy := x>>shift, y>>shift, x&(size-1), y&(size-1)
	at := func(x, y int) int { return lattice[y&63][x&63] }
	upper := at(left, top)*(size-dx) + at(left+1, top)*dx
	lower := at(left, top+1)*(size-dx) + at(left+1, top+1)*dx
	return (upper*(size-dy) + lower*dy) >> (2 * shift)
}

// scrub cleans distinct photographs on one core.
func (b *bench) scrub() error {
	figures := series{}
	for n := range b.runs {
		b.say("cleaning %d photographs, %d/%d", scrubPhotos, n+1, b.runs)
		taken, bytes, err := b.scrubAll()
		if err != nil {
			return err
		}
		figures.add("rate", float64(bytes)/taken.Seconds())
	}
	b.table.alone(fmt.Sprintf("cleaning %d photographs of %s, one core", scrubPhotos, byteCount.format(scrubSize)),
		figures.median("rate"), byteRate, want{bound: atLeast, limit: scrubRate}, "package scrub")
	return nil
}

// scrubAll makes a photograph, cleans and reads it, and so on. Making them takes no time that counts.
func (b *bench) scrubAll() (taken time.Duration, bytes int64, err error) {
	buffer := make([]byte, 256<<10)
	for n := range scrubPhotos {
		file := taggedPhotograph(uint64(n))
		start := time.Now()
		r, err := scrub.File("image/jpeg", strings.NewReader(file), int64(len(file)))
		if err != nil {
			return 0, 0, err
		}
		kept, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, r.Plan.Reader(strings.NewReader(file)), buffer)
		if err != nil {
			return 0, 0, err
		}
		taken += time.Since(start)
		if kept >= int64(len(file)) {
			return 0, 0, errors.New("nothing was taken out of a photograph")
		}
		bytes += int64(len(file))
	}
	return taken, bytes, b.ctx.Err()
}

// taggedPhotograph has the segments of a photograph, with Exif, and noise for pixels.
func taggedPhotograph(seed uint64) string {
	var head strings.Builder
	_ = jpeg.Encode(&head, image.NewGray(image.Rect(0, 0, 4000, 3000)), nil) // strings.Builder takes all
	random := rand.New(rand.NewPCG(seed, 13))
	exif := make([]byte, 4096)
	copy(exif, "Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00")
	segment := append([]byte{0xFF, 0xE1}, binary.BigEndian.AppendUint16(nil, uint16(len(exif)+2))...)
	s := head.String()
	scan := strings.Index(s, "\xff\xda") + 14
	pixels := make([]byte, scrubSize)
	for i := 0; i+8 <= len(pixels); i += 8 {
		binary.LittleEndian.PutUint64(pixels[i:], random.Uint64()&0x7f7f7f7f7f7f7f7f) // no markers
	}
	return s[:2] + string(segment) + string(exif) + s[2:scan] + string(pixels) + "\xff\xd9"
}
