package book

import (
	"archive/zip"
	"bytes"
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// files are a book's files by path.
type files map[string]string

// small is a book with tables of contents of both versions.
func small() files {
	return files{
		"mimetype": mediaType,
		"META-INF/container.xml": `<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
			<rootfile full-path="OEBPS/a.opf" media-type="application/oebps-package+xml"/></rootfiles></container>`,
		"OEBPS/a.opf": `<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/" version="3.0" unique-identifier="id">
			<metadata><dc:identifier id="id">urn:uuid:01234567-89ab-cdef-0123-456789abcdef</dc:identifier>
			<dc:title>Wells &amp;  pumps</dc:title><dc:title>Other</dc:title><dc:language>fa</dc:language>
			<dc:creator id="t">Translator</dc:creator><meta refines="#t" property="role">trl</meta>
			<dc:creator>Author</dc:creator><dc:date>2020-01-02</dc:date><dc:description>About &lt;p&gt;wells</dc:description>
			<meta property="rendition:layout">pre-paginated</meta><meta name="cover" content="pic"/></metadata>
			<manifest><item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="scripted nav"/>
			<item id="x" href="toc.ncx" media-type="application/x-dtbncx+xml"/>
			<item id="c1" href="text/one%20a.xhtml" media-type="application/xhtml+xml"/>
			<item id="c2" href="text/two.xhtml" media-type="application/XHTML+xml; charset=utf-8"/>
			<item id="gone" href="gone.xhtml" media-type="application/xhtml+xml"/>
			<item id="out" href="../../etc/passwd" media-type="text/plain"/>
			<item id="far" href="http://example.org/a.png" media-type="image/png"/>
			<item id="pic" href="p.png" media-type="image/png"/><item id="font" href="f.otf" media-type="font/otf"/></manifest>
			<spine toc="x" page-progression-direction="rtl"><itemref idref="c1"/><itemref idref="gone"/><itemref idref="c2" linear="no" properties="page-spread-left"/></spine></package>`,
		"OEBPS/nav.xhtml": `<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body>
			<nav epub:type="landmarks"><ol><li><a href="x">not this</a></li></ol></nav>
			<nav epub:type="toc"><h1>Contents</h1><ol><li><span>Part</span><ol><li><a href="text/one%20a.xhtml#s"><b>One</b>
			 a</a></li></ol></li><li><a href="http://example.org/">Out</a></li></ol></nav>
			<nav epub:type="page-list"><ol><li><a href="text/two.xhtml">7</a></li></ol></nav></body></html>`,
		"OEBPS/toc.ncx": `<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><docTitle><text>T</text></docTitle><navMap>
			<navPoint><navLabel><text>1</text></navLabel><content src="text/one%20a.xhtml"/>
			<navPoint><navLabel><text>1.1</text></navLabel><content src="text/two.xhtml#b"/></navPoint></navPoint></navMap>
			<pageList><pageTarget><navLabel><text>p</text></navLabel><content src="x"/></pageTarget></pageList></ncx>`,
		"OEBPS/text/one a.xhtml": "<html xmlns='http://www.w3.org/1999/xhtml'/>",
		"OEBPS/text/two.xhtml":   "two", "OEBPS/p.png": "PNG", "OEBPS/f.otf": strings.Repeat("font", 300), "hidden.txt": "h",
	}
}

// with returns a copy with one file replaced, or left out where it is "".
func (f files) with(name, content string) files {
	f = files{}.add(f)
	if f[name] = content; content == "" {
		delete(f, name)
	}
	return f
}

func (f files) add(other files) files {
	for k, v := range other {
		f[k] = v
	}
	return f
}

func (f files) zip(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	var names []string
	for name := range f {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, f[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(data []byte) (*Book, error) { return Open(bytes.NewReader(data), int64(len(data))) }

func mustOpen(t testing.TB, f files) *Book {
	t.Helper()
	b, err := open(f.zip(t))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOpen(t *testing.T) {
	t.Parallel()
	b := mustOpen(t, small())
	for _, c := range []struct{ what, got, want string }{
		{"title", b.Title, "Wells & pumps"}, {"language", b.Language, "fa"}, {"date", b.Date, "2020-01-02"},
		{"creators", strings.Join(b.Creators, "+"), "Author"}, {"summary", b.Summary, "About <p>wells"},
		{"cover", b.Cover, "OEBPS/p.png"}, {"dir", b.Dir, "rtl"},
		{"fixed", fmt.Sprint(b.Fixed), "true"},
		{"chapters", fmt.Sprint(b.Chapters), "[{OEBPS/text/one a.xhtml One a 1 false } {OEBPS/text/two.xhtml  1 true page-spread-left}]"},
		{"contents", fmt.Sprint(b.Contents), "[{Part   0} {One a OEBPS/text/one a.xhtml s 1} {Out   0}]"},
		{"nav", b.Navigation, "OEBPS/nav.xhtml"}, {"ncx", b.NCX, "OEBPS/toc.ncx"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.what, c.got, c.want)
		}
	}
}

// TestNCX: a book of EPUB 2, or one whose nav is broken, has the contents of its NCX.
func TestNCX(t *testing.T) {
	t.Parallel()
	const want = "[{1 OEBPS/text/one a.xhtml  0} {1.1 OEBPS/text/two.xhtml b 1}]"
	for _, nav := range []string{"", "<html><p>", "<html xmlns='http://www.w3.org/1999/xhtml'/>"} {
		if got := fmt.Sprint(mustOpen(t, small().with("OEBPS/nav.xhtml", nav)).Contents); got != want {
			t.Errorf("nav is %q: %s, want %s", nav, got, want)
		}
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	b := mustOpen(t, small())
	if data, kind, err := b.Read("OEBPS/text/two.xhtml", 3); string(data) != "two" || kind != "application/xhtml+xml" || err != nil {
		t.Errorf("%q, %q, %v", data, kind, err)
	}
	if _, _, err := b.Read("OEBPS/text/two.xhtml", 2); !errors.Is(err, ErrLimit) {
		t.Errorf("over the limit: %v", err)
	}
	for _, name := range []string{"hidden.txt", "OEBPS/../hidden.txt", "OEBPS/gone.xhtml", "/etc/passwd", "META-INF/container.xml", ""} {
		if _, _, err := b.Read(name, 100); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

const encryption = `<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:e="http://www.w3.org/2001/04/xmlenc#">
	<e:EncryptedData><e:EncryptionMethod Algorithm="%s"/><e:CipherData><e:CipherReference URI="OEBPS/f.otf"/></e:CipherData></e:EncryptedData></encryption>`

// TestObfuscatedFonts reads fonts that were mixed with the identifier, as section 4.4 of the container
// format says, and as Adobe's programs did.
func TestObfuscatedFonts(t *testing.T) {
	t.Parallel()
	const id = "urn:uuid:01234567-89ab-cdef-0123-456789abcdef"
	long := sha1.Sum([]byte(id))
	for method, c := range map[string]struct {
		key  []byte
		size int
	}{
		"http://www.idpf.org/2008/embedding": {long[:], 1040},
		"http://ns.adobe.com/pdf/enc#RC":     {[]byte("\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef"), 1024},
	} {
		f := small()
		mixed := []byte(f["OEBPS/f.otf"])
		for i := range c.size {
			mixed[i] ^= c.key[i%len(c.key)]
		}
		b := mustOpen(t, f.with("OEBPS/f.otf", string(mixed)).with("META-INF/encryption.xml", fmt.Sprintf(encryption, method)))
		if got, _, err := b.Read("OEBPS/f.otf", 1<<20); err != nil || string(got) != f["OEBPS/f.otf"] {
			t.Errorf("%s: %.20q, %v", method, got, err)
		}
		if r, err := b.Open("OEBPS/f.otf"); err != nil || b.Raw("OEBPS/f.otf") != nil {
			t.Errorf("%s: %v", method, err)
		} else if got, _ := io.ReadAll(r); string(got) != f["OEBPS/f.otf"] {
			t.Errorf("%s, opened: %.20q", method, got)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	opf := small()["OEBPS/a.opf"]
	many := func(what string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, what, i)
		}
		return b.String()
	}
	for name, c := range map[string]struct {
		name, content string
		want          error
	}{
		"another type":      {"mimetype", "application/vnd.oasis.opendocument.text", ErrFormat},
		"no container":      {"META-INF/container.xml", "", ErrFormat},
		"empty container":   {"META-INF/container.xml", "<container/>", ErrFormat},
		"no package":        {"OEBPS/a.opf", "", ErrFormat},
		"broken package":    {"OEBPS/a.opf", opf[:len(opf)-20], ErrFormat},
		"no chapters":       {"OEBPS/a.opf", strings.ReplaceAll(opf, "itemref", "x"), ErrFormat},
		"DRM":               {"META-INF/encryption.xml", fmt.Sprintf(encryption, "http://www.w3.org/2001/04/xmlenc#aes256-cbc"), ErrProtected},
		"Apple's DRM":       {"META-INF/sinf.xml", "<sinf/>", ErrProtected},
		"E15 laughs":        {"OEBPS/a.opf", `<!DOCTYPE x [<!ENTITY a "&b;&b;">]>` + opf, ErrFormat},
		"E15 XXE in nav":    {"OEBPS/nav.xhtml", `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>`, ErrFormat},
		"E15 deep":          {"OEBPS/a.opf", many("<a>", 0) + strings.Repeat("<a>", 1000), ErrLimit},
		"E15 deep NCX":      {"OEBPS/nav.xhtml", strings.Repeat("<a>", 1000), ErrLimit},
		"many files":        {"OEBPS/a.opf", strings.Replace(opf, "</manifest>", many(`<item id="i%d" href="a"/>`, maxEntries)+"</manifest>", 1), ErrLimit},
		"many chapters":     {"OEBPS/a.opf", strings.Replace(opf, "</spine>", many(`<itemref idref="c%d"/>`, maxEntries)+"</spine>", 1), ErrLimit},
		"long package":      {"OEBPS/a.opf", opf + strings.Repeat(" ", maxMarkup), ErrLimit},
		"many lines in nav": {"OEBPS/nav.xhtml", `<html xmlns="http://www.w3.org/1999/xhtml" xmlns:e="http://www.idpf.org/2007/ops"><nav e:type="toc"><ol>` + many(`<li><a>%d</a></li>`, maxEntries+1) + `</ol></nav></html>`, ErrLimit},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			if _, err := open(small().with(c.name, c.content).zip(t)); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ ref, path, fragment string }{
		{"b.xhtml", "a/b.xhtml", ""}, {"../b%20c#d", "b c", "d"}, {"#d", "a/a.xhtml", "d"}, {"b?x=y#z", "a/b", "z"},
		{"../../b", "", ""}, {"/b", "", ""}, {"http://x/", "", ""}, {"file:b", "", ""}, {"%2e%2e/%2e%2e/b", "", ""},
		{"%2Fb", "", ""}, {`b\c`, "", ""}, {"b%zz", "a/b%zz", ""}, {"b%00", "", ""}, {"..", "", ""},
	} {
		if path, fragment := Resolve("a/a.xhtml", c.ref); path != c.path || fragment != c.fragment {
			t.Errorf("%q: %q, %q; want %q, %q", c.ref, path, fragment, c.path, c.fragment)
		}
	}
}

// made opens a book that another program made.
func made(t *testing.T, name string) *Book {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	b, err := open(data)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return b
}

// TestOtherTools opens books that pandoc made.
func TestOtherTools(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"pandoc-2.epub", "pandoc-3.epub"} {
		b := made(t, name)
		var lines []string
		for _, e := range b.Contents {
			lines = append(lines, fmt.Sprint(e.Depth, e.Title))
		}
		lines = slices.DeleteFunc(lines, func(s string) bool { return s == "0Wells & pumps" }) // the title page
		if got := strings.Join(lines, ", "); got != "0First, 1Sub one, 0Second, 0سوم" {
			t.Errorf("%s: %s", name, got)
		}
		if len(b.Chapters) != 4 || b.Title != "Wells & pumps" || len(b.Creators) != 2 || b.Language != "en" {
			t.Errorf("%s: %+v", name, b)
		}
	}
}

func FuzzBook(f *testing.F) {
	f.Add(small().zip(f))
	f.Add(small().with("OEBPS/nav.xhtml", "").with("META-INF/encryption.xml", fmt.Sprintf(encryption, "http://ns.adobe.com/pdf/enc#RC")).zip(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := open(data)
		if err != nil {
			return
		}
		for _, c := range b.Chapters {
			if _, _, err := b.Read(c.Path, 1<<20); errors.Is(err, fs.ErrNotExist) {
				t.Fatalf("a chapter that is not there: %+v", c)
			}
		}
	})
}

// FuzzPackage fuzzes the files in a book, without the archive and its checksums around them.
func FuzzPackage(f *testing.F) {
	for _, name := range []string{"OEBPS/a.opf", "OEBPS/nav.xhtml", "OEBPS/toc.ncx", "META-INF/container.xml"} {
		f.Add(name, small()[name])
	}
	f.Fuzz(func(t *testing.T, name, content string) {
		if len(name) > 40 || name == "" {
			return
		}
		b, err := open(small().with(name, content).zip(t))
		if err == nil && len(b.Chapters) == 0 {
			t.Fatal("a book without chapters")
		}
	})
}
