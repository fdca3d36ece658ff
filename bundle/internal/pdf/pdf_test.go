package pdf

import (
	"bytes"
	"compress/lzw"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// build makes a file of objects numbered from 1, with a table of where they lie.
func build(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var offsets []int
	for i, o := range objects {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer <</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, trailer, start)
	return b.Bytes()
}

func stream(dict, data string) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", dict, len(data), data)
}

const (
	catalog = "<</Type/Catalog/Pages 2 0 R>>"
	pages   = "<</Type/Pages/Kids[]>>"
)

func open(data []byte) (*File, error) { return Open(bytes.NewReader(data), int64(len(data))) }

func mustOpen(t testing.TB, data []byte) *File {
	t.Helper()
	f, err := open(data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestObjects(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want Object
	}{
		{"true", true}, {"null", nil}, {"-1.5", Number("-1.5")}, {"--5", Number("-5")}, {"1-2", Number("-1")},
		{"/A#20b", Name("A b")}, {"/", Name("")}, {"3 0 R", Ref{3, 0}}, {"3 0 Rx", Number("3")},
		{`(a(b)\)\n\101\
c)`, String("a(b))\nAc")}, {"<4 1 4>", String("A@")}, {"% c\n7 ", Number("7")},
		{"[1 2 0 R(x)]", Array{Number("1"), Ref{2, 0}, String("x")}}, {"<</A/B/C 1 0 R/D null>>", Dict{"A": Name("B"), "C": Ref{1, 0}}},
	} {
		got, ok := NewParser([]byte(c.in)).Next()
		if !ok || fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", c.want) {
			t.Errorf("%q: %#v, want %#v", c.in, got, c.want)
		}
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("abcabcabd ", 2000)
	var late bytes.Buffer
	w := lzw.NewWriter(&late, lzw.MSB, 8)
	io.WriteString(w, text)
	w.Close()
	for name, c := range map[string]struct{ dict, data, want string }{
		"hex":        {"/Filter/ASCIIHexDecode", "61 62 6>", "ab`"},
		"base 85":    {"/Filter/ASCII85Decode", "87cURDZ~>", "Hello"},
		"runs":       {"/Filter/RunLengthDecode", "\x01ab\xfec\x80zz", "abccc"},
		"late LZW":   {"/Filter/LZWDecode/DecodeParms<</EarlyChange 0>>", late.String(), text},
		"early LZW":  {"/Filter/LZWDecode", "\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01", "-----A---B"}, // the example of 7.4.4.2
		"two":        {"/Filter[/AHx/A85]", "38 37 63 55 52 44 5a 7e 3e>", "Hello"},
		"wrong size": {"/Filter/AHx", "61>", "a"},
	} {
		f := mustOpen(t, build("", catalog, pages, stream(c.dict, c.data)))
		s, _ := f.Resolve(Ref{3, 0}).(*Stream)
		if s == nil {
			t.Fatalf("%s: no stream", name)
		}
		if got, err := f.Decode(s, 1<<20); err != nil || string(got) != c.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestPredictors(t *testing.T) {
	t.Parallel()
	row := &rowReader{r: strings.NewReader("\x00\x01\x02\x01\x01\x01\x02\x01\x01\x03\x02\x02\x04\x01\x01"), png: true, step: 1, above: make([]byte, 2), row: make([]byte, 2)}
	got, err := io.ReadAll(row)
	if want := "\x01\x02\x01\x02\x02\x03\x03\x05\x04\x06"; err != nil || string(got) != want {
		t.Errorf("%x, want %x, %v", got, want, err)
	}
}

func TestStreamSize(t *testing.T) {
	t.Parallel()
	for name, length := range map[string]string{"right": "5", "short": "2", "long": "900", "none": "null", "an object": "4 0 R", "negative": "-1"} {
		f := mustOpen(t, build("", catalog, pages, "<</Length "+length+">>\nstream\nabcde\nendstream", "5"))
		s, _ := f.Resolve(Ref{3, 0}).(*Stream)
		if got, err := f.Decode(s, 100); err != nil || strings.TrimSpace(string(got)) != "abcde" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestUpdates(t *testing.T) {
	t.Parallel()
	first := build("", catalog, pages, "(old)", "(kept)")
	at := bytes.LastIndex(first, []byte("xref\n0"))
	offset := len(first)
	more := fmt.Sprintf("3 0 obj (new) endobj\nxref\n3 2\n%010d 00000 n \n0000000000 00000 f \ntrailer <</Size 5/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n", offset, at, offset+len("3 0 obj (new) endobj\n"))
	f := mustOpen(t, append(first, more...))
	if f.Resolve(Ref{3, 0}) != String("new") || f.Resolve(Ref{4, 0}) != nil || f.Updates != 1 {
		t.Errorf("%v, %v, %d updates", f.Resolve(Ref{3, 0}), f.Resolve(Ref{4, 0}), f.Updates)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"empty":           {nil, ErrFormat},
		"head only":       {[]byte("%PDF-1.4"), ErrFormat},
		"encrypted":       {build("/Encrypt 3 0 R", catalog, pages, "<<>>"), ErrEncrypted},
		"no catalogue":    {build("", "<<>>", pages), ErrFormat},
		"loop":            {build("", "1 0 R", pages), ErrFormat},
		"many objects":    {[]byte("%PDF-1.4\nxref\n0 9999999\ntrailer <<>>\nstartxref\n9\n%%EOF"), ErrLimit},
		"endless section": {[]byte("%PDF-1.4\nxref\n0 0\ntrailer <</Prev 9>>\nstartxref\n9\n%%EOF"), ErrFormat},
		"deep":            {build("/X "+strings.Repeat("[", 200)+strings.Repeat("]", 200), catalog, pages), ErrLimit},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := open(c.data); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

// TestC09Streams: a stream that inflates to much is refused, and so are many that inflate to a little.
func TestC09Streams(t *testing.T) {
	if testing.Short() {
		t.Skip("the time it takes says nothing under the race detector")
	}
	t.Parallel()
	run := "/Filter[/RL/RL]" // a run of bytes that say runs: 64 times 64
	inner := strings.Repeat("\x81\x81", 1<<20)
	f := mustOpen(t, build("", catalog, pages, stream(run, inner)))
	s := f.Resolve(Ref{3, 0}).(*Stream)
	if _, err := f.Decode(s, 1<<20); !errors.Is(err, ErrLimit) {
		t.Errorf("one: %v", err)
	}
	began, err := time.Now(), error(nil)
	for n := 0; err == nil && n < 1000; n++ {
		_, err = f.Decode(s, 1<<30)
	}
	if !errors.Is(err, ErrLimit) || time.Since(began) > 2*time.Second {
		t.Errorf("many: %v after %v", err, time.Since(began))
	}
}

func FuzzPDF(f *testing.F) {
	f.Add(build("", catalog, pages, stream("/Filter/AHx", "61>"), "[1 0 R<</A(b)>>]"))
	f.Add([]byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<<>>endobj 3 0 obj<</Type/ObjStm/N 1/First 4/Length 9>>stream\n4 0 (x)\nendstream"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := open(data)
		if err != nil {
			return
		}
		for num := range min(p.Objects(), 1000) + 1 {
			if s, ok := p.Resolve(Ref{num, 0}).(*Stream); ok {
				if b, err := p.Decode(s, 1<<16); err == nil && len(b) > 1<<16 {
					t.Fatalf("%d bytes", len(b))
				}
			}
		}
	})
}

func FuzzParser(f *testing.F) {
	f.Add([]byte(`<</A[1 0 R(b\)\n)<41>/N#20 -1.5 true null]>> BT (x) Tj`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p := NewParser(data)
		for n := 0; ; n++ {
			if _, ok := p.Next(); !ok {
				return
			}
			if n > len(data) {
				t.Fatal("more objects than bytes")
			}
		}
	})
}
