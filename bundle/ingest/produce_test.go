package ingest

import (
	"archive/zip"
	"bytes"
	"image"
	jpg "image/jpeg"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/korean"

	"satchel/bundle"
	"satchel/bundle/ingest/collection"
	"satchel/bundle/ingest/never"
)

// contentOf is what is packed of the item at a path.
func contentOf(t *testing.T, f *Folder, path string) string {
	t.Helper()
	c, err := f.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	data, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// photo is a JPEG picture with an Exif segment, which has an orientation and a canary in it.
func photo(t *testing.T, orientation byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := jpg.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 32)), nil); err != nil {
		t.Fatal(err)
	}
	exif := "Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x02" +
		"\x01\x0f\x00\x02\x00\x00\x00\x0c\x00\x00\x00\x26" + "\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(orientation) + "\x00\x00" +
		"\x00\x00\x00\x00" + "CANARY-7f3a\x00"
	segment := "\xff\xe1\x00" + string(rune(len(exif)+2)) + exif
	return b.String()[:2] + segment + b.String()[2:]
}

// TestE01PhotosAreCleaned: what a picture tells of its maker is not packed, and is reported; what is
// packed is as long as the item says.
func TestE01PhotosAreCleaned(t *testing.T) {
	t.Parallel()
	f := open(t, Options{}, lay(t, map[string]string{"a/photo.jpg": photo(t, 1), "a/plain.txt": "x"}))
	r := scanAll(t, f)
	got := contentOf(t, f, "a/photo.jpg")
	if strings.Contains(got, "CANARY") || int64(len(got)) != r.items[0].Size {
		t.Errorf("%d bytes, %d said: %q", len(got), r.items[0].Size, got)
	}
	if it := r.items[0]; it.Width != 64 || it.Height != 32 {
		t.Errorf("%d by %d pixels", it.Width, it.Height)
	}
	if list, more := f.Cleaned(); len(list) != 1 || more != 0 || list[0].Path != "a/photo.jpg" || len(list[0].Removed) == 0 {
		t.Errorf("cleaned: %+v", list)
	}
	kept := open(t, Options{KeepMetadata: []bundle.Kind{bundle.KindPicture}}, lay(t, map[string]string{"a/photo.jpg": photo(t, 1)}))
	scanAll(t, kept)
	if !strings.Contains(contentOf(t, kept, "a/photo.jpg"), "CANARY") {
		t.Error("it is cleaned although its kind is to be kept as it is")
	}
}

// TestE02PhotosAreUpright: a picture that said how to turn it is turned.
func TestE02PhotosAreUpright(t *testing.T) {
	t.Parallel()
	f := open(t, Options{}, lay(t, map[string]string{"a/photo.jpg": photo(t, 6)}))
	it := scanAll(t, f).items[0]
	content := contentOf(t, f, "a/photo.jpg")
	c, err := jpg.DecodeConfig(strings.NewReader(content))
	if err != nil || c.Width != 32 || c.Height != 64 || it.Width != 32 || it.Height != 64 || strings.Contains(content, "CANARY") {
		t.Errorf("%+v, %+v, %v", c, it, err)
	}
}

// TestCaptionsBecomeWebVTT: captions as Korean films come with them.
func TestCaptionsBecomeWebVTT(t *testing.T) {
	t.Parallel()
	const smi = `<SAMI><HEAD><STYLE><!-- .KRCC {Name:Korean; lang:ko-KR;} --></STYLE></HEAD><BODY>
<SYNC Start=1000><P Class=KRCC>물을 끓이세요<br>십 분 동안
<SYNC Start=3000><P Class=KRCC>&nbsp;</BODY></SAMI>`
	legacy, err := korean.EUCKR.NewEncoder().String(smi)
	if err != nil {
		t.Fatal(err)
	}
	f := open(t, Options{}, lay(t, map[string]string{"a/utf8.smi": smi, "a/cp949.smi": legacy, "a/odd.vtt": "no captions"}))
	for _, it := range scanAll(t, f).items {
		if it.Path == "a/odd.vtt" {
			continue
		}
		got := contentOf(t, f, it.Path)
		if !strings.HasPrefix(got, "WEBVTT\n") || !strings.Contains(got, "00:00:01.000 --> 00:00:03.000") || it.Language != "ko" ||
			!strings.Contains(got, "물을 끓이세요") {
			t.Errorf("%s (%s): %s", it.Path, it.Language, got)
		}
	}
	if got := contentOf(t, f, "a/odd.vtt"); got != "no captions" {
		t.Errorf("what is no captions: %q", got)
	}
}

