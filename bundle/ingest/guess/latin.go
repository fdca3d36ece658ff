package guess

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// rareCost is what it costs in a language of Latin letters that a letter is not ASCII.
const rareCost = 4

// neutral is the digit of a neighbour that is as frequent beside a letter as anywhere.
const neutral = 6

// contexts is how many kinds of neighbours there are: none, a to z, and a letter beyond these.
const contexts = 28

// A latin is a language that writes most of a word in ASCII: French, Polish, Turkish.
type latin struct {
	marks [128]mark
}

// A mark is what a byte above ASCII is.
type mark struct {
	sign    byte // what it costs when it is no letter of the language
	own     int8 // what it costs when it is, 0 when it is not
	letter  bool // of any language
	capital bool
	inner   bool           // a sign that is odd between letters
	before  [contexts]int8 // what it costs more or less after such a neighbour
	after   [contexts]int8
}

// newLatin reads a table: for each letter a digit in base 16 for what it costs among the letters that
// are not ASCII, and then how many bits each neighbour before it and each behind it makes it likelier,
// and neutral more.
func newLatin(page *[128]rune, letters, table string) *latin {
	l := &latin{}
	rows := strings.Fields(table)
	number := numbers(letters)
	for i, r := range page {
		m := &l.marks[i]
		m.sign, m.capital, m.letter = byte(signCost(r)), unicode.IsUpper(r), unicode.In(r, unicode.L, unicode.Mn)
		m.inner = !m.letter && !isJoint(r)
		n := number[unicode.ToLower(r)]
		if n == 0 {
			continue
		}
		row := rows[n-1]
		m.own = int8(digit(row[0])) + rareCost
		for c := range contexts {
			m.before[c] = neutral - int8(digit(row[1+c]))
			m.after[c] = neutral - int8(digit(row[1+contexts+c]))
		}
	}
	return l
}

func (l *latin) cost(text []byte) int {
	sum := 0
	for i, b := range text {
		if b < utf8.RuneSelf {
			continue
		}
		m := &l.marks[b-utf8.RuneSelf]
		before, after, small := 0, 0, false
		if i > 0 {
			before, small = l.context(text[i-1])
		}
		if i+1 < len(text) {
			after, _ = l.context(text[i+1])
		}
		if m.own == 0 {
			sum += int(m.sign)
			if m.inner && before != 0 && after != 0 {
				sum += mixedCost
			}
			continue
		}
		sum += int(m.own) + int(m.before[before]) + int(m.after[after])
		switch {
		case m.capital && small:
			sum += innerCost
		case m.capital:
			sum += capitalCost
		}
	}
	return sum
}

// context is the kind of neighbour that a byte is, and whether it is a small letter.
func (l *latin) context(b byte) (n int, small bool) {
	switch {
	case isLetter(b):
		return int(b|0x20) - 'a' + 1, b >= 'a'
	case b >= utf8.RuneSelf && l.marks[b-utf8.RuneSelf].letter:
		return contexts - 1, !l.marks[b-utf8.RuneSelf].capital
	}
	return 0, false
}
