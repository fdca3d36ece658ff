package guess

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What characters cost that are no letters of the language.
const (
	quoteCost   = 7  // quotation marks, dashes and the like, of which every text has some
	symbolCost  = 10 // other signs
	frameCost   = 12 // lines and blocks of DOS
	strangeCost = 13 // letters of other languages
	nothingCost = 25 // control characters, and bytes that are nothing
)

// What is odd in a word costs this more.
const (
	mixedCost   = 7 // a letter of ASCII beside one that is not
	capitalCost = 2 // a capital
	innerCost   = 8 // a capital behind a small letter
)

// quotes are the signs of quoteCost.
const quotes = "\u00a0«»„“”‘’‚‹›–—…•·№،؛؟\u200c"

// isJoint says that a sign may well stand between letters.
func isJoint(r rune) bool { return strings.ContainsRune("’–—·…\u00a0\u00ad", r) }

// An alphabet is a language of which all letters are above ASCII: Russian, Greek, Arabic.
type alphabet struct {
	kinds [128]kind
	// pairs has the cost of a letter after another; number 0 is what is no letter, before and after words.
	pairs [][]byte
}

// A kind says what a byte above ASCII is in a charset.
type kind struct {
	letter  byte // number of the letter, or 0
	capital bool
	sign    byte // what it costs when it is no letter
	inner   bool // a sign that is odd between letters
}

// newAlphabet reads a table of costs: a row for each letter that may be before, and one before them
// for the beginning of a word, with a digit in base 16 for each letter that follows.
func newAlphabet(page *[128]rune, letters, table string) *alphabet {
	a := &alphabet{}
	for _, row := range strings.Fields(table) {
		costs := make([]byte, len(row))
		for i := range row {
			costs[i] = digit(row[i])
		}
		// A space is free, as all of ASCII is; only what the end of a word costs above the usual counts.
		costs[0] = max(costs[0], 3) - 3
		a.pairs = append(a.pairs, costs)
	}
	number := numbers(letters)
	for i, r := range page {
		a.kinds[i] = kind{letter: number[fold(r)], capital: unicode.IsUpper(r), sign: byte(signCost(r)), inner: !isJoint(r)}
	}
	return a
}

// numbers gives the letters of an alphabet numbers from 1 on.
func numbers(letters string) map[rune]byte {
	number := make(map[rune]byte)
	for _, r := range letters {
		number[r] = byte(len(number) + 1)
	}
	return number
}

// fold returns the letter that stands for another in the tables: small for capital, and one yeh and
// kaf for Arabic and Persian.
func fold(r rune) rune {
	switch r {
	case 'ى', 'ی':
		return 'ي'
	case 'ک':
		return 'ك'
	}
	return unicode.ToLower(r)
}

// signCost is what a character costs as none of the language's letters.
func signCost(r rune) int {
	switch {
	case isNothing(r):
		return nothingCost
	case strings.ContainsRune(quotes, r):
		return quoteCost
	case 0x2500 <= r && r < 0x25a0:
		return frameCost
	case unicode.IsLetter(r):
		return strangeCost
	}
	return symbolCost
}

// isNothing says that no text has such a character.
func isNothing(r rune) bool {
	return r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Co, r)
}

func digit(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}

func (a *alphabet) cost(text []byte) int {
	sum := 0
	last := kind{}
	latin := false
	for i, b := range text {
		k := kind{}
		if b >= utf8.RuneSelf {
			k = a.kinds[b-utf8.RuneSelf]
		}
		if last.letter != 0 || k.letter != 0 {
			sum += int(a.pairs[last.letter][k.letter])
		}
		switch {
		case k.letter != 0:
			sum += oddity(last, k)
			if latin {
				sum += mixedCost
			}
		case b >= utf8.RuneSelf:
			sum += int(k.sign)
			if k.inner && latin && i+1 < len(text) && isLetter(text[i+1]) {
				sum += mixedCost
			}
		case last.letter != 0 && isLetter(b):
			sum += mixedCost
		}
		last, latin = k, isLetter(b)
	}
	return sum
}

// oddity is what the case of a letter costs after another.
func oddity(last, k kind) int {
	switch {
	case !k.capital:
		return 0
	case last.letter == 0:
		return capitalCost
	case last.capital:
		return 0
	}
	return innerCost
}
