package search

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// A Query is what a reader asks.
type Query struct {
	// Text has words, all of which a document should have; "a phrase"; -what it must not have; and
	// begin* for words that begin so. Of a very long one, the beginning counts. There are no
	// syntax errors.
	Text string
	// Language is the reader's, a BCP 47 tag: words are inflected by its rules, too.
	Language string
	// Typing says that the reader is not done with the last word.
	Typing bool

	// Filter says whether a document may be found, and Prefer whether it comes before others, where there are
	// such functions. Each call of Filter or Prefer has a higher number than the one before, or begins anew.
	Filter, Prefer func(doc uint32) bool
	// Content returns the text of a document, to find phrases in, or its beginning and ErrCut. Without it phrases
	// are words.
	Content func(doc uint32) (string, error) // called by several goroutines

	Offset, Limit int // which of the groups found to return; at most MaxResults in all
}

// MaxResults is how many groups a reader can page through.
const MaxResults = 1000

// A Hit is a group of documents that a query has found.
type Hit struct {
	Doc   uint32   // the best of those that the reader prefers, or else of all
	Group uint32   // its group
	More  []uint32 // others of the group, as far as they were met
	Score float64  // above 0; comparable between indexes of documents of the same kind
}

// A Result is what a query has found.
type Result struct {
	Hits    []Hit
	Found   []uint32 // all documents, ascending, groups not taken together
	Groups  int      // how many groups they are, about, where they are very many
	Total   int      // how many documents there are, groups not taken together
	Relaxed bool     // there are few documents with all words, so the rest have most of them
	Partial bool     // reading all would have taken too long: there may be more
	Damage  error    // the first thing that could not be read, or nil; what it cost is missing

	Corrected string // words that stand for misspelt ones, or empty
	units     []unit
	terms     map[string]int // what is marked: the unit that it counts as
}

// Limits of the work that a query makes.
const (
	maxSpend = 720 << 10 // bytes of postings
	maxFound = 2 << 20   // postings taken in
	pageCost = 16 << 10

	fewResults = 5 // so few, and misspellings and missing words are forgiven
	fewDf      = 5
)

// preferred is how much better a document is in a language that the reader prefers.
const preferred = 2

// found is a document with its score so far.
type found struct {
	doc   uint32
	score float32
	liked bool // it is preferred
}

// An inquiry is one query as it is answered.
type inquiry struct {
	x       *Index
	q       Query
	key     []byte
	spent   int
	widened int // terms that stand for the beginnings of words
	partial bool
	damage  error
	groups  groups
}

// note keeps the first error.
func (s *inquiry) note(err error) {
	if s.damage == nil && err != nil {
		s.damage = fmt.Errorf("%w: %w", ErrDamaged, err)
	}
}

func (s *inquiry) spend(n int) {
	s.spent += n
	s.partial = s.partial || s.spent > maxSpend
}

// ErrCut says that a text goes on: a phrase that is not in its beginning may yet be in it.
var ErrCut = errors.New("the text goes on")

// ErrQuery says that a query asks for nothing: it has no words.
var ErrQuery = errors.New("nothing to search for")

// Search answers a query. It fails with ErrQuery only: what cannot be read of the index is missing in the
// result, which says so. It takes memory for the documents found, at most some 30 MB.
func (x *Index) Search(q Query) (*Result, error) {
	s := &inquiry{x: x, q: q}
	var wanted []unit
	var unwanted [][]unit
	var phrases [][]string
	for _, c := range clauses(q.Text, q.Typing) {
		u := c.units()
		switch {
		case len(u) == 0:
		case !c.exclude:
			wanted = appendNew(wanted, u)
			if c.phrase {
				phrases = appendPhrase(phrases, terms(c.text))
			}
		case len(unwanted) < maxUnits:
			unwanted = append(unwanted, appendNew(nil, u))
		}
	}
	if len(wanted) == 0 {
		return nil, ErrQuery
	}
	for i := range wanted {
		s.expand(&wanted[i])
	}
	hits, relaxed := s.answer(wanted, unwanted)
	r := &Result{Found: numbers(hits), Relaxed: relaxed, units: wanted}
	s.prefer(hits)
	rank(hits, maxRanked)
	r.Hits = s.page(hits, phrases, r)
	r.Total, r.Groups = len(r.Found), s.count(r)
	r.prepare(x.docs)
	r.Partial, r.Damage, r.Corrected = s.partial, s.damage, corrected(wanted)
	return r, nil
}

