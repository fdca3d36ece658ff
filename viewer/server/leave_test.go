package server

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"satchel/bundle"
	"satchel/viewer/internal/testbundle"
)

// secretWords are in every page of the bundle that is left.
const secretWords = "words of the bundle"

// toLeave has a page, one with a film in it, and a film.
func toLeave(t *testing.T) testbundle.Files {
	t.Helper()
	film, err := os.ReadFile("../../examples/collection/water/water.mp4")
	if err != nil {
		t.Fatal(err)
	}
	return testbundle.Files{
		"index.html": "<html><head><style>p { margin: 0 }</style></head><body><h1>Start</h1><p>" + secretWords + ` <a href="with.html">with</a></p></body></html>`,
		"with.html":  "<html><head><style>p { margin: 0 }</style></head><body><h1>With</h1><p>" + secretWords + `</p><video src="water.mp4"></video></body></html>`,
		"water.mp4":  string(film),
	}
}

// inFrame is the document in the page's frame: these pages have a style of their own.
const inFrame = "document.querySelector('iframe').contentDocument"

// read goes to an item of a kind, through the first page.
func (r *reader) read(l *live, title string) {
	r.t.Helper()
	r.home(l, "")
	r.run(fmt.Sprintf(`[...document.querySelectorAll('a.row')].find(a => a.querySelector('.name').textContent == %q).click()`, title))
	r.until(title+" is shown", fmt.Sprintf("document.querySelector('.item h1')?.textContent == %q && document.readyState == 'complete'", title))
}

// play starts the film in a document, and keeps hold of it as v.
func (r *reader) play(in string) {
	r.t.Helper()
	aloud := ""
	if _, ok := r.browser.(*webkit); ok { // WebKitGTK plays aloud only what the reader has clicked on
		aloud = "v.muted = true; "
	}
	r.run("window.v = " + in + ".querySelector('video'); v.loop = true; " + aloud + "v.play()")
	r.until("the film plays", "v.currentTime > 0 && !v.paused")
}

// Shift three times leaves wherever the focus is, and so does the button.
func TestG13ShiftLeaves(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	three := kb.Shift + kb.Shift + kb.Shift
	for name, c := range map[string]struct {
		item  string
		focus func(r *reader)
		press string
	}{
		"on the page": {"index", func(r *reader) {}, three},
		"in its frame": {"index", func(r *reader) {
			r.do(chromedp.Evaluate[chromedp.Void](inFrame + ".querySelector('a').focus()"))
			r.until("the focus is in the frame", "document.activeElement == document.querySelector('iframe') && "+inFrame+".activeElement.href")
		}, three},
		"in the search field": {"index", func(r *reader) { r.do(chromedp.SendKeys("#q", "wo")) }, three},
		"in full screen": {"water", func(r *reader) {
			r.play("document")
			r.do(chromedp.Evaluate[chromedp.Void]("document.onclick = () => v.requestFullscreen(); 1"), chromedp.MouseClickXY(500, 700))
			r.until("the film fills the screen", "document.fullscreenElement == v")
		}, three},
		"with one too many": {"index", func(r *reader) {}, "a" + kb.Shift + "a" + three + kb.Shift},
		"the button":        {"index", func(r *reader) { r.do(chromedp.Click(".leave button")) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := &reader{t, r.browser, r.ctx}
			l := start(t, testbundle.New(t, toLeave(t), testbundle.Key(t, 1)))
			r.read(l, c.item)
			c.focus(r)
			if c.press != "" {
				r.do(chromedp.KeyEvent(c.press))
			}
			r.until("a page that says nothing is left", "document.body?.textContent.trim() == 'This page is closed.'")
			l.wait("leaving")
			if l.s.End() != Left {
				t.Errorf("it ended with %d, want %d", l.s.End(), Left)
			}
			r.backToNothing()
		})
	}
}

// backToNothing goes back as far as there is, and finds nothing of what was read.
func (r *reader) backToNothing() {
	r.t.Helper()
	for range 3 {
		_, _ = r.eval("String(history.back())") // the page is on its way out
		time.Sleep(300 * time.Millisecond)
		text, err := r.eval(`document.documentElement.textContent +
			[...document.querySelectorAll("iframe")].map(f => f.contentDocument?.documentElement.textContent)`)
		for _, word := range []string{secretWords, "Test collection"} {
			if err == nil && strings.Contains(text, word) {
				r.t.Errorf("back shows %q, at %s", word, r.location())
			}
		}
	}
}

// What is typed, and Shift pressed for another reason, does not leave; Shift pressed three times is silent and blank at once,
// before anything is asked of the viewer.
func TestG13AtOnce(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	l := start(t, testbundle.New(t, toLeave(t)))
	const press = `const press = (...keys) => { for (const key of keys)
		document.dispatchEvent(key == 'click' ? new PointerEvent('pointerdown') : new KeyboardEvent('keydown', {key: key.trim(), repeat: key != key.trim()})) };`
	const left = "v.paused && [0, 3].includes(v.networkState) && !v.src && !document.documentElement.innerText.trim() && !document.querySelector('iframe')"
	for _, c := range []struct {
		item, in, does string
		leaves         bool
	}{
		{"water", "document", "press('Shift', 'Shift', 'a', 'Shift')", false},
		{"water", "document", "press('Shift', 'Shift', 'click', 'Shift')", false},
		{"water", "document", "press('Shift', ' Shift', ' Shift', ' Shift')", false}, // is held
		{"water", "document", "press('Escape', 'Escape', 'Escape')", false},
		{"water", "document", "Date.now = () => 1; press('Shift', 'Shift'); Date.now = () => 1501; press('Shift')", false},
		{"water", "document", "press('Shift', 'Shift', 'Shift')", true},
		{"with", inFrame, "press('Shift', 'Shift', 'Shift')", true},
		{"water", "document", "document.querySelector('.leave button').click()", true},
		{"with", inFrame, "document.querySelector('.leave button').click()", true},
	} {
		r.read(l, c.item)
		r.play(c.in)
		got, err := chromedp.Run(r.ctx, chromedp.Evaluate[bool]("{"+press+c.does+"}; "+left))
		if err != nil || got != c.leaves {
			t.Errorf("%s of %s: left: %v, %v", c.does, c.item, got, err)
		}
		if c.leaves {
			r.until("it is closed", "document.body?.textContent.trim() == 'This page is closed.'")
			l.wait("leaving")
			l = start(t, testbundle.New(t, toLeave(t)))
		}
	}
}

