package viewer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"satchel/bundle"
	"satchel/bundle/sign"
	"satchel/viewer/internal/testbundle"
)

// pixel is a picture.
const pixel = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"

// collection is a bit of everything.
var collection = testbundle.Files{
	"index.html": `<html lang="en"><head><title>Start of the secret list</title></head><body>
<h1>Start</h1><a href="health/burns.html">Burns</a> <a href="health/burns.html#cool">Cool</a> <a href="#here">here</a>
<a href="https://site.example/report?who=you">out</a> <img src="pictures/hand.png"> <a href="absent.html">gone</a>
<a href="health/">folder</a></body></html>`,
	"health/burns.html": `<html lang="en"><head><link rel="stylesheet" href="../style/site.css"></head>
<body><p style="color:red" id="cool">Water</p><script>alert(1)</script></body></html>`,
	"health/burns.ko.html": `<html lang="ko"><body><p>물</p></body></html>`,
	"health/card.pdf":      "%PDF-1.4 secret",
	"pictures/hand.png":    pixel,
	"pictures/plan.svg":    `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><circle r="5"/></svg>`,
	"style/site.css":       `body { background: url(../pictures/hand.png) } p { background: url(https://site.example/x) }`,
	"style/script.js":      "alert(1)",
	"film/water.mp4":       testbundle.Noise(700_000, 1),
	"film/water.ko.vtt":    "WEBVTT\n\n00:01.000 --> 00:02.000\n물\n",
	"sound/talk.mp3":       testbundle.Noise(300_000, 2),
	"notes.txt":            "<b>Notes</b> & \u202eevil",
	"data.bin":             "\x00\x01",
	"style/letters.woff":   "wOFF",
}

// A session is a Viewer and what a reader does with it.
type session struct {
	t *testing.T
	v *Viewer
}

func newSession(t *testing.T, o Options, bundles ...*bundle.Reader) *session {
	t.Helper()
	v := New(bundles, o)
	t.Cleanup(v.Close)
	return &session{t, v}
}

// home goes to the first page, and on from there.
func (s *session) home() (*Response, string) {
	s.t.Helper()
	r, page := s.ask("")
	if r.Status != 200 {
		return r, page
	}
	return s.ask(find(s.t, page, `class="button main" href="([^"]+)"`))
}

// homeIn is home in a language of the interface.
func (s *session) homeIn(lang string) (*Response, string) {
	s.t.Helper()
	_, page := s.ask("?lang=" + lang)
	return s.ask(find(s.t, page, `class="button main" href="([^"]+)"`))
}

// ask gets an address, as it stands in a page.
func (s *session) ask(address string) (*Response, string) {
	s.t.Helper()
	address = strings.TrimPrefix(html.UnescapeString(address), "./")
	address, _, _ = strings.Cut(address, "#")
	path, query, _ := strings.Cut(address, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.send(&Request{Method: "GET", Path: path, Query: values})
}

func (s *session) send(r *Request) (*Response, string) {
	s.t.Helper()
	a := s.v.Serve(context.Background(), r)
	if a.Body == nil {
		return a, ""
	}
	body, err := io.ReadAll(a.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if int64(len(body)) != a.Size {
		s.t.Errorf("the body of %q has %d bytes, not the %d it says", r.Path, len(body), a.Size)
	}
	return a, string(body)
}

// open asks for a view of something.
func (s *session) open(as view, text string) (*Response, string) {
	s.t.Helper()
	a, _ := s.v.sealer.seal(target{as, 0, text})
	return s.ask(a)
}

// post sends a form that a page of bundle 0 has.
func (s *session) post(path string, fields ...string) (*Response, string) {
	s.t.Helper()
	key, _ := s.v.sealer.seal(target{viewForm, 0, ""})
	form := url.Values{"for": {key}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return s.send(&Request{Method: "POST", Path: path, Form: form})
}

func find(t *testing.T, page, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page has no %s:\n%s", pattern, page)
	}
	return m[1]
}

func contains(t *testing.T, page string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q:\n%s", want, page)
		}
	}
}

func lacks(t *testing.T, page string, unwanted ...string) {
	t.Helper()
	for _, bad := range unwanted {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %q:\n%s", bad, page)
		}
	}
}

// A reader's way from the first page to a page, by links alone.
func TestWalk(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, collection, testbundle.Key(t, 1)))
	_, home := s.home()
	contains(t, home, "Test collection", `is-unknown`, "Articles", "한국어", ">health<", "water")
	_, item := s.ask(find(t, home, `class="button main" href="([^"]+)"`))
	contains(t, item, `<article class="prose"`, `>Start</h1>`, `href="`+"#"+s.v.sealer.id("here")+`"`)
	lacks(t, item, "<iframe", "here\"")
	_, site := s.ask(find(t, item, `href="([^"]+)">Burns`))
	contains(t, site, "<bdi>burns</bdi>")
	_, site = s.ask(find(t, item, `href="([^"]+)">Cool`))
	contains(t, site, "#"+s.v.sealer.id("cool"), "<iframe", `sandbox="allow-same-origin allow-top-navigation-by-user-activation"`)
	a, page := s.ask(find(t, site, `<iframe[^>]* src="([^"]+)"`))
	if a.Status != 200 || !strings.Contains(a.Header["Content-Security-Policy"][0], "sandbox") {
		t.Errorf("the page comes with %d and %v", a.Status, a.Header)
	}
	lacks(t, page, "alert", "cool")
	contains(t, page, `id="`+s.v.sealer.id("cool")+`"`)
	a, sheet := s.ask(find(t, page, `rel="stylesheet" href="([^"]+)"`))
	lacks(t, sheet, "site.example", "hand.png")
	if a.Header["Content-Type"][0] != typeCSS {
		t.Errorf("the style sheet is %v", a.Header["Content-Type"])
	}
	if a, picture := s.ask(find(t, sheet, `url\("([^"]+)"\)`)); picture != pixel || a.Header["Content-Type"][0] != "image/png" {
		t.Errorf("the picture is %q as %v", picture, a.Header["Content-Type"])
	}
}

