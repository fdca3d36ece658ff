package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"satchel/bundle/internal/zframe"
)

// What a hostile signer can put into signed data. Forgeries are in forge_test.go.

// A deceit is one change to a forgery and what it must come to.
type deceit struct {
	spoil func(*forgery)
	lost  []string // paths that cannot be read; others are exact
	err   error    // that reading these wraps
	// whole says that Verify, which goes by bytes, has nothing to object to.
	whole bool
}

func (d deceit) try(t *testing.T) {
	t.Helper()
	f := forge(t)
	d.spoil(f)
	got := f.try(t)
	if got.refusal != nil {
		t.Fatalf("not opened: %v", got.refusal)
	}
	if whole := got.report.Verdict == Unknown; whole != d.whole {
		t.Errorf("Verify: %+v, want intact: %v", got.report, d.whole)
	}
	for path, err := range got.errs {
		if lost := slices.Contains(d.lost, path); lost != (err != nil) || lost && !errors.Is(err, d.err) {
			t.Errorf("%q: error %v, want %v: %v", path, err, d.err, lost)
		}
	}
}

// TestC12Places: an item whose place lies outside its member is an error, however far.
func TestC12Places(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		change func(*Item, *place)
		whole  bool // Verify goes by bytes, and those are there
	}{
		"a size below 0":              {func(it *Item, _ *place) { it.Size = -1 }, false},
		"a size of 2^63":              {func(it *Item, _ *place) { it.Size = math.MinInt64 }, false},
		"a size of 2^62":              {func(it *Item, _ *place) { it.Size = 1 << 62 }, true},
		"a byte more than there is":   {func(it *Item, _ *place) { it.Size++ }, true},
		"the block behind the last":   {func(_ *Item, p *place) { p.block = 2 }, true},
		"the last number of a block":  {func(_ *Item, p *place) { p.block = math.MaxUint32 }, true},
		"a block that wraps to 0":     {func(_ *Item, p *place) { p.block, p.offset = math.MaxUint32, storedBlock }, true},
		"an offset behind the end":    {func(_ *Item, p *place) { p.offset = 2 * storedBlock }, true},
		"an offset beyond all blocks": {func(_ *Item, p *place) { p.offset = maxRawBlock }, true},
		"an offset larger than any":   {func(_ *Item, p *place) { p.offset = maxRawBlock + 1 }, false},
		"a member that is not there":  {func(_ *Item, p *place) { p.member = 2 }, true},
		"the last number of a member": {func(_ *Item, p *place) { p.member = math.MaxUint32 }, true},
		"the end of a frame":          {func(_ *Item, p *place) { p.member, p.block = ofFrames, 1 }, true},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			spoil := func(f *forgery) { f.setItem(idB, c.change) }
			deceit{spoil: spoil, lost: []string{"b.png"}, err: ErrFormat, whole: c.whole}.try(t)
		})
	}
}

// TestC12Members: members that overlap, leave gaps or lie nowhere are found by Verify,
// and where a hash does not fit nothing is read.
func TestC12Members(t *testing.T) {
	t.Parallel()
	first := forge(t).members[ofFrames].offset
	for what, c := range map[string]struct {
		change func(*member)
		err    error // of reading b.png; nil: it is exact
	}{
		"upon another":            {func(m *member) { m.offset = first }, nil},
		"before the beginning":    {func(m *member) { m.offset = 0 }, nil},
		"behind a gap":            {func(m *member) { m.offset += 1 << 20 }, nil},
		"at an offset below 0":    {func(m *member) { m.offset = -1 }, ErrFormat},
		"at an offset of 2^62":    {func(m *member) { m.offset = 1 << 62 }, nil},
		"with an end beyond 2^63": {func(m *member) { m.offset, m.size = 1<<62, 1<<62 }, ErrFormat},
		"of a size below 0":       {func(m *member) { m.size = -1 }, ErrFormat},
		"of another size":         {func(m *member) { m.size-- }, ErrDamaged},
		"of no blocks":            {func(m *member) { m.blocks = 0 }, ErrFormat},
		"of 2^32-1 blocks":        {func(m *member) { m.blocks = math.MaxUint32 }, ErrFormat},
		"of frames":               {func(m *member) { m.packed = true }, ErrFormat},
		"of frames, 2^32-1":       {func(m *member) { m.packed, m.blocks = true, math.MaxUint32 }, ErrFormat},
		"under another's name":    {func(m *member) { m.name = "p0001.zst" }, ErrDamaged},
		"under a name above":      {func(m *member) { m.name = "../b0001" }, ErrFormat},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			d := deceit{spoil: func(f *forgery) { f.setMember(ofStored, c.change) }, err: c.err}
			if c.err != nil {
				d.lost = []string{"b.png"}
			}
			d.try(t)
		})
	}
}

