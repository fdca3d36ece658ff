package viewer

import (
	"fmt"
	"strings"
	"testing"

	"satchel/bundle"
	"satchel/viewer/internal/testbundle"
)

// longBook is an EPUB of chapters with these texts.
func longBook(t testing.TB, chapters []string) string {
	t.Helper()
	var manifest, spine strings.Builder
	parts := [][2]string{bookParts[0], bookParts[1], {"OEBPS/book.opf"}}
	for n, text := range chapters {
		fmt.Fprintf(&manifest, `<item id="c%d" href="%d.xhtml" media-type="application/xhtml+xml"/>`, n, n)
		fmt.Fprintf(&spine, `<itemref idref="c%d"/>`, n)
		parts = append(parts, [2]string{fmt.Sprintf("OEBPS/%d.xhtml", n),
			`<html xmlns="http://www.w3.org/1999/xhtml"><head><title>lantern</title></head><body><p>` + text + `</p></body></html>`})
	}
	parts[2][1] = `<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">x</dc:identifier><dc:title>Wells</dc:title></metadata>
<manifest>` + manifest.String() + `</manifest><spine>` + spine.String() + `</spine></package>`
	return epubOf(t, parts)
}

// found searches for something, and opens the first hit.
func (s *session) found(query string) string {
	s.t.Helper()
	_, page := s.find(query)
	_, page = s.ask(find(s.t, page, `class="row" href="([^"]+)"`))
	return page
}

// A book that was found opens at the first chapter where the words are together, or most of them; where they are in none,
// or too far behind, at the first.
func TestBookOpensAtWords(t *testing.T) {
	t.Parallel()
	filler := strings.Repeat("Nothing of it here. ", 50)
	chapters := []string{"Cover", "A rope is long.", "The rope and the <b>buck</b>ets.", "Both again: rope, bucket", "깨끗한 물을 마십니다", "Кипятите воду"}
	for len(chapters) < 300 {
		chapters = append(chapters, filler)
	}
	chapters[250] = "A windlass"
	for len(chapters) < maxSought/leastPart {
		chapters = append(chapters, "")
	}
	chapters = append(chapters, "A waterwheel")
	s := newSession(t, Options{}, testbundle.Open(t, testbundle.Pack(t, testbundle.Files{"wells.epub": longBook(t, chapters), "a.html": "<p>A"}, bundle.Options{})))
	for query, number := range map[string]int{
		"rope": 2, "BUCKET rope": 3, "물": 5, "вода": 6, "windlass": 251, "wells": 1, "waterwheel": 1, "rope -nothere": 2, "windlas": 251,
	} {
		if got := find(t, s.found(query), `<span class="note">Chapter ([\d,]+) of`); got != fmt.Sprint(number) {
			t.Errorf("%q: it opens at chapter %s, want %d", query, got, number)
		}
	}
	page := s.found("windlass")
	_, before := s.ask(find(t, page, `rel="prev" href="([^"]+)"`))
	contains(t, before, `<span class="note">Chapter 250 of`)
	_, first := s.open(viewItem, "wells.epub")
	contains(t, first, `<span class="note">Chapter 1 of`)
}

// Of a film that was found for what is said in it there is shown where that is, whatever the page and the captions.
func TestFilmShowsWords(t *testing.T) {
	t.Parallel()
	var long strings.Builder
	long.WriteString("WEBVTT\n")
	for i := range 400 {
		text := fmt.Sprintf("line %d", i)
		switch i {
		case 20:
			text = "the kettle"
		case 199:
			text = "a lonely"
		case 200:
			text = "kettle boils"
		}
		fmt.Fprintf(&long, "\n%02d:%02d.000 --> %02d:%02d.900\n%s\n", i/60, i%60, i/60, i%60, text)
	}
	s := newSession(t, Options{}, testbundle.New(t, testbundle.Files{"f.mp4": "film", "f.en.vtt": long.String(),
		"f.ko.vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\n다른 말\n\n00:03.000 --> 00:04.000\n깨끗한 물\n", "a.html": "<p>A"}))
	page := s.found("lonely kettle boils")
	find(t, page, `<li class="(found)"><a href="\?track=.&amp;at=199"`)
	contains(t, page, "line 196<", "line 345<", "Earlier", "Later")
	lacks(t, page, "line 195<", "line 346<")
	_, earlier := s.ask(find(t, page, `href="([^"]+)">Earlier`))
	contains(t, earlier, "line 46<", "line 195<")
	_, earlier = s.ask(find(t, earlier, `href="([^"]+)">Earlier`))
	contains(t, earlier, "line 0<", "line 149<")
	lacks(t, earlier, `class="found"`, "Earlier")
	page = s.found("kettle")
	find(t, page, `<li class="(found)"><a href="\?track=.&amp;at=20"`)
	contains(t, page, "line 0<", "line 149<")
	page = s.found("물")
	find(t, page, `<li class="(found)"><a href="\?track=.&amp;at=3"`)
	contains(t, page, "다른 말")
	lacks(t, page, "line 0<")
	address, _ := s.v.sealer.seal(target{viewItem, 0, "f.mp4"})
	_, page = s.ask(address)
	contains(t, page, "line 0<")
	lacks(t, page, `class="found"`)
}

// BenchmarkBookOpensAtWords opens a book of 300 chapters, of ten pages each, at words in its last one.
func BenchmarkBookOpensAtWords(b *testing.B) {
	var chapters []string
	for i := range 300 {
		chapters = append(chapters, fmt.Sprintf("%d %s", i, strings.Repeat("The bucket goes down the well on a rope, and comes up full of water. ", 300)))
	}
	chapters[299] += "windlass"
	v := New([]*bundle.Reader{testbundle.New(b, testbundle.Files{"wells.epub": longBook(b, chapters), "a.html": "<p>A"})}, Options{})
	defer v.Close()
	for name, query := range map[string]string{"found": "windlass", "not searched for": ""} {
		address, _ := v.sealer.seal(target{viewItem, 0, spot{path: "wells.epub", trail: trail{found: inquiry{id: v.queries.keep(query)}}}.String()})
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if a := v.Serve(b.Context(), &Request{Method: "GET", Path: address}); a.Status != 200 {
					b.Fatal(a.Status)
				}
			}
		})
	}
}
