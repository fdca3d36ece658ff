package article

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestPathologicalHTML holds pages that were made to take time or memory to a few seconds, and to the
// promises of every page.
func TestPathologicalHTML(t *testing.T) {
	if testing.Short() {
		t.Skip("the time it takes says nothing under the race detector")
	}
	t.Parallel()
	const size = 1 << 20
	fill := func(unit string) string { return strings.Repeat(unit, size/len(unit)) }
	words := strings.Repeat("Some words, and more of them. ", 4000)
	var fonts strings.Builder
	for i := range 500 {
		fmt.Fprintf(&fonts, "<font size=%d>", i)
	}
	for name, in := range map[string]string{
		"divs":              fill("<div>"),
		"divs with text":    strings.Repeat("<div>a, b", 10_000) + words,
		"fonts":             fonts.String() + fill("<p>x"),
		"bold":              fill("<b>x"),
		"links":             fill("<a href=x>"),
		"tables":            fill("<table><tr><td>x"),
		"tables with text":  strings.Repeat("<table><tr><td>", 100) + words,
		"lists":             fill("<ul><li>x"),
		"end tags":          strings.Repeat("<b>", 200) + fill("</i>"),
		"headings":          "<title>" + words + "</title>" + fill("<h1>x"),
		"breaks":            words + fill("<br>"),
		"breaks and spaces": words + fill("<br> "),
		"attributes":        fill("<p a=b c=d e=f>"),
		"one long tag":      "<p " + fill("a=b "),
		"ids":               fill("<a href=#x id=x>"),
		"pictures":          fill("<img src=x>"),
		"srcset":            `<img srcset="` + fill("a 1x,") + `">`,
		"noscripts":         fill("<img><noscript><img>"),
		"bylines":           strings.Repeat("<div class=byline>", 200) + words,
		"hidden":            fill("<p hidden>"),
		"spans":             strings.Repeat("<span><b>", 100) + fill("x<i>"),
		"linked data":       `<script type="application/ld+json">` + fill("[") + "</script>" + words,
		"comments":          fill("<!-->"),
		"sections":          fill("<section><p>Some text, here. </p></section>"),
		"foster parents":    "<table>" + fill("<p>x"),
		"nested links":      strings.Repeat("<li>", 5000) + words,
	} {
		t.Run(name, func(t *testing.T) {
			at := time.Now()
			p, err := HTML([]byte(in), Options{Path: "a.html"})
			if took := time.Since(at); took > 8*time.Second { // mostly under one: others use the machine
				t.Errorf("took %v", took)
			}
			fuzzed(t, p, err)
		})
	}
}

func TestHTMLLimits(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"size":     strings.Repeat("a", MaxInput+1),
		"tokens":   strings.Repeat("</a>", maxTokens+1),
		"elements": strings.Repeat("<b>", maxDepth) + strings.Repeat("<br>", maxNodes),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := HTML([]byte(in), Options{}); !errors.Is(err, ErrLimit) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestMemory holds a page at the limits to a few hundred megabytes in all, garbage with it.
func TestMemory(t *testing.T) {
	in := []byte(strings.Repeat("<p class=a>Some <b>words</b>, and more. ", maxNodes/6))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := HTML(in, Options{})
	must(t, err)
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 400<<20 {
		t.Errorf("%d MB for %d MB of input", used>>20, len(in)>>20)
	}
}

func TestDeterministic(t *testing.T) {
	t.Parallel()
	for _, c := range savedCases {
		first, err := HTML([]byte(c.page), Options{Path: "a.html"})
		must(t, err)
		for range 5 {
			again, err := HTML([]byte(c.page), Options{Path: "a.html"})
			must(t, err)
			if string(first.HTML) != string(again.HTML) || fmt.Sprint(first) != fmt.Sprint(again) {
				t.Fatalf("%s: not the same twice", c.name)
			}
		}
	}
}
