package sanitize

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func FuzzHTML(f *testing.F) {
	for _, p := range payloads {
		f.Add(p)
	}
	for _, c := range nestingCases {
		f.Add(c.in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		if len(in) > 1<<16 {
			t.Skip("long")
		}
		if err := checkTwice(in); err != nil {
			t.Error(err)
		}
		if err := checkNamed(in); err != nil {
			t.Error(err)
		}
	})
}

func FuzzCSS(f *testing.F) {
	for _, c := range sheetCases {
		f.Add(c.in)
	}
	for _, s := range requestSheets(f) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		n := newNotebook()
		once := cleanCSS(t, in, n)
		if err := checkSheet(once, n); err != nil {
			t.Errorf("%v\nin  %q", err, in)
		}
		if twice := cleanCSS(t, once, n); once != twice {
			t.Errorf("not the same twice\nin  %q\n1st %q\n2nd %q", in, once, twice)
		}
		if err := checkSheetNamed(in); err != nil {
			t.Error(err)
		}
		// A style attribute is read by other rules.
		s := sheet{refs: resolver{linker: n}}
		inline := string(s.declarations([]byte(in)))
		if err := checkSheet("x{"+inline+"}", n); err != nil {
			t.Errorf("%v\nin  %q", err, in)
		}
		s = sheet{refs: resolver{linker: n}}
		if again := string(s.declarations([]byte(inline))); again != inline {
			t.Errorf("not the same twice\nin  %q\n1st %q\n2nd %q", in, inline, again)
		}
	})
}

// checkNamed gives the ids of a page names that have to be escaped wherever they stand, and complains when the
// page is not what a page may be then, or has an id without such a name.
func checkNamed(in string) error {
	n := newNotebook()
	var out strings.Builder
	if err := HTML(&out, strings.NewReader(in), Options{Linker: n, Styles: true, ID: thorny}); err != nil {
		return nil // as without names
	}
	root, err := html.Parse(strings.NewReader(out.String()))
	if err != nil {
		return err
	}
	for node := range root.Descendants() {
		for _, a := range node.Attr {
			if a.Key == "href" && strings.HasPrefix(a.Val, "#") {
				n.links[a.Val] = true // the notebook was asked for the one before
			}
			if (a.Key == "id" || a.Key == "name") && a.Val != "" && !strings.HasPrefix(a.Val, thorns) {
				return fmt.Errorf("%s=%q\nin  %q\nout %q", a.Key, a.Val, in, out.String())
			}
		}
	}
	if err := checkPage(out.String(), n); err != nil {
		return fmt.Errorf("%w, with names\nin  %q\nout %q", err, in, out.String())
	}
	return nil
}

// checkSheetNamed does the same with a style sheet.
func checkSheetNamed(in string) error {
	n := newNotebook()
	var out strings.Builder
	if err := CSS(&out, strings.NewReader(in), Options{Linker: n, ID: thorny}); err != nil {
		return nil
	}
	if err := checkSheet(out.String(), n); err != nil {
		return fmt.Errorf("%w, with names\nin  %q\nout %q", err, in, out.String())
	}
	return nil
}

// thorns begin the names of thorny.
const thorns = `1"'</style>\){}/*`

func thorny(id string) string { return thorns + id }

func FuzzSVG(f *testing.F) {
	for _, c := range drawingCases {
		f.Add(c.in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		var once, twice bytes.Buffer
		if err := SVG(&once, strings.NewReader(in)); err != nil {
			if !errors.Is(err, ErrDrawing) {
				t.Fatal(err)
			}
			return
		}
		if err := checkDrawing(once.Bytes()); err != nil {
			t.Fatalf("%v\nin  %q\nout %q", err, in, once.String())
		}
		if err := SVG(&twice, bytes.NewReader(once.Bytes())); err != nil {
			t.Fatalf("%v\nin  %q\nout %q", err, in, once.String())
		}
		if !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Fatalf("not the same twice\nin  %q\n1st %q\n2nd %q", in, once.String(), twice.String())
		}
	})
}

// checkDrawing parses a cleaned drawing as XML and complains about what does not
// belong there.
func checkDrawing(b []byte) error {
	d := xml.NewDecoder(bytes.NewReader(b))
	var open []string
	for {
		t, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Space != "http://www.w3.org/2000/svg" || shapes[strings.ToLower(t.Name.Local)] == nil {
				return fmt.Errorf("element %v", t.Name)
			}
			open = append(open, t.Name.Local)
			if err := checkShapeAttributes(t); err != nil {
				return err
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if slices.Contains(open, "style") {
				if err := checkSheet(string(t), newNotebook()); err != nil {
					return err
				}
			}
		default:
			return fmt.Errorf("token %T", t)
		}
	}
}

func checkShapeAttributes(t xml.StartElement) error {
	for _, a := range t.Attr {
		switch key := a.Name.Local; {
		case key == "xmlns" && len(t.Attr) > 0 && t.Name.Local == "svg":
		case a.Name.Space != "", strings.HasPrefix(key, "on"):
			return fmt.Errorf("attribute %v", a)
		case key == "href":
			if !strings.HasPrefix(a.Value, "#") && !isRaster(a.Value) {
				return fmt.Errorf("attribute %v", a)
			}
		case key == "style", strings.Contains(a.Value, "("):
			if key == "id" || key == "class" || strings.HasPrefix(key, "aria") {
				continue
			}
			if err := checkSheet("x{y:"+a.Value+"}", newNotebook()); err != nil && !isInert[key] {
				return err
			}
		}
	}
	return nil
}

// isInert are attributes that a drawing may have with any value, since nothing
// reads an address out of them.
var isInert = func() map[string]bool {
	m := map[string]bool{}
	for _, slot := range shapeAttributes.slots {
		if slot.value != nil && slot.value.kind == anyText {
			m[slot.value.name] = true
		}
	}
	return m
}()

// requestSheets returns the styles of testdata/requests.html.
func requestSheets(t testing.TB) []string {
	b, err := os.ReadFile("testdata/requests.html")
	if err != nil {
		t.Fatal(err)
	}
	var sheets []string
	for _, part := range strings.Split(string(b), "<style>")[1:] {
		text, _, _ := strings.Cut(part, "</style>")
		sheets = append(sheets, strings.Split(text, "\n")...)
	}
	return sheets
}