// A pulling is a way in which a stick is pulled, or the viewer ends.
type pulling func(t *testing.T) (l *live, pull func() error, end End)

// removing is done to the bundle's file.
func removing(do func(name string) error) pulling {
	return func(t *testing.T) (*live, func() error, End) {
		name := testbundle.Pack(t, toLeave(t), bundle.Options{Title: "Test collection"})
		return start(t, testbundle.Open(t, name)), func() error { return do(name) }, Gone
	}
}

var pullings = map[string]pulling{
	"the file is removed":      removing(os.Remove),
	"its folder is taken away": removing(func(name string) error { return os.Rename(filepath.Dir(name), filepath.Dir(name)+"x") }),
	"nothing can be read": func(t *testing.T) (*live, func() error, End) {
		f, r := newFaulty(t, toLeave(t))
		return start(t, r), func() error { f.pulled.Store(true); return nil }, Gone
	},
	"left in another window": func(t *testing.T) (*live, func() error, End) {
		l := start(t, testbundle.New(t, toLeave(t)))
		form := l.form()
		return l, func() error { return l.send("POST", l.path+"leave", form, "Sec-Fetch-Site: same-origin").err }, Left
	},
	"interrupted": func(t *testing.T) (*live, func() error, End) {
		l := start(t, testbundle.New(t, toLeave(t)))
		return l, func() error { l.end(); return nil }, Interrupted
	},
}

// TestG13Pulled: within two seconds after a stick was pulled or the viewer has ended, a page is blank and silent, in whatever way
// that comes about; Back shows nothing. In each engine.
func TestG13Pulled(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) *reader{
		"chromium": newReader,
		"firefox":  func(t *testing.T) *reader { return &reader{t: t, browser: startFirefox(t, t.TempDir(), autoplay)} },
		"webkit":   func(t *testing.T) *reader { return &reader{t: t, browser: startWebKit(t, t.TempDir())} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for name, begin := range pullings {
				t.Run(name, func(t *testing.T) { open(t).pull(begin) }) // where Back led, the next would be disturbed
			}
		})
	}
}

// pull reads and plays until the stick is pulled.
func (r *reader) pull(begin pulling) {
	r.t.Helper()
	var took time.Duration
	for range 3 { // others may keep this computer busy
		l, pull, end := begin(r.t)
		r.read(l, "with")
		r.play(inFrame)
		pulled := time.Now()
		if err := pull(); err != nil {
			r.t.Fatal(err)
		}
		r.until("the page is blank", "location.href == 'about:blank' && !document.documentElement.textContent")
		took = time.Since(pulled)
		l.ends(end)
		r.backToNothing()
		if took < 2*time.Second {
			r.t.Logf("the page is blank after %v", took)
			return
		}
	}
	r.t.Errorf("the page is blank after %v", took)
}

// A pulled stick shows nothing any more, whatever is in memory still, and before the server ends.
func TestG13PulledAnswers(t *testing.T) {
	t.Parallel()
	f, r := newFaulty(t, files)
	l := start(t, r)
	content, form := l.content("index"), l.form()
	l.ask("GET", content)
	f.pulled.Store(true)
	if err := l.s.present(); err == nil {
		t.Fatal("it is said to be there")
	}
	for _, path := range []string{l.path, content, l.path + "style.css", l.path + "alive", l.path + "nothing"} {
		if got := l.ask("GET", path, "Sec-Fetch-Site: same-origin"); got.code != 410 || got.body != "" || got.head.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d with %d bytes", path, got.code, len(got.body))
		}
	}
	if got := l.send("POST", l.path+"leave", form, "Sec-Fetch-Site: same-origin"); got.code != 200 {
		t.Errorf("leaving: %d", got.code)
	}
	l.ends(Left)
}

// TestG13Restored: a page that the browser had put away for its Back button is unseen until the viewer has answered for it, and blank
// where it does not.
func TestG13Restored(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	l := start(t, testbundle.New(t, toLeave(t)))
	const away = "dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}));"
	const back = "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}));"
	r.read(l, "index")
	r.do(chromedp.Evaluate[chromedp.Void](away + "1"))
	r.until("it is unseen", "getComputedStyle(document.documentElement).opacity == 0")
	r.do(chromedp.Evaluate[chromedp.Void](back + "1"))
	r.until("it is seen again", "getComputedStyle(document.documentElement).opacity == 1 && document.querySelector('.item')")
	// Its own time stands still while it is away.
	r.do(chromedp.Evaluate[chromedp.Void]("for (let i = 0; i < 1e5; i++) clearTimeout(i);" + away + "1"))
	l.end()
	<-l.ended
	_, _ = chromedp.Run(r.ctx, chromedp.Evaluate[chromedp.Void](back+"1")) // the page is on its way out
	r.until("it is blank", "location.href == 'about:blank' && !document.documentElement.textContent")
}
