package guess

import (
	"strings"
	"unicode/utf8"
)

// A plain is a language by its letters alone, and by where its vowels and marks stand. It is made for
// Thai, which has no spaces, and marks in nearly every syllable.
type plain struct {
	costs [128]byte
	parts [128]part
}

// A part is what a letter is in a syllable of Thai.
type part byte

const (
	other     part = iota
	consonant      // ก to ฮ
	leading        // vowels before the consonant that they are spoken after: เ แ โ ใ ไ
	following      // vowels behind it: ะ า ำ
	vowelMark      // vowels above and below it
	toneMark       // tones and other marks, above these
)

// placedGain is what a vowel or mark saves in its place, and strayCost what it costs elsewhere.
const placedGain, strayCost = 1, 9

// newPlain reads a table as newWide does.
func newPlain(page *[128]rune, first int, table string) *plain {
	p := &plain{}
	costs := make(map[rune]int)
	for i, group := range strings.Split(table, "|") {
		for _, r := range group {
			costs[r] = first + i
		}
	}
	for i, r := range page {
		cost, ok := costs[r]
		if !ok {
			cost = signCost(r)
		}
		p.costs[i], p.parts[i] = byte(cost), partOf(r)
	}
	return p
}

func partOf(r rune) part {
	switch {
	case 'ก' <= r && r <= 'ฮ':
		return consonant
	case 'เ' <= r && r <= 'ไ':
		return leading
	case r == 'ะ', r == 'า', r == 'ำ':
		return following
	case r == 0x0e31, 0x0e34 <= r && r <= 0x0e3a:
		return vowelMark
	case 0x0e47 <= r && r <= 0x0e4e:
		return toneMark
	}
	return other
}

func (p *plain) cost(text []byte) int {
	sum := 0
	last := other
	for i, b := range text {
		if b < utf8.RuneSelf {
			last = other
			continue
		}
		here := p.parts[b-utf8.RuneSelf]
		sum += int(p.costs[b-utf8.RuneSelf]) + placeCost(last, here)
		if i > 0 && isLetter(text[i-1]) {
			sum += mixedCost
		}
		last = here
	}
	return sum
}

// placeCost is what a part costs or saves behind another.
func placeCost(last, here part) int {
	placed := true
	switch {
	case last == leading:
		placed = here == consonant
	case here == following:
		placed = last == consonant || last == toneMark
	case here == vowelMark:
		placed = last == consonant
	case here == toneMark:
		placed = last == consonant || last == vowelMark
	default:
		return 0
	}
	if placed {
		return -placedGain
	}
	return strayCost
}
