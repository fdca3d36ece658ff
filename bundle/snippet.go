package bundle

import (
	"runtime"
	"sync"

	"satchel/bundle/search"
)

// Most texts say on their first lines, or at least in their beginning, what they are about. What follows is read where
// less than enough of what was searched for stands there together.
var stretches = []struct {
	limit  int     // bytes
	enough float64 // of search.Snippet.Share
}{{6 << 10, 0.9}, {24 << 10, 0.6}, {256 << 10, 0}}

// maxShown is how much of a text is read to find phrases in it, in bytes.
const maxShown = 256 << 10

// keptTexts is how many bytes of texts are kept for the next search.
const keptTexts = 8 << 20

// A Snippet is a part of what an item says that shows why it was found, with what to mark in it.
type Snippet struct {
	Text  string
	Marks []search.Range
}

// Snippets returns a part of about length bytes of each hit, read on all cores. One that cannot be read, or that says
// nothing, has none.
func (f *Found) Snippets(length int) []Snippet {
	list := make([]Snippet, len(f.Hits))
	begun := f.begin()
	next := make(chan int)
	var readers sync.WaitGroup
	for range min(len(list), runtime.GOMAXPROCS(0)) {
		readers.Go(func() {
			for i := range next {
				e := f.Hits[i].Entry
				list[i] = f.snippet(e, length, func(id blockID) (*cachedBlock, error) {
					if id != e.place.first() {
						return f.r.cachedBlock(id)
					}
					return begun[id].get(f.r, id)
				})
			}
		})
	}
	for i := range list {
		next <- i
	}
	close(next)
	readers.Wait()
	return list
}

// first is the block in which an item begins.
func (p place) first() blockID { return blockID{p.member, p.block} }

// A begunBlock is a block of which no more is decompressed than up to where the last item ends that is read in it. Items that are
// shown beside others may not be read again soon: to keep all of their blocks would drive out others.
type begunBlock struct {
	end   int64
	once  sync.Once
	block *cachedBlock // nil where the whole block is as good
	err   error
}

// begin returns the blocks in which the hits begin.
func (f *Found) begin() map[blockID]*begunBlock {
	all := map[blockID]*begunBlock{}
	for _, h := range f.Hits {
		id := h.place.first()
		if all[id] == nil {
			all[id] = &begunBlock{}
		}
		all[id].end = max(all[id].end, int64(h.place.offset)+h.Size)
	}
	return all
}

func (b *begunBlock) get(r *Reader, id blockID) (*cachedBlock, error) {
	b.once.Do(func() {
		if r.blocks.has(id) {
			return
		}
		data, err := r.loadBegin(id, b.end)
		if b.err = err; data != nil {
			b.block = &cachedBlock{data: data}
		}
	})
	if b.block != nil || b.err != nil {
		return b.block, b.err
	}
	return r.cachedBlock(id)
}

func (f *Found) snippet(e Entry, length int, get func(blockID) (*cachedBlock, error)) (s Snippet) {
	var text string
	var part search.Snippet
	for _, stretch := range stretches {
		var whole bool
		var err error
		if text, whole, err = f.read(e, stretch.limit, get); err != nil || text == "" && whole {
			return Snippet{Text: e.Summary, Marks: f.Marks(e.Summary)}
		}
		part = f.Result.Snippet(text, length)
		if part.Share >= stretch.enough || whole {
			break
		}
	}
	s.Text = text[part.Start:part.End]
	for _, m := range part.Marks {
		s.Marks = append(s.Marks, search.Range{Start: m.Start - part.Start, End: m.End - part.Start})
	}
	return s
}

// read returns what an item says, up to about limit bytes, or more where that is at hand, and whether that is all of
// it: who searches on finds many of the same items.
func (f *Found) read(e Entry, limit int, get func(blockID) (*cachedBlock, error)) (text string, whole bool, err error) {
	if t, ok := f.r.texts.get(e.ID, limit); ok {
		return t.text, t.whole, nil
	}
	text, whole, err = f.r.textOf(e, limit, f.q.Documents, get)
	if err == nil {
		f.r.texts.put(e.ID, keptText{text, limit, whole})
	}
	return text, whole, err
}

// A keptText is a text that was read up to a limit, or whole.
type keptText struct {
	text  string
	limit int
	whole bool
}

// A textCache keeps texts that were read. Full, it begins anew.
type textCache struct {
	mu   sync.Mutex
	m    map[uint32]keptText
	size int
}

// get returns the text of an item if it was read at least up to a limit.
func (c *textCache) get(id uint32, limit int) (t keptText, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok = c.m[id]
	return t, ok && (t.whole || t.limit >= limit)
}

func (c *textCache) put(id uint32, t keptText) {
	const more = 64 // bytes that a text takes beside its own
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.size += len(t.text) + more; c.m == nil || c.size > keptTexts {
		c.m, c.size = map[uint32]keptText{}, len(t.text)+more
	}
	c.m[id] = t
}
