package bundle

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// A list holds the ids of the items with one value of a dimension, ascending, as
// runs: a gap, then how many ids follow each other. In a bundle whose items have
// no dates, ids follow the paths, and a folder is one run. Lists are cut into
// chunks; the key of a chunk ends in its last id, so that the least key not below
// an id is the chunk to look in.

// chunkRuns is how many runs a chunk holds at most.
const chunkRuns = 1024

// A run is a stretch of ids.
type run struct{ first, last uint32 }

func appendRuns(runs []run) []byte {
	var b []byte
	next := uint64(0)
	for _, r := range runs {
		b = binary.AppendUvarint(b, uint64(r.first)-next)
		b = binary.AppendUvarint(b, uint64(r.last-r.first))
		next = uint64(r.last) + 1
	}
	return b
}

func parseRuns(b []byte) ([]run, error) {
	d := &decoder{b: b}
	var runs []run
	next := uint64(0)
	for len(d.b) > 0 && !d.bad {
		first := next + uint64(d.uint32())
		last := first + uint64(d.uint32())
		if last > 1<<32-1 || len(runs) == chunkRuns {
			d.bad = true
			break
		}
		runs = append(runs, run{uint32(first), uint32(last)})
		next = last + 1
	}
	return runs, d.done("list")
}

// ids is an ascending set of ids.
type ids interface {
	// seek returns the first id that is not below id.
	seek(id uint32) (found uint32, ok bool, err error)
}

// ids returns the items that a filter chooses.
func (r *Reader) ids(f Filter) ids {
	var all intersection
	if len(f.Kinds) > 0 {
		all.sets = append(all.sets, anyOf(r, byKind, f.Kinds))
	}
	if len(f.Languages) > 0 {
		all.sets = append(all.sets, anyOf(r, byLanguage, f.Languages))
	}
	if len(f.Sections) > 0 {
		all.sets = append(all.sets, anyOf(r, bySection, f.sections()))
	}
	if folder := trimFolder(f.Folder); folder != "" {
		all.sets = append(all.sets, r.list(byFolder, folder))
	}
	if len(all.sets) == 0 {
		return everything(r.Len())
	}
	return &all
}

// anyOf returns the items that have one of several values of a dimension.
func anyOf[V ~string](r *Reader, d dimension, values []V) union {
	var lists union
	for _, v := range values {
		lists = append(lists, r.list(d, string(v)))
	}
	return lists
}

// everything is the ids below a number.
type everything int64

func (n everything) seek(id uint32) (uint32, bool, error) { return id, int64(id) < int64(n), nil }

// A list is a set read from the index, a chunk at a time.
type list struct {
	r      *Reader
	prefix []byte
	runs   []run
	from   uint32 // where the chunk in runs begins to hold
	loaded bool
}

func (r *Reader) list(d dimension, value string) *list {
	return &list{r: r, prefix: listKey(d, value)}
}

func (l *list) seek(id uint32) (uint32, bool, error) {
	// Where nothing was found from an id on there is nothing behind it, either.
	if !l.loaded || id < l.from || len(l.runs) > 0 && id > l.runs[len(l.runs)-1].last {
		err := l.load(id)
		if l.loaded = err == nil; err != nil {
			return 0, false, err
		}
	}
	for i := l.floor(id); i < len(l.runs); i++ {
		if l.runs[i].last >= id {
			return max(id, l.runs[i].first), true, nil
		}
	}
	return 0, false, nil
}

// floor is the index of a run not behind the one that id is in or before.
func (l *list) floor(id uint32) int {
	lo, hi := 0, len(l.runs)
	for lo < hi {
		mid := (lo + hi) / 2
		if l.runs[mid].last < id {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// load reads the chunk with the first id not below id, or none.
func (l *list) load(id uint32) error {
	l.runs, l.from = nil, id
	for e, err := range l.r.index.From(be.AppendUint32(l.prefix[:len(l.prefix):len(l.prefix)], id)) {
		if err != nil {
			return indexError(err)
		}
		if !strings.HasPrefix(string(e.Key), string(l.prefix)) ||
			len(e.Key) != len(l.prefix)+4 {
			return nil
		}
		runs, err := parseRuns(e.Value)
		if err == nil && (len(runs) == 0 || runs[len(runs)-1].last != be.Uint32(e.Key[len(l.prefix):])) {
			err = fmt.Errorf("%w: malformed list", ErrFormat)
		}
		l.runs = runs
		return err
	}
	return nil
}

// union is the ids that are in any of its sets.
type union []ids

func (u union) seek(id uint32) (least uint32, found bool, err error) {
	for _, s := range u {
		got, ok, err := s.seek(id)
		if err != nil {
			return 0, false, err
		}
		if ok && (!found || got < least) {
			least, found = got, true
		}
	}
	return least, found, nil
}

// intersection is the ids that are in all of its sets.
type intersection struct {
	sets  []ids
	steps int
}

// maxSteps bounds how long an intersection is followed that yields little: in all, not for
// each id, or a list of fifty could take fifty times as long.
const maxSteps = 1 << 20

// errSteps says that an intersection was followed for long enough, up to the id beside it.
var errSteps = errors.New("these filters have too little in common")

func (x *intersection) seek(id uint32) (uint32, bool, error) {
	for agree := 0; agree < len(x.sets); x.steps++ {
		if x.steps > maxSteps {
			return id, false, errSteps
		}
		got, ok, err := x.sets[x.steps%len(x.sets)].seek(id)
		if err != nil || !ok {
			return 0, false, err
		}
		if got == id {
			agree++
		} else {
			id, agree = got, 1
		}
	}
	return id, true, nil
}
