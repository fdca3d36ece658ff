package viewer

import (
	"slices"
	"strings"

	"satchel/bundle"
)

// Limits of what is read of a list for one page. An item that is not shown costs as much as one that is.
const (
	maxRead = 1000      // items in all
	maxBack = 16 * 1024 // how far before an item in a section its translations are known
)

// A listing is what a shelf shows, in its order: rows of one item each, or of one and its translations. Those
// stand where the first of them does.
type listing struct {
	vol      *volume
	shelf    shelf
	filter   bundle.Filter
	tag      string             // the reader's language
	together *bundle.Translator // nil where each item is a row
	places   map[uint32]int64   // in a section in order, those of the items that were met; nil where the id is the place
}

// listing takes translations together where the reader has chosen no language.
func (p *page) listing(s shelf) *listing {
	l := &listing{vol: p.volume, shelf: s, filter: p.volume.filter(s), tag: p.lang.tag}
	if s.ordered() {
		l.places = map[uint32]int64{}
	}
	if s.language == "" {
		var err error
		l.together, err = l.vol.r.Translator()
		l.vol.met(err)
	}
	return l
}

// rows returns up to n rows from a place on. next is where others follow, or may: it reads no more than maxRead items.
func (l *listing) rows(from int64, n int) (rows []bundle.Hit, next int64, more bool, err error) {
	if err := l.recall(from); err != nil {
		return nil, 0, false, err
	}
	next = from
	for read := 0; read < maxRead; {
		const spare = 20
		ask := n - len(rows) + spare
		var list []bundle.Entry
		if list, next, more, err = l.read(next, ask); err != nil {
			return rows, next, false, err
		}
		for _, e := range list {
			h, first := l.row(e)
			if !first {
				continue
			}
			if len(rows) == n {
				at, _ := l.place(e.ID)
				return rows, at, true, nil
			}
			rows = append(rows, h)
		}
		if read += ask; !more || l.places == nil && len(list) < ask {
			break
		}
	}
	return rows, next, more, nil
}

// read returns what is in the list of n items from a place on, and where the next begin, if there are more.
func (l *listing) read(from int64, n int) (list []bundle.Entry, next int64, more bool, err error) {
	if l.places == nil {
		list, next, more, err := l.vol.r.List(l.filter, uint32(from), n)
		return list, int64(next), more, err
	}
	all, more, err := l.vol.r.SectionItems(l.shelf.number(), from, n)
	for i, e := range all {
		if l.places[e.ID] = from + int64(i); l.has(e) {
			list = append(list, e)
		}
	}
	return list, from + int64(len(all)), more, err
}

// recall notes the places of what comes before one in a section in order.
func (l *listing) recall(before int64) error {
	if l.places == nil || l.together == nil {
		return nil
	}
	first := max(0, before-maxBack)
	ids, err := l.vol.r.SectionIDs(l.shelf.number(), first, int(before-first))
	for i, id := range ids {
		l.places[id] = first + int64(i)
	}
	return err
}

// place is where an item stands in the list, if that is known.
func (l *listing) place(id uint32) (at int64, ok bool) {
	if l.places == nil {
		return int64(id), true
	}
	at, ok = l.places[id]
	return at, ok
}

// has says whether an item is in the list, as long as no language is chosen.
func (l *listing) has(e bundle.Entry) bool {
	f := &l.filter
	return slices.Contains(f.Kinds, e.Kind) && (f.Folder == "" || strings.HasPrefix(e.Path, f.Folder+"/")) &&
		(len(f.Sections) == 0 || slices.Contains(f.Sections, l.vol.r.Section(e)))
}

// others yields the translations of an item in the list. What cannot be read of them is not there.
func (l *listing) others(e bundle.Entry, yield func(bundle.Entry) bool) {
	if l.together != nil {
		l.vol.met(l.together.Of(e, func(o bundle.Entry) bool { return !l.has(o) || yield(o) }))
	}
}

// row is what the list shows in the place of an item, unless the item is not the first of its translations: what suits
// the reader best, or else that first one.
func (l *listing) row(e bundle.Entry) (h bundle.Hit, first bool) {
	h.Entry, first = e, true
	at, _ := l.place(e.ID)
	l.others(e, func(o bundle.Entry) bool {
		if place, ok := l.place(o.ID); ok && place < at {
			first = !l.leads(o, e)
			return first // or each has a row of its own, where one does not know the other
		}
		if likeness(o.Language, l.tag) > likeness(h.Language, l.tag) {
			o, h.Entry = h.Entry, o
		}
		h.Others = append(h.Others, o.ID)
		return true
	})
	return h, first
}

// leads says whether the row of an item leads to a translation.
func (l *listing) leads(e, to bundle.Entry) (found bool) {
	l.others(e, func(o bundle.Entry) bool {
		found = o.ID == to.ID
		return !found
	})
	return found
}

// first is the place of the row that has an item in it. It is not ok where the list does not tell.
func (l *listing) first(e bundle.Entry) (at int64, ok bool, err error) {
	at = int64(e.ID)
	var others []bundle.Entry
	l.others(e, func(o bundle.Entry) bool {
		if l.leads(o, e) { // or its row is another
			others, at = append(others, o), min(at, int64(o.ID))
		}
		return true
	})
	switch {
	case l.places == nil:
		return at, true, nil
	case l.vol.r.Section(e) != l.shelf.number():
		return 0, false, nil
	}
	return l.vol.r.SectionPosition(e, others...)
}

// maxSteps is how often before reads maxRead items.
const maxSteps = 4

// before returns the row that comes before a place. Lists are read forward only: it reads a stretch that ends there,
// and another one before that where all in it are translations.
func (l *listing) before(at int64) (h bundle.Hit, ok bool, err error) {
	if err := l.recall(at); err != nil {
		return h, false, err
	}
	for range maxSteps {
		if l.places == nil {
			last, ok, err := l.vol.before(l.filter, uint32(at))
			if !ok || err != nil {
				return h, false, err
			}
			if h, first := l.row(last); first {
				return h, true, nil
			}
			at = int64(last.ID)
		}
		from := max(0, at-maxRead)
		list, _, _, err := l.read(from, int(at-from))
		if err != nil {
			return h, false, err
		}
		for _, e := range slices.Backward(list) {
			place, _ := l.place(e.ID)
			if h, first := l.row(e); first && place < at {
				return h, true, nil
			}
		}
		if at = from; at == 0 {
			break
		}
	}
	return h, false, nil
}
