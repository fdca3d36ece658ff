package scrub

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// picNeed returns the path of a program, without which a test is skipped, or fails under CI.
func picNeed(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return path
}

// picTurn turns a file.
func picTurn(file []byte, turn int) (out []byte, how string, err error) {
	var b bytes.Buffer
	how, err = Turn(&b, bytes.NewReader(file), int64(len(file)), turn)
	return b.Bytes(), how, err
}

// inverse is the orientation that undoes another.
var inverse = [...]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}

// turnCases are JPEG files that can be turned without loss: sides of whole units.
func turnCases(t testing.TB) map[string][]byte {
	grey := image.NewGray(image.Rect(0, 0, 40, 24))
	for i := range grey.Pix {
		grey.Pix[i] = uint8(i * i >> 4)
	}
	return map[string][]byte{
		"colour":      picJPEG(t, 48, 32),
		"grey":        picEncode(t, func(w io.Writer) error { return jpeg.Encode(w, grey, nil) }),
		"progressive": picStored(t, "progressive.jpg"),
		"restarts":    picStored(t, "restarts.jpg"),
		"camera":      picInsert(picJPEG(t, 16, 32), 2, picSegment(0xE1, "Exif\x00\x00", picExif(6, true, telltale))),
	}
}

// TestE02Turn: a picture is turned the right way, without loss, and turned back has the coefficients
// that it had.
func TestE02Turn(t *testing.T) {
	t.Parallel()
	for name, file := range turnCases(t) {
		for o := 1; o <= 8; o++ {
			out, how, err := picTurn(file, o)
			if err != nil || how != TurnedLossless {
				t.Errorf("%s, %d: %q, %v", name, o, how, err)
				continue
			}
			if bytes.Contains(out, []byte(telltale)) {
				t.Errorf("%s, %d: it still tells", name, o)
			}
			// Decoders round differently in rows and columns.
			if d := picDiffer(turnedPixels(t, file, o), picDecoded(t, out)); d > 6 {
				t.Errorf("%s, %d: pixels differ by %d", name, o, d)
			}
			back, _, err := picTurn(out, inverse[o])
			if err != nil {
				t.Errorf("%s, %d: back: %v", name, o, err)
				continue
			}
			sameCoefficients(t, fmt.Sprintf("%s, %d", name, o), file, back)
		}
	}
}

func picDecoded(t testing.TB, file []byte) image.Image {
	return picMust[image.Image](t)(jpeg.Decode(bytes.NewReader(file)))
}

// turnedPixels decodes a file, and turns its pixels as Exif says (Exif 2.32, table 6): where the first
// row and the first column of the file are in the picture.
func turnedPixels(t testing.TB, file []byte, o int) image.Image {
	from := picDecoded(t, file)
	w, h := from.Bounds().Dx(), from.Bounds().Dy()
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	if o >= 5 {
		to = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			p := map[int]image.Point{1: {x, y}, 2: {w - 1 - x, y}, 3: {w - 1 - x, h - 1 - y}, 4: {x, h - 1 - y},
				5: {y, x}, 6: {h - 1 - y, x}, 7: {h - 1 - y, w - 1 - x}, 8: {y, w - 1 - x}}[o]
			to.Set(p.X, p.Y, from.At(x, y))
		}
	}
	return to
}

func coefficients(t testing.TB, file []byte) *jpegPicture {
	_, clean, err := picClean("image/jpeg", file)
	if err != nil {
		t.Fatal(err)
	}
	segments := picMust[[]jpegSegment](t)(jpegSegments(clean))
	return picMust[*jpegPicture](t)(decodeJPEG(clean, segments))
}

func sameCoefficients(t *testing.T, name string, a, b []byte) {
	t.Helper()
	p, q := coefficients(t, a), coefficients(t, b)
	for i, c := range p.components {
		for y := range c.high {
			for x := range c.wide {
				if got, want := q.components[i].blocks[y*q.components[i].stride+x], c.blocks[y*c.stride+x]; got != want {
					t.Errorf("%s: component %d, block %d, %d: %v, want %v", name, i, x, y, got, want)
					return
				}
			}
		}
		if *c.quant != *q.components[i].quant {
			t.Errorf("%s: component %d is quantised differently", name, i)
		}
	}
}

