package sanitize

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// TestScanner: our reader of attributes finds what the tokenizer's own finds, in
// every tag of every payload.
func TestScanner(t *testing.T) {
	t.Parallel()
	odd := []string{
		`<a b>`, `<a b=c>`, `<a b = c d>`, `<a b="c"d='e'f>`, `<a/b/c=d/e>`, `<a =b=c>`, `<a b==c>`, `<a b=>`,
		`<a b='>'c>`, `<a b="x" b="y">`, "<a\tb\nc\fd>", `<a b=c/>`, `<a b="c"/>`, `<a b/>`, `<a b=/>`,
		`<A HREF=X Title="Y">`, `<a "b"='c'>`, `<a b=c"d>`, `<a <b>`, `<a ` + strings.Repeat("x", 40) + `=y z>`,
		`<a b="&amp;" c=&lt;>`, "<a b=\"x\r\ny\">",
	}
	for _, page := range append(odd, payloads...) {
		ours, theirs := html.NewTokenizer(strings.NewReader(page)), html.NewTokenizer(strings.NewReader(page))
		for kind := ours.Next(); kind != html.ErrorToken; kind = ours.Next() {
			theirs.Next()
			if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
				continue
			}
			got, want := attributesOf(ours), tokenAttributes(theirs)
			if !slices.Equal(got, want) {
				t.Errorf("in %q\ngot  %q\nwant %q", page, got, want)
			}
		}
	}
}

// attributesOf reads a tag with a scanner: names, values, the first of each name,
// those with names that fit.
func attributesOf(z *html.Tokenizer) (list []string) {
	had := map[string]bool{}
	for s := newScanner(z); s.next(); {
		key := string(s.key.bytes())
		if key != "" && !had[key] {
			list = append(list, key, strings.ReplaceAll(string(s.value), "\x00", "\uFFFD"))
		}
		had[key] = true
	}
	return list
}

func tokenAttributes(z *html.Tokenizer) (list []string) {
	for _, a := range z.Token().Attr {
		if len(a.Key) <= maxNameLen {
			list = append(list, a.Key, a.Val)
		}
	}
	return list
}

// TestTables: every name is found under itself, and nothing else is.
func TestTables(t *testing.T) {
	t.Parallel()
	for key, want := range elements {
		var n name
		n.setTag([]byte("</" + strings.ToUpper(key) + ">"))
		if got := elementsByName.find(&n); got != want {
			t.Errorf("%q finds %v", key, got)
		}
	}
	for _, key := range []string{"", "x", "onclick", "href ", "hre", "hreff", "srcdoc", "xmlns", "ping",
		"target", "formaction", "data-x", "is", "nonce", "autofocus", "contenteditable", "manifest", "action",
		"background", "http-equiv", "autoplay", "popover", "inert", "slot", "part", "itemid", "cite"} {
		var n name
		n.set([]byte(key))
		if a := attributes.find(&n); a != nil {
			t.Errorf("%q finds %v", key, a)
		}
	}
	if indexes := len(buildAttributes()); indexes > maxNames {
		t.Errorf("%d attributes do not fit a seen", indexes)
	}
	if indexes := len(buildShapeAttributes()); indexes > maxNames {
		t.Errorf("%d attributes of shapes do not fit a seen", indexes)
	}
}

func TestSrcset(t *testing.T) {
	t.Parallel()
	cases := []struct{ in, want string }{
		{"a", "a"},
		{"a 1x", "a 1x"},
		{" a 1x , b 2x ", "a 1x, b 2x"},
		{"a, b", "a, b"},
		{"a,b 2x", "a,b 2x"},
		{",a,,", "a"},
		{"//x 1x, b 2x", "b 2x"},
		{"data:image/png;base64,AAAA 1x, b", "data:image/png;base64,AAAA 1x, b"},
		{"a 1x) url(x), b", "a, b"},
		{"", ""},
		{",", ""},
	}
	for _, c := range cases {
		r := resolver{linker: newNotebook()}
		if got, ok := r.srcset(c.in); got != c.want || ok != (c.want != "") {
			t.Errorf("srcset(%q) = %q, %v, want %q", c.in, got, ok, c.want)
		}
	}
}

