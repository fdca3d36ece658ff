package scrub

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"
)

// telltale stands for everything that must not be left in a picture.
const telltale = "TELLTALE"

func picMust[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// picImage is a picture no part of which is like another.
func picImage(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, color.RGBA{uint8(x * 255 / w), uint8(y * 255 / h), uint8(255 - x*y*255/(w*h)), 0xFF})
		}
	}
	return img
}

func picEncode(t testing.TB, encode func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func picJPEG(t testing.TB, w, h int) []byte {
	return picEncode(t, func(b io.Writer) error { return jpeg.Encode(b, picImage(w, h), nil) })
}

func picPNG(t testing.TB) []byte {
	return picEncode(t, func(b io.Writer) error { return png.Encode(b, picImage(24, 16)) })
}

func picStored(t testing.TB, name string) []byte {
	t.Helper()
	return picMust[[]byte](t)(os.ReadFile(filepath.Join("testdata", "pictures", name)))
}

// picSegment is a JPEG segment.
func picSegment(marker byte, parts ...string) []byte {
	data := strings.Join(parts, "")
	return append(binary.BigEndian.AppendUint16([]byte{0xFF, marker}, uint16(len(data)+2)), data...)
}

// picInsert puts parts into a file at an offset.
func picInsert(file []byte, at int, parts ...[]byte) []byte {
	return slices.Concat(file[:at], bytes.Join(parts, nil), file[at:])
}

// picExif is Exif data of a camera, little-endian, with a GPS position and a thumbnail.
func picExif(orientation uint16, gps bool, thumbnail string) string {
	le := binary.LittleEndian
	entry := func(b []byte, tag, kind uint16, count, value uint32) []byte {
		b = le.AppendUint16(le.AppendUint16(b, tag), kind)
		return le.AppendUint32(le.AppendUint32(b, count), value)
	}
	const first, position, second = 8, 100, 160 // where the directories are
	b := le.AppendUint32([]byte("II*\x00"), first)
	b = le.AppendUint16(b, 3)
	b = entry(b, 0x010F, 2, 9, 60)
	b = entry(b, exifOrientation, 3, 1, uint32(orientation))
	if gps {
		b = entry(b, exifGPS, 4, 1, position)
	} else {
		b = entry(b, 0x0128, 3, 1, 2)
	}
	b = le.AppendUint32(b, second)
	b = append(b, make([]byte, 60-len(b))...)
	b = append(append(b, telltale...), make([]byte, position-60-len(telltale))...)
	b = entry(le.AppendUint16(b, 1), 2, 5, 3, position+20) // latitude
	b = append(b, make([]byte, second-len(b))...)
	b = le.AppendUint16(b, 2)
	b = entry(b, exifThumbnail, 4, 1, second+30)
	b = entry(b, exifThumbLength, 4, 1, uint32(len(thumbnail)))
	b = le.AppendUint32(b, 0)
	return string(b) + thumbnail
}

// picProfile is a colour profile with names in it, of sRGB or of something else.
func picProfile(srgb bool) []byte {
	be := binary.BigEndian
	xyz := func(x, y, z uint32) string {
		b := be.AppendUint32(be.AppendUint32([]byte("XYZ \x00\x00\x00\x00"), x), y)
		return string(be.AppendUint32(b, z))
	}
	curve := "para\x00\x00\x00\x00\x00\x03\x00\x00\x00\x02\x66\x66\x00\x00\xf2\xa7\x00\x00\x0d\x59\x00\x00\x13\xd0\x00\x00\x0a\x5b"
	green := xyz(25239, 46983, 6360)
	if !srgb {
		green = xyz(13454, 41004, 3981)
	}
	text := func(kind string) string { return kind + "\x00\x00\x00\x00" + telltale + strings.Repeat("\x00", 100) }
	tags := []struct{ name, data string }{
		{"desc", text("desc")}, {"cprt", text("mluc")}, {"rXYZ", xyz(28576, 14581, 912)}, {"gXYZ", green},
		{"bXYZ", xyz(9376, 3972, 46788)}, {"wtpt", xyz(63190, 65536, 54061)}, {"rTRC", curve}, {"gTRC", curve},
		{"bTRC", curve}, {"vcgt", text("vcgt")},
	}
	head := make([]byte, iccHeader)
	copy(head[4:], "appl\x04\x00\x00\x00mntrRGB XYZ ")
	copy(head[24:], "\x07\xe4\x00\x02\x00\x02\x00\x0a\x00\x0b\x00\x0cacsp")
	copy(head[48:], telltale)
	b := be.AppendUint32(head, uint32(len(tags)))
	at := len(b) + iccEntry*len(tags)
	data := ""
	for _, tag := range tags {
		b = be.AppendUint32(be.AppendUint32(append(b, tag.name...), uint32(at+len(data))), uint32(len(tag.data)))
		data += tag.data
	}
	b = append(b, data...)
	be.PutUint32(b, uint32(len(b)))
	return b
}

func picZip(t testing.TB, b []byte) string {
	return string(picEncode(t, func(w io.Writer) error {
		z := zlib.NewWriter(w)
		_, err := z.Write(b)
		return errors.Join(err, z.Close())
	}))
}

// picRIFF is a chunk of a WebP file.
func picRIFF(kind, data string) []byte {
	b := append(binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(data))), data...)
	return append(b, make([]byte, len(data)&1)...)
}

