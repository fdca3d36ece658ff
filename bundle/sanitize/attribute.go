package sanitize

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// A kind says what an attribute's value may be and what is done with it.
type kind uint8

const (
	anyText  kind = iota // any text, escaped
	word                 // letters, digits and a little punctuation
	language             // letters, digits and hyphens
	query                // a media query or a list of sizes
	media                // a media type with parameters
	flag                 // written without a value
	fragment             // # and an id
	ident                // an id
	idents               // several, with spaces between them
	tick                 // checkbox or radio
	link                 // Linker.Link
	source               // Linker.Resource for the element's use
	poster               // Linker.Resource for a picture
	srcset               // Linker.Resource for each picture in a list
	style                // CSS declarations
)

// An attribute is what we know of an attribute's name.
type attribute struct {
	name  string
	index int   // among all attributes, to see repeated ones
	kind  kind  // what the value may be
	on    group // where it may stand
	look  bool  // only when the page keeps its styles
}

// attributes is the allow-list. What is not in it is dropped: everything that
// runs, targets, submits, pings, prefetches or focuses, and data-*.
var attributes = newTable(buildAttributes())

// maxNames bounds the number of known attributes, for the set of those seen.
const maxNames = 192

func buildAttributes() map[string]*attribute {
	m := make(map[string]*attribute, maxNames)
	add := func(names string, a attribute) {
		for _, name := range strings.Fields(names) {
			one := a
			one.name, one.index = name, len(m)
			m[name] = &one
		}
	}
	addCommon(add)
	addContent(add)
	addLook(add)
	return m
}

// addCommon adds attributes that may stand everywhere.
func addCommon(add func(string, attribute)) {
	add("id", attribute{kind: ident, on: everywhere})
	add("title role", attribute{kind: anyText, on: everywhere})
	add("lang", attribute{kind: language, on: everywhere})
	add("dir", attribute{kind: word, on: everywhere})
	add("hidden", attribute{kind: flag, on: everywhere})
	add(`aria-atomic aria-braillelabel aria-colcount aria-colindex aria-colspan aria-current
		aria-description aria-disabled aria-expanded aria-hidden aria-label aria-level aria-posinset
		aria-roledescription aria-rowcount aria-rowindex aria-rowspan aria-selected
		aria-setsize aria-sort aria-valuemax aria-valuemin aria-valuenow aria-valuetext`,
		attribute{kind: anyText, on: everywhere})
	add("aria-describedby aria-details aria-labelledby aria-owns", attribute{kind: idents, on: everywhere})
	add("class", attribute{kind: anyText, on: everywhere, look: true})
	add("style", attribute{kind: style, on: everywhere, look: true})
}

// addContent adds attributes that belong to what a page says.
func addContent(add func(string, attribute)) {
	add("href", attribute{kind: link, on: inAnchor | inArea})
	add("name", attribute{kind: ident, on: inAnchor | inMap})
	add("alt", attribute{kind: anyText, on: inImage | inArea})
	add("src", attribute{kind: source,
		on: inImage | inAudio | inVideo | inSource | inTrack})
	add("srcset", attribute{kind: srcset, on: inImage | inSource})
	add("sizes", attribute{kind: query, on: inImage | inSource})
	add("media", attribute{kind: query, on: inSource | inSheet})
	add("poster", attribute{kind: poster, on: inVideo})
	add("usemap", attribute{kind: fragment, on: inImage})
	add("ismap default reversed open", attribute{kind: flag,
		on: inTrack | inOrdered | inDetails})
	add("checked", attribute{kind: flag, on: inInput})
	add("width height", attribute{kind: word,
		on: inImage | inVideo | inSource | inCell | inColumn | inTable | inRule})
	add("shape coords", attribute{kind: word, on: inArea})
	add("kind", attribute{kind: word, on: inTrack})
	add("srclang", attribute{kind: language, on: inTrack})
	add("label", attribute{kind: anyText, on: inTrack})
	add("colspan rowspan scope", attribute{kind: word, on: inCell})
	add("headers", attribute{kind: idents, on: inCell})
	add("abbr", attribute{kind: anyText, on: inCell})
	add("span", attribute{kind: word, on: inColumn})
	add("start", attribute{kind: word, on: inOrdered})
	add("value", attribute{kind: anyText, on: inItem | inMeter | inQuoted})
	add("min max low high optimum", attribute{kind: word, on: inMeter})
	add("datetime", attribute{kind: anyText, on: inQuoted})
	add("type", attribute{kind: media, on: inList | inItem | inSource | inInput})
}

