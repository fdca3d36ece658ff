package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestVisible(t *testing.T) {
	t.Parallel()
	p := visible([]byte("<html><head><title>A\n title</title><style>p { color: red }</style></head>" +
		"<body><h1>Caf&eacute;</h1><script>no()</script><p>cafe\u0301 <b>noir</b></p></body>"))
	if p.title != "A title" || p.text != "Café café noir" {
		t.Errorf("visible = %q", p)
	}
	pages := []page{p, {text: "CAFÉ"}, {title: "cafe"}}
	if n := grep(pages, "cafe\u0301"); n != 2 {
		t.Errorf("grep finds %d pages, want 2", n)
	}
}

func TestReadPages(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"ko/b.html": "<p>b", "en/b.html": "<p>a", "en/b.css": "p {}"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	pages, err := readPages(dir)
	if err != nil || !slices.Equal(pages, []page{{path: "en/b.html", text: "a"}, {path: "ko/b.html", text: "b"}}) {
		t.Errorf("readPages = %q, %v", pages, err)
	}
}

func TestQueries(t *testing.T) {
	t.Parallel()
	pages := []page{{title: "Javelin thrower", text: "of the long evening"}, {title: "x", text: "y"}}
	list := queries(pages, 40)
	if len(list) != 40 || !slices.Equal(list, queries(pages, 40)) {
		t.Errorf("queries are not always the same: %q", list)
	}
	for _, c := range []struct {
		sort          int
		first, second string
		want          string
	}{
		{0, "one", "two", "one"}, {1, "one", "two", "one two"}, {3, "one", "two", `"one two"`},
		{2, "abstract", "class", "abstr*"}, {2, "short", "word", ""}, {1, "of", "two", ""},
	} {
		if got := query(c.sort, c.first, c.second); got != c.want {
			t.Errorf("query(%d, %q, %q) = %q, want %q", c.sort, c.first, c.second, got, c.want)
		}
	}
	if got := queries(nil, 3); len(got) != 0 {
		t.Errorf("queries of nothing: %q", got)
	}
}

func TestSearchForm(t *testing.T) {
	t.Parallel()
	f, ok := searchForm([]byte(`<form method="post" action="leave"><input type="hidden" name="for" value="1"></form>
		<form action="other"><input type="search" name="no"></form>
		<form role="search" method="post" action="find?x=1&amp;y=2"><input type="hidden" name="for" value="2">
		<input type="search" name="q" required><button>Find</button></form>`))
	if !ok || f.action != "find?x=1&y=2" {
		t.Fatalf("searchForm = %q, %v", f, ok)
	}
	if got := f.with("a b").Encode(); got != "for=2&q=a+b" {
		t.Errorf("it sends %q", got)
	}
	if f, ok := searchForm([]byte(`<form method="post" action="leave"></form>`)); ok {
		t.Errorf("a form that does not search: %q", f)
	}
}

// TestFillIn sends the form of a page and is led to another, over one connection.
func TestFillIn(t *testing.T) {
	t.Parallel()
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		post := r.Method == "POST" && r.Header.Get("Origin") == "http://"+r.Host
		switch {
		case r.URL.Path == "/token/":
			io.WriteString(w, `<a class="button main" href="contents">`)
		case r.URL.Path == "/token/contents":
			io.WriteString(w, `<form method="post" action="find"><input type="search" name="q"></form>`)
		case post && r.URL.Path == "/token/find" && r.FormValue("q") == "käse & brot":
			http.Redirect(w, r, "hits?n=1", http.StatusSeeOther)
		case r.URL.Path == "/token/hits" && r.FormValue("n") == "1":
			asked++
			io.WriteString(w, "found")
		default:
			http.Error(w, "no", http.StatusBadRequest)
		}
	}))
	defer server.Close()
	s := &served{name: "server", host: strings.TrimPrefix(server.URL, "http://"), root: "/token/"}
	c := &client{host: s.host}
	defer c.close()
	ask, err := s.fillIn(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := ask("käse & brot"); err != nil || asked != 1 {
		t.Errorf("%d pages of hits, %v", asked, err)
	}
	if err := ask("something else"); err == nil {
		t.Error("an answer of 400 went well")
	}
}

