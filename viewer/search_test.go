package viewer

import (
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"satchel/bundle"
	"satchel/viewer/internal/testbundle"
)

// library is what is searched in most tests: the same in several scripts, and a film with captions.
var library = testbundle.Files{
	"water.en.html":     "<html lang=en><body><h1>Clean water</h1><p>Boil the water for a minute before you drink it.</p></body></html>",
	"water.ko.html":     "<html lang=ko><body><h1>깨끗한 물</h1><p>물을 마시기 전에 끓이십시오.</p></body></html>",
	"water.fa.html":     "<html lang=fa><body><h1>آب پاکیزه</h1><p>آب را پیش از نوشیدن بجوشانید.</p></body></html>",
	"water.zh-CN.html":  "<html lang=zh-CN><body><h1>干净的水</h1><p>喝水之前请把水烧开。</p></body></html>",
	"water.ru.html":     "<html lang=ru><body><h1>Чистая вода</h1><p>Кипятите воду перед питьём.</p></body></html>",
	"fire.en.txt":       "A fire needs air.\nPut out the fire with water or sand.",
	"film/well.mp4":     testbundle.Noise(1000, 1),
	"film/well.en.vtt":  "WEBVTT\n\n00:01.000 --> 00:02.000\nThe bucket goes down\n",
	"film/alone.en.vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\nThe lonely kettle\n",
}

// find searches for something, as somebody does who types it, and returns the page of what was found.
func (s *session) find(query string) (address, page string) {
	s.t.Helper()
	a, _ := s.post("search", "q", query)
	if a.Status != 303 {
		s.t.Fatalf("%.40q: %d, want 303", query, a.Status)
	}
	address = a.Header["Location"][0]
	a, page = s.ask(address)
	if a.Status != 200 {
		s.t.Fatalf("%.40q: what was found comes with %d", query, a.Status)
	}
	return address, page
}

// titles are those of the rows of a page.
func titles(page string) (list []string) {
	for _, m := range regexp.MustCompile(`(?s)<bdi class="name"[^>]*>(.*?)</bdi>`).FindAllStringSubmatch(page, -1) {
		list = append(list, regexp.MustCompile(`<[^>]*>`).ReplaceAllString(m[1], ""))
	}
	return list
}

func TestSearch(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, library, testbundle.Key(t, 1)))
	for _, c := range []struct{ query, title, has string }{
		{"water", "water.en", "the <mark>water</mark> for"},
		{"물", "water.ko", `<mark>물</mark>을`},
		{"آب", "water.fa", "<mark>آب</mark>"},
		{"烧开", "water.zh-CN", "<mark>烧开</mark>"},
		{"вода", "water.ru", "<mark>воду</mark>"},
		{"kettle", "alone.en", "<mark>kettle</mark>"},
		{"bucket", "well", "<mark>bucket</mark>"},
	} {
		_, page := s.find(c.query)
		if got := titles(page); !slices.Contains(got, c.title) {
			t.Errorf("%s finds %q, want %q", c.query, got, c.title)
		}
		contains(t, page, c.has, `name="q" type="search" value="`+c.query+`"`, "<title>Search</title>")
		_, item := s.ask(find(t, page, `class="row" href="([^"]+)"`))
		contains(t, item, `class="item`)
	}
	_, page := s.find("bucket")
	_, film := s.ask(find(t, page, `class="row" href="([^"]+)"`))
	contains(t, film, "<video")
}

// Translations of a page are one hit, which leads to all of them.
func TestSearchTranslations(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, testbundle.Files{
		"wave.en.html": "<p>radio radio waves", "wave.ko.html": "<p>radio 전파", "wave.fa.html": "<p>radio موج"}))
	_, page := s.find("radio")
	if got := titles(page); !slices.Equal(got, []string{"wave.en"}) {
		t.Errorf("found are %q, want one page", got)
	}
	contains(t, page, "Also in:", `lang="fa">فارسی</bdi>`)
	_, item := s.ask(find(t, page, `href="([^"]+)"><bdi lang="ko">한국어</bdi></a>(?: |</p>)`))
	contains(t, item, "<bdi lang=\"ko\">wave.ko</bdi>")
}

