package bundle

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"satchel/bundle/sign"
)

// The vectors lie in testdata/vectors, for other readers, too: README.md there says
// how they are to be read. cases.json is written by hand; -vectors writes the rest.
const vectorDir = "testdata/vectors"

var writeVectors = flag.Bool("vectors", false, "write "+vectorDir+" anew")

// A vectorCase is a bundle, what becomes of it, and what a reader has to say.
type vectorCase struct {
	Name    string
	Base    string // "good.zip", "folder", "parts", "empty.zip", "sections.zip", "search.zip"
	Edits   []vectorEdit
	Pinned  bool // the reader knows the first key
	Verdict string
	Reason  string
	Marked  bool
	Lost    []string // items that cannot be read, ascending
	Refused bool     // nothing of it is shown
}

// A vectorEdit changes one file: of a folder or of parts, or the ZIP itself.
type vectorEdit struct {
	File string // empty for the ZIP
	Op   string // flip, write, cut, append, insert, remove, rename, create
	At   int    // flip: in bits; write, insert, cut: in bytes
	Hex  string // write, append, insert, create
	Text string // the same, as text
	From string // append: a file beside cases.json
	To   string // rename
}

// A vectorItem is an item of good.zip.
type vectorItem struct {
	Path, Kind, Type, Title, Language, Date string
	Size                                    int64
	SHA256                                  string
}

// vectorSource is small, and has content of every kind of place: in frames, stored,
// alone, empty, twice.
func vectorSource() memory {
	lines := func(what string, n int) []byte {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			fmt.Fprintf(&b, "%s, line %d.\n", what, i)
		}
		return []byte(b.String()[:n])
	}
	page := func(title, language, date, text string) thing {
		return thing{Item{Kind: KindPage, Type: "text/html; charset=utf-8", Title: title, Language: language, Date: date},
			[]byte("<!DOCTYPE html><title>" + title + "</title><p>" + text + "\n")}
	}
	return memory{
		"index.html":           page("Home", "en", "", "Three pages, pictures and a film."),
		"health/water.ko.html": page("깨끗한 물", "ko", "2024-05-01", "물을 끓이세요."),
		"health/water.fa.html": page("آب پاک", "fa", "2025-01", "آب را بجوشانید."),
		"health/again.html":    page("깨끗한 물", "ko", "2024-05-01", "물을 끓이세요."),
		"notes/long.txt": {Item{Kind: KindText, Type: "text/plain; charset=utf-8", Title: "Long", Date: "2023"},
			lines("A text", 40_000)},
		"notes/empty.txt": {Item{Kind: KindText, Type: "text/plain; charset=utf-8", Title: "Empty"}, nil},
		"pictures/a.png":  {Item{Kind: KindPicture, Type: "image/png", Title: "A"}, lines("Not really a picture", 900)},
		"pictures/b.png":  {Item{Kind: KindPicture, Type: "image/png", Title: "B"}, lines("Another", 1_500)},
		"film.mp4": {Item{Kind: KindVideo, Type: "video/mp4", Title: "Film", Language: "zh-CN"},
			lines("A second of film", 300_000)},
	}
}

func vectorOptions(t testing.TB, layout Layout) Options {
	return Options{
		Layout: layout, Title: "Vectors", Language: "en", Date: "2025-03", Series: "vectors", Issue: 7,
		Signers: []sign.PrivateKey{testKey(t, 1), testKey(t, 2)},
	}
}

// TestVectors: what is in testdata is what the writer writes, and the reader says of
// each case what has to be said.
func TestVectors(t *testing.T) {
	t.Parallel()
	if *writeVectors {
		if err := os.CopyFS(vectorDir, os.DirFS(makeVectors(t))); err != nil {
			t.Fatal(err)
		}
	}
	made := makeVectors(t)
	err := fs.WalkDir(os.DirFS(made), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !bytes.Equal(read(t, filepath.Join(made, name)), read(t, filepath.Join(vectorDir, name))) {
			t.Errorf("%s is not what is written now", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var cases []vectorCase
	if err := json.Unmarshal(read(t, filepath.Join(vectorDir, "cases.json")), &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatal("no cases")
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			c.check(t)
		})
	}
}

// makeVectors writes all files of the vectors but those written by hand.
func makeVectors(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	put := func(name string, data []byte) {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		write(t, file, data)
	}
	whole := read(t, create(t, vectorSource(), vectorOptions(t, LayoutZIP)))
	put("good.zip", whole)
	put("sections.zip", read(t, create(t, vectorSource(), vectorSections(t))))
	put("sections.json", vectorAbout(t, filepath.Join(dir, "sections.zip")))
	put("search.zip", read(t, createSearchable(t, vectorSource(), vectorOptions(t, LayoutZIP))))
	put("empty.zip", read(t, create(t, memory{}, vectorOptions(t, LayoutZIP))))
	const part = 150_000 // smaller than we write: a reader takes any size
	for i := 0; i*part < len(whole); i++ {
		put(fmt.Sprintf("parts/good.%03d", i+1), whole[i*part:min((i+1)*part, len(whole))])
	}
	folder := create(t, vectorSource(), vectorOptions(t, LayoutFolder))
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		put("folder/"+e.Name(), read(t, filepath.Join(folder, e.Name())))
	}
	put("first.pub", fmt.Appendf(nil, "untrusted comment: minisign public key\n%s\n", testKey(t, 1).Public()))
	put("items.json", vectorItems(t))
	return dir
}

