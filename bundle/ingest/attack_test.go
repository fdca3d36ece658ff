package ingest

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	gifs "image/gif"
	jpg "image/jpeg"
	pngs "image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"satchel/bundle"
	"satchel/bundle/ingest/collection"
	"satchel/bundle/ingest/scrub/scrubtest"
	"satchel/bundle/sign"
)

// pack packs folders into a file or a folder of its own, and returns its name.
func pack(t *testing.T, o Options, how bundle.Options, dirs ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "x.zip")
	if how.Layout == bundle.LayoutFolder {
		name = strings.TrimSuffix(name, ".zip")
	}
	f := open(t, o, dirs...)
	if _, err := bundle.Create(context.Background(), name, f, how); err != nil {
		t.Fatal(err)
	}
	return name
}

// unpack returns the content of every item of a bundle, and what the bundle says of each.
func unpack(t *testing.T, name string) (content map[string][]byte, said map[string]string) {
	t.Helper()
	r, err := bundle.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	content, said = map[string][]byte{}, map[string]string{}
	err = fs.WalkDir(r, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(r, path)
		if err != nil {
			return err
		}
		entry, err := r.Lookup(path)
		content[path], said[path] = data, fmt.Sprintf("%+v", entry)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return content, said
}

func testKey(t *testing.T, seed byte) sign.PrivateKey {
	t.Helper()
	k, err := sign.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{seed, 9, 4}, 200)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// drawn is a picture whose every corner differs.
func drawn() image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for i := range img.Pix {
		img.Pix[i] = byte(i * 7 >> 4)
	}
	for i := 3; i < len(img.Pix); i += 4 {
		img.Pix[i] = 0xff
	}
	return img
}

func encoded(t *testing.T, encode func(io.Writer, image.Image) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b, drawn()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func asGIF(w io.Writer, img image.Image) error { return gifs.Encode(w, img, nil) }

func asJPEG(w io.Writer, img image.Image) error { return jpg.Encode(w, img, nil) }

// TestE03NothingBehind: the film behind a photo, and what lies behind the end of a picture or a film, is
// in no bundle, while the picture stays as it was, to the pixel.
func TestE03NothingBehind(t *testing.T) {
	t.Parallel()
	const canary = "CANARY-E03-behind"
	film := string(scrubtest.Film("isom", []byte("sample of "+canary)))
	photo, drawing := encoded(t, asJPEG), encoded(t, pngs.Encode)
	dir := lay(t, map[string]string{
		"a/motion.jpg":  photo + film,
		"a/samsung.jpg": photo + "\x00\x00\x30\x0a\x0e\x00\x00\x00MotionPhoto_Data" + film + "SEFH\x6b\x00\x00\x00SEFT",
		"a/zip.jpg":     photo + "PK\x05\x06" + canary + strings.Repeat("\x00", 18),
		"a/behind.png":  drawing + film,
		"a/behind.gif":  encoded(t, asGIF) + canary,
		"a/film.mp4":    string(scrubtest.Film("isom", []byte("sample"))) + "\x00\x00\x00\x20free" + strings.Repeat(canary, 2)[:24],
		"a/trailer.mp4": string(scrubtest.Film("isom", []byte("sample"))) + canary,
	})
	kept, _ := unpack(t, pack(t, Options{KeepMetadata: bundle.Kinds}, bundle.Options{}, dir))
	for path, data := range kept {
		if !bytes.Contains(data, []byte(canary)) {
			t.Errorf("%s: the canary is not even in what is kept as it is", path)
		}
	}
	clean, _ := unpack(t, pack(t, Options{}, bundle.Options{}, dir))
	for path, data := range clean {
		if bytes.Contains(data, []byte(canary)) || bytes.Contains(data, []byte("MotionPhoto")) {
			t.Errorf("%s holds what lay behind it", path)
		}
		if strings.HasSuffix(path, ".mp4") {
			continue
		}
		before, _, err := image.Decode(bytes.NewReader(kept[path]))
		after, _, err2 := image.Decode(bytes.NewReader(data))
		if err != nil || err2 != nil || !samePixels(before, after) {
			t.Errorf("%s is another picture: %v, %v", path, err, err2)
		}
	}
	if len(clean) != 7 || len(kept) != 7 {
		t.Errorf("%d and %d of 7 files", len(clean), len(kept))
	}
}

func samePixels(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			if color.RGBAModel.Convert(a.At(x, y)) != color.RGBAModel.Convert(b.At(x, y)) {
				return false
			}
		}
	}
	return true
}

