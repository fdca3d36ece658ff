// Package text cuts text in any script into the terms that a full-text index holds, and says
// where in the text each of them stands.
//
// Everything is folded as far as readers do not tell spellings apart: Unicode's compatibility
// forms (NFKC) and case, accents, harakat, tatweel, the letters that Arabic and Persian keyboards
// give different codes, digits of all scripts. A word of an alphabet is one term. Han, Kana and
// Hangul give overlapping bigrams, Thai, Lao, Khmer and Burmese bigrams of grapheme
// clusters: no dictionary knows all words, and a bigram finds every part of them. The last unit of
// such a run is a term by itself, so that every unit begins a term and one letter is found by prefix.
//
// Words are kept as they are inflected. What else a reader may mean by a word is for the query to
// try: see Inflected and Spellings. So an index knows nothing of languages, a word between quotes is
// the very word, and no term is found less often than a plain search in the text would find it.
package text

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxTerm is the longest term in bytes.
const MaxTerm = 128

// enough is when a word grows no more. What is longer is data, and nobody types it. One
// rune can fold to 33 bytes.
const enough = 64

// A Kind is how a term was made.
type Kind uint8

// The kinds of terms.
const (
	Word Kind = iota // a word of an alphabet
	Part             // a part of the word before it, as a zero-width non-joiner divides it
	Gram             // two units of a script without gaps, or of Korean
	Lone             // the last unit of a run
)

// A Token is one term at one place of a text.
type Token struct {
	Term       []byte // folded, at most MaxTerm bytes; valid until the next call of Next
	Kind       Kind
	Hangul     bool // a Gram or Lone of Hangul
	First      bool // the first term of a word or run
	Start, End int  // the bytes of the text that it stands for
	Pos        int  // terms of a text are counted from 0; a Part has the number of its word
}

// A Scanner yields the tokens of a text. The zero value is ready for Reset. It allocates
// nothing once it has seen a text in the script. It is not for concurrent use.
type Scanner struct {
	text  string
	next  int    // byte of text
	pos   int    // of the next token
	word  []byte // folded: a word, or the last units of a run
	start int    // of the word in the text
	end   int
	ends  []part // of the parts of the word, when it has several
	given int    // how many of them have been given out
	run   class  // that the last unit belongs to; gap: none
	first bool   // no token of the run has been given out
	last  unit
	tok   Token
}

// part is where a part of a word ends and the next begins.
type part struct{ word, end, next int }

// unit is what bigrams are made of: the last bytes of Scanner.word.
type unit struct{ size, start, end int }

// Reset makes s scan a text from its beginning. Bytes that are not UTF-8 divide words.
func (s *Scanner) Reset(text string) {
	s.text, s.next, s.pos = text, 0, 0
	s.ends, s.given, s.run = s.ends[:0], 0, gap
}

// Token returns the token that Next has found. It is good until the next call of Next.
func (s *Scanner) Token() *Token { return &s.tok }

// Next finds the next token, and says whether there is one.
func (s *Scanner) Next() bool {
	if s.given < len(s.ends) {
		s.part()
		return true
	}
	for s.run == gap {
		if s.next == len(s.text) {
			return false
		}
		if c := s.text[s.next]; c < utf8.RuneSelf && ascii[c] == 0 {
			s.next++
			continue
		}
		switch f, size := s.peek(); f.class {
		case letter:
			s.scanWord()
			return true
		case ideo, hangul, base:
			s.run, s.first, s.word = f.class, true, s.word[:0]
			s.unit()
		default:
			s.next += size
		}
	}
	s.gram()
	return true
}

// ascii has what letters and digits of ASCII fold to, and 0 for the rest.
var ascii = func() (t [utf8.RuneSelf]byte) {
	for c := range t {
		if r := unicode.ToLower(rune(c)); r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			t[c] = byte(r)
		}
	}
	return
}()

// peek returns the folding of the rune that comes next, with what composes with it, and
// how many bytes of the text that is.
func (s *Scanner) peek() (*folded, int) {
	r, size := utf8.DecodeRuneInString(s.text[s.next:])
	whole := size
	for s.mayCompose(whole) {
		next, n := utf8.DecodeRuneInString(s.text[s.next+whole:])
		if whole > 3*size || !composes(r, next) { // a syllable of Korean has three letters
			break
		}
		whole += n
	}
	if whole > size {
		composed := norm.NFKC.String(s.text[s.next : s.next+whole])
		r, _ = utf8.DecodeRuneInString(composed)
	}
	return fold(r), whole
}