// A picCase is a picture with something in it that has to go.
type picCase struct {
	name, mediaType string
	file            []byte
	gone            []string // what is taken out, in the order of the file
	width, height   int
	turn            int
	decode          func(io.Reader) (image.Image, error) // nil where nothing here can
}

// picCases are pictures of all kinds.
func picCases(t testing.TB) []picCase {
	return slices.Concat(picJPEGs(t), picPNGs(t), picGIFs(t), picWebPs(t), picRest(t))
}

func picJPEGs(t testing.TB) []picCase {
	plain := picJPEG(t, 40, 24)
	mark := func(name string, gone []string, turn int, parts ...[]byte) picCase {
		c := picCase{name, "image/jpeg", picInsert(plain, 2, parts...), gone, 40, 24, turn, jpeg.Decode}
		if turn >= 5 {
			c.width, c.height = 24, 40
		}
		return c
	}
	jfif := "JFIF\x00\x01\x01\x00\x00\x01\x00\x01"
	iccHead := func(i, n int) string { return jpegProfile + string([]byte{byte(i), byte(n)}) }
	icc := string(picProfile(false))
	behind := slices.Concat(plain, []byte("\x00\x00\x00\x18ftypmp42"), []byte(telltale))
	between := picInsert(plain, 2, []byte(telltale))
	return []picCase{
		mark("plain", nil, 0),
		mark("fill bytes", nil, 0, []byte{0xFF, 0xFF}),
		mark("camera", []string{whatGPS, whatThumbnail, whatExif}, 6,
			picSegment(0xE1, "Exif\x00\x00", picExif(6, true, telltale))),
		mark("upright", []string{whatThumbnail, whatExif}, 0,
			picSegment(0xE1, "Exif\x00\x00", picExif(1, false, telltale))),
		mark("XMP, IPTC, comment", []string{whatXMP, whatIPTC, whatComment}, 0,
			picSegment(0xE1, "http://ns.adobe.com/xap/1.0/\x00", telltale),
			picSegment(0xED, "Photoshop 3.0\x00", telltale), picSegment(jpegCOM, telltale)),
		mark("thumbnail in JFIF", []string{whatThumbnail}, 0,
			picSegment(jpegAPP0, jfif, "\x01\x01", "TEL"), picSegment(jpegAPP0, jpegJFXX, telltale)),
		mark("Adobe", []string{whatHeader}, 0, picSegment(0xEE, jpegAdobe, "\x00\x65\xC0\x00\x00\x00\x01")),
		mark("other programs", []string{"index of further pictures", "content credentials", whatUnknown}, 0,
			picSegment(0xE2, "MPF\x00", telltale), picSegment(0xEB, "JP", telltale), picSegment(0xEC, telltale)),
		mark("sRGB", []string{whatSRGB}, 0, picSegment(0xE2, iccHead(1, 1), string(picProfile(true)))),
		mark("wide colours", []string{whatProfile}, 0,
			picSegment(0xE2, iccHead(1, 2), icc[:300]), picSegment(0xE2, iccHead(2, 2), icc[300:])),
		mark("broken profile", []string{whatBadProfile}, 0, picSegment(0xE2, iccHead(1, 1), telltale)),
		{"film behind", "image/jpeg", behind, []string{whatMotion}, 40, 24, 0, jpeg.Decode},
		{"between the segments", "image/jpeg", between, []string{whatBetween}, 40, 24, 0, nil},
		{"progressive", "image/jpeg", picStored(t, "progressive.jpg"), nil, 64, 48, 0, jpeg.Decode},
		{"restarts", "image/jpeg", picStored(t, "restarts.jpg"), nil, 48, 32, 0, jpeg.Decode},
		{"arithmetic", "image/jpeg", picStored(t, "arithmetic.jpg"), nil, 48, 32, 0, nil},
	}
}

