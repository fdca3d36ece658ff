package search

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"satchel/bundle/search/text"
)

// Limits of what is read for a page of results.
const (
	maxRanked = 5000 // documents looked at to fill it
	maxChecks = 100  // documents read to find phrases in them
)

// page takes the documents together to groups, and returns those of the page that was asked for.
func (s *inquiry) page(hits []found, phrases []clause, r *Result) []Hit {
	if s.q.Content == nil {
		phrases = nil
	}
	first := min(max(s.q.Offset, 0), MaxResults)
	end := min(first+max(s.q.Limit, 0), MaxResults)
	var groups []Hit
	var liked []bool
	known := map[uint32]int{}
	checks := 0
	for i, h := range hits {
		if i == maxRanked || len(groups) == end || checks == maxChecks {
			s.partial = s.partial || len(groups) < end
			break
		}
		if len(phrases) > 0 {
			if checks++; !s.hasPhrases(h.doc, phrases) {
				r.Total--
				continue
			}
		}
		group := s.group(h.doc)
		if n, ok := known[group]; ok {
			more := h.doc
			if h.liked && !liked[n] {
				more, groups[n].Doc, liked[n] = groups[n].Doc, h.doc, true
			}
			groups[n].More = append(groups[n].More, more)
			continue
		}
		known[group] = len(groups)
		groups = append(groups, Hit{Doc: h.doc, Group: group, Score: float64(h.score)})
		liked = append(liked, h.liked)
	}
	return groups[min(first, len(groups)):]
}

// group returns the group of a document: its own number where it has none, or it cannot be read.
func (s *inquiry) group(doc uint32) uint32 {
	if s.groups.first <= doc && doc <= s.groups.last && s.groups.of != nil {
		if g, ok := s.groups.of[doc]; ok {
			return g
		}
		return doc
	}
	for e, err := range s.x.t.From(groupsKey(doc)) {
		if err == nil {
			if len(e.Key) != 5 || e.Key[0] != keyGroups {
				return doc
			}
			err = s.groups.parse(e.Value, doc, binary.BigEndian.Uint32(e.Key[1:]))
		}
		s.note(err)
		break
	}
	if g, ok := s.groups.of[doc]; ok {
		return g
	}
	return doc
}

// groups is the chunk of groups that was read last.
type groups struct {
	of          map[uint32]uint32
	first, last uint32
}

// parse reads a chunk; doc is what it was looked up for.
func (g *groups) parse(chunk []byte, doc, last uint32) error {
	g.of, g.first, g.last = make(map[uint32]uint32, groupsPerChunk), doc, last
	next := uint64(0)
	for n := 0; len(chunk) > 0; n++ {
		gap, a := uvarint(chunk)
		if a <= 0 || gap > 1<<32 {
			return fmt.Errorf("%w: bad groups", errIndex)
		}
		zigzag, b := uvarint(chunk[a:])
		distance := int64(zigzag>>1) ^ -int64(zigzag&1)
		this := next + gap
		group := int64(this) + distance
		if b <= 0 || this > uint64(last) || group < 0 || group > 1<<32-1 {
			return fmt.Errorf("%w: bad groups", errIndex)
		}
		g.of[uint32(this)] = uint32(group)
		if n == 0 {
			g.first = uint32(this)
		}
		next, chunk = this+1, chunk[a+b:]
	}
	return nil
}

// hasPhrases says whether all phrases are in a document. One that cannot be read has none.
func (s *inquiry) hasPhrases(doc uint32, phrases []clause) bool {
	content, err := s.q.Content(doc)
	if err != nil {
		s.note(err)
		return false
	}
	return !slices.ContainsFunc(phrases, func(c clause) bool { return !contains(content, c.text) })
}

// contains says whether the terms of phrase follow each other in content.
func contains(content, phrase string) bool {
	want := terms(phrase)
	if len(want) <= 1 { // the index has said so
		return true
	}
	// failure is the table of Knuth, Morris and Pratt (1977): how much of the phrase is still there when
	// the next term is not the one wanted.
	failure := make([]int, len(want))
	for i, n := 1, 0; i < len(want); i++ {
		for n > 0 && want[i] != want[n] {
			n = failure[n-1]
		}
		if want[i] == want[n] {
			n++
		}
		failure[i] = n
	}
	var s text.Scanner
	s.Reset(content)
	for n := 0; s.Next(); {
		t := s.Token()
		if skipped(t) {
			continue
		}
		for n > 0 && string(t.Term) != want[n] {
			n = failure[n-1]
		}
		if string(t.Term) == want[n] {
			if n++; n == len(want) {
				return true
			}
		}
	}
	return false
}

// skipped says that a token is none of a phrase: it stands for what others stand for, too.
func skipped(t *text.Token) bool {
	return t.Kind == text.Part || t.Kind == text.Lone && !t.First
}

func terms(phrase string) (list []string) {
	var s text.Scanner
	s.Reset(phrase)
	for s.Next() {
		if t := s.Token(); !skipped(t) {
			list = append(list, string(t.Term))
		}
	}
	return list
}

// corrected returns what was searched for instead of misspelt words, or nothing.
func corrected(units []unit) string {
	var words []string
	changed := false
	for i := range units {
		u := &units[i]
		word := u.word
		if u.fuzzy && u.df > 0 && !slices.ContainsFunc(u.alternatives, func(a alternative) bool { return a.weight > weightNear }) {
			best := slices.MaxFunc(u.alternatives, func(a, b alternative) int {
				if a.weight != b.weight {
					return int(a.weight*100) - int(b.weight*100)
				}
				return int(min(a.df, 1<<30)) - int(min(b.df, 1<<30))
			})
			word, changed = best.term, true
		}
		words = append(words, word)
	}
	if !changed {
		return ""
	}
	return strings.Join(words, " ")
}
