package ingest

import (
	"hash/maphash"
	"path"
	"strings"
	"sync"

	"satchel/bundle"
	"satchel/bundle/sanitize"
)

// sites tells the pages of a site, which stay as they are, from articles, which are made for reading:
// a site is where two pages or more share a style sheet that lies beside them.
type sites struct {
	seed maphash.Seed

	mu     sync.Mutex
	shared map[uint64]bool // style sheets, by the hash of their folded path: whether two pages have them
}

// maxSheets bounds how many style sheets are kept in mind. A folder where more pages than that have one
// of their own is no site.
const maxSheets = 1 << 20

func newSites() *sites { return &sites{seed: maphash.MakeSeed(), shared: map[uint64]bool{}} }

// survey reads what every page has for style sheets. It goes by names: a page under another name is
// no part of a site but where others say so.
func (f *Folder) survey() *sites {
	s := newSites()
	examine := func(j *job, d *desk) {
		_, name := splitPath(j.rel)
		if ext := extension(strings.ToLower(name)); textByName[ext].kind != bundle.KindPage || isHidden(j.rel) {
			return
		}
		guard(func() { s.read(j, d) })
	}
	w := walk{f.inputs, &f.options, f.workers, examine}
	for range w.jobs() { // the page that cannot be read is found again
	}
	return s
}

func (s *sites) read(j *job, d *desk) {
	h, file, _, err := d.read(j.in, j.rel)
	if err != nil {
		return
	}
	defer file.Close()
	h.readText()
	keys := s.keys(j.path(), readPage(h))
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range keys {
		if _, known := s.shared[k]; known || len(s.shared) < maxSheets {
			s.shared[k] = known
		}
	}
}

// keys are the style sheets of a page, each once.
func (s *sites) keys(page string, info sanitize.Info) (keys []uint64) {
	seen := map[string]bool{}
	for _, ref := range info.Styles {
		local, ok := localPath(ref)
		if !ok {
			continue
		}
		if !strings.HasPrefix(local, "/") {
			local = path.Join(path.Dir(page), local)
		}
		if local = bundle.FoldPath(path.Clean(local)); !seen[local] {
			seen[local] = true
			keys = append(keys, maphash.String(s.seed, local))
		}
	}
	return keys
}

// has says whether a page belongs to a site.
func (s *sites) has(page string, info sanitize.Info) bool {
	for _, k := range s.keys(page, info) {
		if s.shared[k] {
			return true
		}
	}
	return false
}