// G06: a query is in no address, header or title; what it found is under a random name that is good for a while.
func TestG06QueriesHaveNoAddress(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, library, testbundle.Key(t, 1)))
	for _, query := range []string{"water", "물", "آب"} {
		address, page := s.find(query)
		again, _ := s.find(query)
		if address == again {
			t.Errorf("%s has the same address twice", query)
		}
		for _, m := range regexp.MustCompile(`(?:href|src|action|content)="([^"]*)"|<title>([^<]*)`).FindAllStringSubmatch(page, -1) {
			if plainly, _ := url.QueryUnescape(m[1]); strings.Contains(plainly+m[2], query) && !regexp.MustCompile(`^[\w-]{40,}`).MatchString(m[1]) {
				t.Errorf("%s is in %q", query, m[0])
			}
		}
	}
	first, _ := s.find("kettle")
	for i := range maxQueries {
		s.find("word" + strconv.Itoa(i))
	}
	_, page := s.ask(first)
	contains(t, page, "no longer remembered", `name="q" type="search" value=""`)
	lacks(t, page, "kettle")
	if n := len(s.v.queries.last); n != maxQueries {
		t.Errorf("%d queries are kept, want %d", n, maxQueries)
	}
}

// D07: nothing is searched for by GET, nor without a form of ours.
func TestD07SearchForm(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, library))
	if r, _ := s.send(&Request{Method: "GET", Path: "search", Query: url.Values{"q": {"water"}}}); r.Status != 404 {
		t.Errorf("GET: %d", r.Status)
	}
	for _, field := range []string{"q", "typed"} {
		for _, proof := range []string{"", "x"} {
			r, page := s.send(&Request{Method: "POST", Path: "search", Form: url.Values{"for": {proof}, field: {"water"}}})
			if r.Status != 403 {
				t.Errorf("POST with %q: %d", proof, r.Status)
			}
			lacks(t, page, "water")
		}
	}
	if len(s.v.queries.last) > 0 {
		t.Error("a query is kept")
	}
}

// What can be asked of anybody who types is answered, and what is no text does not come back.
// What is named as if it were a translation, and has the same language, hides nothing.
func TestSearchHidesNothing(t *testing.T) {
	t.Parallel()
	src := testbundle.Said{Files: testbundle.Files{"n/water.html": "<p>boil the water", "n/water.aa-0001.html": "<p>drink the water", "x.ko.txt": "x"},
		Say: func(it *bundle.Item) { it.Title, it.Language = fmt.Sprintf("Paper of %d", len(it.Path)), "en" }}
	s := newSession(t, Options{}, testbundle.Open(t, testbundle.Pack(t, src, bundle.Options{})))
	_, page := s.find("water")
	contains(t, page, "Paper of 12", "Paper of 20")
}

func TestSearchOddQueries(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, library))
	for query, want := range map[string]string{
		"":                             "Type a word",
		" \t\n":                        "Type a word",
		"-water":                       "Type a word",
		"…":                            "Type a word",
		"absentword":                   "Nothing was found",
		"<script>alert(1)</script>":    `value="&lt;script&gt;alert(1)&lt;/script&gt;"`,
		`" autofocus onfocus="x`:       `value="&#34; autofocus onfocus=&#34;x"`,
		"\u202ewater\x00\x1b\u2066":    `value="water"`,
		"\xff\xfewater":                `value="water"`,
		"watre":                        "Also searched for: \u2068water\u2069",
		strings.Repeat("water ", 1e5):  "<mark>water</mark>",
		strings.Repeat("水", 1e6):       "",
		strings.Repeat("w* a* ", 1000): "",
	} {
		_, page := s.find(query)
		contains(t, page, want)
		lacks(t, page, "<script>alert", "\u202e", "\x00", "ZgotmplZ")
		if len(page) > 100_000 {
			t.Errorf("%.20q: a page of %d bytes", query, len(page))
		}
	}
}

// D30: what a stranger wrote in titles and texts is text in what was found.
func TestD30HostileHits(t *testing.T) {
	t.Parallel()
	src := testbundle.Said{Files: testbundle.Files{"a.txt": `needle <img src=x onerror=alert(1)> </mark><script>alert(2)</script> needle`},
		Say: func(it *bundle.Item) { it.Title = `needle</bdi><script>alert(3)</script> "x` }}
	s := newSession(t, Options{}, testbundle.Open(t, testbundle.Pack(t, src, bundle.Options{})))
	_, page := s.find("needle alert")
	lacks(t, page, "<script>alert", "<img src=x", "</mark><script")
	contains(t, page, "<mark>needle</mark>&lt;/bdi&gt;", "&lt;img src=x onerror=<mark>alert</mark>(1)&gt;")
}

