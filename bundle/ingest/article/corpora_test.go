package article

import (
	"bytes"
	"testing"
)

// TestCorpora makes articles of a part of each corpus in the folder SATCHEL_CORPORA. Nothing may be
// refused, and what is there to read must come through: of each page most of its prose, and
// nearly all in all.
func TestCorpora(t *testing.T) {
	for _, name := range []string{"handbook", "gimp", "jdk"} {
		t.Run(name, func(t *testing.T) {
			prose, kept := 0, 0
			pages := corpus(t, name, 16<<20)
			for _, raw := range pages {
				p, err := HTML(raw, Options{Path: "a/page.html"})
				must(t, err)
				if err := checkPage(p); err != nil {
					t.Fatalf("%v\n%.3000s", err, raw)
				}
				page, err := parse(raw)
				must(t, err)
				article, err := parse(p.HTML)
				must(t, err)
				var before, after measure
				before.of(page.body, 0, 0, false)
				after.of(article.body, 0, 0, false)
				prose, kept = prose+before.prose, kept+after.prose
				if after.prose*10 < before.prose*8 && before.prose > 2*enoughText {
					t.Errorf("%d of %d kept of %.2000s", after.prose, before.prose, raw)
				}
			}
			t.Logf("%d pages: %d of %d kept", len(pages), kept, prose)
			if kept*100 < prose*95 {
				t.Errorf("%d of %d kept", kept, prose)
			}
		})
	}
}

// TestCorporaAsSites cuts pages of the corpora, and holds them against themselves: what is left is cut
// clean.
func TestCorporaAsSites(t *testing.T) {
	for _, name := range []string{"handbook", "gimp", "jdk"} {
		t.Run(name, func(t *testing.T) {
			for _, raw := range corpus(t, name, 16<<20) {
				cuts, _, err := CutSite(raw)
				must(t, err)
				once := apply(t, raw, cuts)
				cuts, _, err = CutSite(once)
				must(t, err)
				if twice := apply(t, once, cuts); !bytes.Equal(once, twice) {
					t.Fatalf("not the same twice: %.2000s", raw)
				}
				for _, mark := range []string{"<script", "<!--", "name=\"generator\"", "onload="} {
					if bytes.Contains(once, []byte(mark)) {
						t.Fatalf("%q is left of %.2000s", mark, raw)
					}
				}
			}
		})
	}
}
