package ingest

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"hash/crc32"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"satchel/bundle"
)

// bombUnit is how many zeros one entry of a bomb becomes.
const bombUnit = 8 << 20

// zeros returns a ZIP entry's worth of zeros, compressed.
func zeros(t *testing.T) (h zip.FileHeader, packed []byte) {
	t.Helper()
	return deflated(t, make([]byte, bombUnit))
}

// deflated compresses data as a ZIP does.
func deflated(t *testing.T, data []byte) (h zip.FileHeader, packed []byte) {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(data)
	must(t, err)
	must(t, w.Close())
	const head, tail = 10, 8
	packed = b.Bytes()[head : b.Len()-tail]
	h = zip.FileHeader{Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(data),
		UncompressedSize64: uint64(len(data)), CompressedSize64: uint64(len(packed))}
	return h, packed
}

// nest returns a ZIP that begins with a stored entry and has the packed one under each name.
func nest(t *testing.T, first, content string, h zip.FileHeader, packed []byte, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateHeader(&zip.FileHeader{Name: first, Method: zip.Store})
	must(t, err)
	_, err = w.Write([]byte(content))
	must(t, err)
	for _, name := range names {
		entry := h
		entry.Name = name
		w, err := z.CreateRaw(&entry)
		must(t, err)
		_, err = w.Write(packed)
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}

// TestC10NestedBombs: books, documents and drawings that would inflate to terabytes are
// packed as they are. Nothing in them is inflated, not even once: it would take an hour.
func TestC10NestedBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("the time it takes says nothing under the race detector")
	}
	t.Parallel()
	h, packed := zeros(t)
	var names []string
	for i := range 256 {
		names = append(names, "OEBPS/"+string(rune('a'+i/26))+string(rune('a'+i%26))+".zip")
	}
	inner := nest(t, "a", "a", h, packed, names...)
	h2, packed2 := deflated(t, inner)
	files := map[string]string{
		"book.epub": string(nest(t, "mimetype", "application/epub+zip", h2, packed2,
			append([]string{"META-INF/container.xml", "OEBPS/cover.svgz"}, names...)...)),
		"letter.docx": string(nest(t, "[Content_Types].xml", "<Types/>", h2, packed2,
			append([]string{"word/document.xml", "word/media/image1.png"}, names...)...)),
		"flat.docx": string(nest(t, "[Content_Types].xml", "<Types/>", h, packed, "word/document.xml")),
	}
	var gz bytes.Buffer
	w, err := gzip.NewWriterLevel(&gz, gzip.BestCompression)
	must(t, err)
	_, err = w.Write(append([]byte("<svg xmlns='http://www.w3.org/2000/svg'>"), make([]byte, bombUnit)...))
	must(t, err)
	must(t, w.Close())
	files["drawing.svgz"] = string(bytes.Repeat(gz.Bytes(), 256)) // as many members of one gzip file

	dir := lay(t, files)
	out := filepath.Join(t.TempDir(), "out.zip")
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	began := time.Now()
	refused := scanAll(t, open(t, Options{}, dir)).refused
	if refused["book.epub"] == "" || refused["drawing.svgz"] == "" {
		t.Errorf("refused: %q", refused)
	}
	f := open(t, Options{Allow: slices.Collect(maps.Keys(refused))}, dir)
	_, err = bundle.Create(ctx, out, f, bundle.Options{})
	must(t, err)
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("packing took %v", took)
	}
	r, err := bundle.Open(out)
	must(t, err)
	defer r.Close()
	for name, want := range files {
		if got, err := fs.ReadFile(r, name); err != nil || string(got) != want {
			t.Errorf("%s: %d bytes, %v; want the %d that were packed", name, len(got), err, len(want))
		}
	}
}