// mayCompose looks at the first byte of the rune that is n bytes on: it spares decoding nearly all
// runes twice.
func (s *Scanner) mayCompose(n int) bool {
	if s.next+n >= len(s.text) {
		return false
	}
	switch s.text[s.next+n] {
	case 0xcc, 0xe1, 0xe3, 0xef: // of U+0306, of letters of Hangul, of the marks of Kana
		return true
	}
	return false
}

// composes says that next makes another letter of r, not an accented one.
func composes(r, next rune) bool {
	switch {
	case next < 0x300:
		return false
	case next == 0x306:
		return r == 'и' || r == 'И'
	case next == 0x3099 || next == 0x309a || next == 0xff9e || next == 0xff9f:
		return true
	}
	return next >= 0x1160 && next < 0x1200
}

// scanWord reads a word of an alphabet.
func (s *Scanner) scanWord() {
	s.word, s.ends, s.given = s.word[:0], s.ends[:0], 0
	s.start, s.end = s.next, s.next
	for s.next < len(s.text) {
		if c := s.text[s.next]; c >= utf8.RuneSelf {
			if !s.wordRune() {
				break
			}
		} else if ascii[c] == 0 {
			break
		} else {
			if len(s.word) < enough {
				s.word = append(s.word, ascii[c])
			}
			s.next++
			s.end = s.next
		}
	}
	if n := len(s.ends); n > 0 && s.ends[n-1].next >= s.end {
		s.ends = s.ends[:n-1] // nothing follows the seam
	}
	if len(s.ends) > 0 {
		s.ends = append(s.ends, part{len(s.word), s.end, s.end})
	}
	s.tok = Token{Term: s.word, Kind: Word, First: true, Start: s.start, End: s.end, Pos: s.pos}
	s.pos++
}

// wordRune takes the next rune into the word, unless that ends there.
func (s *Scanner) wordRune() bool {
	f, size := s.peek()
	switch f.class {
	case letter:
		if len(s.word) < enough {
			s.word = append(s.word, f.text...)
		}
	case skip:
	case seam:
		if n := len(s.ends); len(s.word) < enough && (n == 0 || s.ends[n-1].word < len(s.word)) {
			s.ends = append(s.ends, part{len(s.word), s.end, s.next + size})
		}
		s.next += size
		return true
	default:
		return false
	}
	s.next += size
	s.end = s.next
	return true
}

// part gives out the next part of a word that has several.
func (s *Scanner) part() {
	from, start := 0, s.start
	if s.given > 0 {
		before := s.ends[s.given-1]
		from, start = before.word, before.next
	}
	p := s.ends[s.given]
	s.given++
	s.tok = Token{Term: s.word[from:p.word], Kind: Part, Start: start, End: p.end, Pos: s.pos - 1}
}

// gram gives out the next bigram of a run, or its last unit.
func (s *Scanner) gram() {
	a := s.last
	s.word = s.word[:copy(s.word, s.word[len(s.word)-a.size:])]
	s.tok = Token{Kind: Lone, Hangul: s.run == hangul, First: s.first, Start: a.start, End: a.end, Pos: s.pos}
	s.pos++
	s.first = false
	if s.unit() {
		s.tok.Kind, s.tok.End = Gram, s.last.end
	} else {
		s.run = gap
	}
	s.tok.Term = s.word
}

// unit appends the next unit of the run to the word, and says whether there was one.
func (s *Scanner) unit() bool {
	u := unit{start: s.next}
	from := len(s.word)
	open := true // the unit may yet begin
	for s.next < len(s.text) {
		f, size := s.peek()
		begins := f.class == s.run
		if begins && !open || !begins && f.class != skip && (f.class != mark && f.class != stack || u.end == 0) {
			break
		}
		open = open && !begins || f.class == stack
		s.next += size
		if f.class == skip {
			continue
		}
		if len(s.word) < from+enough/2 {
			s.word = append(s.word, f.text...)
		}
		u.end = s.next
	}
	if u.end == 0 {
		return false
	}
	u.size = len(s.word) - from
	s.last = u
	return true
}
