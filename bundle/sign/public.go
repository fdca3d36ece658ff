package sign

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"golang.org/x/crypto/blake2b"
)

// A PublicKey checks signatures. Two are equal (==) when key id and key are. The
// zero value is no key: no signature holds for it.
type PublicKey struct {
	id    keyID
	point [ed25519.PublicKeySize]byte
}

// ParsePublicKey reads a public key: the one line "RW…", or the content of the
// two-line file that minisign writes. The one line must be just that, without
// spaces or a line end, so that text that embeds a key has one spelling.
//
// Errors wrap ErrFormat, or ErrWeakKey for what is no point of the curve, a point in
// a spelling that is not its own, or one of the few points (all-zero bytes among
// them) for which anybody can make signatures.
func ParsePublicKey(text string) (PublicKey, error) {
	line := text
	if strings.HasPrefix(text, untrustedPrefix) {
		var err error
		if line, err = keyLine(text); err != nil {
			return PublicKey{}, fmt.Errorf("public key: %w", err)
		}
	}
	raw, err := decode(line, publicLen)
	switch {
	case err != nil && len(text) <= maxKeyFile && IsPrivateKey([]byte(text)):
		return PublicKey{}, fmt.Errorf("public key: %w: this is the secret key", ErrFormat)
	case err != nil:
		return PublicKey{}, fmt.Errorf("public key: %w", err)
	case string(raw[:2]) != algorithm:
		return PublicKey{}, fmt.Errorf("public key: %w: unknown algorithm %q", ErrFormat, raw[:2])
	}
	var k PublicKey
	copy(k.id[:], raw[2:])
	copy(k.point[:], raw[2+idLen:])
	if err := checkPoint(k.point); err != nil {
		return PublicKey{}, fmt.Errorf("public key: %w", err)
	}
	return k, nil
}

// String returns the key as one line, "RW…", which ParsePublicKey reads.
func (k PublicKey) String() string { return base64.StdEncoding.EncodeToString(k.raw()) }

func (k PublicKey) raw() []byte {
	raw := make([]byte, 0, publicLen)
	raw = append(raw, algorithm...)
	raw = append(raw, k.id[:]...)
	return append(raw, k.point[:]...)
}

// ID returns the key id as minisign prints it, in 16 upper-case hex digits. (Stock
// leaves out leading zeros.) It is a hint which key made a signature, no more.
func (k PublicKey) ID() string { return k.id.String() }

// File returns the two-line file as minisign writes it. It says nothing of
// when, where or by whom it was made.
func (k PublicKey) File() []byte { return keyFile("minisign public key "+k.ID(), k.raw()) }

// Fingerprint returns what people compare. It depends on the key alone, and
// not on the key id.
func (k PublicKey) Fingerprint() Fingerprint {
	return fingerprint("1 of 1 " + hex.EncodeToString(k.point[:]) + "\n")
}

// Verify says whether s is this key's signature over message: the key id is the
// same, and both the signature of the message and the one of the trusted comment
// hold. The error wraps ErrSignature.
func (k PublicKey) Verify(message []byte, s Signature) error {
	if s.id != k.id {
		return fmt.Errorf("%w: made by key %s, not by %s", ErrSignature, s.id, k.id)
	}
	digest := blake2b.Sum512(message)
	if !verify(k.point, digest[:], s.sig) {
		return fmt.Errorf("%w for these bytes and key %s", ErrSignature, k.id)
	}
	if !verify(k.point, s.commented(), s.global) {
		return fmt.Errorf("%w for its trusted comment", ErrSignature)
	}
	return nil
}
