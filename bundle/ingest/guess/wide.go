package guess

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
)

// So much is saved where a small letter, or another byte of ASCII, is the second byte of a character.
const (
	smallCost = 4
	asciiCost = 6
)

// A form says how the characters of a charset with several bytes are built, as the decoders of the
// WHATWG Encoding Standard read them.
type form struct {
	// pair is what two bytes cost that are no frequent character of the language, or 0 when they are
	// no character.
	pair func(lead, trail byte) int
	// single is the same for one byte.
	single func(b byte) int
	// long is the length of a character that is longer than two bytes, or 0.
	long func(text []byte) int
}

// A wide is a language in a charset with several bytes to a character.
type wide struct {
	form
	pairs [128 << 8]byte // costs of two bytes, 0 when they are no character
}

// joinCost is what it costs more that a letter of ASCII stands before a character, as in a word of a
// Latin language.
const joinCost = 5

// rareLong is what characters of three and four bytes cost.
const rareLong = 28

// newWide reads a table of the frequent characters: groups with a bar between, each a bit dearer than
// the one before, the first one costing first.
func newWide(f form, enc encoding.Encoding, first int, table string) *wide {
	w := &wide{form: f}
	for lead := range 128 {
		for trail := range 256 {
			w.pairs[lead<<8|trail] = byte(f.pair(byte(lead+utf8.RuneSelf), byte(trail)))
		}
	}
	w.fill(enc, quoteCost+3, wideQuotes)
	for i, group := range strings.Split(strings.ReplaceAll(table, "\n", ""), "|") {
		w.fill(enc, first+i, group)
	}
	return w
}

// wideQuotes are signs that all languages of the East have.
const wideQuotes = "\u3000、。・「」『』《》（）！？…—“”‘’：；，～"

func (w *wide) fill(enc encoding.Encoding, cost int, chars string) {
	e := enc.NewEncoder()
	for _, r := range chars {
		b, err := e.Bytes([]byte(string(r)))
		if err == nil && len(b) == 2 && b[0] >= utf8.RuneSelf {
			w.pairs[int(b[0]-utf8.RuneSelf)<<8|int(b[1])] = byte(cost)
		}
	}
}

func (w *wide) cost(text []byte) int {
	sum := 0
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		n, cost := w.next(text[i:])
		if i > 0 && isLetter(text[i-1]) {
			sum += joinCost
		}
		sum += cost
		i += n
	}
	return sum
}

// next returns the length of the character that text begins with, and its cost. What is cut at the end
// costs nothing.
func (w *wide) next(text []byte) (n, cost int) {
	if cost := w.single(text[0]); cost > 0 {
		return 1, cost
	}
	if n := w.long(text); n > 0 {
		return n, rareLong
	}
	if len(text) == 1 {
		return 1, 0
	}
	cost = int(w.pairs[int(text[0]-utf8.RuneSelf)<<8|int(text[1])])
	switch {
	case cost == 0:
		return 1, nothingCost
	case in(text[1], 'a', 'z'):
		return 2, cost - smallCost
	case text[1] < utf8.RuneSelf:
		return 2, cost - asciiCost
	}
	return 2, cost
}

func (w *wide) broken(text []byte) int {
	count := 0
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		n, cost := w.next(text[i:])
		if n == 1 && cost >= nothingCost {
			count++
		}
		i += n
	}
	return count
}

func in(b, from, to byte) bool { return from <= b && b <= to }

func none(byte) int     { return 0 }
func noLong([]byte) int { return 0 }

// eucKR is KS X 1001 with the syllables of Unified Hangul Code around it.
var eucKR = form{single: none, long: noLong, pair: func(lead, trail byte) int {
	switch {
	case in(lead, 0xb0, 0xc8) && in(trail, 0xa1, 0xfe):
		return 16
	case in(lead, 0xca, 0xfd) && in(trail, 0xa1, 0xfe):
		return 20 // Chinese characters
	case in(lead, 0xa1, 0xac) && in(trail, 0xa1, 0xfe):
		return 17
	case in(lead, 0x81, 0xc6) && (in(trail, 0x41, 0x5a) || in(trail, 0x61, 0x7a) || in(trail, 0x81, 0xfe)):
		return 22
	}
	return 0
}}

// gb18030 is GB 2312 in GBK in GB 18030.
var gb18030 = form{
	single: none,
	long: func(t []byte) int {
		if len(t) >= 4 && in(t[1], '0', '9') && in(t[2], 0x81, 0xfe) && in(t[3], '0', '9') && t[0] != 0x80 && t[0] != 0xff {
			return 4
		}
		return 0
	},
	pair: func(lead, trail byte) int {
		switch {
		case !in(lead, 0x81, 0xfe) || !in(trail, 0x40, 0xfe) || trail == 0x7f:
			return 0
		case in(lead, 0xb0, 0xd7) && trail > 0xa0:
			return 15
		case in(lead, 0xd8, 0xf7) && trail > 0xa0:
			return 18
		case in(lead, 0xa1, 0xa9) && trail > 0xa0:
			return 17
		}
		return 22
	},
}

var big5 = form{single: none, long: noLong, pair: func(lead, trail byte) int {
	switch {
	case !in(trail, 0x40, 0x7e) && !in(trail, 0xa1, 0xfe):
		return 0
	case in(lead, 0xa4, 0xc6):
		return 15
	case in(lead, 0xc9, 0xf9):
		return 19
	case in(lead, 0xa1, 0xa3):
		return 17
	case in(lead, 0x87, 0xfe):
		return 24 // additions of Hong Kong
	}
	return 0
}}

var shiftJIS = form{
	long: noLong,
	single: func(b byte) int {
		if in(b, 0xa1, 0xdf) {
			return 9 // katakana of half the width
		}
		return 0
	},
	pair: func(lead, trail byte) int {
		switch {
		case !in(trail, 0x40, 0xfc) || trail == 0x7f:
			return 0
		case in(lead, 0x82, 0x83):
			return 14 // kana, and letters of full width
		case in(lead, 0x88, 0x97):
			return 15
		case in(lead, 0x81, 0x9f), in(lead, 0xe0, 0xea):
			return 18
		case in(lead, 0xed, 0xfc):
			return 24 // additions of IBM and of users
		}
		return 0
	},
}

var eucJP = form{
	single: none,
	long: func(t []byte) int {
		if len(t) >= 3 && t[0] == 0x8f && in(t[1], 0xa1, 0xfe) && in(t[2], 0xa1, 0xfe) {
			return 3
		}
		return 0
	},
	pair: func(lead, trail byte) int {
		switch {
		case lead == 0x8e && in(trail, 0xa1, 0xdf):
			return 18 // katakana of half the width
		case !in(trail, 0xa1, 0xfe):
			return 0
		case in(lead, 0xa3, 0xa5):
			return 14
		case in(lead, 0xb0, 0xcf):
			return 15
		case in(lead, 0xa1, 0xf4), in(lead, 0xf9, 0xfc):
			return 18
		}
		return 0
	},
}
