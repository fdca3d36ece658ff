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
	"satchel/bundle/sign"
)

// VerifyOptions say how much Verify checks.
type VerifyOptions struct {
	Deep     bool       // the flat hashes of MANIFEST and MEMBERS, too
	Pins     []sign.Pin // the publishers that the reader trusts
	Progress func(Progress)
	Workers  int // 0 for all cores
}

// A Mark is bytes that are not ours: added around a bundle, or in its framing.
// Some systems tag every file that they see, and the tag can name its machine.
type Mark struct {
	Name          string // the file, in a folder; empty in a ZIP
	Offset, Bytes int64
}

// maxListed bounds the lists in a Report.
const maxListed = 10_000

// A Report is what Verify found.
type Report struct {
	Verdict Verdict
	Reason  string // one of the Reason constants, or empty
	Detail  string // for people
	Marked  bool   // Marks is not empty
	// Restored says that the copy of MANIFEST at the end of the ZIP was used, and
	// that nothing else is damaged.
	Restored bool
	Marks    []Mark

	Publisher   sign.PublicKey // the signer that counts
	Known       bool           // there is one
	Fingerprint string         // of Publisher, or empty

	Damaged []string // paths of items whose bytes are not those signed
	Missing []string // paths of items whose bytes are not there
	More    int64    // items damaged or missing beyond those listed
	Unnamed int64    // pages of the index that are lost, with the names in them
	Extra   []string // files in a folder that do not belong to the bundle

	Items, Blocks, Bytes int64 // checked
}

// Verify opens and checks a bundle, also one that Open refuses: its verdict is in
// the report. An error means that there was nothing to come to a verdict about, or
// that ctx ended.
func Verify(ctx context.Context, name string, o VerifyOptions) (*Report, error) {
	r, err := Open(name)
	if err != nil {
		return Refusal(err)
	}
	defer r.Close()
	return r.Verify(ctx, o)
}

// Refusal turns the error of Open into a report, if it holds a verdict.
func Refusal(err error) (*Report, error) {
	var v *VerdictError
	if !errors.As(err, &v) || v.Reason == ReasonNewer {
		return nil, err
	}
	return &Report{Verdict: v.Verdict, Reason: v.Reason, Detail: v.Err.Error()}, nil
}

// Verify checks every page of the index, every block of every member and what is
// around them, on all cores, and names the items that are damaged or missing.
// With Deep it also checks, in the same read, what sha256sum and unzip would.
func (r *Reader) Verify(ctx context.Context, o VerifyOptions) (*Report, error) {
	v := &verifier{ctx: ctx, r: r, o: o, seed: maphash.MakeSeed(),
		bad: map[uint32]map[uint32]error{}, tables: map[uint32]int64{}, names: map[string]bool{}}
	s := r.Standing(o.Pins...)
	v.report = Report{Verdict: s.Verdict, Reason: s.Reason, Publisher: s.Publisher, Known: s.Known}
	if s.Known {
		v.report.Fingerprint = s.Publisher.Fingerprint().String()
	}
	if s.Verdict == Changed && !s.Readable {
		return &v.report, nil
	}
	if r.restored != "" {
		v.report.Detail = "MANIFEST or a signature is damaged; the copy at the end holds and is used"
	}
	for _, step := range []func() error{v.checkIndex, v.checkMembers, v.nameItems, v.checkFraming} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	v.conclude()
	return &v.report, nil
}

// A verifier is one call of Verify.
type verifier struct {
	ctx    context.Context
	r      *Reader
	o      VerifyOptions
	report Report

	members []member
	items   int64
	seed    maphash.Seed
	paths   uint64 // hashes of the items' paths and ids, less those of the path table
	names   map[string]bool
	tables  map[uint32]int64    // entries of the block table, by member
	lost    bool                // part of the member table cannot be read
	cut     bool                // the ZIP ends early
	digests []string            // files whose flat hash is another
	sums    map[string][32]byte // what MEMBERS says; nil where it cannot be read
	total   int64               // bytes of all members

	mu      sync.Mutex
	changed bool
	absent  bool
	bad     map[uint32]map[uint32]error // member → block → why
}

// fail notes what is wrong.
func (v *verifier) fail(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if errors.Is(err, ErrMissing) {
		v.absent = true
	} else {
		v.changed = true
	}
}

// checkIndex reads all pages of the index, and collects the members.
func (v *verifier) checkIndex() error {
	for e, err := range v.r.index.From(nil) {
		if err := v.ctx.Err(); err != nil {
			return err
		}
		if err != nil {
			v.fail(indexError(err))
			v.report.Unnamed++
			var page *tree.PageError
			if errors.As(err, &page) && (len(page.First) == 0 || page.First[0] >= keyBlocks) {
				v.lost = true
			}
			continue
		}
		v.collect(e)
	}
	if v.items != v.r.Len() && !v.lost && v.report.Unnamed == 0 {
		v.fail(fmt.Errorf("%w: %d items, %d announced", ErrFormat, v.items, v.r.Len()))
	}
	if v.paths != 0 && v.report.Unnamed == 0 {
		v.fail(fmt.Errorf("%w: the path table is not that of the items", ErrFormat))
	}
	return v.checkFlat(indexName, headSize, v.r.manifest.index)
}

