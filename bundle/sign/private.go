package sign

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/blake2b"
)

// Where things lie in a secret key.
const (
	kdfAt       = len(algorithm)
	chkAlgAt    = kdfAt + 2
	saltAt      = chkAlgAt + 2
	opsAt       = saltAt + saltLen
	memAt       = opsAt + 8
	bodyAt      = memAt + 8
	checksumAt  = idLen + ed25519.PrivateKeySize // in the body
	bodyLen     = checksumAt + blake2b.Size256
	secretLen   = bodyAt + bodyLen
	chkAlg      = "B2"
	kdfScrypt   = "Sc"
	kdfNone     = "\x00\x00"
	secretTitle = "minisign encrypted secret key" // stock's, encrypted or not

	// maxPassphrase is what the prompt of stock minisign takes.
	maxPassphrase = 1022
)

// A PrivateKey signs. The zero value is no key, and signing with it panics.
type PrivateKey struct {
	id  keyID
	key ed25519.PrivateKey
}

// GenerateKey makes a key from 40 bytes of random, or of crypto/rand where that is
// nil. The error is that of reading.
func GenerateKey(random io.Reader) (PrivateKey, error) {
	var b [idLen + ed25519.SeedSize]byte
	if err := fill(random, b[:]); err != nil {
		return PrivateKey{}, err
	}
	return PrivateKey{
		id:  keyID(b[:idLen]),
		key: ed25519.NewKeyFromSeed(b[idLen:]),
	}, nil
}

func fill(random io.Reader, b []byte) error {
	if random == nil {
		random = rand.Reader
	}
	if _, err := io.ReadFull(random, b); err != nil {
		return fmt.Errorf("reading random bytes: %w", err)
	}
	return nil
}

// Public returns the key that checks what k signs.
func (k PrivateKey) Public() PublicKey {
	return PublicKey{
		id:    k.id,
		point: [ed25519.PublicKeySize]byte(k.key[ed25519.SeedSize:]),
	}
}

// Format keeps the key out of logs and messages: whatever the verb, only the id is
// printed.
func (k PrivateKey) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "private key %s", k.id)
}

// Encrypt returns the two-line secret key file, which stock minisign reads. With
// an empty passphrase it is the plain form that minisign -G -W writes, and random
// is not read; otherwise 32 bytes of it (or of crypto/rand, where it is nil) are the
// salt.
//
// Deriving the key takes seconds and 1 GiB of memory, here and wherever the file
// is opened: that is what minisign demands, and what makes guessing dear. The
// error is that of reading random, or wraps ErrFormat for a passphrase that
// minisign could not be given: over 1022 bytes, or with a line break or a zero byte.
func (k PrivateKey) Encrypt(passphrase []byte, random io.Reader) ([]byte, error) {
	if len(passphrase) == 0 {
		return k.plain(), nil
	}
	if len(passphrase) > maxPassphrase || bytes.ContainsAny(passphrase, "\r\n\x00") {
		return nil, fmt.Errorf("%w: a passphrase is one line of at most %d bytes",
			ErrFormat, maxPassphrase)
	}
	d := derivation{ops: opsSensitive, mem: memSensitive}
	if err := fill(random, d.salt[:]); err != nil {
		return nil, err
	}
	return k.encrypt(passphrase, d)
}

// plain returns the unencrypted file. Stock leaves the checksum out of it.
func (k PrivateKey) plain() []byte {
	body := make([]byte, bodyLen)
	copy(body, k.id[:])
	copy(body[idLen:], k.key)
	return secretFile(kdfNone, derivation{}, body)
}

func (k PrivateKey) encrypt(passphrase []byte, d derivation) ([]byte, error) {
	stream, err := d.stream(passphrase)
	if err != nil {
		return nil, err
	}
	body := make([]byte, bodyLen)
	copy(body, k.id[:])
	copy(body[idLen:], k.key)
	sum := checksum(body)
	copy(body[checksumAt:], sum[:])
	subtle.XORBytes(body, body, stream)
	return secretFile(kdfScrypt, d, body), nil
}

func secretFile(kdf string, d derivation, body []byte) []byte {
	raw := make([]byte, 0, secretLen)
	raw = append(raw, algorithm+kdf+chkAlg...)
	raw = d.append(raw)
	return keyFile(secretTitle, append(raw, body...))
}

// checksum returns what tells a right passphrase from a wrong one.
func checksum(body []byte) [blake2b.Size256]byte {
	return blake2b.Sum256(append([]byte(algorithm), body[:checksumAt]...))
}

