package document

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"satchel/bundle/book"
	"satchel/bundle/internal/markup"
	"satchel/bundle/internal/pdf"
)

// ours says whether an error is one that callers can test for.
func ours(err error) bool {
	return errors.Is(err, ErrFormat) || errors.Is(err, ErrLimit) || errors.Is(err, ErrEncrypted) || errors.Is(err, ErrMacros)
}

// FuzzEPUB fuzzes the files in a book, without the archive and its checksums around them. A book that was
// cleaned can be opened, and is cleaned again to the same bytes but for the mending of pages.
func FuzzEPUB(f *testing.F) {
	for _, e := range testBook() {
		f.Add(e.name, e.content)
	}
	f.Fuzz(func(t *testing.T, name, content string) {
		if name == "" || len(name) > 100 || content == "" || strings.HasSuffix(name, "/") {
			return
		}
		data := testBook().with(name, content).zip(t)
		var out bytes.Buffer
		if _, err := EPUB(&out, bytes.NewReader(data), int64(len(data)), Options{testOnlyScrub: fakeScrubber{}}); err != nil {
			if !ours(err) {
				t.Fatal(err)
			}
			return
		}
		if _, err := book.Open(bytes.NewReader(out.Bytes()), int64(out.Len())); err != nil {
			t.Fatalf("what was cleaned cannot be opened: %v", err)
		}
	})
}

// FuzzChapter: what a chapter becomes is well-formed, has no script, and stays as it is.
func FuzzChapter(f *testing.F) {
	f.Add(testBook().get("OEBPS/a.xhtml"))
	f.Add(testBook().get("OEBPS/b.xhtml"))
	f.Fuzz(func(t *testing.T, content string) {
		clean := func(in []byte) ([]byte, error) {
			var out bytes.Buffer
			_, err := cleanChapter(&out, in, &chapterRules{studio: &studio{scrub: fakeScrubber{}, info: &Info{}}, base: "a"})
			return out.Bytes(), err
		}
		once, err := clean([]byte(content))
		if err != nil {
			if !ours(sortError(err)) {
				t.Fatal(err)
			}
			return
		}
		s := markup.NewScanner(bytes.NewReader(once))
		for {
			k, err := s.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%q became %q: %v", content, once, err)
			}
			if k.Kind == markup.Comment || k.Kind == markup.Start && strings.EqualFold(k.Local, "script") {
				t.Fatalf("%q became %q", content, once)
			}
		}
		if twice, err := clean(once); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%q became %q and then %q, %v", content, once, twice, err)
		}
	})
}

// FuzzOffice fuzzes the parts of documents of each kind.
func FuzzOffice(f *testing.F) {
	kinds := []struct {
		kind string
		doc  entries
	}{{docxType, testDOCX()}, {xlsxType, testXLSX()}, {pptxType, testPPTX()}, {odtType, testODT()}}
	for i, k := range kinds {
		for _, e := range k.doc {
			f.Add(byte(i), e.name, e.content)
		}
	}
	f.Fuzz(func(t *testing.T, i byte, name, content string) {
		k := kinds[int(i)%len(kinds)]
		if name == "" || len(name) > 100 || content == "" || strings.HasSuffix(name, "/") {
			return
		}
		data := k.doc.with(name, content).zip(t)
		var out bytes.Buffer
		_, err := Office(&out, bytes.NewReader(data), int64(len(data)), k.kind, Options{testOnlyScrub: fakeScrubber{}})
		if err != nil && !ours(err) {
			t.Fatal(err)
		}
		if err == nil {
			if _, err := Office(io.Discard, bytes.NewReader(out.Bytes()), int64(out.Len()), k.kind, Options{testOnlyScrub: fakeScrubber{}}); err != nil {
				t.Fatalf("what was cleaned cannot be cleaned: %v", err)
			}
		}
	})
}

// FuzzHWPX fuzzes the parts of a Hangul document.
func FuzzHWPX(f *testing.F) {
	for _, e := range testHWPX() {
		f.Add(e.name, e.content)
	}
	f.Fuzz(func(t *testing.T, name, content string) {
		if name == "" || len(name) > 100 || content == "" || strings.HasSuffix(name, "/") {
			return
		}
		data := testHWPX().with(name, content).zip(t)
		if _, _, err := HWPX(bytes.NewReader(data), int64(len(data)), Options{testOnlyScrub: fakeScrubber{}}); err != nil && !ours(err) {
			t.Fatal(err)
		}
	})
}

// FuzzPDFClean: what a PDF file becomes can be opened, and holds nothing that a second cleaning would find.
func FuzzPDFClean(f *testing.F) {
	f.Add(testPDF())
	f.Add(testdata(f, "qpdf.pdf"))
	f.Add(onePage(`BT /F 10 Tf (a) Tj ET`, `<</Type/Font>>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var out bytes.Buffer
		o := Options{testOnlyScrub: fakeScrubber{}}
		if _, err := PDF(&out, bytes.NewReader(data), int64(len(data)), o); err != nil {
			if !ours(err) {
				t.Fatal(err)
			}
			return
		}
		if _, err := pdf.Open(bytes.NewReader(out.Bytes()), int64(out.Len())); err != nil {
			t.Fatalf("what was cleaned cannot be opened: %v", err)
		}
		if _, err := PDF(io.Discard, bytes.NewReader(out.Bytes()), int64(out.Len()), o); err != nil {
			t.Fatalf("what was cleaned cannot be cleaned: %v", err)
		}
	})
}

// FuzzPDFText fuzzes what is drawn on a page, and its font.
func FuzzPDFText(f *testing.F) {
	f.Add("BT /F 10 Tf 12 TL 0 90 Td [(One) -300 <0304>] TJ T* (two) ' /X Do ET q Q BI ID EI", "<</ToUnicode 6 0 R/Encoding<</Differences[1/fi]>>>>")
	f.Add("BT /F 1 Tf <0102> Tj ET", "<</Subtype/Type0/Encoding/KSCms-UHC-H/DescendantFonts[<</W[1[2]3 4 5]>>]>>")
	f.Fuzz(func(t *testing.T, content, font string) {
		data := onePage(content, font)
		err := Text(bytes.NewReader(data), int64(len(data)), "application/pdf", func(string) bool { return true })
		if err != nil && !ours(err) {
			t.Fatal(err)
		}
	})
}
