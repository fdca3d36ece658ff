package sign

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"unicode"
)

// A fingerprint is shown in groups of this shape.
const (
	groups         = 8
	groupData      = 4             // data digits in a group
	groupLen       = groupData + 1 // with its check digit
	shownDigits    = groups * groupLen
	dataDigits     = groups * groupData
	maxFingerprint = 1 << 10 // bytes of text that are looked at

	fingerprintDomain = "satchel publisher v1\n"
)

// A Fingerprint names a publisher in digits that people can read out, write down
// and compare. Two are equal (==) when the digits are. The zero value is none, and
// equal to no publisher's.
//
// Its 32 data digits are SHA-256("satchel publisher v1\n" + statement), taken as a
// big-endian number, modulo 10^32: 106 bits. For a lone key the statement is
// "1 of 1 ", the 32 bytes of the key in lower-case hex, and a line feed. They are
// shown in 8 groups of 4, each with a check digit after it.
type Fingerprint struct {
	digits [dataDigits]byte // '0' to '9', so that the zero value is not a number
}

// fingerprint returns that of a publisher statement.
func fingerprint(statement string) Fingerprint {
	sum := sha256.Sum256([]byte(fingerprintDomain + statement))
	var f Fingerprint
	for i := dataDigits - 1; i >= 0; i-- {
		f.digits[i] = '0' + divideByTen(&sum)
	}
	return f
}

// divideByTen divides the big-endian number n and returns the remainder.
func divideByTen(n *[sha256.Size]byte) byte {
	rest := 0
	for i, b := range n {
		rest = rest<<8 | int(b)
		n[i] = byte(rest / 10)
		rest %= 10
	}
	return byte(rest)
}

