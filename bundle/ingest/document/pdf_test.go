package document

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"satchel/bundle/internal/pdf"
)

// objects are those of a PDF file by their number: a dictionary, or with "stream" in it, its bytes packed.
type pdfObjects map[int]string

// write writes the objects and a cross-reference table behind before, which may be an earlier state.
func (o pdfObjects) write(before []byte, trailer string) []byte {
	b := bytes.NewBuffer(bytes.Clone(before))
	prev := bytes.LastIndex(before, []byte("xref\n0"))
	if len(before) == 0 {
		b.WriteString("%PDF-1.4\n")
	}
	offsets := map[int]int{}
	var numbers []int
	for num := range o {
		numbers = append(numbers, num)
	}
	slices.Sort(numbers)
	for _, num := range numbers {
		offsets[num] = b.Len()
		d, content, isStream := strings.Cut(o[num], "stream ")
		fmt.Fprintf(b, "%d 0 obj\n", num)
		if isStream {
			var z bytes.Buffer
			w := zlib.NewWriter(&z)
			io.WriteString(w, content)
			w.Close()
			fmt.Fprintf(b, "%s/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream", strings.TrimSuffix(strings.TrimSpace(d), ">>"), z.Len(), z.Bytes())
		} else {
			b.WriteString(d)
		}
		b.WriteString("\nendobj\n")
	}
	start := b.Len()
	b.WriteString("xref\n0 1\n0000000000 65535 f \n")
	for _, num := range numbers {
		fmt.Fprintf(b, "%d 1\n%010d 00000 n \n", num, offsets[num])
	}
	if prev >= 0 {
		trailer += fmt.Sprintf("/Prev %d", prev)
	}
	fmt.Fprintf(b, "trailer <</Size 100 %s>>\nstartxref\n%d\n%%%%EOF\n", trailer, start)
	return b.Bytes()
}

const pdfTrailer = "/Root 1 0 R/Info 9 0 R/ID[(" + canary + ")(" + canary + ")]"

