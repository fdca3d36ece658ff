package bundle

import (
	"runtime"
	"sync"
	"sync/atomic"

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
	var next atomic.Int64
	var readers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(list)) { // more would only wait for each other's memory
		readers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(list)); i = next.Add(1) - 1 {
				list[i] = f.snippet(f.Hits[i].Entry, length)
			}
		})
	}
	readers.Wait()
	return list
}

func (f *Found) snippet(e Entry, length int) (s Snippet) {
	var text string
	var part search.Snippet
	for _, stretch := range stretches {
		var err error
		if text, err = f.read(e, stretch.limit); err != nil || text == "" {
			return Snippet{Text: e.Summary, Marks: f.Marks(e.Summary)}
		}
		part = f.Result.Snippet(text, length)
		if part.Share >= stretch.enough || len(text) < stretch.limit {
			break
		}
	}
	s.Text = text[part.Start:part.End]
	for _, m := range part.Marks {
		s.Marks = append(s.Marks, search.Range{Start: m.Start - part.Start, End: m.End - part.Start})
	}
	return s
}

// read returns what an item says, up to about limit bytes, or more where that is at hand: who searches on finds many
// of the same items.
func (f *Found) read(e Entry, limit int) (string, error) {
	if text, ok := f.r.texts.get(e.ID, limit); ok {
		return text, nil
	}
	text, err := f.r.Text(e, limit, f.q.Documents)
	if err == nil {
		f.r.texts.put(e.ID, keptText{text, limit})
	}
	return text, err
}

// A keptText is a text that was read up to a limit.
type keptText struct {
	text  string
	limit int
}

// A textCache keeps texts that were read. Full, it begins anew.
type textCache struct {
	mu   sync.Mutex
	m    map[uint32]keptText
	size int
}

// get returns the text of an item if it was read at least up to a limit.
func (c *textCache) get(id uint32, limit int) (text string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.m[id]
	return t.text, ok && (t.limit >= limit || len(t.text) < t.limit)
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
