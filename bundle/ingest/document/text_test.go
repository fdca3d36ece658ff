package document

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func textOf(t testing.TB, data []byte, kind string) string {
	t.Helper()
	var pieces []string
	must(t, Text(bytes.NewReader(data), int64(len(data)), kind, func(s string) bool {
		pieces = append(pieces, s)
		return true
	}))
	return strings.Join(pieces, "\n")
}

// onePage is a PDF file with a page on which a content stream is drawn, and a font of its own.
func onePage(content, font string) []byte {
	return pdfObjects{1: `<</Type/Catalog/Pages 2 0 R>>`, 2: `<</Type/Pages/Kids[3 0 R]/Resources<</Font<</F 5 0 R>>/XObject<</X 7 0 R>>>>>>`,
		3: `<</Type/Page/Parent 2 0 R/Contents 4 0 R>>`, 4: "<<>>stream " + content, 5: font,
		6: "<<>>stream 2 beginbfchar <01> <0633> <02> <FEFB> endbfchar 2 beginbfrange <03> <05> <0041> <06> <07> [<0031><00660069>] endbfrange",
		7: "<</Type/XObject/Subtype/Form/Matrix[1 0 0 1 0 -20]/Resources<</Font<</F 5 0 R>>/XObject<</X 7 0 R>>>>>>stream BT /F 10 Tf 0 50 Td (In a form) Tj ET /X Do"}.write(nil, "/Root 1 0 R")
}

func TestPDFText(t *testing.T) {
	t.Parallel()
	const latin, mapped = `<</Type/Font/Subtype/Type1>>`, `<</Type/Font/Subtype/TrueType/ToUnicode 6 0 R>>`
	for name, c := range map[string]struct{ content, font, want string }{
		"lines":       {`BT /F 10 Tf 12 TL 0 90 Td (One) Tj T* (two) Tj (three) ' ET`, latin, "One\ntwo\nthree"},
		"gaps":        {`BT /F 10 Tf 0 90 Td [(wo) 20 (rd) -400 (next)] TJ ET`, latin, "word next"},
		"columns":     {`BT /F 10 Tf 1 0 0 1 100 90 Tm (right) Tj 1 0 0 1 0 90 Tm (left) Tj ET`, latin, "left right"},
		"form":        {`/X Do`, latin, strings.TrimSuffix(strings.Repeat("In a form\n", maxForms), "\n")},
		"differences": {`BT /F 10 Tf (\001\002\003\004) Tj ET`, `<</Type/Font/Subtype/Type1/Encoding<</Differences[1/fi/eacute/uni0416/afii10023]>>>>`, "fiéЖЁ"},
		"ToUnicode":   {`BT /F 10 Tf <0304050607> Tj ET`, mapped, "ABC1fi"},
		"two bytes":   {`BT /F 10 Tf <0003000400FF> Tj ET`, `<</Type/Font/Subtype/Type0/Encoding/Identity-H/ToUnicode 6 0 R>>`, "AB"},
		"UCS-2":       {`BT /F 10 Tf <D55CAE00> Tj ET`, `<</Type/Font/Subtype/Type0/Encoding/UniKS-UCS2-H>>`, "한글"},
		"EUC-KR":      {`BT /F 10 Tf <C7D1B1DB> Tj ET`, `<</Type/Font/Subtype/Type0/Encoding/KSCms-UHC-H>>`, "한글"},
		"Arabic":      {`BT /F 10 Tf <02012003042002> Tj ET`, mapped, "لا AB سلا"},
		"picture":     {"BI /W 1 ID (junk) Tj EI BT /F 1 Tf (a) Tj ET", latin, "a"},
		"no font":     {"BT (a) Tj ET", latin, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := textOf(t, onePage(c.content, c.font), "application/pdf"); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestLogical: lines as they are seen become lines as they are read.
func TestLogical(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ seen, want string }{
		{"abc (d)", "abc (d)"},
		{"ملاس", "سالم"},
		{"۱۲۳ ملاس", "سالم ۱۲۳"},
		{"(بآ) ملاس", "سالم (آب)"},
		{"Wells 45 ملاس", "سالم Wells 45"},
		{"Wells and pumps כאב here", "Wells and pumps באכ here"},
		{"a b و ب c", "a b ب و c"},
	} {
		if got := strings.Join(logical(strings.Split(c.seen, "")), ""); got != c.want {
			t.Errorf("%q: %q, want %q", c.seen, got, c.want)
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	book, _ := cleanEPUB(t, testBook().with("OEBPS/b.xhtml", "<p>Two<p>three <b>bo</b>ld").zip(t), Options{})
	for name, c := range map[string]struct {
		data []byte
		kind string
		want string
	}{
		"EPUB": {book, epubType, "Text one out in x Two three bold"},
		"DOCX": {testdata(t, "pandoc.docx"), docxType, "Wells & pumps"},
		"ODT":  {testdata(t, "pandoc.odt"), odtType, "Wells & pumps"},
		"PPTX": {testPPTX().zip(t), pptxType, "Slide"},
		"XLSX": {testXLSX().with("xl/sharedStrings.xml", `<sst><si><t>a</t></si><si><r><t>b</t></r><r><t>c</t></r></si></sst>`).zip(t), xlsxType, "a\nbc"},
		"PDF":  {testdata(t, "qpdf.pdf"), "application/pdf", "Wells and pumps\nA second page"},
	} {
		got := textOf(t, c.data, c.kind)
		if normal(got) != normal(c.want) && !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func normal(s string) string { return strings.Join(strings.Fields(s), " ") }

// TestTextStops: a reader that wants no more gets no more, and no error.
func TestTextStops(t *testing.T) {
	t.Parallel()
	data := testDOCX().with("word/document.xml", "<w:document "+wordSpace+">"+strings.Repeat("<w:p>"+run("some words of a text")+"</w:p>", 10_000)+"</w:document>").zip(t)
	n := 0
	must(t, Text(bytes.NewReader(data), int64(len(data)), docxType, func(s string) bool {
		n++
		if len(s) > 2*maxYield {
			t.Errorf("a piece of %d bytes", len(s))
		}
		return n < 2
	}))
	if n != 2 {
		t.Errorf("%d pieces", n)
	}
}

func ExampleText() {
	data := onePage("BT /F 12 Tf (Wells and pumps) Tj ET", "<</Type/Font/Subtype/Type1>>")
	err := Text(bytes.NewReader(data), int64(len(data)), "application/pdf", func(s string) bool {
		fmt.Println(s)
		return true
	})
	fmt.Println(err)
	// Output:
	// Wells and pumps
	// <nil>
}
