package article

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// corpus returns pages of a folder of real ones, up to a size in all, or skips.
func corpus(tb testing.TB, name string, most int) [][]byte {
	tb.Helper()
	dir := os.Getenv("SATCHEL_CORPORA")
	if dir == "" {
		tb.Skip("SATCHEL_CORPORA names no folder with the corpora")
	}
	var pages [][]byte
	err := filepath.WalkDir(filepath.Join(dir, name), func(path string, d fs.DirEntry, err error) error {
		if err != nil || most <= 0 || !strings.HasSuffix(path, ".html") {
			return err
		}
		b, err := os.ReadFile(path)
		pages = append(pages, b)
		most -= len(b)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return pages
}

func BenchmarkCutSite(b *testing.B) {
	pages := corpus(b, "jdk", 32<<20)
	size := 0
	for _, p := range pages {
		size += len(p)
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		for _, p := range pages {
			if _, _, err := CutSite(p); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkHTML(b *testing.B) {
	pages := corpus(b, "handbook", 4<<20)
	size := 0
	for _, p := range pages {
		size += len(p)
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		for _, p := range pages {
			if _, err := HTML(p, Options{Path: "page.html"}); err != nil {
				b.Fatal(err)
			}
		}
	}
}
