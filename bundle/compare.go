package bundle

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
)

// A Difference is one thing in which two bundles differ.
type Difference struct {
	Path string
	What string // "only in the first", "only in the second", "content" or "catalogue"
}

// What a Difference can say.
const (
	OnlyFirst       = "only in the first"
	OnlySecond      = "only in the second"
	ContentDiffers  = "content"
	CatalogueDiffer = "catalogue" // title, language, date, kind or type
)

// Compare says whether two bundles hold the same, and yields what differs, in the
// order of paths. Bundles with the same MANIFEST are the same without reading more:
// it names every byte. Only what is not provably equal is read.
func Compare(ctx context.Context, a, b *Reader, yield func(Difference) error) (same bool, err error) {
	if bytes.Equal(a.text, b.text) {
		return true, nil
	}
	same = true
	differ := func(path, what string) error {
		same = false
		return yield(Difference{path, what})
	}
	nextA, stopA := iter.Pull2(a.byPath())
	defer stopA()
	nextB, stopB := iter.Pull2(b.byPath())
	defer stopB()
	ea, errA, okA := nextA()
	eb, errB, okB := nextB()
	for okA || okB {
		if err := errors.Join(errA, errB, ctx.Err()); err != nil {
			return false, err
		}
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
			return false, err
		}
		if order <= 0 {
			ea, errA, okA = nextA()
		}
		if order >= 0 {
			eb, errB, okB = nextB()
		}
	}
	return same, nil
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
