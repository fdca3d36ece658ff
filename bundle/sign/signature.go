package sign

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/blake2b"
)

// Stock minisign reads the comment lines into buffers of these sizes, the last byte
// a zero, and stumbles over longer ones; so they are refused here, too.
const (
	maxUntrustedLine = 1024 - 2 // without the line feed
	maxTrustedLine   = 8192 - 2
)

// What Sign writes as comments. They are the same for every signature: a time or a
// file name would tell a reader nothing, and others too much.
const (
	untrustedComment = "signature from minisign secret key"
	trustedComment   = "satchel"
)

// A Signature is what a signature file says. It proves nothing until
// [PublicKey.Verify] agreed.
type Signature struct {
	id      keyID
	sig     [ed25519.SignatureSize]byte // over the BLAKE2b-512 of the message
	global  [ed25519.SignatureSize]byte // over sig and comment
	comment string                      // the trusted one; for checking global, never shown
}

// ParseSignature reads a signature file of at most 16 KiB. It accepts the one
// spelling that the package comment describes. The error wraps ErrFormat.
func ParseSignature(file []byte) (Signature, error) {
	var s Signature
	lines, err := splitLines(file)
	if err != nil {
		return Signature{}, fmt.Errorf("signature file: %w", err)
	}
	if err := s.parseMain(lines[1]); err != nil {
		return Signature{}, fmt.Errorf("signature file, line 2: %w", err)
	}
	s.comment = strings.TrimPrefix(lines[2], trustedPrefix)
	global, err := decode(lines[3], len(s.global))
	if err != nil {
		return Signature{}, fmt.Errorf("signature file, line 4: %w", err)
	}
	copy(s.global[:], global)
	return s, nil
}

// splitLines takes a signature file apart and checks the two comment lines.
func splitLines(file []byte) ([]string, error) {
	if len(file) > maxSignatureFile {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrFormat, maxSignatureFile)
	}
	text := string(file)
	// Stock ends a line at either of these two, wherever it stands.
	if strings.ContainsAny(text, "\r\x00") {
		return nil, fmt.Errorf("%w: a carriage return or a zero byte", ErrFormat)
	}
	if text == "" || text[len(text)-1] != '\n' || strings.Count(text, "\n") != 4 {
		return nil, fmt.Errorf("%w: not exactly four lines, each with its line feed", ErrFormat)
	}
	lines := strings.Split(text, "\n")[:4]
	if err := checkComment(lines[0], untrustedPrefix, maxUntrustedLine); err != nil {
		return nil, err
	}
	return lines, checkComment(lines[2], trustedPrefix, maxTrustedLine)
}

func checkComment(line, prefix string, limit int) error {
	if !strings.HasPrefix(line, prefix) {
		return fmt.Errorf("%w: no line beginning with %q where it should be", ErrFormat, prefix)
	}
	if len(line) > limit {
		return fmt.Errorf("%w: the line %q is longer than %d bytes", ErrFormat, prefix, limit)
	}
	return nil
}

// parseMain reads the line with the algorithm, the key id and the signature of the
// message.
func (s *Signature) parseMain(line string) error {
	raw, err := decode(line, signatureLen)
	if err != nil {
		return err
	}
	switch alg := string(raw[:2]); alg {
	case algorithmPre:
	case algorithm:
		return fmt.Errorf("%w: the older kind of signature, without hashing", ErrFormat)
	default:
		return fmt.Errorf("%w: unknown algorithm %q", ErrFormat, alg)
	}
	copy(s.id[:], raw[2:])
	copy(s.sig[:], raw[2+idLen:])
	return nil
}

// KeyID returns the id of the key that made the signature, as the file claims it, in
// the form of [PublicKey.ID].
func (s Signature) KeyID() string { return s.id.String() }

// commented returns what the global signature is over.
func (s Signature) commented() []byte {
	return append(s.sig[:len(s.sig):len(s.sig)], s.comment...)
}

// Sign returns the whole signature file for message, which stock minisign and
// ParseSignature read. The same key and message give the same bytes.
func (k PrivateKey) Sign(message []byte) []byte {
	digest := blake2b.Sum512(message)
	s := Signature{id: k.id, comment: trustedComment}
	copy(s.sig[:], ed25519.Sign(k.key, digest[:]))
	copy(s.global[:], ed25519.Sign(k.key, s.commented()))
	return s.file()
}

// file returns the signature file that says s.
func (s Signature) file() []byte {
	raw := make([]byte, 0, signatureLen)
	raw = append(raw, algorithmPre...)
	raw = append(raw, s.id[:]...)
	raw = append(raw, s.sig[:]...)
	return []byte(untrustedPrefix + untrustedComment + "\n" +
		base64.StdEncoding.EncodeToString(raw) + "\n" +
		trustedPrefix + s.comment + "\n" +
		base64.StdEncoding.EncodeToString(s.global[:]) + "\n")
}
