package server

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"satchel/viewer/internal/testbundle"
)

// TestSuggestions goes on with what is typed by keyboard alone, as a screen reader would follow it.
func TestSuggestions(t *testing.T) {
	t.Parallel()
	l := start(t, testbundle.New(t, searched))
	r := newReader(t)
	r.home(l, "")
	r.until("the list is closed", "document.querySelector('#q').getAttribute('aria-expanded') == 'false' && document.querySelector('#suggested').hidden")
	r.do(chromedp.SendKeys("#q", "boil wat"))
	r.until("it opens", "document.querySelector('#q').getAttribute('aria-expanded') == 'true' && document.querySelectorAll('#suggested [role=option]').length == 3")
	const active = "document.getElementById(document.querySelector('#q').getAttribute('aria-activedescendant'))"
	r.do(chromedp.KeyEvent(kb.ArrowDown + kb.ArrowDown))
	r.until("the second is chosen", active+" == document.querySelectorAll('#suggested li')[1] && "+active+".getAttribute('aria-selected') == 'true'")
	r.do(chromedp.KeyEvent(kb.ArrowUp + kb.ArrowUp))
	r.until("and none again", "!"+active+" && document.querySelector('#q').value == 'boil wat'")
	r.do(chromedp.KeyEvent(kb.Escape))
	r.until("Escape closes it, and leaves what was typed", "document.querySelector('#suggested').hidden && document.querySelector('#q').value == 'boil wat'")
	r.do(chromedp.SendKeys("#q", "e"))
	r.until("it opens again", "document.querySelectorAll('#suggested li').length == 3")
	r.do(chromedp.KeyEvent(kb.ArrowUp))
	r.until("the last is chosen", active)
	r.do(chromedp.KeyEvent(kb.Enter))
	r.until("it is searched for", "document.querySelector('.on-search .row mark') && document.querySelector('#q').value.startsWith('boil water')")
	if !strings.HasPrefix(r.location(), l.s.Address()) || mentions(r.location(), "boil") {
		t.Errorf("the browser is at %s", r.location())
	}
}

// TestG06SearchLeavesNoWord searches, pages through what was found, goes back, and looks for the words that were typed
// in the browser's addresses and titles, and then in all that its profile keeps.
func TestG06SearchLeavesNoWord(t *testing.T) {
	t.Parallel()
	// Neither is in the bundle as it is typed.
	const one, two = "Waterily-Typed", "кипятитеТайно"
	l := start(t, testbundle.New(t, searched))
	profile := t.TempDir()
	r := newReaderIn(t, profile)
	r.home(l, "")
	for _, word := range []string{one, two} {
		r.do(chromedp.Evaluate[chromedp.Void]("document.querySelector('#q').select(); 1"))
		r.do(chromedp.SendKeys("#q", map[string]string{one: "water ", two: "вода "}[word]+word+kb.Enter))
		r.until("the answer", "document.querySelector('.on-search .row mark') && document.querySelector('#q').value.endsWith('"+word+"')")
		at, err := chromedp.Run(r.ctx, chromedp.Evaluate[[]string]("[location.href, document.title, document.referrer, JSON.stringify(history.state), window.name, ...performance.getEntries().map(e => e.name)]"))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range at {
			if mentions(text, word) {
				t.Errorf("%q has the word that was typed", text)
			}
		}
	}
	r.follow(aResult, "an item", atItem)
	r.do(chromedp.Evaluate[chromedp.Void]("history.back(); 1"))
	r.until("back", "document.querySelector('.on-search')")
	if err := chromedp.Cancel(r.ctx); err != nil { // writes the profile
		t.Fatal(err)
	}
	kept := readAll(t, profile)
	if len(findIn(kept, "127.0.0.1")) == 0 {
		t.Error("the profile has no trace of having been at the viewer: it may not have been written")
	}
	for _, word := range []string{one, two, strings.ToLower(one), url.QueryEscape(two)} {
		if at := findIn(kept, word); len(at) > 0 {
			slices.Sort(at)
			t.Errorf("%s is in %q of the profile", word, at)
		}
	}
}