// A folder that a page links to opens as its start page, or as a list.
func TestFolderLink(t *testing.T) {
	t.Parallel()
	f := testbundle.Files{"a.html": `<a href="sub/">x</a><a href="other/">y</a>`, "sub/index.html": "Inside sub",
		"other/b.html": "b"}
	s := newSession(t, Options{}, testbundle.New(t, f))
	_, page := s.open(viewContent, "a.html")
	_, item := s.ask(find(t, page, `href="([^"]+)">x`))
	contains(t, item, "Inside sub")
	_, list := s.ask(find(t, page, `href="([^"]+)">y`))
	contains(t, list, `class="crumbs"`, ">other<")
}

func TestHomePages(t *testing.T) {
	t.Parallel()
	f := testbundle.Files{"p.png": pixel, "s.css": "p{}"}
	for i := range 120 {
		f["d"+strconv.Itoa(i%3)+"/n"+strconv.Itoa(i)+".html"] = "text"
	}
	for i := range 70 {
		f["many/f"+strconv.Itoa(100+i)+"/x.txt"] = "text"
	}
	s := newSession(t, Options{}, testbundle.New(t, f))
	seen := map[string]bool{}
	pages := 0
	_, start := s.ask("?lang=en")
	for next := find(t, start, `class="button main" href="([^"]+)"`); next != ""; pages++ {
		_, page := s.ask(next)
		rows := regexp.MustCompile(`class="row" href="([^"]+)"`).FindAllStringSubmatch(page, -1)
		if len(rows) > itemsPerPage {
			t.Fatalf("a page has %d items", len(rows))
		}
		for _, m := range rows {
			seen[m[1]] = true
		}
		next = ""
		if m := regexp.MustCompile(`href="([^"]+)">Next items`).FindStringSubmatch(page); m != nil {
			next = m[1]
			contains(t, next, "lang=en", "from=")
		}
	}
	if len(seen) != 190 || pages != 4 {
		t.Errorf("%d pages show %d items, want 4 and 190", pages, len(seen))
	}
	_, home := s.home()
	_, many := s.ask(find(t, home, `href="([^"]+)"><bdi>many<`))
	contains(t, many, ">f100<", "More folders")
	_, rest := s.ask(find(t, many, `href="([^"]+)">More folders`))
	contains(t, rest, ">f169<")
	lacks(t, rest, ">f100<")
	_, pictures := s.ask(find(t, home, `href="([^"]+)"><bdi>Pictures`))
	if n := strings.Count(pictures, `class="tile"`); n != 1 {
		t.Errorf("%d pictures, want 1", n)
	}
}

// A bundle with nothing but pictures shows them.
func TestHomeOfPictures(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, testbundle.Files{"a.png": pixel, "b.png": pixel + "2"}))
	if _, home := s.home(); strings.Count(home, `class="tile"`) != 2 {
		t.Errorf("the home has no pictures:\n%s", home)
	}
}

func TestLibrary(t *testing.T) {
	t.Parallel()
	one, two := testbundle.Key(t, 1), testbundle.Key(t, 2)
	s := newSession(t, Options{Pins: []sign.Pin{sign.NewPin(two.Public())}},
		testbundle.New(t, testbundle.Files{"a.txt": "1"}, one),
		testbundle.New(t, testbundle.Files{"a.txt": "2"}, two),
		testbundle.New(t, testbundle.Files{"a.txt": "3"}, one),
		testbundle.New(t, testbundle.Files{"a.txt": "4"}))
	_, library := s.home()
	contains(t, library, "Same publisher as number 3", "Same publisher as number 1",
		"is-trusted", "is-unknown", "is-unsigned")
	if n := strings.Count(library, "Same publisher"); n != 2 {
		t.Errorf("%d bundles have the same publisher as another, want 2", n)
	}
	covers := regexp.MustCompile(`class="cover" href="([^"]+)"`).FindAllStringSubmatch(library, -1)
	for i, m := range covers {
		_, home := s.ask(m[1])
		_, item := s.ask(find(t, home, `class="row" href="([^"]+)"`))
		contains(t, item, ">"+strconv.Itoa(i+1)+"</pre>")
	}
}

// TestB15CutForgery: to cut a stranger's bundle short does not hide that a stranger made it.
func TestB15CutForgery(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(testbundle.Pack(t, testbundle.Files{"a.txt": "1", "film.mp4": testbundle.Noise(600_000, 1)},
		bundle.Options{Title: "News", Signers: []sign.PrivateKey{testbundle.Key(t, 2)}}))
	if err != nil {
		t.Fatal(err)
	}
	s := newSession(t, Options{Pins: []sign.Pin{sign.NewPin(testbundle.Key(t, 1).Public())}},
		testbundle.NewBytes(t, data[:len(data)-300_000]))
	_, home := s.home()
	contains(t, home, "is-incomplete", "Signed, but you have not confirmed by whom.")
	_, trust := s.ask(find(t, home, `class="standing[^"]*" href="([^"]+)"`))
	contains(t, trust, "is-incomplete", "Signed, but you have not confirmed by whom.")
	r, film := s.ask(find(t, home, `class="row" href="([^"]+)">\s*<span class="mark mark-video"`))
	if r.Status != 500 || strings.Contains(film, "<video") {
		t.Errorf("a film whose end is missing: %d, %s", r.Status, film)
	}
}

