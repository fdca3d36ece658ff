package bundle

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Text is a text in one or several languages, such as a title. No language comes twice.
type Text []Phrase

// A Phrase is a text in a language: one line of at most MaxTitle bytes, by a BCP 47 tag. That of a
// text that says no language is "".
type Phrase struct{ Language, Text string }

// Limits of a Text.
const (
	MaxPhrases = 64       // languages of a text
	maxText    = 24 << 10 // bytes of all of it, encoded: a value of the index has little more
)

// In returns the text for a reader of a language, as For does.
func (t Text) In(tag string) string { return t.For(tag).Text }

// For returns the phrase for a reader of a language: that in it; failing that in one with the same first
// part, without a language, or else the first. It is empty only for an empty Text.
func (t Text) For(tag string) Phrase {
	primary, _, _ := strings.Cut(tag, "-")
	for _, fits := range []func(string) bool{
		func(s string) bool { return s == tag },
		func(s string) bool { p, _, _ := strings.Cut(s, "-"); return p == primary },
		func(s string) bool { return s == "" },
		func(string) bool { return true },
	} {
		if i := slices.IndexFunc(t, func(p Phrase) bool { return fits(p.Language) }); i >= 0 {
			return t[i]
		}
	}
	return Phrase{}
}

// check says what is wrong with a text that is about to be written.
func (t Text) check() error {
	if len(t) > MaxPhrases {
		return fmt.Errorf("%d languages: at most %d", len(t), MaxPhrases)
	}
	seen := map[string]bool{}
	for _, p := range t {
		switch {
		case p.Language != "" && !isLanguage(p.Language):
			return fmt.Errorf("language %q: use a tag such as ko or zh-CN", clip(p.Language))
		case p.Text == "":
			return errors.New("it is empty" + of(p.Language))
		case !isTitle(p.Text):
			return fmt.Errorf("%q: one line of at most %d bytes", clip(p.Text), MaxTitle)
		case seen[p.Language]:
			return errors.New("it is there twice" + of(p.Language))
		}
		seen[p.Language] = true
	}
	if n := len(t.encode()); n > maxText {
		return fmt.Errorf("%d bytes in all languages: at most %d", n, maxText)
	}
	return nil
}

// of names a language in an error message.
func of(language string) string {
	if language == "" {
		return " without a language"
	}
	return " in " + language
}

// encode writes the phrases in the order of their tags, which makes it the one spelling.
func (t Text) encode() []byte {
	var sorted []*Phrase // pointers share the code that sorts with others
	for i := range t {
		sorted = append(sorted, &t[i])
	}
	slices.SortStableFunc(sorted, func(a, b *Phrase) int { return cmp.Compare(a.Language, b.Language) })
	var b []byte
	for _, p := range sorted {
		b = appendText(appendText(b, p.Language), p.Text)
	}
	return b
}

// parseText decodes what encode wrote.
func parseText(b []byte) (Text, error) {
	d := &decoder{b: b, bad: len(b) > maxText}
	var t Text
	for len(d.b) > 0 && !d.bad {
		p := Phrase{d.text(maxShort), d.text(MaxTitle)}
		ascends := len(t) == 0 || t[len(t)-1].Language < p.Language
		d.bad = d.bad || !ascends || len(t) == MaxPhrases || p.Text == "" || !isTitle(p.Text) ||
			(p.Language != "" && !isLanguage(p.Language))
		t = append(t, p)
	}
	if d.bad {
		return nil, fmt.Errorf("%w: malformed text", ErrFormat)
	}
	return t, nil
}
