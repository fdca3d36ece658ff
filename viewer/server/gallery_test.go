package server

import (
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

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
