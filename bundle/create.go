package bundle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"

	"satchel/bundle/internal/tree"
	"satchel/bundle/sign"
)

// Options say how Create makes a bundle. The zero value makes an unsigned ZIP.
type Options struct {
	// What the bundle says of itself, in the signed index.
	Title, Language, Date string
	Titles                Text   // further titles, each in a language
	Description           Text   // what it is, in a few sentences
	Publisher             string // the name of who it is from; the keys say who signed
	// Sections are the parts of the bundle, in the order in which readers see them.
	Sections []Section
	// Place says to which section an item belongs, counted from 0, or NoSection, and where in it: the
	// items of a section are ordered by key as bytes, then in the default order. It is called once for each
	// item, in the default order, by one goroutine. Without it no item belongs to any.
	Place func(it *Item) (section int, key string)
	// Series names what the bundle is an issue of: up to 32 of a-z, 0-9 and
	// hyphen. Issue is its number there, from 1; 0 for none. Both lie open in
	// MANIFEST.
	Series string
	Issue  uint32
	// Keys are named in MANIFEST as expected signers; Signers sign at once and are
	// named, too.
	Keys    []sign.PublicKey
	Signers []sign.PrivateKey

	Layout   Layout
	PartSize int64 // for LayoutParts; 0 for DefaultPartSize

	NoSearch bool       // make no search index
	Text     TextReader // reads documents for the search index; pages, text, captions and EPUB need none

	// Frames, where there is such a cache, spares compressing again what was compressed before.
	Frames Cache

	Progress func(Progress) // called often, by one goroutine at a time
	Workers  int            // 0 for all cores, as far as memory allows
}

// A Cache keeps what was made, by a hash of what it was made of. Get returns nil where it has nothing, and otherwise
// what is the caller's to change. Both
// are called by several goroutines.
type Cache interface {
	Get(key [32]byte) []byte
	Put(key [32]byte, made []byte)
}

// A KindSum adds up the items of one kind.
type KindSum struct {
	Items int
	Bytes int64
}

// A Summary says what Create made.
type Summary struct {
	Items      int
	Duplicates int   // items whose content is also that of another
	Input      int64 // bytes of all items
	Output     int64 // bytes of the bundle
	ByKind     map[Kind]KindSum
	Files      []string // the names written
}

// ErrCollision says that two items cannot lie in one folder everywhere.
var ErrCollision = errors.New("two names that some systems cannot tell apart")

// maxWorkers keeps the compressors, some 50 MB each with their frames, within the 256 MB that packing
// may take.
const maxWorkers = 3

// Create makes a bundle of what src yields and writes it to name. The name holds
// a complete, synced bundle or is not there; when Create fails or ctx ends,
// nothing is left behind. An existing bundle of that name is replaced; anything
// else there is an error. The same items give the same bytes anywhere.
//
// It goes over the source twice in bounded memory: first to learn what there is,
// then to copy it. Errors name the item; content that changed in between is one.
func Create(ctx context.Context, name string, src Source, o Options) (*Summary, error) {
	if err := errors.Join(o.Check(), checkTarget(name, o.Layout)); err != nil {
		return nil, err
	}
	spool, err := newSpool(name)
	if err != nil {
		return nil, err
	}
	defer spool.remove()
	c := &creator{
		ctx: ctx, src: src, o: o, spool: spool.dir,
		sum: Summary{ByKind: map[Kind]KindSum{}}, languages: languageSet{}, progress: map[string]int64{},
	}
	defer c.close()
	if err := c.run(name); err != nil {
		return nil, err
	}
	return &c.sum, nil
}

// Check says what is wrong with options, whatever they are used for.
func (o *Options) Check() error {
	switch {
	case o.Series != "" && !isSeries(o.Series):
		return fmt.Errorf("series %q: use up to 32 of a-z, 0-9 and hyphen", clip(o.Series))
	case o.Issue != 0 && o.Series == "":
		return errors.New("an issue number needs a series")
	case o.Language != "" && !isLanguage(o.Language):
		return fmt.Errorf("language %q: use a tag such as ko or zh-CN", clip(o.Language))
	case o.Date != "" && !IsDate(o.Date):
		return fmt.Errorf("date %q: use YYYY-MM-DD, YYYY-MM or YYYY", clip(o.Date))
	case len(o.keys()) > MaxKeys:
		return fmt.Errorf("%d keys: at most %d", len(o.keys()), MaxKeys)
	case o.PartSize != 0 && o.PartSize < minPartSize:
		return errPartSize(o.PartSize)
	}
	return o.checkAbout()
}

