package server

import (
	"bytes"
	"encoding/json"
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"satchel/bundle"
	"satchel/bundle/sign"
	"satchel/viewer"
	"satchel/viewer/internal/testbundle"
)

// pageKinds are the kinds of page that the viewer has at least.
var pageKinds = []string{"start", "home", "handout", "library", "item article", "item site", "item book", "item text", "item picture", "item sound", "item video", "item save",
	"search found", "search none", "trust trusted", "trust unknown", "trust unsigned", "trust incomplete", "trust changed", "outside", "problem"}

// What tells of which kind a page is.
var (
	kindOfPage     = regexp.MustCompile(`<body class="on-([a-z]+)`)
	kindOfItem     = regexp.MustCompile(`<main[^>]* class="item shows-([a-z]+)`)
	languageOfItem = regexp.MustCompile(`<h1[^>]*><bdi lang="([^"]+)"`)
	verdictShown   = regexp.MustCompile(`class="verdict is-([a-z]+)`)
	linkOrFrame    = regexp.MustCompile(`<(?:a|iframe)\b[^>]* (?:href|src)="([^"#?:]+)["#]`)
)

func kindOf(page string) string {
	m := kindOfPage.FindStringSubmatch(page)
	if m == nil {
		return ""
	}
	detail := map[string]*regexp.Regexp{"item": kindOfItem, "trust": verdictShown}[m[1]]
	switch {
	case m[1] == "search" && strings.Contains(page, "<mark>"):
		return "search found"
	case m[1] == "search":
		return "search none"
	case detail != nil && detail.MatchString(page):
		return m[1] + " " + detail.FindStringSubmatch(page)[1]
	}
	return m[1]
}

// inside returns the address behind the first screen, where there is one.
func (l *live) inside() string {
	l.t.Helper()
	page := l.ask("GET", l.path).body
	if !strings.Contains(page, `<main id="main" class="first">`) {
		return l.path
	}
	return l.find(page, `class="button main" href="([^"]+)"`)
}

// pages goes along all links, and returns the address of a page of each kind, of items if it can be of one in a
// language, and of what is found there with words.
func (l *live) pages(language, words string) map[string]string {
	l.t.Helper()
	inside := l.inside()
	queue := []string{l.path, inside, l.path + "nothing", l.post("search", inside, "q", words), l.post("search", inside, "q", "zzzzzz")}
	found, seen := map[string]string{}, map[string]bool{}
	fits := map[string]bool{} // kinds for which a page in the language was found
	for len(queue) > 0 && len(seen) < 1000 {
		at := queue[0]
		if queue = queue[1:]; seen[at] {
			continue
		}
		seen[at] = true
		a := l.ask("GET", at)
		kind := kindOf(a.body)
		m := languageOfItem.FindStringSubmatch(a.body)
		if fit := m != nil && m[1] == language; kind != "" && (found[kind] == "" || fit && !fits[kind]) {
			found[kind], fits[kind] = "http://"+l.host+at, fit
		}
		if !strings.HasPrefix(a.head.Get("Content-Type"), "text/html") {
			continue
		}
		for _, m := range linkOrFrame.FindAllStringSubmatch(a.body, -1) {
			queue = append(queue, l.path+strings.TrimPrefix(html.UnescapeString(m[1]), "./"))
		}
	}
	return found
}

// post sends a form of a page with a field filled in, and returns where it leads.
func (l *live) post(to, page, field, value string) string {
	l.t.Helper()
	sealed := l.find(l.ask("GET", page).body, `name="for" value="([^"]+)"`)
	form := url.Values{"for": {strings.TrimPrefix(sealed, l.path)}, field: {value}}
	a := l.send("POST", l.path+to, form.Encode(), "Sec-Fetch-Site: same-origin")
	at, _, _ := strings.Cut(a.head.Get("Location"), "#")
	return l.path + strings.TrimPrefix(at, "./")
}