// TestFormsKeepLanguage: who has chosen a language is answered in it.
func TestFormsKeepLanguage(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, testbundle.Files{"a.txt": "1"}, testbundle.Key(t, 1)))
	_, home := s.homeIn("ko")
	_, trust := s.ask(find(t, home, `class="standing[^"]*" href="([^"]+)"`))
	contains(t, trust, `action="pin?lang=ko"`, `action="check?lang=ko"`, `action="leave?lang=ko"`)
}

// TestB01OlderIssue: an older issue beside a newer one stays readable and says what it is. A
// stranger who numbers a bundle higher makes nothing look old.
func TestB01OlderIssue(t *testing.T) {
	t.Parallel()
	ours, stranger := testbundle.Key(t, 1), testbundle.Key(t, 2)
	issue := func(n uint32, series string, key sign.PrivateKey) *bundle.Reader {
		return testbundle.Open(t, testbundle.Pack(t, testbundle.Files{"a.txt": "text"},
			bundle.Options{Title: "News", Series: series, Issue: n, Signers: []sign.PrivateKey{key}}))
	}
	s := newSession(t, Options{Pins: []sign.Pin{sign.NewPin(ours.Public())}},
		issue(41, "weekly", ours), issue(47, "weekly", ours), issue(99, "weekly", stranger), issue(98, "daily", ours))
	_, library := s.home()
	const older = "Issue 47 of the same series is open, too"
	if strings.Count(library, older) != 1 || strings.Count(library, "of the same series") != 1 {
		t.Errorf("the library does not say once which issue is older:\n%s", library)
	}
	covers := regexp.MustCompile(`class="cover" href="([^"]+)"`).FindAllStringSubmatch(library, -1)
	for i, m := range covers {
		_, home := s.ask(m[1])
		if says := strings.Contains(home, older); says != (i == 0) {
			t.Errorf("bundle %d: says that it is older: %v", i+1, says)
		}
		_, item := s.ask(find(t, home, `class="row" href="([^"]+)"`))
		contains(t, item, ">text</pre>")
	}
}

func TestItems(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, collection))
	for path, wants := range map[string][]string{
		"notes.txt":         {"&lt;b&gt;Notes&lt;/b&gt; &amp;", `dir="auto"`},
		"pictures/hand.png": {"<img src=", `alt="hand"`},
		"pictures/plan.svg": {"<img src="},
		"sound/talk.mp3":    {"<audio controls", "Save"},
		"film/water.mp4":    {"<video controls", `srclang="ko"`, "한국어"},
		"health/card.pdf":   {"Save", "offline"},
		"data.bin":          {"Save"},
		"style/site.css":    {"<pre"},
		"style/letters.woff": {
			"part of pages"},
	} {
		a, page := s.open(viewItem, path)
		if a.Status != 200 {
			t.Errorf("%s: %d", path, a.Status)
		}
		contains(t, page, wants...)
		if path == "style/letters.woff" || path == "style/site.css" || path == "pictures/plan.svg" {
			lacks(t, page, ">Save<")
		}
	}
}

// D15, D16: what a browser is told of an item is decided by the signed type and a
// list of ours, and is nothing that runs.
func TestD15ServedTypes(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, collection))
	for path, want := range map[string]string{
		"health/burns.html":  "text/html; charset=utf-8",
		"style/site.css":     "text/css; charset=utf-8",
		"pictures/hand.png":  "image/png",
		"pictures/plan.svg":  "image/svg+xml; charset=utf-8",
		"sound/talk.mp3":     "audio/mpeg",
		"film/water.mp4":     "video/mp4",
		"style/letters.woff": "font/woff",
		"style/script.js":    "application/octet-stream",
		"health/card.pdf":    "application/octet-stream",
		"data.bin":           "application/octet-stream",
		"notes.txt":          "application/octet-stream",
	} {
		a, body := s.open(viewContent, path)
		if got := a.Header["Content-Type"]; a.Status != 200 || got[0] != want {
			t.Errorf("%s: %d as %v, want %q", path, a.Status, got, want)
		}
		if want == typeBytes && !strings.HasPrefix(a.Header["Content-Disposition"][0], "attachment") {
			t.Errorf("%s is not to be saved", path)
		}
		if a.Header["X-Content-Type-Options"][0] != "nosniff" {
			t.Errorf("%s may be sniffed", path)
		}
		lacks(t, strings.TrimSuffix(body, "alert(1)"), "<script")
	}
}

func TestD16TypeIsTheSignedOne(t *testing.T) {
	t.Parallel()
	page := `<html><body><script>alert(1)</script><p>text</p></body></html>`
	src := testbundle.Typed{Files: testbundle.Files{"a.jpg": page, "b.html": pixel, "c.png": page, "d.png": page, "e.png": page},
		Types: map[string]string{"a.jpg": "text/html", "c.png": "text/html; charset=utf-7",
			"d.png": "application/xhtml+xml", "e.png": "text/xml"}}
	s := newSession(t, Options{}, testbundle.Open(t, testbundle.Pack(t, src, bundle.Options{})))
	for _, path := range []string{"a.jpg", "c.png", "d.png"} {
		a, body := s.open(viewContent, path)
		if a.Header["Content-Type"][0] != typeHTML {
			t.Errorf("%s is served as %v", path, a.Header["Content-Type"])
		}
		lacks(t, body, "script", "alert")
	}
	if a, _ := s.open(viewContent, "e.png"); a.Status != 404 {
		t.Errorf("XML, which a browser could run, is served with %d", a.Status)
	}
	_, body := s.open(viewContent, "b.html")
	lacks(t, body, "\x89PNG")
}

