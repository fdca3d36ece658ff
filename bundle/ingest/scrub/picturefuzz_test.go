package scrub

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// picFuzz fuzzes the cleaner of some media types: it ends, with an error of ours or with a picture that
// has nothing more to be cleaned of.
func picFuzz(f *testing.F, mediaTypes ...string) {
	for _, c := range picCases(f) {
		for _, m := range mediaTypes {
			if c.mediaType == m {
				f.Add(c.file)
			}
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		r, out, err := picClean(mediaTypes[0], file)
		if err != nil {
			if !errors.Is(err, ErrFormat) && !errors.Is(err, ErrLimit) {
				t.Error(err)
			}
			return
		}
		if len(r.Removed) == 0 && !bytes.Equal(out, file) {
			t.Error("changed, but nothing was taken out")
		}
		again, twice, err := picClean(mediaTypes[0], out)
		if err != nil {
			t.Fatalf("cleaned twice: %v", err)
		}
		if len(again.Removed) > 0 || !bytes.Equal(out, twice) {
			t.Errorf("cleaned twice: %v\nonce  %q\ntwice %q", again.Removed, out, twice)
		}
	})
}

func FuzzJPEG(f *testing.F) { picFuzz(f, "image/jpeg") }
func FuzzPNG(f *testing.F)  { picFuzz(f, "image/png") }
func FuzzGIF(f *testing.F)  { picFuzz(f, "image/gif") }
func FuzzWebP(f *testing.F) { picFuzz(f, "image/webp") }
func FuzzHEIF(f *testing.F) { picFuzz(f, "image/avif", "image/heic") }
func FuzzTIFF(f *testing.F) { picFuzz(f, "image/tiff") }
func FuzzBMP(f *testing.F)  { picFuzz(f, "image/bmp") }
func FuzzICO(f *testing.F)  { picFuzz(f, "image/vnd.microsoft.icon") }

// FuzzTurn: a picture that was turned without loss can be turned back, and is what it was.
func FuzzTurn(f *testing.F) {
	for _, c := range picJPEGs(f) {
		f.Add(c.file, 6)
	}
	f.Fuzz(func(t *testing.T, file []byte, turn int) {
		turn = 1 + turn&7
		out, how, err := picTurn(file, turn)
		if err != nil || how != TurnedLossless {
			return
		}
		back, how, err := picTurn(out, inverse[turn])
		if err != nil || how != TurnedLossless {
			t.Fatalf("back: %q, %v", how, err)
		}
		sameCoefficients(t, "back", file, back)
	})
}

// FuzzPreview: whatever a decoder is given, there is a preview or an error of ours.
func FuzzPreview(f *testing.F) {
	types := []string{"image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp", "image/tiff"}
	for _, c := range picCases(f) {
		for i, m := range types {
			if c.mediaType == m {
				f.Add(c.file, uint8(i))
			}
		}
	}
	f.Fuzz(func(t *testing.T, file []byte, kind uint8) {
		m := types[int(kind)%len(types)]
		w, h, err := preview(io.Discard, file, m, 16)
		switch {
		case err == nil && (w < 1 || h < 1 || w > 16 || h > 16):
			t.Errorf("%d by %d", w, h)
		case err != nil && !errors.Is(err, ErrFormat) && !errors.Is(err, ErrLimit):
			t.Error(err)
		}
	})
}
