package ingest

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"satchel/bundle"
	"satchel/bundle/ingest/cache"
	"satchel/bundle/ingest/scrub"
)

// age makes files look as if they had been there for long: only then their times tell of changes.
func age(t *testing.T, dir string, by time.Duration) {
	t.Helper()
	when := time.Now().Add(-by)
	err := filepath.WalkDir(dir, func(name string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chtimes(name, when, when)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestJournal: a second scan finds the same, without looking; a change of any file, of names or options is
// seen.
func TestJournal(t *testing.T) {
	t.Parallel()
	dir := lay(t, map[string]string{
		"a/photo.jpg": photo(t, 1), "a/x.html": "<!-- saved --><title>t</title><p>text<img src=gone.png>", "b/.hidden": "x",
		"b/y.md": "# y\n\n[out](https://example.org/)\n",
	})
	age(t, dir, time.Hour)
	time.Sleep(cache.Tick) // no call sets the time of change
	c := openCache(t, t.TempDir())
	scan := func(o Options) (result, *Folder) {
		o.Cache = c
		f := open(t, o, dir)
		return scanAll(t, f), f
	}
	first, before := scan(Options{})
	if n := before.openJournal().chunks(); n != 1 {
		t.Fatalf("%d chunks", n)
	}
	again, after := scan(Options{})
	if !reflect.DeepEqual(first, again) || !reflect.DeepEqual(before.Report("", 0), after.Report("", 0)) ||
		!reflect.DeepEqual(before.LeftOut(), after.LeftOut()) {
		t.Errorf("first %+v\nthen %+v", first, again)
	}
	if n := open(t, Options{Cache: c, DropBylines: true}, dir).openJournal().chunks(); n != 0 {
		t.Error("other options have the same journal")
	}
	put(t, dir, map[string]string{"a/x.html": "<title>u</title><p>text"})
	age(t, dir, time.Hour) // as one does who wants to hide it
	if changed, _ := scan(Options{}); reflect.DeepEqual(first, changed) {
		t.Error("a file changed, and nobody saw it")
	}
}

// TestJournalTooYoung: a file may change again within the same tick of the clock.
func TestJournalTooYoung(t *testing.T) {
	t.Parallel()
	f := open(t, Options{Cache: openCache(t, t.TempDir())}, lay(t, map[string]string{"a.txt": "x"}))
	scanAll(t, f)
	if f.openJournal() != nil {
		t.Error("there is a journal of files that were just written")
	}
}

// TestNotes: all that a scan finds of a file is in its note, but for contents, which are made again.
func TestNotes(t *testing.T) {
	t.Parallel()
	sum := [32]byte{1}
	found := finding{
		verdict: refused, item: bundle.Item{Path: "a", Sum: &sum}, reason: "r", final: true, broken: true, mark: mark{1},
		charset: "c", extras: []extra{{item: bundle.Item{Path: "b"}}}, removed: []scrub.Removal{{What: "w", Bytes: 1}},
		size: 1, missing: []string{"m"}, external: []string{"e"}, sparse: true,
	}
	v := reflect.ValueOf(found)
	for i := range v.NumField() {
		switch name := v.Type().Field(i).Name; name {
		case "product", "pixels", "peek": // contents, and what only judges ask
		default:
			if v.Field(i).IsZero() {
				t.Errorf("this test leaves out %s", name)
			}
		}
	}
	f := open(t, Options{Cache: openCache(t, t.TempDir())}, t.TempDir())
	j := &journal{cache: f.options.Cache}
	j.add(f, &job{in: f.inputs[0], rel: "a", finding: found})
	j.close(f)
	for x, err := range j.jobs(f, 1) {
		if err != nil || x.rel != "a" || !reflect.DeepEqual(x.finding, found) {
			t.Errorf("%v\n got %+v\nwant %+v", err, x.finding, found)
		}
	}
}

// TestDamagedJournal: one that lost a piece is none.
func TestDamagedJournal(t *testing.T) {
	t.Parallel()
	f := open(t, Options{Cache: openCache(t, t.TempDir())}, t.TempDir())
	j := &journal{cache: f.options.Cache}
	for range chunk + 1 {
		j.add(f, &job{in: f.inputs[0], rel: "a"})
	}
	j.close(f)
	if n := j.chunks(); n != 2 {
		t.Fatalf("%d chunks", n)
	}
	j.cache.Put(j.chunkKey(1), nil)
	var all []error
	for _, err := range j.jobs(f, 2) {
		all = append(all, err)
	}
	if err := all[len(all)-1]; err != errForgotten {
		t.Errorf("a broken piece: %v", err)
	}
}
