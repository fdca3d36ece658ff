package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// firstHits is among how many hits a reader looks for the right one.
const firstHits = 3

// foundShare is how many of the known queries have to find their page there.
const foundShare = 0.9

// A known is a query whose right answer is known.
type known struct {
	query, language, corpus string
	right                   []string
	sort                    string
}

// readKnown reads a table of known queries, or nothing when there is no such file.
func readKnown(name string) (list []known, err error) {
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 5 {
			return nil, fmt.Errorf("%s: %d fields: %q", name, len(f), line)
		}
		list = append(list, known{f[0], f[1], f[2], strings.Fields(f[3]), f[4]})
	}
	return list, nil
}

// among says whether one of the pages found is right, in itself or as a translation: hits in many languages
// are one to us, and the same is granted to others.
func (k known) among(paths []string) bool {
	return slices.ContainsFunc(k.right, func(right string) bool {
		return slices.ContainsFunc(paths, func(p string) bool { return translated(p) == translated(right) })
	})
}

// translated is a path below the folder of its language.
func translated(path string) string {
	_, name, _ := strings.Cut(path, "/")
	return name
}

// exactly says whether one of the pages found is right, and in the language that was asked for.
func (k known) exactly(paths []string) bool {
	return slices.ContainsFunc(paths, func(p string) bool { return slices.Contains(k.right, p) })
}

// searchFind asks what is known, and counts the pages that have a word.
func (b *bench) searchFind() error {
	for _, name := range []string{"known", "unseen"} {
		list, err := readKnown(filepath.Join(b.queries, name+".tsv"))
		if err != nil {
			return err
		}
		if err := b.findKnown(name, list); err != nil {
			return err
		}
	}
	if !b.packs(recallCorpus) {
		return nil
	}
	return b.recall()
}

// findKnown asks the queries of one table, corpus by corpus.
func (b *bench) findKnown(table string, list []known) error {
	var t tally
	for _, corpus := range []string{"handbook", "gimp", "jdk", "gimp-de"} {
		of := slices.DeleteFunc(slices.Clone(list), func(k known) bool { return k.corpus != corpus })
		if len(of) == 0 || !b.packs(corpus) && !(corpus == "gimp-de" && b.packs("gimp")) {
			continue
		}
		b.say("search: %d queries of %s in %s", len(of), table, corpus)
		if err := b.findIn(corpus, of, &t); err != nil {
			return fmt.Errorf("%s: %w", corpus, err)
		}
	}
	b.table.found(table, t, "satchel search (kiwix-serve)")
	return nil
}

func (b *bench) findIn(corpus string, list []known, t *tally) (err error) {
	bundled, err := b.searchBundle(corpus)
	if err != nil {
		return err
	}
	kiwix, zim, err := b.searchKiwix(corpus)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kiwix.stop()) }()
	for _, k := range list {
		mine, err := b.searchCommand(bundled, k)
		if err != nil {
			return fmt.Errorf("%s: %w", k.query, err)
		}
		theirs, err := kiwix.hits(zim, k.query, 0, firstHits)
		if err != nil {
			return fmt.Errorf("%s: %w", k.query, err)
		}
		if !k.among(mine) {
			b.say("not found: %s (%s, %s), but %q", k.query, k.language, k.sort, mine)
		}
		t.add(k, mine, theirs)
	}
	return b.ctx.Err()
}

// A tally counts what was found, by sort of query.
type tally struct {
	sorts []string // in the order in which they came
	count map[string]*found
}

// A found is how many queries there were, and how many of them found their page.
type found struct{ asked, ours, kiwix int }

const allSorts, ownLanguage = "all", "all, in the reader's language"

func (t *tally) add(k known, ours, kiwix []string) {
	t.note(k.sort, k.among(ours), k.among(kiwix))
	t.note(allSorts, k.among(ours), k.among(kiwix))
	t.note(ownLanguage, k.exactly(ours), k.exactly(kiwix))
}

func (t *tally) note(sort string, ours, kiwix bool) {
	if t.count == nil {
		t.count = map[string]*found{}
	}
	f := t.count[sort]
	if f == nil {
		f = &found{}
		t.count[sort] = f
		if sort != allSorts && sort != ownLanguage {
			t.sorts = append(t.sorts, sort)
		}
	}
	f.asked++
	if ours {
		f.ours++
	}
	if kiwix {
		f.kiwix++
	}
}

// found adds a row for each sort of query, and one for all.
func (t *table) found(name string, counted tally, command string) {
	for _, sort := range append(slices.Clone(counted.sorts), allSorts, ownLanguage) {
		f := counted.count[sort]
		if f == nil {
			continue
		}
		var w want
		if sort == allSorts {
			w = want{bound: atLeast, limit: foundShare}
		}
		n := float64(f.asked)
		t.add(row{fmt.Sprintf("find %s, among the first %d, %s (%d)", name, firstHits, sort, f.asked),
			float64(f.ours) / n, float64(f.kiwix) / n, percent, w, command})
	}
}

// searchCommand returns the paths of the first hits.
func (b *bench) searchCommand(path string, k known) ([]string, error) {
	out, err := b.command(b.satchel, "search", "--json", "--limit", fmt.Sprint(firstHits), "--prefer", k.language,
		"--", path, k.query).Output()
	if err != nil {
		return nil, err
	}
	return jsonPaths(out)
}

// jsonPaths returns the paths of items, one a line.
func jsonPaths(lines []byte) (paths []string, err error) {
	for d := json.NewDecoder(bytes.NewReader(lines)); ; {
		var item struct{ Path string }
		if err := d.Decode(&item); err == io.EOF {
			return paths, nil
		} else if err != nil {
			return nil, err
		}
		paths = append(paths, item.Path)
	}
}
