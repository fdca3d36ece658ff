package bundle

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"satchel/bundle/sign"
)

// sectioned are options for a bundle that says all there is to say of itself. Pages are in the first
// section, the shortest path first; pictures in the second, backwards; the third has none.
func sectioned() Options {
	return Options{
		Title: "Sample", Titles: Text{{"ko", "견본"}, {"fa", "نمونه"}},
		Description: Text{{"", "What it is."}, {"ko", "무엇인지."}}, Publisher: "Example Newsroom",
		Sections: []Section{
			{Name: Text{{"ko", "글"}, {"en", "Pages"}}, Cover: "pictures/a.png"},
			{Name: Text{{"", "Pictures"}}}, {Name: Text{{"", "Nothing yet"}}},
		},
		Place: func(it *Item) (int, string) {
			switch it.Kind {
			case KindPage:
				return 0, fmt.Sprintf("%04d", len(it.Path))
			case KindPicture:
				return 1, strings.Map(func(r rune) rune { return 0x7f - r%0x80 }, it.Path)
			}
			return NoSection, ""
		},
	}
}

// inOrder are the paths that belong to a section of options, as it orders them.
func inOrder(src memory, o Options, section int) []string {
	type placed struct{ key, order, path string }
	var all []placed
	for path, th := range src {
		it := th.Item
		it.Path = path
		if n, key := o.Place(&it); n == section {
			all = append(all, placed{key, string(orderKey(&it)), path})
		}
	}
	slices.SortFunc(all, func(a, b placed) int {
		return slices.Compare([]string{a.key, a.order}, []string{b.key, b.order})
	})
	var paths []string
	for _, p := range all {
		paths = append(paths, p.path)
	}
	return paths
}

func TestAbout(t *testing.T) {
	t.Parallel()
	name := create(t, sample(), sectioned())
	r := open(t, name)
	a, err := r.About()
	if err != nil || !slices.Equal(a.Titles, Text{{"", "Sample"}, {"fa", "نمونه"}, {"ko", "견본"}}) ||
		!slices.Equal(a.Description, Text{{"", "What it is."}, {"ko", "무엇인지."}}) || a.Publisher != "Example Newsroom" {
		t.Errorf("%+v, %v", a, err)
	}
	if got := a.Titles.In("ko-KP"); got != "견본" {
		t.Errorf("title in Korean: %q", got)
	}
	if v := verify(t, name); v.Verdict != Unsigned || v.Marked {
		t.Errorf("%+v", v)
	}
	o := sectioned()
	o.Title, o.Language = "", "fa"
	if got := open(t, create(t, sample(), o)).Info().Title; got != "نمونه" {
		t.Errorf("without a title in no language: %q, want that in the bundle's", got)
	}
}

func TestSections(t *testing.T) {
	t.Parallel()
	src, o := sample(), sectioned()
	r := open(t, create(t, src, o))
	sections, err := r.Sections()
	if err != nil || len(sections) != len(o.Sections) {
		t.Fatalf("%+v, %v", sections, err)
	}
	if s := sections[0]; s.Cover != "pictures/a.png" || !slices.Equal(s.Name, Text{{"en", "Pages"}, {"ko", "글"}}) {
		t.Errorf("%+v", s)
	}
	for n, s := range sections {
		want := inOrder(src, o, n)
		if s.Items != int64(len(want)) {
			t.Errorf("section %d has %d items, want %d", n, s.Items, len(want))
		}
		if got := sectionPaths(t, r, n, 7); !slices.Equal(got, want) {
			t.Errorf("section %d: got %q, want %q", n, got, want)
		}
		entries, _, _, err := r.List(Filter{Sections: []int{n}}, 0, 1000)
		count, err2 := r.Count(Filter{Sections: []int{n}})
		if err != nil || err2 != nil || len(entries) != len(want) || count != int64(len(want)) {
			t.Errorf("section %d: a list of %d, %v, count %d, %v; want %d", n, len(entries), err, count, err2, len(want))
		}
		for _, e := range entries {
			if r.Section(e) != n {
				t.Errorf("%q is in section %d, want %d", e.Path, r.Section(e), n)
			}
		}
	}
	film, err := r.Lookup("film.mp4")
	if err != nil || r.Section(film) != NoSection {
		t.Errorf("film.mp4: section %d, %v, want none", r.Section(film), err)
	}
	for _, n := range []int{-1, len(sections)} {
		if _, _, err := r.SectionItems(n, 0, 1); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("section %d: %v, want that there is none", n, err)
		}
	}
}

