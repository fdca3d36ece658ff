package ingest

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"iter"
	"time"

	"satchel/bundle"
	"satchel/bundle/ingest/cache"
	"satchel/bundle/ingest/scrub"
)

// This file remembers a scan in the cache: when no file or folder has changed since, nor any option, the next
// one has the same findings, and reads no file for them. Whether one has changed is told by its identity, size
// and times, that of its last change of any kind among them: so this is only done where systems keep them well.

// chunk is how many findings lie in an entry of the cache.
const chunk = 500

// errForgotten says that the cache lost what it had a moment ago.
var errForgotten = errors.New("the cache was cleared while it was read: pack once more")

// A journal is a scan in the cache. A nil journal remembers nothing.
type journal struct {
	cache *cache.Cache
	key   cache.Key
	notes []note // not written yet
	wrote int    // chunks
}

// A note is a job and what was found.
type note struct {
	Input    int
	Rel      string
	Verdict  verdict
	Item     bundle.Item
	Reason   string
	Charset  string
	Removed  []scrub.Removal
	Size     int64
	Missing  []string
	External []string
	Sparse   bool
	Mark     mark
	Broken   bool
	Final    bool
	Extras   []bundle.Item
}

// openJournal returns the journal for the files as they are now.
func (f *Folder) openJournal() *journal {
	if f.options.Cache == nil || f.options.Unsaid != nil { // the list is kept nowhere, in no form
		return nil
	}
	for _, in := range f.inputs {
		if !timesTell(in.root) {
			return nil
		}
	}
	l := lister{h: sha256.New()}
	fmt.Fprintf(l.h, "scan\x00%s\x00", f.settings())
	for _, in := range f.inputs {
		fmt.Fprintf(l.h, "%q\x00%q\x00", in.name, in.prefix)
		if l.folder(in, "") != nil {
			return nil
		}
	}
	for _, info := range f.never {
		l.file("never", info)
	}
	if cache.IsYoung(l.newest) {
		return nil
	}
	j := &journal{cache: f.options.Cache}
	l.h.Sum(j.key[:0])
	return j
}

// settings are all options that findings depend on, but for the list of what must not be said.
func (f *Folder) settings() string {
	o := &f.options
	return fmt.Sprintf("%s %t %q %q %q %t %q %q %q", o.Tools.Stamp(), o.SkipUnsupported, o.Allow, o.HTML, o.Pictures, o.DropBylines, o.KeepMetadata, o.Never, o.Output)
}

// A lister hashes what is to see of files without opening them.
type lister struct {
	h      hash.Hash
	newest time.Time
}

func (l *lister) folder(in *input, rel string) error {
	list, err := in.entries(rel)
	if err != nil {
		return err
	}
	for _, e := range list {
		path := e.Name()
		if rel != "" {
			path = rel + "/" + path
		}
		if in.isOutput(path) || e.IsDir() && in.isSpool(path) {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		l.file(path, info)
		if !e.IsDir() || judgeFolder(in, path).verdict != packed {
			continue // nothing in it is looked at
		}
		if err := l.folder(in, path); err != nil {
			return err
		}
	}
	return nil
}

func (l *lister) file(path string, info fs.FileInfo) {
	for _, t := range []time.Time{info.ModTime(), changeTime(info)} {
		fmt.Fprintf(l.h, "%d ", t.UnixNano())
		if t.After(l.newest) {
			l.newest = t
		}
	}
	fmt.Fprintf(l.h, "%q %d %v %s\x00", path, info.Size(), info.Mode(), identity(info))
}

func (j *journal) chunkKey(n int) cache.Key {
	return sha256.Sum256(fmt.Appendf(j.key[:], " chunk %d", n))
}

// chunks is how many chunks a complete journal has, or 0.
func (j *journal) chunks() (n int) {
	if j == nil {
		return 0
	}
	if _, err := fmt.Sscan(string(j.cache.Get(j.key)), &n); err != nil {
		return 0
	}
	for i := range n {
		if j.cache.Get(j.chunkKey(i)) == nil { // or damaged
			return 0
		}
	}
	return n
}

// add takes note of a job.
func (j *journal) add(f *Folder, x *job) {
	if j == nil {
		return
	}
	found := &x.finding
	n := note{Rel: x.rel, Verdict: found.verdict, Item: found.item, Reason: found.reason, Charset: found.charset,
		Removed: found.removed, Size: found.size, Missing: found.missing, External: found.external, Sparse: found.sparse,
		Mark: found.mark, Broken: found.broken, Final: found.final}
	for i, in := range f.inputs {
		if in == x.in {
			n.Input = i
		}
	}
	for i := range found.extras {
		n.Extras = append(n.Extras, found.extras[i].item)
	}
	if j.notes = append(j.notes, n); len(j.notes) == chunk {
		j.flush()
	}
}

func (j *journal) flush() {
	var b bytes.Buffer
	if gob.NewEncoder(&b).Encode(j.notes) == nil {
		j.cache.Put(j.chunkKey(j.wrote), b.Bytes())
	}
	j.notes = j.notes[:0]
	j.wrote++
}

// linksKey is where it is kept which pages lead to unsupported files.
func (j *journal) linksKey() cache.Key {
	return sha256.Sum256(append(j.key[:], " links"...))
}

// keepLinks keeps which pages lead to unsupported files.
func (j *journal) keepLinks(ts *targets) {
	if j == nil {
		return
	}
	pages := make([]string, 0, ts.len())
	for t := range ts.all() {
		pages = append(pages, t.page)
	}
	var b bytes.Buffer
	if gob.NewEncoder(&b).Encode(pages) == nil {
		j.cache.Put(j.linksKey(), b.Bytes())
	}
}

// recallLinks takes what keepLinks kept, and says whether there was that.
func (j *journal) recallLinks(ts *targets) bool {
	if j == nil {
		return false
	}
	var pages []string
	err := gob.NewDecoder(bytes.NewReader(j.cache.Get(j.linksKey()))).Decode(&pages)
	if err != nil || len(pages) != ts.len() {
		return false
	}
	for i, t := range ts.listed {
		t.page = pages[i]
	}
	return true
}

// close completes a journal, but for a scan that would have found more at another time.
func (j *journal) close(f *Folder) {
	if j == nil || f.hindered.Load() {
		return
	}
	if len(j.notes) > 0 {
		j.flush()
	}
	j.cache.Put(j.key, fmt.Append(nil, j.wrote))
}

// jobs yields the jobs of a complete journal as they were.
func (j *journal) jobs(f *Folder, chunks int) iter.Seq2[*job, error] {
	return func(yield func(*job, error) bool) {
		for i := range chunks {
			var notes []note
			err := gob.NewDecoder(bytes.NewReader(j.cache.Get(j.chunkKey(i)))).Decode(&notes)
			if err != nil {
				yield(nil, errForgotten)
				return
			}
			for i := range notes {
				if notes[i].Input >= len(f.inputs) {
					yield(nil, errForgotten)
					return
				}
				if !yield(notes[i].job(f), nil) {
					return
				}
			}
		}
	}
}

func (n *note) job(f *Folder) *job {
	x := &job{in: f.inputs[n.Input], rel: n.Rel, finding: finding{
		verdict: n.Verdict, item: n.Item, reason: n.Reason, charset: n.Charset, removed: n.Removed,
		size: n.Size, missing: n.Missing, external: n.External, sparse: n.Sparse, mark: n.Mark, broken: n.Broken, final: n.Final,
	}}
	for _, it := range n.Extras {
		x.finding.extras = append(x.finding.extras, extra{item: it})
	}
	return x
}
