package ingest

import (
	"io"
	"iter"
	"net/url"
	"path"
	"strings"
	"sync"

	"satchel/bundle"
	"satchel/bundle/sanitize"
)

// A target is an unsupported file that a page may link to.
type target struct {
	path, what string
	page       string // the first page, in the order of paths, that links to it
}

// targets are the unsupported files below the top, by folded path, because pages
// made on Windows link to Photo.PSD and mean photo.psd.
type targets struct {
	byFold map[string][]*target
	listed []*target

	mu sync.Mutex // guards the page of every target
}

func (ts *targets) len() int { return len(ts.listed) }

func (ts *targets) all() iter.Seq[*target] {
	return func(yield func(*target) bool) {
		for _, t := range ts.listed {
			if !yield(t) {
				return
			}
		}
	}
}

func (ts *targets) add(path, what string) {
	if ts.byFold == nil {
		ts.byFold = map[string][]*target{}
	}
	t := &target{path: path, what: what}
	fold := bundle.FoldPath(path)
	ts.byFold[fold] = append(ts.byFold[fold], t)
	ts.listed = append(ts.listed, t)
}

// readPage marks what a page links to. It only reads, so a page that cannot be
// read to its end marks what came before.
func (ts *targets) readPage(j *job) {
	f, _, err := j.in.open(j.rel)
	if err != nil {
		return
	}
	defer f.Close()
	page := j.path()
	guard(func() {
		_ = sanitize.Links(decoding(f, j.finding.charset), func(ref string) {
			ts.mark(page, j.in.prefix, ref)
		})
	})
}

func (ts *targets) mark(page, prefix, ref string) {
	local, ok := localPath(ref)
	if !ok {
		return
	}
	if !strings.HasPrefix(local, "/") {
		ts.hit(path.Join(path.Dir(page), local), page)
		return
	}
	// The root of a saved site is most likely the folder that was packed.
	ts.hit(strings.TrimPrefix(path.Join(prefix, local), "/"), page)
}

func (ts *targets) hit(p, page string) {
	found := ts.byFold[bundle.FoldPath(p)]
	if len(found) == 0 {
		return
	}
	ts.mu.Lock()
	defer ts.mu.Unlock()
	for _, t := range found {
		if t.page == "" || page < t.page {
			t.page = page
		}
	}
}

// localPath returns the decoded path of a reference that stays on the same site.
func localPath(ref string) (string, bool) {
	ref = strings.ReplaceAll(strings.TrimSpace(ref), `\`, "/")
	if ref == "" || len(ref) > 4*maxRefPath || strings.HasPrefix(ref, "//") {
		return "", false
	}
	u, err := url.Parse(ref)
	if err != nil {
		// Not a URL by the book, but browsers follow "100% cotton.psd" all the same.
		p, _, _ := strings.Cut(ref, "#")
		return p, p != "" && !strings.Contains(p, ":")
	}
	if u.Scheme != "" || u.Host != "" || u.Path == "" || u.Opaque != "" {
		return "", false
	}
	return u.Path, true
}

// maxRefPath is the longest path that a bundle can hold; percent-encoding makes it
// three times as long at most.
const maxRefPath = 1024

// guard runs a parser of foreign content; a fault of the parser ends only that.
// It returns false when there was one.
func guard(parse func()) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	parse()
	return true
}

// decoding reads r as UTF-8.
func decoding(r io.Reader, charset string) io.Reader {
	enc := legacy(charset)
	if enc == nil {
		return r
	}
	return enc.NewDecoder().Reader(r)
}
