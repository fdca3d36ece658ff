package viewer

import (
	"slices"

	"satchel/bundle"
)

// The first page says no title and no name. Whoever looks over the reader's shoulder sees three signs: whether
// what was opened is whole, who made it, and how to read on in a private window.

// A startPage is the first page.
type startPage struct {
	*page
	Go    string // the address to read on at, or empty
	Whole string // whole, marked, incomplete or changed: the worst of all bundles
	Maker string // trusted, unknown, unsigned or refuted: the worst of all
	Check string // the address of what is known of them
	Open  int    // how many bundles there are
}

// Verdicts on whether a bundle is whole, and on who made it, the best first.
var (
	wholes = []string{"whole", "marked", string(bundle.Incomplete), string(bundle.Changed)}
	makers = []string{string(bundle.Trusted), string(bundle.Unknown), string(bundle.Unsigned), refuted}
)

// start is the first page.
func (v *Viewer) start(p *page) *Response {
	s := &startPage{page: p, Open: len(v.volumes)}
	if s.Open == 0 {
		return p.show(200, "start", s)
	}
	s.Go, s.Check = p.library(), p.library()
	if s.Open == 1 {
		s.Go, s.Check = p.home(), p.trust()
	}
	var whole, maker int
	for _, vol := range v.volumes {
		one := p.verdict(vol)
		switch {
		case one.Broken():
			whole = max(whole, slices.Index(wholes, one.Word))
		case one.Marked:
			whole = max(whole, slices.Index(wholes, "marked"))
		}
		signed := string(one.Signed)
		if one.Word == refuted {
			signed = refuted
		}
		maker = max(maker, slices.Index(makers, signed))
	}
	s.Whole, s.Maker = wholes[whole], makers[maker]
	return p.show(200, "start", s)
}
