package main

import (
	"bytes"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"

	said "satchel/bundle/ingest/collection"
)

const collection = "../collection"

// files are the paths in the collection, with slashes.
func files(t *testing.T) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(os.DirFS(collection), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil || len(names) < 40 {
		t.Fatalf("walking the collection: %d files, %v", len(names), err)
	}
	return names
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(collection, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestCollectionIsSmall(t *testing.T) {
	t.Parallel()
	total := 0
	for _, name := range files(t) {
		n := len(read(t, name))
		if total += n; n == 0 || n > 2_000_000 {
			t.Errorf("%s has %d bytes, want 1 to 2,000,000", name, n)
		}
		if !norm.NFC.IsNormalString(name) {
			t.Errorf("%q is not in composed form: some systems would change it", name)
		}
	}
	if total > 6_000_000 {
		t.Errorf("the collection has %d bytes, want 6,000,000 at most", total)
	}
}

// A pageInfo is what a page declares and contains.
type pageInfo struct {
	lang, dir, date, title string
	refs                   []string
	tags                   map[string]int
	text                   strings.Builder
}

func inspect(t *testing.T, name string) *pageInfo {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(read(t, name)))
	if err != nil {
		t.Fatal(err)
	}
	p := &pageInfo{tags: map[string]int{}}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			p.element(n)
		}
		if n.Type == html.TextNode {
			p.text.WriteString(n.Data + " ")
		}
	}
	return p
}

func (p *pageInfo) element(n *html.Node) {
	p.tags[n.Data]++
	attr := map[string]string{}
	for _, a := range n.Attr {
		attr[a.Key] = a.Val
		if a.Key == "href" || a.Key == "src" {
			p.refs = append(p.refs, a.Val)
		}
	}
	switch {
	case n.Data == "html":
		p.lang, p.dir = attr["lang"], attr["dir"]
	case n.Data == "title" && n.FirstChild != nil:
		p.title = n.FirstChild.Data
	case n.Data == "meta" && attr["name"] == "date":
		p.date = attr["content"]
	}
}

func TestPagesDeclareThemselves(t *testing.T) {
	t.Parallel()
	day := regexp.MustCompile(`^2026-(0[1-9]|1[0-2])-([0-2][0-9]|3[01])$`)
	perLanguage := map[string]int{}
	for _, name := range files(t) {
		if path.Ext(name) != ".html" || isFromElsewhere(name) {
			continue
		}
		p := inspect(t, name)
		want := "ltr"
		if p.lang == "fa" || p.lang == "ar" {
			want = "rtl"
		}
		if p.lang == "" || p.dir != want || p.title == "" || !day.MatchString(p.date) {
			t.Errorf("%s: lang %q, dir %q, title %q, date %q", name, p.lang, p.dir, p.title, p.date)
		}
		if name == "index.html" {
			continue
		}
		perLanguage[p.lang]++
		for _, tag := range []string{"img", "figcaption", "table", "li", "sup"} {
			if p.tags[tag] == 0 {
				t.Errorf("%s has no %s", name, tag)
			}
		}
	}
	for _, lang := range []string{"en", "ko", "zh-Hans", "fa", "ar", "ru", "es"} {
		if perLanguage[lang] < 3 {
			t.Errorf("%d articles in %s, want 3", perLanguage[lang], lang)
		}
	}
}

func TestArticlesHaveSubstance(t *testing.T) {
	t.Parallel()
	for _, name := range files(t) {
		if path.Ext(name) != ".html" || name == "index.html" || isFromElsewhere(name) {
			continue
		}
		p := inspect(t, name)
		words := len(strings.Fields(p.text.String()))
		if p.lang == "zh-Hans" {
			words = len([]rune(strings.Join(strings.Fields(p.text.String()), ""))) * 2 / 3
		}
		if words < 300 || words > 700 {
			t.Errorf("%s has about %d words, want 300 to 700", name, words)
		}
	}
}

// Every link leads to a file of the collection and, where it has a fragment, to an element there.
func TestLinksStayInside(t *testing.T) {
	t.Parallel()
	linked := map[string]bool{"index.html": true}
	for _, name := range files(t) {
		if path.Ext(name) != ".html" || isFromElsewhere(name) {
			continue
		}
		for _, ref := range inspect(t, name).refs {
			u, err := url.Parse(ref)
			if err != nil || u.IsAbs() || u.Host != "" || strings.HasPrefix(u.Path, "/") {
				t.Errorf("%s links to %q", name, ref)
				continue
			}
			target := name
			if u.Path != "" {
				target = path.Join(path.Dir(name), u.Path)
			}
			linked[target] = true
			body := read(t, target)
			if u.Fragment != "" && !bytes.Contains(body, []byte(`id="`+u.Fragment+`"`)) {
				t.Errorf("%s links to %q, which has no such place", name, ref)
			}
		}
	}
	for _, name := range files(t) {
		switch path.Ext(name) {
		case ".vtt", ".smi", ".yaml": // found by their names
			continue
		}
		if !linked[name] {
			t.Errorf("no page links to %s", name)
		}
	}
}

