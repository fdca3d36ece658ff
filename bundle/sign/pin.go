package sign

import (
	"fmt"
	"strings"
)

// A Pin is what a reader trusts: a key, or a fingerprint that was compared. The zero
// value matches nothing.
type Pin struct {
	fingerprint Fingerprint
	key         PublicKey // the zero value: only the fingerprint is known
}

// NewPin returns the pin for a key at hand.
func NewPin(k PublicKey) Pin { return Pin{fingerprint: k.Fingerprint(), key: k} }

// ParsePin reads a public key, as text or as the content of its file, or a
// fingerprint, with spaces and line ends around it. Errors are those of
// [ParsePublicKey] for what begins as a key does, otherwise those of
// [ParseFingerprint].
func ParsePin(s string) (Pin, error) {
	if len(s) > maxKeyFile {
		return Pin{}, fmt.Errorf("%w: longer than any key or fingerprint", ErrFormat)
	}
	text := strings.TrimSpace(s)
	if strings.HasPrefix(text, untrustedPrefix) || strings.HasPrefix(text, "RW") {
		k, err := ParsePublicKey(text)
		if err != nil {
			return Pin{}, err
		}
		return NewPin(k), nil
	}
	f, err := ParseFingerprint(text)
	if err != nil {
		return Pin{}, err
	}
	return Pin{fingerprint: f}, nil
}

// Matches says whether k is the key that the reader trusts. A pin that was given as
// a key wants the same key id, too, as stock minisign does; one that was given as a
// fingerprint does not know the id.
func (p Pin) Matches(k PublicKey) bool {
	if key, ok := p.Key(); ok {
		return k == key
	}
	return k.Fingerprint() == p.fingerprint
}

// Key returns the key, where the pin was given as one.
func (p Pin) Key() (PublicKey, bool) { return p.key, p.key != PublicKey{} }

// Fingerprint returns the fingerprint that the pin stands for.
func (p Pin) Fingerprint() Fingerprint { return p.fingerprint }