// C07: a saved file has a name and an ending of ours.
func TestC07SavedName(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, collection))
	for path, ext := range map[string]string{"health/card.pdf": "pdf", "data.bin": "bin", "film/water.mp4": "mp4", "notes.txt": "txt"} {
		a, body := s.open(viewSave, path)
		name := a.Header["Content-Disposition"][0]
		if !regexp.MustCompile(`^attachment; filename="item-\d+\.` + ext + `"$`).MatchString(name) {
			t.Errorf("%s is saved as %q", path, name)
		}
		if body != collection[path] {
			t.Errorf("%s is not saved as it is", path)
		}
	}
	for _, path := range []string{"index.html", "pictures/plan.svg", "style/site.css"} {
		if a, _ := s.open(viewSave, path); a.Status != 404 {
			t.Errorf("%s, which could make requests when opened from a disk, is saved with %d", path, a.Status)
		}
	}
}

// C06: what turns the direction of text is shown as what it is.
func TestC06BidiInNames(t *testing.T) {
	t.Parallel()
	if got := plain("article\u202egpj.exe\x00\u2067\u0085"); got != "article\uFFFDgpj.exe\uFFFD\uFFFD\uFFFD" {
		t.Errorf("got %q", got)
	}
	if got := plain("می\u200cشود 한국어 👩‍👩‍👧"); got != "می\u200cشود 한국어 👩‍👩‍👧" {
		t.Errorf("joiners are lost: %q", got)
	}
}

// D12: a link outside leads to a page that names the address in full and the danger. It opens
// by a second act, without a referrer.
func TestD12Outside(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, collection))
	_, page := s.open(viewContent, "index.html")
	lacks(t, page, "site.example")
	_, outside := s.ask(find(t, page, `href="([^"]+)">out`))
	contains(t, outside, "https://site.example/report?who=you", "goes online", "<details", `rel="noopener noreferrer nofollow"`)
	if i, j := strings.Index(outside, "<details class=\"act-twice\""), strings.Index(outside, `href="https://site.example`); i < 0 || j < i {
		t.Error("the address can be opened by one act")
	}
	for address, host := range map[string]string{
		"https://good.example@evil.example/good.example": "evil.example",
		"https://evil.example\\@good.example/":           "evil.example",
		"https://evil.example?good.example/":             "evil.example",
	} {
		_, outside := s.open(viewOutside, address)
		contains(t, outside, `<bdi class="host" dir="ltr">`+host+`<`)
	}
	_, outside = s.open(viewOutside, "javascript:alert(1)")
	lacks(t, outside, `href="javascript`)
}

// D03-D30 in part: headers on every answer, whatever its status.
func TestD30HeadersEverywhere(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(testbundle.Pack(t, collection, bundle.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	s := newSession(t, Options{}, testbundle.NewBytes(t, testbundle.Flip(t, data, collection["film/water.mp4"][:64])))
	answers := map[string]*Response{}
	note := func(name string, code int, r *Response, _ string) {
		if r.Status != code {
			t.Errorf("%s: status %d, want %d", name, r.Status, code)
		}
		answers[name] = r
	}
	add := func(name string, code int) func(*Response, string) {
		return func(r *Response, body string) { note(name, code, r, body) }
	}
	add("home", 200)(s.home())
	add("style", 200)(s.ask("style.css"))
	add("item", 200)(s.open(viewItem, "index.html"))
	add("page", 200)(s.open(viewContent, "index.html"))
	add("picture", 200)(s.open(viewContent, "pictures/hand.png"))
	add("drawing", 200)(s.open(viewContent, "pictures/plan.svg"))
	add("sound", 200)(s.open(viewContent, "sound/talk.mp3"))
	add("captions", 200)(s.open(viewCaptions, "film/water.ko.vtt"))
	add("pdf", 200)(s.open(viewSave, "health/card.pdf"))
	add("trust", 200)(s.open(viewTrust, ""))
	add("outside", 200)(s.open(viewOutside, "https://site.example"))
	add("damaged", 500)(s.open(viewContent, "film/water.mp4"))
	add("absent", 404)(s.open(viewContent, "absent"))
	add("absent item", 404)(s.open(viewItem, "absent"))
	add("no address", 404)(s.ask("wp-admin"))
	add("form's key", 404)(s.open(viewForm, ""))
	add("other view", 404)(s.open('?', ""))
	add("check", 303)(s.post("check"))
	add("pin", 200)(s.post("pin", "fingerprint", "1"))
	add("unproved form", 403)(s.send(&Request{Method: "POST", Path: "check"}))
	add("other post", 405)(s.send(&Request{Method: "POST", Path: ""}))
	add("delete", 405)(s.send(&Request{Method: "DELETE", Path: ""}))
	add("leave", 200)(s.post("leave"))
	add("left", 200)(s.ask("left.css"))
	add("after that", 404)(s.home())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	note("nobody waits", 503, s.v.Serve(ctx, &Request{Method: "GET"}), "")
	for name, r := range answers {
		checkHeaders(t, name, r)
	}
}

func checkHeaders(t *testing.T, name string, r *Response) {
	t.Helper()
	for _, c := range []struct{ header, has string }{
		{"X-Content-Type-Options", "nosniff"}, {"Cache-Control", "no-store"},
		{"Referrer-Policy", "no-referrer"}, {"Cross-Origin-Resource-Policy", "same-origin"},
		{"Cross-Origin-Opener-Policy", "same-origin"}, {"X-Dns-Prefetch-Control", "off"},
		{"Permissions-Policy", "camera=()"},
		{"Content-Security-Policy", "default-src 'none'"}, {"Content-Security-Policy", "base-uri 'none'"},
		{"Content-Security-Policy", "form-action '"}, {"Content-Security-Policy", "frame-ancestors '"},
		{"Content-Security-Policy", "webrtc 'block'"},
	} {
		if v := r.Header[c.header]; len(v) != 1 || !strings.Contains(v[0], c.has) {
			t.Errorf("%s: %s is %q", name, c.header, v)
		}
	}
	kind := r.Header["Content-Type"]
	if r.Body != nil && len(kind) != 1 {
		t.Errorf("%s has a body without a type", name)
	}
	if len(kind) == 1 && strings.HasPrefix(kind[0], "text/") && !strings.Contains(kind[0], "charset=utf-8") {
		t.Errorf("%s is %q, without a charset", name, kind[0])
	}
	policy := strings.TrimSuffix(r.Header["Content-Security-Policy"][0], "; script-src 'sha256-"+hashOf(script)+"'")
	if strings.Contains(policy, "script") || strings.Contains(policy, "*") || strings.Contains(policy, "http") {
		t.Errorf("%s: the policy allows %q", name, policy)
	}
}

// D30: an error page has nothing of the request in it.
func TestD30ErrorsEchoNothing(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, collection))
	for _, path := range []string{"<script>alert(1)</script>", `"onmouseover="x`, "markermarker"} {
		r, page := s.send(&Request{Method: "GET", Path: path, Query: url.Values{"lang": {path}, "from": {path}}})
		if r.Status != 404 {
			t.Errorf("%q: %d", path, r.Status)
		}
		lacks(t, page, path, "alert", "onmouseover", "markermarker")
	}
	_, page := s.post("pin", "fingerprint", "<script>alert(1)</script>")
	lacks(t, page, "alert(1)")
}

