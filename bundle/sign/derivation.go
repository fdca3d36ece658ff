package sign

import (
	"encoding/binary"
	"fmt"

	"golang.org/x/crypto/scrypt"
)

// The cost of deriving a key from a passphrase, in the terms of libsodium: how many
// operations and how many bytes it may take. Stock minisign writes the sensitive
// ones, or halves both where memory is short.
const (
	saltLen      = 32
	opsMin       = 1 << 15
	memMin       = 1 << 24
	opsSensitive = 1 << 25
	memSensitive = 1 << 30
	scryptR      = 8
)

// A derivation says how a passphrase becomes the bytes that a secret key is
// XORed with.
type derivation struct {
	salt     [saltLen]byte
	ops, mem uint64
}

func parseDerivation(raw []byte) derivation {
	return derivation{
		salt: [saltLen]byte(raw),
		ops:  binary.LittleEndian.Uint64(raw[opsAt-saltAt:]),
		mem:  binary.LittleEndian.Uint64(raw[memAt-saltAt:]),
	}
}

func (d derivation) append(raw []byte) []byte {
	raw = append(raw, d.salt[:]...)
	raw = binary.LittleEndian.AppendUint64(raw, d.ops)
	return binary.LittleEndian.AppendUint64(raw, d.mem)
}

// cost returns N and p of scrypt, as libsodium's
// crypto_pwhash_scryptsalsa208sha256 picks them; r is always 8. The two limits are
// a file's claims: within the bounds here, scrypt takes at most 1 GiB, and
// N·p is at most 2^20. The error wraps ErrFormat.
func (d derivation) cost() (n, p int, err error) {
	if d.ops < opsMin || d.ops > opsSensitive || d.mem < memMin || d.mem > memSensitive {
		return 0, 0, fmt.Errorf("%w: its passphrase takes %d operations and %d bytes to try",
			ErrFormat, d.ops, d.mem)
	}
	if d.ops < d.mem/32 { // operations are what is short
		return powerOfTwo(d.ops / (scryptR * 4)), 1, nil
	}
	n = powerOfTwo(d.mem / (scryptR * 128))
	return n, int(d.ops / 4 / uint64(n) / scryptR), nil
}

// powerOfTwo returns the largest one up to limit, which is at least 2.
func powerOfTwo(limit uint64) int {
	n := 2
	for uint64(n) <= limit/2 {
		n *= 2
	}
	return n
}

// stream returns the bytes to XOR with the body of a secret key.
func (d derivation) stream(passphrase []byte) ([]byte, error) {
	n, p, err := d.cost()
	if err != nil {
		return nil, err
	}
	return scrypt.Key(passphrase, d.salt[:], n, scryptR, p, bodyLen)
}
