//go:build !js

package bundle

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// A Translator finds the translations of items. It looks for them where they would lie, and so what it reads does
// not grow with the bundle; one that is asked very much knows no more in the end. It is for one goroutine.
type Translator struct {
	r     *Reader
	set   languageSet
	names []string // the same, in order
	left  int      // how many entries of the index it may still read
}

// Limits of what a Translator looks at.
const (
	maxVariants  = 100    // names in a folder that begin alike
	maxAsked     = 20_000 // names in all
	maxTongues   = 100    // languages
	maxUpFolders = 8      // folders above an item that may have folders of languages in them
	maxWhere     = 200    // folders that translations of an item are looked for in
)

// Translator returns one, or nil where not even two languages are.
func (r *Reader) Translator() (*Translator, error) {
	counts, err := r.Languages()
	if err != nil || len(counts) < 2 {
		return nil, err
	}
	t := &Translator{r: r, set: languageSet{}, left: maxAsked}
	for _, c := range counts[:min(len(counts), maxTongues)] {
		if name := primaryOf(c.Name); !t.set[name] {
			t.set[name], t.names = true, append(t.names, name)
		}
	}
	return t, nil
}

// Of yields the translations of an item, until yield returns false: items of its kind in other languages, one in each.
// What cannot be read of them is an error, beside those that can. One that yields another need not be yielded for it,
// too: where there are very many, not all are found.
func (t *Translator) Of(e Entry, yield func(Entry) bool) error {
	if e.Language == "" {
		return nil
	}
	stem, want := t.stem(path.Base(e.Path)), string(alike(&e.Item, t.set))
	seen := []string{e.Language, ""}
	folders, err := t.where(e.Path)
	for _, folder := range folders {
		done, err2 := t.scan(folder, stem, func(n node) (bool, error) {
			if n.folder || n.id == e.ID {
				return false, nil
			}
			o, err := t.r.entry(n.id)
			if err != nil || o.Kind != e.Kind || slices.Contains(seen, o.Language) || string(alike(&o.Item, t.set)) != want {
				return false, err
			}
			seen = append(seen, o.Language)
			return !yield(o), nil
		})
		if err = cmp.Or(err, err2); done {
			break
		}
	}
	return err
}

// where returns the folders in which an item's translations may lie: that without languages, and those that have one
// where the item has one; or anywhere, where it has none.
func (t *Translator) where(name string) (folders []string, err error) {
	var plain []string // the names of folders, without languages
	var at []int       // where there were languages
	segments := strings.Split(name, "/")
	for _, s := range segments[:len(segments)-1] {
		if t.set.name(s) {
			at = append(at, len(plain))
		} else {
			plain = append(plain, s)
		}
	}
	folders = append(folders, strings.Join(plain, "/"))
	for i := range min(len(plain), maxUpFolders) + 1 {
		if at != nil && !slices.Contains(at, i) {
			continue
		}
		list, err2 := t.folders(strings.Join(plain[:i], "/"))
		for _, folder := range list[:min(len(list), maxWhere-len(folders))] {
			folders = append(folders, strings.Join(append([]string{folder}, plain[i:]...), "/"))
		}
		err = cmp.Or(err, err2)
	}
	return folders, err
}

// stem is what the names of a file's translations begin with.
func (t *Translator) stem(name string) string {
	parts := strings.Split(name, ".")
	end := 1
	for end < len(parts)-1 && !t.set.name(parts[end]) {
		end++
	}
	stem := strings.Join(parts[:end], ".")
	if end < len(parts) {
		stem += "."
	}
	return stem
}

// folders returns those in a folder that are named for a language.
func (t *Translator) folders(parent string) (list []string, err error) {
	if list, ok := t.r.tongues.get(parent); ok {
		return list, nil
	}
	for _, name := range t.names {
		_, err2 := t.scan(parent, name, func(n node) (bool, error) {
			if n.folder && t.set.name(path.Base(n.path)) {
				list = append(list, n.path)
			}
			return false, nil
		})
		err = cmp.Or(err, err2)
	}
	if err == nil && t.left > 0 { // or some may not have been looked for
		t.r.tongues.put(parent, list)
	}
	return list, err
}

// scan goes through what is in a folder under names that begin alike, until all is done.
func (t *Translator) scan(folder, begin string, do func(node) (done bool, err error)) (done bool, err error) {
	if t.left <= 0 {
		return false, nil
	}
	t.left--
	read := 0
	for e, err := range t.r.index.Prefix(pathKey(folder + "/" + begin)) {
		if err != nil {
			return false, indexError(err)
		}
		if read++; read > maxVariants || t.left == 0 {
			break
		}
		t.left--
		n, err := parseNode(e.Value)
		if err == nil {
			done, err = do(n)
		}
		if done || err != nil {
			return done, err
		}
	}
	return false, nil
}
