package viewer

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"satchel/bundle"
	"satchel/viewer/internal/testbundle"
)

// A section is printed as one page: what can be read whole and in its order, everything else by its name.
func TestHandout(t *testing.T) {
	t.Parallel()
	s := lessons(t)
	_, home := s.home()
	lacks(t, home, "to print") // a whole collection is none
	_, section := s.ask(find(t, home, `class="tile" href="([^"]+)"`))
	a, page := s.ask(find(t, section, `class="more" href="([^"]+)">All of it on one page`))
	contains(t, page, ">Lessons</bdi></h1>", "First lesson", ">Third<", ">Last</pre>", "Film", "From: \u2068Course\u2069. Paper cannot be checked")
	if a.Status != 200 || strings.Contains(page, "<video") {
		t.Errorf("%d: %s", a.Status, page)
	}
	var at []int
	for _, text := range []string{"First lesson", "Film", ">Third<", ">Last<"} {
		at = append(at, strings.Index(page, text))
	}
	if !slices.IsSorted(at) {
		t.Errorf("the items stand at %v", at)
	}
	_, section = s.ask(find(t, page, `class="up"><a href="([^"]+)"`))
	contains(t, section, ">Lessons</bdi></h1>", `class="row"`)
	_, sheets := s.open(viewHandout, shelf{section: "1"}.String())
	if got := strings.Count(sheets, `<p><img src="`); got != 2 {
		t.Errorf("%d pictures are printed:\n%s", got, sheets)
	}
}

// Two articles with the same ids are two places, and no picture waits to be looked at.
func TestHandoutPlaces(t *testing.T) {
	t.Parallel()
	const page = `<h1>%d</h1><p><a href="#note">see</a><img src="p.png"></p><p id="note">Note</p>`
	s := newSession(t, Options{}, testbundle.New(t, testbundle.Files{
		"a/1.html": fmt.Sprintf(page, 1), "a/2.html": fmt.Sprintf(page, 2), "a/p.png": pixel}))
	_, sheet := s.open(viewHandout, shelf{folder: "a"}.String())
	lacks(t, sheet, "lazy")
	ids := map[string]int{}
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(sheet, -1) {
		if ids[m[1]]++; ids[m[1]] > 1 {
			t.Errorf("there are two %q", m[1])
		}
	}
	for _, m := range regexp.MustCompile(` href="#([^"]+)"`).FindAllStringSubmatch(sheet, -1) {
		if ids[m[1]] == 0 {
			t.Errorf("nothing is %q", m[1])
		}
	}
}

// A handout is cut into pages, and says what it lacks.
func TestHandoutLimits(t *testing.T) {
	t.Parallel()
	files := testbundle.Files{"b/long.html": strings.Repeat("<p>far too long", maxArticle/10), "b/short.txt": "short"}
	for i := range itemsPerHandout + 1 {
		files[fmt.Sprintf("a/%03d.txt", i)] = fmt.Sprintf("text number %d.", i)
	}
	for i := range 4 {
		files[fmt.Sprintf("c/%d.txt", i)] = strings.Repeat("water ", maxHandout/9)
	}
	noise := testbundle.Noise(1<<20, 3)
	files["d/broken.txt"] = noise
	data, err := os.ReadFile(testbundle.Pack(t, files, bundle.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	s := newSession(t, Options{}, testbundle.NewBytes(t, testbundle.Flip(t, data, noise[1000:1032])))
	sheet := func(folder string) string {
		_, page := s.open(viewHandout, shelf{folder: folder}.String())
		return page
	}
	first := sheet("a")
	contains(t, first, "text number 0.", fmt.Sprintf("text number %d.", itemsPerHandout-1))
	lacks(t, first, fmt.Sprintf("text number %d.", itemsPerHandout))
	_, last := s.ask(find(t, first, `class="button" href="([^"]+)">Next items`))
	contains(t, last, fmt.Sprintf("text number %d.", itemsPerHandout), ">First items<")
	lacks(t, last, "text number 0.", ">Next items<")
	contains(t, sheet("b"), "too long to be printed", ">short<")
	if got := strings.Count(sheet("c"), "<section"); got != 2 {
		t.Errorf("%d long texts are on a page", got)
	}
	contains(t, sheet("d"), "damaged in your copy")
}
