package search

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"satchel/bundle/search/text"
)

// How much a document counts that has another form of a word than the one asked for.
const (
	weightForm   = 0.6
	weightPrefix = 0.5
	weightNear   = 0.5 // for one edit; half of it for two
)

// Limits of what one word becomes.
const (
	maxPrefixed = 512       // terms that begin with what was typed
	fewPrefixed = 16        // the same, when a query has many beginnings
	maxWidened  = 1024      // terms of all beginnings together, before there are few of each
	maxScanned  = 320 << 10 // bytes of the dictionary looked at to find those that are near
	maxNear     = 6         // terms that are near
)

// An alternative is a term of the index that counts as what the reader typed.
type alternative struct {
	term   string
	weight float32
	df     uint64
	inline []byte // its postings, or nil when they lie in chunks
}

// expand finds the alternatives of a unit. What cannot be read is missing, and noted.
func (s *inquiry) expand(u *unit) {
	s.lookup(u, u.word, 1)
	for _, w := range u.spellings {
		if w != u.word {
			s.lookup(u, w, 1)
		}
	}
	if u.kind == text.Lone {
		for _, w := range append([]string{u.word}, u.spellings...) {
			s.prefixed(u, w, 1)
		}
		return
	}
	if !u.exact && (u.kind == text.Word || u.kind == text.Part) {
		for _, w := range text.Inflections(u.word, s.q.Language) {
			s.lookup(u, w, weightForm)
		}
	}
	if u.open || u.df == 0 && !u.exact && utf8.RuneCountInString(u.word) >= minNear {
		s.prefixed(u, u.word, weightPrefix)
	}
	if u.df == 0 {
		s.near(u)
	}
}

// add enters an alternative, unless the term is one already.
func (u *unit) add(a alternative) {
	if slices.ContainsFunc(u.alternatives, func(b alternative) bool { return b.term == a.term }) {
		return
	}
	u.alternatives = append(u.alternatives, a)
	u.df += a.df
}

func (s *inquiry) lookup(u *unit, term string, weight float32) {
	s.key = append(append(s.key[:0], keyTerm), term...)
	value, ok, err := s.x.t.Get(s.key)
	if err == nil && ok {
		var a alternative
		if a, err = parseTerm(term, value, weight); err == nil {
			u.add(a)
		}
	}
	s.note(err)
}

func parseTerm(term string, value []byte, weight float32) (alternative, error) {
	df, n := uvarint(value)
	if n <= 0 || df == 0 || df > 1<<32 || len(value) > n+inlineBytes {
		return alternative{}, fmt.Errorf("%w: bad term", errIndex)
	}
	a := alternative{term: term, weight: weight, df: df}
	if n < len(value) {
		a.inline = value[n:]
	}
	return a, nil
}

// terms yields the terms that begin with prefix, up to about limit bytes of the dictionary.
func (s *inquiry) terms(prefix string, limit int, yield func(term, value []byte)) {
	for e, err := range s.x.t.Prefix(termKey(prefix)) {
		if s.note(err); limit <= 0 {
			return
		}
		if limit -= len(e.Key) + len(e.Value); err != nil {
			limit -= pageCost
			continue
		}
		yield(e.Key[1:], e.Value)
	}
}

// prefixed adds the terms that begin with prefix, and of very many those that most documents have.
func (s *inquiry) prefixed(u *unit, prefix string, weight float32) {
	if prefix == "" {
		return
	}
	var found []alternative
	s.terms(prefix, maxScanned/2, func(term, value []byte) {
		a, err := parseTerm(string(term), value, weight)
		if s.note(err); err == nil {
			found = append(found, a)
		}
	})
	slices.SortStableFunc(found, func(a, b alternative) int { return cmp.Compare(b.df, a.df) })
	limit := maxPrefixed
	if s.widened >= maxWidened {
		limit = fewPrefixed
	}
	found = found[:min(len(found), limit)]
	s.widened += len(found)
	slices.SortStableFunc(found, func(a, b alternative) int { return cmp.Compare(a.term, b.term) })
	for _, a := range found {
		u.add(a)
	}
}

// minNear is how many letters a word has at least that may be misspelt.
const minNear = 4