// G03: nothing that tells what is read stands in an address or a title.
func TestG03TitlesAndAddresses(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, collection, testbundle.Key(t, 1)))
	attribute := regexp.MustCompile(`(?:href|src|action|poster|srcset|value)="([^"]*)"`)
	title := regexp.MustCompile(`<title>([^<]*)</title>`)
	allowed := []string{"Contents", "Item", "Article", "Checks", "Address", "Notice", "Closed", "Library"}
	pages := map[string]string{}
	keep := func(name string) func(*Response, string) {
		return func(_ *Response, body string) { pages[name] = body }
	}
	keep("home")(s.home())
	keep("shelf")(s.open(viewHome, shelf{kind: bundle.KindPage, language: "ko", folder: "health"}.String()))
	for path := range collection {
		if formOf(entry(t, s, path)) == formPage {
			keep("content " + path)(s.open(viewContent, path))
		}
		keep("item " + path)(s.open(viewItem, path))
	}
	keep("trust")(s.open(viewTrust, ""))
	keep("absent")(s.open(viewItem, "absent"))
	keep("leave")(s.post("leave"))
	for name, page := range pages {
		if m := title.FindStringSubmatch(page); m == nil || !slices.Contains(allowed, m[1]) {
			t.Errorf("%s: the title is %q", name, m)
		}
		for _, m := range attribute.FindAllStringSubmatch(page, -1) {
			// A sealed address has any letters: short words stand in some by chance.
			for _, word := range []string{"burns", "health", "water", "hand.", "film/", "secret", ".html", "한"} {
				if strings.Contains(m[1], word) {
					t.Errorf("%s has the address %q", name, m[1])
				}
			}
		}
	}
}

