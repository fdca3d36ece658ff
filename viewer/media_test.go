package viewer

import (
	"bytes"
	"io"
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

// D08: a playlist that is packed as a film is not given to a browser, which would fetch what
// it lists, nor to another player.
func TestD08Playlists(t *testing.T) {
	t.Parallel()
	const hls = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://beacon.invalid/a.ts\n"
	r := testbundle.New(t, testbundle.Files{"film.mp4": hls, "sound.mp3": hls, "good.mp4": "\x00\x00\x00\x20ftypisom"})
	v := New([]*bundle.Reader{r}, Options{})
	defer v.Close()
	for path, want := range map[string]int{"film.mp4": 404, "sound.mp3": 404, "good.mp4": 200} {
		for _, as := range []view{viewContent, viewSave} {
			address, _ := v.sealer.seal(target{as, 0, path})
			if a := v.Serve(t.Context(), &Request{Method: "GET", Path: address}); a.Status != want {
				t.Errorf("%s as %c: %d, want %d", path, as, a.Status, want)
			}
		}
		address, _ := v.sealer.seal(target{viewItem, 0, path})
		a := v.Serve(t.Context(), &Request{Method: "GET", Path: address})
		body, err := io.ReadAll(a.Body)
		if err != nil || a.Status != 200 {
			t.Fatalf("%s: %d, %v", path, a.Status, err)
		}
		played := bytes.Contains(body, []byte("<video")) || bytes.Contains(body, []byte("<audio"))
		if played != (want == 200) {
			t.Errorf("%s: it is shown as a film: %v", path, played)
		}
	}
}