func TestSearchPages(t *testing.T) {
	t.Parallel()
	f := testbundle.Files{}
	for i := range 25 {
		f[fmt.Sprintf("n%02d.txt", i)] = "common text"
	}
	s := newSession(t, Options{}, testbundle.New(t, f))
	_, page := s.find("common")
	contains(t, page, "Found: 25")
	lacks(t, page, "Previous results")
	seen := titles(page)
	for _, n := range []int{20, 25} {
		_, page = s.ask(find(t, page, `rel="next" href="([^"]+)"`))
		if seen = append(seen, titles(page)...); len(seen) != n {
			t.Errorf("%d hits so far, want %d", len(seen), n)
		}
	}
	lacks(t, page, "Next results")
	slices.Sort(seen)
	if len(slices.Compact(seen)) != 25 {
		t.Errorf("not all hits are there: %q", seen)
	}
	_, page = s.ask(find(t, page, `rel="prev" href="([^"]+)"`))
	_, page = s.ask(find(t, page, `rel="prev" href="([^"]+)"`))
	lacks(t, page, "Previous results")
}

// sections puts what is about fire into a section, and dates the rest by its language.
func sections(it *bundle.Item) {
	if it.Date = "2023-05-01"; it.Language == "ko" {
		it.Date = "2021"
	}
}

func TestSearchNarrowed(t *testing.T) {
	t.Parallel()
	f := testbundle.Files{"a.en.html": "<p>water", "b.ko.html": "<p>water", "c.en.txt": "water"}
	place := func(it *bundle.Item) (int, string) {
		if strings.HasSuffix(it.Path, ".txt") {
			return 1, ""
		}
		return 0, ""
	}
	r := testbundle.Open(t, testbundle.Pack(t, testbundle.Said{Files: f, Say: sections}, bundle.Options{
		Sections: []bundle.Section{{Name: bundle.Text{{Text: "Pages"}}}, {Name: bundle.Text{{Text: "Notes <b>"}}}}, Place: place}))
	s := newSession(t, Options{}, r)
	address, page := s.find("water")
	contains(t, page, "Found: 3", `<bdi>Articles</bdi>&#32;<span class="count">2</span>`, `<bdi lang="ko">한국어</bdi>&#32;<span class="count">1</span>`,
		`<bdi>Notes &lt;b&gt;</bdi>&#32;<span class="count">1</span>`)
	lacks(t, page, "Remove:")
	_, texts := s.ask(find(t, page, `href="([^"]+)"><bdi>Texts`))
	if got := titles(texts); !slices.Equal(got, []string{"c.en"}) {
		t.Errorf("texts are %q", got)
	}
	contains(t, texts, "Found: 1", `<bdi>Articles</bdi>&#32;<span class="count">2</span>`, "Remove:")
	to, _ := s.v.sealer.open(address)
	both := parseInquiry(to.text)
	both.kind, both.language = "text", "ko"
	_, none := s.open(viewSearch, both.String())
	contains(t, none, "Nothing was found", "without what you chose")
	_, phrase := s.find(`"water and oil"`)
	contains(t, phrase, "Nothing was found")
	lacks(t, phrase, `class="chips"`)
	_, all := s.ask(find(t, none, `href="([^"]+)">Search everything`))
	contains(t, all, "Found: 3")
	_, notes := s.ask(find(t, page, `href="([^"]+)"><bdi>Notes`))
	contains(t, notes, "Found: 1")

	within := find(t, page, `name="within" value="([^"]+)"`)
	if within != address {
		t.Errorf("the form for dates belongs to %s, not %s", within, address)
	}
	a, _ := s.post("search", "within", within, "from", "", "to", "۲۰۲۲")
	_, old := s.ask(a.Header["Location"][0])
	contains(t, old, "Found: 1", `value="2022"`, "– 2022</bdi>")
	if got := titles(old); !slices.Equal(got, []string{"b.ko"}) {
		t.Errorf("until 2022 there is %q", got)
	}
	for _, bad := range []string{"x", "2022-13", "<b>", "a\nb", strings.Repeat("1", 5000)} {
		a, _ := s.post("search", "within", within, "from", bad, "to", "")
		_, page := s.ask(a.Header["Location"][0]) // a page that one can come back to
		contains(t, page, "This is not a date", "Found: 3")
		lacks(t, page, "<b>")
	}
}

