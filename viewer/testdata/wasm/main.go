// Command wasm is the least that reads a bundle and shows it: what the static page
// will hold, for a test to weigh.
package main

import (
	"bytes"
	"context"

	"satchel/bundle"
	"satchel/bundle/search"
	"satchel/viewer"
)

func main() {
	r, err := bundle.NewReader(bytes.NewReader(nil), 0)
	if err != nil {
		return
	}
	v := viewer.New([]*bundle.Reader{r}, viewer.Options{})
	v.Serve(context.Background(), &viewer.Request{Method: "GET"})
	find()
}

// find asks a search index, as a page for it will.
func find() {
	x, err := search.Open(bytes.NewReader(nil), 0)
	if err != nil {
		return
	}
	x.Suggest("", 1)
	found, err := x.Search(search.Query{})
	if err != nil {
		return
	}
	found.Marks("")
	found.Snippet("", 0)
}
