package text

import (
	"strings"
	"sync/atomic"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// class is what a rune does in a text.
type class uint8

const (
	gap    class = iota // ends a word
	letter              // is part of a word
	skip                // leaves no trace: accents, harakat, tatweel, soft hyphens, bidi controls
	seam                // divides a word that may also be written as one or as two (ZWNJ)
	ideo                // Han, Kana, Bopomofo: one unit of a bigram
	hangul              // a syllable of Korean: one unit of a bigram
	base                // begins a grapheme cluster of Thai, Lao, Khmer, Burmese
	mark                // goes on with one
	stack               // goes on with one, and so does the letter that follows
)

// folded is a rune as it is indexed.
type folded struct {
	class class
	text  string
}

// A page has the foldings of 256 runes that follow each other. Pages are made when a text
// first needs them: a reader of Persian never pays for Han.
type page [256]folded

var pages [(unicode.MaxRune + 1) >> 8]atomic.Pointer[page]

// fold returns what becomes of r. It does not allocate once the page of r is there.
func fold(r rune) *folded {
	p := &pages[r>>8]
	known := p.Load()
	if known == nil {
		known = new(page)
		for i := range known {
			known[i] = newFolded(r&^0xff + rune(i))
		}
		p.Store(known) // two makers make the same page
	}
	return &known[r&0xff]
}

// special has the letters that no rule of Unicode folds as people look for them: strokes and
// ligatures that do not decompose, the Arabic letters that Persian and Arabic keyboards
// give different codes, and the breve of й, which makes a letter of its own.
var special = map[rune]string{
	'ß': "ss", 'ẞ': "ss", 'ς': "σ", 'ı': "i", 'ł': "l", 'Ł': "l", 'đ': "d", 'Đ': "d", 'ø': "o", 'Ø': "o",
	'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe", 'þ': "th", 'Þ': "th", 'ð': "d", 'Ð': "d", 'ħ': "h", 'Ħ': "h",
	'й': "й", 'Й': "й",
	'ي': "ی", 'ى': "ی", 'ك': "ک", 'ٱ': "ا", 'ة': "ه", 'ە': "ه", 'ہ': "ه", 'ھ': "ه",
}

func newFolded(r rune) folded {
	composed := norm.NFKC.String(string(r))
	c := classOf([]rune(composed)[0])
	if c == gap && unicode.Is(unicode.So, r) {
		composed = strings.TrimFunc(composed, func(r rune) bool { return classOf(r) == gap }) // ㈱
		for _, first := range composed {
			c = classOf(first)
			break
		}
	}
	switch c {
	case gap, skip, seam:
		return folded{class: c}
	case ideo, hangul, base, mark, stack:
		return folded{c, composed} // ga is not ka with a mark that may be left out
	}
	if s, ok := special[r]; ok {
		return folded{c, s}
	}
	var b strings.Builder
	for _, d := range norm.NFKD.String(composed) {
		if classOf(d) == c {
			b.WriteString(lower(d))
		}
	}
	return folded{c, b.String()}
}

func lower(r rune) string {
	if s, ok := special[r]; ok {
		return s
	}
	if d := digit(r); d >= 0 {
		return string('0' + d)
	}
	return string(unicode.ToLower(r))
}

// digit returns the value of a decimal digit of any script, or -1. In Unicode, ten
// digits always follow each other from 0 to 9.
func digit(r rune) rune {
	if !unicode.IsDigit(r) {
		return -1
	}
	for _, t := range unicode.Nd.R16 {
		if uint16(r) >= t.Lo && uint16(r) <= t.Hi && r <= 0xffff {
			return (r - rune(t.Lo)) % 10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if uint32(r) >= t.Lo && uint32(r) <= t.Hi {
			return (r - rune(t.Lo)) % 10
		}
	}
	return -1
}

// clustered are the scripts that write words without gaps and letters in clusters.
var clustered = []*unicode.RangeTable{unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

func classOf(r rune) class {
	switch {
	case r == 0x200c:
		return seam
	case unicode.Is(accents, r):
		return skip
	case r == 0x30fc || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo):
		if unicode.In(r, unicode.L, unicode.N, unicode.So) {
			return ideo
		}
		return gap
	case unicode.Is(unicode.Hangul, r):
		return hangul
	case unicode.In(r, clustered...):
		return clusterClass(r)
	case unicode.In(r, unicode.L, unicode.N, unicode.M):
		return letter
	}
	return gap
}

// accents are the marks that readers and typists leave out: those of Latin, Greek, Cyrillic,
// Hebrew and Arabic, which tell no words apart. In other scripts marks are vowels.
var accents = &unicode.RangeTable{R16: []unicode.Range16{
	{0x00ad, 0x00ad, 1}, {0x0300, 0x036f, 1}, {0x0483, 0x0489, 1}, {0x0591, 0x05bd, 1}, {0x05bf, 0x05bf, 1},
	{0x05c1, 0x05c2, 1}, {0x05c4, 0x05c5, 1}, {0x05c7, 0x05c7, 1}, {0x0610, 0x061a, 1}, {0x061c, 0x061c, 1},
	{0x0640, 0x0640, 1}, {0x064b, 0x065f, 1}, {0x0670, 0x0670, 1}, {0x06d6, 0x06dc, 1}, {0x06df, 0x06e8, 1},
	{0x06ea, 0x06ed, 1}, {0x1ab0, 0x1aff, 1}, {0x1dc0, 0x1dff, 1}, {0x200b, 0x200b, 1}, {0x200d, 0x200f, 1},
	{0x202a, 0x202e, 1}, {0x2060, 0x206f, 1}, {0x20d0, 0x20ff, 1}, {0x3099, 0x309a, 1}, {0xfe00, 0xfe0f, 1}, {0xfe20, 0xfe2f, 1},
	{0xfeff, 0xfeff, 1}, {0xff9e, 0xff9f, 1},
}, R32: []unicode.Range32{{0xe0001, 0xe007f, 1}, {0xe0100, 0xe01ef, 1}}}

func clusterClass(r rune) class {
	switch {
	case r == 0x17d2 || r == 0x1039:
		return stack
	case unicode.Is(unicode.M, r):
		return mark
	case unicode.IsDigit(r):
		return letter
	case unicode.Is(unicode.L, r):
		return base
	}
	return gap
}