// Several bundles answer together, the best first; one that cannot be searched is named.
func TestSearchSeveral(t *testing.T) {
	t.Parallel()
	open := func(title string, f testbundle.Files, none bool) *bundle.Reader {
		return testbundle.Open(t, testbundle.Pack(t, f, bundle.Options{Title: title, NoSearch: none}))
	}
	one, two := testbundle.Files{"a-needle.txt": "needle needle"}, testbundle.Files{"needle.html": "<p>needle"}
	for i := range 12 {
		one[fmt.Sprintf("one%d.txt", i)] = strings.Repeat("hay ", 200) + "needle"
		two[fmt.Sprintf("two%d.txt", i)] = strings.Repeat("hay ", 100) + "needle"
	}
	s := newSession(t, Options{}, open("First <1>", one, false), open("Second", two, false), open("Third", one, true))
	_, page := s.find("needle")
	contains(t, page, "Found: 26", "First &lt;1&gt;", "without a search index: \u2068Third\u2069", `>Second</bdi>&#32;<span class="count">13</span>`)
	var seen []string
	for {
		seen = append(seen, titles(page)...)
		m := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(page)
		if m == nil {
			break
		}
		_, page = s.ask(m[1])
	}
	if best := slices.Sorted(slices.Values(seen[:2])); !slices.Equal(best, []string{"a needle", "needle"}) || len(seen) != 26 {
		t.Errorf("%d hits, first %q", len(seen), best)
	}
	_, second := s.ask(find(t, page, `href="([^"]+)"><bdi[^>]*>Second`))
	contains(t, second, "Found: 13", "is-unsigned")
	_, item := s.ask(find(t, second, `class="row" href="([^"]+)"`))
	contains(t, item, "needle")
}

// A bundle that cannot be searched offers nothing to search with; who posts all the same is told.
func TestSearchNone(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.Open(t, testbundle.Pack(t, library, bundle.Options{Title: "T", NoSearch: true})))
	_, home := s.home()
	lacks(t, home, `name="q"`)
	_, page := s.find("water")
	contains(t, page, "without a search index")
}

// F: a page of the search index that is damaged costs the words in it: the rest is found, and the page says so. Damage at
// the end, which has to hold, costs all of them.
func TestSearchDamaged(t *testing.T) {
	t.Parallel()
	word := func(n int) string { return "w" + strconv.FormatUint(uint64(n)*0x9e3779b97f4a7c15, 36) }
	f := testbundle.Files{}
	for i := range 400 {
		var text strings.Builder
		for j := range 250 {
			text.WriteString(word(i*250+j) + " ")
		}
		f[fmt.Sprintf("n%d.txt", i)] = text.String()
	}
	data, err := os.ReadFile(testbundle.Pack(t, f, bundle.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	end := strings.LastIndex(string(data), "satsrch\x01")
	for _, c := range []struct{ before, least, most int }{{700_000, 1, 20}, {10, 400, 400}} {
		s := newSession(t, Options{}, testbundle.NewBytes(t, testbundle.Flip(t, data, string(data[end-c.before:][:64]))))
		lost, said := 0, 0
		for i := range 400 {
			_, page := s.find(word(i * 250))
			if strings.Contains(page, "search index is damaged in this copy") && strings.Contains(page, "is-changed") {
				said++
			}
			if !slices.Contains(titles(page), fmt.Sprintf("n%d", i)) {
				lost++
			}
		}
		if lost < c.least || lost > c.most || said < lost {
			t.Errorf("damage %d before the end of the index costs %d words of 400, and is named %d times", c.before, lost, said)
		}
	}
}

// The one script that pages of ours have is the one that their policy names, and what may come out of a bundle has none.
func TestD20OneScript(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, library))
	for _, address := range []string{"", s.v.ContentAddress("water.en.html"), "style.css"} {
		r, page := s.ask(address)
		policy := r.Header["Content-Security-Policy"][0]
		if address != "" {
			lacks(t, policy, "script-src", "connect-src")
			lacks(t, page, "<script")
			continue
		}
		contains(t, policy, "script-src 'sha256-"+hashOf(find(t, page, `(?s)<script>(.*?)</script>`))+"'", "default-src 'none'")
		lacks(t, policy, "unsafe")
		if n := strings.Count(page, "<script"); n != 1 {
			t.Errorf("%d scripts", n)
		}
	}
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, library), testbundle.New(t, testbundle.Files{"a.txt": "watermelon waterfall"}))
	for typed, want := range map[string]string{
		"wat":         "water\nwaterfall\nwatermelon",
		"boil wat":    "boil water\nboil waterfall\nboil watermelon",
		"zzz":         "",
		"":            "",
		"\x00\u202e ": "",
		"чист":        "чистая",
	} {
		r, got := s.post("search", "typed", typed)
		words := strings.Split(got, "\n")
		if slices.Sort(words); r.Status != 200 || strings.Join(words, "\n") != want {
			t.Errorf("%q goes on as %q (%d), want %q", typed, got, r.Status, want)
		}
	}
	if len(s.v.queries.last) > 0 {
		t.Error("what was typed is kept")
	}
}
