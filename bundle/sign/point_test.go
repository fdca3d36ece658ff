package sign

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/blake2b"
)

// The field and the group, computed apart from any code that the package uses.
var (
	fieldPrime, _ = new(big.Int).SetString("7fffffffffffffffffffffffffffffff"+
		"ffffffffffffffffffffffffffffffed", 16)
	groupOrder, _ = new(big.Int).SetString("1000000000000000000000000000000014def9dea2f79cd6"+
		"5812631a5cf5d3ed", 16)
	curveD = mulMod(big.NewInt(-121665), new(big.Int).ModInverse(big.NewInt(121666), fieldPrime))
)

func mulMod(a, b *big.Int) *big.Int {
	return new(big.Int).Mod(new(big.Int).Mul(a, b), fieldPrime)
}

func addMod(a, b *big.Int) *big.Int {
	return new(big.Int).Mod(new(big.Int).Add(a, b), fieldPrime)
}

// little returns the number that b is, least significant byte first.
func little(b []byte) *big.Int {
	b = bytes.Clone(b)
	slices.Reverse(b)
	return new(big.Int).SetBytes(b)
}

func littleBytes(n *big.Int) [32]byte {
	b := n.FillBytes(make([]byte, 32))
	slices.Reverse(b)
	return [32]byte(b)
}

// affine returns the point that p encodes, or nil where it is none.
func affine(p [32]byte) (x, y *big.Int) {
	negative := p[31]&0x80 != 0
	p[31] &= 0x7f
	y = new(big.Int).Mod(little(p[:]), fieldPrime)
	yy := mulMod(y, y)
	one := big.NewInt(1)
	v := new(big.Int).ModInverse(addMod(mulMod(curveD, yy), one), fieldPrime)
	x = new(big.Int).ModSqrt(mulMod(new(big.Int).Sub(yy, one), v), fieldPrime)
	if x != nil && x.Bit(0) == 1 != negative {
		x.Mod(x.Neg(x), fieldPrime)
	}
	return x, y
}

// double returns twice the point (x, y).
func double(x, y *big.Int) (*big.Int, *big.Int) {
	one := big.NewInt(1)
	xx, yy := mulMod(x, x), mulMod(y, y)
	t := mulMod(curveD, mulMod(xx, yy))
	invert := func(n *big.Int) *big.Int { return new(big.Int).ModInverse(addMod(one, n), fieldPrime) }
	x2 := mulMod(mulMod(big.NewInt(2), mulMod(x, y)), invert(t))
	y2 := mulMod(addMod(yy, xx), invert(new(big.Int).Neg(t)))
	return x2, y2
}

// hasLowOrder says whether eight times p is the neutral point.
func hasLowOrder(p [32]byte) bool {
	x, y := affine(p)
	if x == nil {
		return false
	}
	for range 3 {
		x, y = double(x, y)
	}
	return x.Sign() == 0 && y.Cmp(big.NewInt(1)) == 0
}

// All encodings of points of low order, proper and not, as in table 6 of
// "Taming the many EdDSAs" (Chalkias, Garillot, Nikolaenko, 2020).
func lowOrderEncodings() [][32]byte {
	prime := littleBytes(fieldPrime)
	primePlus1 := littleBytes(new(big.Int).Add(fieldPrime, big.NewInt(1)))
	var all [][32]byte
	for _, p := range append(lowOrder[:], prime, primePlus1) {
		signed := p
		signed[31] |= 0x80
		all = append(all, p, signed)
	}
	return all
}

func TestLowOrderTable(t *testing.T) {
	t.Parallel()
	seen := map[[32]byte]bool{}
	for _, p := range lowOrderEncodings() {
		if !hasLowOrder(p) {
			t.Errorf("%x is not of low order", p)
		}
		seen[p] = true
	}
	if len(seen) != 14 {
		t.Errorf("%d encodings, want 14", len(seen))
	}
	if isLowOrder(goldenKey(t).Public().point) || isLowOrder(basePoint) || hasLowOrder(basePoint) {
		t.Error("a good point counts as one of low order")
	}
}

func TestOnCurve(t *testing.T) {
	t.Parallel()
	found := map[bool]int{}
	for i := range 500 {
		p := blake2b.Sum256([]byte{byte(i), byte(i >> 8)})
		x, _ := affine(p)
		if got, want := onCurve(p), x != nil; got != want {
			t.Errorf("onCurve(%x) = %v, want %v", p, got, want)
		}
		found[x != nil]++
	}
	if found[true] < 100 || found[false] < 100 {
		t.Errorf("a lopsided sample: %v", found)
	}
}

func TestIsReduced(t *testing.T) {
	t.Parallel()
	for delta := int64(-40); delta < 19; delta++ {
		p := littleBytes(new(big.Int).Add(fieldPrime, big.NewInt(delta)))
		for _, sign := range []byte{0, 0x80} {
			p[31] = p[31]&0x7f | sign
			if got, want := isReduced(p), delta < 0; got != want {
				t.Errorf("isReduced(prime %+d, sign %#x) = %v", delta, sign, got)
			}
		}
	}
}

