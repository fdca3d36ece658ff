package bundle

import (
	"bytes"
	"context"
	"io"
	"testing"

	"satchel/bundle/sign"
)

// FuzzManifest: what parses formats back to the same bytes.
func FuzzManifest(f *testing.F) {
	key := testKey(f, 1)
	m := &manifest{series: "weekly", issue: 41, keys: []sign.PublicKey{key.Public()}}
	m.root.Length = 100
	f.Add(m.format())
	f.Add([]byte("# satchel bundle v2\n"))
	f.Add(append([]byte(magic), "\n# issue 0\n# x-later yes\n"...))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := parseManifest(text)
		if err == nil && !bytes.Equal(m.format(), text) {
			t.Errorf("%q parses and formats to %q", text, m.format())
		}
		if err != nil && m != nil {
			t.Errorf("%q: a manifest beside the error %v", text, err)
		}
	})
}

// FuzzRecords: every value of the index, each with the writer that it came from.
func FuzzRecords(f *testing.F) {
	it := Item{Path: "a/b.html", Kind: KindPage, Type: "text/html", Title: "T", Language: "ko", Date: "2024", Size: 9}
	f.Add(appendItem(nil, &it, place{1, 2, 3}))
	f.Add((&member{name: "p0001.zst", packed: true, size: 5, blocks: 1}).encode())
	f.Add(appendBlocks(true, []block{{stored: 5, raw: 9}}))
	f.Add(appendRuns([]run{{1, 5}, {7, 7}}))
	f.Add((&node{id: 5, name: "B"}).encode())
	f.Add((&node{folder: true, items: 5, path: "a/B"}).encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		same := func(what string, got []byte) {
			if !bytes.Equal(got, b) {
				t.Errorf("%s %x formats to %x", what, b, got)
			}
		}
		if it, p, err := parseItem(b); err == nil {
			again, p2, err := parseItem(appendItem(nil, &it, p))
			if err != nil || again != it || p2 != p {
				t.Errorf("item %x reads as %+v, then as %+v, %v", b, it, again, err)
			}
		}
		if m, err := parseMember(b); err == nil {
			same("member", m.encode())
		}
		if n, err := parseNode(b); err == nil {
			same("path", n.encode())
		}
		if runs, err := parseRuns(b); err == nil {
			same("list", appendRuns(runs))
		}
		for _, m := range []member{{packed: true, blocks: 3, size: 1 << 40}, {blocks: 2, size: storedBlock + 1}} {
			if blocks, err := parseBlocks(&m, 0, b); err == nil {
				same("blocks", appendBlocks(m.packed, blocks))
			}
		}
	})
}

// FuzzOpen changes a small bundle anywhere: it is refused, or whatever it still
// serves is exact.
func FuzzOpen(f *testing.F) {
	src := memory{
		"a.html": {Item{Kind: KindPage, Type: "text/html", Title: "A"}, []byte("<p>alpha")},
		"b.png":  {Item{Kind: KindPicture, Type: "image/png"}, bytes.Repeat([]byte("beta"), 100)},
	}
	data := read(f, create(f, src, Options{Signers: []sign.PrivateKey{testKey(f, 1)}}))
	f.Add(0, []byte{0}, len(data))
	f.Add(headSize+10, []byte{255, 255}, len(data))
	f.Add(len(data)-30, []byte("PK"), len(data))
	f.Add(40, []byte("# satchel"), headSize+300)
	f.Fuzz(func(t *testing.T, at int, put []byte, cut int) {
		b := bytes.Clone(data)
		if at >= 0 && at < len(b) {
			copy(b[at:], put)
		}
		if cut >= 0 && cut < len(b) {
			b = b[:cut]
		}
		r, err := NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		report, err := r.Verify(context.Background(), VerifyOptions{Deep: true})
		if err != nil {
			t.Fatal(err)
		}
		whole := report.Verdict == Unknown && !report.Marked
		if whole && !bytes.Equal(b, data) {
			t.Errorf("changed at %d to %x, cut at %d: still whole", at, put, cut)
		}
		for path, want := range src {
			e, err := r.Lookup(path)
			if err != nil {
				continue
			}
			if got, err := io.ReadAll(r.Content(e)); err == nil && !bytes.Equal(got, want.data) {
				t.Errorf("%q reads as %q", path, got)
			}
		}
	})
}