func picPNGs(t testing.TB) []picCase {
	plain := picPNG(t)
	const behindHead = 33
	mark := func(name string, gone []string, parts ...[]byte) picCase {
		return picCase{name, "image/png", picInsert(plain, behindHead, parts...), gone, 24, 16, 0, png.Decode}
	}
	chunk := func(kind string, data ...string) []byte { return pngChunkOf(kind, []byte(strings.Join(data, ""))) }
	turned := mark("Exif", []string{whatGPS, whatThumbnail, whatExif}, chunk("eXIf", picExif(6, true, telltale)))
	turned.width, turned.height = 16, 24
	return []picCase{
		mark("plain", nil),
		mark("looks", nil, chunk("gAMA", "\x00\x00\xb1\x8f"), chunk("pHYs", "\x00\x00\x00\x02\x00\x00\x00\x01\x00")),
		mark("texts", []string{whatText, whatXMP, whatTimes}, chunk("tEXt", "Author\x00", telltale),
			chunk("zTXt", "Comment\x00\x00", picZip(t, []byte(telltale))), chunk("iTXt", "XML:com.adobe.xmp\x00", telltale),
			chunk("tIME", "\x07\xe4\x01\x01\x00\x00\x00")),
		mark("own chunk", []string{whatUnknown}, chunk("teLl", telltale)),
		mark("chunk that is too long", []string{whatUnknown}, chunk("gAMA", telltale)),
		mark("sRGB", []string{whatSRGB}, chunk("iCCP", telltale, "\x00\x00", picZip(t, picProfile(true)))),
		mark("wide colours", []string{whatProfile}, chunk("iCCP", telltale, "\x00\x00", picZip(t, picProfile(false)))),
		turned,
		{"behind", "image/png", append(slices.Clip(plain), telltale...), []string{whatBehind}, 24, 16, 0, png.Decode},
	}
}

func picGIFs(t testing.TB) []picCase {
	palette := []color.Color{color.White, color.Black, color.RGBA{0xFF, 0, 0, 0xFF}}
	frame := func() *image.Paletted { return image.NewPaletted(image.Rect(0, 0, 20, 10), palette) }
	plain := picEncode(t, func(b io.Writer) error {
		return gif.EncodeAll(b, &gif.GIF{Image: []*image.Paletted{frame(), frame()}, Delay: []int{10, 20}})
	})
	at := bytes.IndexByte(plain, gifExtension) // the loop
	mark := func(name string, gone []string, parts ...string) picCase {
		return picCase{name, "image/gif", picInsert(plain, at, []byte(strings.Join(parts, ""))), gone, 20, 10, 0, gif.Decode}
	}
	text := "\x08" + telltale + "\x00"
	odd := mark("own extension", []string{whatUnknown}, "\x21\x77", text)
	odd.decode = nil // image/gif knows no other extensions
	return []picCase{
		mark("plain", nil),
		mark("comment", []string{whatComment}, "\x21\xFE", text),
		mark("XMP", []string{whatXMP}, "\x21\xFF\x0BXMP DataXMP", text),
		mark("own program", []string{whatUnknown}, "\x21\xFF\x0BTELLTALE1.0", text),
		mark("text", []string{whatText}, "\x21\xF9\x04\x00\x00\x00\x00\x00", "\x21\x01\x0C", strings.Repeat("\x01", 12), text),
		odd,
		mark("loop and more", []string{whatUnknown}, "\x21\xFF\x0BNETSCAPE2.0\x03\x01\x00\x00", text),
		{"behind", "image/gif", append(slices.Clip(plain), telltale...), []string{whatBehind}, 20, 10, 0, gif.Decode},
	}
}