var imageTag = regexp.MustCompile(`<img[^>]*>`)

// startAll serves bundles of each verdict, checked whole, with items of each kind in the first.
func startAll(t *testing.T) *live {
	t.Helper()
	all := testbundle.Files{
		"index.html": `<html lang="en"><body><h1>Water</h1><p>What this is. <a href="health/bleeding.en.html">On</a> <a href="https://site.example/a-long-address">out</a></p>
<table><tr><th>Litres</th><th>Minutes</th></tr><tr><td>1</td><td>5</td></tr></table></body></html>`,
		"long-name-" + strings.Repeat("unbroken", 20) + ".bin": "x",
	}
	for _, name := range []string{"health/bleeding.en.html", "kitchen/انبار-خانه.epub", "water/储水.txt", "sky/cirrus.jpg", "sky/nimbus.jpg",
		"radio/morse.mp3", "water/water.mp4", "water/water.en.vtt", "water/water.ko.vtt", "health/first-aid-card.pdf"} {
		data, err := os.ReadFile("../../examples/collection/" + name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = imageTag.ReplaceAllString(string(data), "") // those are not there, and nobody knows their size
	}
	known, other := testbundle.Key(t, 1), testbundle.Key(t, 2)
	noise := testbundle.Noise(1<<20, 1)
	small := testbundle.Files{"index.html": "<h1>Water</h1><p>Boil it.", "film.mp4": noise}
	data, err := os.ReadFile(testbundle.Pack(t, small, bundle.Options{Title: "Damaged", Signers: []sign.PrivateKey{other}}))
	if err != nil {
		t.Fatal(err)
	}
	l := start(t, testbundle.New(t, all, known), testbundle.New(t, small, other), testbundle.New(t, small),
		testbundle.NewBytes(t, data[:len(data)*2/3]), testbundle.NewBytes(t, testbundle.Flip(t, data, noise[:16])))
	for i, link := range regexp.MustCompile(`class="badge[^"]*" href="([^"]+)"`).FindAllStringSubmatch(l.ask("GET", l.inside()).body, -1) {
		trust := l.path + link[1]
		if i == 0 { // or the others would be refuted
			l.post("pin", trust, "fingerprint", known.Public().Fingerprint().String())
		}
		for at := l.post("check", trust, "", ""); strings.Contains(l.ask("GET", at).body, "<progress"); {
			time.Sleep(10 * time.Millisecond)
		}
	}
	return l
}

// doorKinds are what somebody sees who comes to a class.
var doorKinds = []string{"class", "class wrong", "class wait", "class inside"}

// startDoors returns the address of each. What follows upon a wrong code is no page to go to, so it is shown again at an
// address of its own, with the class's style beside it.
func startDoors(t *testing.T) map[string]string {
	t.Helper()
	v := viewer.New([]*bundle.Reader{testbundle.New(t, files, testbundle.Key(t, 1))}, viewer.Options{})
	c := startServer(t, New(v, Options{Class: netip.MustParseAddr("127.0.0.1")})).s.Class()
	inside := (&live{t: t, host: c.host}).ask("GET", "/"+c.invite).head.Get("Location")
	shown := func(wrong bool, wait time.Duration) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/style.css" {
				c.server.answer(w, r, "style.css", true)
				return
			}
			asked := &viewer.Request{Method: "GET", Query: r.URL.Query(), Guest: true}
			c.server.ask(w, r, func(v *viewer.Viewer) *viewer.Response { return v.Door(asked, wrong, wait) })
		}))
		t.Cleanup(s.Close)
		return s.URL + "/"
	}
	return map[string]string{"class": c.Address(), "class wrong": shown(true, 0), "class wait": shown(true, 90*time.Second),
		"class inside": "http://" + c.host + inside}
}

// in is the address of a page in a language.
func in(address, language string) string { return address + "?lang=" + language }

