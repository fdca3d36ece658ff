package guess

import (
	"strings"
	"unicode/utf8"
)

// A plain is a language by its letters alone. It does for Thai, which has no spaces and marks in nearly
// every syllable.
type plain struct {
	costs [128]byte
}

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
		p.costs[i] = byte(cost)
	}
	return p
}

func (p *plain) cost(text []byte) int {
	sum := 0
	for i, b := range text {
		if b < utf8.RuneSelf {
			continue
		}
		sum += int(p.costs[b-utf8.RuneSelf])
		if i > 0 && isLetter(text[i-1]) {
			sum += mixedCost
		}
	}
	return sum
}