func picWebPs(t testing.TB) []picCase {
	alpha := picStored(t, "lossy-alpha.webp")
	body := string(alpha[30:]) // behind VP8X
	head := func(flags byte) string { return string([]byte{flags, 0, 0, 0, 63, 0, 0, 47, 0, 0}) }
	riff := func(chunks ...[]byte) []byte {
		return picRIFF("RIFF", "WEBP"+string(bytes.Join(chunks, nil)))
	}
	bitmap := picRIFF("VP8 ", body[strings.Index(body, "VP8 ")+8:strings.Index(body, "EXIF")])
	return []picCase{
		{"alpha", "image/webp", alpha, []string{whatGPS, whatExif, whatXMP}, 48, 64, 0, webp.Decode},
		{"film", "image/webp", picStored(t, "film.webp"), []string{whatGPS, whatExif, whatXMP}, 40, 30, 0, nil},
		{"no head", "image/webp", riff(bitmap), nil, 64, 48, 0, webp.Decode},
		{"sRGB", "image/webp", riff(picRIFF("VP8X", head(webpICC)), picRIFF("ICCP", string(picProfile(true))), bitmap),
			[]string{whatSRGB}, 64, 48, 0, webp.Decode},
		{"wide colours, behind", "image/webp", append(riff(picRIFF("VP8X", head(webpICC)),
			picRIFF("ICCP", string(picProfile(false))), bitmap, picRIFF("TELL", telltale)), telltale...),
			[]string{whatProfile, whatUnknown, whatBehind}, 64, 48, 0, webp.Decode},
		{"frame with more", "image/webp", riff(picRIFF("VP8X", head(webpAnimation)), picRIFF("ANIM", "\x00\x00\x00\x00\x00\x00"),
			picRIFF("ANMF", "\x00\x00\x00\x00\x00\x00\x3f\x00\x00\x2f\x00\x00\x10\x00\x00\x00"+string(bitmap)+
				string(picRIFF("TELL", telltale)))), []string{whatUnknown}, 64, 48, 0, nil},
	}
}

func picRest(t testing.TB) []picCase {
	img := picImage(24, 16)
	tif := picEncode(t, func(b io.Writer) error { return tiff.Encode(b, img, nil) })
	flat := picEncode(t, func(b io.Writer) error { return bmp.Encode(b, img) })
	reserved := slices.Clone(flat)
	copy(reserved[6:], "TELL")
	inside := picPNGs(t)[2].file
	return []picCase{
		{"alpha", "image/avif", picStored(t, "alpha.avif"), []string{whatHeader, whatGPS, whatExif, whatXMP}, 48, 64, 0, nil},
		{"film", "image/avif", picStored(t, "film.avif"), []string{whatHeader, whatGPS, whatExif, whatXMP, whatTimes, whatUnknown}, 64, 48, 0, nil},
		{"thumbnail", "image/heic", picStored(t, "thumbnail.heic"),
			[]string{whatHeader, whatGPS, whatExif, whatXMP, whatThumbnail, whatUnknown}, 64, 48, 0, nil},
		{"plain", "image/tiff", tif, nil, 24, 16, 0, tiff.Decode},
		{"texts", "image/tiff", picTIFF(tif), []string{whatText, whatGPS, whatUnknown}, 16, 24, 0, tiff.Decode},
		{"second page a thumbnail", "image/tiff", picPages(tif), []string{whatThumbnail, whatUnknown}, 24, 16, 0, tiff.Decode},
		{"plain", "image/bmp", flat, nil, 24, 16, 0, bmp.Decode},
		{"reserved, behind", "image/bmp", append(reserved, telltale...), []string{whatHeader, whatBehind}, 24, 16, 0, bmp.Decode},
		{"PNG within", "image/vnd.microsoft.icon", picIcon(inside), []string{whatText, whatXMP, whatTimes}, 24, 16, 0, nil},
	}
}

