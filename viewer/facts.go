package viewer

import (
	"fmt"
	"strings"

	"satchel/bundle"
)

// Facts are what an item says of itself, in the words of the interface: empty where it says nothing.
type facts struct {
	Date, Duration, Reading, Pixels, Summary string

	Byline, Licence, Captured string
}

const (
	wordsPerMinute = 200
	maxByline      = 80 // characters in a list
)

func (p *page) facts(e bundle.Entry) facts {
	f := facts{Date: p.lang.date(e.Date), Summary: plain(e.Summary)}
	if e.Millis > 0 {
		f.Duration = p.lang.duration(e.Millis)
	}
	if e.Words > 0 {
		f.Reading = p.T("reading", "n", (e.Words-1)/wordsPerMinute+1)
	}
	if width, height := edges(e); width > 0 {
		f.Pixels = p.lang.figures(fmt.Sprintf("%d × %d", width, height))
	}
	if e.Byline != "" {
		f.Byline = p.T("byline", "name", isolate(e.Byline))
	}
	if e.Licence != "" {
		f.Licence = p.T("licence", "name", isolate(e.Licence))
	}
	if e.Captured != "" {
		f.Captured = p.T("captured", "date", isolate(p.lang.date(e.Captured)))
	}
	return f
}

// isolate makes what a stranger wrote fit to stand in a sentence of ours, whatever its direction.
func isolate(s string) string { return "\u2068" + plain(s) + "\u2069" }

// clip cuts a text that is too long for its place.
func clip(s string, limit int) string {
	n := 0
	for i := range s {
		if n++; n > limit {
			return strings.TrimSpace(s[:i]) + "…"
		}
	}
	return s
}

// duration writes how long something plays.
func (l *language) duration(millis int64) string {
	seconds := millis / 1000
	if millis%1000 >= 500 || seconds == 0 {
		seconds++ // what plays at all plays for a second
	}
	return l.clock(int(seconds))
}

// clock writes seconds as minutes and seconds, with hours before them where there are any.
func (l *language) clock(seconds int) string {
	if h := seconds / 3600; h > 0 {
		return l.figures(fmt.Sprintf("%d:%02d:%02d", h, seconds/60%60, seconds%60))
	}
	return l.figures(fmt.Sprintf("%d:%02d", seconds/60, seconds%60))
}
