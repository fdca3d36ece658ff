package viewer

import (
	"bytes"
	"strings"

	"satchel/bundle"
)

// Captions lie beside a film under its name: film.mp4, film.ko.vtt, film.en.srt. The packer has made
// WebVTT of all that it could read, whatever their names end in; others are there to be saved.

const (
	maxCaptions  = 2 << 20 // bytes of a captions file
	maxCues      = 20_000  // cues of a file: ten hours of a film in two-second steps
	maxTracks    = 24      // tracks of a film
	maxLanguages = 64      // languages that tracks are looked for in
)

// captionEndings are what names of captions end in.
var captionEndings = []string{".vtt", ".srt", ".smi", ".sami", ".ass", ".ssa"}

// A track is captions of a film.
type track struct {
	Address  string
	Language string
	Label    string
	Default  bool
	entry    bundle.Entry
}

// tracks returns the captions that lie beside a film: those that browsers show, and those to be saved.
func (p *page) tracks(film bundle.Entry) (shown, saved []track) {
	counts, err := p.volume.r.Languages()
	if err != nil {
		p.volume.met(err)
		return nil, nil
	}
	tags := []string{""}
	for _, c := range counts[:min(len(counts), maxLanguages)] {
		tags = append(tags, c.Name)
	}
	for _, tag := range tags {
		e, ok := p.captionsOf(film, tag)
		switch {
		case ok && isVTT(e) && len(shown) < maxTracks:
			shown = append(shown, p.track(e, viewCaptions, tag))
		case ok && !isVTT(e) && isSaved(e) && len(saved) < maxTracks:
			saved = append(saved, p.track(e, viewSave, tag))
		}
	}
	p.pickDefault(shown, film.Language)
	p.tellTracksApart(shown)
	return shown, saved
}

func isVTT(e bundle.Entry) bool { return baseType(e.Type) == "text/vtt" }

func (p *page) track(e bundle.Entry, as view, tag string) track {
	address, _ := p.viewer.sealer.seal(target{as, p.volume.number, e.Path})
	language := tag
	if language == "" {
		language = e.Language
	}
	label := p.T("captions")
	if language != "" {
		label = languageName(language)
	}
	return track{Address: address, Language: language, Label: label, entry: e}
}

// tellTracksApart numbers those of the same name.
func (p *page) tellTracksApart(tracks []track) {
	times := map[string]int{}
	for i, t := range tracks {
		if times[t.Label]++; times[t.Label] > 1 {
			tracks[i].Label += " " + p.num(times[t.Label])
		}
	}
}

// pickDefault turns on the captions in the language of the interface; where there are none, those in the
// film's or in English.
func (p *page) pickDefault(tracks []track, film string) {
	for _, tag := range []string{p.lang.tag, film, "en"} {
		best, like := 0, 0
		for i, t := range tracks {
			if n := likeness(t.Language, tag); n > like && tag != "" {
				best, like = i, n
			}
		}
		if like > 0 {
			tracks[best].Default = true
			return
		}
	}
}

// captionsOf looks for a film's captions in one language.
func (p *page) captionsOf(film bundle.Entry, tag string) (bundle.Entry, bool) {
	names := []string{""}
	if tag != "" {
		names = []string{"." + tag, "." + strings.ReplaceAll(tag, "-", "_"),
			"." + strings.ToLower(tag)}
	}
	for _, name := range names {
		for _, ending := range captionEndings {
			e, err := p.volume.r.Lookup(stem(film.Path) + name + ending)
			if err == nil && e.Kind == bundle.KindCaptions {
				return e, true
			}
			if err != nil {
				p.volume.met(err)
			}
		}
	}
	return bundle.Entry{}, false
}

// captions answers with a captions file.
func (v *Viewer) captions(p *page, name string) *Response {
	e, err := p.volume.lookup(name)
	if err != nil {
		return p.plainFailure(err)
	}
	if !isVTT(e) {
		return p.problem(404, problemKey(404), pageHeader)
	}
	raw, err := p.volume.r.ReadItem(e, maxCaptions)
	if err != nil {
		return p.plainFailure(err)
	}
	return whole(200, vttHeader, onlyCues(raw))
}

// onlyCues returns the cues of a WebVTT file as they are. What else may stand in one is left out: a style
// sheet counts for the page that shows it, and a stranger's bundle need not come from our packer.
func onlyCues(raw []byte) []byte {
	out := []byte("WEBVTT\n")
	within, cues := false, 0
	for line := range strings.SplitSeq(newlines.Replace(decodeText(raw)), "\n") {
		switch {
		case strings.Contains(line, "-->"):
			if cues++; cues > maxCues {
				return out
			}
			within = true
			out = append(out, '\n') // it begins a block of its own
		case line == "":
			within = false
		}
		if within {
			out = append(append(out, line...), '\n')
		}
	}
	return out
}

var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// decodeText returns a text as the packer writes them: UTF-8, with U+FFFD for what is not.
func decodeText(raw []byte) string {
	return strings.ToValidUTF8(string(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))), "\uFFFD")
}
