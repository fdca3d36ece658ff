package bundle

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"satchel/bundle/internal/extsort"
	"satchel/bundle/internal/tree"
	"satchel/bundle/plain"
	"satchel/bundle/search"
)

// This file makes the search index of a bundle that is being made: it gathers what items say while their
// content passes by, or reads it for that.

// searchName is the member that is the search index.
const searchName = "s0001"

// A TextReader yields the text of a document that package plain does not read, in pieces, until yield returns
// false. It returns plain.ErrNoText for types that it does not read, either.
type TextReader func(r io.ReaderAt, size int64, mediaType string, yield func(string) bool) error

// A subject is an item that can be found.
type subject struct {
	id, group uint32
	item      Item
}

// isSubject says whether an item can be found. What pages consist of cannot.
func isSubject(it *Item) bool { return it.Kind != KindResource }

// searches says whether the bundle has a search index.
func (c *creator) searches() bool {
	return !c.o.NoSearch && c.sum.Items > c.sum.ByKind[KindResource].Items
}

// An indexer makes the search index.
type indexer struct {
	c        *creator
	b        *search.Builder
	subjects sorter // place of content → subject
	next     func() (extsort.Record, error, bool)
	stop     func()
	at       extsort.Record // the next one, or no key
	key      [32]byte       // of everything that the index is made of
	long     sync.Mutex     // one long text at a time
}

// newIndexer prepares to index the items in entries, which are in the default order.
func (c *creator) newIndexer(entries sorter) (*indexer, error) {
	ix := &indexer{c: c, subjects: c.newSorter()}
	if err := ix.gather(entries); err != nil {
		return nil, err
	}
	if c.o.Frames != nil {
		if err := ix.name(); err != nil {
			return nil, err
		}
	}
	return ix, nil
}

// gather puts the subjects in the order in which their contents lie. Items that are alike are a group,
// which has the lowest number of an item in it.
func (ix *indexer) gather(entries sorter) error {
	same, id := ix.c.newSorter(), uint32(0)
	for r, err := range entries.Sorted() {
		it, _, err2 := parseItem(r.Value)
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		if isSubject(&it) {
			key := append(alike(&it, ix.c.languages), 0)
			if err := same.Add(be.AppendUint32(key, id), r.Value); err != nil {
				return err
			}
		}
		id++
	}
	var last []byte
	var group uint32
	for r, err := range same.Sorted() {
		it, at, err2 := parseItem(r.Value)
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		split := len(r.Key) - 4
		number := be.Uint32(r.Key[split:])
		if !bytes.Equal(last, r.Key[:split]) {
			last, group = append(last[:0], r.Key[:split]...), number
		}
		value := be.AppendUint32(be.AppendUint32(nil, number), group)
		if err := ix.subjects.Add(at.key(it.Size), append(value, r.Value...)); err != nil {
			return err
		}
	}
	return same.Close()
}

// key sorts contents as they lie. One of no bytes may lie where another begins.
func (p place) key(size int64) []byte {
	key := be.AppendUint32(be.AppendUint32(be.AppendUint32(nil, p.member), p.block), p.offset)
	return append(key, byte(min(size, 1)))
}

// rewind begins at the first subject.
func (ix *indexer) rewind() {
	ix.close()
	ix.next, ix.stop = iter.Pull2(ix.subjects.Sorted())
}

func (ix *indexer) close() {
	if ix.stop != nil {
		ix.stop()
		ix.stop = nil
	}
	ix.at = extsort.Record{}
}

// records yields what there is in the sorter for a content. Contents come in order.
func (ix *indexer) records(p *placed, do func(value []byte) error) error {
	key := p.place.key(p.item.Size)
	for {
		if ix.at.Key == nil {
			r, err, ok := ix.next()
			if !ok || err != nil {
				return err
			}
			ix.at = r
		}
		if n := bytes.Compare(ix.at.Key, key); n != 0 {
			if n < 0 {
				return errors.New("bundle: internal error: a subject without its content")
			}
			return nil
		}
		if err := do(ix.at.Value); err != nil {
			return err
		}
		ix.at.Key = nil
	}
}

// attach gives a content its subjects.
func (ix *indexer) attach(p *placed) error {
	return ix.records(p, func(value []byte) error {
		it, _, err := parseItem(value[8:])
		p.subjects = append(p.subjects, subject{be.Uint32(value), be.Uint32(value[4:]), it})
		return err
	})
}

