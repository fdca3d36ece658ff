package bundle

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"os"
	"path/filepath"
	"sync"

	"satchel/bundle/internal/tree"
	"satchel/bundle/internal/zframe"
)

// A builtMember is a member that is being made. What is known of it grows: first
// its size, then its hashes.
type builtMember struct {
	member
	start  int64      // of a pack in the spool
	packed []block    // of a pack
	sums   [][32]byte // of a stored member, once it is written
	flat   digest
}

// writeMembers is the second pass: it compresses the text into the spool, and then,
// knowing all sizes, writes every member to its place and the rest of the index.
func (c *creator) writeMembers(b *tree.Builder) error {
	spool, err := os.Create(filepath.Join(c.spool, "packs"))
	if err != nil {
		return err
	}
	c.closers = append(c.closers, spool.Close)
	for _, step := range []func() error{func() error { return c.compress(spool) }, c.endSearch, c.sizeStored} {
		if err := step(); err != nil {
			return err
		}
	}
	c.placeMembers()
	size, err := b.Size(c.addTables)
	if err != nil {
		return err
	}
	base := headSize + size
	if err := c.copyPacks(spool, base); err != nil {
		return err
	}
	if err := c.copySearch(base); err != nil {
		return err
	}
	if err := c.copyStored(base); err != nil {
		return err
	}
	return c.addTables(b)
}

// placeMembers says where in a ZIP each member's data lies, behind the index.
func (c *creator) placeMembers() {
	at := int64(0)
	for _, m := range c.members {
		at += headerLen(m.name, m.size)
		m.offset = at
		at += m.size
	}
}

// addTables adds the block table, the member table and the end of the search index. Their lengths do not depend
// on the hashes and the CRC-32 in them, so they may be added for their size before
// these are known.
func (c *creator) addTables(b *tree.Builder) error {
	b.Section(false)
	for i, m := range c.members {
		for first := uint32(0); first < m.blocks; first += blocksPerKey {
			n := min(m.blocks-first, blocksPerKey)
			value := appendBlocks(m.packs(), m.table(first, n))
			if err := b.Add(blocksKey(uint32(i), first), value); err != nil {
				return err
			}
		}
	}
	b.Section(false)
	for i, m := range c.members {
		m.crc = m.flat.crc
		if err := b.Add(memberKey(uint32(i)), m.encode()); err != nil {
			return err
		}
	}
	return c.addSearch(b)
}

func (m *builtMember) packs() bool { return m.member.packed }

// table returns n lines of the block table, with what is known.
func (m *builtMember) table(first, n uint32) []block {
	if m.packs() {
		return m.packed[first : first+n]
	}
	lines := make([]block, n)
	for i := range lines {
		if m.sums != nil {
			lines[i].sum = m.sums[first+uint32(i)]
		}
	}
	return lines
}

// A frame is a stretch of a pack on its way through a compressor: the end of a long content, or else
// nothing, and whole contents.
type frame struct {
	member   uint32
	raw      []byte
	contents []placed
	size     int // of all of it
	result   chan packedFrame
}

type packedFrame struct {
	data []byte
	err  error
}

// compress packs all text into the spool, a frame at a time on all cores.
func (c *creator) compress(spool io.Writer) error {
	jobs := make(chan *frame)
	ordered := make(chan *frame, c.o.workers())
	for range c.o.workers() {
		go func() {
			enc := zframe.NewEncoder(frameSize)
			for f := range jobs {
				data, err := c.encode(enc, f)
				f.result <- packedFrame{data, err}
			}
		}()
	}
	failed := make(chan error, 1)
	go func() {
		failed <- c.feedFrames(jobs, ordered)
		close(jobs)
		close(ordered)
	}()
	w := bufio.NewWriterSize(spool, 1<<20)
	var err error
	flat := newDigester()
	var start int64
	for f := range ordered {
		made := <-f.result
		if err = cmp.Or(err, made.err); err != nil {
			continue // let the feeder come to its end
		}
		data := made.data
		if int(f.member) == len(c.members) {
			flat = newDigester()
			c.members = append(c.members, &builtMember{member: member{packed: true}, start: start})
		}
		m := c.members[f.member]
		m.packed = append(m.packed, block{m.size, len(data), f.size, sha256.Sum256(data)})
		m.blocks++
		m.size += int64(len(data))
		start += int64(len(data))
		flat.Write(data)
		m.flat = flat.digest()
		m.name = memberName(classText, false, int(f.member)+1, "")
		_, err = w.Write(data)
		frames.give(data)
	}
	return errors.Join(<-failed, err, w.Flush())
}

