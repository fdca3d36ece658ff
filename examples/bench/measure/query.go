package main

import (
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"
)

// queries returns n queries for what is in pages, always the same: single words, two words, beginnings of words,
// and phrases, in turns, out of titles and texts.
func queries(pages []page, n int) (list []string) {
	r := rand.New(rand.NewPCG(7, 14))
	// a corpus of a few odd pages may not have so many
	for range 1000 * n {
		if len(list) == n || len(pages) == 0 {
			break
		}
		p := pages[r.IntN(len(pages))]
		from := p.title
		if r.IntN(2) == 0 {
			from = p.text
		}
		words := strings.FieldsFunc(from, func(r rune) bool { return !unicode.IsLetter(r) })
		if len(words) < 2 {
			continue
		}
		at := r.IntN(len(words) - 1)
		if q := query(len(list)%4, words[at], words[at+1]); q != "" {
			list = append(list, q)
		}
	}
	return list
}

// query makes a query of two words that stand together, or none when they are too short for it.
func query(sort int, first, second string) string {
	const short, half = 3, 6
	if utf8.RuneCountInString(first) < short || utf8.RuneCountInString(second) < short {
		return ""
	}
	switch sort {
	case 0:
		return first
	case 1:
		return first + " " + second
	case 2:
		runes := []rune(first)
		if len(runes) < half {
			return ""
		}
		return string(runes[:len(runes)/2+1]) + "*"
	}
	return `"` + first + " " + second + `"`
}
