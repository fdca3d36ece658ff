// Package never finds in texts what must never get into a bundle: the names, numbers and places of a
// list that a curator keeps.
//
// [Parse] reads the list, one entry a line. [List.Search] reads a text once, in bounded memory, and
// looks for all entries at the same time, however they are written:
//
//   - Characters are compared as Unicode's compatibility decomposition (UAX #15, NFKD) has them, without
//     case, accents and vowel points, and without what nobody sees. Digits of all scripts are the same.
//     Letters that Arabic and Persian write in two ways are one.
//   - Where an entry has blanks, hyphens, dots or the like, a text may have others, line ends included, or
//     none. Where an entry has none, a text has none; but names in Han, Hangul, Kana or Thai may be broken
//     at a line end, and from three characters on have blanks in them.
//   - An entry does not match inside a longer word of the same script, nor a number inside a longer one.
//     Han, Hangul, Kana, Thai and other scripts that write without blanks, or put endings on names, have
//     no such bounds.
//   - An entry of digits, six at least, is a number. Blanks, hyphens, dots, slashes and brackets may stand
//     anywhere in it, and a country's code or a 0 before it may be there or not.
//
// Texts are searched as they are: who calls takes out markup, entities and other encodings.
//
// The list is as secret as what it names. It is written nowhere, errors and printing do not quote it, and
// only a [Hit] has the entry that was found.
package never

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits. A list over them is refused.
const (
	MaxList    = 1 << 20 // bytes of a list
	MaxEntries = 100_000
	// maxEntry is how many characters an entry has, folded: more than a postal address.
	maxEntry = 200
	// maxStates bounds the memory that a list takes, to some 100 MB.
	maxStates = 1 << 21
)

// ErrList says that a list cannot be used. The text has the number of the line, never the line.
var ErrList = errors.New("the list cannot be used")

// A List is what is looked for. Searches may run at the same time.
type List struct {
	entries []entry
	*automaton
	table table
}

// An entry is one line of the list.
type entry struct {
	text    string
	symbols []rune
	gaps    []bool // whether blanks or the like stand before a symbol
	number  bool
	country string // of a number: its code, if the entry has it
	loose   bool   // may have blanks anywhere
}

// Parse reads a list: UTF-8, an entry a line. Empty lines and those that begin with # say nothing. An
// entry must have two characters that can be looked for, one in Han. Errors wrap ErrList.
func Parse(text []byte) (*List, error) {
	if len(text) > MaxList {
		return nil, fmt.Errorf("%w: it has more than %d bytes", ErrList, MaxList)
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	l := &List{}
	seen := map[string]bool{}
	number := 0
	for line := range strings.SplitSeq(lineEnds.Replace(string(text)), "\n") {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || seen[line] {
			continue
		}
		seen[line] = true
		e, problem := newEntry(line)
		if problem != "" {
			return nil, fmt.Errorf("%w: line %d: %s", ErrList, number, problem)
		}
		l.entries = append(l.entries, e)
	}
	if len(l.entries) > MaxEntries {
		return nil, fmt.Errorf("%w: it has more than %d entries", ErrList, MaxEntries)
	}
	var err error
	l.automaton, err = build(l.entries)
	l.table.symbols = l.automaton.symbols
	return l, err
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// newEntry folds a line.
func newEntry(line string) (e entry, problem string) {
	switch {
	case !utf8.ValidString(line):
		return e, "it is not UTF-8 text"
	case strings.Contains(line, " # "):
		return e, "a comment needs a line of its own"
	}
	e = entry{text: line, loose: true}
	gap, han := 0, false
	for _, r := range line {
		f := fold(r)
		if len(f.runes) == 0 {
			if f.class == classGap || gap > 0 {
				gap += utf8.RuneLen(r)
			}
			if gap > maxGap {
				return e, fmt.Sprintf("it has a gap of more than %d bytes", maxGap)
			}
			continue
		}
		for i, s := range f.runes {
			e.symbols = append(e.symbols, s)
			e.gaps = append(e.gaps, gap > 0 && i == 0 && len(e.symbols) > 1)
		}
		gap = 0
		e.loose = e.loose && f.class == classUnbound
		han = han || f.class == classUnbound
	}
	e.loose = e.loose && utf8.RuneCountInString(line) >= 3
	e.asNumber()
	switch {
	case len(e.symbols) == 0, len(e.symbols) == 1 && !han:
		return e, "it is too short to look for"
	case len(e.symbols) > maxEntry:
		return e, fmt.Sprintf("it has more than %d characters", maxEntry)
	}
	return e, ""
}

// Len is how many entries the list has.
func (l *List) Len() int { return len(l.entries) }

// String keeps the entries out of logs and messages.
func (l *List) String() string { return fmt.Sprintf("a list of %d entries", len(l.entries)) }

// GoString is String.
func (l *List) GoString() string { return l.String() }

// Format is String, whatever the verb.
func (l *List) Format(f fmt.State, _ rune) { fmt.Fprint(f, l.String()) }
