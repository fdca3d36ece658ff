package bundle

import (
	"bytes"
	"iter"
	"sync"
)

// Small contents are fetched before their turn, several at a time: a source may have to make them first,
// and whoever takes them in their order would wait for each.
const (
	fetchedSize  = 512 << 10 // bytes of the largest content that is held
	fetchedAhead = 16        // contents under way
)

// A fetched is a content on its way. done is closed when it is there.
type fetched struct {
	placed placed
	err    error
	done   chan struct{}
}

// fetchAhead yields contents in the same order, the small ones with their data. When the caller stops,
// everything that was started has ended before it returns.
func (c *creator) fetchAhead(contents iter.Seq2[placed, error]) iter.Seq2[placed, error] {
	return func(yield func(placed, error) bool) {
		queue, quit := make(chan *fetched, fetchedAhead), make(chan struct{})
		var under sync.WaitGroup
		defer under.Wait()
		defer close(quit)
		under.Go(func() {
			defer close(queue)
			c.fetchAll(contents, queue, quit, &under)
		})
		for f := range queue {
			<-f.done
			if !yield(f.placed, f.err) {
				return
			}
		}
	}
}

func (c *creator) fetchAll(
	contents iter.Seq2[placed, error], queue chan<- *fetched, quit <-chan struct{}, under *sync.WaitGroup,
) {
	slots := make(chan struct{}, c.o.workers())
	for p, err := range contents {
		f := &fetched{placed: p, err: err, done: make(chan struct{})}
		select {
		case queue <- f:
		case <-quit:
			return
		}
		if err != nil || p.item.Size > fetchedSize {
			close(f.done)
			continue
		}
		slots <- struct{}{}
		under.Go(func() {
			defer close(f.done)
			f.placed.data, f.err = c.fetch(&f.placed.item)
			<-slots
		})
	}
}

// fetch returns a content whole. It is never nil without an error.
func (c *creator) fetch(it *Item) ([]byte, error) {
	b := bytes.NewBuffer(make([]byte, 0, it.Size))
	err := c.copyItem(b, it, "write", c.unique)
	return b.Bytes(), err
}