// TestC12MemberEnd: each number is allowed by itself, and their sum is below 0.
func TestC12MemberEnd(t *testing.T) {
	t.Parallel()
	m := member{name: "p0001.zst", packed: true, offset: 1 << 62, size: 1 << 62, blocks: 1}
	if got, err := parseMember(m.encode()); !errors.Is(err, ErrFormat) {
		t.Errorf("%+v, %v; want ErrFormat", got, err)
	}
}

// TestC12Blocks: lines of the block table that overlap, leave a gap or go beyond.
func TestC12Blocks(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		change func([]block)
		lost   []string
		err    error
	}{
		"begin below 0":       {func(b []block) { b[0].offset = -1 }, []string{"a.html", "d/c.html"}, ErrFormat},
		"begin at 1":          {func(b []block) { b[0].offset = 1 }, []string{"a.html", "d/c.html"}, ErrFormat},
		"begin at 2^62":       {func(b []block) { b[0].offset = 1 << 62 }, []string{"a.html", "d/c.html"}, ErrFormat},
		"leave a byte out":    {func(b []block) { b[1].stored-- }, []string{"d/c.html"}, ErrDamaged},
		"take a byte twice":   {func(b []block) { b[0].stored--; b[1].stored++ }, []string{"a.html", "d/c.html"}, ErrDamaged},
		"are longer than any": {func(b []block) { b[1].stored = maxPackBlock + 1 }, []string{"a.html", "d/c.html"}, ErrFormat},
		"hold less":           {func(b []block) { b[1].raw-- }, []string{"d/c.html"}, ErrFormat},
		"hold more":           {func(b []block) { b[1].raw++ }, []string{"d/c.html"}, ErrFormat},
		"hold more than any":  {func(b []block) { b[1].raw = maxRawBlock + 1 }, []string{"a.html", "d/c.html"}, ErrFormat},
		"hold less than 0":    {func(b []block) { b[1].raw = -1 }, []string{"a.html", "d/c.html"}, ErrFormat},
		"stand in another order": {func(b []block) { b[0], b[1] = b[1], b[0] },
			[]string{"a.html", "d/c.html"}, ErrFormat},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			deceit{spoil: func(f *forgery) { f.setBlocks(ofFrames, c.change) }, lost: c.lost, err: c.err}.try(t)
		})
	}
}

// TestC12LastBlockOfDamage: the last number that a block can have must not send Verify round
// and round when it looks for the items in a damaged block.
func TestC12LastBlockOfDamage(t *testing.T) {
	t.Parallel()
	f := forge(t)
	f.setItem(idA, func(it *Item, p *place) { it.Size, *p = 1, place{ofStored, math.MaxUint32, 0} })
	f.data[ofStored] = append([]byte{^f.data[ofStored][0]}, f.data[ofStored][1:]...)
	got := f.try(t)
	if got.report == nil || !slices.Contains(got.report.Damaged, "b.png") {
		t.Errorf("%+v, want b.png damaged", got.report)
	}
}

// TestC12Gaps: bytes of a member that lie in no block would be in every copy, and no hash
// of a block covers them. All others hold here.
func TestC12Gaps(t *testing.T) {
	t.Parallel()
	tag := []byte("a tag in a gap")
	for what, c := range map[string]struct {
		data  func(data []byte) []byte
		shift int64 // of all blocks
	}{
		"in front": {func(data []byte) []byte { return slices.Concat(tag, data) }, int64(len(tag))},
		"behind":   {func(data []byte) []byte { return slices.Concat(data, tag) }, 0},
	} {
		f := forge(t)
		f.data[ofFrames] = c.data(f.data[ofFrames])
		f.setBlocks(ofFrames, func(b []block) { b[0].offset += c.shift })
		f.lay()
		got := f.try(t)
		if got.refusal != nil || got.report.Verdict != Changed || got.report.Reason != ReasonIndex {
			t.Errorf("%s: %v, %+v; want changed, %s", what, got.refusal, got.report, ReasonIndex)
		}
		for path, err := range got.errs {
			if err != nil {
				t.Errorf("%s: %q: %v, want it exact", what, path, err)
			}
		}
	}
}

