package ingest

import (
	"bytes"
	"image"
	"image/color"
	jpg "image/jpeg"
	pngs "image/png"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"satchel/bundle"
	"satchel/bundle/ingest/cache"
)

// largePhoto is a JPEG picture that has previews: wider than high, dark on its left half.
func largePhoto(t *testing.T, orientation byte) string {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 2000, 1200))
	for i := range img.Pix {
		if i%img.Stride > 1000 {
			img.Pix[i] = 180 + uint8(uint32(i)*2654435761>>24)%70
		}
	}
	var b bytes.Buffer
	if err := jpg.Encode(&b, img, &jpg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	small := photo(t, orientation)
	exif := small[2 : 2+2+int(small[4])<<8+int(small[5])]
	return b.String()[:2] + exif + b.String()[2:]
}

func openCache(t *testing.T, dir string) *cache.Cache {
	t.Helper()
	c, err := cache.Open(filepath.Join(dir, "made"), cache.DefaultLimit)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPreviews(t *testing.T) {
	t.Parallel()
	dir := lay(t, map[string]string{"a/photo.jpg": largePhoto(t, 6), "a/icon.jpg": photo(t, 1)})
	paths := []string{"a/icon.jpg", "a/photo.jpg", ".previews/small/a/photo.jpg.jpg", ".previews/large/a/photo.jpg.jpg"}
	c := openCache(t, t.TempDir())
	var before []string
	for i, o := range []Options{{}, {Cache: c}, {Cache: c}, {Cache: openCache(t, t.TempDir())}} {
		f := open(t, o, dir)
		r := scanAll(t, f)
		wantPaths(t, "items", r.paths(), paths...)
		if got := r.items[1].Cover; got != paths[2] {
			t.Errorf("cover %q", got)
		}
		var contents []string
		for _, p := range paths[2:] {
			contents = append(contents, contentOf(t, f, p))
		}
		if i > 0 && !slices.Equal(contents, before) {
			t.Errorf("run %d makes other previews", i)
		}
		before = contents
		wantUpright(t, &r.items[2], contents[0], 154, 256)
		wantUpright(t, &r.items[3], contents[1], 614, 1024)
	}
}

// wantUpright checks a preview of largePhoto with orientation 6, of which the left comes to be at the top.
func wantUpright(t *testing.T, it *bundle.Item, content string, w, h int) {
	t.Helper()
	img, err := jpg.Decode(strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	top, _, _, _ := img.At(w/2, h/4).RGBA()
	low, _, _, _ := img.At(w/2, 3*h/4).RGBA()
	if img.Bounds().Size() != image.Pt(w, h) || top > 0x1000 || low < 0xc000 || strings.Contains(content, "CANARY") {
		t.Errorf("%v, %x above %x", img.Bounds(), top, low)
	}
	if it.Width != int64(w) || it.Height != int64(h) || it.Kind != bundle.KindResource || it.Type != "image/jpeg" {
		t.Errorf("item %+v", it)
	}
}

// TestPreviewsThatCannotBe: a picture that cannot be decoded is packed without one.
func TestPreviewsThatCannotBe(t *testing.T) {
	t.Parallel()
	whole := largePhoto(t, 1)
	scan := strings.Index(whole, "\xff\xda") + 14
	broken := whole[:scan] + strings.Repeat("\x00\xff\xd9\x01", len(whole)/4)
	f := open(t, Options{KeepMetadata: []bundle.Kind{bundle.KindPicture}, Cache: openCache(t, t.TempDir())},
		lay(t, map[string]string{"a/photo.jpg": broken}))
	for range 2 {
		wantPaths(t, "items", scanAll(t, f).paths(), "a/photo.jpg")
	}
}

// TestPreviewPath: a path that is too long for a preview has none.
func TestPreviewPath(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	img := image.NewNRGBA(image.Rect(0, 0, 1500, 1500))
	img.Set(3, 3, color.Black)
	if err := pngs.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	name := strings.Repeat("n", 251) + ".png"
	f := open(t, Options{}, lay(t, map[string]string{name: b.String(), "x.png": b.String()}))
	wantPaths(t, "items", scanAll(t, f).paths(), name, "x.png", ".previews/small/x.png.jpg")
	if _, ok := bundle.PreviewOf(filepath.Join("a", "x.png.jpg")); ok {
		t.Error("any path is a preview's")
	}
}

func TestArticleCover(t *testing.T) {
	t.Parallel()
	f := open(t, Options{}, lay(t, map[string]string{
		"a/p.jpg":  photo(t, 1),
		"a/x.html": `<title>t</title><p>one<img src="q.jpg" alt=""><img src="p.jpg" width="32"><p><img src="./p.jpg">`,
		"y.md":     "# y\n\n![well](a/p.jpg)\n",
		"z.md":     "# z\n\nnone\n",
	}))
	covers := map[string]string{}
	for _, it := range scanAll(t, f).items {
		covers[it.Path] = it.Cover
	}
	if covers["a/x.html"] != "a/p.jpg" || covers["y.md"] != "a/p.jpg" || covers["z.md"] != "" {
		t.Errorf("%q", covers)
	}
}
