package server

import (
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"satchel/bundle/sign"
	"satchel/viewer/internal/testbundle"
)

// What the pages have that a reader goes by: the one place to change with them. Texts of the
// bundle itself are looked for anywhere on a page.
const (
	atStart      = "document.querySelector('main.first')"
	goOn         = "a.button.main" // from the first screen
	atHome       = "document.querySelector('.on-home')"
	anItem       = ".row"
	atItem       = "document.querySelector('main.item')"
	beginReading = "a.button.main"
	aFilm        = ".mark-video"
	toPictures   = ".chips a says Pictures"
	aPicture     = ".tile"
	nextPicture  = "[rel=next]"
	pictureShown = "(e => e && e.complete && e.naturalWidth > 0)(document.querySelector('.stage img'))"
	outsideNamed = "document.querySelector('.address')?.textContent"
	searchField  = "#q"
	aResult      = ".on-search .row"
	resultMarked = "document.querySelector('.on-search .row mark')"
	toTrust      = "a.badge"
	pinField     = "#typed"
	pinButton    = ".pin button"
	pinned       = "document.querySelector('.verdict.is-trusted')"
	checkButton  = "#check button"
	allChecked   = "document.querySelector('.answer.fine')"
	leaveButton  = "form[action^=leave] button"
	leftBehindUs = "document.body.textContent.trim() == 'This page is closed.'"
	film         = "document.querySelector('video')"
	goDown       = "a says Go down"
	farDown      = everywhere + ".some(d => d.scrollingElement.scrollTop > 500)"
)

// searched are pages in five scripts.
var searched = testbundle.Files{
	"a.ko.html":    "<html lang=ko><body><h1>깨끗한 물</h1><p>물을 마시기 전에 끓이십시오.</p></body></html>",
	"b.zh-CN.html": "<html lang=zh-CN><body><h1>干净的水</h1><p>喝水之前请把水烧开。</p></body></html>",
	"c.fa.html":    "<html lang=fa dir=rtl><body><h1>آب پاکیزه</h1><p>آب را پیش از نوشیدن بجوشانید.</p></body></html>",
	"d.ru.html":    "<html lang=ru><body><h1>Чистая вода</h1><p>Кипятите воду перед питьём.</p></body></html>",
	"e.en.html":    "<html lang=en><body><h1>Clean water</h1><p>Boil the watery soup, not the waterfall.</p></body></html>",
}

// queries find the page with a text, by a word or two in its script.
var queries = []struct{ language, query, text string }{
	{"ko", "물", "물을 마시기 전에 끓이십시오"}, {"zh-Hans", "烧开", "喝水之前请把水烧开"}, {"fa", "آب", "پیش از نوشیدن"},
	{"ru", "вода", "Кипятите воду"}, {"en", "clean water", "not the waterfall"},
}

// walked are the files of the bundle that readers walk through.
func walked(t *testing.T) testbundle.Files {
	t.Helper()
	all := maps.Clone(searched)
	maps.Copy(all, testbundle.Files{
		"index.html": `<html lang="en"><head><title>x</title></head><body><h1>Start</h1><p>The first page. <a href="deep/b.html#there">Read on</a></p></body></html>`,
		"deep/b.html": `<html><body><h1>Second</h1><p style="height:3000px">Far above.</p>` + strings.Repeat("<p>A line.</p>", 200) + `<h2 id="there">There</h2>
<p>The second page. <a href="https://site.example/x" target="_top">Go out</a></p></body></html>`,
		"film/water.en.vtt": "WEBVTT\n\n00:00.000 --> 00:50.000\nTake the water\n",
	})
	for name, from := range map[string]string{
		"film/water.mp4": "water/water.mp4", "sky/a.jpg": "sky/cirrus.jpg", "sky/b.jpg": "sky/nimbus.jpg",
	} {
		data, err := os.ReadFile("../../examples/collection/" + from)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(data)
	}
	return all
}

// TestWalk is what somebody does who was given a stick: opens it, reads, follows links, searches in
// five scripts, watches a film with captions, looks at pictures, confirms the publisher, leaves. With a mouse,
// in each engine, and in Chromium and Firefox without script, where a form and a link do what script does.
func TestWalk(t *testing.T) {
	t.Parallel()
	key := testbundle.Key(t, 1)
	for name, open := range map[string]func(t *testing.T) *reader{
		"chromium": newReader,
		"chromium without script": func(t *testing.T) *reader {
			return newReaderIn(t, t.TempDir(), chromedp.Flag("blink-settings", "scriptEnabled=false"))
		},
		"firefox": func(t *testing.T) *reader { return &reader{t: t, browser: startFirefox(t, t.TempDir())} },
		"firefox without script": func(t *testing.T) *reader {
			return &reader{t: t, browser: startFirefox(t, t.TempDir(), scriptless)}
		},
		"webkit": func(t *testing.T) *reader { return &reader{t: t, browser: startWebKit(t, t.TempDir())} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := open(t)
			l := start(t, testbundle.New(t, walked(t), key))
			r.goTo(l.s.Launch())
			if got := r.location(); got != l.s.Address() {
				t.Errorf("the browser is started at %s", got)
			}
			r.home(l, "")
			r.follow(aFilm, "a film", film)
			r.until("script runs, or does not", fmt.Sprintf("document.querySelector('.speeds').hidden == %v", strings.HasSuffix(name, "without script")))
			r.walk(l, key.Public())
		})
	}
}

