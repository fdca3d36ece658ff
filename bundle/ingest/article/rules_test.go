package article

import (
	"slices"
	"strings"
	"testing"
)

const (
	dot = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
	// picture is a picture of two by two points.
	picture = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg=="
)

// ruleCases are parts of pages and what an article has of them. The item is a/b/page.html.
var ruleCases = []struct{ name, in, want string }{
	{"text", "One <b>two</b> <i>three</i>", "One <b>two</b> <i>three</i>"},
	{"white space", "<p>  a\n\n b\t</p>\n\n\n<p>c</p>", "<p> a\nb </p>\n<p>c</p>"},
	{"pre", "<pre>\n a\n  b</pre>", "<pre> a\n  b</pre>"},
	{"pre with a blank line", "<pre>\n\n a</pre>", "<pre>\n\n a</pre>"},
	{"tags left out", "<ul><li>a<li>b<ul><li>c</ul></ul><p>d<p>e", "<ul><li>a</li>\n<li>b<ul><li>c</li>\n</ul>\n</li>\n</ul>\n<p>d</p>\n<p>e</p>"},
	{"definitions", "<dl><dt>a<dd>b<dt>c<dd>d</dl>", "<dl><dt>a</dt>\n<dd>b</dd>\n<dt>c</dt>\n<dd>d</dd>\n</dl>"},
	{"table", "<table><caption>t<tr><th scope=col>a<td colspan=2>b<tr><td>c</table>",
		`<table><caption>t</caption>` + "\n" + `<tr><th scope="col">a</th>` + "\n" + `<td colspan="2">b</td>` + "\n</tr>\n<tr><td>c</td>\n</tr>\n</table>"},
	{"text strayed into a table", "<table>x<tr><td>a</table>", "x<table><tr><td>a</td>\n</tr>\n</table>"},
	{"cell without a table", "<td>a</td>", "a"},
	{"inline across a block", "<b>a<p>b</b>c</p>d", "a<p>bc</p>\nd"},
	{"formatting is not repeated", "<p><b>a<p>b<p>c", "<p><b>a</b></p>\n<p>b</p>\n<p>c</p>"},
	{"ruby", "<ruby>漢<rt>kan<rp>)</rp>字<rt>ji</ruby>", "<ruby>漢<rt>kan</rt><rp>)</rp>字<rt>ji</rt></ruby>"},
	{"figure", `<figure><img src="../p.jpg" alt=A width=4 height=3><figcaption>C</figcaption></figure>`,
		`<figure><img src="../p.jpg" alt="A" width="4" height="3"><figcaption>C</figcaption>` + "\n</figure>"},
	{"empty elements", "a<p> </p><div><span></span></div><ul></ul>b", "a b"},
	{"boxes", "<div><div><p>a</p></div></div><div>b</div>", "<p>a</p>\n<div>b</div>"},
	{"block in a phrase", "<h2>a<div>b</div></h2>", "<h1>a<br>b</h1>"},
	{"scripts and styles", "a<script>x<!--</script>b<style>p{}</style>c<noscript>d</noscript>", "abc"},
	{"comments", "a<!-- b -->c<![if IE]>d<![endif]>", "acd"},
	{"forms", "<form><label>Name</label> <input name=x><select><option>1</select><button>Send</button></form>", "<div>Name </div>"},
	{"handlers and styles", `<p onclick="x()" style="color:red" class=c id=i data-x=1 title=t>a</p>`, "<p>a</p>"},
	{"hidden", `a<p hidden>b</p><p style="display: none">c</p><p hidden=until-found>d</p>`, "a<p>d</p>"},
	{"drawing", "a<svg><title>t</title><path d=x /></svg>b", "ab"},

	{"link to an item", `<a href="../c.html?x=1#y">a</a>`, `<a href="../c.html#y">a</a>`},
	{"link below", `<a href="sub/d%20e.html">a</a>`, `<a href="sub/d%20e.html">a</a>`},
	{"link to a folder", `<a href="dir/">a</a>`, `<a href="dir/index.html">a</a>`},
	{"link from the root", `<a href="/a/c.html">a</a>`, `<a href="../c.html">a</a>`},
	{"link to what is not there", `<a href="no.html">a</a>`, "a"},
	{"link above the root", `<a href="../../../c.html">a</a>`, "a"},
	{"link to a script", `<a href="javascript:x()">a</a>`, "a"},
	{"link to a computer", `<a href="file:///C:/Users/kim/x.html">a</a> <a href="http://localhost/x">b</a> <a href="http://192.168.0.1/">c</a>`, "a b c"},
	{"link in the page", `<a href="#x">a</a><h2 id=x>b</h2><p id=y>c</p>`, `<a href="#x">a</a><h1 id="x">b</h1>` + "\n<p>c</p>"},
	{"link to a name", `<a href="#n">a</a><a name=n>b</a>`, `<a href="#n">a</a><a id="n">b</a>`},
	{"link to nothing in the page", `<a href="#z">a</a><a href="#">b</a>`, "ab"},
	{"mail", `<a href="mailto:a@example.org?subject=x">a</a>`, `<a href="mailto:a@example.org">a</a>`},
	{"link out", `<a href="https://example.org/p?id=1&utm_source=x&fbclid=y#:~:text=z">a</a>`, `<a href="https://example.org/p?id=1">a</a>`},
	{"link out with a session", `<a href="http://example.org/p;jsessionid=0A1B?PHPSESSID=1&a=b&sid=0123456789abcdef0123">a</a>`, `<a href="http://example.org/p?a=b">a</a>`},
	{"link out with a user", `<a href="https://kim:pw@example.org/">a</a>`, `<a href="https://example.org/">a</a>`},
	{"link through a counter", `<a href="https://www.google.com/url?q=https%3A%2F%2Fexample.org%2Fp&sa=D">a</a>`, `<a href="https://example.org/p">a</a>`},
	{"link without a scheme", `<a href="//example.org/p">a</a>`, `<a href="https://example.org/p">a</a>`},

	{"picture", `<img src="../p.jpg">`, `<img src="../p.jpg" alt="">`},
	{"picture that is not there", `<p><img src=q.jpg alt="A cat"></p>`, `<figure class="missing"><figcaption>A cat</figcaption></figure>`},
	{"picture on the net", `<img src="https://example.org/i/cat.jpg?x=1">`, `<figure class="missing"><figcaption>cat.jpg</figcaption></figure>`},
	{"picture in a sentence", `<p>a <img src=q.jpg alt=":)"> b</p>`, `<p>a <span class="missing">:)</span> b</p>`},
	{"figure without its picture", `<figure><img src=q.jpg><figcaption>C</figcaption></figure>`, `<figure class="missing"><figcaption>C</figcaption>` + "\n</figure>"},
	{"figure without picture and caption", `<figure><img src=q.jpg alt=A></figure>`, `<figure class="missing"><figcaption>A</figcaption></figure>`},
	{"ornament", `a<img src=q.gif alt="" width=16 height=16>b`, "ab"},
	{"lazy picture", `<img src="` + dot + `" data-src="../p.jpg" alt=A>`, `<img src="../p.jpg" alt="A">`},
	{"largest of a set", `<img src=q.jpg srcset="../p.jpg 1x, ../q.jpg 2x, no.jpg 3x">`, `<img src="../q.jpg" alt="">`},
	{"picture element", `<picture><source srcset="../q.jpg 800w"><img src=no.jpg alt=A></picture>`, `<img src="../q.jpg" alt="A">`},
	{"picture for those without scripts", `<img data-src="no.jpg" alt=A><noscript><img src="../p.jpg" alt=A></noscript>`, `<img src="../p.jpg" alt="A">`},
	{"the same twice", `<img src="../p.jpg" alt=A><noscript><img src="../p.jpg" alt=A></noscript>`, `<img src="../p.jpg" alt="A">`},
	{"pixel", `a<img src="https://example.org/t" width=1 height=1>b<img src="https://mc.yandex.ru/watch/1">c`, "abc"},
	{"dot", `a<img src="` + dot + `">b`, "ab"},
	{"data", `<img src="` + picture + `" alt=A>`, `<img src="` + picture + `" alt="A">`},
	{"data of another kind", `<img src="data:image/svg+xml;base64,PHN2Zy8+" alt=A>`, `<figure class="missing"><figcaption>A</figcaption></figure>`},
	{"data that lies", `<img src="data:image/png;base64,PHN2Zy8+" alt=A>`, `<figure class="missing"><figcaption>A</figcaption></figure>`},
	{"film", `<video poster="../p.jpg" autoplay><source src="../v.mp4" type="video/mp4"><source src="https://example.org/v.webm"></video>`,
		`<video controls poster="../p.jpg"><source src="../v.mp4" type="video/mp4"></video>`},
	{"film that is not there", `<video src="no.mp4" title=F></video>`, `<figure class="missing"><figcaption>F</figcaption></figure>`},
	{"embedded film", `<iframe src="https://www.youtube.com/embed/x?utm_source=y" title=F></iframe>`, `<p><a href="https://www.youtube.com/embed/x">F</a></p>`},
	{"embedded advertisement", `a<iframe src="https://example.org/ad"></iframe>b`, "ab"},
}

