package viewer

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	xhtml "golang.org/x/net/html"

	"satchel/bundle"
	"satchel/viewer/internal/testbundle"
)

const essay = `<html lang="ko" dir="ltr"><head><title>t</title></head><body>
<h1 id="top">물</h1><p id=q name="for" class="bar" style="position:fixed">Text <a href="#two">two</a> <a href="other.html#caf%C3%A9">on</a>
<sup><a href="#fn-1" id="ref-1">1</a></sup><img usemap="#m" src="p.png" alt="#1 url(x)"><map name="m"><area href="#two"></map></p>
<h2 id="two">Two &amp; <em>more</em></h2><table><tr><th id="c1">a</th></tr><tr><td headers="c1 c2">b</td></tr></table>
<svg><defs><linearGradient id="g"><stop/></linearGradient></defs><circle id="c" fill="url(#g)" r="5"/><use href="#c"/></svg>
<h3>Three</h3><h2>Four</h2><p id="fn-1">Note <a href="#ref-1">back</a></p></body></html>`

// TestD20Article: an article stands in the page, and nothing in it has a name, a class or a style that could
// meddle with ours; what belongs together in it still does.
func TestD20Article(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, testbundle.Files{"a.html": essay, "other.html": `<h1>O</h1><p id="café">x`, "p.png": pixel}))
	_, page := s.open(viewItem, "a.html")
	body := find(t, page, `(?s)<article class="prose"[^>]*>(.*)</article>`)
	contains(t, page, `<article class="prose" dir="ltr" lang="ko">`)
	lacks(t, body, "class=", "style=", "<body", "<html", "<title", "position")
	id := s.v.sealer.id
	for _, m := range regexp.MustCompile(` (?:id|name|headers|usemap)="#?([^"]*)"`).FindAllStringSubmatch(body, -1) {
		for name := range strings.FieldsSeq(m[1]) {
			if !strings.HasPrefix(name, idMark) {
				t.Errorf("the article has the name %q", name)
			}
		}
	}
	contains(t, body, `href="#`+id("two")+`"`, `id="`+id("two")+`"`, `id="`+id("fn-1")+`"`, `href="#`+id("ref-1")+`"`,
		`usemap="#`+id("m")+`"`, `name="`+id("m")+`"`, `headers="`+id("c1")+" "+id("c2")+`"`, `url(&#34;#`+id("g")+`&#34;)`, `id="`+id("g")+`"`, `alt="#1 url(x)"`)
	for _, word := range []string{"two", "fn-1", "top", "caf"} {
		lacks(t, regexp.MustCompile(`>[^<]*<`).ReplaceAllString(body, "><"), `"`+word, "#"+word)
	}
	on := find(t, body, `href="([^"]+)">on`)
	_, place, _ := strings.Cut(on, "#")
	_, other := s.ask(on)
	contains(t, other, `id="`+place+`"`)
}

// Pictures have the size that the bundle knows, unless the page says another.
func TestPicturesHaveRoom(t *testing.T) {
	t.Parallel()
	s := said(t, testbundle.Files{"d/a.html": `<img src="../p.png"><img alt="x>" src=../p.png width=7><img src="none.png"><img src="q.png">`, "p.png": pixel, "d/q.png": pixel},
		map[string]bundle.Item{"p.png": {Width: 640, Height: 480}})
	_, page := s.open(viewItem, "d/a.html")
	if n := strings.Count(page, `width="640" height="480"`); n != 1 {
		t.Errorf("%d pictures have their size:\n%s", n, page)
	}
	contains(t, page, `width="7"`)
}

func TestContents(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, testbundle.Files{"a.html": essay, "b.html": "<h1>One</h1><h2>Two</h2>",
		"c.html": strings.Repeat("<h2>x</h2>", 3000), "d.html": "<h2></h2><h2><img src=x></h2><h5>five</h5><h2>" + strings.Repeat("long ", 500)}))
	_, page := s.open(viewItem, "a.html")
	var got []string
	for _, m := range regexp.MustCompile(`<li class="(depth-\d)"><a href="#([^"]+)"[^>]*><bdi>([^<]*)`).FindAllStringSubmatch(page, -1) {
		got = append(got, m[1]+" "+html.UnescapeString(m[3]))
		contains(t, page, `id="`+m[2]+`"`)
	}
	if want := "depth-0 Two & more|depth-1 Three|depth-0 Four"; strings.Join(got, "|") != want {
		t.Errorf("the contents are %q, want %q", got, want)
	}
	contains(t, page, `<h1 class="unseen">`)
	_, short := s.open(viewItem, "b.html")
	lacks(t, short, `class="contents"`)
	_, many := s.open(viewItem, "c.html")
	if n := strings.Count(many, `class="depth-`); n != maxHeadings {
		t.Errorf("%d lines of contents, want %d", n, maxHeadings)
	}
	_, odd := s.open(viewItem, "d.html")
	contains(t, odd, "<h1><bdi>d</bdi></h1>")
	lacks(t, odd, `class="contents"`)
}

// Headings in headings, ids by the thousand and pages of megabytes cost little more than reading them.
func TestC24LongArticle(t *testing.T) {
	t.Parallel()
	nested := strings.Repeat("<h1><div>", 120) + strings.Repeat("<b></b>", 300_000)
	ids := strings.Repeat(`<i aria-owns="`+strings.Repeat("a ", 900)+`">`, 2000)
	for name, page := range map[string]string{"nested": nested, "ids": ids, "long": strings.Repeat("&", maxArticle+1), "many": strings.Repeat("<a id=a>", 500_000)} {
		s := newSession(t, Options{}, testbundle.New(t, testbundle.Files{"a.html": page}))
		r, got := s.open(viewItem, "a.html")
		if r.Status != 200 || len(got) > 3*maxArticle*2 {
			t.Errorf("%s: %d, %d bytes", name, r.Status, len(got))
		}
		if long := name == "long"; strings.Contains(got, "<iframe") != long {
			t.Errorf("%s is in a frame: %v", name, !long)
		}
		if n := strings.Count(got, "depth-"); name == "nested" && n > 1 {
			t.Errorf("%d lines of contents for headings that have others in them", n)
		}
	}
}