// picTIFF gives the first page of a little-endian TIFF file another directory, with more in it, and
// what was the first stays in the file.
func picTIFF(file []byte) []byte {
	le := binary.LittleEndian
	old := file[le.Uint32(file[4:]):]
	n := int(le.Uint16(old))
	entries := slices.Clone(old[2 : 2+12*n])
	file = slices.Clone(file)
	text := len(file)
	file = append(file, telltale...)
	more := func(tag, kind uint16, count, value uint32) {
		b := le.AppendUint16(le.AppendUint16(nil, tag), kind)
		entries = append(entries, le.AppendUint32(le.AppendUint32(b, count), value)...)
	}
	more(270, 2, uint32(len(telltale)), uint32(text))
	more(tiffOrientation, 3, 1, 6)
	more(exifGPS, 4, 1, uint32(text))
	entries = picSorted(entries)
	le.PutUint32(file[4:], uint32(len(file)))
	file = le.AppendUint16(file, uint16(n+3))
	return append(append(file, entries...), 0, 0, 0, 0)
}

// picPages gives a little-endian TIFF file of one page a second one that is a thumbnail.
func picPages(file []byte) []byte {
	le := binary.LittleEndian
	file = slices.Clone(file)
	at := le.Uint32(file[4:])
	text := uint32(len(file))
	file = append(file, telltale...)
	le.PutUint32(file[at+2+12*uint32(le.Uint16(file[at:])):], uint32(len(file)))
	file = le.AppendUint16(file, 5)
	for _, e := range [][2]uint32{{tiffSubfile, 1}, {tiffWidth, 8}, {tiffHeight, 1}, {tiffStrips, text},
		{tiffStripSizes, uint32(len(telltale))}} {
		file = le.AppendUint32(le.AppendUint16(le.AppendUint16(file, uint16(e[0])), 4), 1)
		file = le.AppendUint32(file, e[1])
	}
	return append(file, 0, 0, 0, 0)
}

// picSorted sorts the entries of a directory by their tags.
func picSorted(entries []byte) []byte {
	lines := slices.Collect(slices.Chunk(entries, 12))
	slices.SortFunc(lines, func(a, b []byte) int {
		return int(binary.LittleEndian.Uint16(a)) - int(binary.LittleEndian.Uint16(b))
	})
	return bytes.Join(lines, nil)
}

// picIcon is an icon of one picture.
func picIcon(picture []byte) []byte {
	b := []byte{0, 0, 1, 0, 1, 0, 24, 16, 0, 0, 1, 0, 32, 0}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(picture)))
	b = binary.LittleEndian.AppendUint32(b, icoHead+icoEntry)
	return append(b, picture...)
}

// picClean cleans a file, and returns what is left of it.
func picClean(mediaType string, file []byte) (*Result, []byte, error) {
	r, err := File(mediaType, bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, nil, err
	}
	out, err := io.ReadAll(r.Plan.Reader(bytes.NewReader(file)))
	return r, out, err
}

// TestE01Pictures: nothing is left of what a picture tells of its makers, what was taken out is named,
// the size is that of the upright picture, and there is nothing to be cleaned afterwards.
func TestE01Pictures(t *testing.T) {
	t.Parallel()
	for _, c := range picCases(t) {
		t.Run(c.mediaType+" "+c.name, func(t *testing.T) {
			t.Parallel()
			r, out, err := picClean(c.mediaType, c.file)
			if err != nil {
				t.Fatal(err)
			}
			var gone []string
			for _, x := range r.Removed {
				gone = append(gone, x.What)
			}
			if !slices.Equal(gone, c.gone) {
				t.Errorf("taken out: %q, want %q", gone, c.gone)
			}
			if r.Width != c.width || r.Height != c.height || r.Turn != c.turn {
				t.Errorf("%d by %d, turn %d; want %d by %d, %d", r.Width, r.Height, r.Turn, c.width, c.height, c.turn)
			}
			if bytes.Contains(out, []byte(telltale)) {
				t.Errorf("it still tells: %q", out)
			}
			if len(c.gone) == 0 && !bytes.Equal(out, c.file) {
				t.Error("changed, but nothing was taken out")
			}
			again, twice, err := picClean(c.mediaType, out)
			if err != nil || len(again.Removed) > 0 || !bytes.Equal(out, twice) {
				t.Errorf("cleaned twice: %v, %v, and %d bytes of %d", err, again.Removed, len(twice), len(out))
			}
		})
	}
}

