package article

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"satchel/bundle/internal/tags"
)

var siteCases = []struct{ name, in, want string }{
	{"nothing to do", "<!DOCTYPE html><html lang=en><title>a</title><p class=b style='c:d'>e</p>", ""},
	{"scripts", "a<script>b<!-- </script>c<SCRIPT src=x></SCRIPT >d", "acd"},
	{"script with a script in a comment", "a<script><!-- <script> </script> --></script>b", "ab"},
	{"script without an end", "a<script>b", "a"},
	{"comments", "a<!-- b -->c<!--[if IE]><p>d<![endif]-->e<!>f<![if x]>g<![endif]>h<!-->i<!--->j<!-- k --!>l", "acefghijl"},
	{"what a comment holds apart", "<<!-- -->script>a", "< script>a"},
	{"XML declaration", "<?xml version='1.0' encoding='utf-8'?><?xml-stylesheet href=x?>a", "<?xml version='1.0' encoding='utf-8'?>a"},
	{"metadata", `<meta charset="utf-8"><meta name="generator" content="X 1"><meta name=viewport content=y><META NAME=Author CONTENT=Kim>` +
		`<meta name="description" content=d><meta http-equiv="Content-Language" content=ko><meta http-equiv=refresh content=5><meta property="og:title" content=t>`,
		`<meta charset="utf-8"><meta name=viewport content=y><meta name="description" content=d><meta http-equiv="Content-Language" content=ko>`},
	{"links in the head", `<link rel=stylesheet href=a.css><link rel="dns-prefetch" href="//x.example"><link rel=preconnect href=x><link rel=manifest href=m>` +
		`<link rel=alternate type="application/rss+xml" href=f><link rel=alternate hreflang=ko href=ko.html><link rel="preload stylesheet" href=b.css>`,
		`<link rel=stylesheet href=a.css><link rel=alternate hreflang=ko href=ko.html><link rel="preload stylesheet" href=b.css>`},
	{"handlers", `<body onload="a()"><a href=b onClick='c' title=d ONxy>e</a><p one=f>g</p>`, `<body><a href=b title=d>e</a><p one=f>g</p>`},
	{"pixels", `a<img src="https://x.example/p" width=1 height="1">b<img src="dot.gif" width=1 height=1>c<iframe src="//x.example" style="width: 1px; height: 1px">d</iframe>e`,
		`ab<img src="dot.gif" width=1 height=1>ce`},
	{"parameters", `<a href="https://x.example/?a=1&amp;utm_source=b&amp;c=2">d</a><a href=e.html?PHPSESSID=0#f>g</a><a href="https://x.example/?utm_x=1">h</a>`,
		`<a href="https://x.example/?a=1&amp;c=2">d</a><a href=e.html#f>g</a><a href="https://x.example/">h</a>`},
	{"addresses on a computer", `<a href="file:///C:/Users/kim/a.html">b</a><img src='C:\a.png'>`, `<a>b</a><img>`},
	{"users in paths", `<p title="C:\Users\kim.lee\b">c:/users/kim/d C:\\Users\\Kim Lee\\e file:///home/kim/f "D:\Documents and Settings\kim"</p>`,
		`<p title="C:\Users\user\b">c:/users/user/d C:\\Users\\user\\e file:///home/user/f "D:\Documents and Settings\user"</p>`},
	{"users that are none", `<p>C:\Users\username\a C:\Users\Public\b https://x.example/users/kim/c /home/kim C:\Users\%USERNAME%\d</p>`, ""},
	{"styles and titles are text", "<title>a<!-- b --></title><style>c<!-- d --></style><textarea><script>e</script></textarea>", ""},
	{"noscript is markup", "<noscript><img src=//x.example/t width=1 height=1>a</noscript>", "<noscript>a</noscript>"},
	{"tag without an end", "a<b c='d>e", "a"},
	{"stray marks", "a < b <> </> <3 & </ c>d", "a < b <> </> <3 & d"},
	{"Word", `<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns="http://www.w3.org/TR/REC-html40"><o:p>a</o:p>`,
		`<html xmlns="http://www.w3.org/TR/REC-html40"><o:p>a</o:p>`},
	{"legacy bytes", "<p title=\"\xb0\xa1\" onclick=x>\xb0\xa1</p>", "<p title=\"\xb0\xa1\">\xb0\xa1</p>"},
	{"nothing at all", "", ""},
}