// TestC12Pages: pages of the index that name themselves, what lies behind them, or a
// place that no file has.
func TestC12Pages(t *testing.T) {
	t.Parallel()
	leaf := func() [2]string { return [2]string{"I\x00\x00\x00\x00", "x"} }
	ref := func(offset, length uint64) string {
		b := binary.AppendUvarint(binary.AppendUvarint(nil, offset), length)
		return string(append(b, make([]byte, 32)...))
	}
	for what, child := range map[string]func(p *pager) string{
		"itself":                 func(p *pager) string { return ref(uint64(len(p.b)), 40) },
		"what lies behind":       func(p *pager) string { return ref(uint64(len(p.b))+100, 40) },
		"an offset of 2^62":      func(*pager) string { return ref(1<<62, 40) },
		"an offset of 2^63":      func(*pager) string { return ref(1<<63, 40) },
		"an offset of 2^64-1":    func(*pager) string { return ref(math.MaxUint64, 40) },
		"a page of no bytes":     func(*pager) string { return ref(0, 0) },
		"a page of 2^31 bytes":   func(*pager) string { return ref(0, 1<<31) },
		"a page of 2^64-1 bytes": func(*pager) string { return ref(0, math.MaxUint64) },
		"nothing":                func(*pager) string { return "" },
		"half a page":            func(*pager) string { return ref(0, 40)[:20] },
		"a page two levels down": func(p *pager) string { return p.add(page(0, leaf())) },
		"another key":            func(p *pager) string { return p.add(page(1, [2]string{"J", p.add(page(0, [2]string{"J", ""}))})) },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			p := &pager{}
			root := page(2, [2]string{leaf()[0], child(p)})
			p.add(root)
			f := forge(t)
			f.pages, f.root = p.b, len(root)
			got := f.try(t)
			if got.refusal != nil && !errors.Is(got.refusal, ErrFormat) && !errors.Is(got.refusal, ErrDamaged) {
				t.Errorf("NewReader: %v", got.refusal)
			}
			if got.report != nil && (got.report.Verdict == Unknown || got.report.Unnamed == 0) {
				t.Errorf("Verify: %+v, want a page lost", got.report)
			}
		})
	}
}

// TestC12BranchesAgain: a few pages that name each other again and again would be a walk of
// 40^7 pages, in an index of a few kilobytes.
func TestC12BranchesAgain(t *testing.T) {
	t.Parallel()
	const fan, levels = 40, 7
	key := func(level, n int) string { return fmt.Sprintf("I%d%02d", levels-level, n) }
	for what, build := range map[string]func(*pager) []byte{
		"under other keys": func(p *pager) []byte {
			b := page(0, [2]string{key(0, 0), ""})
			for level := 1; level <= levels; level++ {
				child := p.add(b)
				var entries [][2]string
				for n := range fan {
					entries = append(entries, [2]string{key(0, n), child})
				}
				b = page(byte(level), entries...)
			}
			return b
		},
		"under their own": func(p *pager) []byte { return branches(p, fan, levels, key) },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			p := &pager{}
			root := build(p)
			p.add(root)
			f := forge(t)
			f.pages, f.root = p.b, len(root)
			if got := f.try(t); got.refusal == nil && got.report.Verdict != Changed {
				t.Errorf("an index of %d bytes: %+v, want changed", len(p.b), got.report)
			}
		})
	}
}

// branches lays a tree in which each page has a first child of its own and then all pages
// of the level below, whose keys are greater. Every page keeps the order of its own keys.
func branches(p *pager, fan, levels int, key func(level, n int) string) []byte {
	chain := func(level int, first string) string {
		child := p.add(page(0, [2]string{first, ""}))
		for l := 1; l <= level; l++ {
			child = p.add(page(byte(l), [2]string{first, child}))
		}
		return child
	}
	var below [][2]string
	for n := range fan {
		below = append(below, [2]string{key(0, n), chain(0, key(0, n))})
	}
	for level := 1; ; level++ {
		var pages [][2]string
		for n := range fan {
			first := key(level, n)
			b := page(byte(level), append([][2]string{{first, chain(level-1, first)}}, below...)...)
			if level == levels {
				return b
			}
			pages = append(pages, [2]string{first, p.add(b)})
		}
		below = pages
	}
}

