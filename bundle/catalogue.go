package bundle

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"strings"

	"satchel/bundle/internal/safepath"
)

func notExist(path string) error { return fmt.Errorf("%q: %w", clip(path), fs.ErrNotExist) }

// get looks a key up and turns errors into ours.
func (r *Reader) get(key []byte) ([]byte, bool, error) {
	value, ok, err := r.index.Get(key)
	if err != nil {
		return nil, false, indexError(err)
	}
	return value, ok, nil
}

func (r *Reader) entry(id uint32) (Entry, error) {
	value, ok, err := r.get(itemKey(id))
	if err != nil {
		return Entry{}, err
	}
	if !ok {
		return Entry{}, fmt.Errorf("item %d: %w", id, fs.ErrNotExist)
	}
	it, p, err := parseItem(value)
	if err != nil {
		return Entry{}, fmt.Errorf("item %d: %w", id, err)
	}
	return Entry{it, id, p}, nil
}

// A node is what a path leads to: an item, or a folder with items in it.
type node struct {
	folder bool
	id     uint32 // of an item
	name   string // of an item, where it differs from its folded form
	path   string // of a folder
	items  int64  // in a folder, at any depth
}

func (n *node) encode() []byte {
	if n.folder {
		return append(binary.AppendUvarint([]byte{'d'}, uint64(n.items)), n.path...)
	}
	return append(binary.AppendUvarint([]byte{'i'}, uint64(n.id)), n.name...)
}

func parseNode(value []byte) (n node, err error) {
	d := &decoder{b: value}
	kind := string(d.bytes(1))
	number := d.int64()
	rest := string(d.b)
	switch {
	case d.bad || (kind != "i" && kind != "d"):
		return n, fmt.Errorf("%w: malformed path table", ErrFormat)
	case kind == "d":
		return node{folder: true, items: number, path: rest}, checkPath(rest)
	case number > math.MaxUint32:
		return n, fmt.Errorf("%w: item %d", ErrFormat, number)
	case rest != "":
		return node{id: uint32(number), name: rest}, checkPath(rest)
	}
	return node{id: uint32(number)}, nil
}

// node looks a path up. A folder must be spelt exactly; of an item the caller
// compares the path.
func (r *Reader) node(path string) (node, error) {
	if safepath.Check(path) != nil {
		return node{}, notExist(path)
	}
	value, ok, err := r.get(pathKey(path))
	if err != nil {
		return node{}, err
	}
	if !ok {
		return node{}, notExist(path)
	}
	n, err := parseNode(value)
	if err == nil && n.folder && n.path != path {
		return node{}, notExist(path)
	}
	return n, err
}

// A Filter chooses items. The zero Filter chooses all.
type Filter struct {
	Kinds     []Kind   // any of them; none means all
	Languages []string // any of them, each as Languages names it; none means all
	Folder    string   // at any depth below it
	Sections  []int    // any of them, counted from 0; none means all
}

// A Count is a value to filter by and how many items have it.
type Count struct {
	Name  string
	Items int64
}

// Kinds returns how many items there are of each kind that occurs, in the order
// of the variable Kinds.
func (r *Reader) Kinds() ([]Count, error) {
	var counts []Count
	for _, k := range Kinds {
		n, err := r.number(byKind, string(k))
		if err != nil {
			return nil, err
		}
		if n > 0 {
			counts = append(counts, Count{string(k), n})
		}
	}
	return counts, nil
}

// maxLanguages bounds what Languages returns: there are not as many in use.
const maxLanguages = 1000

// Languages returns how many items there are in each language that occurs.
func (r *Reader) Languages() ([]Count, error) {
	var counts []Count
	prefix := numberKey(byLanguage, "")
	for e, err := range r.index.Prefix(prefix) {
		if err != nil {
			return nil, indexError(err)
		}
		n, _ := uvarintValue(e.Value)
		counts = append(counts, Count{string(e.Key[len(prefix):]), n})
		if len(counts) == maxLanguages {
			break
		}
	}
	return counts, nil
}

func (r *Reader) number(d dimension, value string) (int64, error) {
	b, ok, err := r.get(numberKey(d, value))
	if err != nil || !ok {
		return 0, err
	}
	return uvarintValue(b)
}

func uvarintValue(b []byte) (int64, error) {
	d := &decoder{b: b}
	n := d.int64()
	return n, d.done("number")
}

