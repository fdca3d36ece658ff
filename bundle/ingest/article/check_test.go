package article

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"satchel/bundle/sanitize"
)

// everything is a Linker that lets all addresses through.
type everything struct{}

func (everything) Link(ref string) (string, bool)                     { return ref, true }
func (everything) Resource(ref string, _ sanitize.Use) (string, bool) { return ref, true }

// checkPage complains about a page that breaks what every page promises.
func checkPage(p *Page) error {
	if !bytes.HasPrefix(p.HTML, []byte("<!doctype html>\n<html")) || !utf8.Valid(p.HTML) {
		return fmt.Errorf("no page in UTF-8: %.60q", p.HTML)
	}
	for _, s := range append([]string{p.Title, p.Summary, p.Byline, p.Licence, p.Source}, p.Tags...) {
		if s != line(s) || len(s) > maxLine {
			return fmt.Errorf("no line: %.200q", s)
		}
	}
	if p.Date != "" && day(p.Date) != p.Date {
		return fmt.Errorf("date %q", p.Date)
	}
	for _, address := range p.External {
		if again, ok := cleanExternal(address); !ok || again != address {
			return fmt.Errorf("address %q becomes %q", address, again)
		}
	}
	if err := checkMarkup(p.HTML); err != nil {
		return err
	}
	var clean bytes.Buffer
	if err := sanitize.HTML(&clean, bytes.NewReader(p.HTML), sanitize.Options{Linker: everything{}}); err != nil {
		return err
	}
	if before, after := letters(p.HTML), letters(clean.Bytes()); before != after {
		i := 0
		for i < min(len(before), len(after)) && before[i] == after[i] {
			i++
		}
		return fmt.Errorf("text changes when sanitized: %.80q, then %.80q", before[i:], after[i:])
	}
	return nil
}

// letters is the text of a page's body without white space.
func letters(page []byte) string {
	z := html.NewTokenizer(bytes.NewReader(page))
	var b strings.Builder
	title := false
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.StartTagToken:
			name, _ := z.TagName()
			title = string(name) == "title"
		case html.TextToken:
			if !title {
				b.WriteString(strings.Join(strings.Fields(string(z.Text())), ""))
			}
			title = false
		}
	}
}

// checkMarkup complains about elements and attributes that no article has, and about tags that are
// not in balance.
func checkMarkup(page []byte) error {
	z := html.NewTokenizer(bytes.NewReader(page))
	var open []string
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				return fmt.Errorf("open at the end: %v", open)
			}
			return nil
		case html.CommentToken:
			return errors.New("a comment")
		case html.StartTagToken:
			t := z.Token()
			if err := checkTag(t); err != nil {
				return err
			}
			if kinds[t.Data]&void == 0 {
				open = append(open, t.Data)
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if len(open) == 0 || open[len(open)-1] != string(name) {
				return fmt.Errorf("</%s> ends %v", name, open)
			}
			open = open[:len(open)-1]
		}
	}
}

func checkTag(t html.Token) error {
	switch t.Data {
	case "html", "head", "body", "title", "meta":
	default:
		if f := forms[t.Data]; f == nil || f.name != t.Data {
			return fmt.Errorf("element %q", t.Data)
		}
	}
	for _, a := range t.Attr {
		switch {
		case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcset", strings.HasPrefix(a.Key, "data"),
			a.Key == "class" && a.Val != "missing":
			return fmt.Errorf("attribute %v", a)
		case a.Key == "src" && scheme(a.Val) != "" && !strings.HasPrefix(a.Val, "data:image/"):
			return fmt.Errorf("source %.80q", a.Val)
		case a.Key == "href" && !isHref(a.Val):
			return fmt.Errorf("link %.80q", a.Val)
		}
	}
	return nil
}

func isHref(s string) bool {
	switch scheme(s) {
	case "", "http", "https", "mailto", "tel":
		return !strings.HasPrefix(s, "//")
	}
	return false
}

// must fails a test on an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// body is what an article has between its title and its end.
func body(t *testing.T, p *Page) string {
	t.Helper()
	_, rest, _ := bytes.Cut(p.HTML, []byte("<body>\n"))
	rest, ok := bytes.CutSuffix(rest, []byte("\n</body></html>\n"))
	if !ok {
		t.Fatalf("no page: %s", p.HTML)
	}
	return strings.Trim(string(rest), "\n")
}

// only answers for the paths of a bundle.
func only(paths ...string) func(string) bool {
	there := map[string]bool{}
	for _, p := range paths {
		there[p] = true
	}
	return func(path string) bool { return there[path] }
}
