package never

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxHits is how many hits a search returns.
const MaxHits = 1000

const (
	// chunkLen is how much is read at a time.
	chunkLen = 256 << 10
	// behind is how much of what was searched is kept: the longest stretch of text that an entry matches.
	behind = 16 << 10
	// ahead is how much must be there after a match, to see where a word ends and to show it.
	ahead = 1 << 10
	// maxGap is how long a gap may be, in bytes: a line end and a wide margin.
	maxGap = 128
	// around is how much of a text is shown on each side of a hit, in bytes.
	around = 60
)

// ErrMany says that a search ended early, with MaxHits hits.
var ErrMany = errors.New("there are too many hits to list")

// A Hit is a place where an entry was found.
type Hit struct {
	Entry   string // as it stands in the list
	Offset  int64  // in bytes, from the beginning of the text
	Size    int    // bytes
	Line    int    // from 1
	Context string // the place with a few words around it, on one line
}

// Search reads a text, UTF-8 or nearly so, to its end and returns where entries are, in the order of
// their offsets. Memory does not grow with the text. Errors are those of r, and ErrMany, which come with
// the hits so far.
func (l *List) Search(r io.Reader) (hits []Hit, err error) {
	if len(l.entries) == 0 {
		return nil, nil
	}
	return newSearcher(l, chunkLen).search(r)
}

// skip is the symbol of what has none.
const skip = 1<<16 - 1

// A searcher is one search.
type searcher struct {
	list  *List
	ascii [utf8.RuneSelf]uint16

	buf   []byte
	at    int   // where in buf to go on
	base  int64 // the offset of buf
	lines int   // line ends before buf
	end   bool  // buf holds the end of the text
	state uint32
	hits  []Hit
}

func newSearcher(l *List, chunk int) *searcher {
	s := &searcher{list: l, buf: make([]byte, 0, behind+chunk+ahead)}
	for c := range s.ascii {
		g, symbols := l.table.glyph(rune(c))
		if s.ascii[c] = skip; g.n > 0 {
			s.ascii[c] = symbols[0]
		}
	}
	return s
}

func (s *searcher) search(r io.Reader) (hits []Hit, err error) {
	for !s.end && err == nil {
		err = s.read(r)
		s.end = s.end || err != nil // what was read is searched all the same
		if many := s.scan(); many != nil {
			err = many
		}
	}
	slices.SortStableFunc(s.hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), strings.Compare(a.Entry, b.Entry))
	})
	return s.hits, err
}

// read fills buf, and drops what is far behind.
func (s *searcher) read(r io.Reader) error {
	if drop := s.at - behind; drop > 0 {
		s.lines += bytes.Count(s.buf[:drop], []byte("\n"))
		s.base += int64(drop)
		s.buf = append(s.buf[:0], s.buf[drop:]...)
		s.at -= drop
	}
	for len(s.buf) < cap(s.buf) && !s.end {
		n, err := r.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+n]
		if s.end = err == io.EOF; err != nil && !s.end {
			return fmt.Errorf("read: %w", err)
		}
	}
	return nil
}

// scan searches what is in buf, but for the last of it if more is to come.
func (s *searcher) scan() error {
	stop := len(s.buf)
	if !s.end {
		stop -= ahead
	}
	buf := s.buf
	for s.at < stop {
		if buf[s.at] < utf8.RuneSelf {
			s.at, s.state = s.plain(buf[:stop], s.at, s.state)
		} else {
			r, size := utf8.DecodeRune(buf[s.at:])
			s.at += size
			s.state = s.step(r, s.state)
		}
		if s.state&found != 0 {
			s.state &^= found
			if err := s.found(s.state, s.at); err != nil {
				return err
			}
		}
	}
	return nil
}

// plain goes over ASCII, to where something was found or another character stands.
func (s *searcher) plain(buf []byte, at int, state uint32) (int, uint32) {
	a := s.list.automaton
	next, width, rows := a.next, a.width, uint32(a.rows)
	for at < len(buf) && buf[at] < utf8.RuneSelf {
		symbol := s.ascii[buf[at]]
		at++
		switch {
		case symbol == skip:
			continue
		case state < rows:
			state = next[int(state)*width+int(symbol)]
		default:
			state = a.sparse(state, symbol)
		}
		if state&found != 0 {
			break
		}
	}
	return at, state
}

// step goes over another character. What ends in the midst of it does not count.
func (s *searcher) step(r rune, state uint32) uint32 {
	a := s.list.automaton
	_, symbols := s.list.table.glyph(r)
	for _, symbol := range symbols {
		if state &^= found; int(state) < a.rows {
			state = a.next[int(state)*a.width+int(symbol)]
		} else {
			state = a.sparse(state, symbol)
		}
	}
	return state
}

