package main

import (
	"image"
	"image/png"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
)

// G15: two copies that were made to tell their readers apart are told apart themselves, by
// what differs in them and by nothing else. One satchel packs both, with one key.
func TestG15Canaries(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key := filepath.Join(dir, "news.key")
	if code, _, errs := command(t, t.Context(), "keygen", "-o", key, "--no-passphrase"); code != exitDone {
		t.Fatalf("keygen: code %d, %s", code, errs)
	}
	common := map[string]string{
		"a.html":   "<title>A</title><p>the same for everyone</p>",
		"b.html":   "<title>B</title><p>reader 0001</p>",
		"hand.png": picture(t, 0),
	}
	copyFor := func(name string, change map[string]string) string {
		in := filepath.Join(dir, name)
		for path, content := range common {
			writeFile(t, filepath.Join(in, path), content)
		}
		for path, content := range change {
			writeFile(t, filepath.Join(in, path), content)
		}
		out := filepath.Join(dir, name+".zip")
		if code, _, errs := command(t, t.Context(), "pack", "--html", "site", "-k", key, "--title", "News", "-o", out, in); code != exitDone {
			t.Fatalf("pack for %s: code %d, %s", name, code, errs)
		}
		return out
	}
	mine := copyFor("mine", nil)
	for name, c := range map[string]struct {
		change map[string]string
		want   string
	}{
		"nothing":    {nil, ""},
		"a string":   {map[string]string{"b.html": "<title>B</title><p>reader 0002</p>"}, "content: b.html\n"},
		"a title":    {map[string]string{"b.html": "<title>C</title><p>reader 0001</p>"}, "catalogue: b.html\ncontent: b.html\n"},
		"a space":    {map[string]string{"a.html": "<title>A</title><p>the same for everyone</p> "}, "content: a.html\n"},
		"one bit":    {map[string]string{"hand.png": picture(t, 1)}, "content: hand.png\n"},
		"one more":   {map[string]string{"pixel.png": picture(t, 2)}, "only in the second: pixel.png\nonly in the second: .previews/small/pixel.png.jpg\n"},
		"same twice": {map[string]string{"c.html": common["b.html"]}, "only in the second: c.html\n"},
	} {
		yours := copyFor(strings.ReplaceAll(name, " ", "-"), c.change)
		wantCode := exitDone
		if c.want != "" {
			wantCode = exitDiffers
		}
		code, out, errs := command(t, t.Context(), "compare", mine, yours)
		if code != wantCode || out != c.want {
			t.Errorf("%s: code %d, %q, want %d, %q (%s)", name, code, out, wantCode, c.want, errs)
		}
	}
}

// picture returns a picture of noise that takes several blocks, with a pixel in the last of
// them that tells who it is for.
func picture(t *testing.T, reader byte) string {
	t.Helper()
	p := image.NewGray(image.Rect(0, 0, 800, 700))
	_, _ = rand.NewChaCha8([32]byte{}).Read(p.Pix) // never fails
	p.Pix[len(p.Pix)-1] = reader
	var b strings.Builder
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