// What is spoken as if it were the viewer's is not: roles of alerts and parts of the page around.
func TestD20Roles(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, testbundle.Files{"a.html": `<p role=status>a<p role="alert">b<p role=banner>c<ul role=list><li role=LISTITEM>d</ul><h1 hidden>e</h1>`}))
	_, page := s.open(viewItem, "a.html")
	body := find(t, page, `(?s)<article[^>]*>(.*)</article>`)
	lacks(t, body, "status", "alert", "banner", "LISTITEM")
	contains(t, body, `role="list"`)
	contains(t, page, "<h1><bdi>a</bdi></h1>") // a heading that is hidden is no title
}

// A site is shown as its author made it, or plain; the choice stands in the address.
func TestRestyle(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, collection))
	_, site := s.open(viewItem, "health/burns.html")
	contains(t, site, "<iframe", "Plain, to read")
	_, plain := s.ask(find(t, site, `class="act" href="([^"]+)"`))
	contains(t, plain, `<article class="prose"`, "Water", "As its author made it")
	lacks(t, plain, "<iframe", "style/site.css", "color:red")
	_, again := s.ask(find(t, plain, `class="act" href="([^"]+)"`))
	contains(t, again, "<iframe", `class="up"`)
	_, larger := s.ask(find(t, site, `href="([^"]*size=1[^"]*)"`))
	contains(t, larger, `<article class="prose"`) // whoever wants larger text gets it
	_, article := s.open(viewItem, "index.html")
	lacks(t, article, "Plain, to read", "As its author made it")
}

// marks are the attributes whose values are an id, or several.
var marks = map[string]bool{"id": true, "name": true, "headers": true, "aria-describedby": true, "aria-details": true,
	"aria-labelledby": true, "aria-owns": true}

func FuzzArticle(f *testing.F) {
	for _, s := range []string{essay, "<h1", "<h2>x", `<h1 id=">">`, `<p title=' id="x"'>`, "<svg><use href=#a>", `<h1>a</h2></h1>`, "</body></html>x"} {
		f.Add([]byte(s))
	}
	v := New([]*bundle.Reader{testbundle.New(f, testbundle.Files{"p.png": pixel})}, Options{PageCache: -1})
	f.Fuzz(func(t *testing.T, raw []byte) {
		p := &page{viewer: v, lang: languages()[0], volume: v.volumes[0]}
		s := p.source(bundle.Entry{Item: bundle.Item{Path: "a.html"}})
		s.read = func(int64) ([]byte, error) { return raw, nil }
		a, err := v.article(p, s)
		if err != nil {
			return
		}
		tree, err := xhtml.Parse(strings.NewReader("<body><main>" + string(a.Body) + "</main><p id=ours>"))
		if err != nil {
			t.Fatal(err)
		}
		ours := 0
		for n := range tree.Descendants() {
			for _, at := range n.Attr {
				switch {
				case at.Key == "id" && at.Val == "ours":
					if ours++; n.Parent.Data != "body" {
						t.Errorf("%q swallows what comes behind it: %q", raw, a.Body)
					}
				case at.Key == "style", at.Key == "class", strings.HasPrefix(at.Key, "on"), marks[at.Key] && at.Val != "" && !strings.HasPrefix(at.Val, idMark):
					t.Errorf("%q becomes %q, with %s=%q", raw, a.Body, at.Key, at.Val)
				}
			}
			if n.Type == xhtml.ElementNode && n.Data == "script" {
				t.Errorf("%q becomes %q", raw, a.Body)
			}
		}
		if ours != 1 {
			t.Errorf("%q: what is behind it is there %d times: %q", raw, ours, a.Body)
		}
	})
}

// The same picture is measured once, and not all that there may be are.
func TestFewAreMeasured(t *testing.T) {
	t.Parallel()
	asked := 0
	s := source{linker: &linker{pictures: map[string]string{}}, edges: func(string) (int64, int64) { asked++; return 1, 2 }}
	var page strings.Builder
	for i := range 2 * maxMeasured {
		src := fmt.Sprint("p", i)
		s.linker.pictures[src] = src
		page.WriteString(strings.Repeat(`<img src="`+src+`">`, 2))
	}
	out := string(s.sized([]byte(page.String())))
	if n := strings.Count(out, ` width="1" height="2"`); asked != maxMeasured || n != 2*maxMeasured {
		t.Errorf("%d were measured, %d have a size", asked, n)
	}
}

// No id of a page is that of a heading which the page gave none.
func TestHeadingIDs(t *testing.T) {
	t.Parallel()
	page := `<h2>One</h2><h2>Two</h2><h2>Three</h2>`
	for _, id := range []string{"", "-0", "%000", "\x000", "%00%30", "-"} {
		page += `<p id="` + id + `">x</p>`
	}
	s := newSession(t, Options{}, testbundle.New(t, testbundle.Files{"a.html": page}))
	_, shown := s.open(viewItem, "a.html")
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="(in-[^"]+)"`).FindAllStringSubmatch(shown, -1) {
		if seen[m[1]] && strings.Contains(shown, `<h2 id="`+m[1]+`"`) {
			t.Errorf("%q is the id of a heading, and of something else", m[1])
		}
		seen[m[1]] = true
	}
	if len(seen) < 5 {
		t.Errorf("there are only %d ids:\n%s", len(seen), shown)
	}
}
