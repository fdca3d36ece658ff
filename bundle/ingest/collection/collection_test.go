package collection

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

const sample = `# A comment
title: {ko: 물, en: Water}
description: >
  What to do
  when it runs dry.
publisher: 1984
series: news
issue: 7
date: 2026-03
language: zh-hant-tw
sections:
  - name: {en: News}
    folder: ./news/
    order: newest
    cover: pictures/front.jpg
  - name: Radio
    items: [radio/opening.mp3, "radio/**/*.mp3"]
include: "**"
exclude: ["**/*.psd", drafts]
html:
  .: article
  archive/old: site
bylines: drop
pictures: small
items:
  z.html: &z
    title: Zed
    tags: water
  news/water.html:
    title: "Clean: water"
    summary: How
    date: 2026-03-31
    language: en
    tags: [water, health, water]
    cover: pictures/well.jpg
    byline: A. Reporter
    priority: 50
  a.html: *z
`

func TestParse(t *testing.T) {
	t.Parallel()
	got, err := Parse(Name, []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	glob := func(s string, line int) Glob { return newGlob(s, line) }
	want := &Collection{
		Title:       Text{{Language: "en", Text: "Water"}, {Language: "ko", Text: "물"}},
		Description: Text{{Text: "What to do when it runs dry."}},
		Publisher:   "1984", Series: "news", Issue: 7, Date: "2026-03", Language: "zh-Hant-TW",
		Sections: []Section{
			{Text{{Language: "en", Text: "News"}}, []Glob{glob("news", 13)}, Newest, "pictures/front.jpg", 12},
			{Text{{Text: "Radio"}}, []Glob{glob("radio/opening.mp3", 17), glob("radio/**/*.mp3", 17)}, "", "", 16},
		},
		Include: []Glob{glob("**", 18)}, Exclude: []Glob{glob("**/*.psd", 19), glob("drafts", 19)},
		HTML:    []Folder{{"", Article, 21}, {"archive/old", Site, 22}},
		Bylines: DropBylines, Pictures: Small,
		Items: []Item{
			{Path: "a.html", Title: "Zed", Tags: []string{"water"}, Line: 38},
			{"news/water.html", "Clean: water", "How", "2026-03-31", "en", []string{"water", "health"},
				"pictures/well.jpg", "A. Reporter", 50, 29},
			{Path: "z.html", Title: "Zed", Tags: []string{"water"}, Line: 26},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestParseNothing(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"", "# only a comment\n", "---\n", "{}", "null\n", "\ufeff"} {
		if c, err := Parse(Name, []byte(in)); err != nil || !reflect.DeepEqual(c, &Collection{}) {
			t.Errorf("%q: %+v, %v", in, c, err)
		}
	}
}

// Each mistake is one, is where it is said to be, and is put so that somebody can mend it.
func TestProblems(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, want string }{
		{"titel: x\n", `1:1: unknown key "titel" in the file; did you mean title?; there are title, description, publisher,`},
		{"title: x\nzzzz: x\n", `2:1: unknown key "zzzz" in the file; there are`},
		{"title: x\n\ntitle: y\n", `3:1: "title" stands there already, in line 1`},
		{"title:\n", `1:7: this must be a text, not nothing`},
		{"title: ''\n", `1:8: this is empty`},
		{"title: [a]\n", `1:8: this must be a text, not a list`},
		{"title: {}\n", `1:8: a text in no language`},
		{"title: {en: a, EN: b}\n", `1:16: "en" stands there already, in line 1`},
		{"title: {korean: a}\n", `1:9: "korean" is not the tag of a language; did you mean ko?`},
		{"title: \"a\\u0007\"\n", `1:8: the text has a control character`},
		{"title: !x a\n", `1:8: this must be a text, not a value with a tag (!)`},
		{"title: " + strings.Repeat("x", 1025), `1:8: the text has 1025 bytes, more than 1024`},
		{"publisher: {en: a}\n", `1:12: this must be a text, not key: value`},
		{"series: News 1\n", `1:9: "News 1" cannot be a series`},
		{"series: -a\n", `1:9: "-a" cannot be a series`},
		{"series: a\nissue: 0\n", `2:8: this must be a whole number from 1 to 4294967295, not "0"`},
		{"issue: 3\n", `1:8: an issue needs a series that it is one of`},
		{"date: 2026-02-30\n", `1:7: "2026-02-30" is not a date: write it as`},
		{"date: 31.3.2026\n", `1:7: "31.3.2026" is not a date`},
		{"language: kr\n", `1:11: "kr" is not the tag of a language; did you mean ko?`},
		{"language: en-x-ann\n", `1:11: "en-x-ann" is not the tag of a language`},
		{"language: und\n", `1:11: "und" is not the tag of a language`},
		{"sections: news\n", `1:11: sections must be a list, each beginning with "- name:", not "news"`},
		{"sections:\n  - news\n", `2:5: a section must have the form key: value, not "news"`},
		{"sections:\n  - name: a\n", `2:5: a section needs either a folder or items`},
		{"sections:\n  - name: a\n    items: []\n", `2:5: a section needs either a folder or items`},
		{"sections:\n  - name: a\n    folder: a\n    items: [b]\n", `2:5: a section needs either a folder or items`},
		{"sections:\n  - folder: a\n", `2:5: a section needs a name`},
		{"sections:\n  - name: a\n    folder: a\n    order: newst\n", `4:12: "newst" is none of name, title, newest, oldest or listed; did you mean newest?`},
		{"sections:\n  - name: a\n    folder: a*\n", `3:13: "a*" has * or ? in it`},
		{"include: C:\\Users\n", `1:10: "C:\\Users" has a backslash in it`},
		{"include: [/home/ann]\n", `1:11: "/home/ann" is not a path from the top`},
		{"include: [C:/a]\n", `1:11: "C:/a" is not a path from the top`},
		{"exclude: [a, ../b]\n", `1:14: "../b" has a folder in it that is called ".."`},
		{"exclude: a**\n", `1:10: "a**": ** stands for folders`},
		{"exclude: ./\n", `1:10: a path is empty`},
		{"html: sites\n", `1:7: "sites" is none of article or site; did you mean site?`},
		{"html: {a: site, a/: site}\n", `1:17: "a" stands there already`},
		{"html: {con: site}\n", `1:8: unusable path "con"`},
		{"bylines: true\n", `1:10: "true" is none of keep or drop`},
		{"pictures: smal\n", `1:11: "smal" is none of original, large or small; did you mean small?`},
		{"items: [a]\n", `1:8: items must have the form key: value, not a list`},
		{"items:\n  a.html: x\n", `2:11: an item must have the form key: value, not "x"`},
		{"items:\n  a.html: {titel: x}\n", `2:12: unknown key "titel" in an item; did you mean title?`},
		{"items:\n  a.html: {priority: high}\n", `2:22: this must be a whole number from 0 to 100, not "high"`},
		{"items:\n  a.html: {priority: 101}\n", `2:22: this must be a whole number`},
		{"items:\n  ../a: {title: x}\n", `2:3: unusable path "../a"`},
		{"items:\n  a: {title: x}\n  ./a: {title: y}\n", `3:3: "a" stands there already, in line 2`},
		{"items:\n  a: {tags: [" + strings.Repeat("a1234567,", 2) + strings.Repeat("x", 1015) + "]}\n", ``},
		{"items:\n  a: {tags: [" + strings.Repeat("x", 1000) + ", " + strings.Repeat("y", 30) + "]}\n", `2:13: the tags have 1031 bytes, more than 1024`},
		{"? [a]\n: b\n", `1:3: a key must be a text, not a list`},
		{"- a\n", `1:1: the file must have the form key: value, not a list`},
		{"title: a: b\n", `1:9: ": " in the midst of a value: put the value into quotes`},
		{"title: a\n\tdate: 2026\n", `2:`},
		{"title: \"a\n", `1:1: found unexpected end of stream (scanning a quoted scalar that began in line 1)`},
		{"{", `1:1: did not find expected node content`},
		{"title: *x\n", `1:8: unknown anchor 'x' referenced`},
		{"title: a\n---\ntitle: b\n", `a second document`},
		{"title: a\ndate: \xff\n", `2:1: this line is not UTF-8 text`},
		{"title: a\x01\n", `1:1: control characters are not allowed`},
		{strings.Repeat("[", 1000), `1:51: exceeded max depth of 50`},
		{strings.Repeat("#", MaxSize+1), `1:1: the file has 1048577 bytes, more than 1048576`},
	} {
		_, err := Parse(Name, []byte(tt.in))
		var invalid *InvalidError
		switch {
		case tt.want == "" && err == nil:
		case !errors.As(err, &invalid) || len(invalid.Problems) != 1 || tt.want == "":
			t.Errorf("%.80q: %v; want one problem, %q", tt.in, err, tt.want)
		case !strings.Contains(err.Error(), tt.want):
			t.Errorf("%.80q:\ngot  %v\nwant %s", tt.in, err, tt.want)
		}
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	in := "pictures: huge\ntitel: x\nitems:\n  a: {date: 2026-13}\ndate: soon\nsections: [1, 2]\n"
	_, err := Parse("dir/satchel.yaml", []byte(in))
	var at []string
	for line := range strings.SplitSeq(fmt.Sprint(err), "\n") {
		at = append(at, line[:min(len(line), len("dir/satchel.yaml:1:11"))])
	}
	want := []string{"dir/satchel.yaml:1:11", "dir/satchel.yaml:2:1:", "dir/satchel.yaml:4:13", "dir/satchel.yaml:5:7:",
		"dir/satchel.yaml:6:12", "dir/satchel.yaml:6:15"}
	if !slices.Equal(at, want) {
		t.Errorf("got %q, want %q\n%v", at, want, err)
	}
}

func TestManyProblems(t *testing.T) {
	t.Parallel()
	_, err := Parse(Name, []byte("exclude: ["+strings.Repeat("'',", maxProblems+23)+"]"))
	var invalid *InvalidError
	if !errors.As(err, &invalid) || len(invalid.Problems) != maxProblems || invalid.More != 23 {
		t.Fatalf("%v", err)
	}
	if !strings.HasSuffix(err.Error(), "\nsatchel.yaml: and 23 more") {
		t.Errorf("%v", err)
	}
}

// A file of a megabyte that repeats its parts is refused before it takes long.
func TestE15BillionLaughs(t *testing.T) {
	if testing.Short() {
		t.Skip("the time it takes says nothing under the race detector")
	}
	t.Parallel()
	list := "x: &l [" + strings.Repeat("a,", 1000) + "]\n"
	sections := "sections: [" + strings.Repeat("{name: a, items: *l}, ", 10_000) + "]\n"
	for _, in := range []string{
		strings.Replace(list, "x:", "include:", 1) + sections,
		"title: &a [*a]\n",
		"items: &a {a: *a}\n",
		"sections: &a [*a]\n",
		"a: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nd: [*c,*c,*c]\n",
	} {
		began := time.Now()
		_, err := Parse(Name, []byte(in))
		if took := time.Since(began); err == nil || took > 5*time.Second {
			t.Errorf("%.60q: %v after %v", in, err, took)
		}
	}
	_, err := Parse(Name, []byte(strings.Replace(list, "x:", "include:", 1)+sections))
	if err == nil || !strings.Contains(err.Error(), "more than 300000 values") {
		t.Errorf("%v", err)
	}
}

func TestTime(t *testing.T) {
	if testing.Short() {
		t.Skip("the time it takes says nothing under the race detector")
	}
	t.Parallel()
	for _, unit := range []string{"- ", "? a\n", "- x\n", "&a ", "!x ", "\"", "*a ", "a:\n  b", "a: b\n", "#\n", "''"} {
		began := time.Now()
		_, err := Parse(Name, []byte(strings.Repeat(unit, MaxSize/len(unit))))
		if took := time.Since(began); err == nil && unit != "#\n" || took > 20*time.Second {
			t.Errorf("a MiB of %q: %.100v after %v", unit, err, took)
		}
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ glob, matches, not string }{
		{"a.html", "a.html", "b/a.html A.html"},
		{"news", "news news/a news/b/c", "new newsx old/news"},
		{"news/b", "news/b news/b/c", "news/bc news"},
		{"*", "a .a", "a/b"},
		{"news/*", "news/a", "news news/b/c"},
		{"*.html", "a.html .html", "a/b.html a.html.gz"},
		{"a*b*c", "abc axbxc abcbc", "ab abcx a/bc"},
		{"?.txt", "a.txt 물.txt", ".txt ab.txt /.txt"},
		{"**", "a a/b a/b/c", ""},
		{"**/*.psd", "a.psd b/a.psd c/b/a.psd", "a.psd/b a.psdx"},
		{"**/drafts", "drafts a/drafts/b drafts/c", "draftsx/a a/drafts2/b"},
		{"news/**", "news/a news/b/c", "news newsx/a"},
		{"news/**/*.mp3", "news/a.mp3 news/b/a.mp3 news/b/c/a.mp3", "a.mp3 news/a.mp4"},
		{"**/a/**/b", "a/b x/a/b a/x/b x/a/y/z/b a/a/b/b a/b/x", "a b a/x ab"},
		{"a/**/**/b", "a/b a/x/b", "a/x"},
		{"**/x/*/y", "x/a/y x/x/a/y x/b/x/a/y", "x/y x/a/b/y x/a/yz"},
		{"caf\u00e9", "cafe\u0301", "cafe"},
	} {
		g := newGlob(tt.glob, 1)
		for _, p := range strings.Fields(tt.matches) {
			if !g.Match(p) {
				t.Errorf("%q does not match %q", tt.glob, p)
			}
		}
		for _, p := range strings.Fields(tt.not) {
			if g.Match(p) {
				t.Errorf("%q matches %q", tt.glob, p)
			}
		}
	}
}

func TestMatchTime(t *testing.T) {
	if testing.Short() {
		t.Skip("the time it takes says nothing under the race detector")
	}
	t.Parallel()
	began := time.Now()
	g := newGlob(strings.Repeat("**/a*/", 80)+strings.Repeat("*a", 200)+"b", 1)
	g.Match(strings.Repeat("a/", 200) + strings.Repeat("a", 600))
	if took := time.Since(began); took > time.Second {
		t.Errorf("matching took %v", took)
	}
}

func TestLookUps(t *testing.T) {
	t.Parallel()
	c, err := Parse(Name, []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	if !c.Includes("a.html") || c.Includes("x/a.psd") || c.Includes("drafts/a.html") {
		t.Error("include and exclude")
	}
	if c.HTMLOf("a.html") != Article || c.HTMLOf("archive/old/a.html") != Site || c.HTMLOf("archive/older/a.html") != Article {
		t.Error("html")
	}
	if it := c.Item("z.html"); it == nil || it.Title != "Zed" || c.Item("y.html") != nil {
		t.Error("items")
	}
	if c.SectionOf("news/a") != 0 || c.SectionOf("radio/x/y.mp3") != 1 || c.SectionOf("x") != -1 {
		t.Error("sections")
	}
	if (&Collection{}).HTMLOf("a") != "" || !(&Collection{}).Includes("a") {
		t.Error("nothing said")
	}
}

func TestTextIn(t *testing.T) {
	t.Parallel()
	several := Text{{Text: "0"}, {Language: "en", Text: "1"}, {Language: "pt-BR", Text: "2"}, {Language: "zh-Hant", Text: "3"}}
	for tag, want := range map[string]string{"en": "1", "en-GB": "1", "pt": "2", "pt-PT": "2", "zh-Hant": "3", "ko": "0"} {
		if got := several.In(tag); got != want {
			t.Errorf("in %s: %s, want %s", tag, got, want)
		}
	}
	if several[1:].In("ko") != "1" || (Text{}).In("ko") != "" {
		t.Error("languages that there are not")
	}
}

func TestInit(t *testing.T) {
	t.Parallel()
	found := Found{Files: 31, Loose: 1, Languages: []Count{{"ko", 20}, {"en", 11}}, Kinds: []Count{{"page", 30}, {"picture", 1}},
		Folders: []FoundFolder{{"news-2026", 20, []Count{{"ko", 18}, {"en", 2}}}, {"say \"hi\": #1", 1, nil}, {"물", 9, nil}}}
	var b bytes.Buffer
	if err := Init(&b, found); err != nil {
		t.Fatal(err)
	}
	c, err := Parse(Name, b.Bytes())
	if err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	if c.Language != "ko" || len(c.Sections) != 2 || c.Sections[0].Name.In("ko") != "News 2026" || c.SectionOf("news-2026/a") != 0 ||
		c.SectionOf("물/a") != 1 {
		t.Errorf("%+v\n%s", c, b.String())
	}
	if !strings.Contains(b.String(), "31 files in 3 folders, 1 of them in no folder, 30 page, 1 picture, 20 ko, 11 en.\n") ||
		!strings.Contains(b.String(), "  # 20 files: 18 ko, 2 en\n") {
		t.Errorf("counts are missing in\n%s", b.String())
	}
}

// Every line that is in a comment works when the # is taken away.
func TestInitComments(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := Init(&b, Found{}); err != nil {
		t.Fatal(err)
	}
	var lines []string
	seen := map[string]bool{}
	for line := range strings.SplitSeq(b.String(), "\n") {
		text, ok := strings.CutPrefix(line, "#")
		key, _, isKey := strings.Cut(text, ":")
		switch {
		case !ok || strings.HasPrefix(text, " ") && !strings.HasPrefix(text, "  ") || !isKey:
		case seen[key]: // the same in another form
		default:
			seen[key] = !strings.HasPrefix(text, " ")
			lines = append(lines, text)
		}
	}
	c, err := Parse(Name, []byte(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatalf("%v\n%s", err, strings.Join(lines, "\n"))
	}
	v := reflect.ValueOf(*c)
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			t.Errorf("nothing shows how to say %s", v.Type().Field(i).Name)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	for _, s := range []string{"title: {en: a}", "html: {a: site}", "a: &a [*a]", "items: {a: &x {tags: [a]}, b: *x}", "\ufefftitle: |\n a\n",
		"sections: [{name: a, folder: b}]", "? {a: b}\n: c", "include: ['**']", "<<: {title: a}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		c, err := Parse(Name, in)
		var invalid *InvalidError
		switch {
		case err == nil:
			checkCollection(t, c)
		case c != nil || !errors.As(err, &invalid) || len(invalid.Problems) == 0:
			t.Errorf("%+v, %v", c, err)
		default:
			lines := bytes.Count(in, []byte("\n")) + bytes.Count(in, []byte("\r")) + bytes.Count(in, []byte("\u0085")) +
				bytes.Count(in, []byte("\u2028")) + bytes.Count(in, []byte("\u2029")) + 1
			for _, p := range invalid.Problems {
				if p.Text == "" || p.Line < 1 || p.Line > lines || p.Column < 1 {
					t.Errorf("%+v, of %d lines", p, lines)
				}
			}
		}
	})
}

// checkCollection: what was read can go into a bundle as it is.
func checkCollection(t *testing.T, c *Collection) {
	t.Helper()
	for _, text := range append([]Text{c.Title, c.Description}, sectionNames(c)...) {
		for _, p := range text {
			if p.Text == "" || len(p.Text) > 1024 || strings.ContainsFunc(p.Text, isUnseen) || p.Language != canonical(p.Language) {
				t.Errorf("text %+v", p)
			}
		}
	}
	for _, it := range c.Items {
		if c.Item(it.Path) == nil || it.Priority < 0 || it.Priority > 100 {
			t.Errorf("%+v", it)
		}
	}
	for _, g := range slices.Concat(c.Include, c.Exclude) {
		if !g.IsPattern() && !g.Match(g.Pattern) {
			t.Errorf("%q does not match itself", g.Pattern)
		}
	}
}

func sectionNames(c *Collection) (names []Text) {
	for _, s := range c.Sections {
		names = append(names, s.Name)
	}
	return names
}

func FuzzMatch(f *testing.F) {
	f.Add("a/**/b*", "a/x/bc")
	f.Add("**/?", "물")
	f.Add("**/a/**/b", "a/a/b/b")
	f.Fuzz(func(t *testing.T, pattern, path string) {
		if len(pattern) > 24 || len(path) > 24 {
			t.Skip("long")
		}
		g := newGlob(pattern, 1)
		want := slow(g.names, strings.Split(newGlob(path, 1).joined(), "/"), g.folder)
		if got := g.match(strings.Split(newGlob(path, 1).joined(), "/")); got != want {
			t.Errorf("%q and %q: %v, want %v", pattern, path, got, want)
		}
	})
}

func (g Glob) joined() string { return strings.Join(g.names, "/") }

// slow is the definition of a match.
func slow(pattern, path []string, folder bool) bool {
	switch {
	case len(pattern) == 0:
		return len(path) == 0 || folder
	case pattern[0] == "**" && len(pattern) == 1:
		return len(path) > 0
	case pattern[0] == "**":
		return slow(pattern[1:], path, folder) || len(path) > 0 && slow(pattern, path[1:], folder)
	case len(path) == 0:
		return false
	}
	return slowName([]rune(pattern[0]), []rune(path[0])) && slow(pattern[1:], path[1:], folder)
}

func slowName(p, n []rune) bool {
	switch {
	case len(p) == 0:
		return len(n) == 0
	case p[0] == '*':
		return slowName(p[1:], n) || len(n) > 0 && slowName(p, n[1:])
	}
	return len(n) > 0 && (p[0] == '?' || p[0] == n[0]) && slowName(p[1:], n[1:])
}
