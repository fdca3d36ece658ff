package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"satchel/bundle/search/text"
)

// Limits of a query: what is beyond is not looked at.
const (
	maxQuery = 4 << 10 // bytes
	maxUnits = 32      // words and bigrams
)

// A clause is a stretch of a query without a gap, or what stands between quotes.
type clause struct {
	text    string
	phrase  bool
	exclude bool
	open    bool // its last word may go on
}

// quotes open and close phrases: of each pair, either side does.
const quotes = "\"“”„‟«»「」『』〝〞〟＂"

// clauses takes a query apart. It has no syntax errors: what makes no sense is a gap.
func clauses(query string, typing bool) (list []clause) {
	if len(query) > maxQuery {
		query = strings.ToValidUTF8(query[:maxQuery], "")
	}
	exclude := false
	for len(query) > 0 {
		r, size := utf8.DecodeRuneInString(query)
		switch {
		case unicode.IsSpace(r):
			exclude = false
			query = query[size:]
		case (r == '-' || r == '−' || r == '–') && !exclude:
			exclude = true
			query = query[size:]
		case strings.ContainsRune(quotes, r):
			inside := query[size:]
			end := strings.IndexAny(inside, quotes)
			query = ""
			if end >= 0 {
				_, size = utf8.DecodeRuneInString(inside[end:])
				inside, query = inside[:end], inside[end+size:]
			}
			list = append(list, clause{text: inside, phrase: true, exclude: exclude})
			exclude = false
		default:
			end := strings.IndexFunc(query, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(quotes, r) })
			if end < 0 {
				end = len(query)
			}
			c := clause{text: query[:end], exclude: exclude}
			c.open = strings.HasSuffix(c.text, "*") || typing && end == len(query) && !exclude
			list = append(list, c)
			query, exclude = query[end:], false
		}
	}
	return list
}

// A unit is what a document must have, or should: one word or one bigram, in any of its spellings.
type unit struct {
	word      string   // as the reader typed it, folded
	spellings []string // the same for a bigram: other spellings
	kind      text.Kind
	open      bool // terms that begin with word count, too
	exact     bool // other forms do not count
	optional  bool

	alternatives []alternative // what of it the index has
	df           uint64
	fuzzy        bool
	worth        float64 // in a snippet
}

// units takes a clause apart.
func (c clause) units() (list []unit) {
	var s text.Scanner
	var run []unit
	start, end := 0, 0 // of the run
	finish := func() {
		if len(run) > 0 {
			list = append(list, c.run(run, c.text[start:end])...)
			run = nil
		}
	}
	for s.Reset(c.text); s.Next() && len(list) < maxUnits; end = s.Token().End {
		t := s.Token()
		u := unit{word: string(t.Term), kind: t.Kind, exact: c.phrase || c.exclude}
		if t.First {
			finish()
			start = t.Start
		}
		switch {
		case t.Kind == text.Part && t.Start == start: // the parts find what is written as one word, and as two
			list[len(list)-1] = u
		case t.Kind == text.Part || t.Kind == text.Word:
			list = append(list, u)
		case t.Kind == text.Gram || t.First:
			if t.Hangul {
				u.spellings = []string{u.word}
			}
			run = append(run, u)
		}
	}
	finish()
	if n := len(list); n > 0 && c.open {
		list[n-1].open = true
	}
	return list
}

// run finishes the bigrams of a run of a script without gaps.
func (c clause) run(grams []unit, written string) []unit {
	if grams[0].kind == text.Lone {
		grams[0].open = true // every unit of a text begins some term
		if grams[0].spellings != nil {
			grams[0].spellings = text.Spellings(grams[0].word)
		}
		return grams
	}
	if grams[0].spellings != nil {
		c.korean(grams, written)
	} else if !c.phrase {
		japanese(grams)
	}
	return grams
}

// korean adds the spellings of a run of Hangul, and lets its last syllable be a particle.
func (c clause) korean(grams []unit, written string) {
	for _, other := range text.Spellings(fold(written)) {
		var s text.Scanner
		s.Reset(other)
		for i := 0; s.Next() && i < len(grams); i++ {
			if term := string(s.Token().Term); !slices.Contains(grams[i].spellings, term) {
				grams[i].spellings = append(grams[i].spellings, term)
			}
		}
	}
	if n := len(grams); n > 1 && !c.phrase {
		grams[n-1].optional = true
	}
}

// fold returns a run of Hangul as a text has it, composed.
func fold(run string) string {
	var b strings.Builder
	var s text.Scanner
	s.Reset(run)
	for s.Next() {
		r, _ := utf8.DecodeRune(s.Token().Term)
		b.WriteRune(r)
	}
	return b.String()
}

// japanese lets bigrams with Hiragana be endings and particles, where there are others.
func japanese(grams []unit) {
	ending := func(u unit) bool {
		return strings.ContainsFunc(u.word, func(r rune) bool { return unicode.Is(unicode.Hiragana, r) })
	}
	if !slices.ContainsFunc(grams, func(u unit) bool { return !ending(u) }) {
		return
	}
	for i := range grams {
		grams[i].optional = ending(grams[i])
	}
}
