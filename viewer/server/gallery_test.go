package server

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"satchel/bundle"
	"satchel/viewer/internal/testbundle"
)

// TestGallery looks through pictures on a small screen, in both directions, in a bundle that says as much of
// itself as it may: nothing sticks out, and the next picture is a click or a key away.
func TestGallery(t *testing.T) {
	t.Parallel()
	photo, err := os.ReadFile("../../examples/collection/sky/cirrus.jpg")
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Repeat("unbroken", 100)
	src := testbundle.Said{Files: testbundle.Files{
		"a.jpg": string(photo), "b.jpg": string(photo), "c.html": "<p>text", ".previews/small/a.jpg.jpg": string(photo),
	}, Say: func(it *bundle.Item) {
		it.Summary, it.Byline, it.Licence, it.Origin = words, words, words, "https://site.example/"+words
		it.Width, it.Height = 60_000, 40
		if it.Path != "b.jpg" {
			it.Cover = ".previews/small/a.jpg.jpg"
		}
		if strings.HasPrefix(it.Path, ".previews/") {
			it.Kind, it.Cover = bundle.KindResource, ""
			it.Width, it.Height = 256, 192
		}
		it.Language = ""
	}}
	l := start(t, testbundle.Open(t, testbundle.Pack(t, src, bundle.Options{Title: "Pictures"})))
	r := newReader(t)
	r.do(chromedp.EmulateViewport(320, 640))
	fits := func(what string) {
		t.Helper()
		r.until(what+" fits", `[...document.querySelectorAll('main *')].every(e => {
			const b = e.getBoundingClientRect()
			return e.closest('.chips') || b.left >= -25 && b.right <= 345 }) && document.documentElement.scrollWidth <= 320`)
	}
	for _, lang := range []string{"en", "fa", "ar", "fr", "my", "vi", "zh-Hant"} {
		r.home(l, "?lang="+lang)
		fits("the list in " + lang)
		r.until("the cover is there", "document.querySelector('.row .thumb').naturalWidth > 0")
		r.do(chromedp.Click(".row"))
		r.until("the article is there", shown+".textContent.includes('text')")
		fits("an article in " + lang)
		r.home(l, "?lang="+lang)
		r.do(chromedp.Evaluate[chromedp.Void]("[...document.querySelectorAll('.chips')][0].querySelector('li:last-child a').click(); 1"))
		r.until("the pictures are there", "document.querySelectorAll('.tile').length == 2")
		fits("the gallery in " + lang)
		r.do(chromedp.Click(".tile"))
		r.until("a picture is there", "document.querySelector('.stage img').alt == 'a'")
		fits("a picture in " + lang)
		r.do(chromedp.Click(".beside a[rel=next]"))
		r.until("the next picture is there", "document.querySelector('.stage img').alt == 'b' && !document.querySelector('[rel=next]')")
		r.do(chromedp.Click(".beside a[rel=prev]"))
		r.until("the one before is there", "document.querySelector('.stage img').alt == 'a'")
	}
}

// photos are three pictures, and what says so much of the second.
func photos(t *testing.T) testbundle.Said {
	t.Helper()
	all := testbundle.Files{}
	for name, from := range map[string]string{"a.jpg": "cirrus", "b.jpg": "nimbus", "c.jpg": "cirrus"} {
		data, err := os.ReadFile("../../examples/collection/sky/" + from + ".jpg")
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(data)
	}
	return testbundle.Said{Files: all, Say: func(it *bundle.Item) {
		if it.Path == "b.jpg" {
			it.Summary = "A dark cloud"
		}
	}}
}

// fillScreen opens the first picture and lets it fill the screen.
func (r *reader) fillScreen(l *live) {
	r.t.Helper()
	r.home(l, "")
	r.click(aPicture)
	r.until("a picture is there", "document.querySelector('.stage img')?.alt == 'a' && "+pictureShown)
	r.click("a.full")
	r.until("it fills the screen", filled)
	r.run(`window.seen = []; const stage = document.fullscreenElement
		new MutationObserver(() => seen.push((e => e.complete && e.naturalWidth > 0)(stage.querySelector('img')))).observe(stage, {childList: true})`)
}

const filled = "document.fullscreenElement?.matches('figure.stage')"

// TestGalleryFillsScreen: with keys and by swiping one goes from picture to picture without leaving full screen, and each
// is there when it is shown; after it, the page is that of the last one.
func TestGalleryFillsScreen(t *testing.T) {
	t.Parallel()
	l := start(t, testbundle.Open(t, testbundle.Pack(t, photos(t), bundle.Options{Title: "Pictures"})))
	r := newReader(t)
	r.fillScreen(l)
	first := r.location()
	stays := func(name, caption string) {
		t.Helper()
		r.until(name+" fills the screen", fmt.Sprintf("%s && document.querySelector('.stage img').alt == %q && (document.querySelector('.stage .caption')?.textContent ?? '') == %q",
			filled, name, caption))
		r.until("of its page there is what leads on", fmt.Sprintf("document.querySelector('.head h1').textContent == %q", name))
	}
	r.do(chromedp.KeyEvent(kb.ArrowRight))
	stays("b", "A dark cloud")
	r.run(`const swipe = (type, x) => document.querySelector('.stage img').dispatchEvent(new TouchEvent(type, {bubbles: true,
		[type == 'touchend' ? 'changedTouches' : 'touches']: [new Touch({identifier: 1, target: document.body, clientX: x, clientY: 50})]}))
		swipe('touchstart', 300); swipe('touchend', 100)`)
	stays("c", "")
	r.until("it is the last", "!document.querySelector('[rel=next]')")
	r.do(chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowLeft))
	stays("b", "A dark cloud")
	r.until("each was there when it was shown", "seen.length == 3 && seen.every(Boolean)")
	if r.location() == first {
		t.Error("the address is that of the first")
	}
	r.run("window.before = true; document.exitFullscreen()")
	r.until("the page is that of the last one", `!window.before && document.readyState == 'complete' &&
		document.querySelector('.stage img').alt == 'b' && document.querySelector('[rel=prev]').textContent.includes('a')`)
	r.do(chromedp.KeyEvent(kb.ArrowLeft))
	r.until("and leads on as ever", "document.querySelector('.stage img').alt == 'a' && !document.fullscreenElement")
}

// TestG13FullScreenPulled: where the viewer ends while pictures fill the screen, they are gone, and nothing asks for them again.
func TestG13FullScreenPulled(t *testing.T) {
	t.Parallel()
	l := start(t, testbundle.Open(t, testbundle.Pack(t, photos(t), bundle.Options{Title: "Pictures"})))
	r := newReader(t)
	r.fillScreen(l)
	r.do(chromedp.KeyEvent(kb.ArrowRight))
	r.until("the next is there", "document.querySelector('.stage img').alt == 'b'")
	l.end()
	l.ends(Interrupted)
	r.do(chromedp.KeyEvent(kb.ArrowRight))
	r.until("the page is blank", "location.href == 'about:blank' && !document.documentElement.textContent")
	time.Sleep(500 * time.Millisecond)
	if at := r.location(); at != "about:blank" {
		t.Errorf("the browser is at %s", at)
	}
}
