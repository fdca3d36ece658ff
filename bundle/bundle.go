// Package bundle makes, opens, checks and converts Satchel bundles.
//
// A bundle is a signed MANIFEST and its members. The MANIFEST is a small text
// that names, by hash, the root of the index; the index names every block of
// every member by hash. So one signature covers every byte, and any item can be
// read and checked without reading the rest. FORMAT.md, beside this file, has the
// format to the byte.
//
// Most callers need [Open], which checks the signature before it returns, and then
// [Reader.List], [Reader.Content] and [Reader.Verify]; and [Create] to make a
// bundle. A Reader is also an fs.FS.
//
// What opening proves: that the MANIFEST carries a valid signature by every key
// that it names and that has signed it, and that the index belongs to it. What it
// does not prove: who holds the key ([Reader.Standing] says whether it is one that
// the caller knows), and that the blocks are whole: each is checked when it is
// read, or all at once by Verify. A bundle without any signature opens, and stands
// as [Unsigned].
//
// From a disk to a screen a byte goes one way: store (where members lie) → block
// (hashed, then decompressed) → Content (an item) → the caller.
package bundle

import (
	"errors"
	"fmt"

	"satchel/bundle/internal/safepath"
)

// Limits of version 1. They bound what a reader allocates before it has checked
// anything, and what a writer may ask of readers.
const (
	MaxManifest   = 16 << 10  // bytes of MANIFEST
	MaxSignature  = 16 << 10  // bytes of a signature file
	MaxSignatures = 16        // signature files that a reader looks at
	MaxKeys       = 16        // keys that a MANIFEST may name
	MaxTitle      = 1024      // bytes of a title
	MaxItems      = 1<<31 - 1 // items in a bundle
	maxShort      = 64        // bytes of a language tag or a date
	maxType       = 128       // bytes of a media type
	maxMembers    = 60_000    // files that a FAT32 folder can hold, with room to spare

	// zipSignatures is how many signatures the head of a ZIP has room for.
	zipSignatures = 8
)

// The names that every bundle has.
const (
	manifestName  = "MANIFEST"
	indexName     = "index"
	membersName   = "MEMBERS"
	signatureName = "MANIFEST.minisig"
)

// A Verdict is what checking a bundle comes to.
type Verdict string

// The verdicts. Trusted, Unknown and Unsigned are all intact.
const (
	Trusted    Verdict = "trusted"    // intact, signed by a pinned publisher
	Unknown    Verdict = "unknown"    // intact, signed, publisher not pinned
	Unsigned   Verdict = "unsigned"   // intact, no signature that counts
	Incomplete Verdict = "incomplete" // members or a tail missing, the rest intact
	Changed    Verdict = "changed"    // a signature or a hash does not hold
)

// Reasons that go with a verdict, for programs to test.
const (
	ReasonSignature = "bad-signature"   // a signature by a named key does not hold
	ReasonManifest  = "bad-manifest"    // MANIFEST is not one
	ReasonIndex     = "damaged-index"   // the index does not hash to its root
	ReasonBlocks    = "damaged-blocks"  // blocks do not hash to what the index says
	ReasonDigests   = "digests-differ"  // signed digests of the same bytes disagree
	ReasonMissing   = "missing-members" // members are not there, or cut short
	ReasonCut       = "cut-off"         // the end of the bundle is not there
	ReasonTwo       = "two-manifests"   // two that are signed, and differ
	ReasonNewer     = "newer-format"    // made for a later version of Satchel
)

// Errors that callers test for.
var (
	// ErrNotBundle says that what was opened is no bundle at all.
	ErrNotBundle = errors.New("not a Satchel bundle")
	// ErrDamaged says that bytes do not have the hash that was signed.
	ErrDamaged = errors.New("damaged: not the bytes that were signed")
	// ErrMissing says that bytes are not there: a member, or the tail of a file.
	ErrMissing = errors.New("missing from this copy")
	// ErrNewer says that the bundle needs a later version of Satchel.
	ErrNewer = errors.New("made for a newer version of Satchel")
	// ErrFormat says that signed data breaks the format: a faulty writer.
	ErrFormat = errors.New("breaks the bundle format")
)

// A VerdictError is why a bundle was not opened: what it holds must not be shown.
type VerdictError struct {
	Verdict Verdict
	Reason  string
	Err     error
}

func (e *VerdictError) Error() string { return fmt.Sprintf("%s (%s): %v", e.Verdict, e.Reason, e.Err) }

// Unwrap returns the cause.
func (e *VerdictError) Unwrap() error { return e.Err }

// CheckPath says whether p may be the path of an item, or which rule it breaks.
func CheckPath(p string) error { return safepath.Check(p) }

// FoldPath returns the form in which two paths must differ to be in one bundle.
func FoldPath(p string) string { return safepath.Fold(p) }

// Progress is how far a long call has come, in bytes. Total is 0 while it is not
// known.
type Progress struct {
	Stage       string // "scan", "write", "search", "verify"
	Done, Total int64
}
