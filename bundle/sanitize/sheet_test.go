package sanitize

import (
	"errors"
	"strings"
	"testing"
)

var sheetCases = []struct{ name, in, want string }{
	{"rule", "a { color : red ; margin: 0 auto }", "a{color:red;margin:0 auto}"},
	{"comments", "/* x */ a/**/.b /* y */ { /* z */ color/**/:/**/red /**/ }", "a/**/.b{color:red}"},
	{"selectors", `a > b ~ c + d, e:not(.f):nth-child(2n + 1)::before, [g^="h i"] { x: y }`,
		`a > b ~ c + d, e:not(.f):nth-child(2n + 1)::before, [g^="h i"]{x:y}`},
	{"values", `a{b:calc(1px + 2%)var(--x,red)#fff 1.5e3px !important;c:"d\"\a e"}`,
		`a{b:calc(1px + 2%)var(--x,red)#fff 1.5e3px !important;c:"d\"\a e"}`},
	{"unquoted address", `a{b:url( x.png )}`, `a{b:url("x.png")}`},
	{"quoted address", `a{b:url('x y.png')no-repeat}`, `a{b:url("x y.png")no-repeat}`},
	{"escaped name", `a{b:\75\72l(x.png)}`, `a{b:url("x.png")}`},
	{"escaped address", `a{b:url(\78 .png)}`, `a{b:url("x.png")}`},
	{"foreign address", `a{b:red url(//x/y)no-repeat;c:url("http://x")}`, `a{b:red none no-repeat;c:none}`},
	{"broken address", `a{b:url(x y);c:d}`, `a{c:d}`},
	{"broken string", "a{b:\"x\n;c:d}", `a{c:d}`},
	{"address with modifiers", `a{b:url("x" crossorigin(y));c:d}`, `a{c:d}`},
	{"fragment", `a{fill:url(#b)}`, `a{fill:url("#b")}`},
	{"import", `@import "a.css" screen;@import url(b.css);@import url("//c");d{e:f}`,
		`@import "a.css" screen;@import "b.css";d{e:f}`},
	{"import at the end", `@import "a.css"`, `@import "a.css";`},
	{"import in a block", `@media print{@import "a.css";a{b:c}}`, `@media print{a{b:c}}`},
	{"namespace", `@namespace x url(y);@charset "z";a{b:c}`, `a{b:c}`},
	{"document", `@document url(x){a{b:c}}d{e:f}`, `d{e:f}`},
	{"media", `@media (min-width:1px) and (width<9px){a{b:c}}@media print{}`,
		`@media (min-width:1px) and (width< 9px){a{b:c}}`},
	{"supports", `@supports (a:url(b)){c{d:e}}@supports (a:b){c{d:e}}`, `@supports (a:b){c{d:e}}`},
	{"layers", `@layer a,b;@layer c{d{e:f}}`, `@layer a,b;@layer c{d{e:f}}`},
	{"keyframes", `@keyframes a{from{b:c}50%{b:d}to{b:e}}`, `@keyframes a{from{b:c}50%{b:d}to{b:e}}`},
	{"font", `@font-face{font-family:a;src:url(b.woff2)format("woff2"),local("c")}`,
		`@font-face{font-family:a;src:url("b.woff2")format("woff2"),local("c")}`},
	{"font elsewhere", `@font-face{font-family:a;src:url(//b)format("c"),url(d.woff)format("woff")}`,
		`@font-face{font-family:a;src:url("d.woff")format("woff")}`},
	{"font list end", `@font-face{src:url(a),url(//b)}`, `@font-face{src:url("a")}`},
	{"image set", `a{b:image-set("c.png" 1x,url(d.png) 2x type("image/png"))}`,
		`a{b:image-set(url("c.png") 1x,url("d.png") 2x type("image/png"))}`},
	{"image set by way of a variable", `a{b:image-set(var(--c) 1x);d:e}`, `a{d:e}`},
	{"unknown function", `a{b:image("c");d:src("e");f:g(h);i:j}`, `a{i:j}`},
	{"expression", `a{b:expression(alert(1));c:d}`, `a{c:d}`},
	{"binding", `a{-moz-binding:url(b);behavior:url(c);d:e}`, `a{d:e}`},
	{"fixed", `a{position:fixed}b{position:FIXED!important}c{position:/**/fi\78 ed}d{position:sticky}`,
		`a{position:absolute}b{position:absolute!important}c{position:absolute}d{position:sticky}`},
	{"fixed by way of a variable", `a{--b:fixed;position:var(--b)}`, `a{--b:fixed}`},
	{"nesting", `a{b:c;& d{e:f}g:hover{i:j}@media print{k:l}}`,
		`a{b:c;& d{e:f}g:hover{i:j}@media print{k:l}}`},
	{"unclosed", `a{b:calc(1px`, `a{b:calc(1px)}`},
	{"too many closed", `a{b:c}}d{e:f)}g{h:i}`, `a{b:c}g{h:i}`},
	{"tag", `a{b:"</style><script>"}c<d{e:f}`, `a{b:"\3c /style>\3c script>"}c< d{e:f}`},
	{"comment marks", `<!--a{b:c}-->d{e:f}`, `a{b:c}d{e:f}`},
	{"hacks", `a{*b:c;_d:e;f:g\9;h:i}`, `a{_d:e;f:g\9 ;h:i}`},
	{"escapes in names", `.\31 0\:a .b{c:d}`, `.\31 0\3a a .b{c:d}`},
	{"space after an escape", `.\31  .b{c:d}`, `.\31  .b{c:d}`},
	{"custom properties", `a{--B:;--c:{d:e};f:g}`, `a{--B:;--c:{d:e}f:g}`},
	{"custom address", `a{--b:"//c";d:e}`, `a{d:e}`},
	{"empty rules", `a{}b{c:}@media x{d{}}`, ``},
	{"line ends and nulls", "a\r\n{b:c\fd\x00}", "a{b:c d\uFFFD}"},
	{"not UTF-8", "a{b:\"\xff\"}", "a{b:\"\uFFFD\"}"},
	{"unicode range", `@font-face{unicode-range:U+0025-00FF,u+4??}`, `@font-face{unicode-range:U+0025-00FF,u+4??}`},
	{"data", `a{b:url(data:image/png;base64,AAAA);c:url(data:text/css,x)}`,
		`a{b:url("data:image/png;base64,AAAA");c:none}`},
}

