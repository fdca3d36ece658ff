// Package sign answers who made something: it has keys, the fingerprints that
// people compare, and signatures over a message. What the message is, it does not
// know.
//
// Keys and signatures are those of minisign, byte for byte, so that anyone can
// check or make them with a tool of another make. Most callers need
// [ParsePublicKey], [ParseSignature] and [PublicKey.Verify]; who signs needs
// [GenerateKey], [PrivateKey.Encrypt], [ParsePrivateKey] and [PrivateKey.Sign].
//
// # What a valid signature proves
//
// That the holder of the private key signed these very bytes. Who that is, it does
// not prove: a key vouches for nobody until its [Fingerprint] was compared with one
// that came by another way, or it is held against a [Pin]. The key id of eight bytes
// is a hint which key to try, and anybody can copy it.
//
// # Signature files
//
// A signature file has exactly four lines, each ended by a line feed:
//
//	untrusted comment: <anything>
//	base64("ED" || key id || Ed25519 signature of BLAKE2b-512(message))
//	trusted comment: <anything>
//	base64(Ed25519 signature of (the 64 bytes of the first one || the trusted comment))
//
// There is one accepted spelling, the one that minisign writes. A byte order mark,
// a carriage return, a zero byte, a missing last line feed, anything after the
// fourth line, base64 that would encode to other text, and the older algorithm "Ed"
// (which signs the message unhashed, and lets a 64-byte message pass for the hash of
// another) are all refused, on every system alike. What this package accepts, minisign
// accepts; the reverse does not hold.
//
// The comments are read and never given out. Neither is worth showing: the first is
// signed by nobody, and the second often names a file and the time of signing.
//
// # Key files
//
// Both kinds have two lines, "untrusted comment: <anything>" and base64 of
//
//	public: "Ed" || key id || Ed25519 public key                       (42 bytes)
//	secret: "Ed" || KDF || "B2" || salt || opslimit || memlimit || body  (158 bytes)
//
// where body is the key id, the Ed25519 private key (seed and public key) and
// the BLAKE2b-256 of "Ed" and these two, in all 104 bytes. KDF is "Sc" where body
// was XORed with as many bytes of scrypt, and two zero bytes where it is plain. Since
// no key file is signed, line ends are accepted as minisign accepts them: with
// or without a carriage return, and the last one may be missing.
package sign

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Errors that callers test for with errors.Is.
var (
	// ErrFormat says that a text is not what it should be: a key, a signature, a
	// fingerprint.
	ErrFormat = errors.New("not in the right form")
	// ErrWeakKey says that a public key is none that an honest key generator makes:
	// with some of these anybody can sign.
	ErrWeakKey = errors.New("not a safe public key")
	// ErrPassphrase says that a secret key does not open with the passphrase given.
	ErrPassphrase = errors.New("wrong passphrase")
	// ErrSignature says that a signature does not hold for this message and key.
	ErrSignature = errors.New("signature does not hold")
)

// Limits and the fixed parts of the files.
const (
	maxKeyFile       = 4 << 10  // bytes; stock writes about 100 and 260
	maxSignatureFile = 16 << 10 // bytes; stock writes about 300

	untrustedPrefix = "untrusted comment: "
	trustedPrefix   = "trusted comment: "

	algorithm    = "Ed" // keys, and the older signatures that are refused
	algorithmPre = "ED" // signatures over the BLAKE2b-512 of the message

	idLen        = 8
	publicLen    = len(algorithm) + idLen + 32
	signatureLen = len(algorithmPre) + idLen + 64
)

// A keyID tells keys apart at a glance. It proves nothing.
type keyID [idLen]byte

// String returns the id as minisign prints it: a little-endian number in hex.
func (id keyID) String() string {
	return fmt.Sprintf("%016X", binary.LittleEndian.Uint64(id[:]))
}

// decode returns the size bytes that text is the one base64 spelling of.
func decode(text string, size int) ([]byte, error) {
	// The length is compared first: the decoder skips line breaks, and a text of
	// the right length with a break inside comes out short.
	if len(text) != base64.StdEncoding.EncodedLen(size) {
		return nil, fmt.Errorf("%w: %d characters of base64 instead of %d",
			ErrFormat, len(text), base64.StdEncoding.EncodedLen(size))
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != size {
		return nil, fmt.Errorf("%w: not proper base64", ErrFormat)
	}
	return raw, nil
}

// keyLine returns the second line of a key file.
func keyLine(file string) (string, error) {
	if len(file) > maxKeyFile {
		return "", fmt.Errorf("%w: a key file has at most %d bytes", ErrFormat, maxKeyFile)
	}
	comment, line, found := strings.Cut(file, "\n")
	if !found || !strings.HasPrefix(comment, untrustedPrefix) {
		return "", fmt.Errorf("%w: a key file begins with a line %q", ErrFormat, untrustedPrefix)
	}
	if s, ok := strings.CutSuffix(line, "\n"); ok {
		line = s
	}
	return strings.TrimSuffix(line, "\r"), nil
}

// keyFile returns the key file that has raw in its second line.
func keyFile(comment string, raw []byte) []byte {
	return []byte(untrustedPrefix + comment + "\n" +
		base64.StdEncoding.EncodeToString(raw) + "\n")
}
