package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// cleaners run each cleaner by the name of its kind.
var cleaners = map[string]func(r io.ReaderAt, size int64) error{
	"epub": func(r io.ReaderAt, size int64) error {
		_, err := EPUB(io.Discard, r, size, Options{testOnlyScrub: fakeScrubber{}})
		return err
	},
	"docx": officeCleaner(docxType), "xlsx": officeCleaner(xlsxType), "pptx": officeCleaner(pptxType), "odt": officeCleaner(odtType),
	"hwpx": func(r io.ReaderAt, size int64) error {
		_, _, err := HWPX(r, size, Options{testOnlyScrub: fakeScrubber{}})
		return err
	},
	"pdf": func(r io.ReaderAt, size int64) error {
		_, err := PDF(io.Discard, r, size, Options{testOnlyScrub: fakeScrubber{}})
		return err
	},
	"text": func(r io.ReaderAt, size int64) error {
		return Text(r, size, "application/pdf", func(string) bool { return true })
	},
	"docx text": func(r io.ReaderAt, size int64) error {
		return Text(r, size, docxType, func(string) bool { return true })
	},
}

func officeCleaner(kind string) func(io.ReaderAt, int64) error {
	return func(r io.ReaderAt, size int64) error {
		_, err := Office(io.Discard, r, size, kind, Options{testOnlyScrub: fakeScrubber{}})
		return err
	}
}

// hostile makes the documents that attack their reader: ATTACKS C09, C10 and E15.
func hostile(t testing.TB) []struct {
	name, kind string
	data       []byte
	may        bool // be cleaned: what it claims is true, or does no harm
} {
	const (
		xxe    = `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>`
		laughs = `<!DOCTYPE x [<!ENTITY a "&b;&b;&b;"><!ENTITY b "&c;&c;&c;"><!ENTITY c "lol">]>`
	)
	many := func(s string, n int) string { return strings.Repeat(s, n) }
	zeros := string(make([]byte, 80<<20))
	doc := testDOCX()
	text := doc.get("word/document.xml")
	word := func(body string) []byte {
		return doc.with("word/document.xml", `<w:document `+wordSpace+`><w:body>`+body+`</w:body></w:document>`).zip(t)
	}
	chapter := func(s string) []byte { return testBook().with("OEBPS/a.xhtml", s).zip(t) }
	page := func(content string) []byte { return onePage(content, `<</Type/Font/Subtype/Type1>>`) }
	chain := pdfObjects{1: `<</Type/Catalog/Pages 2 0 R/Outlines 10 0 R>>`, 2: `<</Type/Pages/Kids[3 0 R 2 0 R]>>`, 3: `<</Type/Page/Parent 2 0 R>>`}
	for i := 10; i < 100_000; i++ {
		chain[i] = fmt.Sprintf("<</Next %d 0 R/Parent %d 0 R/Title(x)>>", i+1, i-1)
	}
	return []struct {
		name, kind string
		data       []byte
		may        bool
	}{
		{"XXE in a chapter", "epub", chapter(xxe + `<html xmlns="http://www.w3.org/1999/xhtml">&e;</html>`), false},
		{"XXE in a text", "docx", doc.with("word/document.xml", xxe+text[strings.Index(text, "<w:doc"):]).zip(t), false},
		{"XXE in types", "docx", doc.with(typesPath, xxe+doc.get(typesPath)).zip(t), false},
		{"laughs in content", "odt", testODT().with("content.xml", laughs+"<x>&a;</x>").zip(t), false},
		{"laughs in a manifest", "odt", testODT().with("META-INF/manifest.xml", laughs+"<x>&a;</x>").zip(t), false},
		{"laughs in a section", "hwpx", testHWPX().with("Contents/section0.xml", laughs+"<x>&a;</x>").zip(t), false},
		{"laughs in a chapter", "epub", chapter(laughs + "<html>&a;</html>"), false},
		{"laughs in a drawing", "epub", testBook().with("OEBPS/d.svg", laughs+"<svg xmlns='http://www.w3.org/2000/svg'>&a;</svg>").zip(t), true},
		{"bomb as a part", "docx", doc.with("word/document.xml", zeros).zip(t), false},
		{"bomb as a picture", "docx", doc.with("word/media/image1.png", pngFile+zeros[:30<<20]).zip(t), true},
		{"bomb nobody asked for", "odt", testODT().with("Pictures/2.png", zeros).zip(t), false},
		{"bomb in a bomb", "epub", testBook().with("OEBPS/p.png", string(testBook().with("x", zeros[:30<<20]).zip(t))).zip(t), true},
		{"bomb of text", "docx", word(many("<w:p>"+run("x")+"</w:p>", 800_000)), true},
		{"deep text", "docx", word(many("<w:p>", 100_000)), false},
		{"deep chapter", "epub", chapter(`<html xmlns="http://www.w3.org/1999/xhtml">` + many("<div>", 100_000) + many("</div>", 100_000) + "</html>"), false},
		{"deep soup", "epub", chapter(many("<div>", 200_000)), true},
		{"crossed soup", "epub", chapter(many("<b><i><a><p><table>", 20_000)), true},
		{"wide soup", "epub", chapter("<p " + many("a=b ", 200_000) + ">"), true},
		{"formatting soup", "epub", chapter(many("<font size=1><b>", 20_000) + many("<p>x", 20_000)), true},
		{"many attributes", "docx", word("<w:p" + many(` w:a="b"`, 100_000) + "/>"), false},
		{"many namespaces", "odt", testODT().with("content.xml", many(`<x xmlns:a="b" xmlns:c="d">`, 10_000)).zip(t), false},
		{"one long attribute", "docx", word(`<w:p w:a="` + many("x", 20<<20) + `"/>`), false},
		{"long row", "docx", word("<w:tr>" + many(run("x"), 900_000) + "</w:tr>"), false},
		{"fields in fields", "docx", word("<w:p>" + many(`<w:r><w:fldChar w:fldCharType="begin"/></w:r>`, 100_000) + "</w:p>"), true},
		{"wide table", "hwpx", testHWPX().with("Contents/section0.xml", `<hs:sec `+hwpSpace+`>`+many(`<hp:tc><hp:cellSpan colSpan="999999999" rowSpan="99999999"/></hp:tc>`, 100_000)+`</hs:sec>`).zip(t), true},
		{"long page", "hwpx", testHWPX().with("Contents/section0.xml", `<hs:sec `+hwpSpace+`><hp:p><hp:run charPrIDRef="1"><hp:t>`+many("&lt;<hp:lineBreak/>", 1_200_000)+`</hp:t></hp:run></hp:p></hs:sec>`).zip(t), true},
		{"one picture many times", "hwpx", testHWPX().with("BinData/image1.png", pngFile+many("x", 1<<20)).with("Contents/section0.xml", `<hs:sec `+hwpSpace+`><hp:p>`+many(`<hc:img binaryItemIDRef="image1"/>`, 10_000)+`</hp:p></hs:sec>`).zip(t), false},
		{"loops of pages", "pdf", chain.write(nil, "/Root 1 0 R"), true},
		{"bomb as a stream", "text", page(zeros), true},
		{"bomb as a layer", "pdf", bytes.ReplaceAll(bytes.ReplaceAll(page(zeros), []byte("/Type/Catalog"), []byte("/Type/Catalog/OCProperties<</OCGs[4 0 R]/D<</OFF[4 0 R]>>>>")), []byte("startxref"), []byte("startxxxx")), false},
		{"many operators", "text", page(many("q ", 12_000_000)), true},
		{"many glyphs", "text", page("BT /F 1 Tf " + many("("+many("x", 1000)+") Tj ", 4000)), true},
		{"deep arrays", "pdf", page(many("[", 1_000_000)), true},
		{"deep objects", "pdf", pdfObjects{1: "<</Pages " + many("[", 100_000) + many("]", 100_000) + ">>"}.write(nil, "/Root 1 0 R"), false},
		{"endless streams", "pdf", []byte("%PDF-1.4\n" + many("1 0 obj<</Length 9>>stream\n", 200_000) + "trailer<</Root 1 0 R>>"), false},
		{"huge claims", "pdf", []byte("%PDF-1.4\n1 0 obj<</Type/XRef/W[1 8 8]/Size 999999999999/Index[0 999999999999]/Length 999999999999>>stream\nx\nendstream endobj\nstartxref\n9\n%%EOF"), false},
		{"many objects", "pdf", []byte("%PDF-1.4\n" + many("1 0 obj null endobj ", 1_000_000)), false},
		{"blank form", "text", pdfObjects{1: `<</Type/Catalog/Pages 2 0 R>>`, 2: `<</Type/Pages/Kids[3 0 R]/Resources<</XObject<</X 5 0 R>>>>>>`,
			3: `<</Type/Page/Parent 2 0 R/Contents 4 0 R>>`, 4: "<<>>stream " + many("/X Do ", 10_000),
			5: "<</Type/XObject/Subtype/Form>>stream " + many(" ", 7<<20)}.write(nil, "/Root 1 0 R"), true},
		{"pictures without an end", "text", page(many("BI ID x ", 1_000_000)), true},
		{"forms in forms", "text", page(many("/X Do ", 10_000)), true},
		{"wide ranges", "text", bytes.Replace(page("BT /F 1 Tf (a) Tj ET"), []byte("/Subtype/Type1"), []byte("/Subtype/Type0/DescendantFonts[<</W[0 999999999999 1 0 999999999999 1]>>]"), 1), true},
		{"deep text for search", "docx text", word(many("<w:p>", 100_000)), false},
	}
}

