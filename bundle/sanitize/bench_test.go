package sanitize

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// short is a Linker that answers as a viewer does: without looking anything up,
// with an address of some forty bytes.
type short struct{}

const sealed = "i/0123456789abcdef0123456789abcdef01234567"

func (short) Link(ref string) (string, bool) {
	if strings.HasPrefix(ref, "#") {
		return ref, true
	}
	return sealed, true
}

func (short) Resource(string, Use) (string, bool) { return sealed, true }

// apiPage generates a page of some 30 KB as documentation generators write them.
func apiPage() []byte {
	var b bytes.Buffer
	b.WriteString(`<!DOCTYPE HTML><html lang="en"><head><title>Stack</title>` +
		`<meta name="viewport" content="width=device-width, initial-scale=1">` +
		`<link rel="stylesheet" type="text/css" href="../../stylesheet.css" title="Style">` +
		`<script type="text/javascript" src="../../script.js"></script></head>` +
		`<body class="class-declaration-page" onload="init()"><main role="main">`)
	for i := 0; b.Len() < 30_000; i++ {
		fmt.Fprintf(&b, `
<li>
<section class="detail" id="method%d(java.lang.Object,int)">
<h3>method%[1]d</h3>
<div class="member-signature"><span class="modifiers">public</span>&nbsp;<span class="return-type">`+
			`<a href="../lang/Object.html" title="class in java.lang">Object</a></span>&nbsp;`+
			`<span class="element-name">method%[1]d</span>&#8203;(<span class="parameters">`+
			`<a href="Map.html" title="interface in java.util">Map</a>&lt;K,&#8203;V&gt; map, int n)</span></div>
<div class="block">Returns the value that belongs to <code>map</code>, or &quot;null&quot; when there is none.
 The order is that of <a href="#method0"><code>method0</code></a>; this takes time in proportion to the size.</div>
<dl class="notes"><dt>Specified by:</dt>
<dd><code><a href="Collection.html#method%[1]d(E)">method%[1]d</a></code>&nbsp;in interface&nbsp;`+
			`<code><a href="Collection.html" title="interface in java.util">Collection</a>&lt;E&gt;</code></dd>
<dt>Parameters:</dt><dd><code>map</code> - what is looked up, not <code>null</code></dd></dl>
</section>
</li>`, i)
	}
	b.WriteString("</main></body></html>")
	return b.Bytes()
}

func BenchmarkHTML(b *testing.B) {
	in := apiPage()
	var out bytes.Buffer
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		if err := HTML(&out, bytes.NewReader(in), Options{Linker: short{}, Styles: true}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTokenizer is what of BenchmarkHTML is spent in the tokenizer.
func BenchmarkTokenizer(b *testing.B) {
	in := apiPage()
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		z := newTokenizer(bytes.NewReader(in))
		for z.Next() != html.ErrorToken {
		}
	}
}

func BenchmarkCSS(b *testing.B) {
	in := []byte(strings.Repeat(".a > b:hover, #c{color:#fff;background:url(x.png) 0 50%;margin:0 auto 1.5em}\n", 300))
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if err := CSS(io.Discard, bytes.NewReader(in), Options{Linker: short{}}); err != nil {
			b.Fatal(err)
		}
	}
}
