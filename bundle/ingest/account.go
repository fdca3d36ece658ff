package ingest

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	told "satchel/bundle/ingest/report"

	"satchel/bundle"
	"satchel/bundle/ingest/collection"
)

// An account adds up what is packed, for the curator's report. It is bounded, whatever is packed.
type account struct {
	items         int
	before, after int64
	kinds         map[string]*told.Group
	languages     map[string]*told.Group
	sections      map[string]*told.Group // of the collection file, or folders at the top
	section       func(path string) string
	contents      map[mark]*told.Duplicate
	bylines       map[string]*told.Group
	largest       []told.File
	missing       []told.Note
	external      map[string]*told.Address
	pictures      []string // paths
}

// Limits of an account. What goes over them is not in the report.
const (
	sheetBox     = 160 // pixels of a picture on the contact sheet
	maxLargest   = 30
	maxMissing   = 5000
	maxAddresses = 5000
	maxPictures  = 200 // on the contact sheet
	maxGroups    = 1000
	maxContents  = 100_000 // that are looked at for duplicates
	maxSame      = 20      // paths of one of them
	maxSheetFile = 64 << 10
)

func newAccount(c *collection.Collection) *account {
	a := &account{kinds: map[string]*told.Group{}, languages: map[string]*told.Group{},
		sections: map[string]*told.Group{}, external: map[string]*told.Address{}, bylines: map[string]*told.Group{}, contents: map[mark]*told.Duplicate{}}
	a.section = topFolder
	if c != nil && len(c.Sections) > 0 {
		a.section = func(path string) string {
			if n := c.SectionOf(path); n >= 0 {
				return c.Sections[n].Name.In(c.Language)
			}
			return ""
		}
	}
	return a
}

func topFolder(path string) string {
	top, _, inFolder := strings.Cut(path, "/")
	if !inFolder {
		return ""
	}
	return top
}

// A mark is by what contents are taken for the same: a part of their hash, or of that of the size and the
// beginning of a large file.
type mark [8]byte

// same takes note of a content.
func (a *account) same(f *finding) {
	m := f.mark
	if f.item.Sum != nil {
		m = mark(f.item.Sum[:len(m)])
	}
	d := a.contents[m]
	switch {
	case f.item.Size == 0 || m == mark{}, d == nil && len(a.contents) == maxContents, d != nil && len(d.Paths) == maxSame:
	case d == nil:
		a.contents[m] = &told.Duplicate{Paths: []string{f.item.Path}, Bytes: f.item.Size}
	default:
		d.Paths = append(d.Paths, f.item.Path)
	}
}

// duplicates lists the contents that are there more than once, the largest first.
func (a *account) duplicates() (list []told.Duplicate) {
	for _, d := range a.contents {
		if len(d.Paths) > 1 {
			list = append(list, *d)
		}
	}
	slices.SortFunc(list, func(x, y told.Duplicate) int {
		return cmp.Or(cmp.Compare(y.Bytes, x.Bytes), cmp.Compare(x.Paths[0], y.Paths[0]))
	})
	return list[:min(len(list), maxMissing)]
}

// add takes an item into account.
func (a *account) add(f *finding) {
	it := &f.item
	for i := range f.extras {
		name, size := "preview", f.extras[i].item.Size
		if k := f.extras[i].item.Kind; k != bundle.KindResource {
			name = string(k)
		}
		count(a.kinds, name, 0, size)
		a.after += size
	}
	a.items++
	a.before, a.after = a.before+f.size, a.after+it.Size
	a.same(f)
	for _, g := range []struct {
		groups map[string]*told.Group
		name   string
	}{{a.kinds, string(it.Kind)}, {a.languages, it.Language}, {a.sections, a.section(it.Path)}} {
		count(g.groups, g.name, f.size, it.Size)
	}
	if it.Byline != "" {
		count(a.bylines, it.Byline, f.size, it.Size)
	}
	a.large(told.File{Path: it.Path, Kind: string(it.Kind), Before: f.size, After: it.Size})
	for _, name := range f.missing {
		if len(a.missing) < maxMissing {
			a.missing = append(a.missing, told.Note{Path: it.Path, Text: "a picture that is not there: " + name,
				Help: "save the page again with its pictures, or put the picture there"})
		}
	}
	if f.sparse && len(a.missing) < maxMissing {
		a.missing = append(a.missing, told.Note{Path: it.Path, Text: "a page that shows little: its scripts are left out",
			Help: "open it in a browser, and save what it shows"})
	}
	for _, address := range f.external {
		a.leads(address, it.Path)
	}
	if (it.Kind == bundle.KindPicture || it.Kind == bundle.KindVideo) && len(a.pictures) < maxPictures {
		a.pictures = append(a.pictures, it.Path)
	}
}