// testPDF has the canary in all that PDF says of its makers, and in two states of it.
func testPDF() []byte {
	first := pdfObjects{
		1: `<</Type/Catalog/Pages 2 0 R>>`, 2: `<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>`,
		3: `<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 5 0 R>>`, 4: `<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 6 0 R>>`,
		5: `<<>>stream BT (` + canary + ` of old) Tj ET`, 6: `<<>>stream BT (` + canary + ` on a page that went) Tj ET`,
	}
	second := pdfObjects{
		1: `<</Type/Catalog/Pages 2 0 R/Lang(fa)/Metadata 10 0 R/PieceInfo<</X<</Private(` + canary + `)>>>>/OpenAction 11 0 R/AA<</WC 11 0 R>>/PageMode/UseNone` +
			`/Names<</JavaScript<</Names[(x)11 0 R]>>/EmbeddedFiles<</Names[(` + canary + `)12 0 R]>>/Dests<</Names[(one)[3 0 R/Fit](gone)[4 0 R/Fit]]>>>>` +
			`/OCProperties<</OCGs[20 0 R 21 0 R]/D<</OFF[21 0 R]/Creator(` + canary + `)>>>>/Outlines 30 0 R/AcroForm<</Fields[40 0 R 41 0 R]/XFA(` + canary + `)/SigFlags 3>>` +
			`/StructTreeRoot<</Type/StructTreeRoot/K<</S/P/T(` + canary + `)>>>>/` + canary + `(` + canary + `)/Perms<</DocMDP 42 0 R>>/Collection<<>>>>`,
		2: `<</Type/Pages/Kids[3 0 R]/Count 1/Resources 7 0 R>>`,
		3: `<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents[5 0 R 6 0 R]/LastModified(D:20200102030405)/PieceInfo<</X(` + canary + `)>>/Thumb 13 0 R/AA<</O 11 0 R>>/Annots 50 0 R/` + canary + ` 1>>`,
		5: `<<>>stream q 1 0 0 1 0 0 cm BT /F1 12 Tf 10 10 Td (shown) Tj ET /OC /L1 BDC BT (also shown) Tj ET EMC /OC /L2 BDC q 0 0 5 5 re f BT (` + canary,
		6: `<<>>stream  hidden) Tj ET /I1 Do BI /W 1 /H 1 ID ` + canary + ` EI Q EMC /I1 Do Q`,
		7: `<</Font<</F1 8 0 R>>/XObject<</I1 14 0 R/F2 15 0 R>>/Properties<</L1 20 0 R/L2 21 0 R>>>>`,
		8: `<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Metadata 10 0 R>>`, 9: `<</Title(Wells)/Author(` + canary + `)/Producer(` + canary + `)/CreationDate(D:2020)>>`,
		10: `<</Type/Metadata/Subtype/XML>>stream <x>` + canary + `</x>`, 11: `<</S/JavaScript/JS(` + canary + `)>>`,
		12: `<</Type/Filespec/F(` + canary + `)/EF<</F 16 0 R>>>>`, 13: `<</Subtype/Image>>stream ` + canary,
		14: `<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Metadata 10 0 R/OPI(` + canary + `)/Alternates[<</Image 13 0 R>>]>>stream x`,
		15: `<</Type/XObject/Subtype/Form/BBox[0 0 1 1]/OC 21 0 R/PieceInfo<</X(` + canary + `)>>>>stream BT (` + canary + `) Tj ET`,
		16: `<</Type/EmbeddedFile>>stream ` + canary,
		20: `<</Type/OCG/Name(` + canary + `)/Usage<</CreatorInfo<</Creator(` + canary + `)>>>>>>`, 21: `<</Type/OCG/Name(` + canary + `)>>`,
		30: `<</Type/Outlines/First 31 0 R/Last 31 0 R/Count 1>>`, 31: `<</Title(Chapter)/Parent 30 0 R/Dest[3 0 R/Fit]/SE 42 0 R/AA 11 0 R>>`,
		40: `<</Type/Annot/Subtype/Widget/Rect[0 0 9 9]/FT/Tx/T(field)/V(value)/AA<</K 11 0 R>>/P 3 0 R/M(` + canary + `)>>`,
		41: `<</Type/Annot/Subtype/Widget/Rect[0 0 9 9]/FT/Sig/T(` + canary + `)/V 42 0 R>>`, 42: `<</Type/Sig/Name(` + canary + `)/Contents(` + canary + `)>>`,
		50: `[40 0 R 41 0 R 51 0 R 52 0 R 53 0 R 54 0 R 55 0 R 56 0 R 57 0 R]`,
		51: `<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://example.org/)/Next 11 0 R>>/NM(` + canary + `)>>`,
		52: `<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]/FS 12 0 R/T(` + canary + `)>>`, 53: `<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents(` + canary + `)>>`,
		54: `<</Type/Annot/Subtype/Highlight/Rect[0 0 9 9]/T(` + canary + `)/Contents(` + canary + `)/M(D:2020)/CreationDate(D:2020)/Popup 53 0 R/QuadPoints[0 0 1 1]>>`,
		55: `<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/Launch/F(` + canary + `)>>>>`, 56: `<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/SubmitForm/F(` + canary + `)>>>>`,
		57: `<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(file:///C:/` + canary + `)>>>>`,
	}
	return second.write(first.write(nil, pdfTrailer), pdfTrailer)
}

func cleanPDF(t testing.TB, data []byte) ([]byte, *Info) {
	t.Helper()
	var info *Info
	out := twice(t, func(w io.Writer) (err error) {
		info, err = PDF(w, bytes.NewReader(data), int64(len(data)), Options{testOnlyScrub: fakeScrubber{}})
		return err
	})
	return out, info
}