// ParsePrivateKey reads a secret key file. It calls passphrase only when the file
// is encrypted; deriving the key then takes what the file says, and never more than
// for a file by Encrypt: seconds, and 1 GiB of memory.
//
// Errors wrap ErrFormat, ErrPassphrase where the passphrase does not open the file,
// or what passphrase returned. No error quotes what the file has.
func ParsePrivateKey(file []byte, passphrase func() ([]byte, error)) (PrivateKey, error) {
	raw, err := decodeSecret(file)
	if err != nil {
		return PrivateKey{}, fmt.Errorf("secret key: %w", err)
	}
	body := raw[bodyAt:]
	if string(raw[kdfAt:chkAlgAt]) == kdfScrypt {
		err = decrypt(body, parseDerivation(raw[saltAt:bodyAt]), passphrase)
	} else {
		err = checkPlain(body)
	}
	if err != nil {
		return PrivateKey{}, fmt.Errorf("secret key: %w", err)
	}
	return newPrivateKey(body)
}

// decodeSecret returns the bytes of a secret key file, known to be of a kind that
// this package can read.
func decodeSecret(file []byte) ([]byte, error) {
	line, err := keyLine(string(file))
	if err != nil {
		return nil, err
	}
	raw, err := decode(line, secretLen)
	if err != nil {
		return nil, err
	}
	kdf := string(raw[kdfAt:chkAlgAt])
	switch {
	case string(raw[:kdfAt]) != algorithm:
		return nil, fmt.Errorf("%w: unknown algorithm %q", ErrFormat, raw[:kdfAt])
	case string(raw[chkAlgAt:saltAt]) != chkAlg:
		return nil, fmt.Errorf("%w: unknown checksum %q", ErrFormat, raw[chkAlgAt:saltAt])
	case kdf != kdfScrypt && kdf != kdfNone:
		return nil, fmt.Errorf("%w: unknown encryption %q", ErrFormat, kdf)
	}
	return raw, nil
}

// decrypt turns body into its plain form, in place.
func decrypt(body []byte, d derivation, passphrase func() ([]byte, error)) error {
	// The limits are looked at first: nobody should type a passphrase in vain.
	if _, _, err := d.cost(); err != nil {
		return err
	}
	if passphrase == nil {
		return fmt.Errorf("%w: it is encrypted, and none was given", ErrPassphrase)
	}
	p, err := passphrase()
	if err != nil {
		return err
	}
	stream, err := d.stream(p)
	if err != nil {
		return err
	}
	subtle.XORBytes(body, body, stream)
	sum := checksum(body)
	if subtle.ConstantTimeCompare(sum[:], body[checksumAt:]) != 1 {
		return ErrPassphrase
	}
	return nil
}

// checkPlain looks at the checksum of a body that was not encrypted: minisign leaves
// it zero in a new key, and right where it took the passphrase off an old one.
func checkPlain(body []byte) error {
	sum := checksum(body)
	got := [blake2b.Size256]byte(body[checksumAt:])
	if got != sum && got != [blake2b.Size256]byte{} {
		return fmt.Errorf("%w: the checksum does not fit", ErrFormat)
	}
	return nil
}

// newPrivateKey takes the key out of a plain body. The public half is computed
// anew: signing with one that does not belong to the seed would give the seed away.
func newPrivateKey(body []byte) (PrivateKey, error) {
	stored := body[idLen:checksumAt]
	key := ed25519.NewKeyFromSeed(stored[:ed25519.SeedSize])
	if subtle.ConstantTimeCompare(key, stored) != 1 {
		return PrivateKey{}, fmt.Errorf("secret key: %w: its halves do not belong together",
			ErrFormat)
	}
	return PrivateKey{id: keyID(body[:idLen]), key: key}, nil
}

// IsEncrypted says whether file is a secret key file that needs a passphrase.
func IsEncrypted(file []byte) bool {
	raw, err := decodeSecret(file)
	return err == nil && string(raw[kdfAt:chkAlgAt]) == kdfScrypt
}

// What the base64 of secret keys begins with: "Ed", the kind of encryption, and the
// kind of checksum.
var secretStarts = []string{
	"RWRTY0Iy", // minisign, "EdScB2"
	"RWQAAEIy", // minisign without a passphrase
	"RWRCSwAA", // signify, "EdBK" and the number of rounds
}

// IsPrivateKey says whether a file that begins with prefix (some 2 KiB are plenty)
// looks like a secret key of minisign or signify, whole or damaged, so that nobody
// gives one away by mistake. It does not look for keys of other kinds.
func IsPrivateKey(prefix []byte) bool {
	text := strings.TrimPrefix(string(prefix[:min(len(prefix), maxKeyFile)]), "\ufeff")
	for range 4 { // the comment, the key, and what an editor may have put before
		line, rest, _ := strings.Cut(text, "\n")
		line = strings.TrimSpace(line)
		for _, start := range secretStarts {
			if strings.HasPrefix(line, start) {
				return true
			}
		}
		text = rest
	}
	return false
}
