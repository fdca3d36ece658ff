package viewer

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"satchel/bundle"
)

// A beside is what lies before and behind an item in the list that it is looked at in.
type beside struct {
	Before, Behind *neighbour // nil where there is none
	Up             option     // the list itself
	Also           []option   // translations
	AlsoIn         string
}

// A neighbour is the item before or behind.
type neighbour struct {
	Address, Title, Language string
}

// beside looks for the items next to one in a list. Who does not come from a list goes on in the item's
// section; where there is none, in its folder.
func (p *page) beside(e bundle.Entry, l trail) (*beside, error) {
	if l.found != (inquiry{}) {
		b := &beside{Up: option{Label: p.T("back.found"), Address: p.search(l.found)}}
		b.translated(p, p.listing(shelf{}), e, l)
		return b, nil
	}
	s := l.shelf
	s.after = ""
	if s == (shelf{}) {
		s = p.volume.shelfOf(e)
	}
	if s.kind == "" && !slices.Contains(readable, e.Kind) {
		s.kind = e.Kind
	}
	b, list := &beside{Up: p.up(s)}, p.listing(s)
	b.translated(p, list, e, l)
	at, ok, err := list.first(e)
	if !ok || err != nil {
		return b, err
	}
	before, ok, err := list.before(at)
	if ok {
		b.Before = p.neighbour(before.Entry, s)
	}
	if err != nil {
		return b, err
	}
	behind, _, _, err := list.rows(at+1, 1)
	if len(behind) > 0 {
		b.Behind = p.neighbour(behind[0].Entry, s)
	}
	return b, err
}

// maxTongues is how many translations the page of an item leads to.
const maxTongues = 40

// translated leads to the translations of an item that are in a list.
func (b *beside) translated(p *page, list *listing, e bundle.Entry, l trail) {
	h := bundle.Hit{Entry: e}
	list.others(e, func(o bundle.Entry) bool {
		h.Others = append(h.Others, o.ID)
		return true
	})
	b.Also, b.AlsoIn = p.also(h, maxTongues, func(path string) string { return p.spot(spot{path: path, trail: l}) }), p.T("search.also")
}

// shelfOf is where an item lies in the bundle.
func (vol *volume) shelfOf(e bundle.Entry) shelf {
	if n := vol.r.Section(e); n != bundle.NoSection {
		return shelf{section: sectionNumber(n)}
	}
	folder, _ := path.Split(e.Path)
	return shelf{folder: strings.TrimSuffix(folder, "/")}
}

// up leads to a list, by its name.
func (p *page) up(s shelf) option {
	o := option{Label: p.T("home"), Address: p.address(viewHome, s.String())}
	if s.section != "" {
		if name := p.volume.sectionName(s.number(), p.lang.tag); name.Text != "" {
			o.Label, o.Tag = name.Text, name.Language
		}
	} else if s.folder != "" {
		o.Label = plain(path.Base(s.folder))
	}
	return o
}

func (p *page) neighbour(e bundle.Entry, s shelf) *neighbour {
	return &neighbour{Address: p.spot(spot{path: e.Path, trail: trail{shelf: s}}), Title: titleOf(e), Language: e.Language}
}

// before returns the last item of a list that comes before an id. Lists are read forward only, so it
// halves where that can be, again and again.
func (vol *volume) before(f bundle.Filter, id uint32) (found bundle.Entry, ok bool, err error) {
	for low, high := uint32(0), id; low < high; {
		middle := low + (high-low)/2
		next, _, _, err := vol.r.List(f, middle, 1)
		if err != nil {
			return found, false, err
		}
		if len(next) > 0 && next[0].ID < id {
			found, ok, low = next[0], true, next[0].ID+1
		} else {
			high = middle
		}
	}
	return found, ok, nil
}

// sections are those of the bundle; where they cannot be read there are none, and the verdict says so.
func (vol *volume) sections() []bundle.Section {
	vol.mu.Lock()
	defer vol.mu.Unlock()
	if vol.parts == nil {
		var err error
		if vol.parts, err = vol.r.Sections(); err != nil {
			vol.parts = nil
			vol.met(err)
		}
	}
	return vol.parts
}

// sectionName is what a section is called for a reader of a language.
func (vol *volume) sectionName(n int, tag string) bundle.Phrase {
	if all := vol.sections(); n >= 0 && n < len(all) {
		name := phrase(all[n].Name, tag)
		name.Text, name.Language = plain(name.Text), cmp.Or(name.Language, vol.info.Language)
		return name
	}
	return bundle.Phrase{}
}
