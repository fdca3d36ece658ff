package caption

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

const (
	// unknown is the end of a cue that has none.
	unknown = -1
	// hold is how long a cue without an end stays when no other follows soon, in milliseconds.
	hold = 5000
	// blink is the gap, in milliseconds, over which a text that comes again has not gone: players
	// show no difference. Animated ASS writes a sentence anew for each frame.
	blink = 50
	// maxEvents is how many cues are kept before those that repeat each other are joined.
	maxEvents = 400_000
)

// A cue is a text and when it shows, in milliseconds. The text is WebVTT.
type cue struct {
	start, end int64
	text       string
}

// A script is what becomes a track.
type script struct {
	language string
	cues     []cue
}

// add adds a cue with the text of c, unless there is none.
func (s *script) add(start, end int64, c *composer) error {
	text, err := c.finish()
	switch {
	case err != nil:
		return err
	case text == "", start > maxTime:
		return nil
	case len(s.cues) == maxEvents:
		return fmt.Errorf("%w: more than %d cues", ErrLimit, maxEvents)
	}
	s.cues = append(s.cues, cue{start, min(end, maxTime+hold), text})
	return nil
}

// track writes the cues down, in order.
func (s *script) track() (Track, error) {
	s.settle()
	s.join()
	if len(s.cues) > MaxCues {
		return Track{}, fmt.Errorf("%w: %d cues, more than %d", ErrLimit, len(s.cues), MaxCues)
	}
	out := []byte("WEBVTT\n")
	for _, c := range s.cues {
		out = fmt.Appendf(out, "\n%s --> %s\n%s\n", clock(c.start), clock(c.end), c.text)
		if len(out) > MaxVTT {
			return Track{}, fmt.Errorf("%w: a track of more than %d bytes", ErrLimit, MaxVTT)
		}
	}
	return Track{Language: s.language, VTT: out, Cues: len(s.cues)}, nil
}

// settle gives an end to the cues that have none, or one before their start.
func (s *script) settle() {
	slices.SortStableFunc(s.cues, func(a, b cue) int { return cmp.Compare(a.start, b.start) })
	next := int64(maxTime + 2*hold)
	for i := len(s.cues) - 1; i >= 0; i-- {
		c := &s.cues[i]
		if i+1 < len(s.cues) && s.cues[i+1].start > c.start {
			next = s.cues[i+1].start
		}
		if c.end <= c.start {
			c.end = min(next, c.start+hold)
		}
	}
}

// join makes one of cues with the same text that show at the same time, or one right after the other.
func (s *script) join() {
	byTime := func(a, b cue) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
	}
	slices.SortStableFunc(s.cues, byTime)
	latest := map[string]int{} // where in kept a text last stands
	kept := s.cues[:0]
	for _, c := range s.cues {
		if i, ok := latest[c.text]; ok && c.start <= kept[i].end+blink {
			kept[i].end = max(kept[i].end, c.end)
			continue
		}
		latest[c.text] = len(kept)
		kept = append(kept, c)
	}
	slices.SortStableFunc(kept, byTime)
	s.cues = kept
}

// maxTime is the latest start of a cue that we keep, after 9,999 hours.
const maxTime = 9999 * 3600 * 1000

// clock writes a time as WebVTT has it.
func clock(ms int64) string {
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3600000, ms/60000%60, ms/1000%60, ms%1000)
}

// readClock reads hours:minutes:seconds, with a fraction after a comma, a full stop or a colon. Hours
// may be missing, and there may be blanks between.
func readClock(s string) (ms int64, ok bool) {
	s = strings.Map(clockRune, s)
	if len(s) > 20 {
		return 0, false
	}
	whole, fraction, _ := strings.Cut(strings.Replace(s, ",", ".", 1), ".")
	parts := strings.Split(whole, ":")
	if len(parts) == 4 && fraction == "" {
		parts, fraction = parts[:3], parts[3]
	}
	if len(parts) < 2 || len(parts) > 3 {
		return 0, false
	}
	var n [3]int64 // hours, minutes, seconds
	for i, part := range parts {
		v, ok := number(part, 4)
		if !ok {
			return 0, false
		}
		n[3-len(parts)+i] = v
	}
	milli, ok := number((fraction + "000")[:3], 3)
	ms = ((n[0]*60+n[1])*60+n[2])*1000 + milli
	return ms, ok && n[1] <= 59 && n[2] <= 59
}

// clockRune leaves blanks out and makes digits of digits: some Persian files have their own in times.
func clockRune(r rune) rune {
	switch {
	case r == ' ' || r == '\t' || r == '\u00a0':
		return -1
	case r >= '\u0660' && r <= '\u0669':
		return '0' + r - '\u0660'
	case r >= '\u06f0' && r <= '\u06f9':
		return '0' + r - '\u06f0'
	case r >= '\uff10' && r <= '\uff19':
		return '0' + r - '\uff10'
	}
	return r
}

// number reads decimal digits, most at most.
func number(s string, most int) (n int64, ok bool) {
	if s == "" || len(s) > most {
		return 0, false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}