// keys returns all keys to name, in order, each once.
func (o *Options) keys() []sign.PublicKey {
	keys := slices.Clone(o.Keys)
	for _, s := range o.Signers {
		keys = append(keys, s.Public())
	}
	slices.SortStableFunc(keys, func(a, b sign.PublicKey) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(keys)
}

func (o *Options) workers() int {
	n := o.Workers
	if n <= 0 {
		n = runtime.GOMAXPROCS(0)
	}
	return min(n, maxWorkers)
}

// A creator is one call of Create.
type creator struct {
	ctx   context.Context
	src   Source
	o     Options
	spool string
	sum   Summary

	contents    sorter // what is to be stored, in the order in which it will lie
	unique      int64  // bytes of it
	memberCount uint32 // files it will lie in

	searchMember uint32 // which of them is the search index, where there is one
	members      []*builtMember
	languages    languageSet // of all items
	indexer      *indexer    // nil where no search index is to be made
	searchFile   *os.File    // in the spool; nil where there is no search index
	sink         sink
	closers      []func() error

	mu       sync.Mutex
	progress map[string]int64 // how far each stage has come
}

// run goes through the stages. Each is a step nearer to the final bytes: which
// items there are, where their content will lie, the catalogue, the compressed
// text, then the sizes and with them the place of everything.
func (c *creator) run(name string) error {
	entries, err := c.plan()
	if err != nil {
		return err
	}
	if err := c.beginSearch(entries); err != nil {
		return err
	}
	c.sink, err = newSink(c.o.Layout, name, c.spool, c.o.PartSize)
	if err != nil {
		return err
	}
	c.closers = append(c.closers, func() error { c.sink.abort(); return nil })
	index, err := c.sink.file(indexName, headSize)
	if err != nil {
		return err
	}
	flat := newDigester()
	b := tree.NewBuilder(io.MultiWriter(index, flat), c.sum.Items)
	if err := c.writeCatalogue(b, entries); err != nil {
		return errors.Join(err, index.Close())
	}
	if err := c.writeMembers(b); err != nil {
		return errors.Join(err, index.Close())
	}
	root, err := b.Finish()
	if err := errors.Join(err, index.Close()); err != nil {
		return err
	}
	return c.finish(root, flat.digest())
}

// finish writes MEMBERS, MANIFEST and what is around them.
func (c *creator) finish(root tree.Root, index digest) error {
	list := c.memberList()
	m := &manifest{
		series: c.o.Series, issue: c.o.Issue, keys: c.o.keys(),
		root: root, index: index, members: digestOf(list),
	}
	text := m.format()
	var sigs []sigFile
	for i, k := range c.o.Signers {
		name := signatureName
		if i > 0 {
			name = signatureFor(k.Public())
		}
		sigs = append(sigs, sigFile{name, k.Sign(text)})
	}
	sortSignatures(sigs)
	members := make([]member, len(c.members))
	for i, b := range c.members {
		members[i] = b.member
	}
	z := newFraming(text, sigs, m, values(members))
	f, err := c.sink.file(membersName, z.table.offset)
	if err != nil {
		return err
	}
	_, err = f.Write(list)
	if err := errors.Join(err, f.Close(), c.ctx.Err()); err != nil {
		return err
	}
	if err := c.sink.frame(z); err != nil {
		return err
	}
	c.sum.Output = z.size()
	if err := c.ctx.Err(); err != nil {
		return err
	}
	c.sum.Files, err = c.sink.commit()
	return err
}

func signatureFor(k sign.PublicKey) string { return manifestName + "." + k.ID() + ".minisig" }

// memberList returns the text of MEMBERS.
func (c *creator) memberList() []byte {
	var b strings.Builder
	for _, m := range c.members {
		fmt.Fprintf(&b, "%x  %s\n", m.flat.sum, m.name)
	}
	return []byte(b.String())
}

func (c *creator) close() {
	for _, f := range slices.Backward(c.closers) {
		_ = f() // temporary files, removed with their folder
	}
}

// unreported is the stage of what goes on beside another.
const unreported = ""

// report adds to the progress of a stage and passes it on.
func (c *creator) report(stage string, n, total int64) {
	if c.o.Progress == nil || stage == unreported {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.progress[stage] += n
	c.o.Progress(Progress{stage, c.progress[stage], total})
}