// TestC13ManySmallBlocks: an item of a few kilobytes in as many frames must not take the
// time of a film.
func TestC13ManySmallBlocks(t *testing.T) {
	t.Parallel()
	frames := 12_000
	if testing.Short() {
		frames = 2000
	}
	f := forge(t)
	one := zframe.NewEncoder(1024).Encode(nil, []byte("x"))
	m := member{name: "p0002.zst", packed: true, size: int64(frames * len(one)), blocks: uint32(frames)}
	last := f.members[len(f.members)-1]
	m.offset = last.offset + last.size + headerLen(m.name, m.size)
	f.members, f.data = append(f.members, m), append(f.data, bytes.Repeat(one, frames))
	f.set(memberKey(2), m.encode())
	b := block{stored: len(one), raw: 1, sum: sha256.Sum256(one)}
	for first := 0; first < frames; first += blocksPerKey {
		b.offset = int64(first * len(one))
		f.set(blocksKey(2, uint32(first)), appendBlocks(true, slices.Repeat([]block{b}, min(blocksPerKey, frames-first))))
	}
	f.setItem(idC, func(it *Item, p *place) { it.Size, *p = int64(frames), place{2, 0, 0} })
	got := f.try(t)
	if got.refusal != nil || got.errs["d/c.html"] != nil {
		t.Errorf("%v, %v", got.refusal, got.errs)
	}
	data := f.zip(t)
	r, err := NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	e, err := r.Entry(idC)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.ReadItem(e, int64(frames)); err != nil || len(r.blocks.blocks) > 1000 {
		t.Errorf("%d blocks of a byte in the cache, %v", len(r.blocks.blocks), err)
	}
}

// TestC13Limits: what is longer, or more, than the format allows is an error.
func TestC13Limits(t *testing.T) {
	t.Parallel()
	item := func(change func(*Item)) func(*forgery) {
		return func(f *forgery) { f.setItem(idC, func(it *Item, _ *place) { change(it) }) }
	}
	for what, spoil := range map[string]func(*forgery){
		"a path of 30 KB":        item(func(it *Item) { it.Path = strings.Repeat("a/", 15_000) + "b" }),
		"a path of 1,025 bytes":  item(func(it *Item) { it.Path = strings.Repeat(strings.Repeat("x", 204)+"/", 4) + strings.Repeat("x", 205) }),
		"a path of 65 names":     item(func(it *Item) { it.Path = strings.Repeat("a/", 64) + "b" }),
		"a title of 30 KB":       item(func(it *Item) { it.Title = strings.Repeat("a", 30_000) }),
		"a title of 1,025 bytes": item(func(it *Item) { it.Title = strings.Repeat("a", 1025) }),
		"a language of 65 bytes": item(func(it *Item) { it.Language = strings.Repeat("abcd-", 13) }),
		"a type of 129 bytes":    item(func(it *Item) { it.Type = "a/" + strings.Repeat("b", 127) }),
		"a path that climbs":     item(func(it *Item) { it.Path = "d/../../c.html" }),
		"a path with a device":   item(func(it *Item) { it.Path = "d/con.html" }),
		"a title of two lines":   item(func(it *Item) { it.Title = "a\nb" }),
		"a date of no month":     item(func(it *Item) { it.Date = "2024-13" }),
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			deceit{spoil: spoil, lost: []string{"d/c.html"}, err: ErrFormat}.try(t)
		})
	}
}

