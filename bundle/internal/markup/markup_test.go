package markup

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
)

// read returns what a scanner says of a document, and its bytes put together again.
func read(r io.Reader) (said, raw string, err error) {
	var b, all strings.Builder
	s := NewScanner(r)
	for {
		t, err := s.Next()
		if err == io.EOF {
			return b.String(), all.String(), nil
		}
		if err != nil {
			return b.String(), all.String(), err
		}
		all.Write(t.Raw)
		switch t.Kind {
		case Text, CData:
			b.WriteString("'" + t.Text() + "'")
		case Start:
			b.WriteString("<" + t.Space + "|" + t.Local)
			for i := range t.Attrs {
				a := &t.Attrs[i]
				b.WriteString(" " + a.Space + "|" + a.Local + "=" + a.Value())
			}
			b.WriteString(">")
			if t.Empty {
				b.WriteString("!")
			}
		case End:
			b.WriteString("</" + t.Space + "|" + t.Local + ">")
		}
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{`<a/>`, `<|a>!`},
		{`<a>x&amp;y&#x41;</a>`, `<|a>'x&yA'</|a>`},
		{`<a><![CDATA[<&amp;>]]></a>`, `<|a>'<&amp;>'</|a>`},
		{`<?xml version="1.0"?><!DOCTYPE a PUBLIC "-//x//" "y"><!-- c --><a></a >` + "\n", `<|a></|a>'` + "\n" + `'`},
		{`<p:a xmlns:p="u" p:x="1" y='2&lt;>'/>`, `<u|a |p=u u|x=1 |y=2<>>!`},
		{`<a xmlns="u"><b xmlns="v"/><c xmlns=""><d/></c><e/></a>`,
			`<u|a |xmlns=u><v|b |xmlns=v>!<|c |xmlns=><|d>!</|c><u|e>!</u|a>`},
	} {
		said, raw, err := read(strings.NewReader(c.in))
		want := strings.ReplaceAll(c.want, "<u|a |p=u", "<u|a xmlns|p=u")
		if got := strings.ReplaceAll(said, "<u|a |p=u", "<u|a xmlns|p=u"); got != want || err != nil {
			t.Errorf("%s: %s, %v; want %s", c.in, got, err, want)
		}
		if raw != c.in {
			t.Errorf("%s: put together again, it is %s", c.in, raw)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   string
		want error
	}{
		"nothing":           {"", ErrFormat},
		"text only":         {"x", ErrFormat},
		"open":              {"<a>", ErrFormat},
		"crossed":           {"<a><b></a></b>", ErrFormat},
		"two roots":         {"<a/><b/>", ErrFormat},
		"text after":        {"<a/>x", ErrFormat},
		"no quotes":         {"<a b=c/>", ErrFormat},
		"no end":            {`<a b="c/>`, ErrFormat},
		"unknown prefix":    {"<p:a/>", ErrFormat},
		"comment":           {"<a><!-- </a>", ErrFormat},
		"billion laughs":    {`<!DOCTYPE a [<!ENTITY b "&c;&c;"><!ENTITY c "&d;&d;">]><a>&b;</a>`, ErrEntity},
		"external":          {`<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`, ErrEntity},
		"parameter":         {`<!DOCTYPE a [<!ENTITY % b SYSTEM "http://x/"> %b;]><a/>`, ErrEntity},
		"deep":              {strings.Repeat("<a>", MaxDepth+1), ErrLimit},
		"many attributes":   {"<a" + strings.Repeat(` b="c"`, maxAttributes+1) + "/>", ErrLimit},
		"long tag":          {"<a b=\"" + strings.Repeat("x", MaxToken+1) + "\"/>", ErrLimit},
		"long comment":      {"<!--" + strings.Repeat("x", MaxToken+1) + "--><a/>", ErrLimit},
		"many declarations": {strings.Repeat(`<a xmlns:b="c" xmlns:d="e" xmlns:f="g">`, 400), ErrLimit},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if said, _, err := read(strings.NewReader(c.in)); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v; %s", err, c.want, clip(said))
			}
		})
	}
}

// TestC19ShortReads: how the bytes come makes no difference.
func TestC19ShortReads(t *testing.T) {
	t.Parallel()
	in := `<a x="1">` + strings.Repeat("سلام&amp;", 40_000) + `<b/><!-- c --></a>`
	_, want, err := read(strings.NewReader(in))
	if err != nil || want != in {
		t.Fatalf("%d bytes of %d, %v", len(want), len(in), err)
	}
	for name, r := range map[string]io.Reader{
		"one byte": iotest.OneByteReader(strings.NewReader(in)),
		"half":     iotest.HalfReader(strings.NewReader(in)),
		"data+err": iotest.DataErrReader(strings.NewReader(in)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, got, err := read(r); got != in || err != nil {
				t.Errorf("%d bytes of %d, %v", len(got), len(in), err)
			}
		})
	}
}

// TestPieces: long text comes in pieces that break no character and no reference.
func TestPieces(t *testing.T) {
	t.Parallel()
	for shift := range 40 {
		body := strings.Repeat("x", shift) + strings.Repeat("語&amp;", 30_000)
		said, _, err := read(strings.NewReader("<a>" + body + "</a>"))
		got := strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(said, "<|a>"), "</|a>"), "'", "")
		if want := strings.ReplaceAll(body, "&amp;", "&"); err != nil || got != want {
			t.Fatalf("shifted by %d: %d bytes, want %d, %v", shift, len(got), len(want), err)
		}
	}
}

func TestUTF16(t *testing.T) {
	t.Parallel()
	const in = `<a>한글 😀</a>`
	for name, order := range map[string][2]int{"big": {8, 0}, "little": {0, 8}} {
		b := []byte{}
		for _, u := range append([]uint16{0xfeff}, utf16.Encode([]rune(in))...) {
			b = append(b, byte(u>>order[0]), byte(u>>order[1]))
		}
		if _, raw, err := read(strings.NewReader(string(b))); raw != in || err != nil {
			t.Errorf("%s: %q, %v", name, raw, err)
		}
	}
}

func TestReadError(t *testing.T) {
	t.Parallel()
	broken := errors.New("the stick was pulled")
	_, _, err := read(io.MultiReader(strings.NewReader("<a>"), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

// marksCharset says whether a byte is one of a byte order mark, or of UTF-16.
func marksCharset(b byte) bool { return b == 0xef || b >= 0xfe || b == 0 }

func FuzzMarkup(f *testing.F) {
	f.Add([]byte(`<?xml version="1.0"?><!DOCTYPE a><p:a xmlns:p="u" x='1'>t&amp;<![CDATA[c]]><!--d--><b/></p:a>`))
	f.Add([]byte("\xff\xfe<\x00a\x00/\x00>\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, raw, err := read(strings.NewReader(string(data)))
		if err != nil || slices.ContainsFunc(data[:min(len(data), 4)], marksCharset) {
			return
		}
		if raw != string(data) {
			t.Fatalf("put together again, %q is %q", data, raw)
		}
	})
}
