package scrub

import (
	"bufio"
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"
)

// picMaxDecoded is how many bytes a decoded picture may take up in memory. That is a JPEG of 340
// megapixels as cameras write them, 68 if it is progressive, and a PNG of 134.
const picMaxDecoded = 512 << 20

// previewQuality is that of the JPEG files that Preview writes.
const previewQuality = 80

// A Small is a small JPEG of a picture.
type Small struct {
	JPEG          []byte
	Width, Height int
}

// Previews makes small JPEG files of a picture: image/jpeg, png, gif, webp, bmp or tiff, of a film its
// first picture. Each fits into a square of as many pixels as its box, is upright, white where the picture
// is transparent, and never larger than the picture. The
// same picture gives the same bytes on every machine. Colour profiles are not applied.
//
// Memory is bounded by 512 MiB for the decoded picture and some rows more; a picture that would need
// more is ErrLimit. Pictures that are decoded at the same time wait for each other where they would take
// more than 96 MiB together. ErrFormat says that it cannot be decoded. The file need not be cleaned, and
// nothing of it but pixels gets into the previews.
func Previews(r io.ReaderAt, size int64, mediaType string, boxes ...int) (list []Small, err error) {
	p, err := previewOf(r, size, mediaType)
	if err != nil {
		return nil, err
	}
	defer decoding.take(p.memory)()
	img, err := p.image()
	if err != nil {
		return nil, err
	}
	for _, box := range boxes {
		var out bytes.Buffer
		small := turnImage(shrink(img, max(box, 1)), p.turn)
		if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: previewQuality}); err != nil {
			return nil, err
		}
		list = append(list, Small{out.Bytes(), small.Rect.Dx(), small.Rect.Dy()})
	}
	return list, nil
}

// A previewSource is a picture that can be decoded within the limit.
type previewSource struct {
	data   io.Reader
	decode func(io.Reader) (image.Image, error)
	turn   int   // Exif orientation
	memory int64 // bytes that decoding takes
}

// decodable returns p where decoding is within the limit.
func (p *previewSource) decodable() (*previewSource, error) {
	if p.memory > picMaxDecoded {
		return nil, decodable(p.memory)
	}
	return p, nil
}

// image decodes. Decoders are other people's code: what stops them is the file's fault.
func (p *previewSource) image() (img image.Image, err error) {
	defer func() {
		if x := recover(); x != nil {
			img, err = nil, broken("it upsets its decoder: %v", x)
		}
	}()
	if img, err = p.decode(bufio.NewReader(p.data)); err != nil {
		return nil, broken("%v", err)
	}
	if img.Bounds().Empty() {
		return nil, broken("it has no pixels")
	}
	return img, nil
}

// previewOf looks at a picture, and says how it is decoded.
func previewOf(r io.ReaderAt, size int64, mediaType string) (*previewSource, error) {
	whole := io.NewSectionReader(r, 0, size)
	switch mediaType {
	case "image/jpeg":
		j, err := parseJPEG(r, size)
		if err != nil {
			return nil, err
		}
		return (&previewSource{j.Plan.Reader(r), jpeg.Decode, j.turn, j.decoded()}).decodable()
	case "image/png":
		p, err := parsePNG(r, size)
		if err != nil {
			return nil, err
		}
		return (&previewSource{p.Plan.Reader(r), png.Decode, p.orientation, p.width * p.height * p.depth}).decodable()
	case "image/webp":
		p, err := parseWebP(r, size)
		if err != nil {
			return nil, err
		}
		if p.first == nil {
			p.first = Plan{{Size: size}}
		}
		return (&previewSource{p.first.Reader(r), webp.Decode, p.orientation, p.largest * 8}).decodable()
	case "image/gif":
		// Its first picture may be smaller than the screen, but not larger.
		return previewConfig(whole, gif.DecodeConfig, gif.Decode, 1)
	case "image/bmp":
		return previewConfig(whole, bmp.DecodeConfig, bmp.Decode, 4)
	case "image/tiff":
		return previewTIFF(r, size)
	}
	return nil, broken("no preview of %s", mediaType)
}

// previewTIFF looks at a TIFF file, which says itself how it is turned.
func previewTIFF(r io.ReaderAt, size int64) (*previewSource, error) {
	t, err := parseTIFF(r, size)
	if err != nil {
		return nil, err
	}
	p, err := previewConfig(io.NewSectionReader(r, 0, size), tiff.DecodeConfig, tiff.Decode, 16)
	if err != nil {
		return nil, err
	}
	p.turn = t.orientation
	return p, nil
}

