package ingest

import (
	"archive/zip"
	"bytes"
	"mime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/unicode"

	"satchel/bundle"
)

// one scans a folder of a single file below its top and returns what it became.
func one(t *testing.T, name, content string) bundle.Item {
	t.Helper()
	r := scanAll(t, open(t, Options{KeepMetadata: bundle.Kinds}, lay(t, map[string]string{name: content})))
	if len(r.items) != 1 {
		t.Fatalf("%q with %.40q: refused %q, left out %q", name, content, r.refused, r.left)
	}
	return r.items[0]
}

const (
	jpeg = "\xff\xd8\xff\xe0\x00\x10JFIF\x00"
	png  = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00"
	ogg  = "OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x1e"
)

func ftyp(brand string) string {
	return "\x00\x00\x00\x18ftyp" + brand + "\x00\x00\x02\x00" + brand + "mp41"
}

func webm(doc string) string {
	return "\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82" +
		string(rune(0x80 + len(doc)))[1:] + doc
}

func TestKindByContent(t *testing.T) {
	t.Parallel()
	const text, html = "; charset=utf-8", "text/html; charset=utf-8"
	for _, tt := range []struct {
		name, content string
		kind          bundle.Kind
		mime          string
	}{
		// Pages.
		{"d/a.html", "<!DOCTYPE html><p>x", bundle.KindPage, html},
		{"d/a.htm", "just words", bundle.KindPage, html},
		{"d/a", "\ufeff <!-- saved --> <HTML><p>x", bundle.KindPage, html},
		{"d/a.php", "<html><p>saved", bundle.KindPage, html},
		{"d/a.html", "<?xml version='1.0'?><!DOCTYPE html PUBLIC '' ''><html xmlns='x'>", bundle.KindPage, html},
		{"d/a.xhtml", "<html xmlns='x'>", bundle.KindPage, "application/xhtml+xml" + text},
		{"d/a.xml", "<?xml version='1.0'?><html xmlns='x'>", bundle.KindPage, "application/xhtml+xml" + text},
		{"d/a.html", "<p>a stray \x00 and \x08", bundle.KindPage, html},
		// D16: a name that lies about its content changes nothing.
		{"d/photo.jpg", "<html><script>x</script>", bundle.KindPage, html},
		{"d/page.html", jpeg, bundle.KindPicture, "image/jpeg"},
		{"d/song.txt", jpeg, bundle.KindPicture, "image/jpeg"},
		{"d/photo.jpg", png, bundle.KindPicture, "image/png"},
		// Texts, where the name decides between one and another.
		{"d/a.txt", "<html>the source of a page", bundle.KindText, "text/plain" + text},
		{"d/README.md", "<div align=center>\n\n# Title", bundle.KindText, "text/markdown" + text},
		{"d/element-list", "module:java.base", bundle.KindText, "text/plain" + text},
		{"d/Version 2.1 notes", "words", bundle.KindText, "text/plain" + text},
		{"d/a.csv", "a;b", bundle.KindText, "text/csv" + text},
		{"d/a.log", "\x1b[1m bold", bundle.KindText, "text/plain" + text},
		{"d/a.css", "p{}", bundle.KindResource, "text/css" + text},
		{"d/a.json", "{}", bundle.KindResource, "application/json"},
		{"d/a.xml", "<div>no declaration</div>", bundle.KindResource, "application/xml" + text},
		{"d/a.odd", "<?xml version='1.0'?><thing/>", bundle.KindResource, "application/xml" + text},
		{"d/a.srt", "1\n00:00:01,000 --> 00:00:02,000\nx", bundle.KindCaptions, "application/x-subrip" + text},
		{"d/a.txt", "WEBVTT\n\n", bundle.KindCaptions, "text/vtt" + text},
		{"d/a.smi", "<SAMI><BODY>", bundle.KindCaptions, "application/x-sami" + text},
		{"d/a.ass", "[Script Info]", bundle.KindCaptions, "text/x-ssa" + text},
		// Documents and books.
		{"d/a.bin", "%PDF-1.4\n", bundle.KindDocument, "application/pdf"},
		{"d/a.doc", `{\rtf1 x}`, bundle.KindDocument, "application/rtf"},
		{"d/a.odt", zipStart("mimetype", "application/vnd.oasis.opendocument.text"), bundle.KindDocument,
			"application/vnd.oasis.opendocument.text"},
		{"d/a.hwpx", zipStart("mimetype", "application/hwp+zip"), bundle.KindDocument, "application/hwp+zip"},
		{"d/a.docx", docx(t), bundle.KindDocument, ooxml("wordprocessingml.document").mime},
		{"d/a.epub", zipStart("mimetype", "application/epub+zip"), bundle.KindBook, "application/epub+zip"},
		{"d/b.epub", zipStart("META-INF/container.xml", "x"), bundle.KindBook, "application/epub+zip"},
		// Pictures, fonts.
		{"d/a.gif", "GIF89a\x01\x00\x01\x00\x00", bundle.KindPicture, "image/gif"},
		{"d/a.webp", "RIFF\x1a\x00\x00\x00WEBPVP8L", bundle.KindPicture, "image/webp"},
		{"d/a.avif", ftyp("avif"), bundle.KindPicture, "image/avif"},
		{"d/a.heic", ftyp("heic"), bundle.KindPicture, "image/heic"},
		{"d/a.tif", "II*\x00\x08\x00\x00\x00", bundle.KindPicture, "image/tiff"},
		{"d/a.bmp", "BM\x3a" + strings.Repeat("\x00", 11) + "\x28" + strings.Repeat("\x00", 43), bundle.KindPicture, "image/bmp"},
		{"favicon.ico", "\x00\x00\x01\x00\x01\x00", bundle.KindPicture, "image/vnd.microsoft.icon"},
		{"d/a.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>", bundle.KindPicture, "image/svg+xml"},
		{"d/a.html", "<?xml version='1.0'?>\n<!DOCTYPE svg [<!ENTITY a '>'>]><svg:svg/>", bundle.KindPicture, "image/svg+xml"},
		{"d/a.woff2", "wOF2\x00\x01\x00\x00", bundle.KindResource, "font/woff2"},
		{"d/a.woff", "wOFF\x00\x01\x00\x00", bundle.KindResource, "font/woff"},
		{"d/a.otf", "OTTO\x00\x0b\x00\x80\x00\x03\x00\x30CFF " + strings.Repeat("\x00", 40), bundle.KindResource, "font/otf"},
		// Sound and film.
		{"d/a.mp3", "ID3\x03\x00\x00\x00\x00\x00\x0aTIT2\x00\x00\x00\x00\x00\x00", bundle.KindSound, "audio/mpeg"},
		{"d/a.opus", ogg + "OpusHead\x01\x02", bundle.KindSound, "audio/ogg"},
		{"d/a.flac", "fLaC\x00\x00\x00\x22", bundle.KindSound, "audio/flac"},
		{"d/a.wav", "RIFF\x24\x00\x00\x00WAVEfmt ", bundle.KindSound, "audio/wav"},
		{"d/a.m4a", ftyp("M4A "), bundle.KindSound, "audio/mp4"},
		{"d/b.m4a", ftyp("isom"), bundle.KindSound, "audio/mp4"},
		{"d/a.mp4", ftyp("isom"), bundle.KindVideo, "video/mp4"},
		{"d/a.mov", ftyp("qt  "), bundle.KindVideo, "video/quicktime"},
		{"d/a.3gp", ftyp("3gp4"), bundle.KindVideo, "video/3gpp"},
		{"d/a.webm", webm("webm"), bundle.KindVideo, "video/webm"},
		{"d/a.weba", webm("webm"), bundle.KindSound, "audio/webm"},
		{"d/a.mkv", webm("matroska"), bundle.KindVideo, "video/x-matroska"},
		{"d/a.avi", "RIFF\x00\x00\x01\x00AVI LIST\x00\x00\x00\x00", bundle.KindVideo, "video/x-msvideo"},
		// Files to save, and empty ones.
		{"d/a.zip", zipStart("a.json", "{}"), bundle.KindFile, "application/zip"},
		{"d/a.pdf.gz", "\x1f\x8b\x08\x00\x00\x00\x00\x00", bundle.KindFile, "application/gzip"},
		{"d/a.mng", "\x8aMNG\r\n\x1a\n\x00", bundle.KindFile, "video/x-mng"},
		{"d/a.xpm", "/* XPM */\nstatic char", bundle.KindFile, "image/x-xpixmap"},
		{"empty.bin", "", bundle.KindFile, "application/octet-stream"},
		{"empty.txt", "", bundle.KindText, "text/plain" + text},
		{"empty.html", "", bundle.KindPage, html},
		{"empty", "", bundle.KindText, "text/plain" + text},
	} {
		got := one(t, tt.name, tt.content)
		if got.Kind != tt.kind || got.Type != tt.mime {
			t.Errorf("%s with %.30q: %s, %s; want %s, %s", tt.name, tt.content, got.Kind, got.Type, tt.kind, tt.mime)
		}
	}
}