// sectionPaths goes through a section some items at a time.
func sectionPaths(t *testing.T, r *Reader, section, n int) (paths []string) {
	t.Helper()
	for more := true; more; {
		var entries []Entry
		var err error
		entries, more, err = r.SectionItems(section, int64(len(paths)), n)
		if err != nil || (more && len(entries) != n) {
			t.Fatalf("section %d from %d: %d items, more is %v, %v", section, len(paths), len(entries), more, err)
		}
		for _, e := range entries {
			paths = append(paths, e.Path)
		}
	}
	return paths
}

// TestSectionPages: orders that take several entries of the index, in an order that has nothing to do
// with the ids.
func TestSectionPages(t *testing.T) {
	t.Parallel()
	const items = 3 * orderChunk // full to the last
	src := memory{}
	keys := map[string]string{}
	for i, n := range rand.New(rand.NewPCG(1, 2)).Perm(items + 5) {
		path := fmt.Sprintf("d%d/%05d.txt", i%9, i)
		src[path] = thing{Item{Kind: KindText, Type: "text/plain"}, nil}
		keys[path] = fmt.Sprintf("%05d", n)
	}
	o := Options{Sections: []Section{{Name: Text{{"", "Few"}}}, {Name: Text{{"", "Many"}}}}}
	o.Place = func(it *Item) (int, string) {
		if keys[it.Path] < "00005" {
			return 0, keys[it.Path]
		}
		return 1, keys[it.Path]
	}
	name := create(t, src, o)
	r := open(t, name)
	for _, n := range []int{orderChunk, 1000, items} {
		if got := sectionPaths(t, r, 1, n); !slices.Equal(got, inOrder(src, o, 1)) {
			t.Errorf("%d at a time: another order, of %d items", n, len(got))
		}
	}
	if got, more, err := r.SectionItems(1, items-2, 10); err != nil || more || len(got) != 2 {
		t.Errorf("the last two: %d, %v, %v", len(got), more, err)
	}
	if got, more, err := r.SectionItems(1, items, 10); err != nil || more || len(got) != 0 {
		t.Errorf("behind the end: %d, %v, %v", len(got), more, err)
	}
	if v := verify(t, name); v.Verdict != Unsigned {
		t.Errorf("%+v", v)
	}
}

// TestSectionBytes: sections give the same bytes on any number of cores and whatever the order of
// phrases; options that say nothing leave no trace.
func TestSectionBytes(t *testing.T) {
	t.Parallel()
	make := func(change func(*Options)) []byte {
		o := sectioned()
		change(&o)
		return read(t, create(t, sample(), o))
	}
	want := make(func(o *Options) { o.Workers = 1 })
	if !bytes.Equal(make(func(o *Options) { o.Workers = 3; slices.Reverse(o.Titles) }), want) {
		t.Error("other bytes of the same options")
	}
	plain := read(t, create(t, sample(), Options{Title: "Sample"}))
	if !bytes.Equal(read(t, create(t, sample(), Options{Titles: Text{{"", "Sample"}}})), plain) {
		t.Error("a title in no language is another than the title")
	}
}

// TestSectionFromBundle: what a source took out of another bundle does not bring its sections along.
func TestSectionFromBundle(t *testing.T) {
	t.Parallel()
	src := sample()
	e, err := open(t, create(t, src, sectioned())).Lookup("index.html")
	if err != nil {
		t.Fatal(err)
	}
	one := memory{"index.html": thing{e.Item, src["index.html"].data}}
	if v := verify(t, create(t, one, Options{})); v.Verdict != Unsigned {
		t.Errorf("%+v", v)
	}
}

