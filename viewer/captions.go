package viewer

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"satchel/bundle"
)

// Captions lie beside a film under its name: film.mp4, film.ko.vtt, film.en.srt.
// Both formats come out as WebVTT that we wrote: times, and text with nothing in
// it but bold, italic and underlined, so that no style or region is carried in.

const (
	maxCaptions  = 2 << 20 // bytes of a captions file
	maxCues      = 20_000  // cues of a file: ten hours of a film in two-second steps
	maxTracks    = 24      // tracks of a film
	maxLanguages = 64      // languages that tracks are looked for in
)

// A track is captions of a film.
type track struct {
	Address  string
	Language string
	Label    string
	Default  bool
}

// tracks returns the captions that lie beside a film.
func (p *page) tracks(film bundle.Entry) []track {
	counts, err := p.volume.r.Languages()
	if err != nil {
		return nil
	}
	tags := []string{""}
	for _, c := range counts[:min(len(counts), maxLanguages)] {
		tags = append(tags, c.Name)
	}
	var found []track
	for _, tag := range tags {
		if e, ok := p.beside(film, tag); ok && len(found) < maxTracks {
			found = append(found, p.track(e, tag))
		}
	}
	p.pickDefault(found)
	return found
}

func (p *page) track(e bundle.Entry, tag string) track {
	address, _ := p.viewer.sealer.seal(target{viewCaptions, p.volume.number, e.Path})
	language := tag
	if language == "" {
		language = e.Language
	}
	label := p.T("captions")
	if language != "" {
		label = languageName(language)
	}
	return track{Address: address, Language: language, Label: label}
}

// pickDefault turns on the captions in the language of the interface.
func (p *page) pickDefault(tracks []track) {
	for i, t := range tracks {
		if primary(t.Language) == primary(p.lang.tag) {
			tracks[i].Default = true
			return
		}
	}
}

// beside looks for captions in one language.
func (p *page) beside(film bundle.Entry, tag string) (bundle.Entry, bool) {
	names := []string{""}
	if tag != "" {
		names = []string{"." + tag, "." + strings.ReplaceAll(tag, "-", "_"),
			"." + strings.ToLower(tag)}
	}
	for _, name := range names {
		for _, ext := range []string{".vtt", ".srt"} {
			e, err := p.volume.r.Lookup(stem(film.Path) + name + ext)
			if err == nil && formOf(e) == formText {
				return e, true
			}
		}
	}
	return bundle.Entry{}, false
}

// captions answers with a captions file as WebVTT.
func (v *Viewer) captions(p *page, name string) *Response {
	e, err := p.volume.lookup(name)
	if err != nil {
		return p.plainFailure(err)
	}
	raw, err := p.volume.r.ReadItem(e, maxCaptions)
	if err != nil {
		return p.plainFailure(err)
	}
	return whole(200, vttHeader, webVTT(raw))
}

// webVTT rewrites captions, WebVTT or SubRip. What is no cue is left out.
func webVTT(raw []byte) []byte {
	out := []byte("WEBVTT\n")
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(decodeText(raw)), "\n")
	for i, cues := 0, 0; i < len(lines) && cues < maxCues; i++ {
		head, ok := cueTimes(lines[i])
		if !ok {
			continue
		}
		out = append(append(append(out, '\n'), head...), '\n')
		for i+1 < len(lines) && strings.TrimSpace(lines[i+1]) != "" {
			i++
			if text := cueText(lines[i]); strings.TrimSpace(text) != "" { // an empty line ends a cue
				out = append(append(out, text...), '\n')
			}
		}
		cues++
	}
	return out
}

// cueTimes reads a line such as "00:01:02,500 --> 00:01:04,000" and writes it the
// way WebVTT wants it.
func cueTimes(line string) (string, bool) {
	from, to, ok := strings.Cut(line, "-->")
	if !ok {
		return "", false
	}
	to, settings, _ := strings.Cut(strings.TrimSpace(to), " ")
	start, ok1 := cueTime(strings.TrimSpace(from))
	end, ok2 := cueTime(to)
	return start + " --> " + end + cueSettings(settings), ok1 && ok2
}

// cueTime reads hours:minutes:seconds with a fraction after a comma or a full
// stop; hours may be missing.
func cueTime(s string) (string, bool) {
	whole, fraction, _ := strings.Cut(strings.Replace(s, ",", ".", 1), ".")
	parts := strings.Split(whole, ":")
	if len(parts) < 2 || len(parts) > 3 || len(s) > 20 {
		return "", false
	}
	var n [3]int
	for i, part := range parts {
		v, ok := smallNumber(part)
		if !ok {
			return "", false
		}
		n[3-len(parts)+i] = v
	}
	milli, ok := smallNumber((fraction + "000")[:3])
	if !ok || n[1] > 59 || n[2] > 59 {
		return "", false
	}
	return fmt.Sprintf("%02d:%02d:%02d.%03d", n[0], n[1], n[2], milli), true
}

func smallNumber(s string) (n int, ok bool) {
	if s == "" || len(s) > 4 {
		return 0, false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// cueSettings keeps where on the picture a cue stands.
func cueSettings(s string) string {
	var kept strings.Builder
	for _, field := range strings.Fields(s) {
		name, value, _ := strings.Cut(field, ":")
		switch name {
		case "align", "line", "position", "size", "vertical":
			if value != "" && len(value) < 20 && strings.Trim(value, "abcdefghijklmnopqrstuvwxyz0123456789-.,%") == "" {
				kept.WriteString(" " + name + ":" + value)
			}
		}
	}
	return kept.String()
}

// cueTags are the tags that stay in captions.
var cueTags = []string{"<b>", "</b>", "<i>", "</i>", "<u>", "</u>"}

// cueText escapes a line of captions, but for the tags that may stay. Other tags,
// such as colours, are dropped.
func cueText(line string) string {
	var out strings.Builder
	for line != "" {
		i := strings.IndexByte(line, '<')
		if i < 0 {
			i = len(line)
		}
		out.WriteString(escapeCue(line[:i]))
		line = line[i:]
		end := strings.IndexByte(line, '>')
		if end < 0 {
			// Nothing more is a tag. To look for its end at each < would take the square of the line.
			out.WriteString(strings.ReplaceAll(escapeCue(line), "<", "&lt;"))
			break
		}
		for _, tag := range cueTags {
			if strings.EqualFold(line[:end+1], tag) {
				out.WriteString(tag)
			}
		}
		line = line[end+1:]
	}
	return out.String()
}

// escapeCue escapes text. Entities that WebVTT knows are left as they are.
func escapeCue(s string) string {
	s = strings.ReplaceAll(s, "&", "&amp;")
	for _, entity := range []string{"amp", "lt", "gt", "nbsp", "lrm", "rlm"} {
		s = strings.ReplaceAll(s, "&amp;"+entity+";", "&"+entity+";")
	}
	return strings.ReplaceAll(s, ">", "&gt;")
}

// decodeText returns text as UTF-8: UTF-16 where a mark at the beginning says so,
// otherwise what is valid, with U+FFFD for what is not.
func decodeText(raw []byte) string {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xfe")):
		order = binary.LittleEndian
	case bytes.HasPrefix(raw, []byte("\xfe\xff")):
		order = binary.BigEndian
	default:
		raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
		if utf8.Valid(raw) {
			return string(raw)
		}
		return strings.ToValidUTF8(string(raw), "\uFFFD")
	}
	units := make([]uint16, 0, len(raw)/2)
	for raw = raw[2:]; len(raw) >= 2; raw = raw[2:] {
		units = append(units, order.Uint16(raw))
	}
	return string(utf16.Decode(units))
}
