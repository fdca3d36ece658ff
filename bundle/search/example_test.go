package search_test

import (
	"bytes"
	"fmt"
	"log"
	"os"

	"satchel/bundle/search"
)

// Two pages are indexed, and one of them is found by another form of a word of it.
func Example() {
	b := search.NewBuilder(os.TempDir())
	defer b.Close()
	for id, text := range []string{"How to build a kernel.", "Printers and how to share them."} {
		if err := b.Add(search.Document{ID: uint32(id), Text: text}); err != nil {
			log.Fatal(err)
		}
	}
	var file bytes.Buffer
	if err := b.Finish(&file); err != nil {
		log.Fatal(err)
	}

	x, err := search.Open(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		log.Fatal(err)
	}
	r, err := x.Search(search.Query{Text: "printer", Language: "en", Limit: 10})
	if err != nil {
		log.Fatal(err)
	}
	for _, hit := range r.Hits {
		text := "Printers and how to share them."
		s := r.Snippet(text, 80)
		fmt.Println(hit.Doc, text[s.Start:s.End], text[s.Marks[0].Start:s.Marks[0].End])
	}
	// Output: 1 Printers and how to share them. Printers
}
