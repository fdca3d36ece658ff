package article

import (
	"slices"
	"testing"
)

var textCases = []struct{ name, in, title, want string }{
	{"title and paragraphs", "A title\n\nOne line.\n\nAnother line.\n", "A title", "<h1>A title</h1>\n<p>One line.</p>\n<p>Another line.</p>"},
	{"ruled title", "A title\n=======\nText.\n", "A title", "<h1>A title</h1>\n<p>Text.</p>"},
	{"no title", "A sentence that begins the text.\n\nAnother.\n", "", "<p>A sentence that begins the text.</p>\n<p>Another.</p>"},
	{"wrapped lines", "The first line of a paragraph that is wrapped\nat the end of the paper, as in letters.\n", "",
		"<p>The first line of a paragraph that is wrapped at the end of the paper, as in letters.</p>"},
	{"lines of their own", "Roses are red,\nViolets blue,\nSugar sweet.\n", "", "<p>Roses are red,<br>Violets blue,<br>Sugar sweet.</p>"},
	{"lines in Chinese", "这是一个很长的段落，写在纸上的时候在这里换行了，因为纸张不够宽，所以要换\n到下一行继续写。\n", "",
		"<p>这是一个很长的段落，写在纸上的时候在这里换行了，因为纸张不够宽，所以要换到下一行继续写。</p>"},
	{"table", "name      age\nKim        31\nLee         7\n", "", "<pre>name      age\nKim        31\nLee         7</pre>"},
	{"code", "\tif (a) {\n\t\tb;\n\n\t}\n", "", "<pre>\tif (a) {\n\t\tb;\n\n\t}</pre>"},
	{"address", "See https://example.org/a?utm_source=x&b=1.\n", "", "<p>See <code>https://example.org/a?b=1</code>.</p>"},
	{"marks of HTML", "a < b & c > <script>d</script>\n", "", "<p>a &lt; b &amp; c &gt; &lt;script&gt;d&lt;/script&gt;</p>"},
	{"Windows", "\ufeffA title\r\n\r\nText.\r\n", "A title", "<h1>A title</h1>\n<p>Text.</p>"},
	{"nothing", "", "", ""},
}

func TestText(t *testing.T) {
	t.Parallel()
	for _, c := range textCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, err := Text([]byte(c.in), Options{})
			must(t, err)
			must(t, checkPage(p))
			if got := body(t, p); got != c.want || p.Title != c.title {
				t.Errorf("title %q, want %q\ngot  %q\nwant %q", p.Title, c.title, got, c.want)
			}
		})
	}
}

func TestTextListsAddresses(t *testing.T) {
	t.Parallel()
	p, err := Text([]byte("(https://a.example/x) http://b.example, ftp://c.example/ https:// https://a.example/x"), Options{})
	must(t, err)
	if want := []string{"https://a.example/x", "http://b.example"}; !slices.Equal(p.External, want) {
		t.Errorf("got %q, want %q", p.External, want)
	}
}