// Folders returns up to n folders directly below parent ("" is the top), with how
// many items are in each at any depth, beginning behind the one named after, which
// may be empty. more says whether others follow.
func (r *Reader) Folders(parent, after string, n int) (folders []Count, more bool, err error) {
	err = r.children(trimFolder(parent), after, func(c node) bool {
		if !c.folder {
			return true
		}
		if len(folders) == n {
			more = true
			return false
		}
		folders = append(folders, Count{c.path, c.items})
		return true
	})
	return folders, more, err
}

// children yields what is directly in a folder, in the order of the path table,
// behind the path after.
func (r *Reader) children(folder, after string, yield func(node) bool) error {
	prefix := folderKey(folder)
	from := prefix
	if after != "" {
		from = append(pathKey(after), 0) // the least key above it
	}
	for e, err := range r.index.From(from) {
		if err != nil {
			return indexError(err)
		}
		name, ok := strings.CutPrefix(string(e.Key), string(prefix))
		if !ok {
			return nil
		}
		n, err := parseNode(e.Value)
		if err != nil {
			return err
		}
		if !n.folder && n.name == "" {
			n.name = name
		}
		if !yield(n) {
			return nil
		}
	}
	return nil
}

// Count returns how many items a filter chooses, or -1 where only a list would
// tell: that is, for two or more of kinds, languages, a folder and sections together.
func (r *Reader) Count(f Filter) (int64, error) {
	folder := trimFolder(f.Folder)
	given := 0
	for _, is := range []bool{len(f.Kinds) > 0, len(f.Languages) > 0, len(f.Sections) > 0, folder != ""} {
		if is {
			given++
		}
	}
	switch {
	case given == 0:
		return r.Len(), nil
	case given > 1:
		return -1, nil
	case folder != "":
		n, err := r.node(folder)
		return n.items, err
	case len(f.Kinds) > 0:
		return sumOf(r, byKind, f.Kinds)
	case len(f.Sections) > 0:
		return sumOf(r, bySection, f.sections())
	}
	return sumOf(r, byLanguage, f.Languages)
}

// maxCountSteps bounds what CountUpTo reads, as maxSteps does List.
const maxCountSteps = 1 << 13

// CountUpTo returns how many items a filter chooses, as Count does. Where only a list would tell, it counts up to most,
// or less where the filters have little in common: then exact says whether that is all.
func (r *Reader) CountUpTo(f Filter, most int64) (n int64, exact bool, err error) {
	if n, err = r.Count(f); n >= 0 || err != nil {
		return n, true, err
	}
	ids := r.ids(f)
	if x, ok := ids.(*intersection); ok {
		x.steps = maxSteps - maxCountSteps
	}
	n = 0
	id, ok, err := ids.seek(0)
	for ; ok && err == nil && n < most; n++ {
		if ok = id < math.MaxUint32; ok {
			id, ok, err = ids.seek(id + 1)
		}
	}
	if errors.Is(err, errSteps) {
		return n, false, nil
	}
	return n, !ok, err
}

// sections are the values that the dimension of sections has for those chosen.
func (f *Filter) sections() []string {
	var values []string
	for _, n := range f.Sections {
		values = append(values, sectionNumber(n))
	}
	return values
}

// sumOf adds up the items that have one of several values of a dimension.
func sumOf[V ~string](r *Reader, d dimension, values []V) (total int64, err error) {
	for _, v := range values {
		n, err := r.number(d, string(v))
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// List returns up to n items that the filter chooses, in the default order,
// beginning with the item whose id is from or the first behind it. more says
// whether others follow; next is then where they begin. What List reads does not
// grow with the bundle, as long as the filters choose a fair share of each other; where they
// do not, fewer items come than there are, or none, with more.
func (r *Reader) List(f Filter, from uint32, n int) (entries []Entry, next uint32, more bool, err error) {
	ids := r.ids(f)
	id, ok, err := ids.seek(from)
	for ; ok && err == nil; id, ok, err = ids.seek(id + 1) {
		if len(entries) == n {
			return entries, id, true, nil
		}
		e, err := r.entry(id)
		if err != nil {
			return entries, id, false, err
		}
		entries = append(entries, e)
		if id == math.MaxUint32 {
			break
		}
	}
	if errors.Is(err, errSteps) {
		return entries, id, true, nil
	}
	return entries, 0, false, err
}
