package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"satchel/bundle/sign"
)

// A memory is a Source of things at hand.
type memory map[string]thing

type thing struct {
	Item
	data []byte
}

func (m memory) Items() iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for path, t := range m {
			it := t.Item
			it.Path, it.Size = path, int64(len(t.data))
			if !yield(it, nil) {
				return
			}
		}
	}
}

func (m memory) Open(path string) (io.ReadCloser, error) {
	t, ok := m[path]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return io.NopCloser(bytes.NewReader(t.data)), nil
}

// sample has every kind of place that content can lie in.
func sample() memory {
	noise := func(seed uint64, n int) []byte {
		rng := rand.New(rand.NewPCG(seed, 0))
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		return b
	}
	page := func(title, lang, date, body string) thing {
		return thing{Item{Kind: KindPage, Type: "text/html; charset=utf-8", Title: title, Language: lang, Date: date},
			[]byte("<title>" + title + "</title>" + body)}
	}
	picture := func(n int) thing {
		return thing{Item{Kind: KindPicture, Type: "image/png", Title: "picture"}, noise(uint64(n), n)}
	}
	m := memory{
		"index.html":           page("Home", "en", "", "hello"),
		"health/water.ko.html": page("물", "ko", "2024-05-01", strings.Repeat("깨끗한 물 ", 300)),
		"health/water.fa.html": page("آب", "fa", "2025-01", strings.Repeat("آب پاک ", 300)),
		"health/copy.html":     page("물", "ko", "2024-05-01", strings.Repeat("깨끗한 물 ", 300)),
		"health/empty.txt":     {Item{Kind: KindText, Type: "text/plain; charset=utf-8", Title: "empty"}, nil},
		"건강/응급.html":           page("응급", "ko", "2023", "119"),
		"big/log.txt":          {Item{Kind: KindText, Type: "text/plain; charset=utf-8"}, noise(7, 5<<20)},
		"pictures/a.png":       picture(1000),
		"pictures/b.png":       picture(storedBlock * 2),
		"pictures/large.png":   picture(ownOther + 17),
		"film.mp4":             {Item{Kind: KindVideo, Type: "video/mp4", Title: "Film"}, noise(9, ownMedia*3)},
		"film2.mp4":            {Item{Kind: KindVideo, Type: "video/mp4", Title: "Same"}, noise(9, ownMedia*3)},
		"talk.mp3":             {Item{Kind: KindSound, Type: "audio/mpeg"}, noise(11, 5000)},
		"none.bin":             {Item{Kind: KindFile, Type: "application/octet-stream"}, nil},
	}
	for i := range 120 {
		m[fmt.Sprintf("many/dir%d/page%03d.html", i%7, i)] = page(fmt.Sprint("Page ", i), "en", "", fmt.Sprint("page ", i))
	}
	return m
}

func testKey(t testing.TB, seed byte) sign.PrivateKey {
	t.Helper()
	k, err := sign.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{seed, 3, 1}, 200)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func create(t testing.TB, src Source, o Options) string {
	t.Helper()
	o.NoSearch = true
	return createSearchable(t, src, o)
}

// createSearchable is create with a search index.
func createSearchable(t testing.TB, src Source, o Options) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "x.zip")
	if o.Layout == LayoutFolder {
		name = strings.TrimSuffix(name, ".zip")
	}
	sum, err := Create(context.Background(), name, src, o)
	if err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(name), ".satchel-*"))
	if err != nil || len(left) > 0 {
		t.Fatalf("left behind: %q, %v", left, err)
	}
	if o.Layout == LayoutParts {
		return sum.Files[0]
	}
	return name
}