func vectorItems(t testing.TB) []byte {
	var items []vectorItem
	src := vectorSource()
	for _, path := range slices.Sorted(maps.Keys(src)) {
		it := src[path]
		items = append(items, vectorItem{path, string(it.Kind), it.Type, it.Title, it.Language, it.Date,
			int64(len(it.data)), fmt.Sprintf("%x", sha256.Sum256(it.data))})
	}
	b, err := json.MarshalIndent(items, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

// vectorSections are the options of sections.zip, which says all that a bundle can say of itself.
func vectorSections(t testing.TB) Options {
	o := vectorOptions(t, LayoutZIP)
	o.Titles = Text{{"ko", "벡터"}, {"fa", "بردارها"}}
	o.Description, o.Publisher = Text{{"", "For other readers."}, {"ko", "다른 독자를 위해."}}, "Example Newsroom"
	o.Sections = []Section{{Name: Text{{"en", "Texts"}, {"ko", "글"}}}, {Name: Text{{"", "Pictures"}}, Cover: "pictures/b.png"},
		{Name: Text{{"", "Empty"}}}}
	o.Place = func(it *Item) (int, string) {
		switch it.Kind {
		case KindPage, KindText:
			return 0, it.Language
		case KindPicture:
			return 1, fmt.Sprintf("%09d", 1_000_000-it.Size)
		}
		return NoSection, ""
	}
	return o
}

// vectorAbout is what sections.zip says of itself and its sections.
func vectorAbout(t testing.TB, name string) []byte {
	type section struct {
		Name  map[string]string
		Cover string
		Paths []string
	}
	spoken := func(text Text) map[string]string {
		m := map[string]string{}
		for _, p := range text {
			m[p.Language] = p.Text
		}
		return m
	}
	r := open(t, name)
	a, err := r.About()
	sections, err2 := r.Sections()
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	list := []section{}
	for n, s := range sections {
		entries, _, err := r.SectionItems(n, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		paths := []string{}
		for _, e := range entries {
			paths = append(paths, e.Path)
		}
		list = append(list, section{spoken(s.Name), s.Cover, paths})
	}
	b, err := json.MarshalIndent(map[string]any{"Titles": spoken(a.Titles), "Description": spoken(a.Description),
		"Publisher": a.Publisher, "Sections": list}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

// check makes the case and compares what the reader says.
func (c *vectorCase) check(t *testing.T) {
	name := c.lay(t)
	var pins []sign.Pin
	if c.Pinned {
		pins = []sign.Pin{pin(t, testKey(t, 1).Public())}
	}
	report, err := Verify(context.Background(), name, VerifyOptions{Deep: true, Pins: pins})
	if err != nil {
		report = &Report{Verdict: "no bundle"}
		var v *VerdictError
		if errors.As(err, &v) {
			report = &Report{Verdict: v.Verdict, Reason: v.Reason}
		}
	}
	lost := append(slices.Clone(report.Damaged), report.Missing...)
	slices.Sort(lost)
	if string(report.Verdict) != c.Verdict || report.Reason != c.Reason || report.Marked != c.Marked || !slices.Equal(lost, c.Lost) {
		t.Errorf("%s %q marked %v, lost %q; want %s %q %v %q", report.Verdict, report.Reason, report.Marked, lost,
			c.Verdict, c.Reason, c.Marked, c.Lost)
	}
	r, err := Open(name)
	if (err != nil) != c.Refused {
		t.Fatalf("Open: %v; refused is %v", err, c.Refused)
	}
	if err != nil {
		return
	}
	defer r.Close()
	for path, want := range vectorSource() {
		got, err := fs.ReadFile(r, path)
		if r.Len() > 0 && (err != nil) != slices.Contains(c.Lost, path) {
			t.Errorf("%s: %v", path, err)
		}
		if err == nil && !bytes.Equal(got, want.data) {
			t.Errorf("%s: wrong bytes", path)
		}
	}
}

// lay copies the base of a case and changes it.
func (c *vectorCase) lay(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(vectorDir)); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, c.Base)
	for _, e := range c.Edits {
		e.apply(t, filepath.Join(name, e.File))
	}
	if c.Base == "parts" {
		name = filepath.Join(name, "good.001")
	}
	return name
}

func (e *vectorEdit) apply(t *testing.T, file string) {
	t.Helper()
	put, err := hex.DecodeString(e.Hex)
	put = append(put, e.Text...)
	if e.From != "" {
		put = read(t, filepath.Join(vectorDir, e.From))
	}
	switch e.Op {
	case "remove":
		err = os.Remove(file)
	case "rename":
		err = os.Rename(file, filepath.Join(filepath.Dir(file), e.To))
	case "create":
		write(t, file, put)
	case "flip":
		data := read(t, file)
		data[e.At/8] ^= 1 << (e.At % 8)
		write(t, file, data)
	case "write":
		data := read(t, file)
		copy(data[e.At:], put)
		write(t, file, data)
	case "cut":
		write(t, file, read(t, file)[:e.At])
	case "append":
		write(t, file, append(read(t, file), put...))
	case "insert":
		write(t, file, slices.Insert(read(t, file), e.At, put...))
	default:
		t.Fatalf("no such edit: %q", e.Op)
	}
	if err != nil {
		t.Fatal(err)
	}
}
