package sanitize

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// payloads are pages that made one sanitizer or another write a script: they
// mean one thing to it and another to a browser, or another the second time.
var payloads = []string{
	`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
	`<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">`,
	`<svg><style><img src="</style><img src=x onerror=alert(1)>"></style></svg>`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
	`<math><mtext><table><mglyph><style><math><table id="</table>"><img src onerror=alert(1)">`,
	`<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
	`<math><mtext><h1><a><h6></a></h6><mglyph><svg><mtext><style><a title="</style><img src onerror='alert(1)'>"></style></h1>`,
	`<svg><annotation-xml><foreignobject><style><!--</style><p id="--><img src=x onerror=alert(1)>">`,
	`<svg><p><style><g title="</style><img src=x onerror=alert(1)>">`,
	`<math><annotation-xml encoding="text/html"><style><img src onerror=alert(1)></style></annotation-xml></math>`,
	`<svg><title><a><img src=x onerror=alert(1)></title></svg>`,
	`<svg><desc><table><svg><style><img src=x onerror=alert(1)>`,
	`<svg><foreignobject><p><style></foreignobject><img src=x onerror=alert(1)>`,
	`<svg><foreignObject><math><mi><svg><style><!--</style></svg><img src onerror=alert(1)>--></mi>`,
	`<select><template><style><!--</style><a rel="--></style></template></select><img id=x src onerror=alert(1)>"></a>`,
	`<select><style><img src=x onerror=alert(1)></style></select>`,
	`<select><math><mtext><select><mglyph><xmp><img src onerror=alert(1)></xmp>`,
	`<textarea></textarea><img src=x onerror=alert(1)>`,
	`<textarea><!--</textarea><img src=x onerror=alert(1)>-->`,
	`<xmp><p title="</xmp><svg/onload=alert(1)>">`,
	`<noembed><img title="</noembed><img src onerror=alert(1)>"></noembed>`,
	`<noframes><style></noframes><script>alert(1)</script>`,
	`<iframe><img title="</iframe><img src onerror=alert(1)>"></iframe>`,
	`<plaintext><script>alert(1)</script>`,
	`<title><style></title><img src=x onerror=alert(1)>`,
	`<script><!--<script></script>--><img src=x onerror=alert(1)></script>`,
	`<!--><img src=x onerror=alert(1)>-->`,
	`<!---><img src=x onerror=alert(1)>-->`,
	`<!--!><img src=x onerror=alert(1)>--!><img src=y onerror=alert(1)>`,
	`<![CDATA[<img src=x onerror=alert(1)>]]>`,
	`<svg><![CDATA[><img src=x onerror=alert(1)>]]></svg>`,
	`<?xml version="1.0"?><img src=x onerror=alert(1)>`,
	`<a href="x`,
	`<a href=x onclick=alert(1)`,
	`<img src=x/onerror=alert(1)>`,
	`<img/src=x/onerror=alert(1)//`,
	"<img src=`x`onerror=alert(1)>",
	"<img\x0csrc=x\x0conerror=alert(1)>",
	"<img src='x'onerror=alert(1) =\"a\" \"='b'>",
	`<img """><script>alert(1)</script>">`,
	"<scr\x00ipt>alert(1)</scr\x00ipt>",
	"<a href=\"java\x00script:alert(1)\">x</a>",
	"<a href=\"\x01javascript:alert(1)\">x</a>",
	"<a href=\"jav&#x0A;ascript:alert(1)\">x</a>",
	"<a href=\"javascript&colon;alert(1)\">x</a>",
	"<a href=\"&#x6A;avascript:alert(1)\">x</a>",
	"<a href=\"JaVaScRiPt&#58alert(1)\">x</a>",
	"<a href=\"vbscript:x\">x</a><a href=\"data:text/html,<script>alert(1)</script>\">y</a>",
	`<a href="//[::1]:80/"></a><a href="\\x\y">z</a><a href=":x">w</a>`,
	`<base href="javascript:alert(1)//"><a href="x">y</a>`,
	`<base href="sub/dir/page.html?x#y"><img src="a.png"><a href="#f">f</a><a href="../u">u</a>`,
	`<body onload=alert(1)><body onload=alert(1) class=b><html onclick=x lang=fa dir=rtl>`,
	`x<body class=late>y`,
	`<style></style><style>a{b:c}</style/><img src=x onerror=alert(1)>`,
	`<style>a{content:"</style><img src=x onerror=alert(1)>"}</style>`,
	`<style>a{content:"\3c/style><img src=x onerror=alert(1)>"}</style>`,
	`<style>@media (a</**/style>){b{c:d}}</style>`,
	`<div style="a:b;c:'</div><script>alert(1)</script>'">x</div>`,
	`<div style='background:url("&quot;);x:expression(alert(1))")'>x</div>`,
	`<p id="constructor" name="body"><a name="cookie" id=x>y</a><img name=getElementById>`,
	`<table><tr><td><table><tr><td>x</table>y</table>z`,
	`<table><a href=x><tr><td></a>y</table>`,
	`<table><svg><tr><td>x</svg></table>`,
	`<table><colgroup><svg></svg><col><b>x</table>`,
	`<table><caption><table></caption><tr><td></table></table>`,
	`<a><a><a><b><a><p><a><table><a><td><a>`,
	`<b><i><u><p></b></i></u>x<p>y`,
	`<button><button><p></button></p><div></button>`,
	`<p><svg><p>x</svg></p>`,
	`<svg><g><b>x</b></g></svg><svg/><svg /><p/>y`,
	`<svg><script/><path/></svg><svg><script>alert(1)</svg>y`,
	`<svg><a href="javascript:alert(1)"><text>x</text></a></svg>`,
	`<svg><use href="data:image/svg+xml,<svg id=x/>#x"/><use href=#a><g id=a></g></svg>`,
	`<svg><set attributeName=onmouseover to=alert(1)></svg>`,
	`<svg><style>@import 'x';a{b:url(#c)}&lt;/style></style></svg>`,
	`<svg style="position:fixed;inset:0" overflow=visible transform=scale(99)><path d="M0 0"/></svg>`,
	`<img src="data:image/svg+xml,%3Csvg onload='alert(1)'%3E%3Cscript%3Ealert(1)%3C/script%3E%3C/svg%3E">`,
	`<input type=image src=x><input type=checkbox checked onfocus=alert(1) autofocus><input>`,
	`<video poster=x src=y onerror=alert(1)><source src=z><track src=w kind=captions></video>`,
	`<picture><source srcset="a 1x, b 2x"><source><img srcset="c,d,,e 3x" sizes="(a) 1px"></picture>`,
	`<pre>

x</pre><listing>
y</listing><textarea>
z</textarea>`,
	"\ufeff<p>\ufeffx\r\ny\rz\x00\x01\x7f\u0085\u2028</p>",
	"<p title='\r\n\t\"&amp;amp;'>&amp;amp;&#13;&#10;&#0;&#x80;&nbsp;&lt;&notit;&not</p>",
	"<p>\xff\xfe\xc0\x80\xed\xa0\x80\uFFFE</p>",
	strings.Repeat("<div>", 300) + "x" + strings.Repeat("</div>", 300),
	strings.Repeat("<b>", 30) + strings.Repeat("<p>x", 30),
	"<p " + strings.Repeat("a=b id=c ", 100) + ">",
	"</p></div></td></b></br></body></html> <p>x</p> ",
	`<dl><dt>a<dd>b<dt>c</dl><ul><li>a<li>b<ul><li>c</ul></ul><ol reversed start=3 type=A><li value=2>x`,
	`<ruby>a<rt>b<rp>c<rtc>d<rt>e</ruby>`,
	`<details><summary>a</summary>b<details open>c</details></details>`,
	`<h1>a<h2>b</h3>c<p>d<h1>e`,
	`<map name=m><area href=x shape=rect coords="1,2"></map><img usemap="#m"><img usemap="http://x/#m">`,
	`<form><p>a<form>b</form>c</form>d`,
	`<template><template></template><script>alert(1)</script></template>x`,
	`<math><mi>x</mi><annotation>y</annotation></math>`,
	`<noscript><style>a{b:c}</style><script>alert(1)</script></noscript>`,
	`<frameset><frame src=x><noframes><p>y</noframes></frameset>`,
	`<svg viewbox="0 0 1 1"><clippath id=a><lineargradient XLINK:HREF=#b /></clippath></svg>`,
	`<xml><![CDATA[x]]></xml><o:p>y</o:p><x-y>z</x-y>`,
}