// TestE02TurnAnew: what does not end with a unit is encoded anew where that side would become the first,
// and so is what is more than coefficients. It keeps its colour profile.
func TestE02TurnAnew(t *testing.T) {
	t.Parallel()
	chunk := picSegment(0xE2, jpegProfile, "\x01\x01", string(picProfile(false)))
	file := picInsert(picJPEG(t, 45, 32), 2, chunk)
	for o := 1; o <= 8; o++ {
		want := TurnedLossless
		if o == 2 || o == 3 || o == 7 || o == 8 {
			want = TurnedReencoded
		}
		out, how, err := picTurn(file, o)
		if err != nil || how != want {
			t.Errorf("%d: %q, %v, want %q", o, how, err, want)
			continue
		}
		if d := picDiffer(turnedPixels(t, file, o), picDecoded(t, out)); d > 60 {
			t.Errorf("%d: pixels differ by %d", o, d)
		}
		if !bytes.Contains(out, []byte(jpegProfile)) {
			t.Errorf("%d: the colour profile is gone", o)
		}
	}
}

// TestTurnRefuses: errors that callers can tell apart, and nothing is written.
func TestTurnRefuses(t *testing.T) {
	t.Parallel()
	file := picJPEG(t, 16, 16)
	huge := picStored(t, "progressive.jpg")
	copy(huge[bytes.Index(huge, []byte{0xFF, jpegSOF2})+5:], "\x30\x00\x30\x00")
	for _, c := range []struct {
		name string
		file []byte
		want error
	}{
		{"arithmetic", picStored(t, "arithmetic.jpg"), ErrFormat}, {"cut short", file[:len(file)-40], ErrFormat},
		{"no JPEG", []byte("GIF89a"), ErrFormat}, {"huge", huge, ErrLimit},
	} {
		out, how, err := picTurn(c.file, 6)
		if !errors.Is(err, c.want) || how != "" || len(out) > 0 {
			t.Errorf("%s: %q, %v, %d bytes; want %v", c.name, how, err, len(out), c.want)
		}
	}
	if _, _, err := picTurn(file, 9); err == nil {
		t.Error("there is no orientation 9")
	}
	if _, err := Turn(failing{}, bytes.NewReader(file), int64(len(file)), 6); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("%v, want that of the writer", err)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// TestE02TurnAsOthers: the coefficients are those that jpegtran makes of the same files.
func TestE02TurnAsOthers(t *testing.T) {
	t.Parallel()
	jpegtran := picNeed(t, "jpegtran")
	args := [...]string{2: "-flip horizontal", 3: "-rotate 180", 4: "-flip vertical", 5: "-transpose",
		6: "-rotate 90", 7: "-transverse", 8: "-rotate 270"}
	for name, file := range turnCases(t) {
		in := filepath.Join(t.TempDir(), "in.jpg")
		if err := os.WriteFile(in, file, 0o600); err != nil {
			t.Fatal(err)
		}
		for o := 2; o <= 8; o++ {
			theirs, err := exec.Command(jpegtran, append(strings.Fields(args[o]), "-perfect", in)...).Output()
			if err != nil {
				t.Fatal(err)
			}
			ours, _, err := picTurn(file, o)
			if err != nil {
				t.Fatal(err)
			}
			sameCoefficients(t, fmt.Sprintf("%s, %d", name, o), theirs, ours)
		}
	}
}

// preview writes one preview.
func preview(w io.Writer, file []byte, mediaType string, box int) (width, height int, err error) {
	list, err := Previews(bytes.NewReader(file), int64(len(file)), mediaType, box)
	if err != nil {
		return 0, 0, err
	}
	_, err = w.Write(list[0].JPEG)
	return list[0].Width, list[0].Height, err
}

// picPreview makes a preview, and decodes it.
func picPreview(t testing.TB, mediaType string, file []byte, box int) (image.Image, []byte) {
	t.Helper()
	var b bytes.Buffer
	w, h, err := preview(&b, file, mediaType, box)
	if err != nil {
		t.Fatalf("%s: %v", mediaType, err)
	}
	img := picDecoded(t, b.Bytes())
	if size := img.Bounds().Size(); size != image.Pt(w, h) {
		t.Errorf("%s: it is %v, and said to be %d by %d", mediaType, size, w, h)
	}
	return img, b.Bytes()
}

// TestPreview: every kind of picture that can be decoded gets a preview that fits, is upright, and tells nothing.
func TestPreview(t *testing.T) {
	t.Parallel()
	for _, c := range picCases(t) {
		if c.decode == nil && c.name != "film" || c.mediaType == "image/avif" {
			continue
		}
		img, b := picPreview(t, c.mediaType, c.file, 20)
		wide, high := fit(c.width, c.height, 20)
		if img.Bounds().Size() != image.Pt(wide, high) {
			t.Errorf("%s %s: %v, want %d by %d", c.mediaType, c.name, img.Bounds().Size(), wide, high)
		}
		if bytes.Contains(b, []byte(telltale)) {
			t.Errorf("%s %s: it still tells", c.mediaType, c.name)
		}
	}
}

// TestPreviewSize: it fits, keeps its shape, and never grows.
func TestPreviewSize(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ w, h, box, wide, high int }{
		{40, 24, 20, 20, 12}, {24, 40, 20, 12, 20}, {40, 24, 40, 40, 24}, {40, 24, 100, 40, 24},
		{1000, 1, 10, 10, 1}, {3, 2, 1, 1, 1}, {33, 32, 32, 32, 31},
	} {
		img, _ := picPreview(t, "image/jpeg", picJPEG(t, c.w, c.h), c.box)
		if got := img.Bounds().Size(); got != image.Pt(c.wide, c.high) {
			t.Errorf("%d by %d in %d: %v, want %d by %d", c.w, c.h, c.box, got, c.wide, c.high)
		}
	}
}