// The vectors of ed25519-speccheck, which go with "Taming the many EdDSAs", and
// those of RFC 8032, section 7.1. A line of the file is message, key, signature, the
// verdict of crypto/ed25519 and ours. They differ where the key or the first half of the
// signature is a point of low order, which libsodium refuses as we do.
func TestA15EdgeCases(t *testing.T) {
	t.Parallel()
	lines := 0
	for line := range strings.Lines(string(golden(t, "ed25519.txt"))) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Fields(line)
		if len(f) != 5 {
			t.Fatalf("bad line %q", line)
		}
		lines++
		message, key, sig := unhex(t, f[0]), unhex(t, f[1]), unhex(t, f[2])
		theirs := ed25519.Verify(key, message, sig)
		ours := verify([32]byte(key), message, [64]byte(sig))
		if verdict(theirs) != f[3] || verdict(ours) != f[4] {
			t.Errorf("%.24s…: crypto/ed25519 %s, we %s; want %s, %s", line,
				verdict(theirs), verdict(ours), f[3], f[4])
		}
		weak := hasLowOrder([32]byte(key)) || hasLowOrder([32]byte(sig[:32]))
		if want := theirs && !weak; ours != want {
			t.Errorf("%.24s…: we say %v for another reason than a point of low order", line, ours)
		}
	}
	if lines != 18 {
		t.Errorf("%d vectors, want 18", lines)
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	if s == "-" {
		return nil
	}
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func verdict(ok bool) string {
	if ok {
		return "good"
	}
	return "bad"
}

// scalar returns the secret number behind k.
func scalar(k PrivateKey) *big.Int {
	h := sha512.Sum512(k.key.Seed())
	h[0] &= 248
	h[31] = h[31]&127 | 64
	return little(h[:32])
}

// neutralSignature signs with the neutral point as the first half: the second half
// is then the secret number times the hash.
func neutralSignature(k PrivateKey, message []byte) []byte {
	sig := make([]byte, 64)
	sig[0] = 1
	h := sha512.New()
	h.Write(sig[:32])
	h.Write(k.key[32:])
	h.Write(message)
	s := new(big.Int).Mul(little(h.Sum(nil)), scalar(k))
	half := littleBytes(s.Mod(s, groupOrder))
	copy(sig[32:], half[:])
	return sig
}

// malleated returns sig with the group's order added to its second half.
func malleated(sig []byte) []byte {
	half := littleBytes(new(big.Int).Add(little(sig[32:]), groupOrder))
	return append(bytes.Clone(sig[:32]), half[:]...)
}

// fileWith returns a signature file of k for message, by a signer of another make.
func fileWith(k PrivateKey, message []byte, signer func([]byte) []byte) []byte {
	digest := blake2b.Sum512(message)
	sig := signer(digest[:])
	s := Signature{id: k.id, sig: [64]byte(sig), comment: "c"}
	s.global = [64]byte(signer(s.commented()))
	return s.file()
}

// The same in whole signature files, held against stock minisign.
func TestA15SignatureFiles(t *testing.T) {
	t.Parallel()
	st := newStock(t)
	k := goldenKey(t)
	message := []byte("m")
	honest := func(m []byte) []byte { return ed25519.Sign(k.key, m) }
	for name, c := range map[string]struct {
		signer func([]byte) []byte
		theirs bool
		want   bool
	}{
		"honest":    {honest, true, true},
		"malleated": {func(m []byte) []byte { return malleated(honest(m)) }, false, false},
		"neutral":   {func(m []byte) []byte { return neutralSignature(k, m) }, true, false},
	} {
		digest := blake2b.Sum512(message)
		key := ed25519.PublicKey(k.key[32:])
		if got := ed25519.Verify(key, digest[:], c.signer(digest[:])); got != c.theirs {
			t.Errorf("%s: crypto/ed25519 says %v", name, got)
		}
		file := fileWith(k, message, c.signer)
		if err := verifyFile(k.Public(), message, file); (err == nil) != c.want {
			t.Errorf("%s: %v", name, err)
		}
		if got := st.accepts(k.Public(), message, file); got != c.want {
			t.Errorf("%s: minisign says %v", name, got)
		}
	}
}

func TestA16WeakKeys(t *testing.T) {
	t.Parallel()
	id := goldenKey(t).id
	weak := lowOrderEncodings()
	for delta := range int64(19) { // every y that is not reduced
		p := littleBytes(new(big.Int).Add(fieldPrime, big.NewInt(delta)))
		weak = append(weak, p)
		p[31] |= 0x80
		weak = append(weak, p)
	}
	weak = append(weak, [32]byte{2}, [32]byte(bytes.Repeat([]byte{0xff}, 32)))
	for _, p := range weak {
		text := keyText(algorithm, id, p[:])
		file := untrustedPrefix + "\n" + text + "\n"
		for _, s := range []string{text, file} {
			if k, err := ParsePublicKey(s); !errors.Is(err, ErrWeakKey) || k != (PublicKey{}) {
				t.Errorf("ParsePublicKey(%x) = %v, %v", p, k, err)
			}
			if pin, err := ParsePin(s); !errors.Is(err, ErrWeakKey) || pin != (Pin{}) {
				t.Errorf("ParsePin(%x) = %v, %v", p, pin, err)
			}
		}
	}
	// And should one come about by another way, nothing holds for it.
	for _, p := range lowOrderEncodings() {
		k := PublicKey{point: p}
		for i := range 32 {
			s := Signature{sig: [64]byte{1}, global: [64]byte{1}}
			if k.Verify([]byte{byte(i)}, s) == nil {
				t.Errorf("a signature holds for the weak key %x", p)
			}
		}
	}
}

func TestMadeKeysAreSafe(t *testing.T) {
	t.Parallel()
	random := &counter{}
	for range 50 {
		k := newKey(t, random).Public()
		raw, err := base64.StdEncoding.DecodeString(k.String())
		if err != nil || checkPoint([32]byte(raw[2+idLen:])) != nil {
			t.Errorf("a made key %v is refused: %v", k, err)
		}
	}
}
