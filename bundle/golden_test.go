package bundle

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"satchel/bundle/sign"
)

// goldenFile has the hash of the golden pack, as sha256sum writes it. It changes
// only with a change to the packer or the compressor that is meant; then every
// curator's next bundle has other bytes than the same input had before.
const goldenFile = "testdata/golden.sha256"

// golden is content that stays as it is, whatever other tests come to need. Its
// sizes are spelt out, so that a limit that moves shows.
func golden() memory {
	m := memory{
		"index.html": goldenPage(1, "Home", "en", "", 300),
		"empty.txt":  {Item{Kind: KindText, Type: "text/plain; charset=utf-8", Title: "empty"}, nil},
		"styles.css": {Item{Kind: KindResource, Type: "text/css; charset=utf-8"}, []byte("p{margin:1em}\n")},
		"guide.pdf":  {Item{Kind: KindDocument, Type: "application/pdf", Title: "Guide"}, goldenNoise(2, 70_001)},
		"map.png":    {Item{Kind: KindPicture, Type: "image/png", Title: "Map"}, goldenNoise(3, 300_000)},
		"same.png":   {Item{Kind: KindPicture, Type: "image/png", Title: "Map again"}, goldenNoise(3, 300_000)},
		"wall.png":   {Item{Kind: KindPicture, Type: "image/png", Title: "Wall"}, goldenNoise(4, 1_200_000)},
		"talk.mp3":   {Item{Kind: KindSound, Type: "audio/mpeg", Title: "Talk"}, goldenNoise(5, 40_000)},
		"film.mp4":   {Item{Kind: KindVideo, Type: "video/mp4", Title: "Film"}, goldenNoise(6, 2_500_000)},
	}
	dates := []string{"", "2023", "2024-05", "2024-05-17"}
	for i, language := range []string{"en", "ko", "zh-CN", "fa", "ar", "ru", "es"} {
		for n := range 24 {
			path := fmt.Sprintf("%s/page%02d.html", language, n)
			title := fmt.Sprintf("%s %d", language, n)
			m[path] = goldenPage(uint64(100*i+n), title, language, dates[n%4], 3_000)
		}
	}
	return m
}

// goldenPage is a page of words that compress about as well as words do: few of
// them are frequent. It does without floating point, which not every processor
// rounds alike.
func goldenPage(seed uint64, title, language, date string, words int) thing {
	letters := []rune("aeknорتن물水ü")
	rng := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=%q><title>%s</title>\n<p>", language, title)
	for i := range words {
		word := rng.Uint32N(2 << rng.Uint32N(11))
		fmt.Fprintf(&b, "%c%x ", letters[word%uint32(len(letters))], word)
		if i%80 == 79 {
			b.WriteString("</p>\n<p>물 水 آب ماء вода agua\n")
		}
	}
	return thing{
		Item{Kind: KindPage, Type: "text/html; charset=utf-8", Title: title, Language: language, Date: date},
		[]byte(b.String()),
	}
}

func goldenNoise(seed uint64, n int) []byte {
	rng := rand.New(rand.NewPCG(seed, 2))
	b := make([]byte, 0, n+8)
	for len(b) < n {
		b = binary.LittleEndian.AppendUint64(b, rng.Uint64())
	}
	return b[:n]
}

// TestE11GoldenPack packs the same content on every system, in whatever order it
// comes and on however many cores, and expects the bytes that it always gave.
// 'make test' runs it for other processors, in another time zone and locale, and
// under node, too.
func TestE11GoldenPack(t *testing.T) {
	t.Parallel()
	frozen, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	want, _, _ := strings.Cut(string(frozen), " ")
	for _, workers := range []int{1, 3} {
		name := createSearchable(t, golden(), Options{
			Workers: workers, Signers: []sign.PrivateKey{testKey(t, 1), testKey(t, 2)},
			Title: "Golden", Series: "golden", Issue: 7, Language: "en", Date: "2025-03",
		})
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%x", sha256.Sum256(b)); got != want {
			t.Errorf("%d workers: %d bytes with the SHA-256 %s, %s has %s", workers, len(b), got, goldenFile, want)
		}
	}
}