// found looks at all entries that end in a state, of which the last character ends at end.
func (s *searcher) found(state uint32, end int) error {
	a := s.list.automaton
	for at := int32(state); at != 0; at = a.dict[at] {
		for _, i := range a.outs[a.ends[at]:a.ends[at+1]] {
			e := &s.list.entries[i]
			start, ok := s.match(e, end)
			if !ok {
				continue
			}
			if len(s.hits) == MaxHits {
				return ErrMany
			}
			s.hits = append(s.hits, s.hit(e, start, end))
		}
	}
	return nil
}

// match goes back over an entry that ends at end, and says where it starts. The automaton has seen the
// right characters in the right order; whether what lies between and around them may be there is not
// known yet.
func (s *searcher) match(e *entry, end int) (start int, ok bool) {
	at := end
	left := len(e.symbols)
	var firstRune, lastRune rune
	gapEnd := -1 // of the gap that at is in
	for left > 0 {
		r, size := utf8.DecodeLastRune(s.buf[:at])
		if size == 0 {
			return 0, false
		}
		g, _ := s.list.table.glyph(r)
		switch {
		case g.n == 0 && g.class == classGap && gapEnd < 0:
			gapEnd = at
		case g.n > 0 && gapEnd >= 0:
			if !s.mayGap(e, left, s.buf[at:gapEnd], g.class) {
				return 0, false
			}
			gapEnd = -1
		}
		at -= size
		if left -= int(g.n); left < 0 {
			return 0, false
		}
		if g.n > 0 {
			if firstRune = r; lastRune == 0 {
				lastRune = r
			}
		}
	}
	return at, s.endsAt(end, lastRune) && s.startsAt(e, at, firstRune)
}

// mayGap says whether an entry may have a gap before its symbol with a number, after a character of
// a class.
func (s *searcher) mayGap(e *entry, symbol int, gap []byte, before class) bool {
	switch {
	case len(gap) > maxGap:
		return false
	case e.gaps[symbol] || e.loose:
		return true
	case e.number:
		return utf8.RuneCount(gap) <= maxNumberGap
	}
	return before == classUnbound && bytes.ContainsAny(gap, "\r\n")
}

// endsAt says whether a word may end at a place, with a character.
func (s *searcher) endsAt(end int, last rune) bool {
	for end < len(s.buf) {
		r, size := utf8.DecodeRune(s.buf[end:])
		g, _ := s.list.table.glyph(r)
		if g.class != classDrop {
			return !s.joined(last, r) && !isPart(r)
		}
		end += size
	}
	return true
}

// isPart is true for what belongs to the character before it, although it stands by itself: vowels and
// ends of Korean syllables, and Kana's voice marks.
func isPart(r rune) bool {
	return r >= 0x1160 && r <= 0x11FF || r >= 0xD7B0 && r <= 0xD7FF || r == 0x3099 || r == 0x309A || r == 0xFF9E || r == 0xFF9F
}

// joined says whether two characters that stand side by side are in one word, or one number.
func (s *searcher) joined(a, b rune) bool {
	g, _ := s.list.table.glyph(a)
	h, _ := s.list.table.glyph(b)
	return g.class == h.class && (g.class == classDigit || g.class >= classScript)
}

// startsAt says whether a word may start at a place, with a character.
func (s *searcher) startsAt(e *entry, start int, first rune) bool {
	if e.number {
		return s.numberStartsAt(e, start)
	}
	for start > 0 {
		r, size := utf8.DecodeLastRune(s.buf[:start])
		if g, _ := s.list.table.glyph(r); g.class != classDrop {
			return !s.joined(r, first)
		}
		start -= size
	}
	return true
}

// numberStartsAt looks at the digits right before a number.
func (s *searcher) numberStartsAt(e *entry, start int) bool {
	var before []rune
	for start > 0 && len(before) <= maxPrefix {
		r, size := utf8.DecodeLastRune(s.buf[:start])
		g, _ := s.list.table.glyph(r)
		if g.class != classDigit {
			break
		}
		before = append(before, fold(r).runes...)
		start -= size
	}
	slices.Reverse(before)
	return len(before) <= maxPrefix && e.isPrefix(string(before))
}

// hit describes a place.
func (s *searcher) hit(e *entry, start, end int) Hit {
	return Hit{
		Entry:   e.text,
		Offset:  s.base + int64(start),
		Size:    end - start,
		Line:    1 + s.lines + bytes.Count(s.buf[:start], []byte("\n")),
		Context: oneLine(s.buf[s.runeStart(max(start-around, 0)):s.runeStart(min(end+around, len(s.buf)))]),
	}
}

// runeStart moves a place to the beginning of a character.
func (s *searcher) runeStart(at int) int {
	for i := 0; i < utf8.UTFMax && at > 0 && at < len(s.buf) && !utf8.RuneStart(s.buf[at]); i++ {
		at--
	}
	return at
}

// oneLine is a text without line ends and control characters.
func oneLine(b []byte) string {
	s := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(string(b), "\uFFFD"))
	return strings.Join(strings.Fields(s), " ")
}