func count(groups map[string]*told.Group, name string, before, after int64) {
	g := groups[name]
	if g == nil && len(groups) == maxGroups {
		return
	}
	if g == nil {
		g = &told.Group{Name: name}
		groups[name] = g
	}
	g.Items, g.Before, g.After = g.Items+1, g.Before+before, g.After+after
}

// large keeps the largest.
func (a *account) large(f told.File) {
	i, _ := slices.BinarySearchFunc(a.largest, f, func(x, y told.File) int { return cmp.Compare(y.After, x.After) })
	a.largest = slices.Insert(a.largest, i, f)
	a.largest = a.largest[:min(len(a.largest), maxLargest)]
}

func (a *account) leads(address, from string) {
	x := a.external[address]
	if x == nil && len(a.external) == maxAddresses {
		return
	}
	if x == nil {
		x = &told.Address{Address: address, First: from}
		a.external[address] = x
	}
	x.Items++
}

// sorted are groups, those with the most items first.
func sorted(groups map[string]*told.Group) (list []told.Group) {
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		list = append(list, *groups[name])
	}
	slices.SortStableFunc(list, func(a, b told.Group) int { return cmp.Compare(b.Items, a.Items) })
	return list
}

// Report tells of the latest scan, which has to have come to its end. It reads the pictures for the
// contact sheet. bytes is how large the bundle has become, or 0.
func (f *Folder) Report(title string, bytes int64) *told.Report {
	f.mu.Lock()
	r := f.report
	f.mu.Unlock()
	a := r.account
	out := &told.Report{
		Title: title, Items: a.items, Before: a.before, After: a.after, Bundle: bytes,
		Bylines: sorted(a.bylines), Kinds: sorted(a.kinds), Languages: sorted(a.languages), Sections: sorted(a.sections),
		Duplicates: a.duplicates(), Placeholders: a.missing, Largest: a.largest, Tools: f.options.Tools.Versions(),
	}
	for _, x := range r.refused {
		out.Refused = append(out.Refused, told.Note{Path: x.Path, Text: x.Reason, Help: help(x)})
	}
	for _, x := range r.left {
		out.LeftOut = append(out.LeftOut, told.Note{Path: x.Path, Text: x.Reason})
	}
	for _, x := range r.cleaned {
		out.Removals = append(out.Removals, removal(x))
	}
	for _, address := range slices.Sorted(maps.Keys(a.external)) {
		out.External = append(out.External, *a.external[address])
	}
	for _, path := range a.pictures {
		out.Pictures = append(out.Pictures, told.Picture{Path: path, Image: f.thumbnail(path)})
	}
	return out
}

func help(r Refusal) string {
	switch {
	case r.Unsupported:
		return "take it out, leave out all of its kind with --skip-unsupported, or pack it to be saved with --allow"
	case r.Allowable:
		return "take it out, or pack it to be saved with --allow"
	}
	return "take it out, or mend it"
}

func removal(c Cleaned) told.Removal {
	out := told.Removal{Path: c.Path}
	for _, x := range c.Removed {
		out.What, out.Bytes = append(out.What, x.What), out.Bytes+x.Bytes
	}
	return out
}

// thumbnail is a small picture of an item, or nothing where none can be made.
func (f *Folder) thumbnail(path string) (small []byte) {
	in, rel, ok := f.find(path)
	if !ok {
		return nil
	}
	guard(func() {
		d := newDesk()
		defer d.clear()
		found, file := f.look(in, rel, d)
		if file == nil {
			return
		}
		defer file.Close()
		x := found.pixels
		if x == nil && found.item.Kind == bundle.KindPicture {
			mediaType, _, _ := strings.Cut(found.item.Type, ";")
			x = &pixels{file, found.size, mediaType}
		}
		if x == nil {
			return
		}
		if list, err := f.small(x, sheetBox); err == nil && len(list) > 0 {
			small = list[0].JPEG
		}
	})
	if len(small) > maxSheetFile {
		return nil
	}
	return small
}
