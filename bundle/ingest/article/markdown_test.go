package article

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

var markdownCases = []struct{ name, in, want string }{
	{"heading and text", "# One *two*\n\nThree\nfour.\n", "<h1 id=\"one-two\">One <em>two</em></h1>\n<p>Three\nfour.</p>"},
	{"ids in any script", "# 봄 나물!\n\n## 봄 나물!\n", "<h1 id=\"봄-나물\">봄 나물!</h1>\n<h2 id=\"봄-나물-1\">봄 나물!</h2>"},
	{"table", "| a | b |\n|---|--:|\n| 1 | 2 |\n", "<table><thead><tr><th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody><tr><td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>"},
	{"strikethrough", "~~a~~ b\n", "<p><del>a</del> b</p>"},
	{"tasks", "- [x] a\n- [ ] b\n", "<ul>\n<li><input type=\"checkbox\" checked disabled> a</li>\n<li><input type=\"checkbox\" disabled> b</li>\n</ul>"},
	{"code", "```sh\na < b\n\n  c\n```\n", "<pre><code>a &lt; b\n\n  c\n</code></pre>"},
	{"footnote", "a[^1]\n\n[^1]: b\n", "<p>a<sup id=\"fnref:1\"><a href=\"#fn:1\">1</a></sup></p>\n<hr>\n<ol>\n<li id=\"fn:1\">\n<p>b\u00a0<a href=\"#fnref:1\">↩︎</a></p>\n</li>\n</ol>"},
	{"HTML", "a <b onclick=x>b</b> <script>x</script>\n\n<div class=x>c</div>\n", "<p>a <b>b</b> </p>\n<div>c</div>"},
	{"links", "[a](c.md#x) [b](no.md) [c](https://example.org/?utm_source=x) <https://example.org/>\n",
		"<p><a href=\"c.md#x\">a</a> b <a href=\"https://example.org/\">c</a> <a href=\"https://example.org/\">https://example.org/</a></p>"},
	{"pictures", "![A](p.jpg) ![B](no.jpg)\n\n![C](no.jpg \"t\")\n",
		"<p><img src=\"p.jpg\" alt=\"A\"> <span class=\"missing\">B</span></p>\n<figure class=\"missing\"><figcaption>C</figcaption></figure>"},
	{"rule at the start", "---\n\nnot: [front\n\n---\n", "<hr>\n<p>not: [front</p>\n<hr>"},
	{"comment", "a\n\n<!-- b -->\n\nc\n", "<p>a</p>\n<p>c</p>"},
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	o := Options{Path: "a.md", Exists: only("c.md", "p.jpg")}
	for _, c := range markdownCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, err := Markdown([]byte(c.in), o)
			must(t, err)
			must(t, checkPage(p))
			if got := body(t, p); c.want != "" && got != c.want {
				t.Errorf("\nin   %s\ngot  %q\nwant %q", c.in, got, c.want)
			}
		})
	}
}

var frontCases = []struct {
	name, in string
	want     Page
	text     string
}{
	{"YAML", "---\ntitle: 'A: b'\ndescription: |\n  two\n  lines\ndate: 2024-05-17 10:00:00 +0900\nlang: ko_KR\nauthor: Kim\n" +
		"license: https://creativecommons.org/publicdomain/zero/1.0/\nurl: https://example.org/a?utm_source=x\ntags: [a, b]\nlayout: post\n---\n# Text\n",
		Page{Title: "A: b", Summary: "two lines", Date: "2024-05-17", Language: "ko-KR", Byline: "Kim", Licence: "CC0 1.0",
			Source: "https://example.org/a", Tags: []string{"a", "b"}}, "Text"},
	{"authors and licence by name", "---\nauthors:\n- name: A\n- B\nlicence: CC BY 4.0\n...\ntext\n", Page{Byline: "A, B", Licence: "CC BY 4.0"}, "text"},
	{"TOML", "+++\ntitle = \"T\"\ntags = [\"a\", 'b']\n[extra]\nauthor = \"X\"\n+++\ntext\n", Page{Title: "T", Tags: []string{"a", "b"}}, "text"},
	{"none", "# T\n\ntext\n", Page{Title: "T"}, "text"},
	{"a rule and text", "---\n\nNote: T\n\ntext\n", Page{}, "text"},
	{"aliases", "---\na: &a [x, x]\ntitle: *a\n---\ntext\n", Page{}, "text"},
	{"Windows", "---\r\ntitle: T\r\n---\r\ntext\r\n", Page{Title: "T"}, "text"},
}

