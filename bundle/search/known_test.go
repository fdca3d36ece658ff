package search

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
)

// known is a query whose right answer is known.
type known struct {
	query, language, corpus string
	right                   []string
	sort                    string
}

func readKnown(t *testing.T) (list []known) {
	t.Helper()
	data, err := os.ReadFile("testdata/known.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 5 {
			t.Fatalf("%d fields: %q", len(f), line)
		}
		list = append(list, known{f[0], f[1], f[2], strings.Fields(f[3]), f[4]})
	}
	return list
}

// folder is where the pages in a reader's language lie in the corpora.
func (k known) folder() string {
	if k.corpus == "gimp" && k.language == "zh" {
		return "zh_CN"
	}
	if k.corpus == "gimp" {
		return k.language
	}
	full, _, _ := strings.Cut(k.right[0], "/")
	return full
}

// TestCorporaKnownItems asks every query of testdata/known.tsv: nine in ten find the right page among the first three.
func TestCorporaKnownItems(t *testing.T) {
	list := readKnown(t)
	good, first := 0, 0
	for _, name := range []string{"handbook", "gimp"} {
		c := readCorpus(t, name)
		data := build(t, c.docs)
		x, err := Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range list {
			if k.corpus != name {
				continue
			}
			r, err := x.Search(Query{
				Text: k.query, Language: k.language, Prefer: c.in(k.folder()), Limit: 10, Typing: k.sort == "prefix",
				Content: func(doc uint32) (string, error) { return c.docs[doc].Title + " " + c.docs[doc].Text, nil },
			})
			if err != nil || r.Damage != nil {
				t.Fatal(k.query, err, r.Damage)
			}
			rank := slices.IndexFunc(r.Hits, func(h Hit) bool { return slices.Contains(k.right, c.paths[h.Doc]) })
			if rank == 0 {
				first++
			}
			if rank >= 0 && rank < 3 {
				good++
				continue
			}
			var got []string
			for _, h := range r.Hits[:min(3, len(r.Hits))] {
				got = append(got, c.paths[h.Doc])
			}
			t.Logf("%s (%s): %s at %d of %d, relaxed %v, before it %q", k.query, k.sort, k.right[0], rank+1, r.Total, r.Relaxed, got)
		}
	}
	t.Logf("%d of %d among the first three, %d of them first", good, len(list), first)
	if good*10 < len(list)*9 {
		t.Error("fewer than nine in ten")
	}
}
