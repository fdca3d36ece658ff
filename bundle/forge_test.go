package bundle

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"satchel/bundle/internal/tree"
	"satchel/bundle/sign"
)

// A forgery is a bundle by a hostile signer. Its signature holds, and MANIFEST names the
// index by its hash, so that nothing stands between the parsers and what a test puts
// into the index.
type forgery struct {
	entries map[string]string // of the index
	pages   []byte            // the index as it lies, instead of entries
	root    int               // length of the last of pages
	members []member          // as they lie, whatever the index says
	data    [][]byte          // of the members
	list    string            // MEMBERS
	key     sign.PrivateKey
	header  func(*manifest)      // changes MANIFEST before it is written
	text    func(string) string  // changes it afterwards
	signer  func([]byte) sigFile // signs something else, or otherwise
}

// honest is what a forgery holds before it is changed: two pages in a frame each and a
// picture in two blocks.
func honest() memory {
	return memory{
		"a.html": {Item{Kind: KindPage, Type: "text/html; charset=utf-8", Title: "A", Language: "en"}, goldenNoise(1, frameSize-1000)},
		"b.png":  {Item{Kind: KindPicture, Type: "image/png", Title: "B"}, goldenNoise(2, storedBlock+1000)},
		"d/c.html": {Item{Kind: KindPage, Type: "text/html; charset=utf-8", Title: "C", Language: "ko"},
			goldenNoise(3, 3000)},
	}
}

// The ids of what is in honest, and its members.
const (
	idA, idB, idC      = 0, 1, 2
	ofFrames, ofStored = 0, 1
)

var genuine struct {
	sync.Once
	*forgery
}

// forge returns a forgery that is still as it should be.
func forge(t testing.TB) *forgery {
	t.Helper()
	genuine.Do(func() { genuine.forgery = takeApart(t) })
	if genuine.forgery == nil {
		t.Fatal("the honest bundle was not made")
	}
	f := *genuine.forgery
	f.entries, f.members, f.data = maps.Clone(f.entries), slices.Clone(f.members), slices.Clone(f.data)
	return &f
}

func takeApart(t testing.TB) *forgery {
	t.Helper()
	f := &forgery{entries: map[string]string{}, key: testKey(t, 1)}
	r := open(t, create(t, honest(), Options{}))
	for e, err := range r.index.From(nil) {
		if err != nil {
			t.Fatal(err)
		}
		f.entries[string(e.Key)] = string(e.Value)
		if e.Key[0] != keyMember {
			continue
		}
		m, err := parseMember(e.Value)
		if err != nil {
			t.Fatal(err)
		}
		data := make([]byte, m.size)
		if n, err := readAt(r.store.file(m.name, headSize+r.manifest.index.size+m.offset, m.size), data, 0); n < len(data) {
			t.Fatal(n, err)
		}
		f.members, f.data = append(f.members, m), append(f.data, data)
		f.list += fmt.Sprintf("%x  %s\n", sha256.Sum256(data), m.name)
	}
	return f
}

// set changes an entry of the index.
func (f *forgery) set(key []byte, value []byte) { f.entries[string(key)] = string(value) }

// setItem changes what the index says of an item.
func (f *forgery) setItem(id uint32, change func(*Item, *place)) {
	it, p, err := parseItem([]byte(f.entries[string(itemKey(id))]))
	if err != nil {
		panic(err) // it was written by us
	}
	change(&it, &p)
	f.set(itemKey(id), appendItem(nil, &it, p))
}

// setMember changes what the index says of a member.
func (f *forgery) setMember(n uint32, change func(*member)) {
	m := f.members[n]
	change(&m)
	f.set(memberKey(n), m.encode())
}

// setBlocks changes the first lines of the block table of a member.
func (f *forgery) setBlocks(n uint32, change func([]block)) {
	m := f.members[n]
	blocks, err := parseBlocks(&m, 0, []byte(f.entries[string(blocksKey(n, 0))]))
	if err != nil {
		panic(err) // it was written by us
	}
	change(blocks)
	f.set(blocksKey(n, 0), appendBlocks(m.packed, blocks))
}

// lay has the members say the truth about data that was changed.
func (f *forgery) lay() {
	f.list = ""
	at := int64(0)
	for i := range f.members {
		m, d := &f.members[i], digestOf(f.data[i])
		m.size, m.crc, m.offset = d.size, d.crc, at+headerLen(m.name, d.size)
		at = m.offset + m.size
		f.set(memberKey(uint32(i)), m.encode())
		f.list += fmt.Sprintf("%x  %s\n", d.sum, m.name)
	}
}

