package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
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
	f.Add(appendRuns([]run{{1, 5}, {7, 7}}))
	f.Add((&node{id: 5, name: "B"}).encode())
	f.Add((&node{folder: true, items: 5, path: "a/B"}).encode())
	it.section = 7
	f.Add(appendItem(nil, &it, place{1, 2, 3}))
	f.Add(Text{{"", "Water"}, {"ko", "물"}}.encode())
	f.Add((&Section{Name: Text{{"ko", "물"}}, Cover: "a/b.png"}).encode())
	f.Add([]byte{0, 0, 0, 1, 0, 0, 0, 0})
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
		if text, err := parseText(b); err == nil {
			same("text", text.encode())
			if err := text.check(); err != nil {
				t.Errorf("text %x is read and cannot be written: %v", b, err)
			}
		}
		if s, err := parseSection(b); err == nil {
			same("section", s.encode())
		}
		if ids, err := parseOrder(b, int64(len(b)/4)); (err == nil) && len(ids) != len(b)/4 {
			t.Errorf("order %x reads as %d", b, ids)
		}
		if runs, err := parseRuns(b); err == nil {
			same("list", appendRuns(runs))
		}
	})
}

// FuzzBlocks: the lines of a block table lie one behind the other, within their member.
func FuzzBlocks(f *testing.F) {
	lines := slices.Repeat([]block{{stored: 5, raw: 9}}, 3)
	f.Add(appendBlocks(true, lines), true, uint32(3), uint32(0), int64(15))
	f.Add(appendBlocks(true, slices.Repeat(lines, 20)), true, uint32(124), uint32(64), int64(1<<62))
	f.Add(appendBlocks(false, lines), false, uint32(0), uint32(0), int64(2*storedBlock+1))
	f.Fuzz(func(t *testing.T, value []byte, packed bool, count, first uint32, size int64) {
		m := member{name: "b0001", packed: packed, size: size & (1<<62 - 1), blocks: max(count, 1)}
		if !packed { // as parseMember wants it
			m.size = min(m.size, math.MaxUint32*storedBlock)
			m.blocks = uint32((m.size + storedBlock - 1) / storedBlock)
		}
		if first = first / blocksPerKey * blocksPerKey; first >= m.blocks {
			return // blockLines does not ask for these
		}
		blocks, err := parseBlocks(&m, first, value)
		if err != nil {
			if !errors.Is(err, ErrFormat) || blocks != nil {
				t.Errorf("error %v with %v", err, blocks)
			}
			return
		}
		if got := appendBlocks(packed, blocks); !bytes.Equal(got, value) {
			t.Errorf("%x formats to %x", value, got)
		}
		at := blocks[0].offset
		for _, b := range blocks {
			if b.offset != at || b.stored < 0 || b.stored > maxPackBlock || b.raw < 0 || b.raw > maxRawBlock {
				t.Errorf("a block %+v, expected at %d", b, at)
			}
			at += int64(b.stored)
		}
		if blocks[0].offset < 0 || at > m.size {
			t.Errorf("blocks from %d to %d in a member of %d bytes", blocks[0].offset, at, m.size)
		}
	})
}

// FuzzMembers: MEMBERS has one spelling.
func FuzzMembers(f *testing.F) {
	members := []member{{name: "p0001.zst"}, {name: "b0001"}, {name: "m0001.mp4"}}
	line := func(h [32]byte, name string) string { return fmt.Sprintf("%x  %s\n", h, name) }
	good := line([32]byte{1}, "p0001.zst") + line([32]byte{0xab}, "b0001")
	f.Add(good, byte(2))
	f.Add(good, byte(1))
	f.Add(good, byte(3))
	f.Add(strings.ToUpper(good), byte(2))
	f.Add(strings.ReplaceAll(good, "  ", " *"), byte(2))
	f.Add(good[:len(good)-1], byte(2))
	f.Add("", byte(0))
	f.Fuzz(func(t *testing.T, text string, n byte) {
		of := members[:int(n)%(len(members)+1)]
		sums := parseMembers(text, of)
		if sums == nil {
			return
		}
		got := ""
		for _, m := range of {
			got += line(sums[m.name], m.name)
		}
		if got != text || len(sums) != len(of) {
			t.Errorf("%q is read as %q", text, got)
		}
	})
}

// FuzzFraming: headers and directories that others may have written. What they say lies
// within the file or is not believed, and what we write is read as it was meant.
func FuzzFraming(f *testing.F) {
	src := memory{"a.html": {Item{Kind: KindPage, Type: "text/html", Title: "A"}, []byte("<p>alpha")}}
	data := read(f, create(f, src, Options{Signers: []sign.PrivateKey{testKey(f, 1)}}))
	end := data[len(data)-22:]
	directory := data[le.Uint32(end[16:]):]
	f.Add(data[:1000], "MANIFEST", int64(0), int64(300))
	f.Add(directory, "index", int64(1000), int64(1<<20))
	f.Add(slices.Concat([]byte("in front"), data[:1000], directory), "m0001.mp4", int64(5<<30), int64(5<<30))
	f.Add(appendEnd(bytes.Clone(directory[:len(directory)-22]), 70_000, 0, int64(len(directory)-22)), "MEMBERS", int64(5<<30), int64(1))
	f.Fuzz(func(t *testing.T, b []byte, name string, header, size int64) {
		checkHead(t, b)
		for name, e := range readDirectory(bytes.NewReader(b), int64(len(b))) {
			if at, ok := e.data(bytes.NewReader(b)); ok && (at < localLen || at > int64(len(b))+2*math.MaxUint16) {
				t.Errorf("%q lies at %d of %d", name, at, len(b))
			}
		}
		name = name[:min(len(name), math.MaxUint16)]
		e := framed{name: name, header: header & math.MaxInt64, size: size & math.MaxInt64, crc: 7}
		got, entry, stored, n := parseCentral(e.central(nil))
		if got != name || !stored || entry.header != e.header || entry.size != e.size || n != len(e.central(nil)) {
			t.Errorf("%+v reads as %q, %+v, %v, of %d bytes", e, got, entry, stored, n)
		}
		got, n, local, ok := localHeader(e.local(nil, 0))
		if got != name || !ok || n != len(e.local(nil, 0)) || local != min(e.size, math.MaxUint32) {
			t.Errorf("%+v: its local header reads as %q, %d bytes, size %d", e, got, n, local)
		}
	})
}

// checkHead opens b as a ZIP and reads what it may hold.
func checkHead(t *testing.T, b []byte) {
	z, err := openZIP(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		if !errors.Is(err, ErrNotBundle) {
			t.Errorf("openZIP: %v, want ErrNotBundle", err)
		}
		return
	}
	if len(z.head) == 0 || z.head[0].name != manifestName || len(z.head) > MaxSignatures+1 || z.start > int64(len(b)) {
		t.Fatalf("a head of %d files, at %d", len(z.head), z.start)
	}
	for _, f := range z.head[1:] {
		if !isSignatureName(f.name) {
			t.Errorf("%q among the signatures", f.name)
		}
	}
	for _, offset := range []int64{-1, headSize, 1 << 62} {
		buf := make([]byte, 10)
		if n, err := readAt(z.file(indexName, offset, 10), buf, 0); err != nil || n > len(b) {
			t.Errorf("index at %d: %d bytes, %v", offset, n, err)
		}
	}
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