// TestPicturePixels: pixels are the same before and after.
func TestPicturePixels(t *testing.T) {
	t.Parallel()
	for _, c := range picCases(t) {
		if c.decode == nil {
			continue
		}
		_, out, err := picClean(c.mediaType, c.file)
		if err != nil {
			t.Errorf("%s %s: %v", c.mediaType, c.name, err)
			continue
		}
		before, err := c.decode(bytes.NewReader(c.file))
		if err != nil {
			t.Errorf("%s %s: before: %v", c.mediaType, c.name, err)
			continue
		}
		after, err := c.decode(bytes.NewReader(out))
		if err != nil || picDiffer(before, after) > 0 {
			t.Errorf("%s %s: not the same picture: %v", c.mediaType, c.name, err)
		}
	}
}

// picDiffer is by how much pixels differ most, of 255, or 256 where sizes do.
func picDiffer(a, b image.Image) int {
	if a.Bounds().Size() != b.Bounds().Size() {
		return 256
	}
	most := 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			r, g, bl, al := a.At(a.Bounds().Min.X+x, a.Bounds().Min.Y+y).RGBA()
			r2, g2, bl2, al2 := b.At(b.Bounds().Min.X+x, b.Bounds().Min.Y+y).RGBA()
			for _, d := range []int{int(r) - int(r2), int(g) - int(g2), int(bl) - int(bl2), int(al) - int(al2)} {
				most = max(most, d>>8, -d>>8)
			}
		}
	}
	return most
}

// TestPictureCutShort: a file that is cut off anywhere is cleaned as far as it goes, or refused.
func TestPictureCutShort(t *testing.T) {
	t.Parallel()
	for _, c := range picCases(t) {
		for n := range c.file {
			_, out, err := picClean(c.mediaType, c.file[:n])
			switch {
			case err != nil && !errors.Is(err, ErrFormat):
				t.Errorf("%s %s, %d bytes: %v", c.mediaType, c.name, n, err)
			case bytes.Contains(out, []byte(telltale)):
				t.Errorf("%s %s, %d bytes: it still tells", c.mediaType, c.name, n)
			}
		}
	}
}

// TestPictureLimits: what is larger than anything honest is refused without being read.
func TestPictureLimits(t *testing.T) {
	t.Parallel()
	wide := picPNG(t)
	binary.BigEndian.PutUint32(wide[16:], 100_000)
	binary.BigEndian.PutUint32(wide[20:], 100_000)
	huge := picJPEG(t, 8, 8)
	copy(huge[bytes.Index(huge, []byte{0xFF, jpegSOF0})+5:], "\xFF\xFF\xFF\xFF")
	scraps := slices.Concat(huge[:2], bytes.Repeat(append(picSegment(0xE5, "x"), picSegment(jpegDRI, "\x00\x00")...),
		picMaxPieces), huge[2:])
	many := slices.Concat(huge[:2], bytes.Repeat(picSegment(jpegDRI, "\x00\x00"), jpegMaxSegments+1), huge[2:])
	icon := picIcon(picPNG(t))
	binary.LittleEndian.PutUint16(icon[4:], icoMaxPictures+1)
	for _, c := range []struct {
		name, mediaType string
		file            []byte
	}{
		{"E15 100,000 by 100,000 pixels", "image/png", wide}, {"65,535 by 65,535 pixels", "image/jpeg", huge},
		{"scraps", "image/jpeg", scraps}, {"segments", "image/jpeg", many}, {"icons", "image/vnd.microsoft.icon", icon},
	} {
		if _, _, err := picClean(c.mediaType, c.file); !errors.Is(err, ErrLimit) {
			t.Errorf("%s: %v, want ErrLimit", c.name, err)
		}
	}
}

// TestPictureRefused: what is no picture of its kind, or one that would have to be rewritten.
func TestPictureRefused(t *testing.T) {
	t.Parallel()
	unknown := picInsert(picPNG(t), 33, pngChunkOf("TELL", nil))
	avif := picStored(t, "alpha.avif")
	film := bytes.Replace(picStored(t, "film.avif"), []byte("auxv"), []byte("soun"), 1)
	pict := bytes.Replace(picStored(t, "film.avif"), []byte("trak"), []byte("free"), 2)
	for _, c := range []struct {
		name, mediaType string
		file            []byte
	}{
		{"a chunk that it needs", "image/png", unknown},
		{"no scan", "image/jpeg", []byte("\xFF\xD8\xFF\xD9")},
		{"no picture", "image/gif", []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;")},
		{"a JPEG item", "image/avif", bytes.ReplaceAll(avif, []byte("av01"), []byte("jpeg"))},
		{"no items", "image/avif", bytes.Replace(avif, []byte("iinf"), []byte("free"), 1)},
		{"a track of sound", "image/avif", bytes.Replace(film, []byte("pict"), []byte("soun"), 3)},
		{"BigTIFF", "image/tiff", []byte("II+\x00\x08\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00")},
		{"a round of pages", "image/tiff", picRound(t)},
	} {
		if _, _, err := picClean(c.mediaType, c.file); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v, want ErrFormat", c.name, err)
		}
	}
	if _, _, err := picClean("image/avif", pict); err != nil {
		t.Errorf("a film without tracks: %v", err)
	}
}

