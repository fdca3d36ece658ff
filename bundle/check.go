package bundle

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"

	"satchel/bundle/internal/tree"
	"satchel/bundle/internal/zframe"
)

// This file goes through all bytes of a bundle for Verify: the tables first, then the
// catalogue and the blocks of all members at the same time.

// checkTables reads what the index says of members and blocks.
func (v *verifier) checkTables() error {
	for e, err := range v.r.index.From([]byte{keyBlocks}) {
		if err := v.ctx.Err(); err != nil {
			return err
		}
		if err == nil {
			v.collect(e)
		} else if !isCatalogue(err) {
			v.lose(err)
			v.lost = true
		}
	}
	return nil
}

// checkAll checks the catalogue beside the members.
func (v *verifier) checkAll() error {
	catalogue := make(chan error)
	go func() { catalogue <- v.checkCatalogue() }()
	err := v.checkMembers()
	return cmp.Or(<-catalogue, err)
}

// checkCatalogue reads the pages of the index that checkTables has not, and then the
// whole of it for its flat hash.
func (v *verifier) checkCatalogue() error {
	if err := v.readCatalogue(); err != nil {
		return err
	}
	if v.items != v.r.Len() && !v.lost && v.report.Unnamed == 0 {
		v.fail(fmt.Errorf("%w: %d items, %d announced", ErrFormat, v.items, v.r.Len()))
	}
	if v.paths != 0 && v.report.Unnamed == 0 {
		v.fail(fmt.Errorf("%w: the path table is not that of the items", ErrFormat))
	}
	if v.report.Unnamed == 0 && v.r.worn == "" {
		if _, err := v.r.About(); err != nil {
			v.fail(err)
		}
		if err := v.checkSections(); err != nil {
			v.fail(err)
		}
	}
	return v.checkFlat(indexName, headSize, v.r.manifest.index)
}

// batchSize is how many records of the catalogue are checked as one piece of work.
const batchSize = 256

// readCatalogue goes through the catalogue, and has its records checked on all cores.
func (v *verifier) readCatalogue() error {
	batches := make(chan []tree.Entry, v.workers())
	var wg sync.WaitGroup
	for range v.workers() {
		wg.Go(func() {
			for b := range batches {
				v.checkRecords(b)
			}
		})
	}
	defer wg.Wait()
	defer close(batches)
	var batch []tree.Entry
	for e, err := range v.r.index.From(nil) {
		if err := v.ctx.Err(); err != nil {
			return err
		}
		if err != nil && isCatalogue(err) {
			v.lose(err)
		}
		if err == nil && e.Key[0] >= keyBlocks {
			break
		}
		if err != nil {
			continue
		}
		if batch = append(batch, e); len(batch) == batchSize {
			batches <- batch
			batch = nil
		}
	}
	batches <- batch
	return nil
}

