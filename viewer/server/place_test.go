package server

import (
	"strings"
	"testing"

	"satchel/viewer/internal/testbundle"
)

// placed has a site that leads to a place in its page, and styles it by its name; and a page that leads there, too.
var placed = testbundle.Files{
	"index.html": `<html><head><link rel="stylesheet" href="look.css"><style>#how-to-make-x { color: rgb(1, 2, 3) } .far { height: 3000px }</style></head><body><h1>Start</h1>
<a href="#how-to-make-x">Go down</a> <a href="other.html">Go on</a><p class="far"></p><h2 id="how-to-make-x">The place</h2><a href="#top">Go up</a><p class="far"></p></body></html>`,
	"look.css":   `#how-to-make-x:target { background: rgb(4, 5, 6) } [id="how-to-make-x"] { border-top: 7px solid }`,
	"other.html": `<p><a href="index.html#how-to-make-x">Go there</a></p>`,
}

// TestG03PlacesInSites: a link to a place in a site leads there, what is styled by its name keeps its looks, and no address
// says what the place is about.
func TestG03PlacesInSites(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) *reader{
		"chromium": newReader,
		"firefox":  func(t *testing.T) *reader { return &reader{t: t, browser: startFirefox(t, t.TempDir())} },
		"webkit":   func(t *testing.T) *reader { return &reader{t: t, browser: startWebKit(t, t.TempDir())} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := open(t)
			l := start(t, testbundle.New(t, placed))
			const place = "getComputedStyle(" + inFrame + ".querySelector('h2'))"
			const marked = place + ".backgroundColor == 'rgb(4, 5, 6)' && " + place + ".color == 'rgb(1, 2, 3)'"
			r.home(l, "")
			r.follow(beginReading, "the site is shown as it was made", place+".color == 'rgb(1, 2, 3)' && "+place+".borderTopWidth == '7px'")
			r.follow(goDown, "the place is shown", farDown+" && "+marked)
			r.opaque()
			r.follow("a says Go up", "the beginning is shown", inFrame+".scrollingElement.scrollTop == 0")
			r.follow("a says Go on", "another page is shown", "document.querySelector('article')")
			r.follow("a says Go there", "the place is shown again", farDown+" && "+marked)
			r.opaque()
		})
	}
}

// opaque sees that the addresses of the page and of its frame lead to a place, and do not say to which.
func (r *reader) opaque() {
	r.t.Helper()
	var at []string
	r.must(r.look(everywhere+".map(d => d.location.href)", &at))
	all := strings.Join(at, " ")
	if len(at) != 2 || !strings.Contains(at[1], "#") || strings.Contains(all, "how") {
		r.t.Errorf("the addresses are %q", at)
	}
}
