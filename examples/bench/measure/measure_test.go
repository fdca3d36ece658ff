package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"iter"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"satchel/bundle"
)

func TestPercentile(t *testing.T) {
	t.Parallel()
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[i] = float64(100 - i)
	}
	for _, c := range []struct {
		values []float64
		p      float64
		want   float64
	}{
		{[]float64{7}, 50, 7}, {[]float64{7}, 99, 7},
		{[]float64{3, 1, 2}, 50, 2}, {[]float64{4, 1, 3, 2}, 50, 2.5},
		{hundred, 50, 50.5}, {hundred, 99, 99}, {hundred, 100, 100}, {hundred, 0, 1},
	} {
		if got := percentile(c.values, c.p); got != c.want {
			t.Errorf("percentile(%v, %v) = %v, want %v", c.values, c.p, got, c.want)
		}
	}
	if got := median([]time.Duration{}); !math.IsNaN(got) {
		t.Errorf("median of nothing = %v", got)
	}
	if got := spread([]float64{10, 11, 10.5}); math.Abs(got-0.1) > 1e-9 {
		t.Errorf("spread = %v, want 0.1", got)
	}
}

func TestFormat(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		unit unit
		v    float64
		want string
	}{
		{seconds, 0.0123, "12.3 ms"}, {seconds, 12.34, "12.3 s"}, {byteCount, 1.4e9, "1.40 GB"},
		{byteCount, 999, "999 B"}, {byteRate, 35e6, "35 MB/s"}, {rate, 4321.9, "4322/s"},
		{percent, 0.001, "0.10 %"}, {number, 0.0421, "0.042"}, {seconds, none, "-"},
	} {
		if got := c.unit.format(c.v); got != c.want {
			t.Errorf("format(%v) = %q, want %q", c.v, got, c.want)
		}
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	var b table
	b.add(row{"speed", 80, 100, byteRate, want{atLeast, 0.9, true}, "a (b)"})
	b.alone("time", 0.05, seconds, want{bound: atMost, limit: 0.06}, "a")
	b.alone("nothing", none, seconds, want{bound: atMost, limit: 1}, "a")
	b.alone("any", 1, number, want{}, "a")
	var out strings.Builder
	if err := b.print(&out); err != nil {
		t.Fatal(err)
	}
	want := `what     ours    peer     ratio   wanted    result  command (beside)
speed    80 B/s  100 B/s  0.80 x  >= 0.90 x MISSED  a (b)
time     50 ms   -        -       <= 60 ms  met     a
nothing  -       -        -       <= 1 s    MISSED  a
any      1       -        -       -         -       a
`
	if got := out.String(); strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	list := []byte(`<a class="row" href="abc"><span></span></a><a href="no">x</a><a class="row" href="d?a=1&amp;b=2">`)
	if got := strings.Join(rowLinks(list), " "); got != "abc d?a=1&b=2" {
		t.Errorf("rowLinks = %q", got)
	}
	for page, want := range map[string]string{
		`<iframe class="frame" src="x1" sandbox="">`:               "x1",
		`<video controls preload="metadata" playsinline src="x2">`: "x2",
		`<img src="x3" alt="">`:                                    "x3",
		`<article class="prose"><img src="x4"></article>`:          "self",
		`<p>nothing</p>`: "",
	} {
		if got, ok := contentLink([]byte(page), "self"); got != want || ok != (want != "") {
			t.Errorf("contentLink(%q) = %q, %v", page, got, ok)
		}
	}
}

// The bundle has text in a frame and a half, and films in blocks of their own.
var small = made{pages: 700, pageSize: 4500, films: 2, filmSize: 600_000}

func makeSmall(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "small.zip")
	if _, err := bundle.Create(t.Context(), name, small, bundle.Options{}); err != nil {
		t.Fatal(err)
	}
	return name
}

// fixed are items by path.
type fixed map[string]string

func (f fixed) Items() iter.Seq2[bundle.Item, error] {
	return func(yield func(bundle.Item, error) bool) {
		for _, p := range slices.Sorted(maps.Keys(f)) {
			it := bundle.Item{Path: p, Kind: bundle.KindResource, Type: "image/jpeg", Size: int64(len(f[p]))}
			if !yield(it, nil) {
				return
			}
		}
	}
}

