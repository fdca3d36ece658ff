package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the page and its style sheet
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode"
)

//go:embed report.html
var pageText string

//go:embed report.css
var sheet string

var page = template.Must(template.New("report").Funcs(template.FuncMap{
	"bytes": size, "count": count, "few": few, "image": dataURL, "rows": func() int { return maxRows }, "share": share, "text": text,
}).Parse(pageText))

// A view is what the page is made of.
type view struct {
	*Report
	Sheet  template.CSS
	Policy string
	Groups []groups
	// Frames are the pictures that there is room for.
	Frames []Picture
	// Removed are all removals together.
	Removed int64
}

// A groups is a table of items by kind, by language or by section.
type groups struct {
	Heading, Column, Unknown string
	Groups                   []Group
	Total                    int64 // bytes, for the bars
}

// HTML writes the report as a page. It has no script, and its own policy forbids any request. The only
// error is that of w.
func HTML(w io.Writer, r *Report) error {
	v := view{Report: r, Sheet: template.CSS(sheet), Policy: policy()}
	for _, g := range []groups{
		{"Names that go into the bundle", "Author", "", r.Bylines, 0},
		{"By kind", "Kind", "other", r.Kinds, 0},
		{"By language", "Language", "not known", r.Languages, 0},
		{"By section", "Section", "in no section", r.Sections, 0},
	} {
		for _, one := range g.Groups {
			g.Total = max(g.Total, one.After)
		}
		v.Groups = append(v.Groups, g)
	}
	v.Frames = r.Pictures[:min(len(r.Pictures), maxPictures)]
	for _, one := range r.Removals {
		v.Removed += one.Bytes
	}
	var b bytes.Buffer
	if err := page.Execute(&b, &v); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// policy allows nothing but the style sheet of the page and pictures inside it.
func policy() string {
	sum := sha256.Sum256([]byte(sheet))
	return "default-src 'none'; img-src data:; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// text is a text of a file's: controls, and marks that turn the direction of what follows, would make a
// path look like another.
func text(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d' {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// few is the beginning of a list, of any type.
func few(list any) any {
	v := reflect.ValueOf(list)
	return v.Slice(0, min(v.Len(), maxRows)).Interface()
}

// size writes bytes as people say them, in decimal units.
func size(n int64) string {
	switch {
	case n == 1:
		return "1 byte"
	case n < 1000:
		return strconv.FormatInt(n, 10) + " bytes"
	}
	v := float64(n)
	for _, unit := range []string{"kB", "MB", "GB"} {
		v /= 1000
		switch {
		case v < 9.95:
			return fmt.Sprintf("%.1f %s", v, unit)
		case v < 999.5:
			return fmt.Sprintf("%.0f %s", v, unit)
		}
	}
	return fmt.Sprintf("%.1f TB", v/1000)
}

// count writes a number with its noun, and a comma between thousands.
func count(n int, noun string) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	switch {
	case noun == "":
		return digits
	case n == 1:
		return digits + " " + noun
	}
	if stem, ok := strings.CutSuffix(noun, "ss"); ok {
		return digits + " " + stem + "sses"
	}
	return digits + " " + noun + "s"
}

// share is how long the bar is of a part, in whole percent.
func share(part, whole int64) int {
	if whole <= 0 || part <= 0 {
		return 0
	}
	return int(float64(part) / float64(whole) * 100)
}

// dataURL is a picture as an address, or "" for what is no small JPEG or PNG.
func dataURL(b []byte) template.URL {
	kind := ""
	switch {
	case len(b) > maxPicture:
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		kind = "image/jpeg"
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		kind = "image/png"
	}
	if kind == "" {
		return ""
	}
	return template.URL("data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(b))
}