// TestPreviewUpright: all orientations look the same.
func TestPreviewUpright(t *testing.T) {
	t.Parallel()
	upright := picJPEG(t, 48, 32)
	want, _ := picPreview(t, "image/jpeg", upright, 24)
	for o := 1; o <= 8; o++ {
		turned, _, err := picTurn(upright, inverse[o])
		if err != nil {
			t.Fatal(err)
		}
		file := picInsert(turned, 2, picSegment(0xE1, "Exif\x00\x00", picExif(uint16(o), true, "")))
		if got, _ := picPreview(t, "image/jpeg", file, 24); picDiffer(got, want) > 8 {
			t.Errorf("orientation %d: differs by %d", o, picDiffer(got, want))
		}
	}
}

// TestPreviewMean: a pixel is the mean of those that it stands for, and what is transparent is white.
func TestPreviewMean(t *testing.T) {
	t.Parallel()
	img := image.NewNRGBA(image.Rect(0, 0, 300, 200))
	for i := range img.Pix {
		if x := i / 4 % 300; i%4 == 3 && x >= 150 {
			img.Pix[i] = 0xFF // black at the right
		}
	}
	for x := 150; x < 300; x += 2 {
		for y := range 100 {
			img.SetNRGBA(x, y, color.NRGBA{0xFF, 0xFF, 0xFF, 0xFF}) // in stripes at the top
		}
	}
	file := picEncode(t, func(w io.Writer) error { return png.Encode(w, img) })
	got, _ := picPreview(t, "image/png", file, 6)
	for _, c := range []struct{ x, y, want int }{{0, 0, 255}, {0, 3, 255}, {5, 0, 128}, {5, 3, 0}} {
		r, _, _, _ := got.At(c.x, c.y).RGBA()
		if d := int(r>>8) - c.want; d < -12 || d > 12 {
			t.Errorf("%d, %d: %d, want %d", c.x, c.y, r>>8, c.want)
		}
	}
}

