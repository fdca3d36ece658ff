// Package search builds a full-text index, and finds documents with it.
//
// An index is one file. It is a sorted table of the terms of all documents (see package text) and of the
// documents that have them, in pages that are hashed up to one root (see package tree), and a trailer
// that names the root. Who trusts the trailer's 44 bytes can ask a query of an index of any size by
// reading some dozens of pages, each verified before it is parsed. Nothing is held in memory that
// grows with the index, beyond the documents that a query finds. Package search knows nothing of
// bundles, and of documents only their numbers.
//
// FORMAT.md describes the file.
package search

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"satchel/bundle/internal/tree"
)

// Limits of an index.
const (
	MaxHeadings = 10_000 // of one document
)

// Keys of the table: the first byte says what an entry is.
const (
	keyAbout  = 'a' // about the index
	keyGroups = 'g' // u32 last document: a chunk of the groups of documents
	keyList   = 'p' // term 00 u32 last document: a chunk of the postings of a term
	keyTerm   = 'w' // term: how many documents have it, and which, when they are few
)

// inlineBytes is how long a list of postings is at most that lies with its term.
const inlineBytes = 64

// TrailerSize is how long the end of an index is that names its root.
const TrailerSize = 8 + 4 + 32

// magic begins the trailer.
const magic = "satsrch\x01"

// Errors of Open and of queries. ErrDamaged wraps what a broken or hostile index does.
var (
	ErrDamaged = errors.New("search index damaged")
	ErrVersion = errors.New("not a search index that this version reads")
)

// An Index answers queries. It may be used by several goroutines at once.
type Index struct {
	t    *tree.Tree
	docs uint32 // how many documents there are
}

// Open returns the index of size bytes in r, after reading its last page. It trusts the trailer: a
// caller that does not must compare it, by the hash of its file or by itself. It fails with ErrVersion
// or ErrDamaged, or with what r fails with.
func Open(r io.ReaderAt, size int64) (*Index, error) {
	var trailer [TrailerSize]byte
	if size < TrailerSize {
		return nil, fmt.Errorf("%w: %d bytes", ErrVersion, size)
	}
	if n, err := r.ReadAt(trailer[:], size-TrailerSize); n < TrailerSize {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if string(trailer[:8]) != magic {
		return nil, ErrVersion
	}
	root := tree.Root{
		Size:   size - TrailerSize,
		Length: int(binary.BigEndian.Uint32(trailer[8:]) & 0x7fffffff),
		Hash:   [32]byte(trailer[12:]),
	}
	t, err := tree.New(r, root)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	about, ok, err := t.Get([]byte{keyAbout})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	docs, n := uvarint(about)
	if !ok || n <= 0 || n != len(about) || docs > 1<<32-1 {
		return nil, fmt.Errorf("%w: bad number of documents", ErrDamaged)
	}
	return &Index{t, uint32(docs)}, nil
}

// Documents returns how many documents the index says it has.
func (x *Index) Documents() int { return int(x.docs) }

func appendTrailer(b []byte, root tree.Root) []byte {
	b = append(b, magic...)
	b = binary.BigEndian.AppendUint32(b, uint32(root.Length))
	return append(b, root.Hash[:]...)
}

func termKey(term string) []byte { return append([]byte{keyTerm}, term...) }

// listKey is the key of the chunk of term that ends in document last.
func listKey(term string, last uint32) []byte {
	key := append(append([]byte{keyList}, term...), 0)
	return binary.BigEndian.AppendUint32(key, last)
}

func groupsKey(last uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{keyGroups}, last)
}
