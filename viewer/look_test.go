package viewer

import (
	"net/url"
	"strings"
	"testing"

	"satchel/viewer/internal/testbundle"
)

func TestLookInAddresses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ asked, kept string }{
		{"", ""},
		{"lang=ko", "?lang=ko"},
		{"theme=dark&size=3&width=wide", "?size=3&theme=dark&width=wide"},
		{"screen=big&look=plain", "?look=plain&screen=big"},
		{"size=-1", "?size=-1"},
		{"size=99", "?size=5"},
		{"size=-7", "?size=-1"},
		{"theme=url(x)&size=x&width=&screen=huge&look=<b>", ""},
	} {
		q, err := url.ParseQuery(c.asked)
		if err != nil {
			t.Fatal(err)
		}
		if got := parseLook(q).query(); got != c.kept {
			t.Errorf("%q is kept as %q, want %q", c.asked, got, c.kept)
		}
	}
}

// What a reader chose goes with every link of a page, and can be changed back on it.
func TestLookGoesOn(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, collection))
	_, start := s.ask("?theme=sepia&size=2&lang=ko")
	contains(t, start, `<html lang="ko" dir="ltr" data-theme="sepia" data-size="2">`)
	_, home := s.ask(find(t, start, `class="button main" href="([^"]+)"`))
	_, item := s.ask(find(t, home, `class="row" href="([^"]+)"`))
	for name, page := range map[string]string{"the home": home, "an item": item} {
		contains(t, page, `data-theme="sepia" data-size="2"`)
		body := page[strings.Index(page, "<body"):]
		for _, link := range strings.Split(body, `href="`)[1:] {
			address, _, _ := strings.Cut(link, `"`)
			if strings.HasPrefix(address, "#") || strings.Contains(address, "theme=") {
				continue
			}
			if !strings.Contains(address, "lang=ko") || !strings.Contains(address, "size=2") {
				t.Errorf("on %s, a link forgets the look: %s", name, address)
			}
		}
	}
	_, dark := s.ask(find(t, item, `href="([^"]*theme=dark[^"]*)"`))
	contains(t, dark, `data-theme="dark" data-size="2"`, `<meta name="color-scheme" content="dark">`)
	_, larger := s.ask(find(t, dark, `href="([^"]*size=3[^"]*)"`))
	contains(t, larger, `data-size="3"`)
	_, usual := s.ask(find(t, larger, `href="([^"]*)">기기 설정대로`))
	lacks(t, usual, "data-theme")
}

// Who tries looks finds their menu open after each, and every other link leads to pages where it is closed.
func TestLookTried(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, collection))
	_, start := s.ask("")
	lacks(t, start, "<details class=\"menu looks\" open>")
	_, home := s.ask(find(t, start, `class="button main" href="([^"]+)"`))
	_, item := s.ask(find(t, home, `class="row" href="([^"]+)"`))
	for name, page := range map[string]string{"the first page": start, "the home": home, "an item": item} {
		for _, choice := range []string{`href="([^"]*theme=dark[^"]*)"`, `href="([^"]*width=wide[^"]*)"`, `href="([^"]*size=1[^"]*)"`, `href="([^"]*screen=big[^"]*)"`} {
			_, tried := s.ask(find(t, page, choice))
			before, rest, open := strings.Cut(tried, "<details class=\"menu looks\" open>")
			if !open {
				t.Errorf("on %s, the menu is closed after %s", name, choice)
				continue
			}
			menu, behind, _ := strings.Cut(rest, "</details>")
			if n := strings.Count(menu, keyTrying+"=1"); n != strings.Count(menu, "href=") || n < 8 {
				t.Errorf("on %s, %d links of the menu leave it open:\n%s", name, n, menu)
			}
			lacks(t, before+behind, keyTrying+"=")
		}
	}
}

// The largest text has no larger one, the smallest no smaller one.
func TestLookEnds(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, collection))
	_, page := s.ask("?size=5")
	lacks(t, page, "Larger text")
	_, page = s.ask("?size=-1")
	lacks(t, page, "Smaller text")
	contains(t, page, "Larger text")
}
