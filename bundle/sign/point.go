package sign

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
)

// The points of low order, by their y: 0, 1, -1 and the two of order eight. With
// both signs of x they are the eight of them (the remaining two encodings, x = 0 with
// a sign, are improper). A key among them makes up for any signature: k·A is
// one of at most eight points, whatever was signed.
var lowOrder = [...][32]byte{
	{},
	{1},
	{
		0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
	},
	{
		0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
		0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
	},
	{
		0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
		0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
	},
}

// isLowOrder says whether p, in its proper encoding, is a point of low order.
func isLowOrder(p [32]byte) bool {
	p[31] &= 0x7f // the sign of x
	for _, low := range lowOrder {
		if p == low {
			return true
		}
	}
	return false
}

// isReduced says whether the y of p is below the field's prime, 2^255 - 19, so
// that no other encoding of the point is the proper one.
func isReduced(p [32]byte) bool {
	return p[0] < 0xed || p[31]&0x7f != 0x7f ||
		!bytes.Equal(p[1:31], bytes.Repeat([]byte{0xff}, 30))
}

// onCurve says whether p decodes to a point at all, for p not of low order.
//
// The standard library has no call for that, but reports a bad key in other words
// than a bad signature; so the words for p are compared with those for a key known
// to be good. Half of all damaged keys are noticed here. Were the words the same one
// day, such a key would be accepted, and no signature would ever hold for it.
func onCurve(p [32]byte) bool {
	return complaint(p) == complaint(basePoint)
}

// basePoint is the generator of the group: y = 4/5.
var basePoint = [32]byte(append([]byte{0x58}, bytes.Repeat([]byte{0x66}, 31)...))

// complaint returns what the standard library says of a signature that cannot hold.
func complaint(p [32]byte) string {
	err := ed25519.VerifyWithOptions(p[:], nil, make([]byte, ed25519.SignatureSize),
		&ed25519.Options{})
	if err == nil {
		return ""
	}
	return err.Error()
}

// checkPoint says why p may not be a public key. The error wraps ErrWeakKey.
func checkPoint(p [32]byte) error {
	switch {
	case !isReduced(p):
		return fmt.Errorf("%w: not the proper encoding of a point", ErrWeakKey)
	case isLowOrder(p):
		return fmt.Errorf("%w: with this key anybody could sign", ErrWeakKey)
	case !onCurve(p):
		return fmt.Errorf("%w: no point of the curve", ErrWeakKey)
	}
	return nil
}

// verify is crypto/ed25519, and stricter in what libsodium is stricter in: neither
// the key nor the first half of the signature may be a point of low order. No
// honest signer makes such a thing, and stock minisign refuses it; so must we,
// since what we call intact it is to call intact, too.
func verify(key [32]byte, message []byte, sig [64]byte) bool {
	if !isReduced(key) || isLowOrder(key) || isLowOrder([32]byte(sig[:32])) {
		return false
	}
	return ed25519.Verify(key[:], message, sig[:])
}