// previewConfig reads the size of a picture whose pixels take depth bytes each.
func previewConfig(r *io.SectionReader, config func(io.Reader) (image.Config, error),
	decode func(io.Reader) (image.Image, error), depth int64) (*previewSource, error) {
	c, err := config(r)
	if err != nil {
		return nil, broken("%v", err)
	}
	w, h := int64(c.Width), int64(c.Height)
	if w > picMaxPixels || h > picMaxPixels {
		return nil, decodable(picMaxDecoded + 1)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return (&previewSource{data: r, decode: decode, memory: w * h * depth}).decodable()
}

// decodable says whether so many bytes are within the limit.
func decodable(n int64) error {
	if n > picMaxDecoded {
		return fmt.Errorf("%w: decoding it takes %d MiB of memory", ErrLimit, n>>20)
	}
	return nil
}

// decoded is how many bytes image/jpeg needs: one for each sample, and four more where it has to
// gather the coefficients of several scans.
func (j *jpegCleaner) decoded() int64 {
	const components = 7 // in frame, three bytes each
	samples, wide, high := int64(0), int64(1), int64(1)
	for b := j.frame[min(len(j.frame), components):]; len(b) >= 3; b = b[3:] {
		h, v := int64(b[1]>>4), int64(b[1]&15)
		samples += h * v
		wide, high = max(wide, h), max(high, v)
	}
	n := j.width * j.height * samples / (wide * high)
	if j.frame[0] == jpegSOF2 {
		n *= 5
	}
	return n
}

// shrink makes a picture fit into a square of box pixels, each pixel the mean of those that it stands
// for. It reckons in whole numbers.
func shrink(img image.Image, box int) *image.RGBA {
	b := img.Bounds()
	w, h := fit(b.Dx(), b.Dy(), box)
	s := shrinker{
		to:  image.NewRGBA(image.Rect(0, 0, w, h)),
		row: image.NewRGBA(image.Rect(0, 0, b.Dx(), 1)),
		sum: make([]uint64, 3*w), next: make([]uint64, 3*w), across: make([]uint64, 3*w),
		w: uint64(b.Dx()), h: uint64(b.Dy()),
	}
	left := s.h // how much of a row of the small picture is still missing
	for y := b.Min.Y; y < b.Max.Y; y++ {
		draw.Draw(s.row, s.row.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
		draw.Draw(s.row, s.row.Rect, img, image.Pt(b.Min.X, y), draw.Over)
		s.narrow(uint64(w))
		part := min(left, uint64(h))
		s.add(s.sum, part)
		if left -= part; left == 0 {
			s.add(s.next, uint64(h)-part)
			s.flush()
			left = s.h - (uint64(h) - part)
		}
	}
	return s.to
}

// fit is how large a picture is that fits into a square of box pixels.
func fit(w, h, box int) (int, int) {
	long := max(w, h)
	if long <= box {
		return w, h
	}
	scale := func(n int) int { return max(1, int((int64(n)*int64(box)+int64(long)/2)/int64(long))) }
	return scale(w), scale(h)
}

// A shrinker makes a picture small row by row. A pixel of the large picture, h wide and w high, counts
// as many small units as the small picture has pixels in a row or column, and the other way round.
type shrinker struct {
	to        *image.RGBA
	row       *image.RGBA // of the large picture, on white
	across    []uint64    // that row, narrowed
	sum, next []uint64    // the row of the small picture that is being made, and the one after it
	w, h      uint64      // of the large picture
	y         int         // of the small picture
}

// narrow makes a row as narrow as the small picture. Every pixel adds up to s.w parts.
func (s *shrinker) narrow(width uint64) {
	clear(s.across)
	left, x := s.w, 0
	for i := 0; i < len(s.row.Pix); i += 4 {
		p, to := s.row.Pix[i:i+3:i+3], s.across[x:x+3:x+3]
		part := min(left, width)
		to[0] += uint64(p[0]) * part
		to[1] += uint64(p[1]) * part
		to[2] += uint64(p[2]) * part
		if left -= part; left > 0 {
			continue
		}
		rest := width - part
		if left, x = s.w-rest, x+3; rest > 0 {
			to := s.across[x : x+3 : x+3]
			to[0] += uint64(p[0]) * rest
			to[1] += uint64(p[1]) * rest
			to[2] += uint64(p[2]) * rest
		}
	}
}

// add adds so many parts of the row.
func (s *shrinker) add(to []uint64, parts uint64) {
	if parts == 0 {
		return
	}
	for i, v := range s.across {
		to[i] += v * parts
	}
}

// flush writes a row of the small picture.
func (s *shrinker) flush() {
	all := s.w * s.h
	row := s.to.Pix[s.y*s.to.Stride:]
	for i, v := range s.sum {
		row[i/3*4+i%3] = uint8((v + all/2) / all)
	}
	for i := 3; i < s.to.Stride; i += 4 {
		row[i] = 0xFF
	}
	s.y++
	s.sum, s.next = s.next, s.sum
	clear(s.next)
}

// turnImage turns a picture upright that has an Exif orientation.
func turnImage(from *image.RGBA, turn int) *image.RGBA {
	if turn <= 1 {
		return from
	}
	w, h := from.Rect.Dx(), from.Rect.Dy()
	t := turnOf(turn)
	tw, th := w, h
	if t.transpose {
		tw, th = h, w
	}
	to := image.NewRGBA(image.Rect(0, 0, tw, th))
	for y := range th {
		for x := range tw {
			fx, fy := t.source(x, y, tw, th)
			copy(to.Pix[to.PixOffset(x, y):][:4], from.Pix[from.PixOffset(fx, fy):])
		}
	}
	return to
}

// A turning is what makes a picture upright: first it is mirrored at its diagonal, then left to right
// and top to bottom.
type turning struct{ transpose, flipX, flipY bool }

// turnOf is what an Exif orientation asks for (Exif 2.32, section 4.6.4, tag 0x0112).
func turnOf(orientation int) turning {
	return [...]turning{2: {flipX: true}, 3: {flipX: true, flipY: true}, 4: {flipY: true},
		5: {transpose: true}, 6: {transpose: true, flipX: true}, 7: {true, true, true},
		8: {transpose: true, flipY: true}}[orientation]
}

// source is where in the original a pixel of the turned picture, which is w by h, comes from.
func (t turning) source(x, y, w, h int) (int, int) {
	if t.flipX {
		x = w - 1 - x
	}
	if t.flipY {
		y = h - 1 - y
	}
	if t.transpose {
		return y, x
	}
	return x, y
}
