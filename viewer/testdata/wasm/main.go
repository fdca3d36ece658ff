// Command wasm is the least that reads a bundle and shows it: what the static page
// will hold, for a test to weigh.
package main

import (
	"bytes"
	"context"

	"satchel/bundle"
	"satchel/viewer"
)

func main() {
	r, err := bundle.NewReader(bytes.NewReader(nil), 0)
	if err != nil {
		return
	}
	v := viewer.New([]*bundle.Reader{r}, viewer.Options{})
	v.Serve(context.Background(), &viewer.Request{Method: "GET"})
}
