package scrub

import "sync"

// A budget is memory that several share. Who asks for more than there is waits, and who asks for more than
// there ever is has all of it.
type budget struct {
	mu    sync.Mutex
	freed sync.Cond
	all   int64
	left  int64
}

func newBudget(bytes int64) *budget {
	b := &budget{all: bytes, left: bytes}
	b.freed.L = &b.mu
	return b
}

// take waits for so many bytes, and returns what gives them back.
func (b *budget) take(bytes int64) (give func()) {
	bytes = min(bytes, b.all)
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.left < bytes {
		b.freed.Wait()
	}
	b.left -= bytes
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.left += bytes
		b.freed.Broadcast()
	}
}

// decoding is the memory for pictures that are decoded at the same time: two of a good camera.
var decoding = newBudget(96 << 20)
