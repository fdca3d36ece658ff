package server

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"satchel/viewer/internal/testbundle"
)

// A reader is somebody with a browser.
type reader struct {
	t   *testing.T
	ctx context.Context
}

// newReader starts Chromium with an empty profile.
func newReader(t *testing.T) *reader {
	t.Helper()
	return newReaderIn(t, t.TempDir())
}

// newReaderIn starts Chromium with its profile in a folder, and with further options.
func newReaderIn(t *testing.T, profile string, more ...chromedp.ExecAllocatorOption) *reader {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a browser")
	}
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.UserDataDir(profile),
		chromedp.ExecPath("chromium"), chromedp.DisableGPU, chromedp.NoSandbox, chromedp.WindowSize(1000, 800),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), append(options, more...)...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // starts the browser: without a time limit
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	return &reader{t, ctx}
}

func (r *reader) do(steps ...chromedp.Action[chromedp.Void]) {
	r.t.Helper()
	for _, step := range steps {
		err := chromedp.Do(r.ctx, step)
		for tries := 0; err != nil && strings.Contains(err.Error(), "Could not find node") && tries < 5; tries++ {
			err = chromedp.Do(r.ctx, step) // it was of the page before, which was on its way out
		}
		if err != nil {
			r.t.Fatalf("at %s: %v", r.location(), err)
		}
	}
}

func (r *reader) location() string {
	at, err := chromedp.Run(r.ctx, chromedp.Location())
	if err != nil {
		return err.Error()
	}
	return at
}

// until waits for a condition in the page.
func (r *reader) until(what, condition string) {
	r.t.Helper()
	if r.comes(condition, 400) {
		return
	}
	text, _ := chromedp.Run(r.ctx, chromedp.Evaluate[string]("document.documentElement.outerHTML"))
	r.t.Fatalf("%s: never, at %s:\n%.3000s", what, r.location(), text)
}

// comes says whether a condition in the page comes about.
func (r *reader) comes(condition string, tries int) bool {
	for range tries {
		// A page that is on its way out answers with an error, or not yet.
		ok, err := chromedp.Run(r.ctx, chromedp.Evaluate[bool]("Boolean("+condition+")"))
		if err == nil && ok {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

// followShown clicks on a link in what is shown, and once more where nothing came of it: a frame
// is there a moment before it has been drawn, and until then a click does not reach it.
func (r *reader) followShown(selector, what, condition string) {
	r.t.Helper()
	r.clickShown(selector)
	if !r.comes(condition, 100) {
		r.clickShown(selector)
	}
	r.until(what, condition)
}

// shown is what is shown of a page out of the bundle: an article, or what is in the frame.
const shown = "(document.querySelector('iframe')?.contentDocument?.body ?? document.querySelector('article'))"

// home goes to the first page, and on to the contents.
func (r *reader) home(l *live, query string) {
	r.t.Helper()
	r.do(chromedp.Navigate(l.s.Address() + query))
	r.do(chromedp.Click(".on-start a.button.main"))
	r.until("the contents", "document.querySelector('.on-home, .on-library') && document.readyState == 'complete'")
}

// clickShown clicks, with the mouse, on what a selector finds in what is shown.
func (r *reader) clickShown(selector string) {
	r.t.Helper()
	at, err := chromedp.Run(r.ctx, chromedp.Evaluate[[]float64](fmt.Sprintf(`(() => {
		const f = document.querySelector('iframe')?.getBoundingClientRect() ?? {x: 0, y: 0}
		const a = %s.querySelector(%q)
		a.scrollIntoView({block: "center"})
		const e = a.getBoundingClientRect()
		return [f.x + e.x + e.width/2, f.y + e.y + e.height/2]
	})()`, shown, selector)))
	if err != nil {
		r.t.Fatal(err)
	}
	r.do(chromedp.MouseClickXY(at[0], at[1]))
}

// TestWalk is what somebody does who was given a stick: opens it, reads, follows links,
// watches a film with captions, confirms the publisher, leaves. With a mouse, in
// Chromium; there is no script to help.
func TestWalk(t *testing.T) {
	t.Parallel()
	film, err := os.ReadFile("../../examples/collection/water/water.mp4")
	if err != nil {
		t.Fatal(err)
	}
	key := testbundle.Key(t, 1)
	l := start(t, testbundle.New(t, testbundle.Files{
		"index.html": `<html lang="en"><head><title>x</title></head><body><h1>Start</h1><a id="next" href="deep/b.html#there">b</a></body></html>`,
		"deep/b.html": `<html><head><style>p { height: 3000px }</style></head><body><h1>Second</h1><p></p><h2 id="there">There</h2>
<a id="out" href="https://site.example/x" target="_top">out</a></body></html>`,
		"film/water.mp4":    string(film),
		"film/water.en.vtt": "WEBVTT\n\n00:00.000 --> 00:50.000\nTake the water\n",
	}, key))
	r := newReader(t)

	r.do(chromedp.Navigate(l.s.Launch()))
	if got := r.location(); got != l.s.Address() {
		t.Errorf("the browser is started at %s", got)
	}
	r.do(chromedp.Click("a.button.main"))
	r.until("the contents", "document.querySelector('.on-home')")
	r.do(chromedp.Click("a.button.main"))
	r.until("the first page is shown", shown+".querySelector('h1')?.textContent == 'Start'")
	r.followShown("a", "a link leads to the other page's own address", "document.querySelector('.item h1')?.textContent == 'b'")
	r.until("at the place that it named", "document.querySelector('iframe').contentDocument.scrollingElement.scrollTop > 1000")
	r.followShown("#out", "D12: a link outside is named first", "document.querySelector('.address')?.textContent == 'https://site.example/x'")
	if !strings.HasPrefix(r.location(), l.s.Address()) {
		t.Errorf("the browser is at %s", r.location())
	}

	r.home(l, "")
	r.do(chromedp.Click(".mark-video"))
	r.until("the film is known", "document.querySelector('video').duration > 30")
	r.do(chromedp.Evaluate[chromedp.Void]("document.querySelector('video').currentTime = 30; 1"))
	r.until("the film plays from its middle", "(v => v.readyState >= 2 && v.currentTime >= 30)(document.querySelector('video'))")
	r.until("with captions", "document.querySelector('video').textTracks[0].activeCues?.[0]?.text == 'Take the water'")

	r.do(chromedp.Click(".badge"))
	r.do(chromedp.SendKeys("#typed", key.Public().Fingerprint().String()))
	r.do(chromedp.Click(".pin button"))
	r.until("the publisher is confirmed", "document.querySelector('.verdict.is-trusted')")
	r.do(chromedp.Click("#check button"))
	r.until("everything is checked", "document.querySelector('.answer.fine')")

	r.do(chromedp.Click(".leave button"))
	r.until("a page that says nothing is left", "document.body.textContent.trim() == 'This page is closed.'")
	l.wait("leaving")
	r.back()
}

// back goes back in the browser's history, where there must be nothing to see.
func (r *reader) back() {
	r.t.Helper()
	r.do(chromedp.Evaluate[chromedp.Void]("history.back()"))
	time.Sleep(300 * time.Millisecond)
	text, err := chromedp.Run(r.ctx, chromedp.Evaluate[string]("document.body.textContent"))
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
	r.do(chromedp.Click("a.button.main"))
	r.until("the page is shown", shown+".querySelector('h1')?.textContent == 'Hostile'")
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
	r.clickShown("#ping")
	r.until("the link leads to our warning", "document.querySelector('.address')?.textContent == 'https://site.example/link'")
}