// inside writes all objects of a PDF file as text.
func inside(t testing.TB, data []byte) string {
	t.Helper()
	f, err := pdf.Open(bytes.NewReader(data), int64(len(data)))
	must(t, err)
	var b bytes.Buffer
	for num := range f.Objects() + 1 {
		o := f.Resolve(pdf.Ref{Num: num})
		fmt.Fprintf(&b, "%d: ", num)
		if s, ok := o.(*pdf.Stream); ok {
			writeObject(&b, s.Dict)
			if content, err := f.Decode(s, 1<<20); err == nil {
				fmt.Fprintf(&b, " stream %s", content)
			}
		} else {
			writeObject(&b, o)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// TestE05PDF plants the canary wherever a PDF file can say something of its makers, or hide it.
func TestE05PDF(t *testing.T) {
	t.Parallel()
	out, info := cleanPDF(t, testPDF())
	noCanary(t, out)
	all := inside(t, out)
	noCanary(t, []byte(all))
	for _, gone := range []string{"/ID", "/Info", "/Metadata", "/PieceInfo", "/AA", "/OpenAction", "/JavaScript", "/EmbeddedFiles", "/OCProperties", "/Launch",
		"/SubmitForm", "Sig", "D:2020", "/XFA", "/Thumb", "hidden", "/Alternates", "/Producer"} {
		if strings.Contains(all, gone) {
			t.Errorf("%q is still there:\n%s", gone, all)
		}
	}
	for _, kept := range []string{"/Lang (fa)", "(shown) Tj", "(also shown) Tj", "/T (field)", "/V (value)", "(https://example.org/)", "/QuadPoints", "(Chapter)", "(one)", "/BaseFont /Helvetica", "/I1 Do"} {
		if !strings.Contains(all, kept) {
			t.Errorf("%q is gone:\n%s", kept, all)
		}
	}
	if info.Title != "Wells" || info.Language != "fa" || info.Pages != 1 || info.Byline != "" {
		t.Errorf("%+v", info)
	}
	if n := strings.Count(all, "/Type /Page>>"); n != 2 { // as an object, and in the stream that holds it
		t.Errorf("%d pages in:\n%s", n-1, all)
	}
}

// TestHiddenLayers: what is left of a page with a hidden layer draws the rest as before.
func TestHiddenLayers(t *testing.T) {
	t.Parallel()
	hides := func(name pdf.Name) bool { return name == "H" }
	for _, c := range []struct{ in, want string }{
		{"BT (a) Tj ET", "BT\n(a) Tj\nET\n"},
		{"/OC /H BDC q (a) Tj EMC Q", "q\nQ\n"},
		{"/OC /S BDC (a) Tj EMC", "(a) Tj\n"},
		{"/OC /H BDC /OC /S BDC (a) Tj EMC (b) Tj EMC (c) Tj", "(c) Tj\n"},
		{"/OC /H BDC 0 0 1 1 re f /X Do EMC", "0 0 1 1 re\nn\n"},
		{"/P <</MCID 0>> BDC (a) Tj EMC", "(a) Tj\n"},
		{"/OC /H BDC BI /W 1 ID \x00EI\x01 EI EMC BI /W 1 ID abc EI (a) '", "BI /W 1 ID abc EI\n(a) '\n"},
		{"EMC EMC (a) Tj", "(a) Tj\n"},
	} {
		if got := string(withoutHidden([]byte(c.in), hides)); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}

// TestPDFPictures: JPEG pictures pass through the cleaner for pictures, also those that are packed once
// more; where it cannot clean one, nothing is shown in its place.
func TestPDFPictures(t *testing.T) {
	t.Parallel()
	o := pdfObjects{1: `<</Type/Catalog/Pages 2 0 R>>`, 2: `<</Type/Pages/Kids[3 0 R]/Count 1>>`,
		3: `<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<</XObject<</A 4 0 R/B 5 0 R/C 6 0 R>>>>>>`,
		4: `<</Subtype/Image/Width 1/Height 1>>stream ` + jpegFile, 5: `<</Subtype/Image/Width 1/Height 1>>stream ` + jpegFile + "broken",
		6: `<</Subtype/Image/Width 1/Height 1>>stream ` + "\x00\x00\x00\x0cjP  \r\n\x87\n\x00\x00\x00\x10ftypjp2 abcd\x00\x00\x00\x13uuid" + canary + "\x00\x00\x00\x00jp2cDATA"}
	data := bytes.ReplaceAll(o.write(nil, pdfTrailer), []byte("/Filter/FlateDecode"), []byte("/Filter[/FlateDecode/DCTDecode]"))
	at := bytes.Index(data, []byte("6 0 obj"))
	data = append(data[:at:at], bytes.Replace(data[at:], []byte("/DCTDecode"), []byte("/JPXDecode"), 1)...)
	out, info := cleanPDF(t, data)
	noCanary(t, out)
	if !bytes.Contains(out, []byte(strings.ReplaceAll(jpegFile, canary, "clean"))) || !bytes.Contains(out, []byte("jp2cDATA")) {
		t.Errorf("the pictures are gone: %q", out)
	}
	if said := fmt.Sprint(info.Removed); !strings.Contains(said, "GPS position, in pictures inside") || !strings.Contains(said, "a picture that cannot be cleaned") {
		t.Error(said)
	}
}

func TestPDFRefused(t *testing.T) {
	t.Parallel()
	good := pdfObjects{1: `<</Type/Catalog/Pages 2 0 R>>`, 2: `<</Type/Pages/Kids[3 0 R]/Count 1>>`, 3: `<</Type/Page/Parent 2 0 R>>`}
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"empty":        {nil, ErrFormat},
		"another file": {[]byte("PK\x03\x04"), ErrFormat},
		"head only":    {[]byte("%PDF-1.4\n"), ErrFormat},
		"encrypted":    {good.write(nil, "/Root 1 0 R/Encrypt<</Filter/Standard>>"), ErrEncrypted},
		"no pages":     {pdfObjects{1: `<</Type/Catalog/Pages 2 0 R>>`, 2: `<</Type/Pages/Kids[]>>`}.write(nil, "/Root 1 0 R"), ErrFormat},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := PDF(io.Discard, bytes.NewReader(c.data), int64(len(c.data)), Options{}); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

// TestBrokenCrossReferences: a file whose table leads astray is read by looking for its objects.
func TestBrokenCrossReferences(t *testing.T) {
	t.Parallel()
	data := testPDF()
	want, _ := cleanPDF(t, data)
	at := bytes.LastIndex(data, []byte("startxref"))
	for name, broken := range map[string][]byte{
		"no startxref": data[:at],
		"shifted":      bytes.Replace(data, []byte("%PDF-1.4\n"), []byte("%PDF-1.4\n%more\n"), 1),
		"wrong number": bytes.Replace(data, []byte("\n5 0 obj"), []byte("\n5  0 obj"), 2),
	} {
		out, _ := cleanPDF(t, broken)
		noCanary(t, []byte(inside(t, out)))
		if len(out) < len(want)/2 || !strings.Contains(inside(t, out), "(shown) Tj") {
			t.Errorf("%s: %d bytes, want about %d", name, len(out), len(want))
		}
	}
}

// TestPDFTools lets other programs judge what becomes of files that others made.
func TestPDFTools(t *testing.T) {
	t.Parallel()
	qpdf, pdftotext, exiftool := need(t, "qpdf"), need(t, "pdftotext"), need(t, "exiftool")
	files, err := filepath.Glob("testdata/*.pdf")
	must(t, err)
	if len(files) == 0 {
		t.Fatal("no files")
	}
	for _, name := range files {
		out, _ := cleanPDF(t, testdata(t, filepath.Base(name)))
		after := filepath.Join(t.TempDir(), "after.pdf")
		must(t, os.WriteFile(after, out, 0o600))
		if said, err := exec.Command(qpdf, "--check", after).CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", name, err, said)
		}
		was, err := exec.Command(pdftotext, name, "-").Output()
		must(t, err)
		is, err := exec.Command(pdftotext, after, "-").Output()
		must(t, err)
		if !bytes.Equal(was, is) || len(is) == 0 {
			t.Errorf("%s: the text was %q, and is %q", name, was, is)
		}
		said, err := exec.Command(exiftool, "-s", "-PDF:all", "-XMP:all", after).Output()
		must(t, err)
		for line := range strings.Lines(string(said)) {
			if tag, _, _ := strings.Cut(line, " "); tag != "PDFVersion" && tag != "Linearized" && tag != "PageCount" && tag != "Language" && tag != "PageMode" && tag != "TaggedPDF" {
				t.Errorf("%s: exiftool finds %s", name, line)
			}
		}
	}
}