func entry(t *testing.T, s *session, path string) bundle.Entry {
	t.Helper()
	e, err := s.v.volumes[0].r.Lookup(path)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// D07: what changes something wants a form of ours, and no GET does it.
func TestD07FormsOnly(t *testing.T) {
	t.Parallel()
	key := testbundle.Key(t, 1)
	s := newSession(t, Options{}, testbundle.New(t, collection, key))
	for _, path := range []string{"check", "pin", "leave"} {
		if r, _ := s.send(&Request{Method: "GET", Path: path, Query: url.Values{"fingerprint": {key.Public().Fingerprint().String()}}}); r.Status != 404 || r.Leave != Stay {
			t.Errorf("GET %s: %d, leaves: %v", path, r.Status, r.Leave)
		}
		item, _ := s.v.sealer.seal(target{viewItem, 0, "index.html"})
		for _, proof := range []string{"", "x", item} {
			r, _ := s.send(&Request{Method: "POST", Path: path, Form: url.Values{"for": {proof}}})
			if r.Status != 403 || r.Leave != Stay {
				t.Errorf("POST %s with %q: %d, leaves: %v", path, proof, r.Status, r.Leave)
			}
		}
	}
	if v := s.v.standing(s.v.volumes[0]).Verdict; v != bundle.Unknown {
		t.Errorf("the bundle is %s now", v)
	}
	if st := s.v.volumes[0].check.state(); st.running || st.report != nil {
		t.Error("a check was started")
	}
}

// wait lets a check come to its end.
func (s *session) wait() {
	s.t.Helper()
	for range 1000 {
		if !s.v.volumes[0].check.state().running {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	s.t.Fatal("the check does not end")
}

// D29: a page or a picture with damage in it is not shown, not even its beginning; a film
// stops where it does not hold.
func TestD29Damage(t *testing.T) {
	t.Parallel()
	good, err := os.ReadFile(testbundle.Pack(t, testbundle.Files{
		"film.mp4": testbundle.Noise(1<<20, 3), "a.png": testbundle.Noise(600_000, 4), "b.txt": "whole",
	}, bundle.Options{Signers: []sign.PrivateKey{testbundle.Key(t, 1)}}))
	if err != nil {
		t.Fatal(err)
	}
	film, picture := testbundle.Noise(1<<20, 3), testbundle.Noise(600_000, 4)
	data := testbundle.Flip(t, good, film[700_000:700_064])
	data = testbundle.Flip(t, data, picture[599_900:599_964])
	s := newSession(t, Options{}, testbundle.NewBytes(t, data))
	if r, body := s.open(viewContent, "a.png"); r.Status != 500 || strings.Contains(body, picture[:64]) {
		t.Errorf("a picture with damage at its end comes with %d", r.Status)
	}
	address, _ := s.v.sealer.seal(target{viewContent, 0, "film.mp4"})
	r := s.v.Serve(context.Background(), &Request{Method: "GET", Path: address})
	got, err := io.ReadAll(r.Body)
	if err == nil || r.Size != 1<<20 || !strings.HasPrefix(film, string(got)) || len(got) != 2*256<<10 {
		t.Errorf("%d bytes of the film came before %v", len(got), err)
	}
	_, home := s.home()
	contains(t, home, "is-changed")
	_, text := s.open(viewItem, "b.txt")
	contains(t, text, "whole")

	s.post("check")
	s.wait()
	_, trust := s.open(viewTrust, "")
	contains(t, trust, "not whole in this copy", ">film<", ">a<", "Damaged or changed")
	lacks(t, trust, ">b<")
}

func TestIncomplete(t *testing.T) {
	t.Parallel()
	good, err := os.ReadFile(testbundle.Pack(t, testbundle.Files{
		"film.mp4": testbundle.Noise(1<<20, 3), "b.txt": "whole",
	}, bundle.Options{Signers: []sign.PrivateKey{testbundle.Key(t, 1)}}))
	if err != nil {
		t.Fatal(err)
	}
	s := newSession(t, Options{}, testbundle.NewBytes(t, good[:len(good)*6/10]))
	s.post("check")
	s.wait()
	_, trust := s.open(viewTrust, "")
	contains(t, trust, "is-incomplete", "Missing", ">film<")
	_, text := s.open(viewItem, "b.txt")
	contains(t, text, "whole", "is-incomplete")
	lacks(t, text, "is-trusted", "is-unknown")
}

// A marked bundle is green nowhere.
func TestMarkedIsNotGreen(t *testing.T) {
	t.Parallel()
	key := testbundle.Key(t, 1)
	data, err := os.ReadFile(testbundle.Pack(t, testbundle.Files{"a.txt": "x"}, bundle.Options{Signers: []sign.PrivateKey{key}}))
	if err != nil {
		t.Fatal(err)
	}
	s := newSession(t, Options{Pins: []sign.Pin{sign.NewPin(key.Public())}}, testbundle.NewBytes(t, append(data, make([]byte, 14)...)))
	s.post("check")
	s.wait()
	_, start := s.ask("")
	contains(t, start, `sign is-marked"`, "Something was added")
	_, home := s.home()
	lacks(t, home, "badge is-trusted", "standing is-trusted")
}

// Damage in what the contents are put together from is told, too: here, in the names of the sections.
func TestDamagedSections(t *testing.T) {
	t.Parallel()
	o := bundle.Options{Signers: []sign.PrivateKey{testbundle.Key(t, 1)}, Place: func(it *bundle.Item) (int, string) { return int(it.Path[1]-'0') * 30, "" }}
	for i := range 300 {
		o.Sections = append(o.Sections, bundle.Section{Name: bundle.Text{{Text: fmt.Sprintf("section number %d %s", i, testbundle.Letters(400, uint64(i)))}}})
	}
	data, err := os.ReadFile(testbundle.Pack(t, testbundle.Files{"a0.txt": "1", "a9.txt": "2"}, o))
	if err != nil {
		t.Fatal(err)
	}
	for at := 4096; at < len(data); at += 500 {
		worn := slices.Clone(data)
		worn[at] ^= 1
		r, err := bundle.NewReader(bytes.NewReader(worn), int64(len(worn)))
		if err != nil {
			continue
		}
		if _, err := r.Sections(); errors.Is(err, bundle.ErrDamaged) && r.Standing().Verdict == bundle.Unknown {
			s := newSession(t, Options{}, r)
			_, home := s.home()
			if strings.Contains(home, "on-problem") {
				continue // more than the sections lies there
			}
			contains(t, home, "standing is-changed")
			return
		}
	}
	t.Error("no byte belongs to the sections alone")
}

// A large picture is checked whole before it goes, and not held in memory.
func TestLargePicture(t *testing.T) {
	t.Parallel()
	noise := testbundle.Noise(3<<20, 9)
	data, err := os.ReadFile(testbundle.Pack(t, testbundle.Files{"a.png": noise, "b.txt": "x"}, bundle.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	s := newSession(t, Options{}, testbundle.NewBytes(t, data))
	r, got := s.open(viewContent, "a.png")
	if _, held := r.Body.(*bundle.Content); got != noise || !held {
		t.Errorf("%d bytes of %d, by %T", len(got), len(noise), r.Body)
	}
	s = newSession(t, Options{}, testbundle.NewBytes(t, testbundle.Flip(t, data, noise[2<<20:][:32])))
	if r, got := s.open(viewContent, "a.png"); r.Status != 500 || strings.Contains(got, noise[:100]) {
		t.Errorf("a damaged picture: %d, %d bytes", r.Status, len(got))
	}
}

func TestTrustWords(t *testing.T) {
	t.Parallel()
	key := testbundle.Key(t, 1)
	signed := testbundle.Pack(t, collection, bundle.Options{Signers: []sign.PrivateKey{key}})
	data, err := os.ReadFile(signed)
	if err != nil {
		t.Fatal(err)
	}
	pins := []sign.Pin{sign.NewPin(key.Public())}
	for _, c := range []struct {
		name string
		o    Options
		r    *bundle.Reader
		want []string
	}{
		{"trusted", Options{Pins: pins}, testbundle.Open(t, signed), []string{"verdict is-trusted", "The same as the digits you gave", "Everything is whole"}},
		{"unknown", Options{}, testbundle.Open(t, signed), []string{"verdict is-unknown", "Compare", "Everything is whole"}},
		{"unsigned", Options{}, testbundle.New(t, collection), []string{"verdict is-unsigned", "no signature", "Everything is whole"}},
		{"marked", Options{Pins: pins}, testbundle.NewBytes(t, append(slices.Clone(data), make([]byte, 100)...)),
			[]string{"verdict is-marked", "Something was added"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t, c.o, c.r)
			s.post("check")
			s.wait()
			_, trust := s.open(viewTrust, "")
			contains(t, trust, c.want...)
			contains(t, trust, "it proves nothing", "cannot hide that you have it")
			if c.name != "trusted" && c.name != "marked" {
				lacks(t, trust, "is-trusted", "answer good", "print known")
			}
		})
	}
}

// B16: a typed fingerprint, in any numerals, makes its publisher known until the viewer closes; a wrong
// one says where it is wrong, and one of somebody else makes nobody known.
func TestPin(t *testing.T) {
	t.Parallel()
	key := testbundle.Key(t, 1)
	f := key.Public().Fingerprint()
	s := newSession(t, Options{}, testbundle.New(t, collection, key))
	groups := f.Groups(sign.Latin)
	groups[4] = string(groups[4][0]) + string('0'+(groups[4][1]-'0'+1)%10) + groups[4][2:]
	for typed, want := range map[string]string{
		strings.Join(groups, " "):              "mistake in group 5",
		"12 <b>":                               "Digits typed: 2.",
		"":                                     "Digits typed: 0.",
		"<script>" + strings.Repeat("x", 4000): "Digits typed: 0.",
	} {
		_, page := s.post("pin", "fingerprint", typed)
		contains(t, page, want, "is-unknown")
	}
	_, page := s.post("pin", "fingerprint", f.String()[:len(f.String())-6])
	contains(t, page, "Digits typed: 35.", "autofocus", ">"+f.String()[:len(f.String())-6]+"</textarea>")
	// That the signer is another than the reader was told is not forgotten on the next page.
	_, page = s.post("pin", "fingerprint", testbundle.Key(t, 2).Public().Fingerprint().String())
	contains(t, page, "another publisher", "verdict is-changed", "Do not take this for theirs")
	_, refuting := s.home()
	contains(t, refuting, "standing is-changed", "Not by the one whose digits you typed")
	_, start := s.ask("")
	contains(t, start, `sign is-changed"`)
	_, page = s.post("pin", "fingerprint", f.Format(sign.Persian))
	contains(t, page, "It is the same", "is-trusted")
	_, home := s.home()
	contains(t, home, "is-trusted")
	other := newSession(t, Options{}, testbundle.New(t, collection, key))
	_, home = other.ask("")
	contains(t, home, "is-unknown")
}

// B16, B18: all groups with a mistake are named, so that none is left for the next time. A fingerprint without one that is like
// the signer's but for a group is another's, and nobody is told how near it is.
func TestB16NearlyTheSame(t *testing.T) {
	t.Parallel()
	key := testbundle.Key(t, 1)
	s := newSession(t, Options{}, testbundle.New(t, collection, key))
	groups := key.Public().Fingerprint().Groups(sign.Latin)
	other := func(group int) (mistaken, near string) {
		data := string('0'+(groups[group][0]-'0'+1)%10) + groups[group][1:4]
		list := slices.Clone(groups)
		for c := range 10 {
			list[group] = data + strconv.Itoa(c)
			if _, err := sign.ParseFingerprint(strings.Join(list, "")); err == nil {
				near = list[group]
			} else {
				mistaken = list[group]
			}
		}
		return mistaken, near
	}
	typed := slices.Clone(groups)
	typed[1], _ = other(1)
	typed[6], _ = other(6)
	_, page := s.post("pin", "fingerprint", strings.Join(typed, " "))
	contains(t, page, "mistakes in groups 2, 7.", "is-unknown")
	contains(t, page, ">"+strings.Join(typed, " ")+"</textarea>") // to be set right
	typed = slices.Clone(groups)
	_, typed[6] = other(6)
	_, page = s.post("pin", "fingerprint", strings.Join(typed, " "))
	contains(t, page, "another publisher", "verdict is-changed")
	lacks(t, page, typed[6], "group 7", "groups 7", "again.")
}

// The reader's numerals, and direction, in the languages that have their own.
func TestInterfaceLanguages(t *testing.T) {
	t.Parallel()
	key := testbundle.Key(t, 1)
	s := newSession(t, Options{}, testbundle.New(t, collection, key))
	address, _ := s.v.sealer.seal(target{viewTrust, 0, ""})
	_, page := s.ask(address + "?lang=fa")
	contains(t, page, `<html lang="fa" dir="rtl">`, key.Public().Fingerprint().Groups(sign.Persian)[0],
		key.Public().Fingerprint().Groups(sign.Latin)[0], "lang=fa")
	for tag, n := range map[string]sign.Numerals{"my": sign.Burmese, "fr": sign.Latin, "zh-TW": sign.Latin} {
		_, page := s.ask(address + "?lang=" + tag)
		contains(t, page, key.Public().Fingerprint().Groups(n)[0], "lang="+pickLanguage(tag, "", "").tag)
	}
	for _, l := range languages() {
		_, page := s.homeIn(l.tag)
		contains(t, page, `<html lang="`+l.tag+`" dir="`+l.dir+`">`, l.text["verdict.unknown"])
		lacks(t, page, "{n}", "ZgotmplZ")
		_, item := s.ask(find(t, page, `class="row" href="([^"]+)"`))
		contains(t, item, "lang="+l.tag)
	}
}

// D20: a page out of a bundle stays in its frame and has nothing of the viewer's own around it.
func TestD20Frame(t *testing.T) {
	t.Parallel()
	hostile := `<html><head><base target="_top"><style>* { position: fixed; inset: 0 }</style></head><body>
<a href="x.html" target="_parent" onclick="x()">a</a><form action="https://site.example" target="_top"><button>b</button></form>
<iframe src="y.html" name="main"></iframe><a href="#z" target="_top">c</a><a href="./` + "x" + `" target=_blank ping="https://site.example">d</a>
<p>" href="./fake</p><p title=' href="./fake'>e</p></body></html>`
	s := newSession(t, Options{}, testbundle.New(t, testbundle.Files{"a.html": hostile}))
	r, page := s.open(viewContent, "a.html")
	lacks(t, page, "_parent", "_blank", "onclick", "<form", "<iframe", "<base", "ping", "site.example")
	if n := strings.Count(page, `target="_top"`); n != 2 {
		t.Errorf("%d links leave the frame, want the 2 that lead to items:\n%s", n, page)
	}
	policy := r.Header["Content-Security-Policy"][0]
	contains(t, policy, "sandbox allow-same-origin", "frame-ancestors 'self'", "form-action 'none'")
	lacks(t, policy, "allow-scripts", "allow-forms", "allow-popups", "allow-downloads")
	shell, _ := s.open(viewItem, "a.html")
	contains(t, shell.Header["Content-Security-Policy"][0], "frame-src 'self'", "frame-ancestors 'none'")
}

// D24: what would load or frame something else is not in the page, and its policy would
// stop it.
func TestD24NothingEmbedded(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, testbundle.Files{"a.html": `<html manifest="a.appcache"><head>
<base href="https://site.example/"><link rel="manifest" href="m.json"><link rel="preconnect" href="https://site.example"></head><body>
<object data="b.html"><p>kept</p></object><embed src="b.html"><portal src="b.html"></portal><fencedframe src="b.html"></fencedframe>
<iframe srcdoc="<p>x"></iframe><iframe src="data:text/html,x"></iframe><iframe src="blob:x"></iframe><applet code="x"></applet>
<frameset><frame src="b.html"></frameset></body></html>`}))
	r, page := s.open(viewContent, "a.html")
	lacks(t, page, "<object", "<embed", "<portal", "<fencedframe", "<iframe", "<applet", "<frame", "<base", "manifest",
		"preconnect", "site.example", "srcdoc")
	policy := r.Header["Content-Security-Policy"][0]
	contains(t, policy, "default-src 'none'", "base-uri 'none'")
	lacks(t, policy, "object-src", "frame-src", "child-src", "manifest-src", "script-src", "connect-src")
}

// Leaving answers with a page that says nothing, and from then on there is nothing but
// what makes the browser forget.
func TestG13Leave(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, collection))
	if r, _ := s.ask("left.css"); r.Status != 404 || r.Leave != Stay {
		t.Errorf("before leaving: %d, %v", r.Status, r.Leave)
	}
	r, page := s.post("leave")
	if r.Leave != Leaving || r.Status != 200 {
		t.Errorf("leaving answers with %d, %v", r.Status, r.Leave)
	}
	lacks(t, page, "Test collection", "href=\"./", "style.css")
	if r, page := s.home(); r.Status != 404 || page != "" {
		t.Errorf("the first page is still there: %d", r.Status)
	}
	if r, _ := s.ask("left.css"); r.Leave != Left || r.Header["Clear-Site-Data"][0] != `"cache"` {
		t.Errorf("what comes last has %v, %v", r.Leave, r.Header)
	}
}