// TestC13LimitsOfWriting: what no reader takes is not written, either.
func TestC13LimitsOfWriting(t *testing.T) {
	t.Parallel()
	for what, change := range map[string]func(*Item){
		"a title of 1,025 bytes": func(it *Item) { it.Title = strings.Repeat("a", 1025) },
		"a language of 65 bytes": func(it *Item) { it.Language = strings.Repeat("abcd-", 13) },
		"a type of 129 bytes":    func(it *Item) { it.Type = "a/" + strings.Repeat("b", 127) },
	} {
		th := thing{Item{Kind: KindText, Type: "text/plain"}, []byte("x")}
		change(&th.Item)
		out := filepath.Join(t.TempDir(), "out.zip")
		if _, err := Create(t.Context(), out, memory{"a.txt": th}, Options{}); err == nil {
			t.Errorf("%s was packed", what)
		}
	}
	long := strings.Repeat(strings.Repeat("x", 204)+"/", 4) + strings.Repeat("x", 205)
	src := memory{long: thing{Item{Kind: KindText, Type: "text/plain"}, []byte("x")}}
	if _, err := Create(t.Context(), filepath.Join(t.TempDir(), "out.zip"), src, Options{}); err == nil {
		t.Error("a path of 1,025 bytes was packed")
	}
}

// TestC13Numbers: what a bundle says how many there are of a thing is a claim.
func TestC13Numbers(t *testing.T) {
	t.Parallel()
	number := func(n uint64) []byte { return binary.AppendUvarint(nil, n) }
	for what, c := range map[string]struct {
		spoil func(*forgery)
		whole bool
	}{
		"2^62 items":              {func(f *forgery) { f.set(aboutKey("items"), number(1<<62)) }, false},
		"2^64-1 items":            {func(f *forgery) { f.set(aboutKey("items"), number(math.MaxUint64)) }, false},
		"no items":                {func(f *forgery) { f.set(aboutKey("items"), number(0)) }, false},
		"2^62 bytes":              {func(f *forgery) { f.set(aboutKey("bytes"), number(1<<62)) }, true},
		"no members":              {func(f *forgery) { f.set(aboutKey("members"), number(0)) }, true},
		"2^40 members":            {func(f *forgery) { f.set(aboutKey("members"), number(1<<40)) }, true},
		"2^62 pages":              {func(f *forgery) { f.set(numberKey(byKind, "page"), number(1<<62)) }, true},
		"2^62 items in a folder":  {func(f *forgery) { f.set(pathKey("d"), (&node{folder: true, items: 1 << 62, path: "d"}).encode()) }, true},
		"50,000 things about it":  {func(f *forgery) { aboutMuch(f, 50_000) }, true},
		"a list of 2^32 ids":      {func(f *forgery) { setList(f, []run{{0, math.MaxUint32}}) }, true},
		"a list without a run":    {func(f *forgery) { setList(f, nil) }, true},
		"a list of ids not there": {func(f *forgery) { setList(f, []run{{1000, 1_000_000}}) }, true},
		"a list beyond 2^32": {func(f *forgery) {
			f.set(append(listKey(byKind, "page"), 0, 0, 0, 9), []byte{255, 255, 255, 255, 15, 1})
		}, true},
		"a member without entry 0": {func(f *forgery) { delete(f.entries, string(memberKey(0))) }, false},
		"a table without lines":    {func(f *forgery) { delete(f.entries, string(blocksKey(ofStored, 0))) }, false},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			f := forge(t)
			c.spoil(f)
			got := f.try(t)
			if got.refusal != nil {
				t.Fatal(got.refusal)
			}
			if whole := got.report.Verdict == Unknown; whole != c.whole {
				t.Errorf("%+v, want intact: %v", got.report, c.whole)
			}
		})
	}
}

func aboutMuch(f *forgery, n int) {
	for i := range n {
		f.set(aboutKey(fmt.Sprintf("x%05d", i)), []byte("y"))
	}
}

// setList replaces the list of pages.
func setList(f *forgery, runs []run) {
	maps.DeleteFunc(f.entries, func(key, _ string) bool { return strings.HasPrefix(key, string(listKey(byKind, "page"))) })
	last := uint32(0)
	if len(runs) > 0 {
		last = runs[len(runs)-1].last
	}
	f.set(be.AppendUint32(listKey(byKind, "page"), last), appendRuns(runs))
}