func TestData(t *testing.T) {
	t.Parallel()
	svg := cleanSVG + "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciPjxnLz48L3N2Zz4="
	cases := []struct {
		in   string
		use  Use
		want string
	}{
		{"data:image/png;base64,AAAA", Picture, "data:image/png;base64,AAAA"},
		{"DATA:image/PNG;base64,AAAA", Picture, "DATA:image/PNG;base64,AAAA"},
		{"data:image/png;base64,AAAA", Sound, ""},
		{"data:audio/mpeg;base64,AAAA", Sound, "data:audio/mpeg;base64,AAAA"},
		{"data:video/mp4;base64,AAAA", Video, "data:video/mp4;base64,AAAA"},
		{"data:font/woff2;base64,AAAA", Font, "data:font/woff2;base64,AAAA"},
		{"data:text/css;base64,AAAA", Style, ""},
		{"data:text/vtt;base64,AAAA", Captions, ""},
		{"data:text/html;base64,AAAA", Picture, ""},
		{"data:image/x+xml;base64,AAAA", Picture, ""},
		{"data:image/png,<svg>", Picture, ""},
		{"data:image/png", Picture, ""},
		{"data:,x", Picture, ""},
		{"data:image/svg+xml,<svg onload='x()'><script>y()</script><g/></svg>", Picture, svg},
		{"data:image/svg+xml;utf8,%3Csvg%3E%3Cg/%3E%3C/svg%3E", Picture, svg},
		{"data:image/svg+xml;charset=utf-8;base64,PHN2Zz48Zy8+PC9zdmc+", Picture, svg},
		{"data:image/svg+xml;base64,PHN2Zz48Zy8+PC9zdmc#x", Picture, svg},
		{"data:image/svg+xml,%3", Picture, ""},
		{"data:image/svg+xml,<p>", Picture, ""},
		{"data:image/svg+xml;base64,!", Picture, ""},
	}
	for _, c := range cases {
		if got, ok := cleanData(c.in, c.use); (ok && got != c.want) || ok != (c.want != "") {
			t.Errorf("cleanData(%q, %d) = %q, %v, want %q", c.in, c.use, got, ok, c.want)
		}
	}
}

func TestLexer(t *testing.T) {
	t.Parallel()
	names := map[tokenKind]string{identToken: "ident", functionToken: "function", atToken: "at",
		hashToken: "hash", stringToken: "string", urlToken: "url", badToken: "bad", numberToken: "number",
		dimensionToken: "dimension", spaceToken: "space", commentToken: "comment", delimToken: "delim"}
	cases := []struct{ in, want string }{
		{"a -b --c _d \\65 é", "ident(a) space ident(-b) space ident(--c) space ident(_d) space ident(eé)"},
		{"a( url( x ) url('y') URL(z", "function(a) space url(x) space function(url) string(y) delim space url(z)"},
		{"u\\72l(x) \\75 r\\6c(y)", "url(x) space url(y)"},
		{"url(a b) url(a\"b) url(a\\\nb)", "bad space bad space bad"},
		{"url(a\\)b) url()", "url(a)b) space url()"},
		{"1 +2.5 -.5e3 1e 1e+x 50% 1px 1--", "number space number space number space dimension(e) space " +
			"dimension(e) delim ident(x) space number space dimension(px) space dimension(--)"},
		{"'a' \"b\\\"c\" 'd\\\ne' 'f", "string(a) space string(b\"c) space string(de) space string(f)"},
		{"'a\nb", "bad space ident(b)"},
		{"@a @-b @ #c #1 # #\\31", "at(a) space at(-b) space delim space hash(c) space hash(1) space delim space hash(1)"},
		{"/* a */b/**/ /*", "comment ident(b) comment space comment"},
		{"<!-- --> <- -- -", "bad space bad space delim delim space ident(--) space delim"},
		{"\\110000 x \\0y \\d800z", "ident(\uFFFDx) space ident(\uFFFDy) space ident(\uFFFDz)"},
		{"1px( #a(", "bad delim space bad delim"},
		{"{}[]();:,", "delim delim delim delim delim delim delim delim delim"},
	}
	for _, c := range cases {
		var got []string
		l := lexer{src: prepare([]byte(c.in))}
		for tok := l.next(); tok.kind != endToken; tok = l.next() {
			text := names[tok.kind]
			if tok.value != nil || tok.kind == urlToken {
				if tok.kind != badToken {
					text += "(" + string(tok.value) + ")"
				}
			}
			got = append(got, text)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q\ngot  %s\nwant %s", c.in, strings.Join(got, " "), c.want)
		}
	}
}
