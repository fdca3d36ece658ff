package search

import (
	"encoding/binary"
	"slices"

	"satchel/bundle/internal/extsort"
	"satchel/bundle/search/text"
)

// What a term tells of a document: BM25's saturated frequency with headings counted threefold and
// fields weighed before saturation (S. Robertson, H. Zaragoza, The Probabilistic Relevance Framework:
// BM25 and Beyond, 2009; k1 is 1.2, b is 0.4), and a bonus for titles on top, more for short ones. The
// length that documents are measured by is fixed at 400 terms, so that a posting does not depend on other
// documents. All is counted in thousandths, in whole numbers: they are the same on every processor.
const (
	headingTimes = 3
	titleTimes   = 2
	mostTimes    = 2200 // what very many times come near to
	titleBonus   = 4500
	nameBonus    = 1000
	mostImpact   = mostTimes + titleBonus
)

// impactStep is what the smallest impact is worth. The largest is worth maxImpact times as much.
const impactStep = mostImpact / 1000.0 / maxImpact

// field is a part of a document.
type field uint8

const (
	body field = iota
	heading
	title
	name
)

// tally is how often a term is in the document at hand.
type tally struct {
	times uint32 // weighed
	title bool
	name  bool
}

// A gatherer collects the postings of some of the documents, one after the other.
type gatherer struct {
	scanner text.Scanner
	terms   map[string]int32
	tallies []tally
	met     []int32 // terms of the document
	length  int     // of the document in terms
	titled  int     // length of its title
	heads   []int32 // the last posting of each term
	chain   []link
	bytes   int // of all terms
	most    int // that the terms take
}

// link is a posting, and the one of the same term before it, or -1.
type link struct {
	posting
	before int32
}

// newGatherer returns a gatherer that is full when it holds about that many bytes.
func newGatherer(memory int) *gatherer {
	return &gatherer{terms: map[string]int32{}, most: memory / 2, chain: make([]link, 0, memory/2/12)}
}

// full says that g holds so much that it must be flushed. Half is for terms, and half for
// postings, of which there is room for those of one more document.
func (g *gatherer) full() bool {
	return g.bytes+len(g.terms)*100 > g.most || len(g.chain) > cap(g.chain)*7/8
}

func (g *gatherer) add(d *Document) {
	g.scan(d.Title, title)
	g.titled = g.length
	g.scan(d.Name, name)
	for _, h := range d.Headings {
		g.scan(h, heading)
	}
	g.scan(d.Text, body)
	for _, t := range g.met {
		g.post(t, posting{d.ID, g.impact(g.tallies[t])})
		g.tallies[t] = tally{}
	}
	g.met, g.length = g.met[:0], 0
}

func (g *gatherer) scan(s string, f field) {
	g.scanner.Reset(s)
	for g.scanner.Next() {
		t := g.term(g.scanner.Token().Term)
		n := &g.tallies[t]
		if *n == (tally{}) {
			g.met = append(g.met, t)
		}
		g.length++
		switch f {
		case title:
			n.times += titleTimes
			n.title = true
		case name:
			n.name = true
		case heading:
			n.times += headingTimes
		default:
			n.times++
		}
	}
}

// term returns the number of a term.
func (g *gatherer) term(term []byte) int32 {
	t, ok := g.terms[string(term)]
	if !ok {
		t = int32(len(g.tallies))
		g.terms[string(term)] = t
		g.tallies = append(g.tallies, tally{})
		g.heads = append(g.heads, -1)
		g.bytes += len(term)
	}
	return t
}

func (g *gatherer) post(t int32, p posting) {
	g.chain = append(g.chain, link{p, g.heads[t]})
	g.heads[t] = int32(len(g.chain) - 1)
}

func (g *gatherer) impact(n tally) uint8 {
	times := int64(n.times)
	value := times * mostTimes * 10_000 / (10_000*times + 7_200 + 12*int64(g.length))
	if n.title {
		value += titleBonus * 100 / (100 + 15*int64(max(g.titled-1, 0)))
	} else if n.name {
		value += nameBonus
	}
	return uint8(min(max((value*maxImpact+mostImpact/2)/mostImpact, 1), maxImpact))
}

// flush hands all postings to a sorter, a record for each term, and forgets them.
func (g *gatherer) flush(s *extsort.Sorter) error {
	var value []byte
	for term, t := range g.terms {
		value = value[:0]
		for i := g.heads[t]; i >= 0; i = g.chain[i].before {
			value = appendRecord(value, g.chain[i].posting)
		}
		if err := s.Add([]byte(term), value); err != nil {
			return err
		}
	}
	clear(g.terms)
	g.tallies, g.heads, g.chain, g.bytes = g.tallies[:0], g.heads[:0], g.chain[:0], 0
	return nil
}

// recordBytes is how long a posting is in a record.
const recordBytes = 5

func appendRecord(b []byte, p posting) []byte {
	return append(binary.BigEndian.AppendUint32(b, p.doc), p.impact)
}

func parseRecord(list []posting, b []byte) []posting {
	list = slices.Grow(list, len(b)/recordBytes)
	for ; len(b) >= recordBytes; b = b[recordBytes:] {
		list = append(list, posting{binary.BigEndian.Uint32(b), b[4]})
	}
	return list
}