func open(t testing.TB, name string) *Reader {
	t.Helper()
	r, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func verify(t testing.TB, name string, pins ...sign.Pin) *Report {
	t.Helper()
	report, err := Verify(context.Background(), name, VerifyOptions{Deep: true, Pins: pins})
	if err != nil {
		t.Fatal(err)
	}
	shallow, err := Verify(context.Background(), name, VerifyOptions{Pins: pins})
	if err != nil || shallow.Verdict != report.Verdict {
		t.Fatalf("shallow: %+v, %v; deep: %+v", shallow, err, report)
	}
	return report
}

func pin(t testing.TB, k sign.PublicKey) sign.Pin {
	t.Helper()
	p, err := sign.ParsePin(k.Fingerprint().String())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	src := sample()
	key := testKey(t, 1)
	for _, layout := range []Layout{LayoutZIP, LayoutFolder, LayoutParts} {
		t.Run(string(layout), func(t *testing.T) {
			t.Parallel()
			name := create(t, src, Options{
				Layout: layout, PartSize: 1 << 20, Signers: []sign.PrivateKey{key},
				Title: "Sample", Series: "weekly", Issue: 41,
			})
			r := open(t, name)
			if r.Info().Layout != layout || r.Len() != int64(len(src)) {
				t.Errorf("%s with %d items, want %d", r.Info().Layout, r.Len(), len(src))
			}
			for path, want := range src {
				got, err := fs.ReadFile(r, path)
				if err != nil || !bytes.Equal(got, want.data) {
					t.Errorf("%q: %d bytes, %v; want %d", path, len(got), err, len(want.data))
				}
			}
			report := verify(t, name, pin(t, key.Public()))
			if report.Verdict != Trusted || report.Marked || len(report.Extra) > 0 {
				t.Errorf("report %+v", report)
			}
			if v := verify(t, name).Verdict; v != Unknown {
				t.Errorf("without a pin: %s", v)
			}
		})
	}
}

func TestFS(t *testing.T) {
	t.Parallel()
	src := sample() // without what is too long to be read byte by byte
	maps.DeleteFunc(src, func(_ string, t thing) bool { return len(t.data) > storedBlock })
	src["two-blocks.png"] = thing{Item{Kind: KindPicture, Type: "image/png"}, make([]byte, storedBlock+9)}
	r := open(t, create(t, src, Options{}))
	if err := fstest.TestFS(r, slices.Sorted(maps.Keys(src))...); err != nil {
		t.Error(err)
	}
}

func TestDeterministic(t *testing.T) {
	t.Parallel()
	one, err := os.ReadFile(create(t, sample(), Options{Workers: 1}))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		other, err := os.ReadFile(create(t, sample(), Options{Workers: 4}))
		if err != nil || !bytes.Equal(one, other) {
			t.Fatalf("%d bytes, then %d, %v", len(one), len(other), err)
		}
	}
}

func TestConvert(t *testing.T) {
	t.Parallel()
	name := create(t, sample(), Options{Signers: []sign.PrivateKey{testKey(t, 1), testKey(t, 2)}})
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, layout := range []Layout{LayoutFolder, LayoutParts, LayoutZIP, LayoutFolder, LayoutZIP} {
		out := filepath.Join(t.TempDir(), "out")
		files, err := Convert(context.Background(), open(t, name), out, ConvertOptions{Layout: layout, PartSize: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		name = files[0]
	}
	got, err := os.ReadFile(name)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("after five conversions: %d bytes, %v; want the same %d", len(got), err, len(want))
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	src := sample()
	r := open(t, create(t, src, Options{}))
	for _, f := range []Filter{
		{}, {Languages: []string{"ko"}}, {Folder: "many"}, {Folder: "many/dir3"}, {Kinds: []Kind{KindPicture, KindVideo}},
		{Kinds: []Kind{KindPage}, Languages: []string{"en"}, Folder: "many/dir1"}, {Languages: []string{"xx"}},
		{Languages: []string{"ko", "en", "xx"}}, {Folder: "nowhere"},
	} {
		var got, want []string
		from, more := uint32(0), true
		for more {
			var entries []Entry
			var err error
			entries, from, more, err = r.List(f, from, 7)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				got = append(got, e.Path)
			}
		}
		for path, item := range src {
			if (f.Languages == nil || slices.Contains(f.Languages, item.Language)) &&
				(f.Folder == "" || strings.HasPrefix(path, f.Folder+"/")) &&
				(f.Kinds == nil || slices.Contains(f.Kinds, item.Kind)) {
				want = append(want, path)
			}
		}
		slices.SortFunc(want, func(a, b string) int {
			x, y := src[a], src[b]
			x.Path, y.Path = a, b
			return bytes.Compare(orderKey(&x.Item), orderKey(&y.Item))
		})
		if !slices.Equal(got, want) {
			t.Errorf("%+v: got %q, want %q", f, got, want)
		}
		if n, err := r.Count(f); n >= 0 && (n != int64(len(want)) && !errors.Is(err, fs.ErrNotExist)) {
			t.Errorf("%+v: count %d, %v, want %d", f, n, err, len(want))
		}
	}
	entries, _, _, err := r.List(Filter{}, 0, 1)
	if err != nil || entries[0].Path != "health/water.fa.html" {
		t.Errorf("first: %+v, %v; want the newest", entries, err)
	}
	folders, more, err := r.Folders("many", "many/dir2", 2)
	if err != nil || !more || len(folders) != 2 || folders[0].Name != "many/dir3" || folders[0].Items != 17 {
		t.Errorf("folders %+v, %v, %v", folders, more, err)
	}
}

func TestC05Collisions(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"A.txt", "a.txt"}, {"İ", "i"}, {"straße", "STRASSE"}, {"é", "e\u0301"}, {"Docs/a", "docs/b"},
		{"a", "a/b"}, {"می\u200cخواهم", "میخواهم"},
	} {
		src := memory{}
		for _, p := range pair {
			src[p] = thing{Item{Kind: KindText, Type: "text/plain"}, []byte(p)}
		}
		name := filepath.Join(t.TempDir(), "x.zip")
		if _, err := Create(context.Background(), name, src, Options{}); !errors.Is(err, ErrCollision) {
			t.Errorf("%q: %v, want ErrCollision", pair, err)
		}
		if left, _ := os.ReadDir(filepath.Dir(name)); len(left) > 0 {
			t.Errorf("%q: %v left behind", pair, left)
		}
	}
}