// TestPreviewSame: the bytes are the same on every machine.
func TestPreviewSame(t *testing.T) {
	t.Parallel()
	img := picImage(50, 40)
	palette := image.NewPaletted(image.Rect(0, 0, 50, 40), []color.Color{color.White, color.Black})
	for i := range palette.Pix {
		palette.Pix[i] = uint8(i / 7 & 1)
	}
	h := sha256.New()
	for _, c := range []struct {
		mediaType string
		encode    func(io.Writer) error
	}{
		{"image/jpeg", func(w io.Writer) error { return jpeg.Encode(w, img, nil) }},
		{"image/png", func(w io.Writer) error { return png.Encode(w, img) }},
		{"image/gif", func(w io.Writer) error { return gif.Encode(w, palette, nil) }},
		{"image/bmp", func(w io.Writer) error { return bmp.Encode(w, img) }},
		{"image/tiff", func(w io.Writer) error { return tiff.Encode(w, img, nil) }},
	} {
		_, b := picPreview(t, c.mediaType, picEncode(t, c.encode), 33)
		h.Write(b)
	}
	_, b := picPreview(t, "image/webp", picStored(t, "lossy-alpha.webp"), 33)
	h.Write(b)
	const want = "fd16f7fdc37198548ea9327021e95c584cd4c0f3c32397818fd9d75d3129ea83"
	if got := fmt.Sprintf("%x", h.Sum(nil)); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestE15PreviewLimits: pictures that would need more memory than there is for them, and what is broken.
func TestE15PreviewLimits(t *testing.T) {
	t.Parallel()
	grow := func(file []byte, at int, size string) []byte {
		file = bytes.Clone(file)
		copy(file[at:], size)
		return file
	}
	flat := picEncode(t, func(w io.Writer) error { return bmp.Encode(w, picImage(4, 4)) })
	film := picStored(t, "progressive.jpg")
	for _, c := range []struct {
		name, mediaType string
		file            []byte
		want            error
	}{
		{"PNG", "image/png", grow(picPNG(t), 16, "\x00\x00\x3F\xFF\x00\x00\x3F\xFF"), ErrLimit},
		{"BMP", "image/bmp", grow(flat, 18, "\xFF\x3F\x00\x00\xFF\x3F\x00\x00"), ErrLimit},
		{"progressive", "image/jpeg", grow(film, bytes.Index(film, []byte{0xFF, jpegSOF2})+5, "\x30\x00\x30\x00"), ErrLimit},
		{"arithmetic", "image/jpeg", picStored(t, "arithmetic.jpg"), ErrFormat},
		{"cut short", "image/png", picPNG(t)[:100], ErrFormat},
		{"AVIF", "image/avif", picStored(t, "alpha.avif"), ErrFormat},
	} {
		_, _, err := preview(io.Discard, c.file, c.mediaType, 100)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// TestHuffmanLengths: codes are no longer than 16 bits however rare a symbol is, and all of them fit.
func TestHuffmanLengths(t *testing.T) {
	t.Parallel()
	var counts [256]int64
	a, b := int64(1), int64(1)
	for i := range 40 { // Fibonacci's numbers make the longest codes
		counts[i], a, b = a, b, a+b
	}
	lengths := jpegLengths(&counts)
	room := 1 << 16
	for _, n := range lengths {
		if n > 16 {
			t.Fatalf("%d bits", n)
		}
		if n > 0 {
			room -= 1 << (16 - n)
		}
	}
	if room != 0 {
		t.Errorf("%d of 65536 codes are left over", room)
	}
}

// BenchmarkTurn turns a photograph of 12 megapixels.
func BenchmarkTurn(b *testing.B) {
	file := picJPEG(b, 4000, 3008)
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		if _, how, err := picTurn(file, 6); err != nil || how != TurnedLossless {
			b.Fatal(how, err)
		}
	}
}

// BenchmarkPreview makes a preview of a photograph of 12 megapixels.
func BenchmarkPreview(b *testing.B) {
	file := picJPEG(b, 4000, 3000)
	for b.Loop() {
		picPreview(b, "image/jpeg", file, 320)
	}
}