func TestCheckAbout(t *testing.T) {
	t.Parallel()
	many := func(n int, text string) (t Text) {
		for i := range n {
			t = append(t, Phrase{fmt.Sprintf("x%c%c", 'a'+i/26, 'a'+i%26), text})
		}
		return t
	}
	name := Text{{"", "A"}}
	for want, o := range map[string]Options{
		`title: "a\nb": one line of at most 1024 bytes`:          {Title: "a\nb"},
		`title: it is there twice without a language`:            {Title: "a", Titles: name},
		`title: it is there twice in ko`:                         {Titles: Text{{"ko", "a"}, {"ko", "b"}}},
		`title: it is empty in ko`:                               {Titles: Text{{"ko", ""}}},
		`title: language "in English": use a tag such as ko or`:  {Titles: Text{{"in English", "a"}}},
		`description: 65 languages: at most 64`:                  {Description: many(65, "a")},
		`in all languages: at most 24576`:                        {Description: many(64, strings.Repeat("a", MaxTitle))},
		`publisher "a\x00": one line of at most 1024 bytes`:      {Publisher: "a\x00"},
		`1001 sections: at most 1000`:                            {Sections: make([]Section, 1001)},
		`name of section 1: it has none: call it something`:      {Sections: make([]Section, 1)},
		`name of section 2: it is empty in en`:                   {Sections: []Section{{Name: name}, {Name: Text{{"en", ""}}}}},
		`cover of section 1: `:                                   {Sections: []Section{{Name: name, Cover: "../a.png"}}},
		`items are to be placed in sections, and there are none`: {Place: func(*Item) (int, string) { return 0, "" }},
	} {
		if err := o.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	o := sectioned()
	o.Description = many(64, strings.Repeat("a", 370))
	if err := o.Check(); err != nil {
		t.Error(err)
	}
	o.Place = func(*Item) (int, string) { return 3, "" }
	_, err := Create(t.Context(), filepath.Join(t.TempDir(), "x.zip"), sample(), o)
	if err == nil || !strings.Contains(err.Error(), "is placed in section 3, and there are 3, counted from 0") {
		t.Errorf("a place that there is not: %v", err)
	}
}

func TestCompareSections(t *testing.T) {
	t.Parallel()
	o := sectioned()
	o.Layout, o.Signers = LayoutFolder, []sign.PrivateKey{testKey(t, 1)}
	mine := create(t, sample(), o)
	differs := func(what ...string) (list []Difference) {
		for _, w := range what {
			list = append(list, Difference{w, BundleDiffers})
		}
		return list
	}
	for what, c := range map[string]struct {
		change func(*Options)
		want   []Difference
	}{
		"title":       {func(o *Options) { o.Titles = o.Titles[:1] }, differs("titles")},
		"description": {func(o *Options) { o.Description = nil }, differs("description")},
		"publisher":   {func(o *Options) { o.Publisher += "." }, differs("publisher")},
		"cover":       {func(o *Options) { o.Sections[1].Cover = "pictures/a.png" }, differs("section 2")},
		"one less":    {func(o *Options) { o.Sections = o.Sections[:2] }, differs("section 3")},
		"order": {func(o *Options) {
			place := o.Place
			o.Place = func(it *Item) (int, string) { n, _ := place(it); return n, "" }
		}, differs("section 1", "section 2")},
	} {
		other := o
		other.Sections = slices.Clone(o.Sections)
		c.change(&other)
		wantDifferences(t, what, mine, create(t, sample(), other), c.want)
	}
}

// divided gives a forgery two sections: a.html and b.png, backwards, and d/c.html.
func divided(f *forgery) {
	f.set(aboutKey(aboutSections), []byte{2})
	for n, ids := range [][]uint32{{idB, idA}, {idC}} {
		s := Section{Name: Text{{"en", "S"}}}
		f.set(sectionKey(uint32(n)), s.encode())
		f.set(numberKey(bySection, sectionNumber(n)), []byte{byte(len(ids))})
		f.setOrder(uint32(n), 0, ids...)
		for _, id := range ids {
			f.setItem(id, func(it *Item, _ *place) { it.section = int64(n) + 1 })
			f.set(be.AppendUint32(listKey(bySection, sectionNumber(n)), id), appendRuns([]run{{id, id}}))
		}
	}
}

// setOrder changes a chunk of the order of a section.
func (f *forgery) setOrder(section, first uint32, ids ...uint32) {
	var b []byte
	for _, id := range ids {
		b = be.AppendUint32(b, id)
	}
	f.set(orderChunkKey(section, first), b)
}

// TestC13Sections: what a hostile signer says of sections is a claim. Verify objects to all that does not
// fit together, and the items are read all the same.
func TestC13Sections(t *testing.T) {
	t.Parallel()
	text := func(phrases ...string) []byte {
		var b []byte
		for _, p := range phrases {
			b = appendText(b, p)
		}
		return b
	}
	about := func(name string, value []byte) func(*forgery) {
		return func(f *forgery) { f.set(aboutKey(name), value) }
	}
	record := func(name []byte, cover string) func(*forgery) {
		return func(f *forgery) { f.set(sectionKey(0), appendText(appendText(nil, string(name)), cover)) }
	}
	number := func(s string, n uint64) func(*forgery) {
		return func(f *forgery) { f.set(numberKey(bySection, s), binary.AppendUvarint(nil, n)) }
	}
	order := func(section, first uint32, ids ...uint32) func(*forgery) {
		return func(f *forgery) { f.setOrder(section, first, ids...) }
	}
	for what, spoil := range map[string]func(*forgery){
		"a description of half a phrase": about(aboutDescription, text("en", "a")[:4]),
		"a description without a phrase": about(aboutDescription, text("en")),
		"a description of two lines":     about(aboutDescription, text("en", "a\nb")),
		"a description that is empty":    about(aboutDescription, text("en", "")),
		"titles in one language":         about(aboutTitles, text("en", "a", "en", "b")),
		"titles out of order":            about(aboutTitles, text("ko", "a", "en", "b")),
		"titles in no language":          about(aboutTitles, text("in English", "a")),
		"titles in 65 languages": about(aboutTitles, func() (b []byte) {
			for i := range 65 {
				b = append(b, text(fmt.Sprintf("x%c%c", 'a'+i/26, 'a'+i%26), "a")...)
			}
			return b
		}()),
		"titles of 25 KB":            about(aboutTitles, bytes.Repeat([]byte("x"), 25_000)),
		"a publisher of two lines":   about(aboutPublisher, []byte("a\nb")),
		"2^62 sections":              about(aboutSections, binary.AppendUvarint(nil, 1<<62)),
		"1,001 sections":             about(aboutSections, binary.AppendUvarint(nil, 1001)),
		"a section too many":         about(aboutSections, []byte{3}),
		"a section less":             about(aboutSections, []byte{1}),
		"a section without a name":   record(nil, ""),
		"a name of two lines":        record(text("en", "a\nb"), ""),
		"a name of 25 KB":            record(bytes.Repeat([]byte("x"), 25_000), ""),
		"a cover that climbs":        record(text("en", "a"), "../a.png"),
		"a section with more behind": func(f *forgery) { f.entries[string(sectionKey(0))] += "x" },
		"a section that is not there": func(f *forgery) {
			delete(f.entries, string(sectionKey(0)))
		},
		"2^62 items":                 number("0", 1<<62),
		"no items":                   number("0", 0),
		"an item more":               number("0", 3),
		"an item here for one there": func(f *forgery) { number("0", 1)(f); number("1", 2)(f) },
		"numbers that overflow": func(f *forgery) {
			f.set(aboutKey(aboutSections), []byte{6})
			for n := range 4 {
				s := Section{Name: Text{{"", "S"}}}
				f.set(sectionKey(uint32(n+2)), s.encode())
				number(sectionNumber(n+2), 1<<62)(f)
			}
		},
		"an item twice":             order(0, 0, idB, idB),
		"an item of another":        order(0, 0, idB, idC),
		"an item that is not there": order(0, 0, idB, 7),
		"ids beyond 2^31":           order(0, 0, idB, 1<<32-1),
		"an order without ids":      order(0, 0),
		"an order that is short":    order(0, 0, idB),
		"an order that is long":     order(0, 0, idB, idA, idC),
		"a chunk more":              order(0, orderChunk, idA),
		"a chunk that begins at 1":  order(0, 1, idA),
		"a chunk at the very end":   order(0, 1<<32-1, idA),
		"half an id":                func(f *forgery) { f.entries[string(orderChunkKey(0, 0))] += "x" },
		"a key that is short":       func(f *forgery) { f.entries["O\x00"] = "\x00\x00\x00\x01" },
		"a section's key, too":      func(f *forgery) { f.entries["S\x00"] = f.entries[string(sectionKey(0))] },
		"no order":                  func(f *forgery) { delete(f.entries, string(orderChunkKey(0, 0))) },
		"an order of no section":    order(7, 0, idA),
		"an item of no section":     func(f *forgery) { f.setItem(idA, func(it *Item, _ *place) { it.section = 7 }) },
		"an item that says nothing": func(f *forgery) {
			f.setItem(idA, func(it *Item, _ *place) { it.section = 0 })
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			deceit{spoil: func(f *forgery) { divided(f); spoil(f) }}.try(t)
		})
	}
	deceit{spoil: divided, whole: true}.try(t)
	far := func(f *forgery) { f.setItem(idC, func(it *Item, _ *place) { it.section = MaxSections + 1 }) }
	deceit{spoil: far, lost: []string{"d/c.html"}, err: ErrFormat}.try(t)
}

