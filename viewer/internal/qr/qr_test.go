package qr

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestRead has a reader of others' making read each code, as it is drawn and as it is printed.
func TestRead(t *testing.T) {
	t.Parallel()
	zbar, err := exec.LookPath("zbarimg")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("there is no zbarimg")
		}
		t.Skip("there is no zbarimg")
	}
	for _, text := range []string{
		"http://192.168.1.5:40123/123456",
		"http://10.0.0.1:8080/000000",
		"1108591956304318292628695467182394502003",
		"0",
		"물 끓이기 · آب",
		strings.Repeat("long ", 60),
	} {
		for name, img := range map[string]image.Image{"path": drawn(t, text), "lines": printed(t, text)} {
			file := filepath.Join(t.TempDir(), "code.png")
			out, err := os.Create(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := png.Encode(out, img); err != nil {
				t.Fatal(err)
			}
			if err := out.Close(); err != nil {
				t.Fatal(err)
			}
			got, err := exec.Command(zbar, "-q", "--raw", "-Sdisable", "-Sqrcode.enable", file).Output()
			if err != nil || strings.TrimSuffix(string(got), "\n") != text {
				t.Errorf("%s: %q is read as %q (%v)", name, text, got, err)
			}
		}
	}
}

func TestTooLong(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("x", 3000), strings.Repeat("7", 8000)} {
		if _, _, err := Path(text); err == nil {
			t.Errorf("%d bytes are drawn", len(text))
		}
		if _, err := Lines(text); err == nil {
			t.Errorf("%d bytes are printed", len(text))
		}
	}
}

const scale = 4 // pixels a module

func blank(width, height int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, width*scale, height*scale))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	return img
}

func fill(img *image.Gray, x, y, width int) {
	for px := x * scale; px < (x+width)*scale; px++ {
		for py := y * scale; py < (y+1)*scale; py++ {
			img.SetGray(px, py, color.Gray{})
		}
	}
}

var run = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`)

func drawn(t *testing.T, text string) image.Image {
	t.Helper()
	path, size, err := Path(text)
	if err != nil {
		t.Fatal(err)
	}
	if rest := run.ReplaceAllString(path, ""); rest != "" {
		t.Fatalf("the path of %q has %.40q in it", text, rest)
	}
	img := blank(size, size)
	for _, m := range run.FindAllStringSubmatch(path, -1) {
		var n [4]int
		for i := range n {
			if n[i], err = strconv.Atoi(m[i+1]); err != nil {
				t.Fatal(err)
			}
		}
		if n[2] != n[3] {
			t.Fatalf("%s does not come back to where it began", m[0])
		}
		fill(img, n[0], n[1], n[2])
	}
	return img
}

func printed(t *testing.T, text string) image.Image {
	t.Helper()
	lines, err := Lines(text)
	if err != nil {
		t.Fatal(err)
	}
	img := blank(len([]rune(lines[0])), 2*len(lines))
	for y, line := range lines {
		for x, c := range []rune(line) {
			if c == '▀' || c == '█' {
				fill(img, x, 2*y, 1)
			}
			if c == '▄' || c == '█' {
				fill(img, x, 2*y+1, 1)
			}
		}
	}
	return img
}
