package ingest

import (
	"cmp"
	"slices"

	"satchel/bundle/ingest/scrub"
)

// A report is what a scan has to tell beside its items.
type report struct {
	account   *account
	left      []LeftOut
	moreLeft  int
	allowed   []LeftOut
	cleaned   []Cleaned
	moreClean int

	refused     []Refusal
	moreRefused int

	unmet []string // of the collection file
}

func (r *report) leave(path, reason string) {
	if len(r.left) == maxLeftOut {
		r.moreLeft++
		return
	}
	r.left = append(r.left, LeftOut{path, reason})
}

func (r *report) clean(path string, removed []scrub.Removal) {
	if len(removed) == 0 {
		return
	}
	if len(r.cleaned) == maxCleaned {
		r.moreClean++
		return
	}
	r.cleaned = append(r.cleaned, Cleaned{path, removed})
}

func (r *report) refuse(f Refusal) {
	if len(r.refused) == maxRefused {
		r.moreRefused++
		return
	}
	r.refused = append(r.refused, f)
}

// sort brings what the links decided at the end among the rest.
func (r *report) sort() {
	slices.SortFunc(r.left, func(a, b LeftOut) int { return cmp.Compare(a.Path, b.Path) })
	slices.SortFunc(r.refused, func(a, b Refusal) int { return cmp.Compare(a.Path, b.Path) })
}

func (r *report) err() error {
	if len(r.refused) == 0 {
		return nil
	}
	return &RefusedError{Files: slices.Clone(r.refused), More: r.moreRefused}
}
