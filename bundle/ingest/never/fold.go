package never

import (
	"slices"
	"strings"
	"sync/atomic"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// A class says what a character does for the bounds of words.
type class uint8

const (
	classOther   class = iota // a sign: any word ends at it
	classGap                  // a blank, a hyphen or the like
	classDrop                 // what is passed over
	classDigit                // numbers are bounded by what is none
	classUnbound              // a letter of a script in which words have no bounds
	classScript               // a letter of alphabets[0]; the next number is alphabets[1], and so on
)

// A folded character is what it is compared as. Without runes it is a gap or dropped.
type folded struct {
	runes []rune
	class class
}

// Scripts that write without blanks between words, or, as Korean does, put endings on them.
var unbound = []*unicode.RangeTable{
	unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo, unicode.Yi, unicode.Thai, unicode.Lao,
	unicode.Khmer, unicode.Myanmar, unicode.Tibetan, unicode.Tai_Le, unicode.New_Tai_Lue, unicode.Tai_Tham, unicode.Tai_Viet,
	unicode.Javanese, unicode.Balinese,
}

// alphabets are all other scripts, by name.
var alphabets = func() (tables []*unicode.RangeTable) {
	names := make([]string, 0, len(unicode.Scripts))
	for name, table := range unicode.Scripts {
		if name != "Common" && name != "Inherited" && !slices.Contains(unbound, table) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		tables = append(tables, unicode.Scripts[name])
	}
	return tables
}()

// gapSigns are signs, besides blanks and dashes, that names and numbers are written with or without.
const gapSigns = "-./()_'\u2019\u02bc\u00b7\u30fb\uff0e\uff0f\uff08\uff09\uff0d\u2212"

func isGap(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || strings.ContainsRune(gapSigns, r)
}

// isDropped is true for marks that some write and some do not: accents, vowel points of Arabic and
// Hebrew, the stretch of Arabic; and for what nobody sees.
func isDropped(r rune) bool {
	switch {
	case r < 0x80:
		return false
	case r >= 0x0591 && r <= 0x05C7, r >= 0x0610 && r <= 0x061A, r >= 0x064B && r <= 0x065F, r == 0x0670, r == 0x0640:
		return true
	case unicode.Is(unicode.Mn, r):
		return unicode.Is(unicode.Inherited, r) && r != 0x3099 && r != 0x309A // Kana's voice marks tell words apart
	}
	return unicode.Is(unicode.Cf, r)
}

// alike are letters that are written for each other.
var alike = map[rune]rune{
	'\u064A': '\u06CC', '\u0649': '\u06CC', // yeh
	'\u0643': '\u06A9',                     // kaf
	'\u0671': '\u0627',                     // alef
	'\u0629': '\u0647', '\u06D5': '\u0647', // heh
	'\u0131': 'i', // Turkish i without a dot
}

// fold says what a character is compared as.
func fold(r rune) folded {
	if r < 0x80 && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9') {
		return folded{[]rune{r}, classOf(r)}
	}
	f := folded{class: classDrop}
	switch {
	case isGap(r):
		return folded{class: classGap}
	case isDropped(r):
		return f
	}
	text := norm.NFKD.String(cases.Fold().String(norm.NFKD.String(string(r))))
	for _, c := range text {
		switch {
		case isGap(c):
			f.class = classGap
		case !isDropped(c):
			f.runes = append(f.runes, foldOne(c))
		}
	}
	if len(f.runes) > 0 {
		f.class = classOf(r)
	}
	return f
}

func foldOne(c rune) rune {
	if to, ok := alike[c]; ok {
		return to
	}
	if c >= 0x80 && unicode.Is(unicode.Nd, c) {
		return '0' + digitOf(c)
	}
	return c
}

// digitOf is the value of a decimal digit: Unicode has them in tens that begin with 0.
func digitOf(c rune) rune {
	for _, t := range unicode.Nd.R16 {
		if c >= rune(t.Lo) && c <= rune(t.Hi) {
			return (c - rune(t.Lo)) % 10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if c >= rune(t.Lo) && c <= rune(t.Hi) {
			return (c - rune(t.Lo)) % 10
		}
	}
	return 0
}

func classOf(r rune) class {
	switch {
	case unicode.Is(unicode.Nd, r):
		return classDigit
	case unicode.In(r, unbound...):
		return classUnbound
	}
	for i, table := range alphabets {
		if unicode.Is(table, r) {
			return classScript + class(i)
		}
	}
	return classOther
}

// A glyph is what a character is to an automaton: the symbols that stand for it.
type glyph struct {
	symbols [3]uint16
	n       uint8
	class   class
}

// A page is 256 characters. Those with more symbols than a glyph holds have them in long.
type page struct {
	glyphs [256]glyph
	long   map[uint8][]uint16
}

// A table turns characters into glyphs. Its pages are made when a text first needs them.
type table struct {
	symbols map[rune]uint16
	pages   [0x1100]atomic.Pointer[page]
}

// page returns the page of a character. Two searches may make the same one.
func (t *table) page(r rune) *page {
	slot := &t.pages[r>>8]
	p := slot.Load()
	if p == nil {
		p = t.newPage(r &^ 0xFF)
		slot.Store(p)
	}
	return p
}

func (t *table) newPage(first rune) *page {
	p := &page{}
	for i := range p.glyphs {
		f := fold(first + rune(i))
		symbols := make([]uint16, len(f.runes))
		for k, r := range f.runes {
			symbols[k] = t.symbols[r]
		}
		p.glyphs[i] = glyph{n: uint8(len(symbols)), class: f.class}
		if copy(p.glyphs[i].symbols[:], symbols) < len(symbols) {
			if p.long == nil {
				p.long = map[uint8][]uint16{}
			}
			p.long[uint8(i)] = symbols
		}
	}
	return p
}

// glyph returns a character's glyph, and its symbols.
func (t *table) glyph(r rune) (*glyph, []uint16) {
	p := t.page(r)
	g := &p.glyphs[r&0xFF]
	if int(g.n) <= len(g.symbols) {
		return g, g.symbols[:g.n]
	}
	return g, p.long[uint8(r&0xFF)]
}