// Hostile requests, whatever they ask for, are answered without a panic and with all headers.
func FuzzRequest(f *testing.F) {
	for _, s := range []string{"", "style.css", "check", "\x00", "../..", strings.Repeat("a", 5000)} {
		f.Add("GET", s, "en", "0", "text", byte('h'))
		f.Add("POST", s, "fa", "-1", "a\n\n\n", byte('i'))
	}
	r := testbundle.New(f, testbundle.Files{"a.html": "<p>x", "b.mp4": "x", "c.vtt": "x", "d/e.png": pixel})
	v := New([]*bundle.Reader{r}, Options{})
	proof, _ := v.sealer.seal(target{viewForm, 0, ""})
	f.Fuzz(func(t *testing.T, method, path, lang, from, text string, as byte) {
		for _, p := range []string{path, func() string { a, _ := v.sealer.seal(target{view(as), 0, text}); return a }()} {
			a := v.Serve(context.Background(), &Request{Method: method, Path: p, AcceptLanguage: lang,
				Query: url.Values{"lang": {lang}, "from": {from}}, Form: url.Values{"for": {p}, "fingerprint": {text}}})
			checkHeaders(t, p, a)
			form := url.Values{"for": {proof}, "within": {p}, "from": {text}, "q": {text}}
			if from == "0" {
				form.Set("typed", text)
			}
			a = v.Serve(context.Background(), &Request{Method: "POST", Path: "search", Form: form})
			checkHeaders(t, "search", a)
			for _, to := range a.Header["Location"] {
				checkHeaders(t, to, v.Serve(context.Background(), &Request{Method: "GET", Path: to}))
			}
		}
	})
}