// name finds the key of the index.
func (ix *indexer) name() error {
	h := sha256.New()
	// another number when texts are read or cut up in another way
	fmt.Fprintf(h, "search 3 %t\x00", ix.c.o.Text != nil)
	ix.rewind()
	defer ix.close()
	for p, err := range ix.c.eachContent() {
		if err != nil {
			return err
		}
		n := 0
		if err := ix.records(&p, func(value []byte) error {
			h.Write(binary.AppendUvarint(nil, uint64(len(value))))
			h.Write(value)
			n++
			return nil
		}); err != nil {
			return err
		}
		if n > 0 {
			fmt.Fprintf(h, "content %d %x\x00", n, p.id)
		}
	}
	h.Sum(ix.key[:0])
	return nil
}

// hasText says whether text may be read out of an item.
func (c *creator) hasText(it *Item) bool {
	return !c.o.NoSearch && isSubject(it) &&
		(plain.Reads(it.Type) || c.o.Text != nil && (it.Kind == KindDocument || it.Kind == KindBook))
}

// pieceSize is how the index is cut for a cache, in bytes.
const pieceSize = 4 << 20

func (ix *indexer) pieceKey(n int) [32]byte {
	return sha256.Sum256(fmt.Appendf(nil, "piece %d of %x", n, ix.key))
}

// recall writes the index as it was made of the same items before, if it is still there.
func (ix *indexer) recall(w io.Writer) (bool, error) {
	if ix.c.o.Frames == nil {
		return false, nil
	}
	for n := 0; ; n++ {
		piece := ix.c.o.Frames.Get(ix.pieceKey(n))
		if piece == nil || ix.c.ctx.Err() != nil {
			return false, ix.c.ctx.Err()
		}
		if _, err := w.Write(piece); err != nil || len(piece) < pieceSize {
			return true, err
		}
	}
}

// keep remembers the index.
func (ix *indexer) keep(r io.Reader) error {
	if ix.c.o.Frames == nil {
		return nil
	}
	for n := 0; ; n++ {
		piece, err := io.ReadAll(io.LimitReader(r, pieceSize))
		if err != nil {
			return err
		}
		ix.c.o.Frames.Put(ix.pieceKey(n), piece)
		if len(piece) < pieceSize {
			return nil
		}
	}
}

// longText is how large a content is, in bytes, that may take much memory while it is read.
const longText = 4 << 20

// add enters the subjects of a content. data is the content, or nil where it has to be read.
func (ix *indexer) add(p *placed, data []byte) error {
	if len(p.subjects) == 0 {
		return nil
	}
	if p.item.Size > longText {
		ix.long.Lock()
		defer ix.long.Unlock()
	}
	said, err := ix.read(p, data)
	if err != nil {
		return err
	}
	for i := range p.subjects {
		if err := ix.b.Add(p.subjects[i].document(said)); err != nil {
			return err
		}
	}
	return nil
}

// A said is what a content says.
type said struct {
	headings []string
	body     string
}

// document is what can be found of a subject.
func (s *subject) document(said *said) search.Document {
	it := &s.item
	d := search.Document{
		ID: s.id, Group: s.group, Title: it.Title, Name: nameOf(it.Path),
		Headings: said.headings, Text: said.body,
	}
	if strings.EqualFold(words(d.Title), words(d.Name)) {
		d.Title = "" // a file's name is no title
	}
	if it.Tags != "" {
		d.Headings = append(strings.Split(it.Tags, "\n"), d.Headings...)
	}
	if it.Summary != "" || it.Byline != "" {
		d.Text = it.Summary + "\n" + it.Byline + "\n" + d.Text
	}
	return d
}

// words is a name with spaces for what stands for them in the names of files.
func words(name string) string {
	return strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || r == ' ' || r == '.' }), " ")
}

// nameOf is the name of a file, without what says its kind.
func nameOf(p string) string {
	base := path.Base(p)
	return strings.TrimSuffix(base, path.Ext(base))
}

// read reads the text of a content. One that cannot be read has none: it is found by its name.
func (ix *indexer) read(p *placed, data []byte) (*said, error) {
	var s said
	var body strings.Builder
	take := func(part plain.Part, text string) bool {
		switch {
		case part == plain.Heading && len(s.headings) < search.MaxHeadings/2:
			s.headings = append(s.headings, text)
		case part != plain.Title: // an item that is a page has its title
			body.WriteString(text)
			body.WriteByte('\n')
		}
		return ix.c.ctx.Err() == nil
	}
	it := &p.item
	if !ix.c.hasText(it) {
		return &s, nil
	}
	content, done, err := ix.content(p, data)
	if err != nil {
		return nil, err
	}
	defer done()
	readText(content, it.Size, it.Type, ix.c.o.Text, take)
	s.body = body.String()
	return &s, ix.c.ctx.Err()
}