// TestD25Payloads: no payload gets a script, a foreign element or an address past
// the Linker into the tree that a browser makes, and a second pass changes
// nothing.
func TestD25Payloads(t *testing.T) {
	t.Parallel()
	for _, in := range payloads {
		if err := checkTwice(in); err != nil {
			t.Error(err)
		}
	}
}

var nestingCases = []struct{ name, in, want string }{
	{"text", `a < b & c > "d"`, `a &lt; b &amp; c &gt; &#34;d&#34;`},
	{"entities", `&lt;&eacute;&#x1F600;&notanentity;`, `&lt;é😀¬anentity;`},
	{"nothing", ``, ``},
	{"paragraphs", `<p>a<p>b`, `<p>a</p><p>b</p>`},
	{"block in paragraph", `<p>a<div>b</div>c</p>d`, `<p>a</p><div>b</div>cd`},
	{"list", `<ul><li>a<li>b<ul><li>c</ul><li>d</ul>`,
		`<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul>`},
	{"definitions", `<dl><dt>a<dd>b<p>c<dt>d</dl>`,
		`<dl><dt>a</dt><dd>b<p>c</p></dd><dt>d</dt></dl>`},
	{"table", `<table><tr><td>a<td>b<tr><th>c</table>d`,
		`<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>d`},
	{"table sections", `<table><caption>x<colgroup><col><thead><tr><td>a<tbody><tr><td>b</table>`,
		`<table><caption>x</caption><colgroup><col></colgroup><thead><tr><td>a</td></tr></thead>` +
			`<tbody><tr><td>b</td></tr></tbody></table>`},
	{"table in cell", `<table><tr><td><table><tr><td>a</table>b<td>c</table>`,
		`<table><tr><td><table><tr><td>a</td></tr></table>b</td><td>c</td></tr></table>`},
	{"cells outside", `<td>a</td><tr>b`, `ab`},
	{"end tag out of a cell", `<div><table><tr><td></div>a</table>b</div>`,
		`<div><table><tr><td>a</td></tr></table>b</div>`},
	{"crossed", `<b><i>a</b>b</i>c`, `<b><i>a</i></b>bc`},
	{"inline around block", `<b><div>a</b>b</div>c`, `<b><div>ab</div></b>c`},
	{"links", `<a href=x>a<a href=y>b`, `<a href="x">a</a><a href="y">b</a>`},
	{"headings", `<h1>a</h2>b<h3>c<h4>d`, `<h1>a</h1>b<h3>c</h3><h4>d</h4>`},
	{"unknown", `<x-card><p>a</p></x-card>`, `<p>a</p>`},
	{"form", `<form><label>a <input name=b></label><button>c</button><select><option>d</select></form>`,
		`<div><label>a </label><button type="button" disabled>c</button></div>`},
	{"checkbox", `<input type=checkbox checked name=a> b`,
		`<input disabled type="checkbox" checked> b`},
	{"text as text", `<xmp><b>&amp;</xmp><textarea><b>&amp;</textarea>`,
		`<pre>&lt;b&gt;&amp;amp;</pre><pre>&lt;b&gt;&amp;</pre>`},
	{"noscript", `<noscript><p>a</p></noscript>`, `<p>a</p>`},
	{"math", `<math><mi>x</mi><mo>=</mo><annotation>\x</annotation></math>`, `<span>x=</span>`},
	{"ruby", `<ruby>漢<rt>かん<rp>x</ruby>`, `<ruby>漢<rt>かん</rt><rp>x</rp></ruby>`},
	{"film", `<video src=a.mp4 autoplay poster=b.png><track src=c.vtt kind=captions srclang=ko label=한국어 default></video>`,
		`<video controls src="a.mp4" poster="b.png">` +
			`<track src="c.vtt" kind="captions" srclang="ko" label="한국어" default></video>`},
	{"picture", `<picture><source srcset="a.webp 1x, b.webp 2x" type=image/webp><img src=c.png alt="">` +
		`</picture>`,
		`<picture><source srcset="a.webp 1x, b.webp 2x" type="image/webp">` +
			`<img loading="lazy" src="c.png" alt=""></picture>`},
	{"source outside", `<source src=a>b`, `b`},
	{"line break", `a</br>b<br/>c`, `a<br>b<br>c`},
	{"drawing", `<svg viewbox="0 0 9 9" width=9><g fill="red"><path d="M0 0L9 9"/></g></svg>a`,
		`<svg viewBox="0 0 9 9" width="9"><g fill="red"><path d="M0 0L9 9"/></g></svg>a`},
	{"drawing broken off", `<svg><g><p>a</p>`, `<svg><g></g></svg><p>a</p>`},
	{"drawing with an open title", `<svg><title>a</svg><p>b</p>`, `<svg></svg><p>b</p>`},
	{"attributes", `<p ID=a Class='b c' TITLE=d onclick=e data-f=g dir=rtl lang=fa hidden tabindex=1>x`,
		`<p id="a" class="b c" title="d" dir="rtl" lang="fa" hidden>x</p>`},
	{"repeated attribute", `<p id=a id=b>x`, `<p id="a">x</p>`},
	{"bad values", `<p dir="r&quot;l" lang="x y">x<ol start="1;2"><li value=3>y`,
		`<p>x</p><ol><li value="3">y</li></ol>`},
	{"after the body", "<p>a</p></body>\n</html>\n\n", "<p>a</p>"},
	{"old page", `<center><font color=red size=+1>a</font></center><table bgcolor=#fff><td nowrap>b`,
		`<center><font color="red" size="+1">a</font></center>` +
			`<table bgcolor="#fff"><td nowrap>b</td></table>`},
	{"style", `<p style="color:red;position:fixed">a`, `<p style="color:red;position:absolute">a</p>`},
}

