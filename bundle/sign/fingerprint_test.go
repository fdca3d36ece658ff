package sign

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
)

// sample returns the digits of the golden fingerprint, 40 without spaces.
func sample(t testing.TB) string {
	t.Helper()
	return strings.Join(goldenKey(t).Public().Fingerprint().Groups(Latin), "")
}

// Dividing by ten 32 times is the same as what the definition says.
func TestFingerprintDefinition(t *testing.T) {
	t.Parallel()
	modulus := new(big.Int).Exp(big.NewInt(10), big.NewInt(dataDigits), nil)
	random := &counter{}
	for range 50 {
		k := newKey(t, random).Public()
		sum := sha256.Sum256(fmt.Appendf(nil, "satchel publisher v1\n1 of 1 %x\n", k.point))
		n := new(big.Int).SetBytes(sum[:])
		want := fmt.Sprintf("%032d", n.Mod(n, modulus))
		f := k.Fingerprint()
		if got := string(f.digits[:]); got != want {
			t.Errorf("%v: data digits %s, want %s", k, got, want)
		}
	}
}

func TestFingerprintIgnoresKeyID(t *testing.T) {
	t.Parallel()
	k := goldenKey(t).Public()
	other := k
	other.id[3]++
	if k.Fingerprint() != other.Fingerprint() {
		t.Error("the fingerprint depends on the key id")
	}
}

// The table is what the thesis proves of it: each row and column has every digit once,
// x*x is 0, and (c*x)*y = (c*y)*x holds for no x other than y.
func TestDammTable(t *testing.T) {
	t.Parallel()
	for i := range damm {
		var row, column [10]bool
		for j := range damm {
			row[damm[i][j]], column[damm[j][i]] = true, true
		}
		if row != column || slices.Contains(row[:], false) || damm[i][i] != 0 {
			t.Errorf("row or column %d is wrong", i)
		}
	}
	for n := range 1000 {
		c, x, y := n/100, n/10%10, n%10
		if x != y && damm[damm[c][x]][y] == damm[damm[c][y]][x] {
			t.Errorf("%d, %d after %d and turned round give the same", x, y, c)
		}
	}
	// The example that is usually given: 572 has the check digit 4.
	if c := check(5, []byte("72")); c != 4 {
		t.Errorf("check digit of 572 = %d, want 4", c)
	}
}

func TestFingerprintZero(t *testing.T) {
	t.Parallel()
	var zero Fingerprint
	if zero.String() != "" || zero.Groups(Persian) != nil {
		t.Errorf("zero fingerprint shows as %q", zero)
	}
	if (Pin{}).Matches(PublicKey{}) || (Pin{}).Matches(goldenKey(t).Public()) {
		t.Error("the zero pin matches something")
	}
	f := goldenKey(t).Public().Fingerprint()
	if f.Format(-1) != f.String() || f.Format(99) != f.String() {
		t.Error("unknown numerals are not shown as Latin ones")
	}
}

func TestB17Numerals(t *testing.T) {
	t.Parallel()
	want := goldenKey(t).Public().Fingerprint()
	s := sample(t)
	var mixed strings.Builder
	for i, d := range s {
		mixed.WriteRune(zeros[i%len(zeros)] + d - '0')
	}
	texts := map[string]string{
		"plain":        s,
		"mixed":        mixed.String(),
		"spread":       strings.Join(strings.Split(s, ""), " "),
		"hyphens":      strings.Join(want.Groups(Latin), "-"),
		"dashes":       strings.Join(want.Groups(Persian), " \u2013 "),
		"other dashes": strings.Join(want.Groups(Burmese), "\u2010\u2011\u2014\u2212\uff0d\u00ad"),
		"spaces":       strings.Join(want.Groups(FullWidth), "\u00a0\u202f\u2009\u3000\t"),
		"lines":        strings.Join(want.Groups(Devanagari), "\r\n\u2028\u2029\u0085\v"),
		"joiners":      strings.Join(want.Groups(Persian), "\u200c\u200d\u2060\u200b"),
		"directions": "\u202b\u2067" +
			strings.Join(want.Groups(ArabicIndic), "\u200e\u200f\u061c\u202a") +
			"\u202c\u202d\u202e\u2066\u2068\u2069",
		"a letter for zero": strings.ReplaceAll(want.Format(Burmese), "\u1040", "\u101d"),
		"byte order mark":   "\ufeff" + s + "\n",
	}
	for n := Latin; n <= FullWidth; n++ {
		texts[fmt.Sprintf("numerals %d", n)] = want.Format(n)
	}
	for name, text := range texts {
		if got, err := ParseFingerprint(text); err != nil || got != want {
			t.Errorf("%s: ParseFingerprint(%q) = %v, %v", name, text, got, err)
		}
	}
}

