package viewer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"satchel/bundle"
	"satchel/viewer/internal/testbundle"
)

// tongues is a collection in some languages: by files and by folders, with some not translated, and dates that come
// between.
func tongues() bundle.Source {
	files := testbundle.Files{"2/talk.en.mp3": "s", "2/talk.en.mp4": "f", "2/talk.ko.mp4": "f2", "3/lone.txt": "x", "3/lone.ko.txt": "y"}
	for i := range 30 {
		for _, l := range []string{"en", "fa", "ko"} {
			if l != "ko" || i%3 == 0 {
				files[fmt.Sprintf("1/a%02d.%s.html", i, l)] = "<p>"
				files[fmt.Sprintf("%s/b%02d.html", l, i)] = "<p>"
			}
		}
	}
	for i := range 5 {
		files[fmt.Sprintf("ko/c%d.html", i)] = "<p>"
	}
	return testbundle.Said{Files: files, Say: func(it *bundle.Item) {
		for _, l := range []string{"en", "fa", "ko"} {
			if strings.HasPrefix(it.Path, l+"/") {
				it.Language, it.Title = l, it.Title+"."+l
			}
		}
		if strings.HasSuffix(it.Path, ".fa.html") {
			it.Date = "2020"
		}
	}}
}

// everyPage is what a list shows on all its pages, from its first one.
func (s *session) everyPage(page string) (list []string) {
	s.t.Helper()
	next := regexp.MustCompile(`class="button" href="([^"]+)">Next items`)
	for range 20 {
		list = append(list, titles(page[strings.Index(page, `id="items"`):])...)
		m := next.FindStringSubmatch(page)
		if m == nil {
			return list
		}
		_, page = s.ask(strings.ReplaceAll(m[1], "&amp;", "&"))
	}
	s.t.Fatal("there is no end")
	return nil
}

// walk goes from the first item of a list on, and back again.
func (s *session) walk(list string, shown []string) {
	s.t.Helper()
	_, page := s.ask(find(s.t, list, `class="row" href="([^"]+)"`))
	for _, way := range []string{"next", "prev"} {
		for i, title := range shown {
			contains(s.t, page, title+"</bdi>")
			if i == len(shown)-1 {
				lacks(s.t, page, `rel="`+way+`"`)
				break
			}
			_, page = s.ask(find(s.t, page, `rel="`+way+`" href="([^"]+)"`))
		}
		slices.Reverse(shown)
	}
}

// Of translations there is one row: in the reader's language if there is one, and where the first of them stands.
func TestTranslationsTogether(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.Open(t, testbundle.Pack(t, tongues(), bundle.Options{})))
	_, home := s.homeIn("ko")
	contains(t, home, "한국어", `class="together"`)
	_, home = s.home()
	contains(t, home, "translations together", "Also in:")
	got := s.everyPage(home)
	want := []string{}
	for i := range 30 {
		want = append(want, fmt.Sprintf("a%02d.en", i), fmt.Sprintf("b%02d.en", i))
	}
	for i := range 5 {
		want = append(want, fmt.Sprintf("c%d.ko", i))
	}
	want = append(want, "talk.en", "talk.en", "lone", "lone.ko")
	if slices.Sort(got); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		t.Errorf("listed are\n%q, want\n%q", got, want)
	}
	// In one language it is all there is.
	_, korean := s.open(viewHome, shelf{language: "ko"}.String())
	lacks(t, korean, `class="together"`, `class="also"`)
	if n := len(s.everyPage(korean)); n != 10+10+5+2 {
		t.Errorf("in Korean there are %d", n)
	}
	// In a folder that has one language as well.
	_, folder := s.open(viewHome, shelf{folder: "ko"}.String())
	if n := len(s.everyPage(folder)); n != 15 {
		t.Errorf("in a folder there are %d", n)
	}
}

// Who goes on from a row comes to the next one, and from a translation, too.
func TestTranslationsBeside(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.Open(t, testbundle.Pack(t, tongues(), bundle.Options{})))
	_, list := s.open(viewHome, shelf{folder: "1"}.String())
	shown := s.everyPage(list)
	if len(shown) != 30 || shown[7] != "a07.en" {
		t.Fatalf("listed are %q", shown)
	}
	s.walk(list, shown)
	_, pages := s.open(viewHome, shelf{kind: bundle.KindPage}.String())
	s.walk(pages, s.everyPage(pages))
	contains(t, list, `<p class="also">Also in: <bdi lang="`)
	_, page := s.ask(regexp.MustCompile(`class="row" href="([^"]+)"`).FindAllStringSubmatch(list, -1)[4][1])
	_, page = s.ask(find(t, page, `class="also">.*? <a href="([^"]+)"><bdi lang="fa">`))
	contains(t, page, "a04.fa</bdi>")
	_, before := s.ask(find(t, page, `rel="prev" href="([^"]+)"`))
	contains(t, before, "a03.en</bdi>")
	_, behind := s.ask(find(t, page, `rel="next" href="([^"]+)"`))
	contains(t, behind, "a05.en</bdi>")
}

