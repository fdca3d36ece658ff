package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func photo(t testing.TB, encode func(*bytes.Buffer, image.Image) error, hue uint8) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 96, 64))
	for i := range 96 * 64 {
		m.Set(i%96, i/96, color.RGBA{hue, uint8(i % 96 * 2), uint8(i / 96 * 3), 255})
	}
	var b bytes.Buffer
	must(t, encode(&b, m))
	return b.Bytes()
}

func asJPEG(b *bytes.Buffer, m image.Image) error { return jpeg.Encode(b, m, nil) }
func asPNG(b *bytes.Buffer, m image.Image) error  { return png.Encode(b, m) }

func sample(t testing.TB) *Report {
	t.Helper()
	r := &Report{
		Title: "Water for everyone", Items: 1234, Before: 5_310_000_000, After: 2_040_000_000, Bundle: 1_700_000_000,
		Kinds: []Group{{"page", 1100, 90_000_000, 31_000_000}, {"picture", 120, 220_000_000, 9_000_000},
			{"video", 14, 5_000_000_000, 2_000_000_000}},
		Languages: []Group{{"한국어", 700, 60_000_000, 21_000_000}, {"فارسی", 400, 30_000_000, 10_000_000}, {"", 134, 1, 1}},
		Sections:  []Group{{"News", 900, 80_000_000, 28_000_000}, {"", 334, 1, 1}},
		LeftOut:   []Note{{"drafts/", "the collection file excludes it", ""}, {".DS_Store", "an editor's or a system's own file", ""}},
		Tools:     []string{"pandoc 3.1", "ffmpeg 6.0"},
		Removals: []Removal{{"pictures/well.jpg", []string{"GPS position", "Exif: camera, times", "a small copy of the picture"}, 41_211},
			{"radio/a-very-long-name-of-a-recording-that-does-not-fit-on-a-line-of-a-small-telephone.mp3", []string{"the name of the program"}, 210}},
		Placeholders: []Note{{"news/water.html", "a map from maps.site.example", "Put a picture of it beside the page."}},
		External:     []Address{{"https://site.example/path?and=query", 12, "news/water.html"}},
		Duplicates:   []Duplicate{{[]string{"a/logo.png", "b/logo.png"}, 20_480}},
		Largest:      []File{{"film/boil.mp4", "video", 3_000_000_000, 900_000_000}},
	}
	for i := range 7 {
		r.Pictures = append(r.Pictures, Picture{fmt.Sprintf("pictures/%d.jpg", i), photo(t, asJPEG, uint8(i*40))})
	}
	r.Pictures = append(r.Pictures, Picture{"pictures/c.png", photo(t, asPNG, 9)}, Picture{"pictures/d.svg", []byte("<svg/>")})
	return r
}

func refused(t testing.TB) *Report {
	t.Helper()
	r := sample(t)
	r.Bundle = 0
	r.Refused = []Note{{"keys/news.key", "it holds a secret key", "Move it out of the folder."}}
	return r
}

func page1(t testing.TB, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	must(t, HTML(&b, r))
	return b.String()
}

// The texts of a page are there, and say what they should.
func TestHTML(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		r         *Report
		has, lack []string
	}{
		{"packed", sample(t), []string{"Water for everyone", "1,234", "5.3 GB", "2.0 GB", "1.7 GB", "Packed.", "GPS position", "41 kB",
			"https://site.example/path?and=query", "in no section", "not known", "no preview", "The same twice", "maps.site.example"},
			[]string{"Nothing was packed", "Refused"}},
		{"refused", refused(t), []string{"Nothing was packed.", "1 file must be dealt with first", "it holds a secret key", "Move it out"},
			[]string{"Packed."}},
		{"empty", &Report{}, []string{"Packing report", "Nothing stands in the way"}, []string{"Taken out", "By kind", "Pictures", "Left out"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := strings.Join(strings.Fields(visible(t, page1(t, tt.r))), " ")
			for _, s := range tt.has {
				if !strings.Contains(text, s) {
					t.Errorf("%q is missing in\n%s", s, text)
				}
			}
			for _, s := range tt.lack {
				if strings.Contains(text, s) {
					t.Errorf("%q is in\n%s", s, text)
				}
			}
		})
	}
}

// visible is the text of a page.
func visible(t testing.TB, page string) string {
	t.Helper()
	var b strings.Builder
	skip := false
	for z := html.NewTokenizer(strings.NewReader(page)); z.Next() != html.ErrorToken; {
		switch token := z.Token(); {
		case token.Data == "style":
			skip = token.Type == html.StartTagToken
		case token.Type == html.TextToken && !skip:
			b.WriteString(token.Data + " ")
		}
	}
	return b.String()
}

