package viewer

import (
	"fmt"
	"strings"
	"testing"

	"satchel/bundle"
	"satchel/bundle/sanitize"
)

func TestResolve(t *testing.T) {
	t.Parallel()
	l := newLinker(&Viewer{sealer: newSealer()}, 0, "docs/api/page.html", "")
	for _, c := range []struct{ ref, to, fragment string }{
		{"other.html", "docs/api/other.html", ""},
		{"other.html#part", "docs/api/other.html", "part"},
		{"other.html?x=1#part", "docs/api/other.html", "part"},
		{"./other.html", "docs/api/other.html", ""},
		{"../index.html", "docs/index.html", ""},
		{"../../index.html", "index.html", ""},
		{"../../../../etc/passwd", "etc/passwd", ""},
		{"a/../b.html", "docs/api/b.html", ""},
		{"a//b.html", "docs/api/a/b.html", ""},
		{"a/./b/", "docs/api/a/b/", ""},
		{"sub/", "docs/api/sub/", ""},
		{".", "docs/api", ""},
		{"..", "docs", ""},
		{"../", "docs/", ""},
		{"/top.html", "top.html", ""},
		{"/../top.html", "top.html", ""},
		{"/", "", ""},
		{"", "docs/api/page.html", ""},
		{"?page=2", "docs/api/page.html", ""},
		{`..\b.html`, "docs/b.html", ""},
		{"%ED%95%9C.html", "docs/api/한.html", ""},
		{"%e1%84%92%e1%85%a1%e1%86%ab.html", "docs/api/한.html", ""},
		{"50%.html", "docs/api/50%.html", ""},
		{"%2e%2e/%2e%2e/x.html", "x.html", ""},
	} {
		to, fragment, ok := l.resolve(c.ref)
		if !ok || to != c.to || fragment != c.fragment {
			t.Errorf("%q leads to %q and %q (%v), want %q and %q", c.ref, to, fragment, ok, c.to, c.fragment)
		}
	}
}

func TestLink(t *testing.T) {
	t.Parallel()
	v := &Viewer{sealer: newSealer()}
	l := newLinker(v, 3, "docs/page.html", "?lang=ko")
	for _, c := range []struct {
		ref  string
		view view
		text string
	}{
		{"a.html", viewItem, "docs/a.html"},
		{"a.html#b", viewItem, "docs/a.html\n\nb"},
		{"https://site.example/a?b=c#d", viewOutside, "https://site.example/a?b=c#d"},
		{"HTTP://site.example/", viewOutside, "HTTP://site.example/"},
		{"//site.example/", viewOutside, "https://site.example/"},
		{`\\site.example/`, viewOutside, "https://site.example/"},
		{`/\site.example/`, viewOutside, "https://site.example/"},
		{"mailto:desk@site.example", viewOutside, "mailto:desk@site.example"},
	} {
		href, ok := l.Link(c.ref)
		address, top := strings.CutPrefix(href, "./")
		address, _, _ = strings.Cut(address, "#")
		address, lang := strings.CutSuffix(address, "?lang=ko")
		if !ok || !top || !lang {
			t.Errorf("%q becomes %q (%v)", c.ref, href, ok)
			continue
		}
		if to, _ := v.sealer.open(address); to != (target{c.view, 3, c.text}) {
			t.Errorf("%q leads to %v", c.ref, to)
		}
	}
	for ref, want := range map[string]string{"#part": "#part", "page.html#part": "#part"} {
		if href, ok := l.Link(ref); !ok || href != want {
			t.Errorf("%q becomes %q (%v), want %q: the place is in this page", ref, href, ok, want)
		}
	}
	for _, ref := range []string{"javascript:alert(1)", "JavaScript:x", "data:text/html,x", "file:///etc/passwd",
		"blob:x", "vbscript:x", "view-source:x", "about:blank", "ms-settings:x", "intent:x"} {
		if href, ok := l.Link(ref); ok {
			t.Errorf("%q becomes %q", ref, href)
		}
	}
}

// D23, D19: whatever a page or a style sheet wants to load is in its own bundle, or
// is not loaded.
func TestD23ResourceStaysInside(t *testing.T) {
	t.Parallel()
	v := &Viewer{sealer: newSealer()}
	l := newLinker(v, 1, "docs/page.html", "")
	for _, ref := range []string{"https://site.example/a.png", "//site.example/a.png", `\/site.example/a.png`,
		"http:a.png", "blob:x", "file:a.png", "javascript:x"} {
		if src, ok := l.Resource(ref, sanitize.Picture); ok {
			t.Errorf("%q becomes %q", ref, src)
		}
	}
	for use, want := range map[sanitize.Use]view{sanitize.Picture: viewContent, sanitize.Captions: viewCaptions} {
		src, ok := l.Resource("../../../a", use)
		if to, _ := v.sealer.open(src); !ok || to != (target{want, 1, "a"}) {
			t.Errorf("the resource is %v (%v)", to, ok)
		}
	}
	if src, ok := l.Resource("data:text/css,x", sanitize.Style); ok {
		t.Errorf("a style sheet in an address becomes %q", src)
	}
}

func FuzzLink(f *testing.F) {
	for _, s := range []string{"a.html", "../..//x/./y#z", "//host", "%2e%2e/", "http://x", `\\x`, "a\nb", "?", "./../."} {
		f.Add(s, "docs/page.html")
	}
	v := &Viewer{sealer: newSealer()}
	f.Fuzz(func(t *testing.T, ref, item string) {
		if bundle.CheckPath(item) != nil {
			return // no item has this path
		}
		l := newLinker(v, 0, item, "")
		if to, _, ok := l.resolve(ref); ok && strings.HasPrefix(to, "/") {
			t.Errorf("%q from %q leads to %q", ref, item, to)
		}
		href, ok := l.Link(ref)
		if !ok || strings.HasPrefix(href, "#") {
			return
		}
		address, ok := strings.CutPrefix(href, topMark)
		address, _, _ = strings.Cut(address, "#")
		if _, opens := v.sealer.open(address); !ok || !opens {
			t.Errorf("%q becomes %q", ref, href)
		}
	})
}

// However much a page would load, a bounded number of paths is looked up for it.
func TestFewAreLookedUp(t *testing.T) {
	t.Parallel()
	v := New(nil, Options{})
	l := newLinker(v, 0, "a.html", "")
	asked := 0
	l.lacks = func(string) bool { asked++; return true }
	for i := range 20 * maxLookedUp {
		l.Resource(fmt.Sprintf("%d.png", i/2), sanitize.Picture)
	}
	if asked != maxLookedUp {
		t.Errorf("%d were looked up", asked)
	}
}