func docx(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", "word/document.xml"} {
		if _, err := w.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestCharset(t *testing.T) {
	t.Parallel()
	euckr := func(s string) string {
		out, err := korean.EUCKR.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("<title>물</title>")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, content, mime, title string }{
		{"a.html", euckr("<meta charset='euc-kr'><title>물을 끓이자</title>"), "text/html; charset=euc-kr", "물을 끓이자"},
		{"a.html", "<meta charset='euc-kr'><title>물을 끓이자</title>", "text/html; charset=utf-8", "물을 끓이자"},
		{"a.html", "<meta charset=euc-kr><title>ascii</title>", "text/html; charset=utf-8", "ascii"},
		{"a.html", "<meta charset=latin1><title>caf\xe9</title>", "text/html; charset=windows-1252", "café"},
		{"a.html", euckr("<meta charset='no-such;\"x'><title>물을 끓여서 마시는 방법</title>"), "text/html; charset=euc-kr", "물을 끓여서 마시는 방법"},
		{"a.html", utf16, "text/html; charset=utf-16le", "물"},
		{"a.xhtml", "<?xml version='1.0' encoding='windows-1251'?><html><title>\xc2\xee\xe4\xe0</title>",
			"application/xhtml+xml; charset=windows-1251", "Вода"},
		{"a.css", "@charset \"shift_jis\";p{font-family:\"\x82\x6c\"}", "text/css; charset=shift_jis", "a.css"},
		{"a.txt", euckr("# 물을 끓여서 마시는 방법"), "text/plain; charset=euc-kr", "물을 끓여서 마시는 방법"},
		{"a.txt", "\xef\xbb\xbf# Water", "text/plain; charset=utf-8", "Water"},
		{"a.html", "<meta charset=iso-2022-jp><title>\x1b$B?e\x1b(B</title>", "text/html; charset=iso-2022-jp", "水"},
		{"a.html", strings.Repeat(" ", headLen-1-len("<p>")) + "<p>é", "text/html; charset=utf-8", "a"},
	} {
		got := one(t, tt.name, tt.content)
		if got.Type != tt.mime || got.Title != tt.title {
			t.Errorf("%s with %.40q: %s, title %q; want %s, %q", tt.name, tt.content, got.Type, got.Title, tt.mime, tt.title)
		}
	}
}

// FuzzLook: whatever a file contains, what we say of it is of our own making.
func FuzzLook(f *testing.F) {
	for _, name := range []string{"a.html", "a.txt", "a.md", "a", "a.svg", "a.xml", "a.css", "a.smi", "a.php"} {
		for _, content := range []string{"<title>x", "<?xml encoding='utf-7'?><svg>", jpeg, "# x\n", "\xff\xfea\x00",
			"<!DOCTYPE x [", "WEBVTT", "MZ\x00", pem("PRIVATE KEY"), "<meta charset=big5>\xa4\xf4", ftyp("isom")} {
			f.Add(name, []byte(content))
		}
	}
	types := knownTypes()
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		whole := len(content) <= headLen
		h := &head{ext: extension(strings.ToLower(name)), raw: content[:min(len(content), headLen)], whole: whole}
		got := judgeContent("d/"+name, name, h, int64(len(content)))
		if got.verdict != packed {
			if got.reason == "" {
				t.Errorf("not packed, without a reason")
			}
			return
		}
		checkItem(t, got.item, types)
	})
}

