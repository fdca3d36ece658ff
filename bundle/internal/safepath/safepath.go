// Package safepath holds the one rule for names in a bundle, used by whoever
// writes a path and by whoever reads one.
//
// A path that passes Check can be created as it is on ext4, FAT32, exFAT, NTFS
// and APFS, stays inside the folder it is extracted to, and shows on a screen
// as what it is. Two paths with the same Fold would be one file on some of these
// systems, so a bundle holds at most one of them.
//
// The rule is frozen with version 1 of the format: it admits only characters
// that Unicode 15.0 assigns, so later tables cannot change what it says.
package safepath

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Limits of a path. MaxName is what ext4 takes in bytes and, being bytes of
// UTF-8, is never more than the 255 UTF-16 units that FAT and NTFS take.
const (
	MaxPath  = 1024 // bytes
	MaxName  = 255  // bytes in one segment
	MaxDepth = 64   // segments
)

// ErrPath is wrapped by every error of Check.
var ErrPath = errors.New("unusable path")

// reserved are the names that Windows takes for devices, in any case and with
// any extension. Superscript digits count as digits there.
var reserved = map[string]bool{
	"con": true, "prn": true, "aux": true, "nul": true,
	"conin$": true, "conout$": true, "clock$": true,
}

// Check says whether p may be the path of an item: relative, slash-separated,
// and harmless on every file system that a bundle may be extracted to.
func Check(p string) error {
	if err := checkWhole(p); err != nil {
		return err
	}
	depth := 0
	for name := range strings.SplitSeq(p, "/") {
		depth++
		if depth > MaxDepth {
			return fmt.Errorf("%w %q: more than %d folders deep", ErrPath, clip(p), MaxDepth)
		}
		if reason := badName(name); reason != "" {
			return fmt.Errorf("%w %q: %s", ErrPath, clip(p), reason)
		}
	}
	return nil
}

func checkWhole(p string) error {
	switch {
	case p == "":
		return fmt.Errorf("%w: it is empty", ErrPath)
	case len(p) > MaxPath:
		return fmt.Errorf("%w %q: longer than %d bytes", ErrPath, clip(p), MaxPath)
	case !utf8.ValidString(p):
		return fmt.Errorf("%w %q: not valid UTF-8", ErrPath, clip(p))
	}
	return nil
}

// badName says what is wrong with one segment, or nothing.
func badName(name string) string {
	switch {
	case name == "":
		return "an empty name (a slash too many)"
	case name == "." || name == "..":
		return "a name that means another folder"
	case len(name) > MaxName:
		return fmt.Sprintf("a name longer than %d bytes", MaxName)
	case strings.HasSuffix(name, ".") || strings.HasSuffix(name, " "):
		return "a name that ends in a dot or a space, which Windows drops"
	case isDevice(name):
		return "a name that Windows takes for a device"
	}
	for _, r := range name {
		if r > 0x20 && r < 0x7f && !badASCII[r] {
			continue // most of all names
		}
		if reason := badRune(r); reason != "" {
			return reason
		}
	}
	return ""
}

// badASCII are the characters that Windows cannot store.
var badASCII = [utf8.RuneSelf]bool{'<': true, '>': true, ':': true, '"': true, '|': true, '?': true, '*': true, '\\': true}

// isDevice also finds "LPT9 .txt" and "com¹": Windows strips what follows the
// first dot, then trailing spaces.
func isDevice(name string) bool {
	if strings.IndexByte("capnlCAPNL", name[0]) < 0 {
		return false // none of them begins like that
	}
	stem, _, _ := strings.Cut(name, ".")
	stem = strings.ToLower(strings.TrimRight(stem, " "))
	if reserved[stem] {
		return true
	}
	digit, ok := strings.CutPrefix(stem, "com")
	if !ok {
		digit, ok = strings.CutPrefix(stem, "lpt")
	}
	return ok && len(digit) > 0 && utf8.RuneCountInString(digit) == 1 &&
		strings.Contains("0123456789¹²³", digit)
}