// TestC13Memory: sizes that MANIFEST claims, and that are not there, are not allocated. It
// runs alone, as it measures what is allocated meanwhile.
func TestC13Memory(t *testing.T) {
	for what, header := range map[string]func(*manifest){
		"an index of 2^61 bytes":    func(m *manifest) { m.index.size = 1 << 61 },
		"a root of 2^30 bytes":      func(m *manifest) { m.root.Length, m.index.size = 1<<30, 1<<40 },
		"a root of no bytes":        func(m *manifest) { m.root.Length = 0 },
		"MEMBERS of 2^61 bytes":     func(m *manifest) { m.members.size = 1 << 61 },
		"MEMBERS of 1 GiB":          func(m *manifest) { m.members.size = 1 << 30 },
		"a root longer than it all": func(m *manifest) { m.index.size = 100 },
	} {
		f := forge(t)
		f.header = header
		data := f.zip(t)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := NewReader(bytes.NewReader(data), int64(len(data)))
		runtime.ReadMemStats(&after)
		var v *VerdictError
		if !errors.As(err, &v) {
			t.Errorf("%s: %v, want a verdict", what, err)
		}
		const limit = 16 << 20
		if got := after.TotalAlloc - before.TotalAlloc; got > limit {
			t.Errorf("%s: %d bytes allocated, want at most %d", what, got, limit)
		}
	}
}

// TestC14SignedTwice: two answers to one question are an error.
func TestC14SignedTwice(t *testing.T) {
	t.Parallel()
	for what, pages := range map[string]func(*pager) []byte{
		"a key twice in a page": func(*pager) []byte { return page(0, [2]string{"I1", "x"}, [2]string{"I1", "y"}) },
		"keys that descend":     func(*pager) []byte { return page(0, [2]string{"I2", "x"}, [2]string{"I1", "y"}) },
		"a key in two pages": func(p *pager) []byte {
			one := p.add(page(0, [2]string{"I1", "x"}, [2]string{"I3", "x"}))
			two := p.add(page(0, [2]string{"I2", "x"}, [2]string{"I3", "y"}))
			return page(1, [2]string{"I1", one}, [2]string{"I2", two})
		},
		"a page under two keys": func(p *pager) []byte {
			one := p.add(page(0, [2]string{"I1", "x"}))
			return page(1, [2]string{"I1", one}, [2]string{"I2", one})
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			p := &pager{}
			root := pages(p)
			p.add(root)
			f := forge(t)
			f.pages, f.root = p.b, len(root)
			got := f.try(t)
			if got.refusal == nil && (got.report.Verdict != Changed || got.report.Unnamed == 0) {
				t.Errorf("Verify: %+v, want changed with pages lost", got.report)
			}
			if got.refusal != nil && !errors.Is(got.refusal, ErrFormat) {
				t.Errorf("NewReader: %v, want ErrFormat", got.refusal)
			}
		})
	}
}

// TestC14Fields: what a reader may not pass over it refuses, what it may it passes over.
func TestC14Fields(t *testing.T) {
	t.Parallel()
	field := func(b ...byte) func(*forgery) {
		return func(f *forgery) { f.entries[string(itemKey(idC))] += string(b) }
	}
	lost := []string{"d/c.html"}
	for what, d := range map[string]deceit{
		"an optional field":            {spoil: field(101, 2, 'h', 'i'), whole: true},
		"two optional fields":          {spoil: field(101, 0, 103, 0), whole: true},
		"a field that we know":         {spoil: field(1, 2, 'h', 'i'), whole: true},
		"an empty one":                 {spoil: field(1, 0), lost: lost, err: ErrFormat},
		"one of two lines":             {spoil: field(1, 3, 'a', '\n', 'b'), lost: lost, err: ErrFormat},
		"tags":                         {spoil: field(3, 3, 'a', '\n', 'b'), whole: true},
		"an empty tag":                 {spoil: field(3, 2, 'a', '\n'), lost: lost, err: ErrFormat},
		"no date":                      {spoil: field(11, 2, '2', '0'), lost: lost, err: ErrFormat},
		"a number":                     {spoil: field(13, 1, 5), whole: true},
		"a number that is 0":           {spoil: field(13, 1, 0), lost: lost, err: ErrFormat},
		"a number with more behind":    {spoil: field(13, 2, 5, 5), lost: lost, err: ErrFormat},
		"a number spelt too long":      {spoil: field(13, 2, 0x85, 0), lost: lost, err: ErrFormat},
		"a width without a height":     {spoil: field(17, 1, 5), lost: lost, err: ErrFormat},
		"a cover that climbs":          {spoil: field(19, 4, '.', '.', '/', 'x'), lost: lost, err: ErrFormat},
		"a mandatory field":            {spoil: field(2, 0), lost: lost, err: ErrNewer},
		"a mandatory one behind":       {spoil: field(101, 0, 102, 0), lost: lost, err: ErrNewer},
		"an optional field twice":      {spoil: field(101, 0, 101, 0), lost: lost, err: ErrFormat},
		"optional fields out of order": {spoil: field(103, 0, 101, 0), lost: lost, err: ErrFormat},
		"a field of tag 0":             {spoil: field(0, 0), lost: lost, err: ErrFormat},
		"half a field":                 {spoil: field(1, 5, 'x'), lost: lost, err: ErrFormat},
		"a kind of a later version": {lost: lost, err: ErrNewer, spoil: func(f *forgery) {
			value := []byte(f.entries[string(itemKey(idC))])
			value[1+len("d/c.html")] = byte(len(Kinds) + 1)
			f.set(itemKey(idC), value)
		}},
		"entries of a later version": {whole: true, spoil: func(f *forgery) {
			f.entries["Z later"], f.entries["\x01later"], f.entries["\xff"] = "x", "y", "z"
		}},
		"a header line of a later version": {whole: true, spoil: func(f *forgery) {
			f.header = func(m *manifest) { m.extra = []string{"later yes"} }
		}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			d.try(t)
		})
	}
}