// encode makes a frame, or takes the one that was made of the same bytes before. Where these are whole
// contents, their hashes tell, and nothing is read.
func (c *creator) encode(enc *zframe.Encoder, f *frame) ([]byte, error) {
	if c.o.Frames == nil {
		return c.encodeAnew(enc, f)
	}
	key := f.key()
	if made := c.o.Frames.Get(key); made != nil {
		c.reportContents(f)
		return made, c.indexContents(f)
	}
	made, err := c.encodeAnew(enc, f)
	if err == nil {
		c.o.Frames.Put(key, made)
	}
	return made, err
}

// reportContents tells that the contents of a frame need not be copied.
func (c *creator) reportContents(f *frame) {
	for i := range f.contents {
		c.report("write", f.contents[i].item.Size, c.unique)
	}
}

// indexContents enters what is said in a frame that was not made again.
func (c *creator) indexContents(f *frame) error {
	if c.indexer == nil {
		return nil
	}
	for i := range f.contents {
		if err := c.indexer.add(&f.contents[i], nil); err != nil {
			return err
		}
	}
	return nil
}

func (c *creator) encodeAnew(enc *zframe.Encoder, f *frame) ([]byte, error) {
	if f.raw == nil {
		f.raw = frames.take()
	}
	raw := bytes.NewBuffer(f.raw)
	for i := range f.contents {
		start := raw.Len()
		if err := c.copyContent(raw, &f.contents[i], "write", c.unique); err != nil {
			return nil, err
		}
		if c.indexer != nil {
			if err := c.indexer.add(&f.contents[i], raw.Bytes()[start:]); err != nil {
				return nil, err
			}
		}
	}
	defer frames.give(raw.Bytes())
	return enc.Encode(frames.take(), raw.Bytes()), nil
}

// key stands for the bytes of a frame: those that are there, and the contents by their hashes.
func (f *frame) key() (key [32]byte) {
	h := sha256.New()
	fmt.Fprintf(h, "frame %d\x00", len(f.raw))
	h.Write(f.raw)
	for i := range f.contents {
		h.Write(f.contents[i].id)
	}
	h.Sum(key[:0])
	return key
}

// frames lends the buffers that frames go through, which would otherwise be most of
// the garbage that packing makes.
var frames buffers

type buffers struct{ pool sync.Pool }

func (b *buffers) take() []byte {
	if p, ok := b.pool.Get().(*[]byte); ok {
		return (*p)[:0]
	}
	return make([]byte, 0, frameSize)
}

func (b *buffers) give(used ...[]byte) {
	for _, p := range used {
		b.pool.Put(&p)
	}
}

// feedFrames has all text packed, a frame at a time, where the placer has placed it.
func (c *creator) feedFrames(jobs, ordered chan<- *frame) error {
	cut := &framer{emit: func(f *frame) error {
		f.result = make(chan packedFrame, 1)
		select {
		case ordered <- f:
		case <-c.ctx.Done():
			return c.ctx.Err()
		}
		jobs <- f
		return nil
	}}
	for p, err := range c.eachText() {
		if err != nil {
			return err
		}
		if c.indexer != nil {
			if err := c.indexer.attach(&p); err != nil {
				return err
			}
		}
		if err := cut.begin(p.place); err != nil {
			return err
		}
		if p.item.Size <= frameSize {
			cut.add(p)
		} else if err := c.addLong(cut, &p); err != nil {
			return err
		}
	}
	if c.sum.Items > 0 && !cut.any {
		return nil // nothing but stored content
	}
	return cut.finish()
}

// addLong has a text packed that is longer than a frame.
func (c *creator) addLong(cut *framer, p *placed) error {
	if err := c.copyContent(cut, p, "write", c.unique); err != nil || c.indexer == nil {
		return err
	}
	return c.indexer.add(p, nil)
}

// A framer gathers contents into frames. Those that are longer than a frame are written to it, the others
// are added for the compressor to read.
type framer struct {
	at       place
	raw      []byte
	contents []placed
	size     int
	any      bool
	emit     func(*frame) error
}

func (f *framer) begin(p place) error {
	if f.any && (p.member != f.at.member || p.block != f.at.block) {
		if err := f.flush(); err != nil {
			return err
		}
	}
	if int(p.offset) != f.size {
		return errors.New("bundle: internal error: content is not where it was placed")
	}
	f.at, f.any = p, true
	return nil
}

func (f *framer) add(p placed) {
	f.contents = append(f.contents, p)
	f.size += int(p.item.Size)
}