// Nothing on the page is loaded from anywhere, leads anywhere or runs, whatever files are called.
func TestPageStandsByItself(t *testing.T) {
	t.Parallel()
	const evil = `"><script>alert(1)</script><img src=https://site.example/ onerror=x>` + "\u202e\x00\xff{{.}}`'"
	r := refused(t)
	r.Title = evil
	for _, list := range []*[]Note{&r.Refused, &r.LeftOut, &r.Placeholders} {
		*list = append(*list, Note{evil, evil, evil})
	}
	for _, list := range []*[]Group{&r.Kinds, &r.Languages, &r.Sections} {
		*list = append(*list, Group{evil, -1, -1, -1})
	}
	r.Removals = append(r.Removals, Removal{evil, []string{evil}, -1})
	r.External = append(r.External, Address{"javascript:alert(1)", 1, evil}, Address{evil, 1, evil})
	r.Duplicates = append(r.Duplicates, Duplicate{[]string{evil}, 1})
	r.Largest = append(r.Largest, File{evil, evil, 1, 1})
	r.Pictures = append(r.Pictures, Picture{evil, []byte(evil)}, Picture{evil, append([]byte("\xff\xd8\xff"), evil...)})
	allowed := map[string]bool{}
	for name := range strings.FieldsSeq(`html head meta title style body header main h1 h2 p strong dl div dt dd details summary span
		table thead tbody tr th td ul li bdi progress img`) {
		allowed[name] = true
	}
	for z := html.NewTokenizer(strings.NewReader(page1(t, r))); z.Next() != html.ErrorToken; {
		token := z.Token()
		if token.Type == html.TextToken || token.Type == html.DoctypeToken {
			if strings.ContainsAny(token.Data, "\u202e\x00") {
				t.Errorf("text %q", token.Data)
			}
			continue
		}
		if !allowed[token.Data] {
			t.Errorf("element %v", token)
		}
		for _, a := range token.Attr {
			address := a.Key == "src" && !strings.HasPrefix(a.Val, "data:image/")
			if address || a.Key == "href" || strings.HasPrefix(a.Key, "on") || a.Key == "style" {
				t.Errorf("attribute %s=%.50s", a.Key, a.Val)
			}
		}
	}
}

func TestSameTwice(t *testing.T) {
	t.Parallel()
	for _, write := range []func(*bytes.Buffer) error{
		func(b *bytes.Buffer) error { return HTML(b, sample(t)) },
		func(b *bytes.Buffer) error { return JSON(b, sample(t)) },
	} {
		var a, b bytes.Buffer
		must(t, write(&a))
		must(t, write(&b))
		if !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Error("the same report comes out in two ways")
		}
	}
}

// What is too much for a page is counted.
func TestLimits(t *testing.T) {
	t.Parallel()
	r := &Report{}
	for i := range maxRows + 1 {
		r.LeftOut = append(r.LeftOut, Note{fmt.Sprintf("file-%d.", i), "x", ""})
	}
	for i := range maxPictures + 1 {
		r.Pictures = append(r.Pictures, Picture{fmt.Sprintf("picture-%d.", i), nil})
	}
	r.Pictures[0].Image = append([]byte("\xff\xd8\xff"), make([]byte, maxPicture)...)
	page := page1(t, r)
	for s, want := range map[string]bool{"file-499.": true, "file-500.": false, "501 files": true, "The first 500 are shown": true,
		"picture-199.": true, "picture-200.": false, "201 pictures": true, "The first 200 are shown": true, "data:image": false} {
		if got := strings.Contains(visible(t, page), s); got != want && s != "data:image" || s == "data:image" && strings.Contains(page, "<img") {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	want := refused(t)
	must(t, JSON(&b, want))
	var got Report
	must(t, json.Unmarshal(b.Bytes(), &got))
	if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", *want) {
		t.Errorf("got  %+v\nwant %+v", got, *want)
	}
	b.Reset()
	must(t, JSON(&b, &Report{}))
	if strings.Contains(b.String(), "null") || !strings.HasSuffix(b.String(), "}\n") {
		t.Errorf("%s", b.String())
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

var errFull = errors.New("full")

func TestWriteErrors(t *testing.T) {
	t.Parallel()
	if err := HTML(full{}, &Report{}); !errors.Is(err, errFull) {
		t.Errorf("HTML: %v", err)
	}
	if err := JSON(full{}, &Report{}); !errors.Is(err, errFull) {
		t.Errorf("JSON: %v", err)
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1000: "1.0 kB", 9_949: "9.9 kB", 9_950: "10 kB", 999_499: "999 kB",
		999_500: "1.0 MB", 1_500_000_000: "1.5 GB", 12_000_000_000_000: "12.0 TB"} {
		if got := size(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	for n, want := range map[int]string{0: "0 files", 1: "1 file", 999: "999 files", 1000: "1,000 files", 1234567: "1,234,567 files"} {
		if got := count(n, "file"); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	if got := count(2, "address"); got != "2 addresses" {
		t.Error(got)
	}
}
