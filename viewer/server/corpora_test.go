package server

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"satchel/bundle"
	"satchel/bundle/ingest"
	"satchel/bundle/ingest/document"
	"satchel/bundle/sign"
	"satchel/viewer"
	"satchel/viewer/internal/testbundle"
)

// TestCorporaViewer packs each benchmark corpus in the folder SATCHEL_CORPORA as the command does, and looks
// through it in Chromium: lists of each sort, items of each kind, what is found, and what is saved.
func TestCorporaViewer(t *testing.T) {
	dir := os.Getenv("SATCHEL_CORPORA")
	if dir == "" {
		t.Skip("SATCHEL_CORPORA names no folder with the corpora")
	}
	needsModules(t)
	for _, name := range []string{"handbook", "gimp", "jdk"} {
		t.Run(name, func(t *testing.T) {
			c := openCorpus(t, filepath.Join(dir, name))
			t.Run("lists", c.checkLists)
			t.Run("items", c.checkItems)
			t.Run("search", c.checkSearch)
			t.Run("saving", c.checkSaving)
		})
	}
}

// A corpus is served out of a bundle that was made of it.
type corpus struct {
	*live
	r     *bundle.Reader
	lists map[bundle.Kind]string // addresses of the lists of a kind
}

func openCorpus(t *testing.T, dir string) *corpus {
	t.Helper()
	name := filepath.Join(t.TempDir(), "corpus.zip")
	src, err := ingest.Folders([]string{dir}, ingest.Options{Output: name})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	o := bundle.Options{Title: filepath.Base(dir), Text: document.Text, Signers: []sign.PrivateKey{testbundle.Key(t, 1)}}
	sum, err := bundle.Create(t.Context(), name, src, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d items in %d bytes", sum.Items, sum.Output)
	r := testbundle.Open(t, name)
	v := viewer.New([]*bundle.Reader{r}, viewer.Options{Documents: document.Text})
	c := &corpus{live: startViewer(t, v), r: r, lists: map[bundle.Kind]string{}}
	for _, address := range c.choices(c.ask("GET", c.home()).body)[0] { // that of all kinds comes first
		kind := c.find(c.ask("GET", address).body, `class="mark mark-([a-z]+)`)
		c.lists[bundle.Kind(strings.TrimPrefix(kind, c.path))] = address
	}
	return c
}

var anyLink = regexp.MustCompile(`<a [^>]*href="\./([^"]+)"|<a [^>]*href="([^"]+)"`)

// choices are the addresses that a list can be reduced to, in groups: kinds, languages, folders.
func (c *corpus) choices(page string) (groups [][]string) {
	_, page, _ = strings.Cut(page, `<aside class="choose"`)
	page, _, _ = strings.Cut(page, "</aside>")
	for _, group := range strings.Split(page, "<h2>")[1:] {
		var all []string
		for _, m := range anyLink.FindAllStringSubmatch(group, -1) {
			all = append(all, c.path+m[1]+m[2])
		}
		groups = append(groups, all)
	}
	return groups
}

const oneRow = `class="(?:row|tile)" href="([^"]+)"`

// item returns the address of an item's page, or nothing for one that is in no list. It looks in the list of its language,
// where no translation stands in its place.
func (c *corpus) item(e bundle.Entry) string {
	list := c.lists[e.Kind]
	if list == "" {
		return ""
	}
	inLanguage := regexp.MustCompile(`<li><a href="([^"]+)"><bdi lang="` + regexp.QuoteMeta(e.Language) + `">`)
	_, choices, _ := strings.Cut(c.ask("GET", list).body, `<aside class="choose"`)
	if m := inLanguage.FindStringSubmatch(choices); m != nil {
		list = c.path + m[1]
	}
	page := c.ask("GET", fmt.Sprintf("%s?from=%d", list, e.ID)).body
	return c.find(page, oneRow)
}

// spread are items from all over the bundle: of each kind the first, the largest and that with the longest
// title, and others at equal distances.
func (c *corpus) spread(t *testing.T) (chosen []bundle.Entry) {
	t.Helper()
	const items = 40
	var all []bundle.Entry
	for id := range uint32(c.r.Len()) {
		e, err := c.r.Entry(id)
		if err != nil {
			t.Fatal(err)
		}
		if c.lists[e.Kind] != "" {
			all = append(all, e)
		}
	}
	for _, kind := range bundle.Kinds {
		of := slices.DeleteFunc(slices.Clone(all), func(e bundle.Entry) bool { return e.Kind != kind })
		if len(of) > 0 {
			chosen = append(chosen, of[0],
				slices.MaxFunc(of, func(a, b bundle.Entry) int { return cmp.Compare(a.Size, b.Size) }),
				slices.MaxFunc(of, func(a, b bundle.Entry) int { return cmp.Compare(len(a.Title), len(b.Title)) }))
		}
	}
	for n := range items - len(chosen) {
		chosen = append(chosen, all[n*len(all)/items])
	}
	return chosen
}

func (c *corpus) checkLists(t *testing.T) {
	i := c.inspect(t)
	home := c.home()
	i.look("the first screen", c.path)
	i.look("home", home)
	groups := c.choices(c.ask("GET", home).body)
	for n, group := range groups {
		if n > 0 { // of kinds there are few
			group = []string{group[min(1, len(group)-1)], group[len(group)/2], group[len(group)-1]}
		}
		for _, address := range group {
			i.look(fmt.Sprintf("choice %d", n), address)
		}
	}
	folders := groups[len(groups)-1]
	within := c.ask("GET", folders[0]).body
	i.look("a folder of a folder, or the next page", c.find(within, `(?s).*href="([^"]+)"`))
}

func (c *corpus) checkItems(t *testing.T) {
	i := c.inspect(t)
	for _, e := range c.spread(t) {
		i.look(fmt.Sprintf("%s %q, %d bytes", e.Kind, e.Path, e.Size), c.item(e))
	}
}

// checkSearch types a word of each of some texts, and looks at what is found.
func (c *corpus) checkSearch(t *testing.T) {
	i := c.inspect(t)
	all := slices.DeleteFunc(c.spread(t), func(e bundle.Entry) bool { return e.Kind != bundle.KindPage })
	for _, e := range []bundle.Entry{all[0], all[len(all)/2], all[len(all)-1]} {
		text, err := c.r.Text(e, 1<<20, document.Text)
		if err != nil {
			t.Fatal(err)
		}
		word := longestWord(text)
		i.goTo("http://" + c.host + c.home())
		i.search(word)
		i.look("what is found with "+word, strings.TrimPrefix(i.location(), "http://"+c.host))
		i.follow(aResult, "a result", atItem)
	}
}

// longestWord is one that somebody might type.
func longestWord(text string) string {
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
	words = slices.DeleteFunc(words, func(w string) bool { return utf8.RuneCountInString(w) > 14 })
	return slices.MaxFunc(words, func(a, b string) int {
		return cmp.Compare(utf8.RuneCountInString(a), utf8.RuneCountInString(b))
	})
}

var actLink = regexp.MustCompile(`<a class="(?:act|button main)" href="([^"]+)"`)

// checkSaving compares what is saved with what was packed.
func (c *corpus) checkSaving(t *testing.T) {
	saved := 0
	for _, e := range c.spread(t) {
		for _, m := range actLink.FindAllStringSubmatch(c.ask("GET", c.item(e)).body, -1) {
			got := c.ask("GET", c.path+strings.TrimPrefix(m[1], "./"))
			if !strings.HasPrefix(got.head.Get("Content-Disposition"), "attachment") {
				continue
			}
			saved++
			packed, err := c.r.ReadItem(e, e.Size)
			if err != nil {
				t.Fatal(err)
			}
			if got.code != 200 || got.body != string(packed) {
				t.Errorf("%q is saved with %d as other %d bytes", e.Path, got.code, len(got.body))
			}
		}
	}
	if saved == 0 {
		t.Error("nothing can be saved")
	}
}

// An inspector looks at pages in Chromium, one after the other.
type inspector struct {
	*reader
	own     string    // what all addresses begin with
	painted []float64 // when something of a page was to be seen, in ms

	mu    sync.Mutex
	heard []string // what was wrong since the last page
}

// inspect starts a browser. When the test ends, it is told how long pages took.
func (c *corpus) inspect(t *testing.T) *inspector {
	t.Helper()
	i := &inspector{reader: newReader(t), own: "http://" + c.host + "/"}
	i.must(chromedp.Listen(i.ctx, i.hear))
	t.Cleanup(func() {
		slices.Sort(i.painted)
		if n := len(i.painted); n > 0 {
			t.Logf("%d pages: first paint after %.0f ms (median), %.0f ms at the most", n, i.painted[n/2], i.painted[n-1])
		}
	})
	return i
}

// notKnown is said of a part of our policies that is for browsers that know it.
const notKnown = "Unrecognized Content-Security-Policy directive 'webrtc'."

// hear notes errors on the console, what a policy has stopped, and requests that go elsewhere.
func (i *inspector) hear(event any) {
	what := ""
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if at := e.Request.URL; !strings.HasPrefix(at, i.own) && !strings.HasPrefix(at, "data:") {
			what = "it asks for " + at
		}
	case *log.EventEntryAdded:
		if e.Entry.Text != notKnown && (e.Entry.Level == log.EntryLevelError || strings.Contains(e.Entry.Text, "Content Security Policy")) {
			what = "console: " + e.Entry.Text + " " + e.Entry.URL
		}
	case *runtime.EventConsoleAPICalled:
		what = fmt.Sprintf("console: a script says something: %s", e.Type)
	case *runtime.EventExceptionThrown:
		what = "console: " + e.ExceptionDetails.Text
	}
	if what != "" {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.heard = append(i.heard, what)
	}
}