// TestSectionPosition: an item knows its place in the order of its section, also behind the first chunk of it.
func TestSectionPosition(t *testing.T) {
	t.Parallel()
	src := memory{}
	const items = orderChunk + 300
	for i := range items {
		src[fmt.Sprintf("%04d.txt", i)] = thing{Item{Kind: KindText, Type: "text/plain"}, []byte("x")}
	}
	src["none.txt"] = thing{Item{Kind: KindText, Type: "text/plain"}, []byte("y")}
	r := open(t, create(t, src, Options{Sections: []Section{{Name: Text{{"", "All"}}}}, Place: func(it *Item) (int, string) {
		if it.Path == "none.txt" {
			return NoSection, ""
		}
		return 0, fmt.Sprintf("%04d", items-len(it.Path)-int(it.Path[3]))
	}}))
	for _, from := range []int64{0, 1, orderChunk - 1, orderChunk, items - 1} {
		entries, _, err := r.SectionItems(0, from, 1)
		if err != nil {
			t.Fatal(err)
		}
		if at, ok, err := r.SectionPosition(entries[0]); err != nil || !ok || at != from {
			t.Errorf("position %d is told as %d, %v, %v", from, at, ok, err)
		}
	}
	e, err := r.Lookup("none.txt")
	if err != nil {
		t.Fatal(err)
	}
	if at, ok, err := r.SectionPosition(e); ok || err != nil {
		t.Errorf("without a section: %d, %v, %v", at, ok, err)
	}
}

