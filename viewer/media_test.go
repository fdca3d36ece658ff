package viewer

import (
	"testing"

	"satchel/bundle"
	"satchel/viewer/internal/testbundle"
)

// scriptedPDF asks a reader of PDFs to run script, to send and to start programs.
const scriptedPDF = `%PDF-1.7
1 0 obj <</Type/Catalog/OpenAction 2 0 R/Names<</EmbeddedFiles<</Names[(a.exe) 5 0 R]>>>>>> endobj
2 0 obj <</S/JavaScript/JS(app.launchURL("https://site.example/js"))/Next 3 0 R>> endobj
3 0 obj <</S/URI/URI(https://site.example/uri)/Next 4 0 R>> endobj
4 0 obj <</S/Launch/F(cmd.exe)/Next<</S/SubmitForm/F(https://site.example/form)>>>> endobj
%%EOF`

// D14: a browser never gets to open a PDF. It is something to save, with a word of
// warning, whatever its type and its kind pretend.
func TestD14PDF(t *testing.T) {
	t.Parallel()
	src := testbundle.Typed{
		Files: testbundle.Files{"a.pdf": scriptedPDF, "b.pdf": scriptedPDF, "c.pdf": scriptedPDF, "d.bin": scriptedPDF},
		Types: map[string]string{"b.pdf": "application/pdf; charset=utf-8", "c.pdf": "application/x-pdf", "d.bin": "application/pdf"},
	}
	s := newSession(t, Options{}, testbundle.Open(t, testbundle.Pack(t, src, bundle.Options{})))
	for path := range src.Files {
		t.Run(path, func(t *testing.T) {
			for _, as := range []view{viewContent, viewSave} {
				a, body := s.open(as, path)
				if body != scriptedPDF {
					t.Errorf("%c: the body is %q", as, body)
				}
				contains(t, a.Header["Content-Disposition"][0], `attachment; filename="item-`)
				if got := a.Header["Content-Type"][0]; got != typeBytes {
					t.Errorf("%c: it comes as %q, want %q", as, got, typeBytes)
				}
				if got := a.Header["Content-Security-Policy"][0]; got != policyNone {
					t.Errorf("%c: the policy is %q, want %q", as, got, policyNone)
				}
			}
			_, item := s.open(viewItem, path)
			lacks(t, item, "<iframe", "<embed", "<object", "<img")
		})
	}
	_, item := s.open(viewItem, "a.pdf")
	contains(t, item, "can call out over the network")
}