func badRune(r rune) string {
	switch {
	case r < 0x20 || (r >= 0x7f && r < 0xa0):
		return fmt.Sprintf("a control character (%U)", r)
	case r < utf8.RuneSelf && badASCII[r]:
		return fmt.Sprintf("the character %q, which Windows cannot store", r)
	case isIgnorable(r):
		return ""
	case unicode.In(r, unicode.Cf) && !isVisibleFormat(r):
		return fmt.Sprintf("an invisible control character (%U)", r)
	case unicode.In(r, unicode.Zl, unicode.Zp):
		return fmt.Sprintf("a line separator (%U)", r)
	case !isAssigned(r):
		return fmt.Sprintf("a code point without a character (%U)", r)
	}
	return ""
}

// isIgnorable are the joiners and direction marks that Persian, Arabic and
// Indic names need. They may occur, but do not tell two names apart.
func isIgnorable(r rune) bool {
	return r == 0xad || (r >= 0x200c && r <= 0x200f) || r == 0x61c ||
		(r >= 0xfe00 && r <= 0xfe0f)
}

// isVisibleFormat are format characters that draw something: Arabic number
// signs, and the tag letters inside flag emoji.
func isVisibleFormat(r rune) bool {
	return (r >= 0x600 && r <= 0x605) || r == 0x6dd || r == 0x70f || r == 0x890 ||
		r == 0x891 || r == 0x8e2 || (r >= 0xe0020 && r <= 0xe007f)
}

func isAssigned(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Zs,
		unicode.Cf, unicode.Co)
}

// Fold returns the form in which two paths are compared: NFD, ignorable
// characters dropped, full case folding, the dot of "İ" dropped, NFC.
func Fold(p string) string { return string(AppendFold(nil, p)) }

// AppendFold appends Fold(p) to b.
func AppendFold(b []byte, p string) []byte {
	if !isPlain(p) {
		return append(b, fold(p)...)
	}
	for i := range len(p) {
		c := p[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		b = append(b, c)
	}
	return b
}

func fold(p string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(p) {
		if isIgnorable(r) {
			continue
		}
		if s, ok := expands[r]; ok {
			b.WriteString(s)
			continue
		}
		b.WriteRune(foldRune(r))
	}
	return norm.NFC.String(strings.ReplaceAll(norm.NFD.String(b.String()), "i\u0307", "i"))
}

// expands are the characters that case folding turns into several (status F in
// Unicode's CaseFolding.txt), as far as NFD leaves them standing.
var expands = map[rune]string{
	'ß': "ss", 'ẞ': "ss", 'ŉ': "ʼn", 'և': "եւ", 'ẚ': "aʾ",
	'ﬀ': "ff", 'ﬁ': "fi", 'ﬂ': "fl", 'ﬃ': "ffi", 'ﬄ': "ffl", 'ﬅ': "st", 'ﬆ': "st",
	'ﬓ': "մն", 'ﬔ': "մե", 'ﬕ': "մի", 'ﬖ': "վն", 'ﬗ': "մխ",
}

// foldRune folds case one to one (status C). That is the lower case of the upper
// case, but for the dotless ı, which is a letter of its own, and Cherokee, which
// folds to upper case. golang.org/x/text/cases says the same with 100 KB of tables.
func foldRune(r rune) rune {
	switch {
	case r == 'ı':
		return r
	case unicode.Is(unicode.Cherokee, r):
		return unicode.ToUpper(r)
	}
	return unicode.ToLower(unicode.ToUpper(r))
}

func isPlain(p string) bool {
	for i := range len(p) {
		if p[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// clip keeps an error readable when the path is absurd.
func clip(p string) string {
	const most = 120
	if len(p) <= most {
		return p
	}
	return strings.ToValidUTF8(p[:most], "") + "…"
}
