package sanitize

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestHead(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, in string
		want     Info
	}{
		{"all", `<html lang="ko"><head><meta charset="EUC-KR"><title> A &amp;
			B </title><meta name="date" content="2024-03-05T10:00"></head><h1>C <b>D</b></h1><h1>E</h1>`,
			Info{Title: "A & B", Heading: "C D", Language: "ko", Date: "2024-03-05", Charset: "euc-kr"}},
		{"older ways", `<meta http-equiv="Content-Language" content="fa"><meta http-equiv=content-type
			content="text/html; charset=windows-1256"><meta property="article:published_time" content="2023-12">`,
			Info{Language: "fa", Date: "2023-12", Charset: "windows-1256"}},
		{"first counts", `<title>a</title><title>b</title><html lang=en><html lang=ru>`, Info{Title: "a", Language: "en"}},
		{"style sheets", `<link rel="alternate StyleSheet" href=a.css><link rel=icon href=b.png><link rel=stylesheet href=../c.css>`,
			Info{Styles: []string{"a.css", "../c.css"}}},
		{"drawing", `<svg><title>a</title></svg><title>b</title>`, Info{Title: "b"}},
		{"script", `<script>"<title>a</title>"</script><title>b</title>`, Info{Title: "b"}},
		{"dangerous characters", "<title>a\u202Egpj.exe\u2066\x01\u0085\u200Fb</title>", Info{Title: "agpj.exe b"}},
		{"not a language", `<html lang="en_US"><meta http-equiv=content-language content="en, de">`, Info{}},
		{"not a date", `<meta name=date content="5 March 2024">`, Info{}},
		{"year", `<meta name=dcterms.date content="2024">`, Info{Date: "2024"}},
		{"no such month", `<meta name=date content="2024-13-01">`, Info{Date: "2024"}},
		{"no such day", `<meta name=date content="2024-02-32">`, Info{Date: "2024-02"}},
		{"compact date", `<meta name=date content="20240305">`, Info{}},
		{"broken off", `<html lang=en><title>abc`, Info{Language: "en"}},
		{"nothing", ``, Info{}},
	}
	for _, c := range cases {
		got, err := Head(strings.NewReader(c.in), 1<<20)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: Head(%q)\ngot  %+v, %v\nwant %+v", c.name, c.in, got, err, c.want)
		}
	}
}

func TestHeadLimits(t *testing.T) {
	t.Parallel()
	long := "<title>" + strings.Repeat("가", 10_000) + "</title><h1>x</h1>"
	got, err := Head(strings.NewReader(long), 1<<20)
	if err != nil || len(got.Title) != 1023 || !utf8.ValidString(got.Title) || got.Heading != "x" {
		t.Errorf("got %d bytes, heading %q, %v", len(got.Title), got.Heading, err)
	}
	got, err = Head(strings.NewReader("<title>a</title><h1>b</h1>"), 16)
	if err != nil || got.Title != "a" || got.Heading != "" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	in := `<link rel=icon href=1><a href=" 2 "><img src=3 srcset="4 1x, 5 2x"><video poster=6><object data=7>
		<body background=8><p style="background:url(9)"><style>@import "10";a{b:url(11)}</style>
		<meta http-equiv=refresh content="0; url=12"><iframe src=13></iframe><svg><use xlink:href="14"/></svg>
		<noscript><img src=15></noscript><param value=16><a href=""><script>"<a href=17>"</script>`
	var got []string
	if err := Links(strings.NewReader(in), func(ref string) { got = append(got, ref) }); err != nil {
		t.Fatal(err)
	}
	want := strings.Fields("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16")
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