// near adds the terms that are a slip away from the word: one edit for words of up to seven letters, two
// for longer ones. They begin with the same letter, or the slip is in the first two.
func (s *inquiry) near(u *unit) {
	word := []rune(u.word)
	if u.fuzzy || u.exact || u.kind != text.Word && u.kind != text.Part || len(word) < minNear ||
		strings.ContainsAny(u.word, "0123456789") { // a year is not another one misspelt
		return
	}
	u.fuzzy = true
	edits := 1
	if len(word) > 7 {
		edits = 2
	}
	found := s.within(edits, word, string(word[:1]), maxScanned)
	found = append(found, s.within(edits, word, string([]rune{word[1], word[0]}), maxScanned/8)...)
	found = append(found, s.within(edits, word, string(word[1:3]), maxScanned/8)...)
	slices.SortStableFunc(found, func(a, b alternative) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(b.df, a.df), cmp.Compare(a.term, b.term))
	})
	for _, a := range found[:min(len(found), maxNear)] {
		u.add(a)
	}
}

// within returns the terms that begin with prefix and are at most some edits away from a word.
func (s *inquiry) within(edits int, word []rune, prefix string, limit int) (list []alternative) {
	var d distance
	s.terms(prefix, limit, func(term, value []byte) {
		n := d.measure(word, term, edits)
		if n == 0 || n > edits {
			return
		}
		a, err := parseTerm(string(term), value, weightNear/float32(n))
		if s.note(err); err == nil {
			list = append(list, a)
		}
	})
	return list
}

// distance measures how many edits are between two words: letters more, less, other, or two exchanged
// (optimal string alignment; F. J. Damerau, 1964).
type distance struct {
	word []rune
	rows [3][]int
}

// measure returns the number of edits between a and the word b, or more than limit when that is it.
func (d *distance) measure(a []rune, b []byte, limit int) int {
	d.word = d.word[:0]
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if d.word, b = append(d.word, r), b[n:]; len(d.word) > len(a)+limit {
			return limit + 1
		}
	}
	if len(d.word)+limit < len(a) {
		return limit + 1
	}
	for i := range d.rows {
		d.rows[i] = slices.Grow(d.rows[i][:0], len(d.word)+1)[:len(d.word)+1]
	}
	older, old, row := d.rows[0], d.rows[1], d.rows[2]
	for j := range old {
		old[j] = j
	}
	for i, r := range a {
		row[0] = i + 1
		least := row[0]
		for j, w := range d.word {
			cost := 1
			if r == w {
				cost = 0
			}
			row[j+1] = min(old[j+1]+1, row[j]+1, old[j]+cost)
			if i > 0 && j > 0 && r == d.word[j-1] && a[i-1] == w {
				row[j+1] = min(row[j+1], older[j-1]+1)
			}
			least = min(least, row[j+1])
		}
		if least > limit {
			return limit + 1
		}
		older, old, row = old, row, older
	}
	return old[len(d.word)]
}

// A chunk is a part of the postings of a term.
type chunk struct {
	postings
	last uint32 // its last document; 1<<32 - 1 when it is the only chunk
}

// chunk returns the chunk of a that has its first document not below from.
func (s *inquiry) chunk(a *alternative, from uint32) (c chunk, ok bool) {
	if a.inline != nil {
		if s.spend(len(a.inline)); s.partial {
			return c, false
		}
		p, err := newPostings(a.inline, 0)
		s.note(err)
		return chunk{p, 1<<32 - 1}, err == nil
	}
	prefix := listKey(a.term, 0)
	prefix = prefix[:len(prefix)-4]
	for e, err := range s.x.t.From(listKey(a.term, from)) {
		if s.spend(len(e.Value) + 256); s.partial {
			return c, false
		}
		if err != nil {
			s.note(err)
			s.spend(pageCost)
			continue // the list may go on behind what is damaged
		}
		if !bytes.HasPrefix(e.Key, prefix) || len(e.Key) != len(prefix)+4 {
			return c, false
		}
		base, n := uvarint(e.Value)
		last := binary.BigEndian.Uint32(e.Key[len(prefix):])
		if n <= 0 || base > uint64(last) {
			s.note(fmt.Errorf("%w: bad list", errIndex))
			return c, false
		}
		p, err := newPostings(e.Value[n:], uint32(base))
		p.end = last
		s.note(err)
		return chunk{p, last}, err == nil
	}
	return c, false
}