// TestE15HostileDocuments: each is refused, or cleaned where it does no harm, in 256 MB and bounded time: on a
// busy machine, ten times what BenchmarkHostile shows that it takes.
func TestE15HostileDocuments(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes under the race detector")
	}
	for _, c := range hostile(t) {
		t.Run(c.name, func(t *testing.T) {
			work := func() error { return cleaners[c.kind](bytes.NewReader(c.data), int64(len(c.data))) }
			most, took, err := measure(work)
			t.Logf("%d KB: %v, %d MB, %v", len(c.data)>>10, took.Round(time.Millisecond), most>>20, err)
			switch {
			case err != nil && !errors.Is(err, ErrFormat) && !errors.Is(err, ErrLimit):
				t.Errorf("%v", err)
			case err == nil && !c.may:
				t.Error("it was cleaned")
			}
			if took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
			if most > 256<<20 {
				t.Errorf("it took %d MB", most>>20)
			}
		})
	}
}

// measure says how long work takes, and by how much the heap grows meanwhile.
func measure(work func() error) (most uint64, took time.Duration, err error) {
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	var peak atomic.Uint64
	stop, done := make(chan bool), make(chan bool)
	go func() {
		defer close(done)
		for {
			runtime.ReadMemStats(&now)
			if now.HeapAlloc > before.HeapAlloc && now.HeapAlloc-before.HeapAlloc > peak.Load() {
				peak.Store(now.HeapAlloc - before.HeapAlloc)
			}
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	began := time.Now()
	err = work()
	took = time.Since(began)
	close(stop)
	<-done
	return peak.Load(), took, err
}