// appendNew appends those of more that are not in list, as far as there is room.
func appendNew(list, more []unit) []unit {
	for _, u := range more {
		same := func(v unit) bool { return v.word == u.word && v.open == u.open && v.exact == u.exact }
		if len(list) < maxUnits && !slices.ContainsFunc(list, same) {
			list = append(list, u)
		}
	}
	return list
}

// answer returns the documents that the units find, in ascending order. If those with all words are few, those
// with other spellings or with most words are among them.
func (s *inquiry) answer(wanted []unit, unwanted [][]unit) (hits []found, relaxed bool) {
	hits = s.all(wanted)
	hits = s.exclude(hits, unwanted)
	if len(hits) < fewResults {
		changed := false
		for i := range wanted {
			if u := &wanted[i]; u.df <= fewDf && !u.fuzzy {
				before := len(u.alternatives)
				s.near(u)
				changed = changed || len(u.alternatives) > before
			}
		}
		if changed {
			hits = s.exclude(s.all(wanted), unwanted)
		}
	}
	if required := count(wanted); len(hits) < fewResults && required > 1 {
		least := float32(0.6)
		if len(hits) == 0 {
			least = 0.5
		}
		if most := s.exclude(s.most(wanted, required, least), unwanted); len(most) > len(hits) {
			hits, relaxed = most, true
		}
	}
	return hits, relaxed
}

func numbers(hits []found) []uint32 {
	list := make([]uint32, len(hits))
	for i, h := range hits {
		list[i] = h.doc
	}
	return list
}

// better orders hits.
func better(a, b found) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.doc, b.doc))
}

// rank brings the best n of the hits to the front, in order: sorting a million would take longer than
// finding them.
func rank(hits []found, n int) {
	some := hits
	for len(some) > 2*n && n > 0 {
		// Partition (C. A. R. Hoare's FIND, 1961) by the median of three.
		three := []found{some[0], some[len(some)/2], some[len(some)-1]}
		slices.SortFunc(three, better)
		i := 0
		for j, h := range some {
			if better(h, three[1]) <= 0 {
				some[i], some[j] = some[j], some[i]
				i++
			}
		}
		if i >= n {
			some = some[:min(i, len(some)-1)]
			continue
		}
		slices.SortFunc(some[:i], better)
		some, n = some[i:], n-i
	}
	slices.SortFunc(some, better)
}

// count returns how many units are not optional.
func count(units []unit) (n int) {
	for _, u := range units {
		if !u.optional {
			n++
		}
	}
	return n
}

// all returns the documents that have all units that are not optional, in ascending order.
func (s *inquiry) all(units []unit) []found {
	order := byFrequency(units)
	hits := s.collect(order[0])
	for _, u := range order[1:] {
		if len(hits) == 0 {
			break
		}
		scores := s.match(u, hits)
		kept := hits[:0]
		for i, h := range hits {
			if h.score += scores[i]; scores[i] > 0 || u.optional {
				kept = append(kept, h)
			}
		}
		hits = kept
	}
	return s.restrict(hits)
}

// byFrequency returns the units that are not optional before the others, and rare ones before common ones.
func byFrequency(units []unit) []*unit {
	order := make([]*unit, len(units))
	for i := range units {
		order[i] = &units[i]
	}
	slices.SortStableFunc(order, func(a, b *unit) int {
		switch {
		case a.optional == b.optional:
			return cmp.Compare(a.df, b.df)
		case a.optional:
			return 1
		}
		return -1
	})
	return order
}

// most returns the documents that have at least this share of the required units. One that lacks some counts less.
func (s *inquiry) most(units []unit, required int, least float32) []found {
	need := int(math.Ceil(float64(least) * float64(required)))
	order := byFrequency(units)[:required]
	var hits []found
	for _, u := range order[:required-need+1] { // who lacks all of these lacks too many
		hits = append(hits, s.collect(u)...)
		if s.partial = s.partial || len(hits) > maxFound/4; s.partial {
			break
		}
	}
	slices.SortFunc(hits, func(a, b found) int { return cmp.Compare(a.doc, b.doc) })
	hits = slices.CompactFunc(hits, func(a, b found) bool { return a.doc == b.doc })
	has := make([]int, len(hits))
	for i := range hits {
		hits[i].score = 0
	}
	for _, u := range order {
		for i, score := range s.match(u, hits) {
			if hits[i].score += score; score > 0 {
				has[i]++
			}
		}
	}
	kept := hits[:0]
	for i, h := range hits {
		if share := float32(has[i]) / float32(required); has[i] >= need {
			kept = append(kept, found{doc: h.doc, score: h.score * share * share})
		}
	}
	return s.restrict(kept)
}