func (f fixed) Open(path string) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(f[path])), nil
}

func TestPreviewSize(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "previews.zip")
	source := fixed{
		"a.png": "no preview at all",
		bundle.PreviewPath(bundle.PreviewSmall, "a.png"):    "twelve bytes",
		bundle.PreviewPath(bundle.PreviewSmall, "de/a.png"): "twelve bytes",
		bundle.PreviewPath(bundle.PreviewSmall, "fa/a.png"): "other twelve",
		bundle.PreviewPath(bundle.PreviewLarge, "a.png"):    "as many as 21 of them",
	}
	if _, err := bundle.Create(t.Context(), name, source, bundle.Options{}); err != nil {
		t.Fatal(err)
	}
	if got, err := previewSize(name); got != 12+12+21 || err != nil {
		t.Errorf("previewSize = %d, %v; want 45", got, err)
	}
}

func TestMade(t *testing.T) {
	t.Parallel()
	for it, err := range small.Items() {
		if err != nil {
			t.Fatal(err)
		}
		r, err := small.Open(it.Path)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil || int64(len(data)) != it.Size {
			t.Fatalf("%q: %d bytes of %d, %v", it.Path, len(data), it.Size, err)
		}
	}
	if !bytes.Equal(article(5, 2000), article(5, 2000)) || bytes.Equal(article(5, 2000), article(6, 2000)) {
		t.Error("articles are not made by their number alone")
	}
}

// TestLayout compares the blocks that the loop hashes with the bundle's index, which has
// the hash of each.
func TestLayout(t *testing.T) {
	t.Parallel()
	name := makeSmall(t)
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	files, err := layout(f)
	if err != nil {
		t.Fatal(err)
	}
	report, err := bundle.Verify(t.Context(), name, bundle.VerifyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	blocks, size := int64(0), int64(0)
	for _, s := range files[2 : len(files)-1] { // without MANIFEST, index and MEMBERS
		blocks += int64(len(s.blocks))
		size += s.size
	}
	if blocks != report.Blocks || size != report.Bytes {
		t.Errorf("%d blocks of %d bytes, and verify has %d of %d", blocks, size, report.Blocks, report.Bytes)
	}
	for _, deep := range []bool{false, true} {
		if err := loop(name, deep); err != nil {
			t.Errorf("loop(deep: %v): %v", deep, err)
		}
	}
}

func TestLoopKeepsHashes(t *testing.T) {
	t.Parallel()
	f, err := os.Open(makeSmall(t))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	l := &looper{f: f}
	var buf []byte
	data := bytes.Clone(l.read(stretch{0, 1000}, &buf))
	l.block(stretch{0, 1000}, &buf)
	if l.last != sha256.Sum256(data) || l.err != nil {
		t.Errorf("another hash, or %v", l.err)
	}
	l.read(stretch{1 << 40, 1}, &buf)
	if l.err == nil {
		t.Error("reading beyond the end went well")
	}
}

func TestFrameLength(t *testing.T) {
	t.Parallel()
	head := binary.LittleEndian.AppendUint32(nil, 0xFD2FB528)
	// one segment of one byte's size; a block of 3 raw bytes; a run; a checksum
	frame := append(head, 0x24, 5, 3<<3, 0, 0, 'a', 'b', 'c', 2<<3|1<<1|1, 0, 0, 'd', 1, 2, 3, 4)
	got, err := frameLength(bytes.NewReader(append(frame, 9, 9)), 0)
	if err != nil || got != int64(len(frame)) {
		t.Errorf("frameLength = %d, %v; want %d", got, err, len(frame))
	}
	if _, err := frameLength(bytes.NewReader([]byte("no frame")), 0); err != errFrame {
		t.Errorf("no frame: %v", err)
	}
}

func TestCost(t *testing.T) {
	t.Parallel()
	name := makeSmall(t)
	for seed := range uint64(3) {
		read, allocated, err := cost(name, seed)
		if err != nil || read == 0 || allocated == 0 {
			t.Errorf("cost = %d, %d, %v", read, allocated, err)
		}
	}
	index, err := indexSize(name)
	if err != nil || index == 0 {
		t.Errorf("indexSize = %d, %v", index, err)
	}
}