// knownTypes are all media types that may ever be given.
func knownTypes() []string {
	types := []string{"image/svg+xml", "application/rtf", "application/hwp+zip", "image/x-xpixmap", "video/x-mng",
		"application/octet-stream", "video/ogg", "audio/webm", "audio/x-matroska", "audio/3gpp"}
	for _, c := range textByName {
		types = append(types, c.mime)
	}
	for _, c := range binaryTypes {
		types = append(types, c.mime)
	}
	return types
}

func checkItem(t *testing.T, it bundle.Item, types []string) {
	t.Helper()
	base, params, err := mime.ParseMediaType(it.Type)
	if err != nil || !slices.Contains(types, base) || len(it.Type) > 128 {
		t.Errorf("type %q, %v", it.Type, err)
	}
	if c := params["charset"]; c != "" && c != utf8Name && legacy(c) == nil {
		t.Errorf("charset %q", c)
	}
	if !slices.Contains(bundle.Kinds, it.Kind) {
		t.Errorf("kind %q", it.Kind)
	}
	if len(it.Title) == 0 || len(it.Title) > bundle.MaxTitle || !utf8.ValidString(it.Title) ||
		cleanTitle(it.Title) != it.Title && it.Title != "-" {
		t.Errorf("title %q", it.Title)
	}
	if cleanLanguage(it.Language) != it.Language || cleanDate(it.Date) != it.Date {
		t.Errorf("language %q, date %q", it.Language, it.Date)
	}
}