// damm is the operation table of the check digit: the totally anti-symmetric
// quasigroup of order 10 from H. M. Damm, "Total anti-symmetrische Quasigruppen"
// (thesis, Marburg 2004, page 111). It catches every wrong digit and every two neighbours
// that changed places.
var damm = [10][10]byte{
	{0, 3, 1, 7, 5, 9, 8, 6, 4, 2},
	{7, 0, 9, 2, 1, 5, 4, 8, 6, 3},
	{4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
	{1, 7, 5, 0, 9, 8, 3, 4, 2, 6},
	{6, 1, 2, 3, 0, 4, 5, 9, 7, 8},
	{3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
	{5, 8, 6, 9, 7, 2, 0, 1, 3, 4},
	{8, 9, 4, 5, 3, 6, 2, 0, 1, 7},
	{9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
	{2, 5, 8, 1, 4, 3, 6, 7, 9, 0},
}

// check returns the check digit of a group's number (from 1) and its digits. Over
// digits with their check digit it is 0. The number is part of it so that a group
// in another's place does not pass.
func check(number int, digits []byte) byte {
	c := damm[0][number]
	for _, d := range digits {
		c = damm[c][d-'0']
	}
	return c
}

// Numerals are the digits that a fingerprint is shown in.
type Numerals int

// The numerals that fingerprints are shown in, and read in.
const (
	Latin       Numerals = iota // 0123456789
	ArabicIndic                 // U+0660 to U+0669
	Persian                     // U+06F0 to U+06F9
	Devanagari                  // U+0966 to U+096F
	Burmese                     // U+1040 to U+1049
	FullWidth                   // U+FF10 to U+FF19
)

// zeros has the zero of each; the other digits follow it.
var zeros = [...]rune{'0', '\u0660', '\u06f0', '\u0966', '\u1040', '\uff10'}

// zero returns the zero of n, the Latin one for what is no constant of ours.
func (n Numerals) zero() rune {
	if n < 0 || int(n) >= len(zeros) {
		return '0'
	}
	return zeros[n]
}

// String returns the 40 digits in Latin numerals, groups separated by a space, or ""
// for the zero value.
func (f Fingerprint) String() string { return f.Format(Latin) }

// Format returns the 40 digits in the numerals n, groups separated by a space. In
// text from right to left, and for Arabic-Indic digits in any text, a display puts
// the first group rightmost, as its readers expect; a table that needs another order
// can lay out Groups by itself.
func (f Fingerprint) Format(n Numerals) string { return strings.Join(f.Groups(n), " ") }

// Groups returns the 8 groups of 5 digits in the numerals n, or nil for the zero
// value.
func (f Fingerprint) Groups(n Numerals) []string {
	if f == (Fingerprint{}) {
		return nil
	}
	shown := make([]string, groups)
	for g := range shown {
		data := f.digits[g*groupData:][:groupData]
		shown[g] = numerals(data, n) + string(n.zero()+rune(check(g+1, data)))
	}
	return shown
}

func numerals(digits []byte, n Numerals) string {
	var b strings.Builder
	for _, d := range digits {
		b.WriteRune(n.zero() + rune(d-'0'))
	}
	return b.String()
}

// A Fault is what is wrong with a fingerprint that somebody typed, for programs to
// put into the reader's words.
type Fault string

// The faults.
const (
	FaultLength    Fault = "length"    // not 40 digits
	FaultCharacter Fault = "character" // something that is no digit
	FaultCheck     Fault = "check"     // the check digit of a group does not fit
	FaultOrder     Fault = "order"     // two groups stand in each other's place
)

// A FingerprintError points at what is wrong with a fingerprint. It wraps ErrFormat.
type FingerprintError struct {
	Fault  Fault
	Group  int   // 1 to 8, the first group that is wrong; 0: no one in particular
	Also   []int // further groups that are wrong, ascending
	Digits int   // how many digits there were up to the fault
}

// Error says what is wrong, without the digits.
func (e *FingerprintError) Error() string {
	where := ""
	if e.Group != 0 {
		where = fmt.Sprintf(": look at group %d", e.Group)
	}
	for _, g := range e.Also {
		where += fmt.Sprintf(", %d", g)
	}
	switch e.Fault {
	case FaultLength:
		return fmt.Sprintf("fingerprint has %d digits instead of %d%s", e.Digits, shownDigits, where)
	case FaultCharacter:
		return fmt.Sprintf("fingerprint has something that is no digit after %d digits%s",
			e.Digits, where)
	case FaultOrder:
		return "fingerprint has two groups in each other's place" + where
	}
	return "fingerprint has a wrong digit" + where
}

// Unwrap returns ErrFormat.
func (e *FingerprintError) Unwrap() error { return ErrFormat }

// ParseFingerprint reads 40 digits of any of the numerals, even mixed. Between them
// it passes over spaces and line breaks of every kind, hyphens and dashes, and what is
// invisible: joiners, direction marks, a byte order mark. The error is a
// *FingerprintError that points at the group that is wrong; it catches every single
// wrong digit, any two neighbours that changed places, and any two groups that did.
func ParseFingerprint(s string) (Fingerprint, error) {
	shown, ferr := digitsOf(s)
	if ferr == nil {
		ferr = checkGroups(shown)
	}
	if ferr != nil {
		return Fingerprint{}, ferr
	}
	var f Fingerprint
	for g := range groups {
		copy(f.digits[g*groupData:][:groupData], shown[g*groupLen:])
	}
	return f, nil
}

// digitsOf returns the digits in s, as '0' to '9': at most 40.
func digitsOf(s string) ([]byte, *FingerprintError) {
	shown := make([]byte, 0, shownDigits)
	if len(s) > maxFingerprint {
		return nil, &FingerprintError{Fault: FaultLength, Digits: len(s)}
	}
	count := 0
	for _, r := range s {
		d, ok := digit(r)
		switch {
		case ok && count < shownDigits:
			shown = append(shown, d)
			count++
		case ok:
			count++
		case !isSeparator(r):
			g := min(count/groupLen+1, groups)
			return nil, &FingerprintError{Fault: FaultCharacter, Group: g, Digits: count}
		}
	}
	if count != shownDigits {
		return nil, lengthError(shown, count)
	}
	return shown, nil
}

// lengthError points at where a digit may have been lost or doubled: the first group
// that does not hold, since from there on everything is out of step.
func lengthError(shown []byte, count int) *FingerprintError {
	e := &FingerprintError{Fault: FaultLength, Digits: count}
	if wrong := wrongGroups(shown); len(wrong) > 0 {
		e.Group = wrong[0]
	} else if count > 0 && count < shownDigits {
		e.Group = count/groupLen + 1
	}
	return e
}

// burmeseWa is a letter that looks like the zero, U+1040. Many write it for the zero, and no text has it where a
// digit is due.
const burmeseWa = '\u101d'

func digit(r rune) (byte, bool) {
	if r == burmeseWa {
		return '0', true
	}
	for _, zero := range zeros {
		if r >= zero && r <= zero+9 {
			return '0' + byte(r-zero), true
		}
	}
	return 0, false
}

// isSeparator says whether r may stand between digits: what spaces, hyphens and
// invisible characters Unicode has, and the minus sign.
func isSeparator(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || unicode.Is(unicode.Cf, r) ||
		r == '\u2212'
}

// wrongGroups returns the numbers of the whole groups in shown that do not hold.
func wrongGroups(shown []byte) []int {
	var wrong []int
	for g := range len(shown) / groupLen {
		if check(g+1, shown[g*groupLen:][:groupLen]) != 0 {
			wrong = append(wrong, g+1)
		}
	}
	return wrong
}

func checkGroups(shown []byte) *FingerprintError {
	wrong := wrongGroups(shown)
	if len(wrong) == 0 {
		return nil
	}
	e := &FingerprintError{
		Fault: FaultCheck, Group: wrong[0], Also: wrong[1:], Digits: shownDigits,
	}
	if len(wrong) == 2 && swapped(shown, wrong[0], wrong[1]) {
		e.Fault = FaultOrder
	}
	return e
}

// swapped says whether the groups a and b hold under each other's number.
func swapped(shown []byte, a, b int) bool {
	return check(b, shown[(a-1)*groupLen:][:groupLen]) == 0 &&
		check(a, shown[(b-1)*groupLen:][:groupLen]) == 0
}