// TestC14SamePath: two items under one path, or under paths that some systems cannot
// tell apart, are not intact, nor is a path that leads to another item.
func TestC14SamePath(t *testing.T) {
	t.Parallel()
	for what, spoil := range map[string]func(*forgery){
		"the same path":               func(f *forgery) { f.setItem(idB, func(it *Item, _ *place) { it.Path = "a.html" }) },
		"the same when folded":        func(f *forgery) { f.setItem(idB, func(it *Item, _ *place) { it.Path = "A.html" }) },
		"a path that leads elsewhere": func(f *forgery) { f.set(pathKey("b.png"), (&node{id: idA}).encode()) },
		"a path that leads nowhere":   func(f *forgery) { f.set(pathKey("x.html"), (&node{id: 9}).encode()) },
		"an item without a path":      func(f *forgery) { delete(f.entries, string(pathKey("b.png"))) },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			f := forge(t)
			spoil(f)
			if got := f.try(t); got.refusal != nil || got.report.Verdict != Changed || got.report.Reason != ReasonIndex {
				t.Errorf("%v, %+v; want changed, %s", got.refusal, got.report, ReasonIndex)
			}
		})
	}
}

// TestC15Uvarint: a number in the index has one spelling, the shortest.
func TestC15Uvarint(t *testing.T) {
	t.Parallel()
	for what, spoil := range map[string]func(*forgery){
		"a longer size of a path": func(f *forgery) {
			key := string(itemKey(idC))
			f.entries[key] = "\x88\x00" + f.entries[key][1:]
		},
		"a number of 11 bytes": func(f *forgery) {
			key := string(itemKey(idC))
			f.entries[key] = strings.Repeat("\xff", 10) + "\x01" + f.entries[key][1:]
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			deceit{spoil: spoil, lost: []string{"d/c.html"}, err: ErrFormat}.try(t)
		})
	}
	p := &pager{}
	root := []byte("\x00\x80\x00\x01\x01ab") // "shared" is 0 in two bytes
	p.add(root)
	f := forge(t)
	f.pages, f.root = p.b, len(root)
	if got := f.try(t); got.refusal == nil || !errors.Is(got.refusal, ErrFormat) {
		t.Errorf("a page with a longer number: %v, want ErrFormat", got.refusal)
	}
}