// TestBrokenFrontMatter: what somebody wrote for the program alone is not published for a slip of the pen.
func TestBrokenFrontMatter(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"---\na: [b\n---\n\nc\n", "---\ntitle: T\n\ntext\n", "---\ntitle: \"x\nsource: N\n---\nBody\n"} {
		if p, err := Markdown([]byte(in), Options{}); !errors.Is(err, ErrFormat) {
			t.Errorf("%q: %v, %v", in, p, err)
		}
	}
}

func TestFrontMatter(t *testing.T) {
	t.Parallel()
	for _, c := range frontCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, err := Markdown([]byte(c.in), Options{})
			must(t, err)
			checkSays(t, p, c.want)
			if got := body(t, p); !strings.Contains(got, c.text) || strings.Contains(got, "layout") {
				t.Errorf("text is %s", got)
			}
		})
	}
}

// TestPathologicalMarkdown holds what takes time that grows with the square to a second, by refusing
// it or by not minding.
func TestPathologicalMarkdown(t *testing.T) {
	if testing.Short() {
		t.Skip("the time it takes says nothing under the race detector")
	}
	t.Parallel()
	for _, unit := range []string{"[", "[]", "![", "*a_ ", "**", ">", "> ", "- ", "* a\n", "<", "<a ", "<!--", "<?", "<![CDATA[",
		"[a]: b\n", "[a] ", "|a", "[^a]", "[^a]: x\n", "~~a ", "[a](", "[a](<", "[a](b \"", "a\n=\n", "1. ", "\t", "\\", "***\n",
		"]", "(", "```\n", "[a][b]", "![a](b)", "<b>", "> - ", "__a ", "<http:", "- [ ] ", "_", "&", "a\n", "# a\n", "a\n---\n*b_ "} {
		t.Run(fmt.Sprintf("%q", unit), func(t *testing.T) {
			at := time.Now()
			p, err := Markdown([]byte(strings.Repeat(unit, 400_000/len(unit))), Options{})
			if took := time.Since(at); took > 5*time.Second { // mostly far less: others use the machine
				t.Errorf("took %v", took)
			}
			fuzzed(t, p, err)
		})
	}
}

func TestMarkdownLimits(t *testing.T) {
	t.Parallel()
	var footnotes strings.Builder
	for i := range 2 * maxDefinitions {
		fmt.Fprintf(&footnotes, "[^%d]: x\n\n", i)
	}
	for name, in := range map[string]string{
		"size":       strings.Repeat("a ", MaxMarkdown/2+1),
		"quotes":     strings.Repeat(">", 2*maxContainers) + " a",
		"emphasis":   strings.Repeat("*a_ ", 20_000),
		"cells":      "|" + strings.Repeat("a|", 2000) + "\n|" + strings.Repeat("-|", 2000) + "\n" + strings.Repeat("|\n", 2000),
		"no table":   "a|b\n|-|-|-|\n" + strings.Repeat("*a_ \n", 20_000),
		"footnotes":  footnotes.String(),
		"list marks": strings.Repeat("- ", 2*maxContainers) + "a",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := Markdown([]byte(in), Options{}); !errors.Is(err, ErrLimit) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestLargeMarkdown holds that what people write is not refused: long lists of links, long tables.
func TestLargeMarkdown(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"list":     strings.Repeat("- [a](b.md) and *c* (d)\n", 20_000),
		"numbered": "1. a\n" + strings.Repeat("2. [a](b.md) and *c* (d)\n", 20_000),
		"nested":   strings.Repeat("- a\n  - [b](c.md)\n    - *d*\n", 5000),
		"table":    "| a | b |\n|---|---|\n" + strings.Repeat("| [a](b) | *c* |\n", 4000),
		"text":     strings.Repeat("Some *words* and [a link](b.md), (and more).\nAnother line of it.\n\n", 20_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Markdown([]byte(in), Options{})
			must(t, err)
		})
	}
}
