package bundle

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"satchel/bundle/internal/tree"
	"satchel/bundle/search"
	"satchel/bundle/sign"
)

// A Reader reads a bundle whose signatures hold. It may be used by several
// goroutines at once.
type Reader struct {
	store      store
	signedText          // where it begins, or as the end of a ZIP repeats it
	stray      []string // names of signature files that do not belong
	index      *tree.Tree
	about      map[string]string
	blocks     *blockCache
	members    memberCache
	texts      textCache
	tongues    tongueCache
	searching  sync.Mutex
	words      *search.Index // once it was asked for
	absent     string        // the reason, when opening shows that this copy is incomplete
	restored   string        // the reason, when MANIFEST was damaged and its copy is used
	worn       Verdict       // where a page of index is lost that opening needs
}

// Open opens a bundle by what it holds: a ZIP of any name, a folder, or the first
// of several parts. The errors are those of NewReader, and those of the system.
func Open(name string) (*Reader, error) {
	s, err := openStore(name)
	if err != nil {
		return nil, err
	}
	r, err := newReader(s)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return r, nil
}

// NewReader opens a bundle in its ZIP form. It checks the signatures and the root
// of the index. ErrNotBundle says that this is no bundle; a *VerdictError says that
// it is one whose content must not be shown.
func NewReader(r io.ReaderAt, size int64) (*Reader, error) {
	s, err := openZIP(r, size)
	if err != nil {
		return nil, err
	}
	return newReader(s)
}

func newReader(s store) (*Reader, error) {
	r := &Reader{store: s, about: map[string]string{}, blocks: newBlockCache()}
	if err := r.openManifest(); err != nil {
		return nil, err
	}
	if err := r.openIndex(); err != nil {
		return nil, err
	}
	r.absent = s.lacks(r)
	return r, nil
}

// maxAbout bounds how much a bundle may say of itself.
const maxAbout = 32

func (r *Reader) openIndex() error {
	m := r.manifest
	t, err := tree.New(retrying{r.store.file(indexName, headSize, m.index.size)}, m.root)
	if z, ok := r.store.(*zipStore); ok && errors.Is(err, tree.ErrDamaged) {
		z.moved = true // another tool may have packed it anew
		t2, err2 := tree.New(retrying{z.file(indexName, headSize, m.index.size)}, m.root)
		if z.moved = err2 == nil; z.moved {
			t, err = t2, nil
		}
	}
	switch {
	case errors.Is(err, tree.ErrMissing):
		return &VerdictError{Incomplete, ReasonCut, fmt.Errorf("the index is %w", ErrMissing)}
	case errors.Is(err, tree.ErrDamaged):
		return &VerdictError{Changed, ReasonIndex, fmt.Errorf("the index is %w", ErrDamaged)}
	case err != nil:
		return &VerdictError{Changed, ReasonIndex, fmt.Errorf("%w: %w", ErrFormat, err)}
	}
	r.index = t
	for e, err := range t.Prefix([]byte{keyAbout}) {
		if err != nil {
			r.worn = Changed
			if errors.Is(err, tree.ErrMissing) {
				r.worn = Incomplete
			}
			continue
		}
		if len(r.about) == maxAbout {
			break
		}
		r.about[string(e.Key[1:])] = string(e.Value)
	}
	if r.worn != "" {
		r.recount()
	}
	return nil
}

// recount finds how many items, members and sections there are where the page that says so is
// lost: it goes through what is left of the index.
func (r *Reader) recount() {
	for name, kind := range map[string]byte{"items": keyItem, "members": keyMember, aboutSections: keySection} {
		next := uint64(0)
		for e, err := range r.index.Prefix([]byte{kind}) {
			if err == nil && len(e.Key) == 5 {
				next = uint64(be.Uint32(e.Key[1:])) + 1
			}
		}
		r.about[name] = string(binary.AppendUvarint(nil, next))
	}
}

// retrying reads what failed a second time.
type retrying struct{ r io.ReaderAt }

func (r retrying) ReadAt(p []byte, off int64) (int, error) {
	n, err := readAt(r.r, p, off)
	if err == nil && n < len(p) {
		err = io.EOF
	}
	return n, err
}

// indexError turns an error of the tree into one of ours.
func indexError(err error) error {
	switch {
	case errors.Is(err, tree.ErrMissing):
		return fmt.Errorf("%w: index: %w", ErrMissing, err)
	case errors.Is(err, tree.ErrDamaged):
		return fmt.Errorf("%w: index: %w", ErrDamaged, err)
	}
	return fmt.Errorf("%w: index: %w", ErrFormat, err)
}

// Close closes the files that Open opened.
func (r *Reader) Close() error { return r.store.close() }

// Info is what a bundle says of itself. All of it is signed; none of it is proved.
type Info struct {
	Title, Language, Date string // of several titles the one in the language of the bundle
	Series                string
	Issue                 uint32 // 0: none
	Items                 int64
	Bytes                 int64 // of all items
	Layout                Layout
	Manifest              [32]byte         // SHA-256 of MANIFEST: equal in equal bundles
	Keys                  []sign.PublicKey // named as signers
	Extra                 []string         // optional header lines of later versions
}

