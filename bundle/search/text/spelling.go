package text

import "slices"

// MaxSpellings bounds what Spellings returns.
const MaxSpellings = 6

// Spellings returns word, a run of Hangul in composed form, and after it how else the north and the south
// of Korea write it, as far as rules tell: 역사 and 력사, 여성 and 녀성, 노동 and 로동, 날짜 and 날자, 되어 and
// 되여. Some of what it returns is no word at all, and then it is in no index.
func Spellings(word string) []string {
	syllables := []rune(word)
	all := []string{word}
	add := func(s []rune) {
		if w := string(s); len(all) < MaxSpellings && !slices.Contains(all, w) {
			all = append(all, w)
		}
	}
	var changed []rune
	for i := 1; i < min(len(syllables), 12); i++ {
		if s := inner(syllables[i-1], syllables[i]); s != syllables[i] {
			if changed == nil {
				changed = slices.Clone(syllables)
			}
			changed[i] = s
			one := slices.Clone(syllables)
			one[i] = s
			add(one)
		}
	}
	if len(syllables) == 0 {
		return all
	}
	for _, s := range initials(syllables[0]) {
		one := slices.Clone(syllables)
		one[0] = s
		add(one)
		if changed != nil {
			changed[0] = s
			add(changed)
		}
	}
	return all
}

// A syllable is made of a leading consonant, a vowel and perhaps a final consonant, and its code
// is computed from their numbers: see The Unicode Standard, 3.12.
const (
	firstSyllable = 0xac00
	lastSyllable  = 0xd7a3
	vowels        = 21
	finals        = 28
)

// Leading consonants and vowels by their numbers, as far as rules name them.
const (
	leadN, leadR, leadNone     = 2, 5, 11
	vowelEO, vowelYEO          = 4, 6
	vowelA, vowelAE, vowelE    = 0, 1, 5
	vowelOE, vowelWI, vowelUI  = 11, 16, 19
	vowelI, vowelO, vowelU     = 20, 8, 13
	vowelEU, vowelYA, vowelYE  = 18, 2, 7
	vowelYO, vowelYU, vowelNil = 12, 17, -1
)

func split(r rune) (lead, vowel, final int) {
	if r < firstSyllable || r > lastSyllable {
		return -1, vowelNil, 0
	}
	n := int(r - firstSyllable)
	return n / (vowels * finals), n / finals % vowels, n % finals
}

func join(lead, vowel, final int) rune {
	return rune(firstSyllable + (lead*vowels+vowel)*finals + final)
}

// initials returns how else the first syllable of a word may be written. The south drops r and n
// before i and y, and turns r into n before other vowels.
func initials(r rune) []rune {
	lead, vowel, final := split(r)
	soft := slices.Contains([]int{vowelYA, vowelYEO, vowelYE, vowelYO, vowelYU, vowelI}, vowel)
	switch {
	case lead == leadNone && soft:
		return []rune{join(leadR, vowel, final), join(leadN, vowel, final)}
	case (lead == leadR || lead == leadN) && soft:
		return []rune{join(leadNone, vowel, final)}
	case lead == leadR:
		return []rune{join(leadN, vowel, final)}
	case lead == leadN && slices.Contains([]int{vowelA, vowelAE, vowelO, vowelOE, vowelU, vowelEU}, vowel):
		return []rune{join(leadR, vowel, final)}
	}
	return nil
}

// inner returns how else a syllable may be written that follows another: eo as yeo after some vowels, and
// a consonant tense or plain behind a final one.
func inner(before, r rune) rune {
	_, previous, closed := split(before)
	lead, vowel, final := split(r)
	if lead == leadNone && closed == 0 &&
		slices.Contains([]int{vowelAE, vowelE, vowelOE, vowelWI, vowelUI, vowelI}, previous) {
		switch vowel {
		case vowelEO:
			return join(lead, vowelYEO, final)
		case vowelYEO:
			return join(lead, vowelEO, final)
		}
	}
	if closed != 0 {
		switch lead {
		case 0, 3, 7, 9, 12: // g d b s j
			return join(lead+1, vowel, final)
		case 1, 4, 8, 10, 13:
			return join(lead-1, vowel, final)
		}
	}
	return r
}