func TestC18Empty(t *testing.T) {
	t.Parallel()
	for _, src := range []memory{{}, {"a.txt": {Item{Kind: KindText, Type: "text/plain"}, nil}},
		{"a.png": {Item{Kind: KindPicture, Type: "image/png"}, nil}},
		{"a.txt": {Item{Kind: KindText, Type: "text/plain"}, make([]byte, frameSize)},
			"b.txt": {Item{Kind: KindText, Type: "text/plain"}, nil}},
		{"a.mp4": {Item{Kind: KindVideo, Type: "video/mp4"}, make([]byte, 4*storedBlock)}},
	} {
		name := create(t, src, Options{Signers: []sign.PrivateKey{testKey(t, 1)}})
		if v := verify(t, name); v.Verdict != Unknown || v.Marked {
			t.Errorf("%d items: %+v", len(src), v)
		}
		for path, want := range src {
			got, err := fs.ReadFile(open(t, name), path)
			if err != nil || !bytes.Equal(got, want.data) {
				t.Errorf("%q: %d bytes, %v", path, len(got), err)
			}
		}
	}
}

// TestG15MarkedForOne: a mark that is not in any item is found, too.
func TestG15MarkedForOne(t *testing.T) {
	t.Parallel()
	key := testKey(t, 1)
	o := Options{Title: "News", Series: "weekly", Issue: 4, Signers: []sign.PrivateKey{key}, Layout: LayoutFolder}
	mine := create(t, sample(), o)
	for what, c := range map[string]struct {
		change func(o *Options)
		want   []Difference
	}{
		"nothing": {func(*Options) {}, nil},
		"title":   {func(o *Options) { o.Title = "News " }, []Difference{{"title", BundleDiffers}}},
		"issue":   {func(o *Options) { o.Issue = 5 }, []Difference{{"issue", BundleDiffers}}},
		"signer": {func(o *Options) { o.Signers = append(slices.Clone(o.Signers), testKey(t, 2)) },
			[]Difference{{"keys", BundleDiffers}}},
	} {
		other := o
		c.change(&other)
		wantDifferences(t, what, mine, create(t, sample(), other), c.want)
	}
	signedAgain := create(t, sample(), o)
	if _, _, err := Sign(signedAgain, testKey(t, 3)); err != nil {
		t.Fatal(err)
	}
	wantDifferences(t, "a signature more", mine, signedAgain,
		[]Difference{{signatureFor(testKey(t, 3).Public()), SignatureDiffers}})
}

func wantDifferences(t *testing.T, what, a, b string, want []Difference) {
	t.Helper()
	var got []Difference
	same, err := Compare(context.Background(), open(t, a), open(t, b), func(d Difference) error {
		got = append(got, d)
		return nil
	})
	if err != nil || same != (len(want) == 0) || !slices.Equal(got, want) {
		t.Errorf("%s: same is %v, %v: %q, want %q", what, same, err, got, want)
	}
}
