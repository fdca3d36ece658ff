package sanitize

import (
	"bytes"
	"errors"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
)

// TestD08Requests: of a page with every construct that can make a request, each
// with a host of its own, no host is left in an attribute or a style sheet, even
// when the Linker agrees to everything.
func TestD08Requests(t *testing.T) {
	t.Parallel()
	in, err := os.ReadFile("testdata/requests.html")
	if err != nil {
		t.Fatal(err)
	}
	hosts := regexp.MustCompile(`h\d{3}\.beacon\.invalid`).FindAllString(string(in), -1)
	if len(hosts) < 390 {
		t.Fatalf("the page has %d hosts", len(hosts))
	}
	for _, styles := range []bool{true, false} {
		n := newNotebook()
		out := cleanHTML(t, string(in), Options{Linker: n, Styles: styles})
		if err := checkPage(out, n); err != nil {
			t.Error(err)
		}
		root, err := html.Parse(strings.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		for node := range root.Descendants() {
			if node.Data == "style" && node.FirstChild != nil && namesBeacon(node.FirstChild.Data) {
				t.Errorf("style: %s", node.FirstChild.Data)
			}
			for _, a := range node.Attr {
				if namesBeacon(a.Val) {
					t.Errorf("%s %s=%q", node.Data, a.Key, a.Val)
				}
			}
		}
		if !strings.Contains(out, "The end.") {
			t.Error("the end of the page is missing")
		}
	}
	for _, s := range requestSheets(t) {
		if got := cleanCSS(t, s, newNotebook()); namesBeacon(got) {
			t.Errorf("CSS(%q) = %q", s, got)
		}
	}
}

func namesBeacon(s string) bool { return strings.Contains(s, "beacon.invalid") }

// attacks are named by the lines of the list of attacks. What is written must not
// hold any of the words in not, whatever the case.
var attacks = []struct {
	name, in string
	not      []string
}{
	{"D09 refresh", `<meta http-equiv=refresh content="0;url=http://x"><META HTTP-EQUIV="Refresh" CONTENT=1>`,
		[]string{"http-equiv", "refresh", "http://x"}},
	{"D10 navigation", `<a href=x target=_top ping=/p rel=opener>a</a><form action=/f target=_top>` +
		`<button formaction=/g>b</button></form><body onload="location='x'">`,
		[]string{"target", "ping", "rel=", "action", "<form", "onload", "location"}},
	{"D11 hints", `<link rel=preconnect href=x><link rel=dns-prefetch href=x><link rel=prefetch href=x>` +
		`<link rel=preload href=x as=image><link rel=modulepreload href=x>` +
		`<script type=speculationrules>{"prefetch":[]}</script>`,
		[]string{"<link", "prefetch", "preload", "preconnect", "<script"}},
	{"D16 page in a picture", "GIF89a<script>alert(1)</script>\x00<svg onload=alert(1)>",
		[]string{"<script", "onload", "alert"}},
	{"D20 shell", `<base target=_top><iframe name=shell></iframe><div popover id=x>a</div>` +
		`<dialog open>b</dialog><p style="position:fixed" accesskey=x autofocus contenteditable>c`,
		[]string{"<base", "<iframe", "popover", "<dialog", "fixed", "accesskey", "autofocus", "contenteditable"}},
	{"D21 frames", `<frameset><frame src=x></frameset><iframe src=y></iframe>`, []string{"frame"}},
	{"D22 calls", `<script>new RTCPeerConnection({iceServers:[{urls:"stun:x"}]})</script>`, []string{"RTC", "stun"}},
	{"D23 leaking styles", `<style>a[href^="s"]{background:url(//x/s)}</style>`, []string{"//x"}},
	{"D24 embedding", `<base href=//x><link rel=manifest href=x><object data=x></object><embed src=x>` +
		`<portal src=x></portal><fencedframe src=x></fencedframe><iframe srcdoc="<b>"></iframe>` +
		`<iframe src="data:text/html,x"></iframe><iframe src="blob:x"></iframe>`,
		[]string{"base", "manifest", "object", "embed", "portal", "fencedframe", "iframe", "srcdoc", "blob"}},
	{"D13 inline drawing", `<svg onload=alert(1)><script>alert(1)</script><foreignObject><b>x</b></foreignObject>` +
		`<use href="//x#y"/><image href="//x"/></svg>`, []string{"alert", "foreign", "//x", "<b>"}},
}

func TestD09ToD25Attacks(t *testing.T) {
	t.Parallel()
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			for _, styles := range []bool{true, false} {
				out := strings.ToLower(cleanHTML(t, a.in, Options{Linker: newNotebook(), Styles: styles}))
				for _, word := range a.not {
					if strings.Contains(out, strings.ToLower(word)) {
						t.Errorf("%q is left in %s", word, out)
					}
				}
			}
			if err := checkTwice(a.in); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestD25Bluemonday: a sanitizer of other people, told to allow our elements,
// finds nothing to take away.
func TestD25Bluemonday(t *testing.T) {
	t.Parallel()
	policy := bluemonday.NewPolicy()
	policy.AllowURLSchemes("http", "https", "mailto", "tel")
	policy.AllowRelativeURLs(true)
	policy.AllowDataURIImages()
	policy.AllowUnsafe(true) // title and style, which it takes for text
	policy.AllowElements("html", "head", "body", "meta", "title")
	policy.AllowAttrs("charset", "loading", "disabled", "controls").Globally()
	for _, e := range elements {
		if e.action == keep {
			policy.AllowElements(e.name)
			policy.AllowNoAttrs().OnElements(e.name)
		}
	}
	for _, slot := range attributes.slots {
		if a := slot.value; a != nil && a.kind != style {
			policy.AllowAttrs(a.name).Globally()
		}
	}
	for _, p := range payloads {
		if strings.Contains(strings.ToLower(p), "<svg") || strings.Contains(p, "//") {
			continue // it knows no drawings, and parses addresses more strictly
		}
		out := cleanHTML(t, p, Options{Linker: newNotebook()})
		if got := policy.Sanitize(out); tags(got) != tags(out) {
			t.Errorf("HTML(%q)\nours   %s\ntheirs %s", p, tags(out), tags(got))
		}
	}
}

// tags lists the tags of a page and the names of their attributes.
func tags(page string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(page))
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		token := z.Token()
		if kind == html.TextToken || kind == html.DoctypeToken {
			continue
		}
		b.WriteString("<" + kind.String() + token.Data)
		for _, a := range token.Attr {
			b.WriteString(" " + a.Key)
		}
		b.WriteString(">")
	}
	return b.String()
}