// tab opens another tab of a browser, for a test of its own.
func (r *reader) tab(t *testing.T) *reader {
	t.Helper()
	ctx, cancel := chromedp.NewContext(r.ctx)
	t.Cleanup(cancel)
	return &reader{t, chromium{ctx}, ctx}
}

// TestPages shows a page of each kind to who sees little, has a small screen, or no mouse.
func TestPages(t *testing.T) {
	t.Parallel()
	needsModules(t)
	r := newReader(t)
	l := startAll(t)
	pages := l.pages("en", "water")
	maps.Copy(pages, startDoors(t))
	for _, kind := range append(slices.Clone(pageKinds), doorKinds...) {
		if pages[kind] == "" {
			t.Errorf("no page of the kind %q is found, only %q", kind, slices.Sorted(maps.Keys(pages)))
		}
	}
	t.Run("tabs", func(t *testing.T) { // which end before the browser does
		for _, scheme := range []string{"light", "dark", "sepia"} {
			t.Run("axe "+scheme, func(t *testing.T) {
				t.Parallel()
				r.tab(t).findBarriers(pages, scheme)
			})
		}
		t.Run("narrow", func(t *testing.T) {
			t.Parallel()
			r.tab(t).checkNarrow(pages)
		})
		t.Run("still", func(t *testing.T) {
			t.Parallel()
			r.tab(t).checkStill(pages)
		})
		t.Run("print", func(t *testing.T) {
			t.Parallel()
			r.tab(t).checkPrint(l, pages["handout"])
		})
		t.Run("keyboard", func(t *testing.T) {
			t.Parallel()
			r.tab(t).checkKeyboard(pages)
		})
	})
}

// axeRuns is what is asked of axe-core. That a title says nothing of the content (WCAG 2.4.2) is meant, and is no
// matter of axe's, which wants there to be one. What is in a frame is a stranger's.
const axeRuns = `axe.run({exclude: [['iframe']]}, {iframes: false, resultTypes: ['violations'],
	runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(r => JSON.stringify(r.violations.map(v =>
	v.id + ': ' + v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' ' + [...n.any, ...n.all, ...n.none].map(c => c.message).join('; ')).join(' | '))))`

// barriers are what axe-core finds on the page.
func (r *reader) barriers() (found []string) {
	r.t.Helper()
	axe, err := os.ReadFile(filepath.Join(modules, "axe-core/axe.min.js"))
	r.must(err)
	_, err = r.eval(string(axe) + "; 'ready'")
	r.must(err)
	text, err := r.eval(axeRuns)
	r.must(err)
	r.must(json.Unmarshal([]byte(text), &found))
	return found
}

// findBarriers has axe-core look for what keeps people out, in both directions of writing.
func (r *reader) findBarriers(pages map[string]string, scheme string) {
	r.t.Helper()
	theme := ""
	if scheme == "sepia" { // which is no system's
		scheme, theme = "light", "&theme=sepia"
	}
	r.prefer(scheme)
	for kind, address := range pages {
		for _, language := range []string{"en", "fa"} {
			r.goTo(in(address, language) + theme)
			for _, barrier := range r.barriers() {
				r.t.Errorf("%s in %s: %s", kind, language, barrier)
			}
		}
	}
	r.goTo(in(pages["home"], "en")) // it does not look into Arabic letters, which join
	r.run(`document.querySelector('main').innerHTML = '<img src="data:,"><p>Pale</p>'
		Object.assign(document.querySelector('main p').style, {color: '#777', backgroundColor: '#888'})`)
	if found := strings.Join(r.barriers(), " "); !strings.Contains(found, "image-alt") || !strings.Contains(found, "color-contrast") {
		r.t.Errorf("axe does not see what keeps people out, only %q", found)
	}
}