// Info returns what the bundle says of itself.
func (r *Reader) Info() Info {
	return Info{
		Title: r.title(), Language: r.about["language"], Date: r.about["date"],
		Series: r.manifest.series, Issue: r.manifest.issue,
		Items: r.aboutNumber("items"), Bytes: r.aboutNumber("bytes"),
		Layout: r.store.layout(), Manifest: sha256.Sum256(r.text),
		Keys: slices.Clone(r.manifest.keys), Extra: slices.Clone(r.manifest.extra),
	}
}

func (r *Reader) aboutNumber(name string) int64 {
	n, _ := binary.Uvarint([]byte(r.about[name]))
	return int64(min(n, 1<<62))
}

// Len returns the number of items.
func (r *Reader) Len() int64 { return r.aboutNumber("items") }

// A Standing is who made a bundle, as far as its signatures show.
type Standing struct {
	Verdict Verdict // as far as opening shows: not yet whether blocks are damaged
	Reason  string
	// Signed is what the signatures come to by themselves: Trusted, Unknown or Unsigned,
	// also where the verdict is that something is missing or changed.
	Signed  Verdict
	Signers []sign.PublicKey // keys whose signature holds
	// Publisher is the signer that counts: the one that is pinned, otherwise the
	// first. Known is false when there is none.
	Publisher sign.PublicKey
	Known     bool
	// Uncounted are the ids of the keys of signatures that count for nobody who does not
	// give the whole key: MANIFEST does not name them.
	Uncounted []string
	// Readable goes with Changed: a part of index is lost, or MANIFEST and its copy at
	// the end of a ZIP is used in its place. What can be read is as it was signed.
	Readable bool
}

// Standing says who made the bundle to a reader who trusts pins. A pin that is a
// key also counts when MANIFEST does not name it.
func (r *Reader) Standing(pins ...sign.Pin) Standing {
	signers := slices.Clone(r.signers)
	var given []sign.PublicKey
	for _, p := range pins {
		if k, ok := p.Key(); ok && !slices.Contains(given, k) {
			given = append(given, k)
		}
	}
	more, err := checkSignatures(r.text, r.sigs, given)
	if err != nil {
		return Standing{Verdict: Changed, Reason: ReasonSignature, Signed: Unsigned}
	}
	for _, k := range more {
		if !slices.Contains(signers, k) {
			signers = append(signers, k)
		}
	}
	s := standing(signers, pins)
	s.Signed, s.Uncounted = s.Verdict, uncounted(r.sigs, signers, r.manifest.keys)
	switch {
	case r.restored != "":
		s.Verdict, s.Reason, s.Readable = Changed, r.restored, true
	case r.worn == Changed:
		s.Verdict, s.Reason, s.Readable = Changed, ReasonIndex, true
	case r.worn == Incomplete:
		s.Verdict, s.Reason = Incomplete, ReasonMissing
	case r.absent != "":
		s.Verdict, s.Reason = Incomplete, r.absent
	}
	return s
}

// uncounted are the ids of keys that have signed, as far as they say, and that nobody has
// named: neither MANIFEST nor the reader.
func uncounted(sigs []sigFile, known ...[]sign.PublicKey) (ids []string) {
	for _, f := range sigs {
		s, err := sign.ParseSignature(f.data)
		named := slices.ContainsFunc(slices.Concat(known...), func(k sign.PublicKey) bool { return k.ID() == s.KeyID() })
		if err == nil && !named {
			ids = append(ids, s.KeyID())
		}
	}
	return ids
}

func standing(signers []sign.PublicKey, pins []sign.Pin) Standing {
	if len(signers) == 0 {
		return Standing{Verdict: Unsigned}
	}
	names := map[string]sign.PublicKey{}
	for _, k := range signers {
		names[k.String()] = k
	}
	signers = nil
	for _, name := range slices.Sorted(maps.Keys(names)) {
		signers = append(signers, names[name])
	}
	s := Standing{Verdict: Unknown, Signers: signers, Publisher: signers[0], Known: true}
	for _, p := range pins {
		i := slices.IndexFunc(signers, p.Matches)
		if i >= 0 {
			s.Verdict, s.Publisher = Trusted, signers[i]
			return s
		}
	}
	return s
}

// Entry returns the item with this id, or an error that wraps fs.ErrNotExist.
func (r *Reader) Entry(id uint32) (Entry, error) {
	return r.entry(id)
}

// Lookup returns the item with exactly this path, or an error that wraps
// fs.ErrNotExist.
func (r *Reader) Lookup(path string) (Entry, error) {
	node, err := r.node(path)
	if err != nil {
		return Entry{}, err
	}
	if node.folder {
		return Entry{}, notExist(path)
	}
	e, err := r.entry(node.id)
	if err == nil && e.Path != path {
		return Entry{}, notExist(path)
	}
	return e, err
}

// trimFolder brings the ways to name the top folder to one.
func trimFolder(name string) string {
	if name == "." {
		return ""
	}
	return strings.TrimSuffix(name, "/")
}