// wantFault checks that s is refused with this fault in these groups.
func wantFault(t *testing.T, s string, fault Fault, wrong ...int) {
	t.Helper()
	f, err := ParseFingerprint(s)
	var e *FingerprintError
	if !errors.As(err, &e) || !errors.Is(err, ErrFormat) || f != (Fingerprint{}) {
		t.Errorf("%q: %v, %v", s, f, err)
		return
	}
	got := append([]int{e.Group}, e.Also...)
	if e.Fault != fault || !slices.Equal(got, wrong) {
		t.Errorf("%q: %s in groups %d, want %s in %d", s, e.Fault, got, fault, wrong)
	}
	for _, g := range got {
		if g != 0 && !strings.Contains(err.Error(), fmt.Sprint(g)) {
			t.Errorf("%q does not point at group %d", err, g)
		}
	}
}

func TestB18WrongDigit(t *testing.T) {
	t.Parallel()
	s := sample(t)
	for i := range s {
		for d := byte('0'); d <= '9'; d++ {
			if s[i] != d {
				wantFault(t, s[:i]+string(d)+s[i+1:], FaultCheck, i/groupLen+1)
			}
		}
	}
}

func TestB18NeighboursTransposed(t *testing.T) {
	t.Parallel()
	for i := range 40 { // many fingerprints, since equal neighbours show nothing
		k := newKey(t, &counter{next: byte(i)}).Public()
		s := []byte(strings.Join(k.Fingerprint().Groups(Latin), ""))
		for at := range len(s) - 1 {
			if s[at] == s[at+1] {
				continue
			}
			bad := slices.Clone(s)
			bad[at], bad[at+1] = bad[at+1], bad[at]
			if a, b := at/groupLen+1, (at+1)/groupLen+1; a == b {
				wantFault(t, string(bad), FaultCheck, a)
			} else if _, err := ParseFingerprint(string(bad)); err == nil {
				t.Errorf("%s: accepted", bad)
			} else {
				var e *FingerprintError
				if errors.As(err, &e); e.Group != a || !slices.Equal(e.Also, []int{b}) {
					t.Errorf("%s: points at %d and %d, want %d and %d", bad, e.Group, e.Also, a, b)
				}
			}
		}
	}
}

func TestB18GroupsSwapped(t *testing.T) {
	t.Parallel()
	g := goldenKey(t).Public().Fingerprint().Groups(Latin)
	for a := range g {
		for b := a + 1; b < len(g); b++ {
			bad := slices.Clone(g)
			bad[a], bad[b] = bad[b], bad[a]
			wantFault(t, strings.Join(bad, " "), FaultOrder, a+1, b+1)
		}
	}
}

func TestB18Others(t *testing.T) {
	t.Parallel()
	s := sample(t)
	wantFault(t, "", FaultLength, 0)
	wantFault(t, "  \u200c", FaultLength, 0)
	wantFault(t, s[:39], FaultLength, 8)
	wantFault(t, s[:5], FaultLength, 2)
	wantFault(t, s+"0", FaultLength, 0)
	wantFault(t, s+s, FaultLength, 0)
	wantFault(t, s[:16]+s[17:], FaultLength, 4) // a digit lost in the fourth group
	wantFault(t, s[:22]+s[22:23]+s[22:], FaultLength, 5)
	wantFault(t, strings.Repeat("0", maxFingerprint+1), FaultLength, 0)
	wantFault(t, "O"+s[1:], FaultCharacter, 1)
	wantFault(t, s[:12]+"l"+s[13:], FaultCharacter, 3)
	wantFault(t, s+"x", FaultCharacter, 8)
	wantFault(t, s[:20]+"\xff"+s[20:], FaultCharacter, 5)
	wantFault(t, s[:20]+"\x00"+s[20:], FaultCharacter, 5)
	wantFault(t, s[:20]+"\u0661\u0301"+s[21:], FaultCharacter, 5)
	wantFault(t, s[:20]+"²"+s[21:], FaultCharacter, 5)
	wantFault(t, strings.Repeat("0", shownDigits), FaultCheck, 1, 2, 3, 4, 5, 6, 7, 8)
}

func FuzzFingerprint(f *testing.F) {
	fp := goldenKey(f).Public().Fingerprint()
	for n := Latin; n <= FullWidth; n++ {
		f.Add(fp.Format(n))
	}
	f.Add("\u202b" + strings.Join(fp.Groups(Persian), "\u200c-") + "\n")
	f.Add(fp.String()[1:])
	f.Add("40803 26954 57731")
	f.Fuzz(func(t *testing.T, s string) {
		fp, err := ParseFingerprint(s)
		if err != nil {
			var e *FingerprintError
			if !errors.As(err, &e) || e.Group < 0 || e.Group > groups || fp != (Fingerprint{}) {
				t.Errorf("error %v with %v", err, fp)
			}
			return
		}
		for n := Latin; n <= FullWidth; n++ {
			if got, err := ParseFingerprint(fp.Format(n)); err != nil || got != fp {
				t.Errorf("%q: %v, %v", fp.Format(n), got, err)
			}
		}
		if got := strings.Map(latinDigit, s); got != strings.Join(fp.Groups(Latin), "") {
			t.Errorf("%q is read as %q", s, got)
		}
	})
}

// latinDigit maps digits of all numerals to Latin ones, and drops all else.
func latinDigit(r rune) rune {
	for _, zero := range zeros {
		if d := r - zero; d >= 0 && d <= 9 {
			return '0' + d
		}
	}
	return -1
}