func TestDocument(t *testing.T) {
	t.Parallel()
	in := `<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><HTML lang=fa dir=rtl onclick=x class=c>
		<head><title>Secret</title><meta name=author content=me><link rel=stylesheet href=a.css media=print>
		<link rel="alternate stylesheet" href=b.css><style>p{color:red}</style></head>
		<body class=d bgcolor=white style="margin:0"><!-- x --><p>One</p></body></html>`
	o := Options{Linker: newNotebook(), Styles: true, Title: "A <page>", Head: "<base target=x>"}
	want := `<!DOCTYPE html>
<html lang="fa" dir="rtl" class="c"><head><meta charset="utf-8"><title>A &lt;page&gt;</title><base target=x>` +
		`<link rel="stylesheet" href="a.css" media="print"><style>p{color:red}</style></head>` +
		`<body class="d" bgcolor="white" style="margin:0"><p>One</p></body></html>
`
	if got := cleanHTML(t, in, o); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	want = `<!DOCTYPE html>
<html lang="fa" dir="rtl"><head><meta charset="utf-8"><title></title></head><body><p>One</p></body></html>
`
	if got := cleanHTML(t, in, Options{}); got != want {
		t.Errorf("as an article:\ngot  %s\nwant %s", got, want)
	}
}

// only answers for one address, as a viewer would.
type only struct{}

func (only) Link(ref string) (string, bool) { return "to/1", ref == "page.html" }

func (only) Resource(ref string, _ Use) (string, bool) { return "get/2", ref == "sub/a.png" }

func TestLinker(t *testing.T) {
	t.Parallel()
	cases := []struct{ in, want string }{
		{`<a href=" page.html ">a</a><a href=other.html>b</a>`, `<a href="to/1">a</a><a>b</a>`},
		{`<base href="sub/x.html"><img src=a.png><img src=b.png alt=b>`,
			`<img loading="lazy" src="get/2"><img loading="lazy" alt="b">`},
		{`<base href="https://x/sub/"><img src=sub/a.png>`, `<img loading="lazy" src="get/2">`},
		{`<base href="//x/"><base href="sub/"><img src=a.png>`, `<img loading="lazy" src="get/2">`},
		{`<img srcset="b.png 1x, sub/a.png 2x, c.png">`, `<img loading="lazy" srcset="get/2 2x">`},
		{`<video><source src=b><source src=sub/a.png></video>`,
			`<video controls><source src="get/2"></video>`},
		{`<p style="background:url(sub/a.png),url(b.png)">`,
			`<p style="background:url(&#34;get/2&#34;), none"></p>`},
	}
	for _, c := range cases {
		if got := content(cleanHTML(t, c.in, Options{Linker: only{}, Styles: true})); got != c.want {
			t.Errorf("HTML(%q)\ngot  %s\nwant %s", c.in, got, c.want)
		}
	}
}

// answer is a Linker that always gives the same answer.
type answer string

func (a answer) Link(string) (string, bool) { return string(a), true }

func (a answer) Resource(string, Use) (string, bool) { return string(a), true }

