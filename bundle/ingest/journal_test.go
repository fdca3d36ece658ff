package ingest

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"satchel/bundle/ingest/cache"
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
