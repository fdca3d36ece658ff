package viewer

import (
	"net/url"
	"slices"
	"strconv"
)

// A look is how a reader wants pages to be: it stands in their addresses, from where each page hands
// it on to those that it links to, and nowhere else. The zero value is what most want.
type look struct {
	lang  string // the language of the interface, where it is not the browser's
	theme string // one of themes, where it is not the system's
	width string // one of widths, where it is not the middle one
	size  int    // steps of text size above the usual one, or below
	big   bool   // for a screen at the other end of the room
	own   string // looksPlain or looksOwn: how pages of strangers look, where it is not what suits them
}

const (
	minSize, maxSize = -1, 5

	looksPlain = "plain" // as our articles do
	looksOwn   = "own"   // as their authors made them, in a frame
)

var (
	themes = []string{"light", "sepia", "dark"}
	widths = []string{"narrow", "wide"}
	looks  = []string{looksPlain, looksOwn}
)

// parseLook reads what query writes. What is none of ours counts for nothing.
func parseLook(q url.Values) look {
	l := look{lang: q.Get("lang"), theme: oneOf(q.Get("theme"), themes), width: oneOf(q.Get("width"), widths),
		big: q.Get("screen") == "big", own: oneOf(q.Get("look"), looks)}
	if n, err := strconv.Atoi(q.Get("size")); err == nil {
		l.size = min(max(n, minSize), maxSize)
	}
	return l
}

func oneOf(s string, list []string) string {
	if slices.Contains(list, s) {
		return s
	}
	return ""
}

// query is what stands behind an address: nothing for the zero value.
func (l look) query() string {
	if l == (look{}) {
		return ""
	}
	q := url.Values{}
	set := func(key, value string) {
		if value != "" {
			q.Set(key, value)
		}
	}
	set("lang", l.lang)
	set("theme", l.theme)
	set("width", l.width)
	set("look", l.own)
	if l.size != 0 {
		q.Set("size", strconv.Itoa(l.size))
	}
	if l.big {
		q.Set("screen", "big")
	}
	return "?" + q.Encode()
}

// A chooser offers one thing that a look can be changed in.
type chooser struct {
	Name    string // the message that it is called by
	Options []option
}

// with is the address of this page in another look.
func (p *page) with(change func(*look)) string {
	l := p.look
	change(&l)
	a := p.self + l.query()
	if p.self == "" {
		a = "./" + l.query()
	}
	if p.from > 0 {
		a = from(a, p.from)
	}
	if p.said >= 0 {
		a = extend(a, "track", int64(p.said))
	}
	if p.at > 0 {
		a = extend(a, "at", int64(p.at))
	}
	return a
}

// keyTrying opens the menu of looks: who tries one look may want another, and sees what each does.
const keyTrying = "trying"

// try is the address of this page in another look, with the menu of looks open. No other link goes on with that.
func (p *page) try(change func(*look)) string { return extend(p.with(change), keyTrying, 1) }

// looks are what a reader can change of how pages look.
func (p *page) looks() []chooser {
	choose := func(name, now string, values []string, set func(*look, string)) chooser {
		c := chooser{Name: "look." + name}
		for _, value := range values {
			c.Options = append(c.Options, option{Label: p.T("look." + name + "." + orAuto(value)), Current: value == now,
				Address: p.try(func(l *look) { set(l, value) })})
		}
		return c
	}
	return []chooser{
		choose("theme", p.look.theme, append([]string{""}, themes...), func(l *look, v string) { l.theme = v }),
		choose("width", p.look.width, []string{"narrow", "", "wide"}, func(l *look, v string) { l.width = v }),
	}
}

func orAuto(value string) string {
	if value == "" {
		return "auto"
	}
	return value
}

// resized is the address of this page with other text, or empty where there is none smaller or larger.
func (p *page) resized(by int) string {
	if n := p.look.size + by; n < minSize || n > maxSize {
		return ""
	}
	return p.try(func(l *look) { l.size += by })
}