// TestUnsaid: what is listed as never to be said is found where readers would, and the file that says
// it is refused with the place.
func TestUnsaid(t *testing.T) {
	t.Parallel()
	list, err := never.Parse([]byte("# who must not be named\nJohn Doe\n+82 10-1234-5678\n김철수\n"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"a/page.html":      "<title>t</title><p>it was Jo<b>hn</b> d&#111;e who\n said so",
		"a/attribute.html": `<title>t</title><p>x<img src="x.png" alt="John Doe at the well">`,
		"a/phone.md":       "# Call\n\n010 1234 5678\n",
		"a/name.txt":       "어제 김철수가 왔다",
		"a/film.smi":       "<SAMI><BODY><SYNC Start=0><P Class=KRCC>김철수<SYNC Start=900></BODY></SAMI>",
		"김철수/b.html":       "<title>t</title><p>nothing",
		"a/title.html":     "<title>John Doe</title><p>nothing",
		"a/fine.html":      "<title>t</title><p>Johnny Doer, 010 1234 5679",
		"a/report.docx":    wordDocument(t, "it was John Doe"),
		"a/hidden.docx":    wordDocument(t, `</w:t></w:r><w:bookmarkStart w:id="1" w:name="John_Doe"/><w:r><w:t>x`),
		"a/map.svg":        `<svg xmlns="http://www.w3.org/2000/svg"><text>John <tspan>Doe</tspan></text></svg>`,
		"a/split.html":     `<title>t</title><p>J<ins>o</ins>hn <time>D</time>oe`,
		"a/ruby.html":      `<title>t</title><p><ruby>J<rt>x</rt>o<rt>y</rt></ruby>hn Doe`,
		"site/a.html":      `<link rel=stylesheet href=s.css><title>t</title><p>t<noscript>Jo<b>h</b>n Doe</noscript>`,
		"site/b.html":      `<link rel=stylesheet href=s.css><title>t</title><p>Jo<template>x</template>hn <datalist></datalist>Doe`,
		"site/s.css":       "p { color: red }",
		"a/ruby.vtt":       "WEBVTT\n\n00:01.000 --> 00:02.000\n<ruby>Jo<rt>x</rt></ruby>hn Doe\n",
		"a/percent.html":   `<title>t</title><a href="https://site.example/John%20Doe">x</a>`,
		"a/bold.vtt":       "WEBVTT\n\n00:01.000 --> 00:02.000\nJ<b>o</b>hn Doe\n",
		"a/data.json":      `{"name": "\u004aohn Doe"}`,
		"a/data.xml":       `<a><b>John</b><b>Doe</b></a>`,
	}
	r := scanAll(t, open(t, Options{Unsaid: list}, lay(t, files)))
	wantPaths(t, "packed", r.paths(), "a/fine.html", "site/s.css")
	for path, reason := range r.refused {
		if !strings.HasPrefix(reason, "it must not be said, and stands in") {
			t.Errorf("%s: %s", path, reason)
		}
	}
	if len(r.refused) != len(files)-2 {
		t.Errorf("refused: %q", r.refused)
	}
	if got := r.refused["a/phone.md"]; !strings.Contains(got, `"+82 10-1234-5678"`) || !strings.Contains(got, "line ") {
		t.Errorf("the reason does not say what, and where: %s", got)
	}
}

// TestUnsaidInFilms: captions inside a film cannot be searched, so such a film is refused where a list is given.
func TestUnsaidInFilms(t *testing.T) {
	t.Parallel()
	list, err := never.Parse([]byte("John Doe\n"))
	if err != nil {
		t.Fatal(err)
	}
	dir := lay(t, map[string]string{"captions.srt": "1\n00:00:00,000 --> 00:00:01,000\nJohn Doe\n"})
	base := []string{"-v", "error", "-f", "lavfi", "-i", "testsrc=d=0.5:s=64x48:r=10", "-i", "captions.srt", "-pix_fmt", "yuv420p"}
	for _, args := range [][]string{
		{"-map", "0", "plain.mp4"}, {"-map", "0", "-map", "1", "-c:s", "mov_text", "said.mp4"},
		{"-map", "0", "plain.mkv"}, {"-map", "0", "-map", "1", "-c:s", "srt", "said.mkv"},
	} {
		execute(t, dir, "ffmpeg", append(slices.Clone(base), args...)...)
	}
	if err := os.Remove(filepath.Join(dir, "captions.srt")); err != nil {
		t.Fatal(err)
	}
	r := scanAll(t, open(t, Options{Unsaid: list}, dir))
	wantPaths(t, "packed", r.paths(), "plain.mkv", "plain.mp4")
	for _, name := range []string{"said.mkv", "said.mp4"} {
		if !strings.Contains(r.refused[name], "it has captions or names of chapters inside") {
			t.Errorf("%s: %q", name, r.refused[name])
		}
	}
	if r := scanAll(t, open(t, Options{}, dir)); len(r.refused) != 0 {
		t.Errorf("refused without a list: %q", r.refused)
	}
}

// TestPagesThatShowLittle: a curator is told of pages that are empty without their scripts.
func TestPagesThatShowLittle(t *testing.T) {
	t.Parallel()
	f := open(t, Options{HTML: collection.Site}, lay(t, map[string]string{
		"app.html":     `<title>App</title><div id=root>Loading</div><script>run("` + strings.Repeat("x", 200) + `")</script>`,
		"picture.html": `<title>p</title><script src=a.js></script><img src=p.png>`,
		"text.html":    `<title>t</title><p>` + strings.Repeat("words ", 20) + `<script>x()</script>`,
		"short.html":   `<title>t</title><p>nothing runs here`,
	}))
	scanAll(t, f)
	var told []string
	for _, n := range f.Report("", 0).Placeholders {
		told = append(told, n.Path)
	}
	wantPaths(t, "show little", told, "app.html")
}

// TestDuplicates: the report names contents that are there more than once, also large ones.
func TestDuplicates(t *testing.T) {
	t.Parallel()
	large := photo(t, 1) // and what is behind it goes
	film := strings.Repeat("1,2,3\n", summed/4)
	f := open(t, Options{}, lay(t, map[string]string{
		"a/x.jpg": large, "b/y.jpg": large + "more", "a/one.csv": film, "c/two.csv": film, "c/three.csv": film + "4,5,6\n", "n": "other", "e.txt": "", "f.txt": "",
	}))
	scanAll(t, f)
	var told []string
	for _, d := range f.Report("", 0).Duplicates {
		told = append(told, strings.Join(d.Paths, "="))
	}
	wantPaths(t, "duplicates", told, "a/one.csv=c/two.csv", "a/x.jpg=b/y.jpg")
}

// wordDocument is a document of one paragraph.
func wordDocument(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
			`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` +
			`<w:p><w:r><w:t>` + text + `</w:t></w:r></w:p></w:body></w:document>`},
	} {
		f, err := w.Create(part[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(part[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestLanguagesOfOneFile: captions in several languages become an item each, but where there is a file of
// that name.
func TestLanguagesOfOneFile(t *testing.T) {
	t.Parallel()
	sami := "<SAMI><HEAD><STYLE><!-- .KRCC {Name:Korean; lang:ko-KR;} .ENCC {Name:English; lang:en-US;} .FRCC {Name:French; lang:fr-FR;} --></STYLE></HEAD><BODY>" +
		"<SYNC Start=0><P Class=KRCC>물<P Class=ENCC>Water<P Class=FRCC>Eau<SYNC Start=900><P Class=KRCC>&nbsp;<P Class=ENCC>&nbsp;<P Class=FRCC>&nbsp;</BODY></SAMI>"
	f := open(t, Options{}, lay(t, map[string]string{"a/film.smi": sami, "a/film.fr.smi": "<SAMI><BODY><SYNC Start=0><P>autre<SYNC Start=900></BODY></SAMI>"}))
	r := scanAll(t, f)
	wantPaths(t, "items", r.paths(), "a/film.fr.smi", "a/film.smi", "a/film.en.smi")
	if got := contentOf(t, f, "a/film.en.smi"); !strings.Contains(got, "Water") || strings.Contains(got, "Eau") {
		t.Errorf("English captions are %q", got)
	}
	if got := contentOf(t, f, "a/film.fr.smi"); !strings.Contains(got, "autre") {
		t.Errorf("French captions are %q", got)
	}
	if it := r.items[2]; it.Language != "en" || it.Kind != bundle.KindCaptions {
		t.Errorf("%+v", it)
	}
	list, err := never.Parse([]byte("Water\n"))
	if err != nil {
		t.Fatal(err)
	}
	if r := scanAll(t, open(t, Options{Unsaid: list}, lay(t, map[string]string{"a/film.smi": sami}))); len(r.refused) != 1 {
		t.Error("what must not be said is said in the second language")
	}
	if _, err := f.Open("a/film.de.smi"); err == nil {
		t.Error("captions that nobody made can be opened")
	}
}

// TestE15RestIsPacked: what attacks its reader stops the packing, with its reason; a curator who has seen
// it may have it left out, and the rest is packed.
func TestE15RestIsPacked(t *testing.T) {
	t.Parallel()
	huge := "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x06\x00\x00\x00\x00\x00\x00\x00"
	hostile := map[string]string{
		"a/xxe.svg":    `<!DOCTYPE svg [<!ENTITY e SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg"><text>&e;</text></svg>`,
		"a/huge.png":   huge,
		"a/cut.jpg":    photo(t, 1)[:40],
		"a/broken.pdf": "%PDF-1.7\n1 0 obj << /Type /Catalog >> trailer << /Root 9 0 R >>\n%%EOF",
	}
	files := map[string]string{"a/page.html": "<title>t</title><p>fine"}
	maps.Copy(files, hostile)
	dir := lay(t, files)
	strict := scanAll(t, open(t, Options{}, dir))
	skipping := scanAll(t, open(t, Options{SkipUnsupported: true}, dir))
	wantPaths(t, "packed", skipping.paths(), "a/page.html")
	for path := range hostile {
		if strict.refused[path] == "" || skipping.left[path] != strict.refused[path] {
			t.Errorf("%s: refused %q, left out %q", path, strict.refused[path], skipping.left[path])
		}
	}
}
