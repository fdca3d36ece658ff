package bundle

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"

	"satchel/bundle/sign"
)

// This file decides which MANIFEST a bundle is read by, and whose signatures on it hold.
// Nothing else of a bundle is looked at before.

// signedText is a MANIFEST with the signatures that lie beside it.
type signedText struct {
	text     []byte // MANIFEST
	manifest *manifest
	sigs     []sigFile
	signers  []sign.PublicKey // named keys whose signature holds
}

// openManifest checks signatures before anything that they cover is used for
// more than to learn which keys to check them with.
func (r *Reader) openManifest() error {
	text, err := r.store.manifest()
	if err != nil {
		return err
	}
	r.signedText, err = r.checkSigned(text, r.store.signatures)
	if z, ok := r.store.(*zipStore); ok {
		err = r.compareCopy(z, err)
	}
	if err != nil {
		return err
	}
	r.sigs, r.stray = sortOut(r.sigs, r.manifest.keys)
	return nil
}

// checkSigned takes a MANIFEST apart and checks the signatures beside it.
func (r *Reader) checkSigned(text []byte, beside func(wanted []string) ([]sigFile, error)) (s signedText, err error) {
	s.text = text
	if s.manifest, err = parseManifest(text); err != nil {
		return s, r.manifestError(text, beside, err)
	}
	if s.sigs, err = beside(signatureNames(s.manifest.keys)); err != nil {
		return s, err
	}
	s.signers, err = checkSignatures(text, s.sigs, s.manifest.keys)
	if err == nil && s.signedByAnother() {
		err = errAnother
	}
	if err != nil {
		return s, &VerdictError{Changed, ReasonSignature, err}
	}
	return s, nil
}

var errAnother = errors.New("MANIFEST names its signers, and " + signatureName + " is by none of them")

// signedByAnother says whether MANIFEST names signers, none of them has signed, and
// there is a signature in the first place. It may have been by a named key before a bit
// of that key's id flipped.
func (s *signedText) signedByAnother() bool {
	return len(s.manifest.keys) > 0 && len(s.signers) == 0 &&
		slices.ContainsFunc(s.sigs, func(f sigFile) bool { return f.name == signatureName })
}

var errTwoManifests = errors.New("it holds two MANIFESTs that are signed, and they differ")

// compareCopy asks the end of a ZIP, which repeats MANIFEST and its signatures, when
// those at its beginning do not hold (failed says why) or are fewer: one bad cell there
// must not cost the whole bundle, nor turn a signed one into one that nobody signed. Two
// texts that both hold are two bundles in one file, and nobody can say which is meant.
func (r *Reader) compareCopy(z *zipStore, failed error) error {
	head := readCopies(z.r, z.size)
	if len(head) == 0 {
		return failed
	}
	if failed == nil && bytes.Equal(head[0].data, r.text) && slices.EqualFunc(head[1:], r.sigs, sigFile.equal) {
		if z.spare {
			r.restored = ReasonManifest
		}
		return nil
	}
	var refused *VerdictError
	if errors.As(failed, &refused) && refused.Reason == ReasonNewer && refused.Verdict != Unsigned {
		return failed
	}
	spare, err := r.checkSigned(head[0].data, func([]string) ([]sigFile, error) { return head[1:], nil })
	same := bytes.Equal(spare.text, r.text)
	switch {
	case err != nil || len(spare.signers) == 0:
		return failed
	case failed == nil && !same:
		return &VerdictError{Changed, ReasonTwo, errTwoManifests}
	case failed == nil && len(spare.signers) <= len(r.signers):
		return nil
	}
	r.signedText, r.restored = spare, ReasonManifest
	if same || (refused != nil && refused.Reason == ReasonSignature) {
		r.restored = ReasonSignature
	}
	return nil
}

// sortOut parts signature files that belong to a bundle from others under such names:
// what is no signature, lies under another key's name, is there twice, or is in the
// first place, where stock tools look, without being by a named key.
func sortOut(all []sigFile, keys []sign.PublicKey) (sigs []sigFile, stray []string) {
	seen := map[string]bool{}
	for _, f := range all {
		s, err := sign.ParseSignature(f.data)
		named := slices.ContainsFunc(keys, func(k sign.PublicKey) bool { return k.ID() == s.KeyID() })
		fits := f.name == manifestName+"."+s.KeyID()+".minisig"
		if f.name == signatureName {
			fits = named || len(keys) == 0
		}
		if err != nil || !fits || seen[f.name] {
			stray = append(stray, f.name)
			continue
		}
		seen[f.name] = true
		sigs = append(sigs, f)
	}
	sortSignatures(sigs)
	return sigs, stray
}

// manifestError says why a MANIFEST that cannot be parsed is refused. A flipped bit can
// look like anything, a later version too: only one with a signature by a key that it
// names is taken at its word.
func (r *Reader) manifestError(text []byte, beside func([]string) ([]sigFile, error), err error) error {
	if z, ok := r.store.(*zipStore); ok && z.cut {
		return &VerdictError{Incomplete, ReasonCut, errCutHead}
	}
	keys := namedKeys(text)
	if errors.Is(err, ErrNotBundle) && len(keys) == 0 {
		return err
	}
	sigs, serr := beside(signatureNames(keys))
	if serr != nil {
		return serr
	}
	signers, serr := checkSignatures(text, sigs, keys)
	standing := Unsigned
	if len(signers) > 0 {
		standing = Unknown
	}
	switch {
	case serr != nil || (len(signers) == 0 && len(sigs) > 0):
		return &VerdictError{Changed, ReasonSignature, cmp.Or(serr, err)}
	case errors.Is(err, ErrNewer):
		return &VerdictError{standing, ReasonNewer, err}
	case errors.Is(err, ErrNotBundle):
		return err
	}
	return &VerdictError{Changed, ReasonManifest, err}
}

var errCutHead = errors.New("it ends before its MANIFEST does")

// signatureNames are the names under which signatures by keys are looked for.
func signatureNames(keys []sign.PublicKey) []string {
	names := []string{signatureName}
	for _, k := range keys {
		names = append(names, signatureFor(k))
	}
	return names
}

// checkSignatures returns the named keys that have signed text. A signature under
// the name of a named key that cannot be read or does not hold is an error: whoever
// put it there wants the bundle to look signed. One by a key that is not named
// proves nothing and is passed over.
func checkSignatures(text []byte, sigs []sigFile, keys []sign.PublicKey) ([]sign.PublicKey, error) {
	var signers []sign.PublicKey
	expected := signatureNames(keys)
	for _, f := range sigs {
		s, err := sign.ParseSignature(f.data)
		if err != nil && !slices.Contains(expected, f.name) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		ok, err := matchSignature(text, s, keys)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		if ok != nil && !slices.Contains(signers, *ok) {
			signers = append(signers, *ok)
		}
	}
	return signers, nil
}

// matchSignature returns the key that made s. The key id is only a hint: several
// keys may have the same, and one of them has to hold.
func matchSignature(text []byte, s sign.Signature, keys []sign.PublicKey) (*sign.PublicKey, error) {
	var failure error
	for _, k := range keys {
		if k.ID() != s.KeyID() {
			continue
		}
		err := k.Verify(text, s)
		if err == nil {
			return &k, nil
		}
		failure = err
	}
	return nil, failure
}