// index returns the index as it lies, and its root.
func (f *forgery) index(t testing.TB) ([]byte, tree.Root) {
	t.Helper()
	if f.pages != nil {
		last := f.pages[len(f.pages)-f.root:]
		return f.pages, tree.Root{Size: int64(len(f.pages)), Length: len(last), Hash: sha256.Sum256(last)}
	}
	var buf bytes.Buffer
	b := tree.NewBuilder(&buf, 0)
	for _, key := range slices.Sorted(maps.Keys(f.entries)) {
		if err := b.Add([]byte(key), []byte(f.entries[key])); err != nil {
			t.Fatal(err)
		}
	}
	root, err := b.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return buf.Bytes(), root
}

// seal returns MANIFEST, its signature, the index, and a manifest that is true.
func (f *forgery) seal(t testing.TB) (text []byte, sig sigFile, index []byte, m *manifest) {
	t.Helper()
	index, root := f.index(t)
	m = &manifest{keys: []sign.PublicKey{f.key.Public()}, root: root,
		index: digestOf(index), members: digestOf([]byte(f.list))}
	claimed := *m
	if f.header != nil {
		f.header(&claimed)
	}
	text = claimed.format()
	if f.text != nil {
		text = []byte(f.text(string(text)))
	}
	sig = sigFile{signatureName, f.key.Sign(text)}
	if f.signer != nil {
		sig = f.signer(text)
	}
	return text, sig, index, m
}

// zip returns the forgery as a ZIP, in which everything lies where it should.
func (f *forgery) zip(t testing.TB) []byte {
	t.Helper()
	text, sig, index, m := f.seal(t)
	z := newFraming(text, []sigFile{sig}, m, values(f.members))
	b := make([]byte, z.size())
	for off, piece := range z.pieces() {
		copy(b[off:], piece)
	}
	copy(b[headSize:], index)
	for i := range f.members {
		copy(b[headSize+m.index.size+f.members[i].offset:], f.data[i])
	}
	copy(b[z.table.offset:], f.list)
	return b
}

// folder returns the name of a folder with the forgery in it.
func (f *forgery) folder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	text, sig, index, _ := f.seal(t)
	write(t, filepath.Join(dir, manifestName), text)
	write(t, filepath.Join(dir, sig.name), sig.data)
	write(t, filepath.Join(dir, indexName), index)
	write(t, filepath.Join(dir, membersName), []byte(f.list))
	for i := range f.members {
		write(t, filepath.Join(dir, f.members[i].name), f.data[i])
	}
	return dir
}

// A trial is what came of opening and using a forgery.
type trial struct {
	refusal *VerdictError    // of opening
	report  *Report          // of a deep Verify
	errs    map[string]error // of reading, by path
	others  []error          // of lists and the like
}

// tryLimit is far more than a forgery takes, on a busy machine too, and far less than
// one takes that has found a way to keep a reader busy.
const tryLimit = 30 * time.Second

// try opens the forgery, reads everything in every way, and checks what holds for each:
// it ends, without a panic, every error is one of ours, and an item whose entry was left
// alone is exact or an error.
func (f *forgery) try(t *testing.T) trial {
	t.Helper()
	done := make(chan trial, 1)
	data := f.zip(t)
	go func() { done <- f.use(t, data) }()
	select {
	case got := <-done:
		return got
	case <-time.After(tryLimit):
		t.Fatalf("a reader was kept busy for %v", tryLimit)
	}
	return trial{}
}

func (f *forgery) use(t *testing.T, data []byte) (got trial) {
	r, err := NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		if !errors.As(err, &got.refusal) && !errors.Is(err, ErrNotBundle) {
			t.Errorf("NewReader: %v, want a verdict", err)
		}
		return got
	}
	ctx := context.Background()
	if got.report, err = r.Verify(ctx, VerifyOptions{Deep: true}); err != nil {
		t.Errorf("Verify: %v", err)
	}
	if shallow, err := r.Verify(ctx, VerifyOptions{}); err != nil || shallow.Verdict == Trusted {
		t.Errorf("shallow Verify: %+v, %v", shallow, err)
	}
	got.errs = f.readAll(t, r)
	got.others = useLists(t, r)
	clean, err := Convert(ctx, r, filepath.Join(t.TempDir(), "out"), ConvertOptions{Layout: LayoutFolder})
	if err != nil && len(clean) > 0 {
		t.Errorf("Convert: %q beside %v", clean, err)
	}
	_, err = Compare(ctx, r, r, func(Difference) error { return nil })
	got.others = append(got.others, err)
	for _, err := range append(slices.Collect(maps.Values(got.errs)), got.others...) {
		ours := []error{nil, ErrFormat, ErrDamaged, ErrMissing, ErrNewer, fs.ErrNotExist}
		if !slices.ContainsFunc(ours, func(e error) bool { return errors.Is(err, e) }) {
			t.Errorf("%v is none of the errors that a caller knows", err)
		}
	}
	return got
}

