package sanitize

import (
	"bytes"
	"strings"
	"testing"
)

// capitals names ids so that one sees what was named, and that nothing was named twice.
func capitals(id string) string { return "in-" + strings.ToUpper(id) }

// ids are the ways in which a page names its elements.
var ids = []struct{ name, in, want string }{
	{"id and link", `<p id=a><a href="#a">x</a><a href="#">y</a><a href="o#a">z</a>`,
		`<p id="in-A"><a href="#in-A">x</a><a href="#">y</a><a href="o#a">z</a></p>`},
	{"id with a space", `<p id="a b"><p id=""><p id=" ">`, `<p id="in-A B"></p><p id=""></p><p id="in- "></p>`},
	{"escapes", `<p id="&quot;&#233;"><a href="#%22%C3%A9">x</a>`, `<p id="in-&#34;É"><a href="#in-%22%C3%A9">x</a></p>`},
	{"anchors and maps", `<a name=a>x</a><img usemap="#m"><map name=m><area href="#a"></map>`,
		`<a name="in-A">x</a><img loading="lazy" usemap="#in-M"><map name="in-M"><area href="#in-A"></map>`},
	{"lists of ids", `<p aria-labelledby="a  b" aria-describedby=c aria-details=d aria-owns="e" aria-label="a b">`,
		`<p aria-labelledby="in-A in-B" aria-describedby="in-C" aria-details="in-D" aria-owns="in-E" aria-label="a b"></p>`},
	{"headers", `<table><tr><th id=a>b<td headers="a b">`, `<table><tr><th id="in-A">b</th><td headers="in-A in-B"></td></tr></table>`},
	{"long list", `<p aria-owns="` + strings.Repeat("a ", 20) + `">`, `<p aria-owns="` + strings.Repeat(" in-A", maxIDs)[1:] + `"></p>`},
	{"what is no id", `<p class=a title="#a" role=a lang=a><a href="h#a">x</a>`, `<p class="a" title="#a" role="a" lang="a"><a href="h#a">x</a></p>`},
	{"style", `<p style="fill:url(#a);color:#abc">`, `<p style="fill:url(&#34;#in-A&#34;);color:#abc"></p>`},
	{"sheet", `<style>#a{fill:url(#a);color:#abc}</style>`, `<style>#in-A{fill:url("#in-A");color:#abc}</style>`},
	{"drawing", `<svg id=a><style>#a{fill:url(#b)}</style><linearGradient id=b></linearGradient><g fill="url(#b)" style="mask:url('#c')" class=b>` +
		`<use xlink:href="#b"></use><text><textPath href="#e">x</textPath></text></g></svg>`,
		`<svg id="in-A"><style>#in-A{fill:url(&#34;#in-B&#34;)}</style><linearGradient id="in-B"></linearGradient><g fill="url(&#34;#in-B&#34;)" style="mask:url(&#34;#in-C&#34;)" class="b">` +
			`<use href="#in-B"></use><text><textPath href="#in-E">x</textPath></text></g></svg>`},
}

