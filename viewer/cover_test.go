package viewer

import (
	"strconv"
	"strings"
	"testing"

	"satchel/bundle"
	"satchel/viewer/internal/testbundle"
)

// huge is the largest number that an item may say.
const huge = 1<<62 - 1

// said packs files whose items say what is in a table, and shows them. What lies among the previews is
// a resource, as the packer has it.
func said(t *testing.T, files testbundle.Files, items map[string]bundle.Item) *session {
	t.Helper()
	src := testbundle.Said{Files: files, Say: func(it *bundle.Item) {
		if strings.HasPrefix(it.Path, bundle.PreviewFolder+"/") {
			it.Kind, it.Language = bundle.KindResource, ""
		}
		s := items[it.Path]
		it.Cover, it.Summary, it.Byline, it.Licence, it.Origin = s.Cover, s.Summary, s.Byline, s.Licence, s.Origin
		it.Captured, it.Millis, it.Words, it.Width, it.Height = s.Captured, s.Millis, s.Words, s.Width, s.Height
		if s.Type != "" {
			it.Type = s.Type
		}
	}}
	return newSession(t, Options{}, testbundle.Open(t, testbundle.Pack(t, src, bundle.Options{Title: "Said"})))
}

// What stands for an item is a picture that a browser shows, whatever the bundle says.
func TestCover(t *testing.T) {
	t.Parallel()
	large := testbundle.Noise(maxThumb+1, 1)
	files := testbundle.Files{
		".previews/small/a.png.jpg": pixel, ".previews/large/a.png.jpg": pixel, "a.png": large,
		".previews/small/scan.tiff.jpg": pixel, "scan.tiff": "II*", "bare.tiff": "II*",
		"b.png": pixel, "plan.svg": "<svg/>", "large.png": large, "wide.png": pixel,
		"page.html": "<p>", "own.html": "<p>", "wish.html": "<p>", "foreign.html": "<p>", "odd.html": "<p>", "none.html": "<p>",
		"folder.html": "<p>", "heavy.html": "<p>", "far.html": "<p>", "film.mp4": "x", "x.png": pixel, "y.png": pixel, "z.png": pixel,
		"self.png": pixel, "lie.png": "<html>",
	}
	s := said(t, files, map[string]bundle.Item{
		"a.png": {Cover: ".previews/small/a.png.jpg"}, "scan.tiff": {Cover: ".previews/small/scan.tiff.jpg"},
		"wide.png": {Width: huge, Height: 1},
		"own.html": {Cover: "own.html"}, "page.html": {Cover: "own.html"}, "wish.html": {Cover: "a.png"},
		"foreign.html": {Cover: "bare.tiff"}, "odd.html": {Cover: "film.mp4"}, "none.html": {Cover: "absent.png"},
		"folder.html": {Cover: ".previews/small"}, "heavy.html": {Cover: "large.png"}, "far.html": {Cover: "x.png"},
		"film.mp4": {Cover: "scan.tiff"},
		"x.png":    {Cover: "y.png"}, "y.png": {Cover: "z.png"}, "z.png": {Cover: "x.png"}, "self.png": {Cover: "self.png"},
		"lie.png": {Type: "text/html"},
	})
	vol := s.v.volumes[0]
	for path, want := range map[string]struct{ small, large string }{
		"a.png":        {".previews/small/a.png.jpg", ".previews/large/a.png.jpg"},
		"wish.html":    {".previews/small/a.png.jpg", ".previews/large/a.png.jpg"},
		"film.mp4":     {".previews/small/scan.tiff.jpg", ".previews/small/scan.tiff.jpg"},
		"b.png":        {"b.png", "b.png"},
		"plan.svg":     {"plan.svg", "plan.svg"},
		"self.png":     {"self.png", "self.png"},
		"far.html":     {"y.png", "y.png"}, // and no further
		"x.png":        {"z.png", "z.png"},
		"page.html":    {},
		"own.html":     {},
		"foreign.html": {},
		"odd.html":     {},
		"none.html":    {},
		"folder.html":  {},
		"heavy.html":   {},
		"large.png":    {},
		"wide.png":     {},
		"bare.tiff":    {},
		"lie.png":      {},
	} {
		small, ok := vol.cover(entry(t, s, path))
		if small.Path != want.small || ok != (want.small != "") {
			t.Errorf("%s is shown in lists as %q, want %q", path, small.Path, want.small)
		}
		if large, _ := vol.poster(entry(t, s, path)); large.Path != want.large {
			t.Errorf("%s is shown on its page as %q, want %q", path, large.Path, want.large)
		}
	}
	_, home := s.home()
	contains(t, home, "Files: 22", `alt="" width="256" height="256" loading="lazy"`)
	lacks(t, home, ">.previews<", ">a.png<")
	for path := range files {
		if a, _ := s.open(viewItem, path); a.Status != 200 {
			t.Errorf("the page of %s: %d", path, a.Status)
		}
	}
}