// TestD08LinkerIsChecked: a Linker that is too kind cannot open a hole.
func TestD08LinkerIsChecked(t *testing.T) {
	t.Parallel()
	cases := []struct {
		href           string
		link, resource bool
	}{
		{"a/b.html?c=d:e#f", true, true},
		{"#f", true, true},
		{"/a:b", true, true},
		{"https://x/", true, false},
		{"HTTP://x/", true, false},
		{"mailto:a@b", true, false},
		{"//x/", true, false},
		{`/\x/`, true, false},
		{"/\t/x/", true, false},
		{"javascript:x", false, false},
		{" javascript:x", false, false},
		{"java\nscript:x", false, false},
		{"\x00\x1fjavascript:x", false, false},
		{"data:text/html,x", false, false},
		{"data:image/png;base64,AAAA", false, true},
		{"data:image/png,x", false, false},
		{"blob:null/1-2", false, true},
		{"file:///etc/passwd", false, false},
		{":x", false, false},
		{"x:y", false, false},
	}
	for _, c := range cases {
		out := content(cleanHTML(t, `<a href=q>`, Options{Linker: answer(c.href)}))
		if got := strings.Contains(out, "href"); got != c.link {
			t.Errorf("link %q: %s", c.href, out)
		}
		out = content(cleanHTML(t, `<img src=q>`, Options{Linker: answer(c.href)}))
		if got := strings.Contains(out, "src"); got != c.resource {
			t.Errorf("resource %q: %s", c.href, out)
		}
	}
}

func TestTokenLimit(t *testing.T) {
	t.Parallel()
	long := io.MultiReader(strings.NewReader("<p title='"),
		io.LimitReader(zeros{}, MaxToken+1), strings.NewReader("'>"))
	if err := HTML(io.Discard, long, Options{}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("got %v", err)
	}
}

// zeros is an endless text.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = '0'
	}
	return len(b), nil
}

var errBroken = errors.New("broken")

func TestReadAndWriteErrors(t *testing.T) {
	t.Parallel()
	r := io.MultiReader(strings.NewReader("<p>x"), iotest.ErrReader(errBroken))
	if err := HTML(io.Discard, r, Options{}); !errors.Is(err, errBroken) {
		t.Errorf("HTML: got %v", err)
	}
	if err := CSS(io.Discard, iotest.ErrReader(errBroken), Options{}); !errors.Is(err, errBroken) {
		t.Errorf("CSS: got %v", err)
	}
	r = io.MultiReader(strings.NewReader("<svg>"), iotest.ErrReader(errBroken))
	if err := SVG(io.Discard, r); !errors.Is(err, errBroken) {
		t.Errorf("SVG: got %v", err)
	}
	page := strings.Repeat("<p>text</p>", 10_000)
	if err := HTML(brokenWriter{}, strings.NewReader(page), Options{}); !errors.Is(err, errBroken) {
		t.Errorf("HTML: got %v", err)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

// TestShortReads: how the input is cut must not matter.
func TestShortReads(t *testing.T) {
	t.Parallel()
	in, err := os.ReadFile("testdata/requests.html")
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Linker: newNotebook(), Styles: true}
	want := cleanHTML(t, string(in), o)
	for _, r := range []io.Reader{
		iotest.OneByteReader(bytes.NewReader(in)), iotest.DataErrReader(bytes.NewReader(in)),
	} {
		var b strings.Builder
		if err := HTML(&b, r, o); err != nil || b.String() != want {
			t.Errorf("%v, %d bytes, want %d", err, b.Len(), len(want))
		}
	}
}

// TestHostilePages: pages made to take long or to grow do neither.
func TestHostilePages(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{
		"<b>", "<div>", "<a href=x>", "<p><b>", "<table>", "<table><tr><td>", "</b>", "<svg>", "<svg><g>",
		"<svg><title>", "<li>", "<ul><li>", "<button>", "<b><p>", "<select>", "<ruby><rt>", "<h1>", "<", "&",
		"<!--", "<p style=a:(", "<template>", "<dd><div>", "<noscript>", "<style>", "<math>", "<!",
		"<table><a>", "<p title='&", "<caption>", "<col>", "&#", "&amp",
	} {
		in := strings.Repeat(unit, 1<<19/len(unit))
		out := cleanHTML(t, in, Options{Linker: newNotebook(), Styles: true})
		if len(out) > 12*len(in) {
			t.Errorf("%q repeated: %d bytes become %d", unit, len(in), len(out))
		}
	}
}

// TestDepth: elements nest no deeper than browsers build trees.
func TestDepth(t *testing.T) {
	t.Parallel()
	n := maxDepth + 100
	in := strings.Repeat("<div>", n) + "x" + strings.Repeat("</div>", n) + "<p>y"
	want := strings.Repeat("<div>", maxDepth) + "x" + strings.Repeat("</div>", maxDepth) + "<p>y</p>"
	if got := content(cleanHTML(t, in, Options{})); got != want {
		t.Errorf("got %s", got)
	}
}
