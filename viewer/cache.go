package viewer

import (
	"container/list"
	"sync"
)

// A cache keeps what was made ready to show, up to a number of bytes; what was
// asked for longest ago goes first.
type cache struct {
	mu    sync.Mutex
	limit int
	size  int
	byKey map[cacheKey]*list.Element
	order *list.List // of *cached, the latest first
}

// A cacheKey names what was made ready: an item, in a volume, with links that carry a look, in a frame
// or as an article.
type cacheKey struct {
	volume   int
	id       uint32
	part     string // of a book
	language string
	look     look
	article  bool
}

type cached struct {
	key   cacheKey
	value any
	size  int // bytes
}

// overhead is what an entry takes beside its bytes, about.
const overhead = 256

func newCache(limit int) *cache {
	return &cache{limit: limit, byKey: map[cacheKey]*list.Element{}, order: list.New()}
}

// get returns what is kept under a key, or nil. It must not be changed.
func (c *cache) get(k cacheKey) any {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.byKey[k]
	if e == nil {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(*cached).value
}

// put keeps a value of so many bytes, unless it is so large that it would drive out too much else.
func (c *cache) put(k cacheKey, value any, size int) {
	cost := size + overhead
	if cost > c.limit/8 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byKey[k] != nil {
		return
	}
	c.byKey[k] = c.order.PushFront(&cached{k, value, size})
	for c.size += cost; c.size > c.limit; {
		last := c.order.Back()
		old := c.order.Remove(last).(*cached)
		delete(c.byKey, old.key)
		c.size -= old.size + overhead
	}
}