// The drawings that are committed are those that this program draws.
func TestDrawingsAreCurrent(t *testing.T) {
	t.Parallel()
	for name, drawing := range drawings {
		if strings.HasSuffix(name, ".svg") {
			if !bytes.Equal(read(t, name), drawing().svg()) {
				t.Errorf("%s is out of date: run make.sh", name)
			}
			continue
		}
		img, err := png.Decode(bytes.NewReader(read(t, name)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !alike(img, drawing().raster()) {
			t.Errorf("%s is out of date: run make.sh", name)
		}
	}
	if !bytes.Equal(inflated(t, read(t, "health/first-aid-card.pdf")), inflated(t, handout())) {
		t.Error("health/first-aid-card.pdf is out of date: run make.sh")
	}
}

// What is put together by the program is what it puts together now.
func TestFilesFromElsewhereAreCurrent(t *testing.T) {
	t.Parallel()
	for name, make := range fromElsewhere {
		if data, err := make(collection); err != nil || !bytes.Equal(read(t, name), data) {
			t.Errorf("%s is out of date, %v: run make.sh", name, err)
		}
	}
	for name, p := range photos {
		img, err := jpeg.Decode(bytes.NewReader(read(t, name)))
		if err != nil {
			t.Fatal(err)
		}
		want := image.Pt(skyWidth, skyHeight)
		if p.onSide {
			want = image.Pt(photoHeight, photoWidth)
		}
		if img.Bounds().Size() != want {
			t.Errorf("%s has %v pixels, want %v", name, img.Bounds().Size(), want)
		}
	}
}

// They tell what they are there to tell, or nothing would be cleaned.
func TestFilesFromElsewhereTell(t *testing.T) {
	t.Parallel()
	for name, marks := range map[string][]string{
		"water/well.jpg":  {"Exif", "Example Camera 1", "2026:08:14", "SN-0000001", "\xff\xd9"},
		"power/roof.jpg":  {"Exif", "Example Camera 1"},
		"sky/stratus.jpg": {"Exif", "Example Camera 1"},
		"radio/morse.mp3": {"ID3\x03", "Example Recorder", "image/png"},
		"power/停电之夜.html": {"Page saved with SingleFile", "utm_source", "fbclid", "WordPress", "data:image/png;base64,", "data:image/gif"},
		"kitchen/김치.md":   {"author: 부엌 모임", "lang: ko"},
		"water/water.smi": {"SYNC Start=300", "KRCC", "ENCC", "\xb1\xfa\xb2\xfd\xc7\xd1"},
	} {
		for _, mark := range marks {
			if !bytes.Contains(read(t, name), []byte(mark)) {
				t.Errorf("%s has no %q", name, mark)
			}
		}
	}
}

// What the collection says of itself can be read, and speaks of what is there.
func TestCollectionFile(t *testing.T) {
	t.Parallel()
	c, err := said.Parse(said.Name, read(t, said.Name))
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "ko", "fa", "zh-Hans"} {
		if c.Title.In(lang) == "" || lang != "en" && c.Title.In(lang) == c.Title.In("en") {
			t.Errorf("no title in %s", lang)
		}
	}
	names := files(t)
	for _, it := range c.Items {
		if !slices.Contains(names, it.Path) {
			t.Errorf("line %d speaks of %s, which is not there", it.Line, it.Path)
		}
	}
	for _, name := range names {
		if strings.Contains(name, "/") && !strings.HasPrefix(name, "style/") && c.SectionOf(name) < 0 {
			t.Errorf("%s is in no section", name)
		}
	}
}

func alike(a, b image.Image) bool {
	return a.Bounds() == b.Bounds() && bytes.Equal(pixels(a), pixels(b))
}

func pixels(img image.Image) []byte {
	out := image.NewRGBA(img.Bounds())
	draw.Draw(out, out.Rect, img, out.Rect.Min, draw.Src)
	return out.Pix
}

func TestCloudsAreJPEGs(t *testing.T) {
	t.Parallel()
	for name := range clouds {
		c, format, err := image.DecodeConfig(bytes.NewReader(read(t, name)))
		if err != nil || format != "jpeg" || c.Width != skyWidth || c.Height != skyHeight {
			t.Errorf("%s: %s, %d by %d, %v", name, format, c.Width, c.Height, err)
		}
	}
}

// isFromElsewhere says whether a file stands for what others made, and so tells of its makers.
func isFromElsewhere(name string) bool {
	_, photo := photos[name]
	return photo || fromElsewhere[name] != nil || name == "radio/morse.mp3"
}

// Nothing says when, where or with what a file was made, but in what is to be cleaned.
func TestNoMetadata(t *testing.T) {
	t.Parallel()
	marks := map[string][]string{
		".png":  {"tEXt", "zTXt", "iTXt", "eXIf", "tIME"},
		".jpg":  {"Exif", "http:", "Photoshop", "ICC_PROFILE", "JFIF"},
		".svg":  {"<metadata", "<!--", "<script", "<text", "href"},
		".pdf":  {"/Info", "/ID", "/Producer", "/Metadata"},
		".mp4":  {"Lavf", "Lavc", "x264", "Handler"},
		".mp3":  {"ID3", "TAG", "LAME", "Lavf", "Lavc", "Xing", "Info"},
		".ogg":  {"Lavf", "Lavc", "encoder="},
		".html": {"<!--", "generator", "author", "http:", "https:", "<script", "file:"},
	}
	for _, name := range files(t) {
		if isFromElsewhere(name) {
			continue
		}
		data := read(t, name)
		for _, mark := range marks[path.Ext(name)] {
			if bytes.Contains(data, []byte(mark)) {
				t.Errorf("%s contains %q", name, mark)
			}
		}
	}
}
