package search

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"satchel/bundle/search/text"
)

// Limits of what is read for a page of results.
const (
	maxRanked = 5000 // documents looked at to fill it
	maxChecks = 100  // documents read to find phrases in them
)

// page takes the documents together to groups, and returns those of the page that was asked for.
func (s *inquiry) page(hits []found, phrases [][]string, r *Result) []Hit {
	if s.q.Content == nil {
		phrases = nil
	}
	first := min(max(s.q.Offset, 0), MaxResults)
	end := min(first+max(s.q.Limit, 0), MaxResults)
	var groups []Hit
	var liked []bool
	known := map[uint32]int{}
	var checked []check
	ahead := 2 * runtime.GOMAXPROCS(0)
	checks := 0
	for i, h := range hits {
		if i == maxRanked || len(groups) == end || checks == maxChecks {
			s.partial = s.partial || len(groups) < end
			break
		}
		if len(phrases) > 0 {
			if checks == len(checked) {
				checked = append(checked, s.check(hits[i:min(i+min(ahead, end-len(groups)), len(hits))], phrases)...)
			}
			if checks++; !s.hasPhrases(&checked[checks-1]) {
				if at, ok := slices.BinarySearch(r.Found, h.doc); ok {
					r.Found = slices.Delete(r.Found, at, at+1)
				}
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

// maxChunks is how many chunks of groups are read to count them.
const maxChunks = 8

// count returns how many groups there are of the documents found, which ascend as the chunks of groups do. Where there
// are very many it takes the rest to be like the beginning.
func (s *inquiry) count(r *Result) int {
	known, chunks := map[uint32]bool{}, 0
	for i, doc := range r.Found {
		if doc < s.groups.first || doc > s.groups.last || !s.groups.loaded {
			if chunks++; chunks > maxChunks {
				return int(int64(len(known)) * int64(len(r.Found)) / int64(i))
			}
		}
		known[s.group(doc)] = true
	}
	return len(known)
}

// group returns the group of a document: its own number where it has none, or it cannot be read.
func (s *inquiry) group(doc uint32) uint32 {
	g := &s.groups
	if doc < g.first || doc > g.last || !g.loaded {
		if !s.loadGroups(doc) {
			return doc
		}
	}
	i, ok := slices.BinarySearchFunc(g.of, doc, func(p pair, doc uint32) int { return cmp.Compare(p.doc, doc) })
	if !ok {
		return doc
	}
	return g.of[i].group
}

// loadGroups reads the chunk that a document is in, if it is in any.
func (s *inquiry) loadGroups(doc uint32) bool {
	for e, err := range s.x.t.From(groupsKey(doc)) {
		if err == nil {
			if len(e.Key) != 5 || e.Key[0] != keyGroups {
				return false
			}
			err = s.groups.parse(e.Value, doc, binary.BigEndian.Uint32(e.Key[1:]))
		}
		s.note(err)
		return err == nil
	}
	return false
}

// groups is the chunk of groups that was read last.
type groups struct {
	of          []pair // ascending
	first, last uint32 // of the documents that are in this chunk or in none
	loaded      bool
}

type pair struct{ doc, group uint32 }

// parse reads a chunk; doc is what it was looked up for.
func (g *groups) parse(chunk []byte, doc, last uint32) error {
	g.of, g.first, g.last, g.loaded = g.of[:0], doc, last, true
	next := uint64(0)
	for len(chunk) > 0 {
		gap, a := uvarint(chunk)
		if a <= 0 || gap > 1<<32 || len(g.of) == groupsPerChunk {
			return fmt.Errorf("%w: bad groups", errIndex)
		}
		zigzag, b := uvarint(chunk[a:])
		distance := int64(zigzag>>1) ^ -int64(zigzag&1)
		this := next + gap
		group := int64(this) + distance
		if b <= 0 || this > uint64(last) || group < 0 || group > 1<<32-1 {
			return fmt.Errorf("%w: bad groups", errIndex)
		}
		g.of = append(g.of, pair{uint32(this), uint32(group)})
		next, chunk = this+1, chunk[a+b:]
	}
	if len(g.of) > 0 {
		g.first = min(doc, g.of[0].doc)
	}
	return nil
}

// A check is whether all phrases are in a document.
type check struct {
	has bool
	err error
}

// check reads some documents side by side.
func (s *inquiry) check(hits []found, phrases [][]string) []check {
	all := make([]check, len(hits))
	var readers sync.WaitGroup
	for i, h := range hits {
		readers.Go(func() {
			content, err := s.q.Content(h.doc)
			all[i] = check{contains(content, phrases), err}
		})
	}
	readers.Wait()
	return all
}

// hasPhrases says what a check came to. A document that cannot be read has no phrases.
func (s *inquiry) hasPhrases(c *check) bool {
	cut := errors.Is(c.err, ErrCut)
	if c.err != nil && !cut {
		s.note(c.err)
		return false
	}
	s.partial = s.partial || cut && !c.has
	return c.has
}

// appendPhrase appends a phrase, unless it is there, or the index tells all of it.
func appendPhrase(phrases [][]string, terms []string) [][]string {
	if len(terms) < 2 || len(phrases) == maxUnits ||
		slices.ContainsFunc(phrases, func(p []string) bool { return slices.Equal(p, terms) }) {
		return phrases
	}
	return append(phrases, terms)
}

// A seeker finds the terms of a phrase where they follow each other.
type seeker struct {
	want []string
	// failure is the table of Knuth, Morris and Pratt (1977): how much of the phrase is still there when
	// the next term is not the one wanted.
	failure []int
	n       int // how much of it the last terms are
}

func newSeeker(want []string) *seeker {
	k := &seeker{want: want, failure: make([]int, len(want))}
	for i, n := 1, 0; i < len(want); i++ {
		for n > 0 && want[i] != want[n] {
			n = k.failure[n-1]
		}
		if want[i] == want[n] {
			n++
		}
		k.failure[i] = n
	}
	return k
}

// next takes a term, and says whether the phrase ends with it.
func (k *seeker) next(term []byte) bool {
	for k.n > 0 && string(term) != k.want[k.n] {
		k.n = k.failure[k.n-1]
	}
	if string(term) == k.want[k.n] {
		k.n++
	}
	return k.n == len(k.want)
}

// contains says whether all phrases are in content. It goes through it once.
func contains(content string, phrases [][]string) bool {
	var missing []*seeker
	for _, p := range phrases {
		missing = append(missing, newSeeker(p))
	}
	var s text.Scanner
	for s.Reset(content); len(missing) > 0 && s.Next(); {
		if t := s.Token(); !skipped(t) {
			missing = slices.DeleteFunc(missing, func(k *seeker) bool { return k.next(t.Term) })
		}
	}
	return len(missing) == 0
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