// hostilePage tells of the computer it was saved on, of the program, and of who read it.
const hostilePage = `<!DOCTYPE html><html lang="en"><!-- Page saved with SingleFile
 url: https://news.example/a?PHPSESSID=CANARY-session&utm_source=CANARY-source
 saved date: Tue Mar 03 2026 21:14:05 GMT+0330 --><!-- saved from url=(0034)file:///C:/Users/CANARY-user/a.html -->
<head><title>Clean water</title><meta name="generator" content="CANARY-generator"><meta name="author" content="CANARY-author">
<meta name="twitter:creator" content="@CANARY-twitter"><link rel="canonical" href="https://news.example/a?utm_source=CANARY-utm">
<script>var reader = "CANARY-script"</script></head>
<body><h1>Clean water</h1><!-- CANARY-comment --><p>Boil it for a minute, at great height for three. Let it cool under
a lid, and keep it in a can with a narrow neck. <a href="file:///C:/Users/CANARY-link/Desktop/b.html">More</a>
<a href="https://news.example/b?utm_campaign=CANARY-campaign&amp;fbclid=CANARY-fbclid&amp;page=2">next</a>
<a href="https://news.example/c;jsessionid=CANARY-jsession?PHPSESSID=CANARY-phpsession">last</a></p>
<img src="https://track.example/CANARY-pixel.gif" width="1" height="1" alt="">
<img src="file:///home/CANARY-home/well.jpg" alt="a well"></body></html>`

// TestE08NothingOfTheReader: a page as it was saved, and the same beside others of a site.
func TestE08NothingOfTheReader(t *testing.T) {
	t.Parallel()
	dir := lay(t, map[string]string{"a/page.html": hostilePage, "a/page.htm": strings.ReplaceAll(hostilePage, "\n", "\r\n")})
	for _, how := range []collection.HTML{collection.Article, collection.Site} {
		name := pack(t, Options{HTML: how, DropBylines: true}, bundle.Options{}, dir)
		content, said := unpack(t, name)
		if len(content) != 2 {
			t.Errorf("%v: %d items", how, len(content))
		}
		for path, data := range content {
			if !bytes.Contains(data, []byte("Boil it for a minute")) || !bytes.Contains(data, []byte("page=2")) {
				t.Errorf("%v %s: the text is gone: %s", how, path, data)
			}
			for _, text := range []string{string(data), said[path]} {
				if i := strings.Index(text, "CANARY"); i >= 0 {
					t.Errorf("%v %s: %q", how, path, text[max(0, i-60):min(len(text), i+40)])
				}
			}
		}
	}
}