func (f *framer) Write(p []byte) (n int, err error) {
	for n < len(p) {
		if len(f.raw) == frameSize {
			if err := f.flush(); err != nil {
				return n, err
			}
			f.at.block++
		}
		if f.raw == nil {
			f.raw = frames.take()
		}
		k := min(len(p)-n, frameSize-len(f.raw))
		f.raw = append(f.raw, p[n:n+k]...)
		f.size += k
		n += k
	}
	return n, nil
}

func (f *framer) flush() error {
	out := &frame{member: f.at.member, raw: f.raw, contents: f.contents, size: f.size}
	f.raw, f.contents, f.size = nil, nil, 0
	return f.emit(out)
}

// finish emits the last frame, if an empty one: a bundle without items has one
// pack, too, because sha256sum finds fault with an empty MEMBERS.
func (f *framer) finish() error {
	if f.any && f.size == 0 && f.at.block > 0 {
		return nil
	}
	return f.flush()
}

// copyContent copies content, in a stage in which total bytes are copied, and checks that it is still what was
// planned with.
func (c *creator) copyContent(w io.Writer, p *placed, stage string, total int64) error {
	var h hash.Hash
	if p.id[0] == 'h' {
		h = sha256.New()
		w = io.MultiWriter(w, h)
	}
	if err := c.copyTo(w, p, stage, total); err != nil {
		return err
	}
	if h != nil && !bytes.Equal(h.Sum(nil), p.id[1:]) {
		return fmt.Errorf("%q: changed while it was packed", p.item.Path)
	}
	return nil
}

func (c *creator) copyTo(w io.Writer, p *placed, stage string, total int64) error {
	if p.data == nil {
		return c.copyItem(w, &p.item, stage, total)
	}
	_, err := w.Write(p.data)
	return err
}

// eachText yields the contents of packs, which come before all others.
func (c *creator) eachText() iter.Seq2[placed, error] {
	return func(yield func(placed, error) bool) {
		for p, err := range c.eachContent() {
			if err == nil && classOf(&p.item) != classText || !yield(p, err) {
				return
			}
		}
	}
}

// eachStored yields the contents of stored members.
func (c *creator) eachStored() iter.Seq2[placed, error] {
	return func(yield func(placed, error) bool) {
		for p, err := range c.eachContent() {
			if err == nil && classOf(&p.item) == classText {
				continue
			}
			if !yield(p, err) {
				return
			}
		}
	}
}

// sizeStored lists the stored members with their names and sizes.
func (c *creator) sizeStored() error {
	var packs, owns int
	for p, err := range c.eachStored() {
		if err != nil {
			return err
		}
		if int(p.place.member) == len(c.members) {
			own := p.own
			n := &packs
			if own {
				n = &owns
			}
			*n++
			name := memberName(classOf(&p.item), own, *n, p.item.Type)
			c.members = append(c.members, &builtMember{member: member{name: name}})
		}
		m := c.members[p.place.member]
		m.size += p.item.Size
		m.blocks = uint32((m.size + storedBlock - 1) / storedBlock)
	}
	return nil
}

// copyPacks copies the compressed text to its place.
func (c *creator) copyPacks(spool io.ReaderAt, base int64) error {
	for _, m := range c.members {
		if !m.packs() {
			continue
		}
		f, err := c.sink.file(m.name, base+m.offset)
		if err != nil {
			return err
		}
		_, err = io.Copy(f, io.NewSectionReader(spool, m.start, m.size))
		if err := cmp.Or(err, f.Close(), c.ctx.Err()); err != nil {
			return err
		}
	}
	return nil
}

// copyStored copies what is stored straight from the source to its place.
func (c *creator) copyStored(base int64) error {
	var m *builtMember
	var out fileWriter
	var h *blockHasher
	done := func() error {
		if m == nil {
			return nil
		}
		err := h.close()
		m.sums, m.flat = h.sums, h.flat.digest()
		return cmp.Or(err, out.Close())
	}
	for p, err := range c.fetchAhead(c.eachStored()) {
		if err != nil {
			return cmp.Or(err, done())
		}
		if next := c.members[p.place.member]; next != m {
			if err := done(); err != nil {
				return err
			}
			m = nil
			if out, err = c.sink.file(next.name, base+next.offset); err != nil {
				return err
			}
			m, h = next, newBlockHasher(out)
		}
		if err := c.copyContent(h, &p, "write", c.unique); err != nil {
			return cmp.Or(err, done())
		}
	}
	return done()
}