// wide tells what makes the page scroll sideways on a screen of 320 pixels, or nothing.
func (r *reader) wide() (what string) {
	r.t.Helper()
	const widest = `(w => w <= 320 ? '' : w + ' wide: ' + [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() &&
		(b => b.right > 320 || b.left < 0)(e.getBoundingClientRect())).map(e => e.cloneNode().outerHTML + e.textContent.slice(0, 30)).slice(0, 6).join(' '))
		(document.documentElement.scrollWidth)`
	r.must(r.look(widest, &what))
	return what
}

// checkNarrow looks for what makes a page scroll sideways on a small screen, also with text of twice its size.
func (r *reader) checkNarrow(pages map[string]string) {
	r.t.Helper()
	r.do(chromedp.EmulateViewport(320, 640))
	r.checkBar(pages["item text"])
	for kind, address := range pages {
		for _, language := range []string{"en", "ru", "my", "fa", "ko"} {
			r.goTo(in(address, language))
			for _, size := range []string{"100%", "200%"} {
				r.run("document.documentElement.style.fontSize = '" + size + "'")
				if wide := r.wide(); wide != "" {
					r.t.Errorf("%s in %s at %s: %s", kind, language, size, wide)
				}
			}
		}
	}
}

// A movement is what has moved while a page was loading.
type movement struct {
	Sum  float64
	What json.RawMessage
}

// shifts waits for what moves late.
func (r *reader) shifts() (found movement) {
	r.t.Helper()
	const moved = `new Promise(done => {
		let sum = 0, what = []
		new PerformanceObserver(l => l.getEntries().forEach(e => {
			sum += e.value
			e.sources.forEach(s => what.push([(s.node?.outerHTML ?? s.node?.data ?? '').slice(0, 100), s.previousRect, s.currentRect]))
		})).observe({type: 'layout-shift', buffered: true})
		setTimeout(() => done(JSON.stringify({sum, what})), 200)
	})`
	text, err := r.eval(moved)
	r.must(err)
	r.must(json.Unmarshal([]byte(text), &found))
	return found
}

// mostShift is how much of a page may move: a hundredth, of which nobody sees anything, is what controls of players and fonts take.
const mostShift = 0.01

// checkBar taps on the sign that the search field is on a small screen: nothing else comes to lie under the finger, or a
// tap would do that, too.
func (r *reader) checkBar(address string) {
	r.t.Helper()
	const places = `JSON.stringify([...document.querySelectorAll('.bar a, .bar summary, .bar .quiet')].map(e => (b => [b.x, b.y, b.width, b.height])(e.getBoundingClientRect())))`
	for _, size := range []string{"-1", "0", "1", "2", "3", "4", "5", "6"} {
		for _, width := range []int64{320, 390} {
			r.do(chromedp.EmulateViewport(width, 844))
			r.goTo(in(address, "en") + "&size=" + size)
			before, err := r.eval(places)
			r.must(err)
			r.run("document.querySelector('.find input').focus()")
			after, err := r.eval(places)
			r.must(err)
			if before != after {
				r.t.Errorf("at size %s and a width of %d, what is in the bar moves when the search field has the focus, from\n%s to\n%s", size, width, before, after)
			}
			if wide := r.wide(); width == 320 && wide != "" {
				r.t.Errorf("the search field at size %s: %s", size, wide)
			}
		}
	}
	r.do(chromedp.EmulateViewport(320, 640))
}

// checkStill looks for what moves while a page is loading, pictures and all, also where it comes slowly, in pieces.
func (r *reader) checkStill(pages map[string]string) {
	r.t.Helper()
	for language, speed := range map[string]float64{"en": -1, "fa": -1, "my": 20_000} {
		r.slow(speed)
		for kind, address := range pages {
			r.goTo(in(address, language))
			if found := r.shifts(); found.Sum > mostShift {
				r.t.Errorf("%s in %s moves by %.3f while it is loading: %s", kind, language, found.Sum, found.What)
			}
		}
	}
	r.run("document.querySelector('main').style.marginTop = '200px'")
	if r.shifts().Sum == 0 {
		r.t.Error("a page that moves is not seen to")
	}
}

