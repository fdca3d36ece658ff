package ingest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"satchel/bundle"
	"satchel/bundle/ingest/collection"
)

// lay writes files, by slash path, into a new folder and returns it.
func lay(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	put(t, dir, files)
	return dir
}

func put(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func open(t *testing.T, o Options, dirs ...string) *Folder {
	t.Helper()
	f, err := Folders(dirs, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// result is a scan as the tests compare it.
type result struct {
	items   []bundle.Item
	refused map[string]string
	left    map[string]string
	nothing bool
}

func (r result) paths() []string {
	var list []string
	for _, it := range r.items {
		list = append(list, it.Path)
	}
	return list
}

func scanAll(t *testing.T, f *Folder) result {
	t.Helper()
	r := result{refused: map[string]string{}, left: map[string]string{}}
	for item, err := range f.Items() {
		var re *RefusedError
		switch {
		case err == nil:
			if item.Sum != nil {
				content, err := f.Open(item.Path)
				if err != nil {
					t.Fatal(err)
				}
				data, err := io.ReadAll(content)
				if err := errors.Join(err, content.Close()); err != nil || sha256.Sum256(data) != *item.Sum {
					t.Errorf("%q: another hash than that of its content, %v", item.Path, err)
				}
				item.Sum = nil
			}
			r.items = append(r.items, item)
		case errors.As(err, &re):
			for _, x := range re.Files {
				r.refused[x.Path] = x.Reason
			}
		case errors.Is(err, ErrNothing):
			r.nothing = true
		default:
			t.Fatal(err)
		}
	}
	for _, l := range f.LeftOut() {
		r.left[l.Path] = l.Reason
	}
	return r
}

func keys(m map[string]string) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}

func wantPaths(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

func TestItemsAndOpen(t *testing.T) {
	t.Parallel()
	dir := lay(t, map[string]string{"a/page.html": "<title>Water</title><p>boil it", "note.txt": "hi"})
	f := open(t, Options{HTML: collection.Site}, dir)
	r := scanAll(t, f)
	want := []bundle.Item{
		{Path: "a/page.html", Kind: bundle.KindPage, Type: "text/html; charset=utf-8", Title: "Water",
			Language: "en", Size: 30},
		{Path: "note.txt", Kind: bundle.KindText, Type: "text/plain; charset=utf-8", Title: "note", Size: 2, Words: 1},
	}
	if !slices.Equal(r.items, want) {
		t.Errorf("items:\n got %+v\nwant %+v", r.items, want)
	}
	c, err := f.Open("a/page.html")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if b, err := io.ReadAll(c); err != nil || string(b) != "<title>Water</title><p>boil it" {
		t.Errorf("content %q, %v", b, err)
	}
}

// The order is that of the whole paths: "a-b" and "a.txt" come before "a/x", though
// the folder "a" alone would come first.
func TestOrderIsThatOfThePaths(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for _, p := range []string{"a/x.txt", "a.txt", "a-b.txt", "a0.txt", "B.txt", "é.txt", "a/b/c.txt"} {
		files[p] = "text"
	}
	got := scanAll(t, open(t, Options{}, lay(t, files))).paths()
	if !slices.IsSorted(got) || len(got) != len(files) {
		t.Errorf("not in byte order: %q", got)
	}
}

func TestSeveralFolders(t *testing.T) {
	t.Parallel()
	dir := lay(t, map[string]string{"two/a.txt": "2", "one/a.txt": "1", "other/one/b.txt": "3"})
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	r := scanAll(t, open(t, Options{}, two, one+string(filepath.Separator)))
	wantPaths(t, "paths", r.paths(), "one/a.txt", "two/a.txt")

	f := open(t, Options{}, one, two)
	c, err := f.Open("two/a.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if b, _ := io.ReadAll(c); string(b) != "2" {
		t.Errorf("two/a.txt holds %q", b)
	}
	if _, err := f.Open("three/a.txt"); err == nil {
		t.Error("opened a path in no folder")
	}
	if _, err := Folders([]string{one, filepath.Join(dir, "other", "one")}, Options{}); err == nil {
		t.Error("two folders of one name were accepted")
	}
}

func TestFoldersErrors(t *testing.T) {
	t.Parallel()
	dir := lay(t, map[string]string{"f.txt": "x"})
	for _, dirs := range [][]string{
		nil, {filepath.Join(dir, "none")}, {filepath.Join(dir, "f.txt")}, {dir, string(filepath.Separator)},
	} {
		if f, err := Folders(dirs, Options{}); err == nil {
			f.Close()
			t.Errorf("Folders(%q) succeeded", dirs)
		}
	}
}

func TestEmptyFolder(t *testing.T) {
	t.Parallel()
	r := scanAll(t, open(t, Options{}, t.TempDir()))
	if len(r.items)+len(r.left)+len(r.refused) != 0 || !r.nothing {
		t.Errorf("found %+v", r)
	}
}

// TestNeverPacked: what the curator signs with is not packed under any name.
func TestNeverPacked(t *testing.T) {
	t.Parallel()
	dir := lay(t, map[string]string{"a.txt": "x", "notes.txt": "hunter2", ".hidden": "hunter3"})
	f := open(t, Options{Never: []string{filepath.Join(dir, "notes.txt"), filepath.Join(dir, ".hidden"), "nowhere"}}, dir)
	wantPaths(t, "refused", keys(scanAll(t, f).refused), ".hidden", "notes.txt")
}

// TestC05CollisionsAreRefused: names that differ in case only come with all else that is
// refused, unless one of the two is not packed.
func TestC05CollisionsAreRefused(t *testing.T) {
	t.Parallel()
	dir := lay(t, map[string]string{
		"Page.html": "<p>1", "page.html": "<p>2", "x/a.html": "<p>3", "X/b.html": "<p>4",
		"Site.js": "1", "site.js": "2", "setup.exe": "MZ", "straße.txt": "5", "STRASSE.txt": "6",
	})
	if entries, err := os.ReadDir(dir); err != nil || len(entries) < 9 {
		t.Skip("this file system tells no case apart")
	}
	r := scanAll(t, open(t, Options{}, dir))
	wantPaths(t, "refused", keys(r.refused), "page.html", "setup.exe", "straße.txt", "x/")
	wantPaths(t, "left out", keys(r.left), "Site.js", "site.js")
}

// TestE11SameItemsAnyWorkers: neither the number of workers nor times nor modes of
// files change what is yielded.
func TestE11SameItemsAnyWorkers(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for i := range 600 {
		files[fmt.Sprintf("d%02d/p%03d.html", i%7, i)] = fmt.Sprintf("<title>page %d</title>", i)
		files[fmt.Sprintf("d%02d/p%03d.xyz", i%7, i)] = "\x00\x01\x02\x03"
	}
	dir := lay(t, files)
	first := scanWith(t, dir, 1)
	for name := range files {
		old := time.Unix(1_000_000_000, 0)
		if err := os.Chtimes(filepath.Join(dir, filepath.FromSlash(name)), old, old); err != nil {
			t.Fatal(err)
		}
	}
	for _, workers := range []int{2, 9} {
		if got := scanWith(t, dir, workers); !reflect.DeepEqual(got, first) {
			t.Errorf("%d workers find something else than one", workers)
		}
	}
	if len(first.items) != 600 || len(first.left) != 600 {
		t.Errorf("%d items, %d left out", len(first.items), len(first.left))
	}
}

func scanWith(t *testing.T, dir string, workers int) result {
	f := open(t, Options{}, dir)
	f.workers = workers
	return scanAll(t, f)
}

// TestE10NoTraceOfTheMachine: nothing that is reported names the folder's place.
func TestE10NoTraceOfTheMachine(t *testing.T) {
	t.Parallel()
	const canary = "canary-7f31"
	dir := filepath.Join(t.TempDir(), canary)
	put(t, dir, map[string]string{
		"a.txt": "x", "b/c.html": "<p>", "b/d.xyz": "\x00", ".DS_Store": "", "e.key": minisignKey(t), "f.xyz": "\x00",
	})
	f := open(t, Options{}, dir)
	for item, err := range f.Items() {
		if s := fmt.Sprintf("%+v %v", item, err); strings.Contains(s, canary) {
			t.Errorf("the place of the folder shows in %s", s)
		}
	}
	if s := fmt.Sprint(f.LeftOut(), f.report.refused); strings.Contains(s, canary) {
		t.Errorf("the place of the folder shows in %s", s)
	}
	if _, err := f.Open("none.txt"); err == nil || strings.Contains(err.Error(), canary) {
		t.Errorf("opening what is not there: %v", err)
	}
}

func TestStoppingEarlyEndsEverything(t *testing.T) {
	files := map[string]string{}
	for i := range 1200 {
		files[fmt.Sprintf("%04d.txt", i)] = "x"
	}
	f := open(t, Options{}, lay(t, files))
	before := runtime.NumGoroutine()
	for range 5 {
		n := 0
		for range f.Items() {
			if n++; n == 3 {
				break
			}
		}
	}
	// One that has been told to end may still be on its way.
	after := runtime.NumGoroutine()
	for wait := 0; after > before && wait < 500; wait++ {
		time.Sleep(10 * time.Millisecond)
		after = runtime.NumGoroutine()
	}
	if after > before {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
	if n := len(scanAll(t, f).items); n != 1200 {
		t.Errorf("a whole scan afterwards finds %d", n)
	}
}

func TestOutputIsNotPacked(t *testing.T) {
	t.Parallel()
	dir := lay(t, map[string]string{
		"a.txt": "x", "out.zip": "PK\x03\x04old", "out.zip.001": "PK\x03\x04", "out.zip.txt": "kept",
		".satchel-17/spool": "half", "sub/out.zip": "<title>another</title>",
	})
	r := scanAll(t, open(t, Options{Output: filepath.Join(dir, "out.zip")}, dir))
	wantPaths(t, "packed", r.paths(), "a.txt", "out.zip.txt", "sub/out.zip")
	wantPaths(t, "left out", keys(r.left), "out.zip", "out.zip.001")

	r = scanAll(t, open(t, Options{Output: filepath.Join(dir, "sub")}, dir))
	wantPaths(t, "left out", keys(r.left), "sub/")
	r = scanAll(t, open(t, Options{Output: filepath.Join(dir, "..", "out.zip")}, dir))
	if _, ok := r.left["out.zip"]; ok {
		t.Error("an output elsewhere hides a file of the same name")
	}
}

func TestRefusalsAreCollectedAndCapped(t *testing.T) {
	t.Parallel()
	files := map[string]string{"ok.txt": "x"}
	for i := range maxRefused + 50 {
		files[fmt.Sprintf("f%05d.exe", i)] = "x"
	}
	f := open(t, Options{}, lay(t, files))
	var last error
	for _, err := range f.Items() {
		last = err
	}
	var re *RefusedError
	if !errors.As(last, &re) {
		t.Fatalf("error %v", last)
	}
	if len(re.Files) != maxRefused || re.More != 50 || re.Files[0].Path != "f00000.exe" {
		t.Errorf("%d listed, %d more, first %q", len(re.Files), re.More, re.Files[0].Path)
	}
	if !strings.Contains(re.Error(), "1050 files") {
		t.Errorf("message %q", re)
	}
}

func TestWriterAtWork(t *testing.T) {
	t.Parallel()
	dir := lay(t, map[string]string{"a.txt": "one"})
	f := open(t, Options{}, dir)
	if r := scanAll(t, f); r.items[0].Size != 3 {
		t.Fatalf("size %d", r.items[0].Size)
	}
	put(t, dir, map[string]string{"a.txt": "three"})
	if r := scanAll(t, f); r.items[0].Size != 5 {
		t.Errorf("a second scan reports size %d", r.items[0].Size)
	}
}

func TestOpenAfterClose(t *testing.T) {
	t.Parallel()
	f := open(t, Options{}, lay(t, map[string]string{"a.txt": "x"}))
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Open("a.txt"); err == nil {
		t.Error("opened a file of a closed folder")
	}
	if r := scanAll(t, f); len(r.refused) == 0 {
		t.Error("a closed folder scans as an empty one")
	}
}
