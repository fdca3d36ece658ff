package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
)

// A Difference is one thing in which two bundles differ.
type Difference struct {
	Path string // of an item; otherwise what of the bundle differs
	What string // one of the constants below
}

// What a Difference can say.
const (
	OnlyFirst       = "only in the first"
	OnlySecond      = "only in the second"
	ContentDiffers  = "content"
	CatalogueDiffer = "catalogue" // title, language, date, kind or type, section and the like

	// These are of the bundle itself: its title, say, "section 1", the name of a signature file, or
	// "index" where all of that and all items are alike and the bytes are not.
	BundleDiffers    = "bundle"
	SignatureDiffers = "signature"
)

// searchIndex is what of the bundle differs where one has an index of its words and the other has not.
const searchIndex = "search index"

// Compare says whether two bundles are the same, and yields what differs: first of
// the bundles themselves, then of the items, in the order of paths. Members of bundles
// with the same MANIFEST are the same without reading more: it names every byte. Only
// what is not provably equal is read.
func Compare(ctx context.Context, a, b *Reader, yield func(Difference) error) (same bool, err error) {
	same = true
	differ := func(path, what string) error {
		same = false
		return yield(Difference{path, what})
	}
	if bytes.Equal(a.text, b.text) {
		err := compareSignatures(a, b, differ)
		return same, err
	}
	if err := compareHeads(a, b, differ); err != nil {
		return same, err
	}
	if err := compareSections(ctx, a, b, differ); err != nil {
		return false, err
	}
	if err := compareItems(ctx, a, b, differ); err != nil {
		return false, err
	}
	switch inA, inB := a.HasSearch(), b.HasSearch(); {
	case inA && !inB:
		err = differ(searchIndex, OnlyFirst)
	case inB && !inA:
		err = differ(searchIndex, OnlySecond)
	}
	if err == nil && same { // a reader's mark can be where nobody looks
		err = differ(indexName, BundleDiffers)
	}
	return same, err
}

// compareSignatures compares the signatures of one MANIFEST: what a signer puts beside it
// can tell copies apart, too.
func compareSignatures(a, b *Reader, differ func(path, what string) error) error {
	names := map[string]int{}
	for _, f := range slices.Concat(a.sigs, b.sigs) {
		names[f.name]++
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		in := func(r *Reader) []byte {
			i := slices.IndexFunc(r.sigs, func(f sigFile) bool { return f.name == name })
			if i < 0 {
				return nil
			}
			return r.sigs[i].data
		}
		if !bytes.Equal(in(a), in(b)) {
			if err := differ(name, SignatureDiffers); err != nil {
				return err
			}
		}
	}
	return nil
}

// compareHeads compares what the bundles say of themselves.
func compareHeads(a, b *Reader, differ func(path, what string) error) error {
	x, y := a.claims(), b.claims()
	for name := range x {
		y[name] += "" // so that it has all names
	}
	for _, name := range slices.Sorted(maps.Keys(y)) {
		if x[name] != y[name] {
			if err := differ(name, BundleDiffers); err != nil {
				return err
			}
		}
	}
	return nil
}

// claims returns what MANIFEST and the index say of the bundle, but for what follows
// from its items.
func (r *Reader) claims() map[string]string {
	claims := maps.Clone(r.about)
	for _, counted := range []string{"items", "bytes", "members", aboutSections} {
		delete(claims, counted)
	}
	claims["series"], claims["issue"] = r.manifest.series, fmt.Sprint(r.manifest.issue)
	claims["keys"] = fmt.Sprint(r.manifest.keys)
	claims["extra lines"] = strings.Join(r.manifest.extra, "\n")
	return claims
}