func TestKnown(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "known.tsv")
	text := "# query\tand more\nlog in\ten\tbook\ten/a.html en/b.html\ttitle\n책\tko\tbook\tko/c.html\tone letter\n"
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	list, err := readKnown(name)
	if err != nil || len(list) != 2 || list[0].query != "log in" || list[1].sort != "one letter" {
		t.Fatalf("readKnown = %q, %v", list, err)
	}
	for _, c := range []struct {
		paths          []string
		among, exactly bool
	}{
		{[]string{"en/x.html", "en/b.html"}, true, true}, {[]string{"fr/b.html"}, true, false},
		{[]string{"en/c.html"}, false, false}, {nil, false, false},
	} {
		if among, exactly := list[0].among(c.paths), list[0].exactly(c.paths); among != c.among || exactly != c.exactly {
			t.Errorf("%q: %v and %v, want %v and %v", c.paths, among, exactly, c.among, c.exactly)
		}
	}
	if list, err := readKnown(name + ".none"); list != nil || err != nil {
		t.Errorf("no table: %q, %v", list, err)
	}
}

func TestFound(t *testing.T) {
	t.Parallel()
	k := known{right: []string{"en/a.html"}, sort: "title"}
	var counted tally
	counted.add(k, []string{"en/a.html"}, nil)
	counted.add(k, []string{"en/a.html"}, []string{"ko/a.html"})
	var b table
	b.found("known", counted, "a (b)")
	var got []string
	for _, r := range b.rows {
		got = append(got, r.what+" "+percent.format(r.ours)+" "+percent.format(r.peer)+" "+r.want.judge(r.ours, none))
	}
	want := []string{
		"find known, among the first 3, title (2) 100 % 50 % -",
		"find known, among the first 3, all (2) 100 % 50 % met",
		"find known, among the first 3, all, in the reader's language (2) 100 % 0 % -",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	got, err := kiwixPaths([]byte(`<?xml version="1.0"?><rss version="2.0"><channel><title>Search</title><link>/search?x</link>
		<item><title>A</title><link>/jdk-ft/en/a%20b.html</link></item><item><link>/jdk-ft/c.html</link></item></channel></rss>`))
	if err != nil || !slices.Equal(got, []string{"en/a b.html", "c.html"}) {
		t.Errorf("kiwixPaths = %q, %v", got, err)
	}
	got, err = jsonPaths([]byte("{\"path\":\"a.html\",\"kind\":\"page\",\"size\":1}\n{\"path\":\"b.html\"}\n"))
	if err != nil || !slices.Equal(got, []string{"a.html", "b.html"}) {
		t.Errorf("jsonPaths = %q, %v", got, err)
	}
	if got, err = jsonPaths([]byte("nothing")); err == nil {
		t.Errorf("no JSON: %q", got)
	}
	if got := kiwixSearch("/x/jdk-ft.zim", "a b", url.Values{"start": {"1"}}); got != "search?books.name=jdk-ft&pattern=a+b&start=1" {
		t.Errorf("kiwixSearch = %q", got)
	}
}

func TestMadeWords(t *testing.T) {
	t.Parallel()
	seen := map[string]uint64{}
	for n := range uint64(vocabulary) {
		w := madeWord(n)
		if other, ok := seen[w]; ok {
			t.Fatalf("words %d and %d are both %q", n, other, w)
		}
		seen[w] = n
	}
	if a, b := madeArticle(7), madeArticle(7); a.Text != b.Text || a.Title != b.Title || a.Text == madeArticle(8).Text {
		t.Error("articles are not made by their number alone")
	}
}

func TestArticles(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("this system does not tell how much memory a process has: ", err)
	}
	name := filepath.Join(t.TempDir(), "articles.index")
	if err := indexArticles(300, name); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := askArticles(name, 9, &out); err != nil {
		t.Fatal(err)
	}
	figures := series{}
	if err := figures.scan(out.String()); err != nil {
		t.Fatal(err)
	}
	if len(figures["time"]) != 9 || len(figures["reads"]) != 9 || len(figures["memory"]) != 1 || figures.median("reads") < 1 {
		t.Errorf("figures %v", figures)
	}
	if err := figures.scan("reads many\n"); err == nil {
		t.Error("a word went for a figure")
	}
}