// addLook adds attributes of old pages that say how they look.
func addLook(add func(string, attribute)) {
	add("align", attribute{kind: word, look: true, on: inBlock | inCell | inColumn |
		inImage | inRow | inRule | inTable})
	add("valign", attribute{kind: word, look: true, on: inCell | inColumn | inRow})
	add("bgcolor", attribute{kind: word, look: true, on: inBody | inCell | inRow | inTable})
	add("text", attribute{kind: word, look: true, on: inBody})
	add("border", attribute{kind: word, look: true, on: inTable | inImage})
	add("cellpadding cellspacing frame rules", attribute{kind: word, look: true, on: inTable})
	add("nowrap", attribute{kind: flag, look: true, on: inCell})
	add("hspace vspace", attribute{kind: word, look: true, on: inImage})
	add("color face size", attribute{kind: word, look: true, on: inFont | inRule})
	add("noshade", attribute{kind: flag, look: true, on: inRule})
	add("clear", attribute{kind: word, look: true, on: inBreak})
	add("compact", attribute{kind: flag, look: true, on: inList})
}

// A seen is a set of attributes that an element has had: the first counts.
type seen [maxNames / 64]uint64

// add says whether a is new to the set, and adds it.
func (s *seen) add(index int) bool {
	bit := uint64(1) << (index % 64)
	if s[index/64]&bit != 0 {
		return false
	}
	s[index/64] |= bit
	return true
}

// A scanner reads the attributes of a start tag. It reads them from the tag
// itself, which takes a third of the time of the tokenizer's TagAttr; only tags
// with entities or odd line ends are left to that.
type scanner struct {
	rest  []byte
	z     *html.Tokenizer // nil unless it does the work
	more  bool
	key   name // of the attribute that next found
	value []byte
}

// newScanner reads the attributes of the tag that z stands on.
func newScanner(z *html.Tokenizer) scanner {
	tag := z.Raw()
	if bytes.IndexByte(tag, '&') < 0 && bytes.IndexByte(tag, '\r') < 0 {
		i := 1
		for i < len(tag) && !endsName(tag[i]) {
			i++
		}
		return scanner{rest: tag[i:]}
	}
	_, more := z.TagName()
	return scanner{z: z, more: more}
}

// next goes to the next attribute. Its value holds until the next call.
func (s *scanner) next() bool {
	s.value = nil
	if s.z != nil {
		if !s.more {
			return false
		}
		var key []byte
		key, s.value, s.more = s.z.TagAttr()
		s.key.set(key)
		return true
	}
	for len(s.rest) > 0 && (isBlank(s.rest[0]) || s.rest[0] == '/') {
		s.rest = s.rest[1:]
	}
	if len(s.rest) == 0 || s.rest[0] == '>' {
		return false
	}
	i := 1 // an equals sign in first place belongs to the name
	for i < len(s.rest) && s.rest[i] != '=' && !endsName(s.rest[i]) {
		i++
	}
	s.key.set(s.rest[:i])
	s.rest = trimBlank(s.rest[i:])
	if len(s.rest) > 0 && s.rest[0] == '=' {
		s.rest = trimBlank(s.rest[1:])
		s.readValue()
	}
	return true
}

// trimBlank cuts off white space in front.
func trimBlank(s []byte) []byte {
	for len(s) > 0 && isBlank(s[0]) {
		s = s[1:]
	}
	return s
}

// isBlank says whether HTML takes a byte for white space.
func isBlank(c byte) bool {
	return c == ' ' || c == '\n' || c == '\t' || c == '\f' || c == '\r'
}

// readValue takes a value, quoted or not.
func (s *scanner) readValue() {
	if len(s.rest) == 0 {
		return
	}
	if quote := s.rest[0]; quote == '"' || quote == '\'' {
		end := bytes.IndexByte(s.rest[1:], quote)
		if end < 0 {
			end = len(s.rest) - 1
		}
		s.value, s.rest = s.rest[1:1+end], s.rest[min(end+2, len(s.rest)):]
		return
	}
	i := 0
	for i < len(s.rest) && s.rest[i] != '>' && !isBlank(s.rest[i]) {
		i++
	}
	s.value, s.rest = s.rest[:i], s.rest[i:]
}

// endsName says whether a byte ends the name of an element or attribute.
func endsName(c byte) bool { return nameEnds[c] }

var nameEnds = [256]bool{
	' ': true, '\n': true, '\t': true, '\f': true, '\r': true, '>': true, '/': true,
}

// matches says whether a value is what its kind says, as far as that needs no
// Linker.
func (k kind) matches(value []byte) bool {
	switch k {
	case word:
		return len(value) <= 4096 && consists(value, " #%.,*_+-")
	case language:
		return len(value) <= 64 && consists(value, "-")
	case query:
		return consists(value, " .,%()<>=:+*/-") && !bytes.Contains(value, []byte("//"))
	case media:
		return len(value) <= 256 && consists(value, " /+.;=\"',-")
	case fragment:
		return len(value) > 1 && value[0] == '#'
	case tick:
		return string(value) == "checkbox" || string(value) == "radio"
	}
	return true
}

// consists says whether s has letters, digits and some punctuation only.
func consists(s []byte, punctuation string) bool {
	for _, c := range s {
		isLetter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !isLetter && strings.IndexByte(punctuation, c) < 0 {
			return false
		}
	}
	return true
}
