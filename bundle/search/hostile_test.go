package search

import (
	"bytes"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"satchel/bundle/internal/tree"
)

// forge makes an index of any entries, with hashes that hold.
func forge(t testing.TB, entries map[string][]byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	b := tree.NewBuilder(&buf, 0)
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		if err := b.Add([]byte(key), entries[key]); err != nil {
			t.Fatal(err)
		}
	}
	root, err := b.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return appendTrailer(buf.Bytes(), root)
}

func number(n uint64) []byte { return binary.AppendUvarint(nil, n) }

// dense is a chunk of postings of all documents from base on, in the fewest bits.
func dense(base uint32, n int) []byte {
	b := binary.AppendUvarint(number(uint64(base)), uint64(n))
	return append(append(b, 0, 0), make([]byte, n/4)...)
}

// TestHostileIndex asks indexes that a faulty or hostile writer made.
func TestHostileIndex(t *testing.T) {
	long := func(value func(i uint32) []byte) map[string][]byte {
		m := map[string][]byte{"a": number(1<<32 - 1), "wkernel": number(1 << 32)}
		for i := range uint32(2000) {
			m[string(listKey("kernel", i*100_000+99_999))] = value(i)
		}
		return m
	}
	for name, entries := range map[string]map[string][]byte{
		"term without value":   {"a": number(1), "wkernel": {}},
		"term of none":         {"a": number(1), "wkernel": number(0)},
		"list that is missing": {"a": number(1), "wkernel": number(5)},
		"long inline list":     {"a": number(1), "wkernel": append(number(5), make([]byte, 1000)...)},
		"postings cut off":     {"a": number(1), "wkernel": {1, 2}},
		"list of nothing":      {"a": number(1), "wkernel": number(9), string(listKey("kernel", 7)): {}},
		"base behind the end":  {"a": number(1), "wkernel": number(9), string(listKey("kernel", 7)): dense(900, 4)},
		"documents behind":     {"a": number(1), "wkernel": number(9), string(listKey("kernel", 7)): dense(0, 40_000)},
		"key too short":        {"a": number(1), "wkernel": number(9), "pkernel\x00\x00": dense(0, 4)},
		"groups of nonsense":   {"a": number(1), "wkernel": append(number(1), 1, 0, 0, 0), string(groupsKey(9)): {0xff, 0xff}},
		"groups beyond":        {"a": number(1), "wkernel": append(number(1), 1, 0, 0, 0), string(groupsKey(9)): {50, 2}},
		"all documents":        long(func(i uint32) []byte { return dense(i*100_000, 100_000) }),
		"the same again":       long(func(uint32) []byte { return dense(0, 100_000) }),
		"empty chunks":         long(func(uint32) []byte { return number(0) }),
	} {
		data := forge(t, entries)
		x, err := Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		start := time.Now()
		r, err := x.Search(Query{Text: "kernel -compile kernel*", Prefer: isEven, Limit: 10})
		if err != nil || r.Damage != nil && !errors.Is(r.Damage, ErrDamaged) {
			t.Errorf("%s: %v, %v", name, err, r)
		}
		if took := time.Since(start); took > slowed*2*time.Second {
			t.Errorf("%s: %v", name, took)
		}
		t.Logf("%s: %v, %v", name, time.Since(start), r.Damage)
	}
}

// TestHostileGroups: documents that lie before those of a long chunk of groups, one by one.
func TestHostileGroups(t *testing.T) {
	t.Parallel()
	const documents = 20_000
	entries := map[string][]byte{
		"a": number(documents), "wkernel": number(documents),
		string(listKey("kernel", documents-1)): dense(0, documents),
	}
	ask := func(groups []byte) *Result {
		entries[string(groupsKey(1<<31))] = groups
		data := forge(t, entries)
		x, err := Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		r, err := x.Search(Query{Text: "kernel", Offset: MaxResults - 10, Limit: 10})
		if took := time.Since(begun); err != nil || len(r.Hits) != 10 || took > slowed*time.Second {
			t.Errorf("%v in %v: %+v", err, took, r)
		}
		return r
	}
	chunk := binary.AppendVarint(number(30_000), -30_000)
	for range groupsPerChunk - 1 {
		chunk = append(chunk, 0, 1)
	}
	if r := ask(chunk); r.Damage != nil {
		t.Error(r.Damage)
	}
	for range 10_000 {
		chunk = append(chunk, 0, 1)
	}
	if r := ask(chunk); !errors.Is(r.Damage, ErrDamaged) {
		t.Errorf("more groups than a chunk has: %v", r.Damage)
	}
}

// TestHostileOrder: chunks that go back do not make a document be there twice.
func TestHostileOrder(t *testing.T) {
	t.Parallel()
	data := forge(t, map[string][]byte{
		"a": number(1000), "wkernel": number(1000),
		string(listKey("kernel", 499)): dense(0, 500), string(listKey("kernel", 999)): dense(400, 600),
	})
	x, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := x.Search(Query{Text: "kernel", Limit: 10})
	if err != nil || !errors.Is(r.Damage, ErrDamaged) || len(r.Found) != 500 || !slices.IsSorted(r.Found) {
		t.Errorf("%v, %v, %d documents", err, r.Damage, len(r.Found))
	}
}