// readAll reads the items by id, and checks those whose entry is the honest one.
func (f *forgery) readAll(t *testing.T, r *Reader) map[string]error {
	errs := map[string]error{}
	want, good := honest(), forge(t).entries
	for id, path := range []string{"a.html", "b.png", "d/c.html"} {
		e, err := r.Entry(uint32(id))
		if err != nil {
			errs[path] = err
			continue
		}
		got, err := io.ReadAll(io.LimitReader(r.Content(e), 8<<20))
		errs[path] = err
		key := itemKey(uint32(id))
		if err == nil && good[string(key)] == f.entries[string(key)] && !bytes.Equal(got, want[path].data) {
			t.Errorf("%q reads as other bytes", path)
		}
		whole, err := r.ReadItem(e, max(e.Size, 0))
		if (err == nil) != (errs[path] == nil) && e.Size < 8<<20 || err == nil && !bytes.Equal(whole, got) {
			t.Errorf("%q: ReadItem says %v, Read %v", path, err, errs[path])
		}
		var last [1]byte
		_, err = r.Content(e).ReadAt(last[:], e.Size-1)
		if err != nil && errs[path] == nil && e.Size > 0 {
			t.Errorf("%q: last byte: %v", path, err)
		}
	}
	return errs
}

// useLists goes through all tables as far as a caller would.
func useLists(t *testing.T, r *Reader) (errs []error) {
	t.Helper()
	const enough = 2000
	for _, filter := range []Filter{{}, {Kinds: []Kind{KindPage}}, {Languages: []string{"ko"}}, {Folder: "d"},
		{Kinds: []Kind{KindPage, KindPicture}, Languages: []string{"ko"}, Folder: "d"}} {
		_, _, _, err := r.List(filter, 0, enough)
		_, err2 := r.Count(filter)
		errs = append(errs, err, err2)
	}
	_, err := r.Kinds()
	_, err2 := r.Languages()
	_, _, err3 := r.Folders("", "", enough)
	_, err4 := r.ReadDir("d")
	_, err5 := r.Lookup("d/c.html")
	_, err6 := r.About()
	sections, err7 := r.Sections()
	for n := range max(len(sections), 3) {
		_, _, err := r.SectionItems(n, 0, enough)
		_, _, _, err2 := r.List(Filter{Sections: []int{n}}, 0, enough)
		errs = append(errs, err, err2)
	}
	return append(errs, err, err2, err3, err4, err5, err6, err7)
}

// page encodes a page of the index that is not compressed.
func page(level byte, entries ...[2]string) []byte {
	b := []byte{level}
	prev := ""
	for _, e := range entries {
		shared := 0
		for shared < min(len(prev), len(e[0])) && prev[shared] == e[0][shared] {
			shared++
		}
		for _, n := range []int{shared, len(e[0]) - shared, len(e[1])} {
			b = binary.AppendUvarint(b, uint64(n))
		}
		b = append(append(b, e[0][shared:]...), e[1]...)
		prev = e[0]
	}
	return b
}

// A pager lays pages one after the other.
type pager struct{ b []byte }

// add lays a page and returns what its parent has to say of it.
func (p *pager) add(page []byte) string {
	sum := sha256.Sum256(page)
	ref := binary.AppendUvarint(binary.AppendUvarint(nil, uint64(len(p.b))), uint64(len(page)))
	p.b = append(p.b, page...)
	return string(append(ref, sum[:]...))
}

// TestForgery: a forgery that nobody changed is intact. Without this the other tests
// would prove nothing.
func TestForgery(t *testing.T) {
	t.Parallel()
	f := forge(t)
	got := f.try(t)
	if got.refusal != nil || got.report.Verdict != Unknown || got.report.Marked {
		t.Errorf("%v, %+v", got.refusal, got.report)
	}
	for path, err := range got.errs {
		if err != nil {
			t.Errorf("%q: %v", path, err)
		}
	}
	for _, err := range got.others {
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // it has no sections
			t.Error(err)
		}
	}
	if v := verify(t, f.folder(t)); v.Verdict != Unknown || v.Marked || len(v.Extra) > 0 {
		t.Errorf("as a folder: %+v", v)
	}
}
