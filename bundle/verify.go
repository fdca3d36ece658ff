package bundle

import (
	"cmp"
	"context"
	"errors"
	"hash/maphash"
	"strings"
	"sync"

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

	Signed      Verdict        // what the signatures come to: Trusted, Unknown or Unsigned
	Publisher   sign.PublicKey // the signer that counts
	Known       bool           // there is one
	Fingerprint string         // of Publisher, or empty
	Uncounted   []string       // ids of keys whose signatures do not count: see Standing

	Damaged []string // paths of items whose bytes are not those signed
	Missing []string // paths of items whose bytes are not there
	Absent  []string // files of the bundle that are not there or cut short: members, parts
	More    int64    // items damaged or missing beyond those listed
	Search  bool     // bytes of the search index are damaged or missing: not all that is in the bundle can be found
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
	return &Report{Verdict: v.Verdict, Reason: v.Reason, Signed: Unsigned, Detail: v.Err.Error()}, nil
}

// Verify checks every page of the index, every block of every member and what is
// around them, on all cores, and names the items that are damaged or missing.
// With Deep it also checks, in the same read, what sha256sum and unzip would.
func (r *Reader) Verify(ctx context.Context, o VerifyOptions) (*Report, error) {
	v := &verifier{ctx: ctx, r: r, o: o, seed: maphash.MakeSeed(),
		bad: map[uint32]map[uint32]error{}, tables: map[uint32]int64{}, names: map[string]bool{}}
	s := r.Standing(o.Pins...)
	v.report = Report{Verdict: s.Verdict, Reason: s.Reason, Signed: s.Signed, Publisher: s.Publisher, Known: s.Known,
		Uncounted: s.Uncounted}
	if s.Known {
		v.report.Fingerprint = s.Publisher.Fingerprint().String()
	}
	if s.Verdict == Changed && !s.Readable {
		return &v.report, nil
	}
	if r.restored != "" {
		v.report.Detail = "MANIFEST or a signature is damaged; the copy at the end holds and is used"
	}
	for _, step := range []func() error{v.checkTables, v.checkAll, v.nameItems, v.checkFraming} {
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

	members  []member
	items    int64
	seed     maphash.Seed
	paths    uint64       // hashes of the items' paths and ids, less those of the path table
	sections sectionCheck // of what items say of sections, and of their orders
	names    map[string]bool
	tables   map[uint32]int64    // entries of the block table, by member
	lost     bool                // part of the member table cannot be read
	cut      bool                // the ZIP ends early
	digests  []string            // files whose flat hash is another
	sums     map[string][32]byte // what MEMBERS says; nil where it cannot be read
	total    int64               // bytes of all members

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
	if v.absent {
		r.Absent = v.r.store.absent(v)
	}
}