// TestCountUpTo: what only a list tells is counted, up to a number, and no further than filters go together.
func TestCountUpTo(t *testing.T) {
	t.Parallel()
	src := memory{}
	for i := range 30_000 {
		it := Item{Kind: KindText, Type: "text/plain", Title: "x", Language: "ko"}
		if i%2 == 0 {
			it.Kind = KindFile
		}
		if i%2 == 0 != (i > 29_990) {
			it.Language = "fa"
		}
		src[fmt.Sprintf("%05d.txt", i)] = thing{it, nil}
	}
	r := open(t, create(t, src, Options{NoSearch: true}))
	texts, korean := []Kind{KindText}, []string{"ko"}
	for _, c := range []struct {
		f     Filter
		most  int64
		n     int64
		exact bool
	}{
		{Filter{Kinds: texts}, 10, 15_000, true},
		{Filter{Kinds: texts, Languages: korean}, 999, 999, false},
		{Filter{Kinds: texts, Languages: korean, Folder: "none"}, 999, 0, true},
		{Filter{Kinds: texts, Languages: []string{"fa"}}, 999, 0, false}, // they meet behind very many that do not
	} {
		if n, exact, err := r.CountUpTo(c.f, c.most); n != c.n || exact != c.exact || err != nil {
			t.Errorf("%v up to %d: %d, %v, %v", c.f, c.most, n, exact, err)
		}
	}
	small := open(t, create(t, memory{"a.txt": thing{Item{Kind: KindText, Type: "text/plain", Title: "x", Language: "ko"}, nil}}, Options{NoSearch: true}))
	for _, most := range []int64{1, 2} {
		if n, exact, err := small.CountUpTo(Filter{Kinds: texts, Languages: korean}, most); n != 1 || !exact || err != nil {
			t.Errorf("one up to %d: %d, %v, %v", most, n, exact, err)
		}
	}
}