func (r *reader) walk(l *live, publisher sign.PublicKey) {
	r.t.Helper()
	r.home(l, "")
	r.readOn(l)
	for _, q := range queries {
		r.home(l, "?lang="+q.language)
		r.search(q.query)
		r.follow(aResult, q.query+" leads to "+q.text, shows(q.text))
	}
	r.watch(l, "Take the water")
	r.home(l, "")
	r.click(toPictures)
	r.follow(aPicture, "a picture is shown", pictureShown)
	at := r.location()
	r.follow(nextPicture, "the next picture is shown", "location.href != "+quote(at)+" && "+pictureShown)
	r.confirm(publisher)
	r.leave(l)
	r.back()
}

// home goes to the first screen, and on to the contents.
func (r *reader) home(l *live, query string) {
	r.t.Helper()
	r.goTo(l.s.Address() + query)
	r.until("the first screen", atStart)
	r.follow(goOn, "the contents", atHome+" && document.readyState == 'complete'")
}

// readOn reads the first page, follows a link to a place in the next, and another out of the bundle.
func (r *reader) readOn(l *live) {
	r.t.Helper()
	r.follow(beginReading, "the first page is read", shows("The first page."))
	first := r.location()
	r.follow("a says Read on", "a link leads to the other page's own address", shows("The second page.")+" && "+atItem+" && location.href != "+quote(first))
	r.until("at the place that it named", farDown)
	r.follow("a says Go out", "D12: a link outside is named first", outsideNamed+" == 'https://site.example/x'")
	if !strings.HasPrefix(r.location(), l.s.Address()) {
		r.t.Errorf("the browser is at %s", r.location())
	}
}

// search types a query and sends it.
func (r *reader) search(query string) {
	r.t.Helper()
	r.fill(searchField, query+"\r")
	r.until("something is found", resultMarked+" && document.querySelector('"+searchField+"').value == "+quote(query))
}

// watch plays a film from its middle, with captions.
func (r *reader) watch(l *live, caption string) {
	r.t.Helper()
	r.home(l, "")
	r.follow(aFilm, "the film is known", film+"?.duration > 30")
	r.run("const v = " + film + "; v.muted = true; v.currentTime = 30; v.play()")
	r.until("the film plays from its middle", film+".readyState >= 2 && "+film+".currentTime > 30.2")
	// WebKitGTK waits for the reader to choose captions in its menu.
	r.run("const t = " + film + ".textTracks[0]; if (t.mode == 'disabled') t.mode = 'showing'")
	r.until("with captions", film+".textTracks[0].activeCues?.[0]?.text == "+quote(caption))
}

// confirm pins the publisher by the fingerprint, and has everything checked.
func (r *reader) confirm(publisher sign.PublicKey) {
	r.t.Helper()
	r.click(toTrust)
	r.fill(pinField, publisher.Fingerprint().String())
	r.follow(pinButton, "the publisher is confirmed", pinned)
	r.follow(checkButton, "everything is checked", allChecked)
}

func (r *reader) leave(l *live) {
	r.t.Helper()
	r.follow(leaveButton, "a page that says nothing is left", leftBehindUs)
	l.wait("leaving")
}

// back goes back in the browser's history, where there must be nothing to see.
func (r *reader) back() {
	r.t.Helper()
	r.eval("String(history.back())") // what it leads to may end the answer
	time.Sleep(300 * time.Millisecond)
	text, err := r.eval("document.body.textContent")
	if err == nil && (strings.Contains(text, "Start") || strings.Contains(text, "Fingerprint")) {
		r.t.Errorf("back shows %q", text)
	}
}

// TestD10Inert lets a page try what pages try: to run, to reach around its frame, to
// send and to navigate, also when it is clicked.
func TestD10Inert(t *testing.T) {
	t.Parallel()
	l := start(t, testbundle.New(t, testbundle.Files{"index.html": `<html><head><title>x</title>
<meta http-equiv="refresh" content="0;url=https://site.example/refresh"><base href="https://site.example/" target="_top">
<script>top.document.title = 'script'; top.location = 'https://site.example/location'; window.open('https://site.example/open')</script>
<style>div { position: fixed; inset: -200px; z-index: 99999; background: red; pointer-events: none } a { display: block; height: 40px }</style></head>
<body onload="top.document.title = 'onload'"><div></div><h1 onclick="top.document.title = 'onclick'">Hostile</h1>
<img src="x" onerror="top.document.title = 'onerror'"><svg onload="top.document.title = 'svg'"><script>top.document.title = 'svg'</script></svg>
<a id="top" target="_top" href="javascript:top.document.title='link'">a</a>
<a id="ping" target="_parent" ping="https://site.example/ping" href="https://site.example/link">b</a>
<form id="form" target="_top" action="https://site.example/form"><button id="send">c</button></form>
<iframe srcdoc="<script>top.document.title = 'srcdoc'</script>"></iframe><object data="data:text/html,x"></object>
</body></html>`}))
	r := newReader(t)
	r.home(l, "")
	r.follow(beginReading, "the page is shown", shown+".querySelector('h1')?.textContent == 'Hostile'")
	item := r.location()
	for _, selector := range []string{"h1", "#top", "button"} {
		r.clickShown(selector)
	}
	time.Sleep(300 * time.Millisecond)
	if got := r.location(); got != item {
		t.Errorf("the browser is at %s", got)
	}
	r.until("the title is ours", "document.title == 'Item'")
	r.until("nothing hides the verdict", `(e => e && !!e.closest('.badge'))((b => document.elementFromPoint(b.x + 20, b.y + b.height/2))(document.querySelector('.badge').getBoundingClientRect()))`)
	r.until("there is no other frame", shown+".querySelectorAll('iframe, object, script, form').length == 0")
	r.clickShown("a says b")
	r.until("the link leads to our warning", "document.querySelector('.address')?.textContent == 'https://site.example/link'")
}
