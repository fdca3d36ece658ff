package viewer

import (
	"crypto/rand"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"

	"satchel/bundle"
)

// What a reader searches for is posted, and kept here under a random name. The address of what was found has that name
// and how it is narrowed, sealed: so no word of it is in an address, nor in what browsers, and whoever looks
// over them, note of addresses. It is gone when the viewer closes.

const (
	maxQueries = 1000 // that are kept; the oldest goes first
	maxQuery   = 1000 // bytes of one
)

// queries are those that were asked last.
type queries struct {
	mu   sync.Mutex
	last []asked // the oldest first
}

type asked struct{ id, text string }

// keep remembers what was typed and returns its name, or nothing where it says nothing.
func (q *queries) keep(typed string) (id string) {
	text := strings.Join(strings.Fields(legible(typed)), " ")
	if text == "" {
		return ""
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	id = rand.Text()
	q.last = append(q.last, asked{id, text})
	q.last = slices.Delete(q.last, 0, max(0, len(q.last)-maxQueries))
	return id
}

// get returns what was asked under a name, while that is remembered.
func (q *queries) get(id string) (text string, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.IndexFunc(q.last, func(a asked) bool { return a.id == id })
	if i < 0 {
		return "", false
	}
	return q.last[i].text, true
}

// legible is what counts of a text that was typed: its beginning, with gaps for what is no text.
func legible(typed string) string {
	typed = strings.ToValidUTF8(typed[:min(len(typed), maxQuery)], "")
	return strings.ReplaceAll(plain(typed), "\uFFFD", " ")
}

// An inquiry is a query with what narrows it, which may be nothing.
type inquiry struct {
	id       string // of the query
	volume   string // the number of the bundle to search in
	kind     string
	language string
	section  string // its number
	from, to string // dates
}

// String writes an inquiry for an address. No field can have a line feed in it.
func (s inquiry) String() string {
	return strings.Join([]string{s.id, s.volume, s.kind, s.language, s.section, s.from, s.to}, "\n")
}

// parseInquiry reads what String wrote, or nothing.
func parseInquiry(text string) inquiry {
	f := strings.Split(text, "\n")
	if len(f) != 7 {
		return inquiry{}
	}
	return inquiry{f[0], f[1], f[2], f[3], f[4], f[5], f[6]}
}

// narrowed says whether anything narrows the query.
func (s inquiry) narrowed() bool { return s != inquiry{id: s.id} }

// filter returns what the inquiry lets through.
func (s inquiry) filter() (f bundle.Filter) {
	if s.kind != "" {
		f.Kinds = []bundle.Kind{bundle.Kind(s.kind)}
	}
	if s.language != "" {
		f.Languages = []string{s.language}
	}
	if n, err := strconv.Atoi(s.section); err == nil {
		f.Sections = []int{n}
	}
	return f
}

// typedDate is a date that was typed, or what was typed instead of one.
func typedDate(typed string) string {
	if date, ok := parseDate(typed); ok {
		return date
	}
	const most = 20 // letters
	letters := []rune(strings.ReplaceAll(legible(typed), "\n", " "))
	return string(letters[:min(len(letters), most)])
}

// badDate says that the query cannot be narrowed by what was typed for dates.
func (s inquiry) badDate() bool {
	_, from := parseDate(s.from)
	_, to := parseDate(s.to)
	return !from || !to || s.to != "" && s.from[:min(len(s.from), len(s.to))] > s.to
}

// inLatin writes what was typed with the digits 0 to 9, from any of the interface's numerals.
func inLatin(typed string) string {
	return strings.Map(func(r rune) rune {
		for _, l := range languages() {
			if d := slices.Index(l.digits, r); d >= 0 {
				return '0' + rune(d)
			}
		}
		return r
	}, norm.NFKC.String(strings.TrimSpace(typed)))
}

// Digits returns the digits of what was typed, in any of the interface's numerals, as 0 to 9.
func Digits(typed string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, inLatin(legible(typed)))
}

// parseDate reads a date that was typed, in any of the interface's numerals.
func parseDate(typed string) (date string, ok bool) {
	date = inLatin(typed)
	return date, date == "" || bundle.IsDate(date)
}