// TestC22DigestsDiffer: blocks that hold, beside a flat hash or CRC-32 that is signed, too,
// and says otherwise. What is read is exact; Verify says which file it is about.
func TestC22DigestsDiffer(t *testing.T) {
	t.Parallel()
	flip := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r == '0' {
				return '1'
			}
			return r
		}, s)
	}
	for what, c := range map[string]struct {
		spoil func(*forgery)
		file  string
	}{
		"a hash in MEMBERS":          {func(f *forgery) { f.list = flip(f.list[:64]) + f.list[64:] }, "p0001.zst"},
		"the CRC-32 of a member":     {func(f *forgery) { f.setMember(ofStored, func(m *member) { m.crc ^= 1 }) }, "b0001"},
		"the hash of the index":      {func(f *forgery) { f.header = func(m *manifest) { m.index.sum[0] ^= 1 } }, indexName},
		"the CRC-32 of the index":    {func(f *forgery) { f.header = func(m *manifest) { m.index.crc ^= 1 } }, indexName},
		"the hash of MEMBERS":        {func(f *forgery) { f.header = func(m *manifest) { m.members.sum[0] ^= 1 } }, membersName},
		"the CRC-32 of MEMBERS":      {func(f *forgery) { f.header = func(m *manifest) { m.members.crc ^= 1 } }, membersName},
		"the names in MEMBERS":       {func(f *forgery) { f.list = strings.Replace(f.list, "b0001", "b0002", 1) }, membersName},
		"a name too many in MEMBERS": {func(f *forgery) { f.list += strings.Repeat("0", 64) + "  b0009\n" }, membersName},
		"a name too few in MEMBERS":  {func(f *forgery) { f.list = f.list[:strings.Index(f.list, "\n")+1] }, membersName},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			f := forge(t)
			c.spoil(f)
			got := f.try(t)
			if got.refusal != nil || got.report.Verdict != Changed || got.report.Reason != ReasonDigests ||
				!strings.HasSuffix(got.report.Detail, " "+c.file) {
				t.Errorf("%v, %+v; want %s for %s", got.refusal, got.report, ReasonDigests, c.file)
			}
			for path, err := range got.errs {
				if err != nil {
					t.Errorf("%q: %v, want it exact", path, err)
				}
			}
		})
	}
}

// C12: numbers that do not fit in 32 bits, where an int has no more, end in an error like all
// others (run with GOARCH=386).
func TestC12NarrowInts(t *testing.T) {
	t.Parallel()
	for _, blocks := range []uint32{1 << 31, 1<<31 + 1, 1<<32 - 1} {
		f := forge(t)
		f.setMember(ofFrames, func(m *member) { m.blocks = blocks })
		f.try(t)
	}
	name := filepath.Join(t.TempDir(), "x.001")
	if err := os.WriteFile(name, []byte("a part"), 0o600); err != nil {
		t.Fatal(err)
	}
	m, _, _, err := openParts(name)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for _, off := range []int64{-1 << 40, -6, 6 << 31, 6 << 32, 6 << 40, 1<<62 + 5} {
		if n, err := m.ReadAt(make([]byte, 3), off); n > 0 || err != io.EOF {
			t.Errorf("at %d: %d bytes, %v", off, n, err)
		}
	}
}

// C24: lists in which hardly an id is in both are followed for a bounded time, however many
// items were asked for, and what comes behind is found by who asks on.
func TestC24LittleInCommon(t *testing.T) {
	t.Parallel()
	f := forge(t)
	const apart, common = maxSteps / 4, 8
	item := f.entries[string(itemKey(idA))]
	var kind, language []run
	id := uint32(10)
	for range common {
		for range apart {
			kind, language = append(kind, run{id, id}), append(language, run{id + 1, id + 1})
			id += 2
		}
		id++
		kind, language = append(kind, run{id, id}), append(language, run{id, id})
		f.entries[string(itemKey(id))] = item
		id += 2
	}
	for n := 0; n < len(kind); n += chunkRuns {
		for key, runs := range map[string][]run{string(listKey(byKind, "page")): kind, string(listKey(byLanguage, "xx")): language} {
			runs = runs[n:min(n+chunkRuns, len(runs))]
			f.set(be.AppendUint32([]byte(key), runs[len(runs)-1].last), appendRuns(runs))
		}
	}
	data := f.zip(t)
	r, err := NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	filter, found := Filter{Kinds: []Kind{KindPage}, Languages: []string{"xx"}}, 0
	calls := 0
	for from, more := uint32(5), true; more; calls++ {
		var got []Entry
		if got, from, more, err = r.List(filter, from, 50); err != nil {
			t.Fatal(err)
		}
		found += len(got)
	}
	if found != common || calls < common/4 {
		t.Errorf("%d items in %d calls", found, calls)
	}
}
