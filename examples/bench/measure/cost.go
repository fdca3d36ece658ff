package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"

	"satchel/bundle"
	"satchel/viewer"
)

// A counter counts the bytes that are read through it.
type counter struct {
	r    io.ReaderAt
	read atomic.Int64
}

func (c *counter) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.r.ReadAt(p, off)
	c.read.Add(int64(n))
	return n, err
}

// cost opens a bundle and shows its home and one page at random, and returns how many
// bytes that reads and allocates. The way to the page is a reader's: a list that
// begins anywhere, the item in it, the frame around its content.
func cost(name string, seed uint64) (read, allocated int64, err error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, 0, err
	}
	var before, after runtime.MemStats
	c := &counter{r: f}
	runtime.ReadMemStats(&before)
	r, err := bundle.NewReader(c, info.Size())
	if err != nil {
		return 0, 0, err
	}
	v := viewer.New([]*bundle.Reader{r}, viewer.Options{})
	if err := visit(v, r, seed); err != nil {
		return 0, 0, err
	}
	runtime.ReadMemStats(&after)
	v.Close()
	return c.read.Load(), int64(after.TotalAlloc - before.TotalAlloc), r.Close()
}

func visit(v *viewer.Viewer, r *bundle.Reader, seed uint64) error {
	start, err := ask(v, "", nil)
	if err != nil {
		return err
	}
	home, ok := homeLink(start)
	if !ok {
		return errors.New("the first page leads nowhere")
	}
	if _, err := ask(v, home, nil); err != nil {
		return err
	}
	pages, err := r.Count(bundle.Filter{Kinds: []bundle.Kind{bundle.KindPage}})
	if err != nil {
		return err
	}
	from := rand.New(rand.NewPCG(seed, 4)).Int64N(pages)
	list, err := ask(v, home, url.Values{"from": {strconv.FormatInt(from, 10)}})
	if err != nil {
		return err
	}
	rows := rowLinks(list)
	if len(rows) == 0 {
		return errors.New("the list is empty")
	}
	item, err := ask(v, rows[0], nil)
	if err != nil {
		return err
	}
	content, ok := contentLink(item, rows[0])
	if !ok {
		return errors.New("the item shows no content")
	}
	_, err = ask(v, content, nil)
	return err
}

// ask returns the body of a page.
func ask(v *viewer.Viewer, path string, query url.Values) ([]byte, error) {
	a := v.Serve(context.Background(), &viewer.Request{Method: "GET", Path: path, Query: query})
	if a.Status != 200 {
		return nil, fmt.Errorf("answer %d for %q", a.Status, path)
	}
	return io.ReadAll(a.Body)
}