// content is the content to be read: what is there, or a copy of it in a file.
func (ix *indexer) content(p *placed, data []byte) (content io.ReaderAt, done func(), err error) {
	if data != nil {
		return bytes.NewReader(data), func() {}, nil
	}
	if p.item.Size <= frameSize {
		b := bytes.NewBuffer(make([]byte, 0, p.item.Size))
		err := ix.c.copyContent(b, p, unreported, 0)
		return bytes.NewReader(b.Bytes()), func() {}, err
	}
	f, err := os.CreateTemp(ix.c.spool, "text-")
	if err != nil {
		return nil, nil, err
	}
	done = func() {
		f.Close()
		os.Remove(f.Name())
	}
	if err := ix.c.copyContent(f, p, unreported, 0); err != nil {
		done()
		return nil, nil, err
	}
	return f, done, nil
}

// addStored enters what lies outside of packs.
func (ix *indexer) addStored() error {
	work := make(chan placed)
	var failed firstError
	var workers sync.WaitGroup
	for range ix.c.o.workers() {
		workers.Go(func() {
			for p := range work {
				failed.note(ix.add(&p, nil))
			}
		})
	}
	for p, err := range ix.c.eachStored() {
		if err == nil {
			err = ix.attach(&p)
		}
		if failed.note(err); failed.get() != nil {
			break
		}
		work <- p
	}
	close(work)
	workers.Wait()
	return failed.get()
}

// A firstError keeps the first of several errors.
type firstError struct {
	mu  sync.Mutex
	err error
}

func (f *firstError) note(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = err
	}
}

func (f *firstError) get() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// beginSearch takes the index out of the cache, or prepares to make it.
func (c *creator) beginSearch(entries sorter) error {
	if !c.searches() {
		return nil
	}
	f, err := os.Create(filepath.Join(c.spool, searchName))
	if err != nil {
		return err
	}
	c.closers = append(c.closers, f.Close)
	c.searchFile = f
	ix, err := c.newIndexer(entries)
	if err != nil {
		return err
	}
	if found, err := ix.recall(f); found || err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	ix.b = search.NewBuilder(c.spool)
	c.closers = append(c.closers, ix.b.Close, func() error { ix.close(); return nil })
	ix.rewind()
	c.indexer = ix
	return nil
}

// endSearch makes the index a member, when all text has been gone through.
func (c *creator) endSearch() error {
	if c.searchFile == nil {
		return nil
	}
	if c.indexer != nil {
		if err := c.indexer.finish(c.searchFile); err != nil {
			return err
		}
	}
	size, err := c.searchFile.Seek(0, io.SeekEnd)
	blocks := uint32((size + storedBlock - 1) / storedBlock)
	c.members = append(c.members, &builtMember{member: member{name: searchName, size: size, blocks: blocks}})
	return err
}

// finish writes the index.
func (ix *indexer) finish(f *os.File) error {
	if err := ix.addStored(); err != nil {
		return err
	}
	ix.close()
	ix.c.report("search", 0, 0)
	w := bufio.NewWriterSize(f, 1<<20)
	if err := cmp.Or(f.Truncate(0), ix.b.Finish(w), w.Flush(), ix.b.Close()); err != nil {
		return err
	}
	return ix.keep(io.NewSectionReader(f, 0, 1<<62))
}

// addSearch adds what readers trust of the index: its end, which names the rest by hashes.
func (c *creator) addSearch(b *tree.Builder) error {
	if c.searchFile == nil {
		return nil
	}
	end := make([]byte, search.TrailerSize)
	if _, err := c.searchFile.ReadAt(end, c.members[c.searchMember].size-search.TrailerSize); err != nil {
		return err
	}
	return b.Add([]byte{keySearch}, append(binary.AppendUvarint(nil, uint64(c.searchMember)), end...))
}

// copySearch copies the index to its place.
func (c *creator) copySearch(base int64) error {
	if c.searchFile == nil {
		return nil
	}
	m := c.members[c.searchMember]
	out, err := c.sink.file(m.name, base+m.offset)
	if err != nil {
		return err
	}
	h := newBlockHasher(out)
	_, err = h.ReadFrom(io.NewSectionReader(c.searchFile, 0, m.size))
	err = cmp.Or(err, h.close(), out.Close())
	m.sums, m.flat = h.sums, h.flat.digest()
	return err
}
