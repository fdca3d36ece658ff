package viewer

import (
	"strconv"
	"strings"
	"time"
)

// A transcript is what is said in a film or recording, from its captions: to read, to print, and to find a
// place in it.
type transcript struct {
	Language string
	Dir      string
	Lines    []spoken
	Tracks   []option // to read it in, where there are several
	Before   string   // addresses of what is said before and behind, or empty
	Behind   string
}

// A spoken line is a caption.
type spoken struct {
	Second int
	Time   string
	Text   string
	Here   string // the address of the film at this time
	Found  bool   // it has the words that the film was found for
}

const (
	linesShown  = 150
	linesBefore = 3       // what is shown before a line that was found
	maxSecond   = 1 << 20 // twelve days
	maxLine     = 1000    // bytes of what is said at a time
)

// parseSecond reads a second of a film.
func parseSecond(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > maxSecond {
		return 0, false
	}
	return n, true
}

// transcript reads captions: those that the address names, or those that show first; or where the film was found for
// words in them, those that have them, from there on.
func (i *itemPage) transcript(tracks []track, found inquiry) *transcript {
	if len(tracks) == 0 {
		return nil
	}
	n, line, named := i.said, -1, i.said
	if n < 0 || n >= len(tracks) {
		n = 0
		for k, t := range tracks {
			if t.Default {
				n = k
			}
		}
	}
	if i.said < 0 && i.from == 0 && i.at == 0 {
		if in, at, ok := i.lineFor(tracks, n, found); ok {
			n, line, named = in, at, in
		}
	}
	t := &transcript{Language: tracks[n].Language, Dir: "auto"}
	t.fill(i.page, i.cues(tracks[n]), named, line)
	if len(t.Lines) == 0 {
		return nil
	}
	if len(tracks) > 1 {
		for k, one := range tracks {
			t.Tracks = append(t.Tracks, option{Label: one.Label, Tag: one.Language, Current: k == n,
				Address: extend(i.self+i.suffix(), "track", int64(k)) + "#said"})
		}
	}
	return t
}

// cues are those of captions: none where they cannot be read, and the film is shown without.
func (p *page) cues(t track) []cue {
	raw, err := p.volume.r.ReadItem(t.entry, maxCaptions)
	if err != nil {
		p.volume.met(err)
		return nil
	}
	return parseCues(decodeText(raw))
}

// fill shows a stretch of what is said: that of the cursor, of the line to show first unless that is below 0, or the
// one that the film begins in. Its addresses name the captions, unless they are below 0.
func (t *transcript) fill(p *page, cues []cue, track, line int) {
	first := int(p.from)
	if line >= linesShown {
		first = line - linesBefore
	}
	if first == 0 {
		for first+linesShown < len(cues) && cues[first+linesShown].start <= time.Duration(p.at)*time.Second {
			first += linesShown
		}
	}
	first = min(first, len(cues))
	end := min(first+linesShown, len(cues))
	self := p.self + p.suffix()
	if track >= 0 {
		self = extend(self, "track", int64(track))
	}
	_, query, _ := strings.Cut(self, "?")
	for n, c := range cues[first:end] {
		second := int(c.start / time.Second)
		here := extend("?"+query, "at", int64(second))
		t.Lines = append(t.Lines, spoken{second, p.lang.clock(second), c.text, strings.Replace(here, "?&", "?", 1), first+n == line})
	}
	if first > 0 {
		t.Before = from(self, uint32(max(0, first-linesShown))) + "#said"
	}
	if end < len(cues) {
		t.Behind = from(self, uint32(end)) + "#said"
	}
}

// A cue is a caption and when it shows.
type cue struct {
	start time.Duration
	text  string
}

// parseCues reads the cues of WebVTT, as the packer writes it or a stranger: what is none is passed over.
// A caption that only goes on showing does not come twice.
func parseCues(text string) (cues []cue) {
	var now *cue
	for line := range strings.SplitSeq(newlines.Replace(text), "\n") {
		before, _, timed := strings.Cut(line, "-->")
		switch {
		case timed:
			now = nil
			if start, ok := parseTime(strings.TrimSpace(before)); ok && len(cues) < maxCues {
				cues = append(cues, cue{start: start})
				now = &cues[len(cues)-1]
			}
		case line == "":
			now = nil
		case now != nil && len(now.text) < maxLine:
			now.text = strings.TrimSpace(now.text + " " + plain(spokenEntities.Replace(withoutTags(line))))
		}
	}
	kept := cues[:0]
	for _, c := range cues {
		if c.text != "" && (len(kept) == 0 || kept[len(kept)-1].text != c.text) {
			kept = append(kept, c)
		}
	}
	return kept
}

// parseTime reads a time of WebVTT: hours, which may be missing, minutes, seconds and thousandths.
func parseTime(s string) (time.Duration, bool) {
	whole, millis, ok := strings.Cut(s, ".")
	if !ok || len(millis) != 3 {
		return 0, false
	}
	thousandths, err := strconv.ParseUint(millis, 10, 16)
	parts := strings.Split(whole, ":")
	if err != nil || len(parts) < 2 || len(parts) > 3 {
		return 0, false
	}
	var seconds uint64
	for _, part := range parts {
		n, err := strconv.ParseUint(part, 10, 16)
		if err != nil {
			return 0, false
		}
		seconds = seconds*60 + n
	}
	return time.Duration(seconds)*time.Second + time.Duration(thousandths)*time.Millisecond, seconds <= maxSecond
}

// withoutTags is the text between tags.
func withoutTags(markup string) string {
	var b strings.Builder
	for markup != "" {
		text, rest, _ := strings.Cut(markup, "<")
		b.WriteString(text)
		_, markup, _ = strings.Cut(rest, ">")
	}
	return b.String()
}

// spokenEntities are those of WebVTT; marks of direction are left out.
var spokenEntities = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&nbsp;", " ", "&lrm;", "", "&rlm;", "")
