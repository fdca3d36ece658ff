package bundle

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
)

// Snippets are the same whether the blocks that they are in are at hand, read up to where an item ends, or read again; an
// item in a block that is damaged has what its record says of it.
func TestSnippets(t *testing.T) {
	t.Parallel()
	src := memory{}
	for i := range 200 { // in several frames, some texts longer than what is read at first
		text := fmt.Sprintf("common %d. ", i) + strings.Repeat(fmt.Sprintf("filling%d ", i), i%40*100) + fmt.Sprintf("then needle %d", i)
		src[fmt.Sprintf("n%03d.txt", i)] = thing{Item{Kind: KindText, Type: "text/plain; charset=utf-8", Title: "T"}, []byte(text)}
	}
	name := createSearchable(t, src, Options{})
	cold := open(t, name)
	find := func(r *Reader, text string, offset int) *Found {
		f, err := r.Find(Query{Text: text, Offset: offset, Limit: 10})
		if err != nil || len(f.Hits) != 10 {
			t.Fatalf("%d hits, %v", len(f.Hits), err)
		}
		return f
	}
	for offset := 0; offset < 200; offset += 10 {
		for _, word := range []string{"common", "needle"} {
			f := find(cold, word, offset)
			for i, s := range f.Snippets(100) {
				number := strings.TrimPrefix(strings.TrimLeft(strings.TrimSuffix(f.Hits[i].Path, ".txt")[1:], "0"), " ")
				if number == "" {
					number = "0"
				}
				if len(s.Marks) != 1 || s.Text[s.Marks[0].Start:s.Marks[0].End] != word || !strings.Contains(s.Text, word+" "+number) {
					t.Errorf("%s: %q with %v", f.Hits[i].Path, s.Text, s.Marks)
				}
			}
		}
	}

	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	f := find(open(t, name), "common", 0)
	e := f.Hits[0].Entry
	m, err := f.r.member(e.place.member)
	if err != nil {
		t.Fatal(err)
	}
	b, err := f.r.blockInfo(m, e.place.first())
	if err != nil {
		t.Fatal(err)
	}
	frame := make([]byte, b.stored)
	if _, err := f.r.stored(m, &b, frame); err != nil {
		t.Fatal(err)
	}
	data[bytes.Index(data, frame)+len(frame)-1] ^= 1
	r, err := NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	lost := 0
	found := find(r, "common", 0)
	for i, s := range found.Snippets(100) {
		switch in := found.Hits[i].place.first() == e.place.first(); {
		case in && s.Text != "":
			t.Errorf("%s lies in a damaged block, and says %q", found.Hits[i].Path, s.Text)
		case in:
			lost++
		case s.Text == "":
			t.Errorf("%s says nothing", found.Hits[i].Path)
		}
	}
	if lost == 0 {
		t.Error("nothing lies in the damaged block")
	}
}
