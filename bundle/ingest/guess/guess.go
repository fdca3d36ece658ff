// Package guess says which charset a text is in that does not declare one.
//
// [Charset] looks at bytes that are not UTF-8: plain text, subtitles, or HTML without a charset in it.
// It reads them in every charset that it knows, and compares how likely the languages that are
// written in this charset make what comes out: which syllables and characters are frequent, which
// letters follow which, whether capitals stand where they can. What is likely by a clear margin is
// the answer. There is none where two readings are about as likely, or where even the best is hardly
// better than noise: a text in the wrong charset is worse than one that nobody has read.
//
// All figures are costs in bits, the lower the likelier, and whole numbers: the answer depends on
// nothing but the bytes. The tables are in table.go, and where they come from stands there.
//
// Limits: no more than the first [MaxText] bytes are looked at, and no more than the first maxSample
// of those that are not markup or plain ASCII. Charsets of seven bits (ISO-2022, HZ), UTF-16 and
// visual Hebrew are not guessed.
package guess

import (
	"math"
	"sync"
	"unicode/utf8"
)

// MaxText is how much of a text is looked at.
const MaxText = 64 << 10

const (
	// maxSample is how many bytes are weighed. Two pages tell as much as a book, and take less time.
	maxSample = 2 << 10
	// maxBroken: one byte in so many may be impossible in the charset, as in damaged files.
	maxBroken = 200
)

// What a reading must be to be the answer, in bits. Noise is what a byte above ASCII costs where
// nothing is known of it.
const (
	noise      = 7
	minGain    = 3  // so much better than noise, where most of the text is ASCII,
	minForeign = 12 // or where it is not,
	gainShare  = 20 // and by one part in so many,
	minLead    = 5  // and so much better than the second;
	lossShare  = 14 // or worse than noise by no more than one part in so many, for want of frequent words,
	clearLead  = 15 // but so much better than the second
)

// Charset returns the name of the charset that a text is most likely in, in lower case and as the
// WHATWG Encoding Standard has it, or "" when that is not clear. It may be cut in the middle of a
// character. The names are those of candidates, and utf-8, for which a few bytes may be broken.
//
// Texts that are nothing but ASCII, and bytes with control characters that no text has, give "".
func Charset(text []byte) string {
	text = text[:min(len(text), MaxText)]
	if !isText(text) {
		return ""
	}
	if isUTF8(text) {
		return "utf-8"
	}
	s := newSample(text)
	if s.high == 0 {
		return ""
	}
	best := s.best()
	if best == nil || best.broken(text)*maxBroken > countHigh(text)+maxBroken {
		return ""
	}
	return best.name
}

// isText says whether there are only such control characters as texts have: tabs, line ends, form
// feeds, backspaces, the Ctrl-Z of DOS and escapes.
func isText(text []byte) bool {
	for _, b := range text {
		if b < ' ' && (b < '\a' || b > '\r') && b != 0x1a && b != 0x1b {
			return false
		}
	}
	return true
}

// isUTF8 says whether nearly all of what is above ASCII is UTF-8. In other charsets a few pairs can
// be, by chance; four times as many as there are other bytes are no chance.
func isUTF8(text []byte) bool {
	whole, broken := 0, 0
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && n == 1 && !utf8.FullRune(text):
			text = nil // cut at the end
			continue
		case r == utf8.RuneError && n == 1:
			broken++
		case n > 1:
			whole++
		}
		text = text[n:]
	}
	return whole > 4*broken
}

func countHigh(b []byte) int {
	n := 0
	for _, c := range b {
		if c >= utf8.RuneSelf {
			n++
		}
	}
	return n
}

// best returns the candidate with the lowest cost, or nil when it is not good enough.
func (s *sample) best() *candidate {
	all := candidates()
	costs := make([]int, len(all))
	best := 0
	for i, c := range all {
		costs[i] = c.prior + c.reader.cost(s.text)
		if costs[i] < costs[best] {
			best = i
		}
	}
	lead := math.MaxInt
	for i, c := range all {
		if !s.same(all[best], c) {
			lead = min(lead, costs[i]-costs[best])
		}
	}
	least := minForeign
	if _, ok := all[best].reader.(*latin); ok {
		least = minGain
	}
	level := noise * s.high
	gain := level - costs[best]
	switch {
	case lead >= minLead && gain >= max(least, level/gainShare):
		return all[best]
	case lead >= clearLead && gain >= -level/lossShare:
		return all[best]
	}
	return nil
}

// same says whether two candidates make the same text of a sample: then it does not matter which of
// them it is.
func (s *sample) same(a, b *candidate) bool {
	if a.name == b.name {
		return true
	}
	if a.page == nil || b.page == nil {
		return false
	}
	for c := range a.page {
		if s.seen[c] && a.page[c] != b.page[c] {
			return false
		}
	}
	return true
}

// A candidate is a charset with a language that is written in it.
type candidate struct {
	name   string
	prior  int        // what it costs to be this at all
	page   *[128]rune // what the bytes above ASCII are; nil where a character has several bytes
	reader reader
}

// A reader says how many bits the bytes above ASCII of a text cost in a language.
type reader interface {
	cost(text []byte) int
}

// broken counts the bytes of a text that are nothing in the charset.
func (c *candidate) broken(text []byte) int {
	if w, ok := c.reader.(*wide); ok {
		return w.broken(text)
	}
	n := 0
	for _, b := range text {
		if b >= utf8.RuneSelf && isNothing(c.page[b-utf8.RuneSelf]) {
			n++
		}
	}
	return n
}

var candidates = sync.OnceValue(makeCandidates)
