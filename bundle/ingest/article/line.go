package article

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"satchel/bundle/ingest/scrub"
)

// line makes one line of a text: white space collapsed, control characters and those for writing
// direction left out, cut at maxLine bytes where a character ends.
func line(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			gap = b.Len() > 0
			continue
		case r == utf8.RuneError, unicode.IsControl(r), isDirection(r):
			continue
		}
		if b.Len()+utf8.RuneLen(r)+1 > maxLine {
			break
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// isDirection says whether a character changes the direction of writing around it, breaks lines, or
// is none. The joiners that Persian words need are no such characters.
func isDirection(r rune) bool {
	switch {
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F,
		r == 0x061C, r == 0x2028, r == 0x2029, r == 0xFEFF, r >= 0xFFF9 && r <= 0xFFFB,
		r&0xFFFE == 0xFFFE:
		return true
	}
	return false
}

// dateLayouts are the ways in which pages write days.
var dateLayouts = []string{"2006-01-02", "2006/01/02", "2006.01.02", "2006-1-2", "2006/1/2", "20060102",
	"January 2, 2006", "Jan 2, 2006", "2 January 2006", "2 Jan 2006", "Mon, 02 Jan 2006",
	"Mon, 2 Jan 2006", "Monday, January 2, 2006", "2006-01", "2006/01", "2006", "2006年1月2日",
	"2006년 1월 2일"}

// day reads the day, month or year that a date begins with, as it is written: no time zone moves it.
// It returns YYYY, YYYY-MM, YYYY-MM-DD or nothing.
func day(s string) string {
	s = strings.TrimSpace(s)
	for _, layout := range dateLayouts {
		form := "2006-01-02"
		switch layout {
		case "2006":
			form = layout
		case "2006-01", "2006/01":
			form = "2006-01"
		}
		if t, ok := parsePrefix(layout, s); ok && t.Year() > 0 {
			return t.Format(form)
		}
	}
	return ""
}

// parsePrefix reads a date at the beginning of s, behind which a time may stand.
func parsePrefix(layout, s string) (time.Time, bool) {
	const longest = 40
	s = s[:min(len(s), longest)]
	if t, err := time.Parse(layout, s); err == nil {
		return t, true
	}
	for i := min(len(s)-1, len(layout)+6); i >= 4; i-- {
		if endsDate(s[i]) && !isDigit(rune(s[i])) {
			if t, err := time.Parse(layout, s[:i]); err == nil {
				return t, true
			}
		}
	}
	return time.Time{}, false
}

// endsDate says whether a date can end before a byte.
func endsDate(c byte) bool {
	return c == 'T' || c == ' ' || c == '+' || c == 'Z' || c == ',' || c == ';'
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

// cleanLanguage returns the canonical BCP 47 tag: language, script, region. Extensions and private
// parts could carry anything, and are dropped.
func cleanLanguage(s string) string {
	const longest = 64
	s = strings.ReplaceAll(strings.TrimSpace(s), "_", "-")
	s, _, _ = strings.Cut(s, ",")
	if s == "" || len(s) > longest {
		return ""
	}
	tag, err := language.Parse(s)
	if err != nil || tag == language.Und {
		return ""
	}
	base, script, region := tag.Raw()
	clean, err := language.Raw.Compose(base, script, region)
	if err != nil || base.String() == "und" || base.String() == "mul" || base.String() == "zxx" {
		return ""
	}
	return clean.String()
}

// rightToLeft are the languages that are written from the right, but for a script in their tag that
// says otherwise.
var rightToLeft = words("ar fa he iw ur ps ckb sd ug yi dv arc azb bal glk lrc mzn prs syr")

// isRightToLeft says so of a language tag.
func isRightToLeft(tag string) bool {
	base, rest, _ := strings.Cut(tag, "-")
	if script, _, _ := strings.Cut(rest, "-"); len(script) == 4 {
		return script == "Arab" || script == "Hebr" || script == "Thaa" || script == "Syrc"
	}
	return rightToLeft[strings.ToLower(base)]
}

// removals are what was left out, each kind once, in the order in which it was first met.
type removals struct{ list []scrub.Removal }

// add notes bytes that are left out.
func (r *removals) add(what string, bytes int) {
	for i := range r.list {
		if r.list[i].What == what {
			r.list[i].Bytes += int64(bytes)
			return
		}
	}
	r.list = append(r.list, scrub.Removal{What: what, Bytes: int64(bytes)})
}
