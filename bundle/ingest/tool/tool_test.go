package tool

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	_ "image/jpeg"
	"image/png"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"satchel/bundle/ingest/scrub"
)

const docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// need skips a test, or fails it in CI, where a program is not installed.
func need(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
}

// find finds the tools, with a folder that has to be empty in the end.
func find(t *testing.T) *Tools {
	t.Helper()
	tools := Find()
	tools.Dir = t.TempDir()
	tools.Timeout = 60 * time.Second // the machine may be busy
	t.Cleanup(func() {
		if left, err := os.ReadDir(tools.Dir); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v %v", left, err)
		}
	})
	return tools
}

// run makes an input by another program.
func run(t *testing.T, name string, args ...string) {
	t.Helper()
	need(t, name)
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", name, err, out)
	}
}

// lay writes a file and opens it.
func lay(t *testing.T, data []byte) *os.File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "-i http:; $(x).mp4") // no program is to see it
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, name)
}

func open(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// twice converts twice to the same.
func twice(t *testing.T, convert func() ([]byte, error)) []byte {
	t.Helper()
	a, err := convert()
	if err != nil {
		t.Fatal(err)
	}
	b, err := convert()
	if err != nil || !bytes.Equal(a, b) {
		t.Fatalf("the second time: %v, %d bytes and %d", err, len(a), len(b))
	}
	return a
}

// shows decodes a picture, which has to have such a size.
func shows(t *testing.T, data []byte, width, height int) image.Image {
	t.Helper()
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if b := img.Bounds(); b.Dx() != width || b.Dy() != height {
		t.Fatalf("%v instead of %d×%d", b, width, height)
	}
	return img
}

// colours says whether a picture is red above and blue below, or left and right.
func colours(img image.Image, beside bool) bool {
	b := img.Bounds()
	x, y := b.Dx()/2, b.Dy()/4
	x2, y2 := x, b.Dy()*3/4
	if beside {
		x, y, x2, y2 = b.Dx()/4, b.Dy()/2, b.Dx()*3/4, b.Dy()/2
	}
	r, _, bl, _ := img.At(x, y).RGBA()
	r2, _, bl2, _ := img.At(x2, y2).RGBA()
	return r > 0xC000 && bl < 0x4000 && r2 < 0x4000 && bl2 > 0xC000
}

// redBlue is a picture, red above and blue below.
func redBlue(t *testing.T, width, height int) string {
	t.Helper()
	return twoColours(t, width, height, color.NRGBA{R: 255, A: 255}, color.NRGBA{B: 255, A: 255})
}

// transparentPNG is a picture whose upper half is not to be seen.
func transparentPNG(t *testing.T) string {
	t.Helper()
	return twoColours(t, 64, 48, color.NRGBA{R: 255}, color.NRGBA{B: 255, A: 255})
}

func twoColours(t *testing.T, width, height int, above, below color.Color) string {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.Set(x, y, above)
			if y >= height/2 {
				img.Set(x, y, below)
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "p.png")
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestPandoc(t *testing.T) {
	t.Parallel()
	need(t, "pandoc")
	picture := redBlue(t, 31, 22)
	text := "---\ntitle: The \"Title\"\nauthor: [Ann & Co, Bo]\n---\n\n# Chapter\n\n![seen](" + picture + ")\n\n" +
		"Some $a^2$ and 한국어.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
	for extension, mediaType := range map[string]string{
		"docx": docx, "odt": "application/vnd.oasis.opendocument.text", "rtf": "application/rtf"} {
		t.Run(extension, func(t *testing.T) {
			t.Parallel()
			in, out := filepath.Join(t.TempDir(), "in.md"), filepath.Join(t.TempDir(), "out."+extension)
			if err := os.WriteFile(in, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			run(t, "pandoc", "-s", in, "-o", out)
			tools, f := find(t), open(t, out)
			if extension == "odt" { // as LibreOffice writes it
				f = lay(t, rewrite(t, out, func(part, text string) (string, bool) {
					return regexp.MustCompile(`"(Formula-\d+)/"`).ReplaceAllString(text, `"./$1"`), true
				}))
			}
			page := string(twice(t, func() ([]byte, error) { return tools.Pandoc(t.Context(), f, mediaType) }))
			file, _ := os.ReadFile(picture)
			wants := []string{"data:image/png;base64," + base64.StdEncoding.EncodeToString(file), "Chapter</h1>", "한국어", "<table", `<meta charset="utf-8">`}
			if extension != "rtf" {
				wants = append(wants, "<math")
			}
			if extension == "docx" {
				wants = append(wants, "<title>The “Title”</title>", `<meta name="author" content="Ann &amp; Co">`, `content="Bo"`)
			}
			for _, want := range wants {
				if !strings.Contains(page, want) {
					t.Errorf("no %s in %s", want, page)
				}
			}
		})
	}
}

// TestPandocFetchesNothing: a picture that lies elsewhere is not looked at.
func TestPandocFetchesNothing(t *testing.T) {
	t.Parallel()
	need(t, "pandoc")
	l := listen(t)
	dir, picture := t.TempDir(), redBlue(t, 8, 8)
	text, secret := filepath.Join(dir, "in.md"), filepath.Join(dir, "secret.png")
	for name, data := range map[string]string{text: "![picture](" + picture + ")\n\nafter\n", secret: "secret"} {
		if err := os.WriteFile(name, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for extension, mediaType := range map[string]string{"docx": docx, "odt": "application/vnd.oasis.opendocument.text"} {
		out := filepath.Join(dir, "out."+extension)
		run(t, "pandoc", text, "-o", out)
		for _, target := range []string{"http://" + l.Addr().String() + "/x.png", secret, "file://" + secret, "../../" + secret} {
			for _, fenced := range []bool{true, false} {
				tools := find(t)
				if !fenced {
					tools.fence = func() []string { return nil }
				}
				page, err := tools.Pandoc(t.Context(), lay(t, linkPictures(t, out, target)), mediaType)
				if err != nil || !bytes.Contains(page, []byte("after")) || bytes.Contains(page, []byte("<img")) ||
					bytes.Contains(page, []byte("c2VjcmV0")) {
					t.Errorf("%s: %v: %s", target, err, page)
				}
			}
		}
	}
	l.nobody(t)
}

// A listener is one that nobody is to call.
type listener struct{ *net.TCPListener }

func listen(t *testing.T) listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return listener{l.(*net.TCPListener)}
}

// nobody says that nobody has called.
func (l listener) nobody(t *testing.T) {
	t.Helper()
	_ = l.SetDeadline(time.Now().Add(10 * time.Millisecond))
	if _, err := l.Accept(); err == nil {
		t.Error("a connection was made")
	}
}

// linkPictures has a document's pictures lie somewhere else.
func linkPictures(t *testing.T, name, target string) []byte {
	link := regexp.MustCompile(`(Target|xlink:href)="(media|Pictures)/[^"]*"`)
	return rewrite(t, name, func(part, text string) (string, bool) {
		if strings.HasSuffix(part, ".rels") {
			text = strings.ReplaceAll(text, `Target="media/`, `TargetMode="External" Target="media/`)
		}
		return link.ReplaceAllString(text, `$1="`+target+`"`), !strings.Contains(part, "media/") && !strings.Contains(part, "Pictures/")
	})
}

// rewrite changes the parts of a document, or leaves them out.
func rewrite(t *testing.T, name string, change func(part, text string) (string, bool)) []byte {
	t.Helper()
	r, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, file := range r.File {
		from, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		var old bytes.Buffer
		if _, err := old.ReadFrom(from); err != nil {
			t.Fatal(err)
		}
		if text, stays := change(file.Name, old.String()); stays {
			to, _ := w.Create(file.Name)
			fmt.Fprint(to, text)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// film makes a film of what ffmpeg's lavfi draws.
func film(t *testing.T, name, graph string, args ...string) *os.File {
	t.Helper()
	out := filepath.Join(t.TempDir(), name)
	all := append([]string{"-v", "error", "-f", "lavfi", "-i", graph, "-threads", "1", "-pix_fmt", "yuv420p"}, args...)
	run(t, "ffmpeg", append(all, out)...)
	return open(t, out)
}

func TestStill(t *testing.T) {
	t.Parallel()
	need(t, "ffmpeg")
	const long = "testsrc=s=320x240:d=4:r=10"
	for _, c := range []struct {
		name, mediaType, graph string
		args                   []string
		box, width, height     int
	}{
		{"f.mp4", "video/mp4", long, []string{"-c:v", "libx264", "-g", "10"}, 160, 160, 120},
		{"f.mov", "video/quicktime", long, []string{"-c:v", "mpeg4"}, 1000, 320, 240},
		{"f.3gp", "video/3gpp", "testsrc=s=176x144:d=2:r=10", []string{"-c:v", "h263"}, 88, 88, 72},
		{"f.webm", "video/webm", long, []string{"-c:v", "libvpx-vp9", "-g", "5", "-cpu-used", "8"}, 160, 160, 120},
		{"f.mkv", "video/x-matroska", long, []string{"-c:v", "libx265", "-x265-params", "log-level=none"}, 160, 160, 120},
		{"f.avi", "video/x-msvideo", long, []string{"-c:v", "mjpeg"}, 160, 160, 120},
		{"f.ogv", "video/ogg", long, []string{"-c:v", "libtheora"}, 160, 160, 120},
		{"av1.mkv", "video/x-matroska", "testsrc=s=64x48:d=1:r=5", []string{"-c:v", "libaom-av1", "-cpu-used", "8"}, 64, 64, 48},
		{"short.mp4", "video/mp4", "testsrc=s=320x240:d=0.2:r=10", []string{"-c:v", "libx264"}, 160, 160, 120},
		{"wide.mp4", "video/mp4", long, []string{"-c:v", "libx264", "-aspect", "16:9"}, 160, 160, 90},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := film(t, c.name, c.graph, append([]string{"-metadata", "title=TELL", "-metadata", "location=+10+20/"}, c.args...)...)
			tools := find(t)
			out := twice(t, func() ([]byte, error) { return tools.Still(t.Context(), f, c.mediaType, c.box) })
			if shows(t, out, c.width, c.height); dull(out) || bytes.Contains(out, []byte("TELL")) || bytes.Contains(out, []byte("+10")) {
				t.Errorf("%s: dull, or it tells", c.name)
			}
		})
	}
}

// TestStillSkipsBlack: a film that begins black shows what comes later, one that is black is black.
func TestStillSkipsBlack(t *testing.T) {
	t.Parallel()
	need(t, "ffmpeg")
	x264 := []string{"-c:v", "libx264", "-g", "10", "-preset", "ultrafast"}
	late := film(t, "f.mp4", "color=black:s=64x48:d=36:r=5,drawbox=c=white:t=fill:enable='gt(t,28)':w=32", x264...)
	out, err := find(t).Still(t.Context(), late, "video/mp4", 64)
	if err != nil || dull(out) {
		t.Errorf("black at first: %v", err)
	}
	black := film(t, "f.mp4", "color=black:s=64x48:d=3:r=5", x264...)
	if out, err = find(t).Still(t.Context(), black, "video/mp4", 64); err != nil {
		t.Fatal(err)
	}
	shows(t, out, 64, 48)
}

// TestStillTurned: a film that says it has to be turned is turned.
func TestStillTurned(t *testing.T) {
	t.Parallel()
	need(t, "ffmpeg")
	flat := film(t, "f.mp4", "color=red:s=64x48:d=2:r=5,drawbox=c=blue:t=fill:x=32:w=32", "-c:v", "libx264", "-g", "1")
	turned := filepath.Join(t.TempDir(), "t.mp4")
	run(t, "ffmpeg", "-v", "error", "-i", flat.Name(), "-c", "copy", "-metadata:s:v", "rotate=270", turned)
	out, err := find(t).Still(t.Context(), open(t, turned), "video/mp4", 640)
	if err != nil {
		t.Fatal(err)
	}
	if !colours(shows(t, out, 48, 64), false) {
		t.Error("it stands on its head")
	}
}

func TestStillHostile(t *testing.T) {
	t.Parallel()
	need(t, "ffmpeg")
	l := listen(t)
	good := film(t, "f.mp4", "testsrc=s=64x48:d=1:r=5", "-c:v", "libx264")
	playlist := "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n%s\n#EXT-X-ENDLIST\n"
	concat := "ffconcat version 1.0\nfile '" + good.Name() + "'\n"
	for name, data := range map[string]string{
		"playlist of a file":    fmt.Sprintf(playlist, good.Name()),
		"playlist of a network": fmt.Sprintf(playlist, "http://"+l.Addr().String()+"/x.ts"),
		"concat":                concat,
		"garbage":               strings.Repeat("\x00\x01garbage", 9999),
		"empty":                 "",
	} {
		for _, mediaType := range []string{"video/mp4", "video/webm", "video/x-msvideo", "video/ogg"} {
			if out, err := find(t).Still(t.Context(), lay(t, []byte(data)), mediaType, 64); !errors.Is(err, ErrFailed) || out != nil {
				t.Errorf("%s as %s: %v, %d bytes", name, mediaType, err, len(out))
			}
		}
	}
	if _, err := find(t).Still(t.Context(), good, "video/webm", 64); !errors.Is(err, ErrFailed) {
		t.Errorf("MP4 as WebM: %v", err)
	}
	l.nobody(t)
}

// TestStillHuge: a film of too many pixels is not decoded, nor is one in a format that is not for films.
func TestStillHuge(t *testing.T) {
	t.Parallel()
	need(t, "ffmpeg")
	small := filepath.Join(t.TempDir(), "small.mkv")
	run(t, "ffmpeg", "-v", "error", "-i", redBlue(t, 64, 48), "-c", "copy", small)
	if _, err := find(t).Still(t.Context(), open(t, small), "video/x-matroska", 64); !errors.Is(err, ErrFailed) {
		t.Errorf("PNG as a film: %v", err)
	}
	large := film(t, "f.mkv", "color=red:s=8500x8500:r=1:d=1", "-frames:v", "1", "-c:v", "mjpeg", "-strict", "-1")
	if _, err := find(t).Still(t.Context(), large, "video/x-matroska", 64); !errors.Is(err, ErrFailed) {
		t.Errorf("72 megapixels: %v", err)
	}
	data, err := os.ReadFile(large.Name())
	if err != nil {
		t.Fatal(err)
	}
	frame := bytes.Index(data, []byte("\xff\xc0")) // baseline: length, precision, height, width
	copy(data[frame+5:], "\xff\xdc\xff\xdc")
	if _, err := find(t).Still(t.Context(), lay(t, data), "video/x-matroska", 64); !errors.Is(err, ErrFailed) {
		t.Errorf("as large as it gets: %v", err)
	}
}

// TestPandocHostile: garbage, a document that unpacks to far more, and a picture of 100,000 pixels each
// way, which is none of pandoc's business.
func TestPandocHostile(t *testing.T) {
	t.Parallel()
	need(t, "pandoc")
	text, out := filepath.Join(t.TempDir(), "in.md"), filepath.Join(t.TempDir(), "out.docx")
	if err := os.WriteFile(text, []byte("Text, ![]("+redBlue(t, 9, 9)+")\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "pandoc", text, "-o", out)
	huge := string(hugePNG(100_000))
	tools := find(t)
	page, err := tools.Pandoc(t.Context(), lay(t, rewrite(t, out, func(part, text string) (string, bool) {
		if strings.Contains(part, "media/") {
			text = huge
		}
		return text, true
	})), docx)
	if err != nil || !bytes.Contains(page, []byte(base64.StdEncoding.EncodeToString([]byte(huge)))) {
		t.Errorf("huge picture: %v %s", err, page)
	}
	tools.Timeout = 5 * time.Second
	bomb := rewrite(t, out, func(part, text string) (string, bool) {
		if part == "word/document.xml" {
			text = strings.Replace(text, "Text,", strings.Repeat("<w:br/>", 30<<20), 1)
		}
		return text, true
	})
	for name, data := range map[string][]byte{"bomb": bomb, "garbage": []byte("PK\x03\x04garbage"), "empty": nil} {
		for _, mediaType := range []string{docx, "application/vnd.oasis.opendocument.text"} {
			if out, err := tools.Pandoc(t.Context(), lay(t, data), mediaType); !errors.Is(err, ErrFailed) && !errors.Is(err, ErrLimit) {
				t.Errorf("%s: %v, %d bytes", name, err, len(out))
			}
		}
	}
}

// hugePNG is a picture that says it has so many pixels each way.
func hugePNG(side int) []byte {
	b := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, data []byte) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
		body := append([]byte(kind), data...)
		b = binary.BigEndian.AppendUint32(append(b, body...), crc32.ChecksumIEEE(body))
	}
	size := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(side)), uint32(side))
	chunk("IHDR", append(size, 8, 0, 0, 0, 0))
	chunk("IDAT", []byte("\x78\x9c\x63\x00\x00"))
	chunk("IEND", nil)
	return b
}

// pdf makes a PDF file of one page and the objects given.
func pdf(page string, objects ...string) []byte {
	objects = append([]string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>",
		"<</Type/Page/Parent 2 0 R " + page + ">>"}, objects...)
	b := []byte("%PDF-1.7\n")
	var offsets []int
	for i, o := range objects {
		offsets = append(offsets, len(b))
		b = fmt.Appendf(b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := len(b)
	b = fmt.Appendf(b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range offsets {
		b = fmt.Appendf(b, "%010d 00000 n \n", o)
	}
	return fmt.Appendf(b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
}

func stream(dictionary, data string) string {
	return fmt.Sprintf("<<%s/Length %d>>stream\n%s\nendstream", dictionary, len(data), data)
}

func TestPDFPage(t *testing.T) {
	t.Parallel()
	need(t, "pdftoppm")
	paint := stream("", "1 0 0 rg 0 100 100 100 re f 0 0 1 rg 0 0 100 100 re f")
	for _, c := range []struct {
		name, page    string
		width, height int
		beside        bool
	}{
		{"plain", "/MediaBox[0 0 100 200]/Contents 4 0 R", 150, 300, false},
		{"turned", "/MediaBox[0 0 100 200]/Rotate 270/Contents 4 0 R", 300, 150, true},
		{"cropped", "/MediaBox[0 0 900 900]/CropBox[0 0 100 200]/Contents 4 0 R", 150, 300, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tools, f := find(t), lay(t, pdf(c.page, paint))
			out := twice(t, func() ([]byte, error) { return tools.PDFPage(t.Context(), f, 300) })
			if !colours(shows(t, out, c.width, c.height), c.beside) {
				t.Error("other colours")
			}
		})
	}
}

// TestPDFPageHostile: what is too large to draw ends, one way or the other, within bounds.
func TestPDFPageHostile(t *testing.T) {
	t.Parallel()
	need(t, "pdftoppm")
	image := stream("/Type/XObject/Subtype/Image/Width 100000/Height 100000/ColorSpace/DeviceRGB/BitsPerComponent 8", "x")
	for name, data := range map[string][]byte{
		"huge page":    pdf("/MediaBox[0 0 1e9 1e9]"),
		"thin page":    pdf("/MediaBox[0 0 100000 1]"),
		"huge picture": pdf("/MediaBox[0 0 100 100]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R", image, stream("", "100 0 0 100 0 0 cm /I Do")),
		"recursion":    pdf("/MediaBox[0 0 100 100]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R", stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</I 4 0 R>>>>", "/I Do /I Do"), stream("", "/I Do")),
		"garbage":      []byte(strings.Repeat("%PDF-1.7 garbage", 999)),
		"empty":        {},
	} {
		tools := find(t)
		tools.Timeout = 5 * time.Second // the huge picture would take longer
		out, err := tools.PDFPage(t.Context(), lay(t, data), 64)
		if err != nil && !errors.Is(err, ErrFailed) && !errors.Is(err, ErrLimit) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			if c, err := png.DecodeConfig(bytes.NewReader(out)); err != nil || c.Width > 64 || c.Height > 64 {
				t.Errorf("%s: %v %v", name, c, err)
			}
		}
	}
}

// heif has a program encode a picture.
func heif(t *testing.T, program, picture string, args ...string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out.heic")
	if program == "avifenc" {
		run(t, program, append(append([]string{"-s", "9"}, args...), picture, out)...)
	} else {
		run(t, program, append(args, "-o", out, picture)...)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// stored is a picture of the tests of scrub.
func stored(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "scrub", "testdata", "pictures", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestHEICTransparent: what is hidden stays hidden.
func TestHEICTransparent(t *testing.T) {
	t.Parallel()
	need(t, heifConvert, "avifenc")
	t.Run("with transparency", func(t *testing.T) {
		t.Parallel()
		tools, f := find(t), lay(t, heif(t, "avifenc", transparentPNG(t)))
		out := twice(t, func() ([]byte, error) { return tools.HEIC(t.Context(), f, "image/avif") })
		if _, _, _, a := shows(t, out, 64, 48).At(10, 10).RGBA(); a != 0 {
			t.Error("it is opaque")
		}
	})
	t.Run("with transparency that is lost", func(t *testing.T) {
		t.Parallel()
		// heif-convert turns it and writes it opaque, and avifdec cannot turn it.
		if out, err := find(t).HEIC(t.Context(), lay(t, stored(t, "alpha.avif")), "image/avif"); err == nil {
			if _, _, _, a := shows(t, out, 48, 64).At(10, 10).RGBA(); a == 0xFFFF {
				t.Error("it is opaque")
			}
		} else if !errors.Is(err, ErrFailed) {
			t.Error(err)
		}
	})
}

func TestHEIC(t *testing.T) {
	t.Parallel()
	need(t, heifConvert)
	t.Run("with a position", func(t *testing.T) {
		t.Parallel()
		tools, f := find(t), lay(t, stored(t, "thumbnail.heic"))
		out := twice(t, func() ([]byte, error) { return tools.HEIC(t.Context(), f, "image/heic") })
		shows(t, out, 64, 48)
		if bytes.Contains(out, []byte("Exif")) || bytes.Contains(out, []byte("TELL")) {
			t.Error("it tells")
		}
	})
	t.Run("turned", func(t *testing.T) {
		t.Parallel()
		out, err := find(t).HEIC(t.Context(), lay(t, heif(t, "avifenc", redBlue(t, 64, 48), "--irot", "1")), "image/avif")
		if err != nil {
			t.Fatal(err)
		}
		if !colours(shows(t, out, 48, 64), true) { // a quarter to the left
			t.Error("other colours")
		}
		small, err := scrub.Previews(bytes.NewReader(out), int64(len(out)), "image/jpeg", 16)
		if err != nil || small[0].Width != 12 || small[0].Height != 16 {
			t.Errorf("%+v, %v", small, err)
		}
	})
	t.Run("HEVC", func(t *testing.T) {
		t.Parallel()
		need(t, "heif-enc")
		out, err := find(t).HEIC(t.Context(), lay(t, heif(t, "heif-enc", redBlue(t, 64, 48))), "image/heif")
		if err != nil || !colours(shows(t, out, 64, 48), false) {
			t.Error(err)
		}
	})
}

// TestAvifdec: it does what heif-convert cannot, but turns nothing.
func TestAvifdec(t *testing.T) {
	t.Parallel()
	need(t, avifdec, "avifenc")
	tools := find(t)
	delete(tools.found, heifConvert)
	f := lay(t, heif(t, "avifenc", redBlue(t, 64, 48)))
	out := twice(t, func() ([]byte, error) { return tools.HEIC(t.Context(), f, "image/avif") })
	if !colours(shows(t, out, 64, 48), false) {
		t.Error("other colours")
	}
	if _, err := tools.HEIC(t.Context(), lay(t, heif(t, "avifenc", redBlue(t, 64, 48), "--irot", "1")), "image/avif"); !errors.Is(err, ErrFailed) {
		t.Error(err)
	}
	if _, err := tools.HEIC(t.Context(), f, "image/heic"); !errors.Is(err, ErrMissing) {
		t.Error(err)
	}
}

func TestHEICHostile(t *testing.T) {
	t.Parallel()
	need(t, heifConvert, "avifenc")
	huge := heif(t, "avifenc", redBlue(t, 64, 48))
	i := bytes.Index(huge, []byte("ispe"))
	for _, at := range []int{i + 8, i + 12} { // behind version and flags
		binary.BigEndian.PutUint32(huge[at:], 100_000)
	}
	for name, data := range map[string][]byte{
		"huge": huge, "garbage": []byte(strings.Repeat("ftypavif", 999)), "empty": {}, "cut off": huge[:len(huge)-20],
	} {
		out, err := find(t).HEIC(t.Context(), lay(t, data), "image/avif")
		if !errors.Is(err, ErrFailed) && !errors.Is(err, scrub.ErrFormat) && !errors.Is(err, scrub.ErrLimit) {
			t.Errorf("%s: %v, %d bytes", name, err, len(out))
		}
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	ctx, f := t.Context(), lay(t, []byte("x"))
	for _, tools := range []*Tools{nil, {}} {
		for name, convert := range map[string]func() ([]byte, error){
			"pandoc": func() ([]byte, error) { return tools.Pandoc(ctx, f, docx) },
			"still":  func() ([]byte, error) { return tools.Still(ctx, f, "video/mp4", 64) },
			"page":   func() ([]byte, error) { return tools.PDFPage(ctx, f, 64) },
			"HEIC":   func() ([]byte, error) { return tools.HEIC(ctx, f, "image/heic") },
			"AVIF":   func() ([]byte, error) { return tools.HEIC(ctx, f, "image/avif") },
			"PNG":    func() ([]byte, error) { return Find().HEIC(ctx, f, "image/png") },
			"EPUB":   func() ([]byte, error) { return Find().Pandoc(ctx, f, "application/epub+zip") },
			"MPEG":   func() ([]byte, error) { return Find().Still(ctx, f, "video/mpeg", 64) },
		} {
			if out, err := convert(); !errors.Is(err, ErrMissing) || out != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if v := tools.Versions(); v != nil {
			t.Error(v)
		}
	}
	for _, box := range []int{-1, 0, maxBox + 1} {
		if _, err := Find().PDFPage(ctx, f, box); !errors.Is(err, ErrLimit) {
			t.Errorf("%d pixels: %v", box, err)
		}
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	need(t, pandoc, ffmpeg, pdftoppm, heifConvert, avifdec)
	versions := find(t).Versions()
	for i, names := range programs {
		name, number, _ := strings.Cut(cmp.Or(versions[i], "?"), " ")
		if name != names[0] || !strings.Contains(number, ".") {
			t.Errorf("%q", versions)
		}
	}
}

// TestCancelled: a context that is over ends it, and is the reason given.
func TestCancelled(t *testing.T) {
	t.Parallel()
	need(t, pdftoppm)
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("enough")
	cancel(reason)
	if _, err := find(t).PDFPage(ctx, lay(t, pdf("/MediaBox[0 0 9 9]")), 64); !errors.Is(err, reason) {
		t.Error(err)
	}
}
