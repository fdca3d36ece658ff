package sanitize

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

const ns = ` xmlns="http://www.w3.org/2000/svg"`

var drawingCases = []struct{ name, in, want string }{
	{"shapes", `<?xml version="1.0"?><!DOCTYPE svg PUBLIC "a" "b"><svg viewBox="0 0 9 9"><!-- c -->
		<g fill="red"><path d="M0,0"/></g><lineargradient id="a"/></svg>`,
		`<svg` + ns + ` viewBox="0 0 9 9"><g fill="red"><path d="M0,0"/></g><linearGradient id="a"/></svg>`},
	{"text", `<svg><text x="1">a &amp; <tspan>b</tspan></text>c</svg>`,
		`<svg` + ns + `><text x="1">a &amp; <tspan>b</tspan></text></svg>`},
	{"script", `<svg onload="x()"><script>y()</script><g onclick="z()"/></svg>`,
		`<svg` + ns + `><g/></svg>`},
	{"foreign content", `<svg><foreignObject><p>a</p><svg><g/></svg></foreignObject><g/></svg>`,
		`<svg` + ns + `><g/></svg>`},
	{"links", `<svg><a href="x"><g/></a><switch><g/></switch></svg>`, `<svg` + ns + `><g/><g/></svg>`},
	{"animation", `<svg><g><set attributeName="href"/><animate/></g></svg>`, `<svg` + ns + `><g></g></svg>`},
	{"references", `<svg><g id="a"/><use xlink:href="#a"/><use href="x.svg#a"/><use/></svg>`,
		`<svg` + ns + `><g id="a"/><use href="#a"/></svg>`},
	{"pictures", `<svg><image href="a.png"/><image width="1" xlink:href="data:image/png;base64,AA=="/>
		<image href="data:image/svg+xml;base64,AA=="/></svg>`,
		`<svg` + ns + `><image width="1" href="data:image/png;base64,AA=="/></svg>`},
	{"paint", `<svg><g fill="url(#a)" stroke="url(b#c) red" filter="u\72l(x)" transform="scale(2)"/></svg>`,
		`<svg` + ns + `><g fill="url(&#34;#a&#34;)" stroke="none red" filter="none" transform="scale(2)"/></svg>`},
	{"style", `<svg><style>@import "a"; .b{fill:red;position:fixed} c&gt;d{fill:url(e)}</style></svg>`,
		`<svg` + ns + `><style>.b{fill:red}c&gt;d{fill:none}</style></svg>`},
	{"style as character data", `<svg><style><![CDATA[.b{fill:red}]]></style></svg>`,
		`<svg` + ns + `><style>.b{fill:red}</style></svg>`},
	{"style attribute", `<svg><g style="fill:url(#a);-inkscape-x:y;background:url(z)"/></svg>`,
		`<svg` + ns + `><g style="fill:url(&#34;#a&#34;)"/></svg>`},
	{"prefix", `<svg:svg xmlns:svg="http://www.w3.org/2000/svg"><svg:g/></svg:svg>`,
		`<svg` + ns + `><g/></svg>`},
	{"other vocabularies", `<svg><metadata><rdf:RDF><cc:Work/></rdf:RDF></metadata><sodipodi:namedview>` +
		`<inkscape:grid/></sodipodi:namedview><g inkscape:label="x"/></svg>`, `<svg` + ns + `><g/></svg>`},
	{"broken off", `<svg><g><path d="M`, `<svg` + ns + `><g></g></svg>`},
	{"control characters", "<svg><text>a\x01\x0c\uFFFEb</text></svg>", `<svg` + ns + ">" + "<text>a \uFFFDb</text></svg>"},
}

// TestD13Drawings: a drawing keeps what it draws, and nothing that runs or fetches.
func TestD13Drawings(t *testing.T) {
	t.Parallel()
	for _, c := range drawingCases {
		var once, twice bytes.Buffer
		if err := SVG(&once, strings.NewReader(c.in)); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if once.String() != c.want {
			t.Errorf("%s: SVG(%q)\ngot  %s\nwant %s", c.name, c.in, once.String(), c.want)
		}
		if err := checkDrawing(once.Bytes()); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if err := SVG(&twice, &once); err != nil || twice.String() != c.want {
			t.Errorf("%s: second time: %s, %v", c.name, twice.String(), err)
		}
	}
}

func TestDrawingRefused(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"", "text", "<html><p>x</p></html>",
		`<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>`,
		`<!DOCTYPE svg [
			<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><svg/>`,
	} {
		var b strings.Builder
		if err := SVG(&b, strings.NewReader(in)); !errors.Is(err, ErrDrawing) {
			t.Errorf("SVG(%q) = %q, %v", in, b.String(), err)
		}
	}
}

// TestDrawingCopies: elements that repeat each other ten times, twelve levels
// deep, would be a million million.
func TestDrawingCopies(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`<svg><g id="a0"></g>`)
	for i := range 12 {
		use := strings.Repeat(fmt.Sprintf(`<use href="#a%d"/>`, i), 10)
		fmt.Fprintf(&b, `<g id="a%d">%s</g>`, i+1, use)
	}
	b.WriteString(`<g id="self"><use href="#self"/></g><use href="#late"/><g id="late"/></svg>`)
	var once bytes.Buffer
	if err := SVG(&once, strings.NewReader(b.String())); err != nil {
		t.Fatal(err)
	}
	out := once.String()
	if strings.Contains(out, "#self") || !strings.Contains(out, "#late") {
		t.Errorf("wrong references: %s", out)
	}
	total, weights := 0, map[string]int{}
	for i := range 13 {
		id := fmt.Sprintf("a%d", i)
		_, group, _ := strings.Cut(out, `<g id="`+id+`">`)
		group, _, _ = strings.Cut(group, "</g>")
		weights[id] = 1
		for _, use := range strings.Split(group, `<use href="#`)[1:] {
			of, _, _ := strings.Cut(use, `"`)
			weights[id] += 1 + weights[of]
			total += weights[of]
		}
	}
	if total > maxCopies || weights["a4"] < 10_000 {
		t.Errorf("%d elements are repeated: %v", total, weights)
	}
}

// TestD20DrawingStaysInItsBox: in an article a drawing cannot cover the page.
func TestD20DrawingStaysInItsBox(t *testing.T) {
	t.Parallel()
	in := `<svg width="9" class="x" style="position:absolute;inset:0" overflow="visible" transform="scale(99)">` +
		`<style>body{display:none}</style><g style="fill:red;overflow:visible" class="y"/></svg>`
	want := `<svg width="9"><g style="fill:red;overflow:visible"/></svg>`
	if got := content(cleanHTML(t, in, Options{})); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