// slow has pages, though not their style sheet, come with so many bytes a second, or as fast as they can for -1.
func (r *reader) slow(speed float64) {
	r.t.Helper()
	_, err := chromedp.Call(r.ctx, network.Enable, network.EnableParams{})
	r.must(err)
	_, err = chromedp.Call(r.ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{
			{URLPattern: "*://*:*/*/style.css", DownloadThroughput: -1, UploadThroughput: -1},
			{DownloadThroughput: speed, UploadThroughput: -1}}})
	r.must(err)
}

// checkPrint prints a page with the margins that the browser gives it: neither an address nor the time stands there.
func (r *reader) checkPrint(l *live, address string) {
	r.t.Helper()
	needs(r.t, "pdftotext")
	r.goTo(in(address, "en"))
	margins := true
	printed, err := chromedp.Call(r.ctx, page.PrintToPDF, page.PrintToPDFParams{DisplayHeaderFooter: &margins})
	r.must(err)
	toText := exec.Command("pdftotext", "-", "-")
	toText.Stdin = bytes.NewReader(printed.Data)
	text, err := toText.Output()
	r.must(err)
	if !bytes.Contains(text, []byte("Paper cannot be checked")) || bytes.Contains(text, []byte("Paper is found")) {
		r.t.Errorf("printed is\n%s", text)
	}
	if trace := regexp.MustCompile(`\d+/\d+/\d+,|\d+:\d\d.[AP]M|` + regexp.QuoteMeta(l.host)).Find(text); trace != nil {
		r.t.Errorf("%q is printed, too", trace)
	}
}

// checkKeyboard goes through each page with the Tab key: it comes by all that can be used, and shows where it is.
func (r *reader) checkKeyboard(pages map[string]string) {
	r.t.Helper()
	const begin = `const all = [...document.querySelectorAll('details:not([open])')]
		all.forEach(d => d.open = true)
		window.left = new Set([...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, audio, video, [tabindex="0"]')]
			.filter(e => e.checkVisibility()))
		const own = document.querySelector('[autofocus]') // where one types at once; a tab that is not in front gives the focus late
		if (own) {
			own.focus()
			window.left.delete(own)
		}
		all.forEach(d => d.open = false)`
	// What is folded up is unfolded where the focus comes by, and folded up behind it. Players show by themselves
	// which of their buttons has the focus; frames are strangers'.
	const step = `(e => {
		document.querySelectorAll('details').forEach(d => d.open = d.contains(e))
		window.left.delete(e)
		if (e == document.body || ['IFRAME', 'AUDIO', 'VIDEO'].includes(e.tagName)) return {end: e == document.body, left: window.left.size}
		const s = getComputedStyle(e), b = e.getBoundingClientRect()
		const shown = s.outlineStyle != 'none' && parseFloat(s.outlineWidth) > 0 || s.boxShadow != 'none'
		const inSight = b.width > 0 && b.bottom > 0 && b.top < innerHeight && b.right > 0 && b.left < innerWidth
		return {left: window.left.size, wrong: shown && inSight ? '' : (shown ? 'out of sight: ' : 'not shown to have the focus: ') + e.outerHTML.slice(0, 150)}
	})(document.activeElement)`
	for kind, address := range pages {
		r.goTo(in(address, "en"))
		r.run(begin)
		for presses := 0; ; presses++ {
			r.must(r.keys(kb.Tab))
			var at struct {
				End   bool
				Left  int
				Wrong string
			}
			r.must(r.look(step, &at))
			if at.Wrong != "" {
				r.t.Errorf("%s: %s", kind, at.Wrong)
			}
			if at.Left == 0 {
				break
			}
			if at.End || presses > 500 {
				var left []string
				r.must(r.look("[...window.left].map(e => e.outerHTML.slice(0, 150))", &left))
				r.t.Errorf("%s: not reached by keyboard: %q", kind, left)
				break
			}
		}
	}
}
