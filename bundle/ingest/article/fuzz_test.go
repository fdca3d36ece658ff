package article

import (
	"bytes"
	"errors"
	"testing"
)

// fuzzed checks what came of input: a page that keeps its promises, or an error that says why not.
func fuzzed(t *testing.T, p *Page, err error) {
	t.Helper()
	if err != nil {
		if !errors.Is(err, ErrLimit) && !errors.Is(err, ErrFormat) {
			t.Fatal(err)
		}
		return
	}
	if err := checkPage(p); err != nil {
		t.Fatalf("%v\n%s", err, p.HTML)
	}
}

func FuzzHTML(f *testing.F) {
	for _, c := range ruleCases {
		f.Add([]byte(c.in))
	}
	for _, c := range savedCases {
		f.Add([]byte(c.page))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		p, err := HTML(in, Options{Path: "a/b.html", DropBylines: len(in)%2 == 0})
		fuzzed(t, p, err)
	})
}

func FuzzMarkdown(f *testing.F) {
	for _, c := range markdownCases {
		f.Add([]byte(c.in))
	}
	for _, c := range frontCases {
		f.Add([]byte(c.in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		p, err := Markdown(in, Options{Path: "a/b.md"})
		fuzzed(t, p, err)
	})
}

func FuzzFront(f *testing.F) {
	for _, c := range frontCases {
		f.Add([]byte(c.in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		front, rest, err := cutFront(in)
		if err != nil {
			return
		}
		if !bytes.HasSuffix(in, rest) || front != nil && len(rest) == len(in) {
			t.Fatalf("%d of %d bytes are left, and %v", len(rest), len(in), front)
		}
	})
}

func FuzzMHTML(f *testing.F) {
	f.Add(savedMHTML(f, mhtmlPage, "quoted-printable"))
	f.Add(savedMHTML(f, mhtmlPage, "base64"))
	f.Fuzz(func(t *testing.T, in []byte) {
		p, err := MHTML(bytes.NewReader(in), int64(len(in)), Options{Path: "a/b.mhtml"})
		fuzzed(t, p, err)
	})
}

func FuzzCutSite(f *testing.F) {
	for _, c := range siteCases {
		f.Add([]byte(c.in))
	}
	for _, c := range ruleCases {
		f.Add([]byte(c.in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		cuts, _, err := CutSite(in)
		must(t, err)
		once := apply(t, in, cuts)
		cuts, _, err = CutSite(once)
		must(t, err)
		if twice := apply(t, once, cuts); !bytes.Equal(once, twice) {
			t.Fatalf("not the same twice\nin  %q\n1st %q\n2nd %q", in, once, twice)
		}
	})
}

func FuzzCutCSS(f *testing.F) {
	for _, s := range []string{"/* a */p{b:url(http://a/)}", "@import url('//a');", `"\\"/*`, "url(data:image/png;base64,AAAA)", "a/*!b*/c"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		cuts, _, err := CutCSS(text)
		at := int64(0)
		for _, c := range cuts {
			if c.Offset < at || c.Size < 0 || c.Offset+c.Size > int64(len(text)) {
				t.Fatalf("%+v in %d bytes, after %d", c, len(text), at)
			}
			at = c.Offset + c.Size
		}
		if err != nil && !errors.Is(err, ErrLimit) {
			t.Fatal(err)
		}
	})
}
