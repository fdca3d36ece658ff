package search

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"satchel/bundle/search/text"
)

// Limits of what a snippet is chosen from.
const (
	maxMarked  = 1 << 20 // bytes of a text
	maxMatches = 4000
)

// A Range is some bytes of a text, from Start on and without End.
type Range struct{ Start, End int }

// A Snippet is the part of a text that shows best why it was found.
type Snippet struct {
	Range
	Marks []Range // what was searched for, in ascending order, within the part; counted from the beginning of the text
	Share float64 // how much of what was searched for is together in it, by how telling it is: 0 to 1
}

// match is a place of a text where a unit of the query is.
type match struct {
	Range
	unit int
}

// Snippet returns the best part of about length bytes of a document's text, with the words of the query
// in it. It begins and ends between runes, and between words where there are gaps near. Without any
// match it is the beginning.
func (r *Result) Snippet(content string, length int) Snippet {
	all := r.matches(content)
	length = max(length, 16)
	i, j := r.best(all, length*3/4)
	s := Snippet{Share: r.share(all[i:j])}
	if i < j {
		span := all[j-1].End - all[i].Start
		s.Start = all[i].Start - max(length-span, 0)/2
	}
	s.Start = max(min(s.Start, len(content)-length), 0)
	s.End = min(s.Start+length, len(content))
	s.Range = s.trim(content, all[i:j])
	for _, m := range all {
		if m.Start >= s.Start && m.End <= s.End {
			s.mark(m.Range)
		}
	}
	return s
}

// mark adds a range to the marks, taken together with the last one if they touch.
func (s *Snippet) mark(m Range) {
	if n := len(s.Marks); n > 0 && m.Start <= s.Marks[n-1].End {
		s.Marks[n-1].End = max(s.Marks[n-1].End, m.End)
		return
	}
	s.Marks = append(s.Marks, m)
}

// trim moves the ends of a range to gaps between words, if there are such near and outside of the
// matches, and else to the next runes.
func (g Range) trim(content string, within []match) Range {
	first, last := g.End, g.Start
	if len(within) > 0 {
		first, last = within[0].Start, within[len(within)-1].End
	}
	if g.Start > 0 {
		for g.Start < len(content) && !utf8.RuneStart(content[g.Start]) {
			g.Start++
		}
		near := content[g.Start:max(g.Start, min(g.Start+40, first))]
		if n := strings.IndexFunc(near, unicode.IsSpace); n >= 0 {
			g.Start += n
		}
	}
	if g.End < len(content) {
		for g.End > g.Start && !utf8.RuneStart(content[g.End]) {
			g.End--
		}
		from := min(max(g.End-40, last, g.Start), g.End)
		if n := strings.LastIndexFunc(content[from:g.End], unicode.IsSpace); n >= 0 {
			g.End = from + n
		}
	}
	for g.Start < g.End && unicode.IsSpace(rune(content[g.Start])) {
		g.Start++
	}
	return g
}

// Marks returns where the words of the query are in a text, such as a title.
func (r *Result) Marks(content string) []Range {
	var s Snippet
	for _, m := range r.matches(content) {
		s.mark(m.Range)
	}
	return s.Marks
}

func (r *Result) matches(content string) (all []match) {
	if len(content) > maxMarked {
		content = content[:maxMarked]
	}
	var s text.Scanner
	s.Reset(content)
	for s.Next() && len(all) < maxMatches {
		t := s.Token()
		u, ok := r.terms[string(t.Term)]
		if !ok || t.Kind == text.Lone && !t.First && r.units[u].kind != text.Lone {
			continue
		}
		m := match{Range{t.Start, t.End}, u}
		if r.units[u].kind == text.Lone && t.Kind == text.Gram {
			_, n := utf8.DecodeRuneInString(content[t.Start:])
			m.End = t.Start + n
		}
		all = append(all, m)
	}
	return all
}

// best returns the matches of the window of at most length bytes that has the most telling
// units, and of those the most matches.
func (r *Result) best(all []match, length int) (from, to int) {
	counts := make([]int, len(r.units))
	most, value := -1.0, 0.0
	j := 0
	for i := range all {
		for ; j < len(all) && (j <= i || all[j].End-all[i].Start <= length); j++ {
			if counts[all[j].unit]++; counts[all[j].unit] == 1 {
				value += r.units[all[j].unit].worth
			}
		}
		if v := value + 0.01*float64(min(j-i, 20)); v > most+1e-9 {
			most, from, to = v, i, j
		}
		if counts[all[i].unit]--; counts[all[i].unit] == 0 {
			value -= r.units[all[i].unit].worth
		}
	}
	return from, to
}

// share is what the units of some matches are worth beside those of all that are asked for and to be had.
func (r *Result) share(some []match) float64 {
	has := make([]bool, len(r.units))
	for _, m := range some {
		has[m.unit] = true
	}
	worth, all := 0.0, 0.0
	for i := range r.units {
		u := &r.units[i]
		if u.optional || u.df == 0 {
			continue
		}
		if all += u.worth; has[i] {
			worth += u.worth
		}
	}
	if all == 0 {
		return 0
	}
	return worth / all
}

// prepare enters the terms that a result marks.
func (r *Result) prepare(documents uint32) {
	r.terms = map[string]int{}
	for i := range r.units {
		u := &r.units[i]
		u.worth = math.Log(1 + float64(documents)/float64(u.df+1))
		for _, a := range u.alternatives {
			if _, ok := r.terms[a.term]; !ok {
				r.terms[a.term] = i
			}
		}
	}
}

// Suggest returns up to n ways to go on with the last word of what a reader has typed, those of most documents
// first. They are folded: without accents and capitals. Damage leaves some out.
func (x *Index) Suggest(typed string, n int) []string {
	start := strings.LastIndexFunc(typed, unicode.IsSpace) + 1
	if n <= 0 || len(typed) > maxQuery || typed[start:] == "" {
		return nil
	}
	var s text.Scanner
	last, at := "", 0
	for s.Reset(typed[start:]); s.Next(); {
		if t := s.Token(); t.Kind == text.Word {
			last, at = string(t.Term), start+t.Start
		}
	}
	if last == "" {
		return nil
	}
	var u unit
	ask := &inquiry{x: x}
	ask.prefixed(&u, last, 1)
	slices.SortStableFunc(u.alternatives, func(a, b alternative) int { return cmp.Compare(b.df, a.df) })
	var list []string
	for _, a := range u.alternatives[:min(n, len(u.alternatives))] {
		list = append(list, typed[:at]+a.term)
	}
	return list
}