// picRound is a TIFF file whose only page is followed by itself.
func picRound(t testing.TB) []byte {
	file := picEncode(t, func(b io.Writer) error { return tiff.Encode(b, picImage(4, 4), nil) })
	at := binary.LittleEndian.Uint32(file[4:])
	next := at + 2 + 12*uint32(binary.LittleEndian.Uint16(file[at:]))
	binary.LittleEndian.PutUint32(file[next:], at)
	return file
}

// A picReader fails with an error from an offset on.
type picReader struct {
	*bytes.Reader
	from int64
	err  error
}

func (r picReader) ReadAt(b []byte, at int64) (int, error) {
	if at+int64(len(b)) > r.from {
		return 0, r.err
	}
	return r.Reader.ReadAt(b, at)
}

// TestPictureErrors: what a reader says comes back, and a file that became shorter is no clean one.
func TestPictureErrors(t *testing.T) {
	t.Parallel()
	for _, c := range picCases(t) {
		r := picReader{bytes.NewReader(c.file), 0, iotest.ErrTimeout}
		if _, err := File(c.mediaType, r, int64(len(c.file))); !errors.Is(err, iotest.ErrTimeout) {
			t.Errorf("%s %s: %v, want that of the reader", c.mediaType, c.name, err)
		}
		short := bytes.NewReader(c.file[:len(c.file)-1])
		if _, err := File(c.mediaType, short, int64(len(c.file))); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s %s: %v, want io.ErrUnexpectedEOF", c.mediaType, c.name, err)
		}
	}
}

// TestExifOrientation: the orientation is found in either byte order, and nowhere else.
func TestExifOrientation(t *testing.T) {
	t.Parallel()
	for o := range 10 {
		want := o
		if o == 0 || o > 8 {
			want = 0
		}
		if got := readExif(neutralExif(o)).orientation; got != want {
			t.Errorf("big-endian: %d, want %d", got, want)
		}
		if got := readExif([]byte(picExif(uint16(o), true, ""))).orientation; got != want {
			t.Errorf("little-endian: %d, want %d", got, want)
		}
	}
}

// TestProfileOverlap: a profile whose parts overlap cannot be cleaned in place: a text would be left in
// a curve, or a curve be lost with a text.
func TestProfileOverlap(t *testing.T) {
	t.Parallel()
	for at, want := range map[uint32]bool{0: true, 136: false, 480: false} {
		b := picProfile(false)
		if at > 0 { // the description
			binary.BigEndian.PutUint32(b[iccHeader+8:], at)
		}
		if _, _, ok := neutralProfile(b); ok != want {
			t.Errorf("a text at %d: %v, want %v", at, ok, want)
		}
	}
}

// BenchmarkCleanJPEG cleans a photograph of 3 MB.
func BenchmarkCleanJPEG(b *testing.B) {
	img := picImage(4000, 3000)
	state := uint32(1)
	for i := range img.Pix {
		if state = state*1664525 + 1013904223; i%4 != 3 {
			img.Pix[i] += uint8(state>>24) & 15
		}
	}
	file := picEncode(b, func(w io.Writer) error { return jpeg.Encode(w, img, &jpeg.Options{Quality: 88}) })
	file = picInsert(file, 2, picSegment(0xE1, "Exif\x00\x00", picExif(6, true, strings.Repeat(telltale, 1000))))
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		r, err := File("image/jpeg", bytes.NewReader(file), int64(len(file)))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r.Plan.Reader(bytes.NewReader(file))); err != nil {
			b.Fatal(err)
		}
	}
}
