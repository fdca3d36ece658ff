package sanitize

import (
	"bytes"
	"strings"
	"testing"
)

// ours gives pictures an address of ours, and nothing else.
type ours struct{}

func (ours) Link(string) (string, bool) { return "", false }
func (ours) Resource(ref string, use Use) (string, bool) {
	return "ours-" + ref, use == Picture && !strings.Contains(ref, ":")
}

// TestPictureInADrawing: books show their covers as a picture in a drawing. In a page it has an address of
// ours; in a drawing by itself there is none.
func TestPictureInADrawing(t *testing.T) {
	t.Parallel()
	page := `<svg viewBox="0 0 9 9"><image width="9" height="9" xlink:href="cover.jpg"/><image href="https://site.example/x.png"/>` +
		`<image href="data:image/svg+xml,x"/></svg>`
	var out bytes.Buffer
	if err := HTML(&out, strings.NewReader(page), Options{Linker: ours{}}); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.Contains(got, `href="ours-cover.jpg"`) || strings.Count(got, "<image") != 1 {
		t.Error(got)
	}
	out.Reset()
	if err := SVG(&out, strings.NewReader(strings.Replace(page, "<svg", `<svg xmlns="http://www.w3.org/2000/svg"`, 1))); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); strings.Contains(got, "<image") {
		t.Error(got)
	}
}
