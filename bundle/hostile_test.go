package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
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
			if got.report != nil && got.report.Verdict != Changed {
				t.Errorf("Verify: %+v, want changed", got.report)
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
	const frames = 12_000
	f := forge(t)
	one := zframe.NewEncoder(1024).Encode(nil, []byte("x"))
	m := member{name: "p0002.zst", packed: true, size: int64(frames * len(one)), blocks: frames}
	last := f.members[len(f.members)-1]
	m.offset = last.offset + last.size + headerLen(m.name, m.size)
	f.members, f.data = append(f.members, m), append(f.data, bytes.Repeat(one, frames))
	f.set(memberKey(2), m.encode())
	b := block{stored: len(one), raw: 1, sum: sha256.Sum256(one)}
	for first := 0; first < frames; first += blocksPerKey {
		b.offset = int64(first * len(one))
		f.set(blocksKey(2, uint32(first)), appendBlocks(true, slices.Repeat([]block{b}, min(blocksPerKey, frames-first))))
	}
	f.setItem(idC, func(it *Item, p *place) { it.Size, *p = frames, place{2, 0, 0} })
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
	if _, err := r.ReadItem(e, frames); err != nil || len(r.blocks.blocks) > 1000 {
		t.Errorf("%d blocks of a byte in the cache, %v", len(r.blocks.blocks), err)
	}
}
