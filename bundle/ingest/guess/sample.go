package guess

import (
	"bytes"
	"unicode/utf8"
)

// A sample is what is weighed of a text: the words with bytes above ASCII in them, with a space
// before each. Tags, with their attributes, are not in it, nor are words of ASCII: both are the same in
// all charsets.
type sample struct {
	text []byte
	high int       // bytes above ASCII in text
	seen [128]bool // which they are
}

// maxTag is how long a tag can be: where a < has no > so near, it is no tag.
const maxTag = 1 << 10

func newSample(text []byte) *sample {
	s := &sample{text: make([]byte, 0, min(len(text), maxSample)+1)}
	for len(text) > 0 && len(s.text) < maxSample {
		n := tagLen(text)
		if n == 0 {
			n = wordLen(text)
			s.add(text[:n])
		}
		text = text[max(n, 1):]
	}
	s.count()
	return s
}

// add takes a word into the sample if it says anything.
func (s *sample) add(word []byte) {
	word = word[:min(len(word), maxSample-len(s.text))]
	if countHigh(word) == 0 {
		return
	}
	s.text = append(s.text, ' ')
	for len(word) > 0 {
		n := 1
		for n < len(word) && word[n] == word[0] {
			n++
		}
		// Frames, rules and empty columns say nothing, however long. Whether they are an even or an odd
		// number of bytes says where the next character begins.
		s.text = append(s.text, word[:min(n, 2-n%2)]...)
		word = word[n:]
	}
}

// count takes stock of a sample.
func (s *sample) count() {
	for _, b := range s.text {
		if b >= utf8.RuneSelf {
			s.high++
			s.seen[b-utf8.RuneSelf] = true
		}
	}
}

// tagLen is the length of the tag that a text begins with, or 0. In no charset is a < or a > part of
// another character.
func tagLen(text []byte) int {
	if len(text) < 2 || text[0] != '<' || !isLetter(text[1]) && text[1] != '/' && text[1] != '!' && text[1] != '?' {
		return 0
	}
	return bytes.IndexByte(text[:min(len(text), maxTag)], '>') + 1
}

// wordLen is the length of what a text begins with, up to a space or a tag.
func wordLen(text []byte) int {
	for i, b := range text {
		if b <= ' ' || b == '<' && i > 0 {
			return i
		}
	}
	return len(text)
}

func isLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }
