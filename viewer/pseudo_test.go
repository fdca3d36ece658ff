package viewer

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"unicode"

	xhtml "golang.org/x/net/html"

	"satchel/bundle"
	"satchel/bundle/sign"
	"satchel/viewer/internal/testbundle"
)

// insidePseudo is set in the process in which English is a pseudo-language.
const insidePseudo = "SATCHEL_TEST_PSEUDO"

// TestPseudoLanguage goes along all links of bundles whose content has no letters, with each message in brackets:
// letters outside of them are text that nobody can translate.
func TestPseudoLanguage(t *testing.T) {
	t.Parallel()
	if os.Getenv(insidePseudo) == "" {
		again := exec.Command(os.Args[0], "-test.run=^TestPseudoLanguage$")
		again.Env = append(os.Environ(), insidePseudo+"=1")
		if out, err := again.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	en := languages()[0]
	for key, text := range en.text {
		if !strings.HasPrefix(key, "_") {
			en.text[key] = "⟦" + text + "⟧"
		}
	}
	files := testbundle.Files{"1.html": "<h1>1</h1><h2>2</h2><h2>3</h2><h2>4</h2><a href=2/3.txt>5</a> <a href=https://192.0.2.1/>6</a>",
		"4.html": "<style>p{}</style>7", "2/3.txt": "8", "5.mp4": "9", "5.vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\n10\n", "6.mp3": "11",
		"7.png": pixel, "8.png": pixel + "2", "9.pdf": "%PDF-1.4", "10.epub": epub(t), "12.bin": "12"}
	for i := range 80 {
		files[fmt.Sprintf("0/%d.txt", i)] = "1 2"
	}
	o := bundle.Options{Title: "0", Sections: []bundle.Section{{Name: bundle.Text{{Text: "1"}}}},
		Place: func(it *bundle.Item) (int, string) {
			if strings.HasPrefix(it.Path, "0/") {
				return bundle.NoSection, ""
			}
			return 0, ""
		}}
	small := testbundle.Open(t, testbundle.Pack(t, testbundle.Files{"1.txt": "1"}, bundle.Options{Signers: []sign.PrivateKey{testbundle.Key(t, 1)}}))
	s := newSession(t, Options{}, testbundle.Open(t, testbundle.Pack(t, files, o)), small)
	s.v.volumes[0].check.met(bundle.Changed, &bundle.DamageError{Path: "9.pdf", Err: bundle.ErrDamaged})
	_, hits := s.find("1")
	_, none := s.find("99999")
	_, gone := s.ask("nothing")
	_, pin := s.post("pin", "fingerprint", "1")
	pages := []string{hits, none, gone, pin}
	seen := map[string]bool{}
	names := map[string]bool{}
	for queue := []string{""}; len(queue) > 0 && len(seen) < 600; {
		at := queue[0]
		if queue = queue[1:]; seen[at] {
			continue
		}
		seen[at] = true
		r, page := s.ask(at)
		if strings.HasPrefix(r.Header["Content-Type"][0], "text/html") && !strings.Contains(r.Header["Content-Security-Policy"][0], "sandbox") {
			pages = append(pages, page)
			queue = append(queue, links(page)...)
		}
	}
	for _, page := range pages {
		names[find(t, page, `<body class="on-([a-z]+)`)] = true
		for _, text := range outsideBrackets(t, page) {
			t.Errorf("%q is in no message file", text)
		}
	}
	for _, name := range []string{"start", "library", "home", "item", "search", "trust", "outside", "problem"} {
		if !names[name] {
			t.Errorf("no page of the kind %q was looked at, only %q", name, slices.Sorted(maps.Keys(names)))
		}
	}
}

// links are the addresses that a page leads to, each in the page's own look.
func links(page string) (list []string) {
	tree, err := xhtml.Parse(strings.NewReader(page))
	if err != nil {
		return nil
	}
	for n := range tree.Descendants() {
		if n.Data != "a" {
			continue
		}
		for _, at := range n.Attr {
			if at.Key == "href" && !strings.ContainsAny(at.Val, "#:") &&
				(!strings.Contains(at.Val, "?") || strings.Contains(at.Val, "?from=")) {
				list = append(list, at.Val)
			}
		}
	}
	return list
}

// spokenAttributes are those whose values somebody reads or hears.
var spokenAttributes = []string{"aria-label", "title", "placeholder", "alt", "label"}

// outsideBrackets returns the words of a page that stand in no brackets. What comes out of a bundle stands in a
// bdi or an article; what has a language is a name of one.
func outsideBrackets(t *testing.T, page string) (found []string) {
	t.Helper()
	tree, err := xhtml.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	look := func(text string) {
		for {
			before, rest, ok := strings.Cut(text, "⟦")
			if strings.ContainsFunc(before, unicode.IsLetter) {
				found = append(found, strings.TrimSpace(before))
			}
			if !ok {
				return
			}
			_, text, _ = strings.Cut(rest, "⟧")
		}
	}
	var walk func(n *xhtml.Node)
	walk = func(n *xhtml.Node) {
		if n.Type == xhtml.TextNode {
			look(n.Data)
		}
		for _, at := range n.Attr {
			if slices.Contains(spokenAttributes, at.Key) {
				look(at.Val)
			}
		}
		for c := range n.ChildNodes() {
			if c.Data != "script" && c.Data != "article" && c.Data != "bdi" && !slices.ContainsFunc(c.Attr, func(at xhtml.Attribute) bool {
				return at.Key == "lang" && c.Data != "html"
			}) {
				walk(c)
			}
		}
	}
	walk(tree)
	return found
}
