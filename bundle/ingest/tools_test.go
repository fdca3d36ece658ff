package ingest

import (
	"bytes"
	"image"
	jpg "image/jpeg"
	pngs "image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"satchel/bundle"
	"satchel/bundle/ingest/tool"
)

// TestTools: what installed programs make of documents, films and pictures is packed, the same with a
// cache and without; and without programs all is packed, too.
func TestTools(t *testing.T) {
	t.Parallel()
	dir := lay(t, map[string]string{"a/note.md": "# A report\n\nBoil it.\n", "d/red.png": pngOf(t, 1600, 1400)})
	copyFile(t, filepath.Join("document", "testdata", "gs.pdf"), filepath.Join(dir, "c", "page.pdf"))
	execute(t, dir, "pandoc", "-M", "title=A report", "-M", "author=CANARY-7f3a", "-o", "a/report.docx", "a/note.md")
	if err := os.Mkdir(filepath.Join(dir, "b"), 0o777); err != nil {
		t.Fatal(err)
	}
	execute(t, dir, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=5:duration=2", "-pix_fmt", "yuv420p", "b/film.mp4")
	execute(t, dir, "heif-enc", "-o", "d/red.heic", "d/red.png")
	tools := tool.Find()
	tools.Dir = t.TempDir()
	c := openCache(t, t.TempDir())
	want := []string{"a/note.md", "a/report.docx", "b/film.mp4", ".previews/small/b/film.mp4.jpg", "c/page.pdf",
		".previews/small/c/page.pdf.jpg", ".previews/large/c/page.pdf.jpg", "d/red.heic", ".previews/small/d/red.heic.jpg", ".previews/large/d/red.heic.jpg",
		"d/red.png", ".previews/small/d/red.png.jpg"}
	var before []string
	for _, o := range []Options{{Tools: tools}, {Tools: tools, Cache: c}, {Tools: tools, Cache: c}} {
		f := open(t, o, dir)
		r := scanAll(t, f)
		wantPaths(t, "items", r.paths(), want...)
		var contents []string
		for _, p := range want {
			contents = append(contents, contentOf(t, f, p))
		}
		if before != nil && !slices.Equal(before, contents) {
			t.Error("another run makes other bytes")
		}
		before = contents
		report := r.items[1]
		if report.Kind != bundle.KindPage || report.Title != "A report" || !strings.Contains(contents[1], "Boil it.") ||
			strings.Contains(contents[1], "CANARY") {
			t.Errorf("%+v: %s", report, contents[1])
		}
		for i, p := range want {
			if strings.HasPrefix(p, bundle.PreviewFolder) {
				if _, err := jpg.Decode(strings.NewReader(contents[i])); err != nil {
					t.Errorf("%s: %v", p, err)
				}
			}
		}
	}
	left, err := os.ReadDir(tools.Dir)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	r := scanAll(t, open(t, Options{}, dir))
	wantPaths(t, "without programs", r.paths(), "a/note.md", "a/report.docx", "b/film.mp4", "c/page.pdf", "d/red.heic", "d/red.png", ".previews/small/d/red.png.jpg")
	if r.items[1].Kind != bundle.KindDocument {
		t.Errorf("without pandoc a document is a %s", r.items[1].Kind)
	}
}

// pngOf is a picture of one colour.
func pngOf(t *testing.T, w, h int) string {
	t.Helper()
	var b bytes.Buffer
	if err := pngs.Encode(&b, image.NewNRGBA(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Dir(to), map[string]string{filepath.Base(to): string(data)})
}