// Sections keep their order: a row stands where the first of its translations does.
func TestTranslationsInOrder(t *testing.T) {
	t.Parallel()
	o := bundle.Options{Sections: []bundle.Section{{Name: bundle.Text{{Text: "All"}}}}, Place: func(it *bundle.Item) (int, string) {
		rank := strings.Index("fa en ko", it.Language)
		if it.Language == "" || it.Kind != bundle.KindPage {
			return bundle.NoSection, ""
		}
		return 0, fmt.Sprint(rank, it.Title)
	}}
	s := newSession(t, Options{}, testbundle.Open(t, testbundle.Pack(t, tongues(), o)))
	_, list := s.open(viewHome, shelf{section: "0"}.String())
	shown := s.everyPage(list)
	var want []string
	for _, name := range []string{"a", "b"} {
		for i := range 30 {
			want = append(want, fmt.Sprintf("%s%02d.en", name, i))
		}
	}
	for i := range 5 {
		want = append(want, fmt.Sprintf("c%d.ko", i))
	}
	if !slices.Equal(shown, want) {
		t.Errorf("listed are\n%q, want\n%q", shown, want)
	}
	s.walk(list, shown)
	lacks(t, list, `<a href="[^"]*" aria-current="true"><bdi>Folders`)
	_, home := s.home()
	contains(t, home, "<details><summary>Folders</summary>")
}

// Choices have counts where several filters meet, as far as they are counted; so has the list.
func TestCountsOfSeveralFilters(t *testing.T) {
	t.Parallel()
	o := bundle.Options{NoSearch: true, Sections: []bundle.Section{{Name: bundle.Text{{Text: "Big"}}}, {Name: bundle.Text{{Text: "Small"}}}},
		Place: func(it *bundle.Item) (int, string) {
			if strings.HasPrefix(it.Path, "d001/") {
				return 1, ""
			}
			return 0, ""
		}}
	s := newSession(t, Options{}, testbundle.Open(t, testbundle.Pack(t, many(5000), o)))
	_, page := s.open(viewHome, shelf{section: "1"}.String())
	contains(t, page, "Items: 6<", `Texts</bdi>&#32;<span class="count">6</span>`, `<bdi lang="ko">한국어</bdi>&#32;<span class="count">2</span>`)
	_, page = s.open(viewHome, shelf{section: "1", language: "ko"}.String())
	contains(t, page, "Items: 2", `Texts</bdi>&#32;<span class="count">2</span>`)
	_, page = s.open(viewHome, shelf{section: "0", language: "ko"}.String())
	contains(t, page, "Items: 999&#43;", `Texts</bdi>&#32;<span class="count">999&#43;</span>`)
	_, page = s.home()
	contains(t, page, "Items: 5000", `<bdi lang="ko">한국어</bdi>&#32;<span class="count">1250</span>`)
}

// Nothing that is put beside an item takes it out of the contents: what has the same language is no translation, and what
// does not lead to the item does not stand for it.
func TestNothingIsOusted(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("d/", 10)
	files := testbundle.Files{"n/water.html": "<p>", "n/water.aa-0001.html": "<p>", deep + "m.html": "<p>", deep + "ko/m.html": "<p>", "w.aa.html": "<p>", "w.ko.html": "<p>"}
	for i := range 3 {
		files[fmt.Sprintf("law.no-%04d.html", i)] = "<p>"
	}
	for i := range 110 {
		files[fmt.Sprintf("w.b%03d.txt", i)] = "x"
	}
	src := testbundle.Said{Files: files, Say: func(it *bundle.Item) {
		it.Title, it.Language, it.Date = strings.ReplaceAll(it.Path, "/", "~"), "ko", "2023"
		switch it.Path {
		case "n/water.aa-0001.html":
			it.Date = "2024"
		case deep + "m.html", "w.aa.html":
			it.Language, it.Date = "fa", "2024"
		}
	}}
	s := newSession(t, Options{}, testbundle.Open(t, testbundle.Pack(t, src, bundle.Options{})))
	_, home := s.home()
	got := strings.Join(s.everyPage(home), " ")
	for path := range files {
		if title := strings.ReplaceAll(path, "/", "~"); !strings.Contains(got, title) {
			t.Errorf("%s is not listed", path)
		}
	}
	_, pages := s.open(viewHome, shelf{kind: bundle.KindPage}.String())
	s.walk(pages, s.everyPage(pages))
}

// Who reads another language than the curator's first page begins with what there is in it.
func TestBeginInOwnLanguage(t *testing.T) {
	t.Parallel()
	for language, leads := range map[string]bool{"en": true, "": false} { // of the first page; one that does not say is for all
		src := testbundle.Said{Files: testbundle.Files{"index.html": "<p>first page", "a.ko.html": "<p>k", "a.en.html": "<p>e"}, Say: func(it *bundle.Item) {
			if it.Path == "index.html" {
				it.Language = language
			}
		}}
		s := newSession(t, Options{}, testbundle.Open(t, testbundle.Pack(t, src, bundle.Options{})))
		for lang, toList := range map[string]bool{"en": false, "ko": leads} {
			_, home := s.homeIn(lang)
			_, page := s.ask(find(t, home, `class="button main" href="([^"]+)"`))
			if got := strings.Contains(page, `class="on-home"`); got != toList || !got && !strings.Contains(page, "first page") {
				t.Errorf("a first page in %q, read in %s, leads to a list: %v", language, lang, got)
			}
		}
	}
}