// A list says what an item says of itself, whatever that is.
func TestRows(t *testing.T) {
	t.Parallel()
	s := said(t, testbundle.Files{"a.html": "<p>", "b.mp3": "x", "c.mp4": "x"}, map[string]bundle.Item{
		"a.html": {Words: 401, Byline: "A \u202e B", Summary: "<b>What</b> it is", Licence: "CC0",
			Origin: "https://site.example/a?b", Captured: "2024-05"},
		"b.mp3": {Millis: 61_500, Byline: strings.Repeat("ㅁ", 300), Origin: "javascript:alert(1)"},
		"c.mp4": {Millis: huge, Words: huge, Width: huge, Height: huge, Summary: strings.Repeat("x", 1000)},
	})
	_, home := s.home()
	contains(t, home, "3 min read", "By \u2068A \uFFFD B\u2069", "&lt;b&gt;What&lt;/b&gt; it is", ">1:02<", ">1281023894007:36:28<")
	lacks(t, home, strings.Repeat("ㅁ", maxByline+1))
	_, page := s.open(viewItem, "a.html")
	contains(t, page, "Licence: \u2068CC0\u2069", ">https://site.example/a?b</bdi></a>", "Saved \u20682024-05\u2069", "3 min read")
	lacks(t, page, `href="http`)
	_, outside := s.ask(find(t, page, `Source: <a href="([^"]+)"`))
	contains(t, outside, "This link leads out")
	_, page = s.open(viewItem, "b.mp3")
	contains(t, page, "<bdi>javascript:alert(1)</bdi>", strings.Repeat("ㅁ", 300))
	lacks(t, page, `href="javascript`)
}

func TestDuration(t *testing.T) {
	t.Parallel()
	for millis, want := range map[int64]string{1: "0:01", 499: "0:01", 1500: "0:02", 59_999: "1:00", 61_000: "1:01", 3_600_000: "1:00:00", 86_399_000: "23:59:59"} {
		if got := languages()[0].duration(millis); got != want {
			t.Errorf("%d ms are %s, want %s", millis, got, want)
		}
	}
	if got := pickLanguage("fa", "", "").duration(61_000); got != "۱:۰۱" {
		t.Errorf("in Persian: %s", got)
	}
}