// collect notes the members and the block tables, and checks that they fit together
// as FORMAT.md says: a faulty or hostile signer must not get bytes into a copy that no
// hash covers.
func (v *verifier) collect(e tree.Entry) {
	switch e.Key[0] {
	case keyBlocks:
		if len(e.Key) == len(blocksKey(0, 0)) {
			v.tables[be.Uint32(e.Key[1:])]++
		}
	case keyItem:
		v.items++
		it, _, err := parseItem(e.Value)
		if err != nil {
			v.fail(err)
		}
		v.paths += v.hashPath(pathKey(it.Path), e.Key[1:])
	case keyPath:
		n, err := parseNode(e.Value)
		if err != nil {
			v.fail(err)
		}
		if !n.folder {
			v.paths -= v.hashPath(e.Key, itemKey(n.id)[1:])
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
	}
}

// hashPath stands for a path and the item that it belongs to. A key occurs once, so where
// the sums over the items and over the path table agree, no two items have one path. The
// seed is ours alone, so nobody can make up paths whose hashes add up.
func (v *verifier) hashPath(key, id []byte) uint64 {
	return maphash.Bytes(v.seed, append(key[:len(key):len(key)], id...))
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
// one that it came to need.
func (v *verifier) check(j checkJob, buf []byte) []byte {
	for n := j.first; n < j.last; n++ {
		if v.ctx.Err() != nil {
			return buf
		}
		id := blockID{j.n, n}
		b, err := v.r.blockInfo(j.m, id)
		if err == nil {
			buf = slices.Grow(buf[:0], b.stored)
			err = v.checkBlock(j, &b, buf)
		}
		if err != nil {
			v.fail(err)
			v.mu.Lock()
			if v.bad[j.n] == nil {
				v.bad[j.n] = map[uint32]error{}
			}
			v.bad[j.n][n] = err
			v.mu.Unlock()
		}
		v.count(int64(b.stored))
	}
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

// checkBlock checks one block in the one read that the flat hash is fed from, too.
func (v *verifier) checkBlock(j checkJob, b *block, buf []byte) error {
	data, err := v.r.stored(j.m, b, buf[:b.stored])
	if err != nil {
		return err
	}
	if j.flat == nil {
		return nil
	}
	j.flat.Write(data)
	if j.m.packed {
		if _, err := zframe.Decode(data, b.raw); err != nil {
			return fmt.Errorf("%w: %w", ErrFormat, err)
		}
	}
	return nil
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

// nameItems finds the items that bad blocks, or lost pages, take with them.
func (v *verifier) nameItems() error {
	if len(v.bad) == 0 && !v.lost {
		v.report.Items = v.r.Len()
		return nil
	}
	for e, err := range v.r.index.Prefix([]byte{keyItem}) {
		if err != nil {
			continue // counted as unnamed
		}
		if err := v.ctx.Err(); err != nil {
			return err
		}
		v.report.Items++
		it, p, err := parseItem(e.Value)
		if err != nil {
			v.fail(err)
			continue
		}
		if err := v.itemError(&it, p); err != nil {
			v.name(it.Path, err)
		}
	}
	return nil
}

func (v *verifier) name(path string, err error) {
	list := &v.report.Damaged
	if errors.Is(err, ErrMissing) {
		list = &v.report.Missing
	}
	if len(*list) == maxListed {
		v.report.More++
		return
	}
	*list = append(*list, path)
}

// itemError returns what is wrong with a block that an item lies in. Damage is
// worse than absence.
func (v *verifier) itemError(it *Item, p place) (worst error) {
	bad := v.bad[p.member]
	if it.Size == 0 || (len(bad) == 0 && !v.lost) {
		return nil
	}
	first, _, err := v.r.locate(p, 0)
	last, _, err2 := v.r.locate(p, it.Size-1)
	if err := cmp.Or(err, err2); err != nil {
		return err
	}
	for n := first.block; n <= last.block && len(bad) > 0; n++ {
		err := bad[n]
		if err != nil && (worst == nil || !errors.Is(err, ErrMissing)) {
			worst = err
		}
	}
	return worst
}

func (v *verifier) framing() *framing {
	return newFraming(v.r.text, v.r.sigs, v.r.manifest, values(v.members))
}

// conclude comes to the verdict. What was changed weighs more than what is not
// there.
func (v *verifier) conclude() {
	r := &v.report
	r.Marked = len(r.Marks) > 0
	r.Restored = v.r.restored != "" && !v.changed && len(v.digests) == 0
	switch {
	case len(v.digests) > 0 && !v.changed:
		r.Verdict, r.Reason = Changed, ReasonDigests
		r.Detail = "signed digests disagree with the bytes of " + strings.Join(v.digests, ", ")
	case v.changed && len(v.bad) == 0:
		r.Verdict, r.Reason = Changed, ReasonIndex
	case v.changed:
		r.Verdict, r.Reason = Changed, ReasonBlocks
	case r.Verdict == Changed: // MANIFEST was, and has been restored
	case v.absent && v.cut:
		r.Verdict, r.Reason = Incomplete, ReasonCut
	case v.absent:
		r.Verdict, r.Reason = Incomplete, ReasonMissing
	}
}
