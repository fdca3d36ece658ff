package viewer

import (
	"slices"
	"strconv"
	"sync"

	"satchel/bundle"
)

// pathVersion tells pages of a preview whether they are of the latest version.
const pathVersion = "version"

// A Preview is what a curator is told who looks at a collection while it is made. Each page of the viewer
// says that it is a preview, and why what is in the folder now cannot be shown.
type Preview struct {
	mu       sync.Mutex
	version  int
	problems []string
}

// Say takes the place of what was said before, and has all pages loaded again.
func (w *Preview) Say(problems []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.version++
	w.problems = slices.Clone(problems)
}

// A notice is what a page of a preview says.
type notice struct {
	Version  string
	Problems []string
}

func (w *Preview) notice() *notice {
	if w == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	n := &notice{Version: strconv.Itoa(w.version)}
	for _, line := range w.problems {
		n.Problems = append(n.Problems, plain(line))
	}
	return n
}

// With returns a Viewer of other bundles in the place of v: addresses lead to what is the same in them,
// and it knows what the reader has confirmed and searched for. Both are to be closed.
func (v *Viewer) With(bundles []*bundle.Reader) *Viewer {
	next := New(bundles, v.options)
	next.sealer = v.sealer
	next.left.Store(v.left.Load())
	v.mu.Lock()
	next.pins = slices.Clone(v.pins)
	v.mu.Unlock()
	v.queries.mu.Lock()
	next.queries.last = slices.Clone(v.queries.last)
	v.queries.mu.Unlock()
	return next
}