// checkRecords checks records of the catalogue, in any order. A key of the path table occurs
// once: where the sums of hashes over the items' paths and over that table agree, no two items
// have one path. The seed is ours alone, so nobody can make up paths whose hashes add up.
func (v *verifier) checkRecords(batch []tree.Entry) {
	var items int64
	var paths uint64
	var sections sectionCheck
	var buf []byte
	for _, e := range batch {
		var err, err2 error
		switch e.Key[0] {
		case keyItem:
			items++
			var it Item
			it, _, err = parseItem(e.Value)
			buf = append(appendPathKey(buf[:0], it.Path), e.Key[1:]...)
			paths += maphash.Bytes(v.seed, buf)
			err2 = v.sectionItem(&sections, &it, e.Key[1:])
		case keyPath:
			var n node
			if n, err = parseNode(e.Value); !n.folder {
				buf = append(append(buf[:0], e.Key...), itemKey(n.id)[1:]...)
				paths -= maphash.Bytes(v.seed, buf)
			}
		case keyOrder:
			err = v.sectionOrder(&sections, e)
		case keySection:
			err = v.checkSectionRecord(e)
		}
		if err = cmp.Or(err, err2); err != nil {
			v.fail(err)
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.items += items
	v.paths += paths
	v.sections.items += sections.items
	v.sections.sum += sections.sum
}

// isCatalogue says whether a page that cannot be read begins before the tables.
func isCatalogue(err error) bool {
	var page *tree.PageError
	return errors.As(err, &page) && len(page.First) > 0 && page.First[0] < keyBlocks
}

// lose notes a page of the index that cannot be read.
func (v *verifier) lose(err error) {
	v.fail(indexError(err))
	v.report.Unnamed++
}

// collect notes the members and the block tables, which come in their order, and checks that they fit together
// as FORMAT.md says: a faulty or hostile signer must not get bytes into a copy that no
// hash covers.
func (v *verifier) collect(e tree.Entry) {
	switch e.Key[0] {
	case keyBlocks:
		if len(e.Key) == len(blocksKey(0, 0)) {
			v.tables[be.Uint32(e.Key[1:])]++
		}
	case keyMember:
		m, err := parseMember(e.Value)
		if err == nil {
			err = v.checkMember(e.Key, &m)
		}
		if err != nil {
			v.fail(err)
			v.lost = true
			return
		}
		v.members = append(v.members, m)
	case keySearch: // behind all members
		if n, _, err := parseSearch(e.Value); err != nil {
			v.fail(err)
		} else if !v.lost && (int(n) >= len(v.members) || v.members[n].packed) {
			v.fail(fmt.Errorf("%w: member %d is no search index", ErrFormat, n))
		}
	}
}

// checkMember checks a member against the one before it.
func (v *verifier) checkMember(key []byte, m *member) error {
	end := int64(0)
	if n := len(v.members); n > 0 {
		end = v.members[n-1].offset + v.members[n-1].size
	}
	switch {
	case v.lost || !bytes.Equal(key, memberKey(uint32(len(v.members)))) || len(v.members) == maxMembers:
		return fmt.Errorf("%w: member table", ErrFormat)
	case m.offset != end+headerLen(m.name, m.size):
		return fmt.Errorf("%w: %q does not lie behind the member before it", ErrFormat, m.name)
	case v.names[m.name]:
		return fmt.Errorf("%w: two members are named %q", ErrFormat, m.name)
	}
	v.names[m.name] = true
	return nil
}

// checkTable checks that the block table of a member is complete, and that its blocks
// follow each other from the first byte to the last.
func (v *verifier) checkTable(n uint32) error {
	m := &v.members[n]
	if want := (int64(m.blocks) + blocksPerKey - 1) / blocksPerKey; v.tables[n] != want {
		return fmt.Errorf("%w: block table of %q", ErrFormat, m.name)
	}
	at := int64(0)
	for first := int64(0); first < int64(m.blocks); first += blocksPerKey {
		value, ok, err := v.r.get(blocksKey(n, uint32(first)))
		if err != nil {
			return nil // a lost page is counted where it is met
		}
		blocks, err := parseBlocks(m, uint32(first), value)
		if err != nil || !ok || blocks[0].offset != at {
			return fmt.Errorf("%w: block table of %q", ErrFormat, m.name)
		}
		last := blocks[len(blocks)-1]
		at = last.offset + int64(last.stored)
	}
	if at != m.size {
		return fmt.Errorf("%w: blocks do not fill %q", ErrFormat, m.name)
	}
	return nil
}

// checkFlat compares the flat hash of a whole file.
func (v *verifier) checkFlat(name string, offset int64, want digest) error {
	d := newDigester()
	file := io.NewSectionReader(retrying{v.r.store.file(name, offset, want.size)}, 0, want.size)
	if _, err := io.Copy(d, ctxVerify{v.ctx, file}); err != nil {
		v.fail(fmt.Errorf("%w: %s: %w", ErrMissing, name, err)) // a device gives it up
		return v.ctx.Err()
	}
	v.compareFlat(name, d.digest(), want)
	return nil
}

// compareFlat notes when bytes whose blocks may all hold have another flat hash.
func (v *verifier) compareFlat(name string, got, want digest) {
	if got == want {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if got.size < want.size {
		v.absent = true
		return
	}
	v.digests = append(v.digests, name)
}

type ctxVerify struct {
	ctx context.Context
	r   io.Reader
}

func (c ctxVerify) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// A checkJob is a member, or a stretch of its blocks.
type checkJob struct {
	n           uint32
	m           *member
	first, last uint32    // blocks
	flat        *digester // nil: not wanted
}

// checkMembers checks all blocks. Jobs are whole members when flat hashes are
// wanted, which go from the first byte to the last, and stretches otherwise.
func (v *verifier) checkMembers() error {
	jobs := make(chan checkJob)
	var wg sync.WaitGroup
	for range v.workers() {
		wg.Go(func() {
			var buf []byte
			for j := range jobs {
				buf = v.check(j, buf)
			}
		})
	}
	err := v.feed(jobs)
	close(jobs)
	wg.Wait()
	return cmp.Or(err, v.ctx.Err())
}

func (v *verifier) workers() int {
	if v.o.Workers > 0 {
		return v.o.Workers
	}
	return runtime.GOMAXPROCS(0)
}

func (v *verifier) feed(jobs chan<- checkJob) error {
	v.readMembers()
	for i := range v.members {
		m := &v.members[i]
		if err := v.checkTable(uint32(i)); err != nil {
			v.fail(err)
			continue
		}
		step := uint32(blocksPerKey)
		job := checkJob{n: uint32(i), m: m}
		if v.o.Deep {
			step = max(m.blocks, 1)
			job.flat = newDigester()
		}
		for first := int64(0); first < int64(max(m.blocks, 1)); first += int64(step) {
			job.first, job.last = uint32(first), uint32(min(first+int64(step), int64(m.blocks)))
			select {
			case jobs <- job:
			case <-v.ctx.Done():
				return v.ctx.Err()
			}
		}
	}
	return nil
}

// readMembers reads MEMBERS for its hashes, once it has the hash that MANIFEST
// gives.
func (v *verifier) readMembers() {
	for i := range v.members {
		v.total += v.members[i].size
	}
	want := v.r.manifest.members
	at := v.framing().table.offset
	text := make([]byte, want.size) // bounded by manifest.check
	n, err := readAt(v.r.store.file(membersName, at, want.size), text, 0)
	if err != nil {
		v.fail(ErrMissing)
		return
	}
	got := digestOf(text[:n])
	v.compareFlat(membersName, got, want)
	if got != want {
		return
	}
	if v.sums = parseMembers(string(text), v.members); v.sums == nil {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.digests = append(v.digests, membersName)
	}
}

// parseMembers returns what MEMBERS says of each member, or nil if it is not exactly a
// line for each, in their order.
func parseMembers(text string, members []member) map[string][32]byte {
	sums := map[string][32]byte{}
	for i := range members {
		var h [32]byte
		if len(text) < 2*len(h) || !parseHex(text[:2*len(h)], h[:]) {
			return nil
		}
		rest, ok := strings.CutPrefix(text, fmt.Sprintf("%x  %s\n", h, members[i].name))
		if !ok {
			return nil
		}
		sums[members[i].name], text = h, rest
	}
	if text != "" {
		return nil
	}
	return sums
}

// check checks the blocks of one job. It reads into buf, and returns it, or the larger
// one that it came to need. The flat hash is made from the same read, beside the other.
func (v *verifier) check(j checkJob, buf []byte) []byte {
	flat := newTrailer(j.flat)
	for n := j.first; n < j.last && v.ctx.Err() == nil; n++ {
		b, err := v.r.blockInfo(j.m, blockID{j.n, n})
		if err == nil {
			buf = slices.Grow(flat.take(buf)[:0], b.stored)[:b.stored]
			err = v.checkBlock(j, &b, buf)
			flat.give(buf, err == nil)
		}
		if err != nil {
			v.failBlock(j.n, n, err)
		}
		v.count(int64(b.stored))
	}
	flat.end()
	if j.flat == nil || v.ctx.Err() != nil {
		return buf
	}
	v.mu.Lock()
	broken := len(v.bad[j.n]) > 0
	v.mu.Unlock()
	if !broken && v.sums != nil {
		v.compareFlat(j.m.name, j.flat.digest(), digest{j.m.size, j.m.crc, v.sums[j.m.name]})
	}
	return buf
}

// checkBlock reads a block into buf and checks it. A deep check also asks whether it
// decompresses to what is signed.
func (v *verifier) checkBlock(j checkJob, b *block, buf []byte) error {
	data, err := v.r.stored(j.m, b, buf)
	if err != nil || j.flat == nil || !j.m.packed {
		return err
	}
	raw := packedBlocks.Get().(*[]byte)
	defer packedBlocks.Put(raw)
	*raw, err = zframe.Decode(*raw, data, b.raw)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return nil
}

func (v *verifier) failBlock(member, block uint32, err error) {
	v.fail(err)
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.bad[member] == nil {
		v.bad[member] = map[uint32]error{}
	}
	v.bad[member][block] = err
	if int(member) < len(v.members) && v.members[member].name == searchName {
		v.report.Search = true
	}
}

// A trailer makes the flat hash of blocks, one or two behind the one who reads them. One
// without a digester does nothing.
type trailer struct {
	full, free chan []byte
	done       chan struct{}
}

func newTrailer(d *digester) *trailer {
	if d == nil {
		return nil
	}
	t := &trailer{make(chan []byte, 2), make(chan []byte, 3), make(chan struct{})}
	go func() {
		for b := range t.full {
			d.Write(b)
			t.free <- b
		}
		close(t.done)
	}()
	t.free <- nil
	t.free <- nil
	return t
}

// take returns a buffer to read into: the trailer's, or the caller's own.
func (t *trailer) take(own []byte) []byte {
	if t == nil {
		return own
	}
	return <-t.free
}

// give hands a buffer over, or back when there is nothing in it to hash.
func (t *trailer) give(b []byte, full bool) {
	switch {
	case t == nil:
	case full:
		t.full <- b
	default:
		t.free <- b
	}
}

func (t *trailer) end() {
	if t != nil {
		close(t.full)
		<-t.done
	}
}

func (v *verifier) count(n int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.report.Blocks++
	v.report.Bytes += n
	if v.o.Progress == nil {
		return
	}
	v.o.Progress(Progress{"verify", v.report.Bytes, v.total})
}