// selected are the ways in which a style sheet means ids, and what only looks so.
var selected = []struct{ name, in, want string }{
	{"selector", `#a{b:#c}`, `#in-A{b:#c}`},
	{"compound", `p#a.b>#c:hover,#d ~ e{f:g}`, `p#in-A.b>#in-C:hover,#in-D ~ e{f:g}`},
	{"in functions", `:not(#a):is(#b,:where(#c)) :has(> #d){e:f}`, `:not(#in-A):is(#in-B,:where(#in-C)) :has(> #in-D){e:f}`},
	{"media", `@media print{#a{b:c}}`, `@media print{#in-A{b:c}}`},
	{"conditions", `@supports (a:#abc){#b{c:d}}@container style(--a:#abc){#b{c:d}}`, `@supports (a:#abc){#in-B{c:d}}@container style(--a:#abc){#in-B{c:d}}`},
	{"import", `@import "a" supports(b:#abc);`, `@import "a" supports(b:#abc);`},
	{"scope", `@scope (#a) to (.b #c){:scope{d:e}}`, `@scope (#in-A) to (.b #in-C){:scope{d:e}}`},
	{"nested", `a{b:c;#d{e:f}& #g{h:i}j:is(#k){l:m}}`, `a{b:c;#in-D{e:f}& #in-G{h:i}j:is(#in-K){l:m}}`},
	{"escapes", `#\31 a{b:c}#a\:b{c:d}#\61 {e:f}`, `#in-1A{b:c}#in-A\3a B{c:d}#in-A{e:f}`},
	{"no id", `#1a{b:c}`, `#1a{b:c}`}, // browsers know no such selector, and must not come to know it
	{"glued", `a/**/#b{c:d}`, `a/**/#in-B{c:d}`},
	{"custom properties", `a{--b:#c;--d:url(#e)}`, `a{--b:#c;--d:url("#in-E")}`},
	{"urls", `a{b:url( "#c" );d:url(e#f);g:url(#)}`, `a{b:url("#in-C");d:url("e#f");g:url("#")}`},
	{"equals", `[id=a],[ID = "b"],[*|id='c' i],p[id="d"]:hover{e:f}`, `[id=in-A],[ID = "in-B"],[*|id="in-C" i],p[id="in-D"]:hover{e:f}`},
	{"one of them", `[headers~=a],[aria-labelledby="a b"],[name=c]{d:e}`, `[headers~=in-A],[aria-labelledby="in-A in-B"],[name=in-C]{d:e}`},
	{"links", `[href="#a"],[xlink|href="#b"],[usemap='#c'],[href=h],[href="h#a"]{d:e}`,
		`[href="#in-A"],[xlink|href="#in-B"],[usemap="#in-C"],[href=h],[href="h#a"]{d:e}`},
	{"parts", `[id^=a],[id$=a],[id*="a"],[id|=a],[href^="#"],[href*="#a"]{b:c}`, `[id^=a],[id$=a],[id*="a"],[id|=a],[href^="#"],[href*="#a"]{b:c}`},
	{"other attributes", `[class=a],[title="#a"],[id],[lang|=id],[data-id=a]{b:c}`, `[class=a],[title="#a"],[id],[lang|=id],[data-id=a]{b:c}`},
	{"unclosed", `[id=a{b:c}#d{e:f}`, ``},
	{"odd", `[id=a=b],[id= =c],[=d],[id e=f]{g:h}`, `[id=in-A=b],[id= =c],[=d],[id e=f]{g:h}`},
}

// TestIDs: where the caller gives ids other names, all that means an id follows, and nothing else does.
func TestIDs(t *testing.T) {
	t.Parallel()
	for _, c := range ids {
		page := cleanHTML(t, c.in, Options{Linker: echo{}, Styles: true, ID: capitals})
		_, got, _ := strings.Cut(page, "<title></title>")
		got = strings.NewReplacer("</head><body>", "", "</body></html>\n", "").Replace(got)
		if got != c.want {
			t.Errorf("%s: %q\nbecomes %s\nwant    %s", c.name, c.in, got, c.want)
		}
	}
	for _, c := range selected {
		var out bytes.Buffer
		if err := CSS(&out, strings.NewReader(c.in), Options{Linker: echo{}, ID: capitals}); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); got != c.want {
			t.Errorf("%s: %q\nbecomes %s\nwant    %s", c.name, c.in, got, c.want)
		}
	}
}

// echo is a Linker that answers with the addresses that it gets.
type echo struct{}

func (echo) Link(ref string) (string, bool) { return ref, true }

func (echo) Resource(ref string, _ Use) (string, bool) { return ref, true }

// What two ids have as their one name counts as often as browsers repeat it: the first, which may be the larger.
func TestOneNameForTwo(t *testing.T) {
	t.Parallel()
	many := `<g id="%61">` + strings.Repeat("<g></g>", 1000) + `</g>`
	in := `<svg>` + many + `<g id=a></g>` + strings.Repeat(`<use href="#a"></use>`, 1000) + `</svg>`
	page := cleanHTML(t, in, Options{ID: func(string) string { return "x" }})
	if n := strings.Count(page, "<use"); n > maxCopies/1000 {
		t.Errorf("%d copies of a thousand elements are left", n)
	}
}