// TestManyPhrases: a phrase is looked for once, however often it is asked for, and all in one pass.
func TestManyPhrases(t *testing.T) {
	t.Parallel()
	entries := map[string][]byte{"a": number(200)}
	for _, w := range []string{"of", "the", "other"} {
		entries["w"+w] = append(number(200), append(append(number(200), 0, allOnes), make([]byte, 25)...)...)
	}
	data := forge(t, entries)
	x, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	content := strings.Repeat("of x the y other ", 1000) + "of the other"
	var read atomic.Int64
	q := Query{Text: strings.Repeat(`"of the" "the other" `, 90) + `"of"`, Limit: 10, Content: func(doc uint32) (string, error) {
		read.Add(1)
		return content, nil
	}}
	if r, err := x.Search(q); err != nil || len(r.Hits) != 10 || read.Load() != 10 {
		t.Errorf("%v, %d read: %+v", err, read.Load(), r)
	}
	q.Content = func(uint32) (string, error) { // one that is slow to be read
		time.Sleep(50 * time.Millisecond)
		return "the of", nil
	}
	begun := time.Now()
	if r, err := x.Search(q); err != nil || !r.Partial || time.Since(begun) > 10*time.Second {
		t.Errorf("%v in %v: %+v", err, time.Since(begun), r)
	}
	q.Content = func(doc uint32) (string, error) { return "of x", ErrCut }
	if r, err := x.Search(q); err != nil || !r.Partial || r.Damage != nil {
		t.Errorf("texts that are cut: %v, %+v", err, r)
	}
}

func TestHostileRoot(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{
		"nothing":         {},
		"trailer only":    appendTrailer(nil, tree.Root{}),
		"page too long":   appendTrailer(make([]byte, 100), tree.Root{Length: 1 << 30}),
		"no entries":      forge(t, nil),
		"no number":       forge(t, map[string][]byte{"a": {}}),
		"number too long": forge(t, map[string][]byte{"a": {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}}),
		"another kind":    append(forge(t, map[string][]byte{"a": number(1)}), 0),
	} {
		if _, err := Open(bytes.NewReader(data), int64(len(data))); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrVersion) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzIndex makes an index of entries that nobody has checked, and asks it.
func FuzzIndex(f *testing.F) {
	data := build(f, libraryDocs()[:2]) // the engine takes long to make large inputs small
	t, err := tree.New(bytes.NewReader(data), tree.Root{Size: int64(len(data)) - TrailerSize,
		Length: int(binary.BigEndian.Uint32(data[len(data)-36:])), Hash: [32]byte(data[len(data)-32:])})
	if err != nil {
		f.Fatal(err)
	}
	var seed []byte
	for e, err := range t.From(nil) {
		if err != nil {
			f.Fatal(err)
		}
		seed = append(append(seed, byte(len(e.Key))), e.Key...)
		seed = append(append(seed, byte(len(e.Value))), e.Value...)
	}
	f.Add(seed, "kernel")
	f.Add(seed, "\"안내선\" -x 书 k*")
	f.Fuzz(func(t *testing.T, raw []byte, query string) {
		entries := map[string][]byte{"a": number(20)}
		for len(raw) > 1 {
			n := min(int(raw[0]), len(raw)-2)
			key, rest := raw[1:1+n], raw[1+n:]
			m := min(int(rest[0]), len(rest)-1)
			if n > 0 {
				entries[string(key)] = rest[1 : 1+m]
			}
			raw = rest[1+m:]
		}
		data := forge(t, entries)
		x, err := Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		r, err := x.Search(Query{Text: query, Limit: 5, Typing: true, Prefer: isEven})
		if err == nil {
			r.Snippet(query+" "+string(raw), 40)
			r.Marks(query)
		}
		x.Suggest(query, 3)
	})
}

// FuzzQuery asks a good index anything: there is an answer, and no damage.
func FuzzQuery(f *testing.F) {
	x := openLibrary(f)
	for _, q := range storms() {
		f.Add(q[:min(len(q), 200)], "kernel 安装 여성")
	}
	f.Fuzz(func(t *testing.T, query, content string) {
		r, err := x.Search(Query{Text: query, Limit: 5, Typing: true, Content: func(uint32) (string, error) { return content, nil }})
		if err != nil {
			if !errors.Is(err, ErrQuery) {
				t.Fatal(err)
			}
			return
		}
		if r.Damage != nil {
			t.Fatal(r.Damage)
		}
		s := r.Snippet(content, 50)
		last := s.Start
		for _, m := range s.Marks {
			if m.Start < last || m.End <= m.Start || m.End > s.End {
				t.Fatalf("%+v", s)
			}
			last = m.End
		}
		_ = strings.ToUpper(content[s.Start:s.End])
	})
}
