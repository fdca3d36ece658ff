package viewer

import (
	"strings"
	"testing"

	"satchel/viewer/internal/testbundle"
)

// A site whose places have names that say what they are about.
var placed = testbundle.Files{
	"site/page.html": `<html><head><link rel=stylesheet href="look.css"><style>#forbidden-topic > b, [id="forbidden-topic"] { color: red }</style></head><body id="forbidden-body">
<a href="#forbidden-topic">Here</a> <a href="page.html#forbidden-topic">The same</a> <a href="other.html#forbidden%20%EC%9E%A5">There</a> <a href="#top">Up</a>
<h2 id="forbidden-topic"><b>A place</b></h2><a name="forbidden-anchor">b</a><p aria-labelledby="forbidden-topic forbidden-anchor">c</p>
<img src="p.png" usemap="#forbidden-map"><map name="forbidden-map"><area href="#forbidden-anchor"></map>
<svg><clipPath id="forbidden-clip"></clipPath><circle r="5" clip-path="url(#forbidden-clip)" style="fill:url(#forbidden-clip)"/></svg></body></html>`,
	"site/other.html": `<html><head><style>p{color:#abc}</style></head><body><p id="forbidden 장">There</p></body></html>`,
	"site/look.css":   `@media screen { p:not(#forbidden-topic), #forbidden-anchor { color: #abc; clip-path: url(#forbidden-clip) } }`,
	"site/p.png":      pixel,
	"plain.html":      `<p><a href="site/page.html#forbidden-topic">From elsewhere</a> <a href="site/page.html#top">to its top</a></p>`,
}

// TestG03Places: no word of the name of a place in a framed page is in it, in its styles or in an address; what
// leads to the place, and what styles it, still does.
func TestG03Places(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, placed))
	_, page := s.open(viewContent, "site/page.html")
	_, sheet := s.ask(find(t, page, `rel="stylesheet" href="([^"]+)"`))
	lacks(t, page+sheet, "forbidden")
	id := s.v.sealer.id("forbidden-topic")
	contains(t, page, `<h2 id="`+id+`">`, `<a href="#`+id+`">Here`, `<a href="#`+id+`">The same`, `<style>#`+id+` > b, [id="`+id+`"]{`, `<a href="#top">Up`)
	contains(t, sheet, `p:not(#`+id+`), #`+s.v.sealer.id("forbidden-anchor")+`{color:#abc;clip-path:url("#`+s.v.sealer.id("forbidden-clip")+`")}`)
	s.leads(t, page, "There")
	_, elsewhere := s.open(viewItem, "plain.html")
	s.leads(t, elsewhere, "From elsewhere")
	up := find(t, elsewhere, `href="([^"]+)">to its top`)
	_, item := s.ask(up)
	if src := find(t, item, `<iframe class="frame" src="([^"]+)"`); !strings.HasSuffix(src, "#top") {
		t.Errorf("%q leads to %q", up, src)
	}
	if _, kept := s.open(viewContent, "site/page.html"); kept != page {
		t.Errorf("the page that was kept is another:\n%s", kept)
	}
}

// leads follows a link in a page to a framed one, and finds the place that it names there.
func (s *session) leads(t *testing.T, page, label string) {
	t.Helper()
	to := find(t, page, `href="([^"]+)">`+label)
	_, item := s.ask(to)
	src := find(t, item, `<iframe class="frame" src="([^"]+)"`)
	_, framed := s.ask(src)
	_, place, _ := strings.Cut(src, "#")
	if _, outer, _ := strings.Cut(to, "#"); outer != place || place == "" {
		t.Errorf("%q has %q in its address, and %q in its frame's", label, outer, place)
	}
	contains(t, framed, ` id="`+place+`"`)
	lacks(t, to+item+framed, "forbidden")
}

// Chapters of a book that are shown as their author made them lead to places in each other.
func TestG03PlacesInBooks(t *testing.T) {
	t.Parallel()
	s := bookSession(t, epub(t))
	_, page := s.open(viewItem, "wells.epub")
	_, own := s.ask(find(t, page, `class="acts"><a class="act" href="([^"]+)"`))
	_, chapter := s.ask(find(t, own, `<iframe class="frame" src="([^"]+)"`))
	lacks(t, chapter, "deep")
	s.leads(t, chapter, "on<")
}