// weight is what a posting of a unit is worth, before its impact: the inverse document frequency.
func (s *inquiry) weight(u *unit) float32 {
	n, df := float64(s.x.docs), math.Min(float64(u.df), float64(s.x.docs))
	return float32(math.Log(1+(n-df+0.5)/(df+0.5))) * impactStep
}

// collect returns all documents that have a unit, in ascending order.
func (s *inquiry) collect(u *unit) []found {
	hits := make([]found, 0, min(u.df, uint64(s.x.docs), maxFound))
	w := s.weight(u)
	for i := range u.alternatives {
		a := &u.alternatives[i]
		hits = s.collectOne(hits, a, w*a.weight)
	}
	if len(u.alternatives) < 2 {
		return hits
	}
	slices.SortFunc(hits, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.doc, b.doc), cmp.Compare(b.score, a.score))
	})
	return slices.CompactFunc(hits, func(a, b found) bool { return a.doc == b.doc })
}

// collectOne appends the documents of one term.
func (s *inquiry) collectOne(hits []found, a *alternative, worth float32) []found {
	for from := uint64(0); from < 1<<32; {
		c, ok := s.chunk(a, uint32(from))
		if !ok {
			if from == 0 && !s.partial {
				s.note(fmt.Errorf("%w: a term without its list", errIndex))
			}
			return hits
		}
		begin := uint32(from)
		from = uint64(c.last) + 1
		for {
			p, ok, err := c.read()
			if s.note(err); !ok {
				break
			}
			if p.doc < begin {
				s.note(fmt.Errorf("%w: a list that goes back", errIndex))
				return hits
			}
			if len(hits) == maxFound {
				s.partial = true
				return hits
			}
			hits = append(hits, found{doc: p.doc, score: worth * float32(p.impact)})
		}
	}
	return hits
}

// match returns for each of the hits, which ascend, what a unit is worth in it.
func (s *inquiry) match(u *unit, hits []found) []float32 {
	scores := make([]float32, len(hits))
	w := s.weight(u)
	for i := range u.alternatives {
		s.matchOne(&u.alternatives[i], w, hits, scores)
	}
	return scores
}

func (s *inquiry) matchOne(a *alternative, w float32, hits []found, scores []float32) {
	for i := 0; i < len(hits); {
		c, ok := s.chunk(a, hits[i].doc)
		if !ok {
			return
		}
		p, ok, err := c.read()
		for i < len(hits) && hits[i].doc <= c.last {
			for ok && p.doc < hits[i].doc {
				p, ok, err = c.read()
			}
			if s.note(err); ok && p.doc == hits[i].doc {
				scores[i] = max(scores[i], w*a.weight*float32(p.impact))
			}
			i++
		}
	}
}

// restrict keeps the documents that the filter lets through.
func (s *inquiry) restrict(hits []found) []found {
	if s.q.Filter != nil {
		hits = slices.DeleteFunc(hits, func(h found) bool { return !s.q.Filter(h.doc) })
	}
	return hits
}

// prefer raises the documents that the reader prefers.
func (s *inquiry) prefer(hits []found) {
	if s.q.Prefer == nil {
		return
	}
	for i := range hits {
		if s.q.Prefer(hits[i].doc) {
			hits[i].score *= preferred
			hits[i].liked = true
		}
	}
}

// exclude drops the documents that have all units of one of the clauses.
func (s *inquiry) exclude(hits []found, clauses [][]unit) []found {
	for _, c := range clauses {
		if len(hits) == 0 {
			break
		}
		has := make([]int, len(hits))
		for i := range c {
			u := &c[i]
			if u.alternatives == nil {
				s.expand(u)
			}
			for j, score := range s.match(u, hits) {
				if score > 0 {
					has[j]++
				}
			}
		}
		kept := hits[:0]
		for i, h := range hits {
			if has[i] < len(c) {
				kept = append(kept, h)
			}
		}
		hits = kept
	}
	return hits
}