// TestE09NoOwners: who owned the files, when they changed and what they allowed is not in the bundle:
// with others, the same bytes come out, and the one date in them is that of the format.
func TestE09NoOwners(t *testing.T) {
	t.Parallel()
	dir := lay(t, map[string]string{"a/b.txt": "water", "a/photo.jpg": encoded(t, asJPEG), "c.txt": "more"})
	inputs := []string{pack(t, Options{}, bundle.Options{}, dir)}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if os.Getuid() == 0 {
			if err := os.Chown(name, 12345, 23456); err != nil {
				return err
			}
		}
		if !d.IsDir() {
			if err := os.Chmod(name, 0o640); err != nil {
				return err
			}
		}
		then := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
		return os.Chtimes(name, then, then)
	})
	if err != nil {
		t.Fatal(err)
	}
	inputs = append(inputs, pack(t, Options{}, bundle.Options{}, dir))
	first, second := readFile(t, inputs[0]), readFile(t, inputs[1])
	if !bytes.Equal(first, second) {
		t.Error("another owner, mode and time of the files give another bundle")
	}
	checkHeaders(t, first)
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// checkHeaders looks at every header of a ZIP, also at those before the files.
func checkHeaders(t *testing.T, data []byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if z.Comment != "" || len(z.File) < 3 {
		t.Errorf("comment %q, %d entries", z.Comment, len(z.File))
	}
	type mark struct {
		version, reader uint16
		attributes      uint32
		date, time      uint16
	}
	var want mark
	for i, f := range z.File {
		got := mark{f.CreatorVersion, f.ReaderVersion, f.ExternalAttrs, f.ModifiedDate, f.ModifiedTime} //nolint:staticcheck // as they stand there
		if i == 0 {
			want = got
		}
		if got != want || f.Comment != "" {
			t.Errorf("%s differs from the others: %+v, %+v, %q", f.Name, got, want, f.Comment)
		}
		checkExtra(t, f.Name, f.Extra)
		at, err := f.DataOffset()
		if err != nil {
			t.Fatal(err)
		}
		head := bytes.LastIndex(data[:at], []byte("PK\x03\x04"))
		names := int(binary.LittleEndian.Uint16(data[head+26:]))
		checkExtra(t, f.Name, data[head+30+names:at])
		if local := data[head+10 : head+14]; !bytes.Equal(local, []byte{byte(want.time), byte(want.time >> 8), byte(want.date), byte(want.date >> 8)}) {
			t.Errorf("%s has another time before it: %x", f.Name, local)
		}
	}
	if when := z.File[0].Modified; when.Year() != 1980 && when.Year() != 1979 {
		t.Errorf("the date is %v, want the first that a ZIP can hold", when)
	}
}

// checkExtra allows sizes beyond 4 GiB (1), padding that is empty (0xd935) and the copy of MANIFEST
// (0x5354), and nothing that names an owner (0x7875, 0x5855), a time (0x5455, 0x000a) or a system.
func checkExtra(t *testing.T, name string, extra []byte) {
	t.Helper()
	for len(extra) >= 4 {
		id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if 4+n > len(extra) {
			t.Errorf("%s has a broken extra field", name)
			return
		}
		data := extra[4 : 4+n]
		known := id == 1 || id == 0xd935 && len(bytes.Trim(data, "\x00")) == 0 ||
			id == 0x5354 && bytes.HasPrefix(data, []byte("# satchel bundle v1\n"))
		if !known {
			t.Errorf("%s has an extra field %#x: %.40q", name, id, data)
		}
		extra = extra[4+n:]
	}
}

// TestE17SameForAll: what is packed for two signers differs in MANIFEST and its signatures alone, and
// twice for the same signer in nothing: nothing random goes in by which a copy could be told.
func TestE17SameForAll(t *testing.T) {
	t.Parallel()
	const collection = "../../examples/collection"
	for _, layout := range []bundle.Layout{bundle.LayoutZIP, bundle.LayoutFolder} {
		var made [3]map[string][]byte
		for i, seed := range []byte{1, 1, 2} {
			made[i] = filesOf(t, pack(t, Options{}, bundle.Options{Layout: layout, Signers: []sign.PrivateKey{testKey(t, seed)}}, collection))
		}
		if !reflect.DeepEqual(made[0], made[1]) {
			t.Errorf("%v: twice for the same signer is not the same", layout)
		}
		if reflect.DeepEqual(made[0], made[2]) {
			t.Errorf("%v: two signers are not told apart", layout)
		}
		for name, data := range made[0] {
			if strings.HasPrefix(name, "MANIFEST") {
				continue
			}
			if other, ok := made[2][name]; !ok || !bytes.Equal(data, other) {
				t.Errorf("%v: %s is another for another signer", layout, name)
			}
		}
		if len(made[0]) != len(made[2]) || len(made[0]) < 5 {
			t.Errorf("%v: %d and %d files", layout, len(made[0]), len(made[2]))
		}
	}
}

// filesOf are the files of a bundle, in a ZIP or in a folder.
func filesOf(t *testing.T, name string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	var tree fs.FS = os.DirFS(name)
	if info, err := os.Stat(name); err == nil && !info.IsDir() {
		z, err := zip.OpenReader(name)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		for i, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			files[fmt.Sprintf("%s #%d", f.Name, i)] = data // MANIFEST stands there twice
		}
		return files
	}
	err := fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files[path], err = fs.ReadFile(tree, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