// compareSections compares names, covers and orders of sections. An order is that of paths: ids
// change with every item that is added.
func compareSections(ctx context.Context, a, b *Reader, differ func(path, what string) error) error {
	for n := range max(a.sections(), b.sections()) {
		x, okA, errA := a.get(sectionKey(uint32(n)))
		y, okB, errB := b.get(sectionKey(uint32(n)))
		if err := errors.Join(errA, errB); err != nil {
			return err
		}
		same := okA && okB && bytes.Equal(x, y)
		if same {
			var err error
			if same, err = sameOrder(ctx, a, b, n); err != nil {
				return err
			}
		}
		if same {
			continue
		}
		if err := differ(fmt.Sprint("section ", n+1), BundleDiffers); err != nil {
			return err
		}
	}
	return nil
}

// sameOrder says whether a section has the same paths in the same order in both bundles.
func sameOrder(ctx context.Context, a, b *Reader, section int) (bool, error) {
	for from := int64(0); ; from += orderChunk {
		x, more, errA := a.SectionItems(section, from, orderChunk)
		y, moreB, errB := b.SectionItems(section, from, orderChunk)
		if err := errors.Join(errA, errB, ctx.Err()); err != nil {
			return false, err
		}
		same := more == moreB && slices.EqualFunc(x, y, func(a, b Entry) bool { return a.Path == b.Path })
		if !same || !more {
			return same, nil
		}
	}
}

func compareItems(ctx context.Context, a, b *Reader, differ func(path, what string) error) error {
	nextA, stopA := iter.Pull2(a.byPath())
	defer stopA()
	nextB, stopB := iter.Pull2(b.byPath())
	defer stopB()
	ea, errA, okA := nextA()
	eb, errB, okB := nextB()
	for okA || okB {
		if err := errors.Join(errA, errB, ctx.Err()); err != nil {
			return err
		}
		var err error
		order := comparePaths(ea, okA, eb, okB)
		switch {
		case order < 0:
			err = differ(ea.Path, OnlyFirst)
		case order > 0:
			err = differ(eb.Path, OnlySecond)
		default:
			err = compareEntries(ctx, a, b, ea, eb, differ)
		}
		if err != nil {
			return err
		}
		if order <= 0 {
			ea, errA, okA = nextA()
		}
		if order >= 0 {
			eb, errB, okB = nextB()
		}
	}
	return nil
}

// comparePaths orders by the key of the path table, then by the exact path. What
// has come to an end is behind everything.
func comparePaths(a Entry, okA bool, b Entry, okB bool) int {
	switch {
	case !okA:
		return 1
	case !okB:
		return -1
	}
	if c := bytes.Compare(pathKey(a.Path), pathKey(b.Path)); c != 0 {
		return c
	}
	return bytes.Compare([]byte(a.Path), []byte(b.Path))
}

// byPath yields all items in the order of the path table.
func (r *Reader) byPath() iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for e, err := range r.index.Prefix([]byte{keyPath}) {
			if err != nil {
				yield(Entry{}, indexError(err))
				return
			}
			n, err := parseNode(e.Value)
			if err == nil && n.folder {
				continue
			}
			var entry Entry
			if err == nil {
				entry, err = r.entry(n.id)
			}
			if !yield(entry, err) {
				return
			}
		}
	}
}

func compareEntries(ctx context.Context, a, b *Reader, ea, eb Entry, differ func(path, what string) error) error {
	if ea.Item != eb.Item && ea.Size == eb.Size {
		if err := differ(ea.Path, CatalogueDiffer); err != nil {
			return err
		}
	}
	same := ea.Size == eb.Size
	if same {
		var err error
		if same, err = sameContent(ctx, a.Content(ea), b.Content(eb)); err != nil {
			return err
		}
	}
	if same {
		return nil
	}
	return differ(ea.Path, ContentDiffers)
}

func sameContent(ctx context.Context, a, b io.Reader) (bool, error) {
	x, y := make([]byte, storedBlock), make([]byte, storedBlock)
	for {
		n, errA := io.ReadFull(a, x)
		m, errB := io.ReadFull(b, y)
		if !bytes.Equal(x[:n], y[:m]) {
			return false, nil
		}
		if errA == io.EOF || errA == io.ErrUnexpectedEOF {
			return errB == errA, nil
		}
		if err := errors.Join(errA, errB, ctx.Err()); err != nil {
			return false, err
		}
	}
}