// From one picture to the next, and back again, within what was listed.
func TestGallery(t *testing.T) {
	t.Parallel()
	files := testbundle.Files{"page.html": "<p>", "d/other.txt": "x", "e/z.png": pixel}
	for i := range 70 {
		files["d/p"+strconv.Itoa(100+i)+".png"] = pixel
	}
	s := said(t, files, nil)
	_, home := s.home()
	_, folder := s.ask(find(t, home, `href="([^"]+)"><bdi>d<`))
	_, list := s.ask(find(t, folder, `href="([^"]+)"><bdi>Pictures`))
	_, page := s.ask(find(t, list, `class="tile" href="([^"]+)"`))
	lacks(t, page, `rel="prev"`)
	for i := range 69 {
		_, page = s.ask(find(t, page, `rel="next" href="([^"]+)"`))
		contains(t, page, `alt="p`+strconv.Itoa(101+i)+`"`)
	}
	lacks(t, page, `rel="next"`)
	for i := range 69 {
		_, page = s.ask(find(t, page, `rel="prev" href="([^"]+)"`))
		contains(t, page, `alt="p`+strconv.Itoa(168-i)+`"`)
	}
	lacks(t, page, `rel="prev"`)
	_, list = s.ask(find(t, page, `class="up"><a href="([^"]+)"`))
	contains(t, list, `class="tile"`, `class="crumbs"`)

	_, all := s.ask(find(t, home, `href="([^"]+)"><bdi>Pictures`))
	_, page = s.ask(find(t, all, `class="tile" href="([^"]+)"`))
	for range 70 {
		_, page = s.ask(find(t, page, `rel="next" href="([^"]+)"`))
	}
	contains(t, page, `alt="z"`)
	_, page = s.open(viewItem, "e/z.png") // by a link in a page
	lacks(t, page, `rel="prev"`, `rel="next"`)
}

// The page of a picture has its preview and leads to the picture itself; of a type that browsers do not
// show, to where it is saved.
func TestPicturePage(t *testing.T) {
	t.Parallel()
	s := said(t, testbundle.Files{"a.png": pixel, ".previews/large/a.png.jpg": "large", "b.png": pixel, ".previews/small/b.png.jpg": "small",
		"c.tiff": "II*", ".previews/small/c.tiff.jpg": "small", "d.tiff": "II*", "e.tiff": "II*", ".previews/large/e.tiff.jpg": "II*"},
		map[string]bundle.Item{"a.png": {Width: 4000, Height: 3000, Summary: "At low tide"}, "b.png": {Cover: "a.png"},
			".previews/large/e.tiff.jpg": {Type: "image/tiff"}})
	for path, want := range map[string][2]string{"a.png": {"large", pixel}, "b.png": {pixel, pixel}, "c.tiff": {"small", "II*"}} {
		_, page := s.open(viewItem, path)
		_, shown := s.ask(find(t, page, `<img src="([^"]+)"`))
		_, original := s.ask(find(t, page, `class="full" href="([^"]+)"`))
		if shown != want[0] || original != want[1] {
			t.Errorf("%s: shown is %q, behind it %q", path, shown, original)
		}
	}
	_, page := s.open(viewItem, "a.png")
	contains(t, page, "4000 × 3000", `dir="auto">At low tide`, `">Original</a> <span class="count">67 bytes`)
	for _, path := range []string{"d.tiff", "e.tiff"} {
		_, page := s.open(viewItem, path)
		contains(t, page, `class="button main"`)
		lacks(t, page, "<img")
	}
}

// A film and a recording show what stands for them.
func TestPoster(t *testing.T) {
	t.Parallel()
	small, large := ".previews/small/f.mp4.jpg", ".previews/large/f.mp4.jpg"
	s := said(t, testbundle.Files{"f.mp4": "x", small: "small", large: "large", "t.mp3": "x", "u.mp3": "x", "v.mp4": "x"},
		map[string]bundle.Item{"f.mp4": {Cover: small, Width: 640, Height: 360}, "t.mp3": {Cover: small}, "u.mp3": {Cover: "v.mp4"}})
	_, film := s.open(viewItem, "f.mp4")
	contains(t, film, `width="640" height="360"`)
	_, sound := s.open(viewItem, "t.mp3")
	for name, address := range map[string]string{"film": find(t, film, `poster="([^"]+)"`), "sound": find(t, sound, `<img src="([^"]+)"`)} {
		if _, picture := s.ask(address); picture != "large" {
			t.Errorf("the %s shows %q", name, picture)
		}
	}
	_, bare := s.open(viewItem, "u.mp3")
	lacks(t, bare, "<img")
	contains(t, bare, "mark-sound")
	_, bare = s.open(viewItem, "v.mp4")
	lacks(t, bare, "poster=")
}