func TestNesting(t *testing.T) {
	t.Parallel()
	for _, c := range nestingCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := content(cleanHTML(t, "<body>"+c.in, Options{Linker: newNotebook(), Styles: true}))
			if got != c.want {
				t.Errorf("HTML(%q)\ngot  %s\nwant %s", c.in, got, c.want)
			}
			if err := checkTwice(c.in); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestSameTree: from a page with left out end tags, as people write them, a
// browser builds the same tree as from what we make of it.
func TestSameTree(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		`<p>a<p>b<ul><li>c<li>d<ol><li>e</ol><li>f</ul>g<h1>h</h1><p>i<blockquote>j<p>k</blockquote>l`,
		`<dl><dt>a<dt>b<dd>c<dd>d<dl><dt>e</dl></dl><pre>f
g</pre><hr><p>h<hr>i<br>j<wbr>k`,
		`<table><caption>a</caption><colgroup><col><col></colgroup><thead><tr><th>b<th>c<tbody><tr><td>d<td>e
<tr><td>f<table><tr><td>g</table>h<td>i<tfoot><tr><td>j</table>k`,
		`<table><tr><td><p>a<td><ul><li>b<li>c</ul><tr><td><h2>d</h2><td>e<div>f</div></table>`,
		`<div><p>a <b>b <i>c</i></b> d<div>e</div></div><section><article><h2>f</h2><p>g</article></section>`,
		`<ruby>a<rt>b</ruby><ruby>c<rp>(<rt>d<rp>)</ruby>`,
		`<figure><img src=a alt=b><figcaption>c</figcaption></figure><details><summary>d</summary><p>e</details>`,
		`<p>a<svg><g><path d="M0"/></g><text>b</text></svg>c<p>d`,
		`<a href=a>b</a><a href=c>d<a href=e>f</a>`,
		`<ul><li><p>a<li><div>b</div><li><p>c<p>d</ul>`,
		`<menu><li>a</menu><dir><li>b</dir><address>c<p>d</address>e`,
		`<button>a<button>b</button>c`,
	} {
		out := cleanHTML(t, "<body>"+in, Options{Linker: newNotebook(), Styles: true})
		if got, want := outline(t, out), outline(t, "<!DOCTYPE html><body>"+in); got != want {
			t.Errorf("HTML(%q)\ngot  %s\nwant %s", in, got, want)
		}
	}
}

// outline writes the elements and texts of a page's tree.
func outline(t *testing.T, page string) string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch {
			case c.Type == html.TextNode:
				b.WriteString(strings.TrimSpace(c.Data))
			case c.Type == html.ElementNode && c.Data != "head":
				b.WriteString("(" + c.Data + " ")
				walk(c)
				b.WriteString(")")
			default:
				walk(c)
			}
		}
	}
	walk(root)
	_, body, _ := strings.Cut(b.String(), "(body ")
	return body
}