func TestRules(t *testing.T) {
	t.Parallel()
	o := Options{Path: "a/b/page.html", Exists: only("a/b/page.html", "a/c.html", "a/b/sub/d e.html", "a/b/dir/index.html",
		"a/p.jpg", "a/q.jpg", "a/v.mp4")}
	for _, c := range ruleCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, err := HTML([]byte(c.in), o)
			must(t, err)
			if got := body(t, p); got != c.want {
				t.Errorf("\nin   %s\ngot  %s\nwant %s", c.in, got, c.want)
			}
			must(t, checkPage(p))
		})
	}
}

func TestE08NothingOfTheComputer(t *testing.T) {
	t.Parallel()
	page := `<!-- saved from url=(0020)http://example.org/ --><html><head><meta name=generator content="WordPress 6.1">
<meta name=author content="Kim"><script>var a="/home/kim"</script></head><body><!-- host kim-pc -->
<p>Text <a href="file:///C:/Users/kim/x.html">here</a> and <a href="https://example.org/?utm_source=kim">there</a>
<img src="file:///C:/Users/kim/p.jpg" alt="photo"> <img src="https://t.example/?u=kim" width=1 height=1></p>`
	p, err := HTML([]byte(page), Options{Path: "x.html", DropBylines: true})
	must(t, err)
	for _, word := range []string{"kim", "Kim", "WordPress", "file:", "utm_", "saved from"} {
		if strings.Contains(string(p.HTML), word) {
			t.Errorf("%q is in %s", word, p.HTML)
		}
	}
	var what []string
	for _, r := range p.Removed {
		what = append(what, r.What)
	}
	for _, want := range []string{"comments", "metadata", "scripts", removedLocal, removedTrackers, removedPixels} {
		if !slices.Contains(what, want) {
			t.Errorf("%q is not among what was removed: %q", want, what)
		}
	}
	if p.Byline != "" || slices.Contains(p.Missing, "file:///C:/Users/kim/p.jpg") {
		t.Errorf("byline %q, missing %q", p.Byline, p.Missing)
	}
}

func TestExternalAndMissing(t *testing.T) {
	t.Parallel()
	page := `<p><a href="https://b.example/?utm_medium=x">1</a> <a href="https://a.example/">2</a> <a href="https://b.example/">3</a>
<img src=x/no.jpg alt=a> <img src=x/no.jpg alt=a> <img src="https://c.example/i.png?fbclid=1" alt=b></p>`
	p, err := HTML([]byte(page), Options{Path: "x.html", Exists: only()})
	must(t, err)
	if want := []string{"https://b.example/", "https://a.example/"}; !slices.Equal(p.External, want) {
		t.Errorf("external %q, want %q", p.External, want)
	}
	if want := []string{"x/no.jpg", "https://c.example/i.png"}; !slices.Equal(p.Missing, want) {
		t.Errorf("missing %q, want %q", p.Missing, want)
	}
}