func TestCSS(t *testing.T) {
	t.Parallel()
	for _, c := range sheetCases {
		n := newNotebook()
		got := cleanCSS(t, c.in, n)
		if got != c.want {
			t.Errorf("%s: CSS(%q)\ngot  %s\nwant %s", c.name, c.in, got, c.want)
		}
		if err := checkSheet(got, n); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if again := cleanCSS(t, got, n); again != got {
			t.Errorf("%s: CSS(%q) = %q", c.name, got, again)
		}
	}
}

// uses notes what resources are wanted for.
type uses map[string]Use

func (u uses) Link(string) (string, bool) { return "", false }

func (u uses) Resource(ref string, use Use) (string, bool) {
	u[ref] = use
	return ref, true
}

func TestUses(t *testing.T) {
	t.Parallel()
	got := uses{}
	cleanHTML(t, `<link rel=stylesheet href=1><style>@import "2";@font-face{src:url(3)}a{b:url(4)}</style>
		<img src=5 srcset="6 1x"><picture><source srcset=7></picture><audio src=8><source src=9></audio>
		<video src=10 poster=11><source src=12><track src=13></video><p style="b:url(14)">`,
		Options{Linker: got, Styles: true})
	want := uses{"1": Style, "2": Style, "3": Font, "4": Picture, "5": Picture, "6": Picture,
		"7": Picture, "8": Sound, "9": Sound, "10": Video, "11": Picture, "12": Video,
		"13": Captions, "14": Picture}
	for ref, use := range want {
		if u, ok := got[ref]; !ok || u != use {
			t.Errorf("use of %s: got %v %v, want %v", ref, u, ok, use)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
}

func TestSheetLimit(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	err := CSS(&b, strings.NewReader(strings.Repeat(" ", MaxSheet+1)), Options{})
	if !errors.Is(err, ErrTooLarge) || b.Len() != 0 {
		t.Errorf("got %d bytes, %v", b.Len(), err)
	}
}

func TestSheetDepth(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"@media x{", "a{", "a{b:(", "a{b:[", "a:b(", "a{--b:{", "a{b:calc("} {
		in := strings.Repeat(unit, 100_000)
		if got := cleanCSS(t, in, newNotebook()); strings.Count(got, "{") > 2*maxSheetDepth {
			t.Errorf("%q repeated: %d bytes", unit, len(got))
		}
	}
}
