package article

import (
	"strings"
	"testing"
)

// TestMarkedArticle: a page that says where its article is gives that alone, however short it is.
func TestMarkedArticle(t *testing.T) {
	t.Parallel()
	around := `<title>Bread</title><header><a href="/">Home</a> Signed in as Nobody</header>%<footer>Cookies</footer>`
	for _, c := range []struct {
		in, want string
		not      []string
	}{
		{`<article><h1>Bread</h1><p>Flour, water, salt and time.</p></article>`, "Flour, water", []string{"Signed in", "Cookies"}},
		{`<main><h1>Bread</h1><p>Flour, water, salt and time.</p></main>`, "Flour, water", []string{"Signed in", "Cookies"}},
		{`<article><p>Flour</p></article><article><p>Water</p></article>`, "Water", nil},
		{`<article><p>No</p></article><p>The text itself stands beside what calls itself the article, and it stays.</p>`, "The text itself", nil},
	} {
		p, err := HTML([]byte(strings.Replace(around, "%", c.in, 1)), Options{})
		must(t, err)
		if !strings.Contains(string(p.HTML), c.want) {
			t.Errorf("%s: %s", c.in, p.HTML)
		}
		for _, not := range c.not {
			if strings.Contains(string(p.HTML), not) {
				t.Errorf("%s: there is %q in %s", c.in, not, p.HTML)
			}
		}
	}
}
