package sanitize

import (
	"bytes"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// maxLine is the longest title that Head returns, in bytes.
const maxLine = 1 << 10

// An Info is what a page says of itself. Texts are one line of at most 1 KiB
// without control characters, those for writing direction among them.
type Info struct {
	Title    string // the first title element
	Heading  string // the first h1
	Language string // the lang of the page, or its content-language: a BCP 47 tag
	Date     string // YYYY, YYYY-MM or YYYY-MM-DD
	Charset  string // the declared encoding in lower case, or empty
	// Styles are the addresses of style sheets as they are written, at most 16 of at most 4 KiB.
	Styles []string
}

// Head reads at most limit bytes of a page and returns what it says of itself. It
// takes them for UTF-8: when Charset names another encoding, decode the page and
// call it again. Errors are those of r; what was found before is returned with
// them.
func Head(r io.Reader, limit int64) (Info, error) {
	z := newTokenizer(io.LimitReader(r, limit))
	h := headReader{}
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return h.info, readError(z.Err())
		}
		h.token(z, kind)
	}
}

// A headReader gathers an Info.
type headReader struct {
	info  Info
	in    *string // where the text goes that comes next, or nil
	until string  // the element that it belongs to
	text  []byte
	svg   int // inside of a drawing, a title is that of a part of it
}

func (h *headReader) token(z *html.Tokenizer, kind html.TokenType) {
	switch kind {
	case html.TextToken:
		if h.in != nil && len(h.text) < 8*maxLine {
			text := z.Text()
			h.text = append(h.text, text[:min(len(text), 8*maxLine)]...)
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		token := z.Token()
		h.start(token, kind == html.SelfClosingTagToken)
		if token.Data == "noscript" {
			z.NextIsNotRawText()
		}
	case html.EndTagToken:
		name, _ := z.TagName()
		if string(name) == "svg" && h.svg > 0 {
			h.svg--
		}
		if h.in != nil && string(name) == h.until {
			*h.in, h.in = oneLine(h.text), nil
		}
	}
}

func (h *headReader) start(t html.Token, selfClosing bool) {
	switch {
	case t.Data == "svg" && !selfClosing:
		h.svg++
	case h.svg > 0 || h.in != nil:
	case t.Data == "title" && h.info.Title == "":
		h.in, h.until, h.text = &h.info.Title, "title", h.text[:0]
	case t.Data == "h1" && h.info.Heading == "":
		h.in, h.until, h.text = &h.info.Heading, "h1", h.text[:0]
	case t.Data == "html":
		h.language(tokenValue(t, "lang"))
		h.language(tokenValue(t, "xml:lang"))
	case t.Data == "meta":
		h.meta(t)
	case t.Data == "link":
		h.link(t)
	}
}

// link takes the address of a style sheet.
func (h *headReader) link(t html.Token) {
	const most, longest = 16, 4 << 10
	address := tokenValue(t, "href")
	for word := range strings.FieldsSeq(tokenValue(t, "rel")) {
		if strings.EqualFold(word, "stylesheet") && address != "" && len(address) <= longest && len(h.info.Styles) < most {
			h.info.Styles = append(h.info.Styles, address)
		}
	}
}

// meta takes what a meta element says.
func (h *headReader) meta(t html.Token) {
	content := tokenValue(t, "content")
	if charset := tokenValue(t, "charset"); charset != "" {
		h.charset(charset)
	}
	switch strings.ToLower(tokenValue(t, "http-equiv")) {
	case "content-language":
		h.language(content)
	case "content-type":
		if _, charset, ok := strings.Cut(strings.ToLower(content), "charset="); ok {
			h.charset(charset)
		}
	}
	name := tokenValue(t, "name")
	if name == "" {
		name = tokenValue(t, "property")
	}
	switch strings.ToLower(name) {
	case "date", "dc.date", "dcterms.date", "dcterms.created", "article:published_time":
		if h.info.Date == "" {
			h.info.Date = datePrefix(content)
		}
	}
}

// language takes a language tag if it is well formed and none came before.
func (h *headReader) language(tag string) {
	tag = strings.TrimSpace(tag)
	if h.info.Language == "" && isLanguage(tag) {
		h.info.Language = tag
	}
}

func (h *headReader) charset(name string) {
	name = strings.ToLower(strings.Trim(name, " \t\n\r\f\"'"))
	if h.info.Charset == "" && len(name) <= 40 && consists([]byte(name), "-_:.+") {
		h.info.Charset = name
	}
}

// tokenValue returns an attribute of a tag.
func tokenValue(t html.Token, key string) string {
	for _, a := range t.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// isLanguage says whether a tag has the form of BCP 47: letters, then groups of
// up to eight letters and digits.
func isLanguage(tag string) bool {
	if len(tag) < 2 || len(tag) > 35 {
		return false
	}
	for i, part := range strings.Split(tag, "-") {
		if len(part) == 0 || len(part) > 8 || !consists([]byte(part), "") {
			return false
		}
		if i == 0 && (len(part) < 2 || strings.ContainsAny(part, "0123456789")) {
			return false
		}
	}
	return true
}

// datePrefix returns the day, month or year that a date begins with, as far as it
// is one; or nothing.
func datePrefix(s string) string {
	s = strings.TrimSpace(s)
	const form = "0000-00-00"
	n := 0
	for n < len(s) && n < len(form) && (s[n] == form[n] || (isDigit(s[n]) && form[n] == '0')) {
		n++
	}
	switch {
	case n < 4 || (n < len(s) && isDigit(s[n])):
		return ""
	case n < 7 || s[5:7] == "00" || s[5:7] > "12":
		return s[:4]
	case n < 10 || s[8:10] == "00" || s[8:10] > "31":
		return s[:7]
	}
	return s[:10]
}

// oneLine makes one line of a text: white space collapsed, control characters and
// those for writing direction left out, cut at maxLine bytes.
func oneLine(text []byte) string {
	text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
	var b strings.Builder
	gap := false
	for _, r := range string(text) {
		switch {
		case unicode.IsSpace(r):
			gap = b.Len() > 0
			continue
		case unicode.IsControl(r) || isDirection(r):
			continue
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		if b.Len()+utf8.RuneLen(r) > maxLine {
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimSuffix(b.String(), " ")
}

// isDirection says whether a character changes the direction of writing around
// it, breaks lines or is no character.
func isDirection(r rune) bool {
	switch {
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F,
		r == 0x061C, r == 0x2028, r == 0x2029, r == 0xFEFF, r >= 0xFFF9 && r <= 0xFFFB,
		r&0xFFFE == 0xFFFE:
		return true
	}
	return false
}
