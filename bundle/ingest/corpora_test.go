package ingest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"satchel/bundle"
)

// TestCorpora scans the three benchmark corpora in the folder SATCHEL_CORPORA. They
// must pack with no flags, and nothing but a site's scripts may be left out.
func TestCorpora(t *testing.T) {
	dir := os.Getenv("SATCHEL_CORPORA")
	if dir == "" {
		t.Skip("SATCHEL_CORPORA names no folder with the corpora")
	}
	for _, name := range []string{"handbook", "gimp", "jdk"} {
		t.Run(name, func(t *testing.T) { scanCorpus(t, filepath.Join(dir, name)) })
	}
}

func scanCorpus(t *testing.T, dir string) {
	f, err := Folders([]string{dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	began := time.Now()
	kinds, languages, types := map[bundle.Kind]int{}, map[string]int{}, map[string]int{}
	for item, err := range f.Items() {
		if err != nil {
			t.Fatalf("scan: %v", err)
		}
		kinds[item.Kind]++
		languages[item.Language]++
		types[item.Type]++
		if item.Title == "" {
			t.Errorf("%q has no title", item.Path)
		}
	}
	t.Logf("%v: %v", time.Since(began).Round(time.Millisecond), kinds)
	t.Logf("%v\n%v", languages, types)
	for _, l := range f.LeftOut() {
		t.Logf("left out: %s (%s)", l.Path, l.Reason)
		if !strings.HasSuffix(l.Path, ".js") {
			t.Errorf("left out %q: %s", l.Path, l.Reason)
		}
	}
}