// A load is how a page came.
type load struct {
	Status, HTML, CSS int
	Paint             float64 // in ms, or 0
	Text              bool    // it has the text of an article or a book in it
}

const howItCame = `(n => ({status: n.responseStatus, html: n.encodedBodySize,
	css: performance.getEntriesByType('resource').filter(r => r.name.endsWith('/style.css')).reduce((s, r) => s + r.encodedBodySize, 0),
	paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
	text: Boolean(document.querySelector('article'))}))(performance.getEntriesByType('navigation')[0])`

// mostBytes is what a page of the viewer's own may weigh, with its style and without pictures and texts.
const mostBytes = 100_000

// look goes to a page, and tells what is wrong with it.
func (i *inspector) look(what, path string) {
	i.t.Helper()
	wrong := func(format string, args ...any) {
		i.t.Helper()
		i.t.Errorf("%s: %s", what, fmt.Sprintf(format, args...))
	}
	i.goTo(i.own + strings.TrimPrefix(path, "/"))
	i.until("something is painted", "performance.getEntriesByName('first-contentful-paint').length")
	moved := i.shifts()
	var p load
	i.must(i.reader.look(howItCame, &p))
	i.painted = append(i.painted, p.Paint)
	switch weight := p.HTML + p.CSS; {
	case p.Status != 200:
		wrong("answered with %d", p.Status)
	case p.HTML == 0 || p.CSS == 0 || p.Paint == 0:
		wrong("it cannot be weighed or timed: %+v", p)
	case weight > mostBytes && p.Text:
		i.t.Logf("%s: with its text %d bytes", what, weight)
	case weight > mostBytes:
		wrong("%d bytes", weight)
	}
	if moved.Sum > mostShift {
		wrong("it moves by %.3f: %s", moved.Sum, moved.What)
	}
	i.mu.Lock()
	for _, heard := range i.heard {
		wrong("%s", heard)
	}
	i.heard = nil
	i.mu.Unlock()
	i.do(chromedp.EmulateViewport(320, 640))
	if wide := i.wide(); wide != "" {
		wrong("%s", wide)
	}
	i.do(chromedp.EmulateViewport(1000, 800))
	i.run("document.querySelectorAll('.prose').forEach(e => e.remove())") // what strangers wrote
	for _, barrier := range i.barriers() {
		wrong("%s", barrier)
	}
}