// apply makes the text without what is cut, and checks that cuts are in order and inside.
func apply(t testing.TB, text []byte, cuts []Cut) []byte {
	t.Helper()
	var out bytes.Buffer
	at := int64(0)
	for _, c := range cuts {
		if c.Offset < at || c.Size <= 0 || c.Offset+c.Size > int64(len(text)) {
			t.Fatalf("cut %+v behind %d of %d", c, at, len(text))
		}
		out.Write(text[at:c.Offset])
		out.Write(c.New)
		at = c.Offset + c.Size
	}
	out.Write(text[at:])
	return out.Bytes()
}

func TestCutSite(t *testing.T) {
	t.Parallel()
	for _, c := range siteCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cuts, removed, err := CutSite([]byte(c.in))
			must(t, err)
			want := c.want
			if want == "" {
				want = c.in
			}
			if got := string(apply(t, []byte(c.in), cuts)); got != want {
				t.Errorf("\nin   %s\ngot  %s\nwant %s", c.in, got, want)
			}
			if (len(cuts) > 0) != (len(removed) > 0) {
				t.Errorf("%d cuts, but removed %v", len(cuts), removed)
			}
		})
	}
}

func TestCutSiteLimits(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{"size": strings.Repeat("a", MaxInput+1), "cuts": strings.Repeat("a<!>", maxCuts+2)} {
		if _, _, err := CutSite([]byte(in)); !errors.Is(err, ErrLimit) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// tags are the places of the start tags and comments in a page, as the tokenizer sees them.
func tagsOf(in []byte) map[[2]int]html.TokenType {
	found := map[[2]int]html.TokenType{}
	z := html.NewTokenizer(bytes.NewReader(in))
	at := 0
	for {
		kind := z.Next()
		size := len(z.Raw())
		if kind == html.ErrorToken {
			return found
		}
		if kind == html.StartTagToken || kind == html.SelfClosingTagToken {
			found[[2]int{at, at + size}] = kind
			if name, _ := z.TagName(); string(name) == "noscript" {
				z.NextIsNotRawText()
			}
		}
		at += size
	}
}

// ourTags are those that CutSite sees.
func ourTags(in []byte) map[[2]int]bool {
	found := map[[2]int]bool{}
	c := cutter{text: in}
	for more := len(in) > 0; more; {
		c.tag = tags.Tag{Start: -1}
		before := c.pos
		more = c.next()
		if s := c.tag.Start; s >= before && s+1 < len(in) && in[s+1] != '/' && c.tag.End > 0 {
			found[[2]int{s, c.tag.End}] = true
		}
	}
	return found
}

// FuzzMarkup holds the markup scanner against the tokenizer of golang.org/x/net/html. What differs on
// purpose is left out: CDATA and plaintext.
func FuzzMarkup(f *testing.F) {
	for _, c := range siteCases {
		f.Add([]byte(c.in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		if lower := bytes.ToLower(in); bytes.Contains(lower, []byte("cdata")) || bytes.Contains(lower, []byte("plaintext")) {
			t.Skip()
		}
		want, got := tagsOf(in), ourTags(in)
		for place := range want {
			if !got[place] {
				t.Fatalf("%q: missed the tag %q", in, in[place[0]:place[1]])
			}
		}
		for place := range got {
			if _, ok := want[place]; !ok {
				t.Fatalf("%q: took %q for a tag", in, in[place[0]:place[1]])
			}
		}
	})
}
