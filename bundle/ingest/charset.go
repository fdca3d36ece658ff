package ingest

import (
	"bytes"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"

	"satchel/bundle/ingest/guess"
)

const (
	utf8Name      = "utf-8"
	byteOrderMark = "\xef\xbb\xbf"
)

// readText fills in text and charset when a head is legible. Pages are let through
// with stray control characters in them, as browsers do, if they begin as pages.
func (h *head) readText() {
	switch {
	case bytes.HasPrefix(h.raw, []byte(byteOrderMark)):
		h.charset, h.text = utf8Name, h.raw[len(byteOrderMark):]
	case bytes.HasPrefix(h.raw, []byte("\xff\xfe")):
		h.readUTF16("utf-16le")
	case bytes.HasPrefix(h.raw, []byte("\xfe\xff")):
		h.readUTF16("utf-16be")
	default:
		h.text = h.raw
	}
	if h.text == nil || isLegible(h.text) {
		return
	}
	if root, _ := rootElement(h.text); !htmlElements[root] {
		h.charset, h.text = "", nil
	}
}

// readUTF16 leaves text nil where the byte order mark was a chance: in bytes that are
// no text an unpaired surrogate soon turns up. The last one may be cut in two.
func (h *head) readUTF16(charset string) {
	text := decode(h.raw, charset)
	if i := bytes.IndexRune(text, utf8.RuneError); i < 0 || !h.whole && i == len(text)-3 {
		h.charset, h.text = charset, text
	}
}

// isLegible says whether there are only such control characters as texts have: tabs,
// line ends, form feeds, backspaces of manual pages, the Ctrl-Z of DOS and the escape
// of ISO-2022-JP.
func isLegible(text []byte) bool {
	for _, b := range text {
		if b < 0x20 && (b < '\a' || b > '\r') && b != 0x1a && b != 0x1b {
			return false
		}
	}
	return true
}

// settleCharset decides on the charset, now that it is known what the page itself
// declares, and makes text UTF-8. Bytes that are UTF-8 are UTF-8 whatever is
// declared; what is neither that nor declared stays unknown.
func (h *head) settleCharset(declared string) {
	if h.charset != "" {
		return // a byte order mark has decided
	}
	ascii, valid := scanUTF8(h.raw, h.whole)
	declared = canonical(declared)
	switch {
	case valid && !ascii:
		h.charset = utf8Name
	case ascii && h.whole && bytes.IndexByte(h.raw, 0x1b) < 0:
		h.charset = utf8Name
	case declared != "" && !(declared == utf8Name && !valid):
		h.charset = declared
	case ascii:
		h.charset = utf8Name
	default:
		h.charset = guess.Charset(h.raw)
	}
	h.text = decode(h.raw, h.charset)
}

// scanUTF8 forgives a character that the end of the head cuts in two.
func scanUTF8(b []byte, whole bool) (ascii, valid bool) {
	if !whole {
		for cut := 1; cut < utf8.UTFMax && cut <= len(b); cut++ {
			if tail := b[len(b)-cut:]; utf8.RuneStart(tail[0]) {
				if !utf8.FullRune(tail) {
					b = b[:len(b)-cut]
				}
				break
			}
		}
	}
	ascii = true
	for _, c := range b {
		if c >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	return ascii, utf8.Valid(b)
}

// canonical returns the one name of a charset that browsers know, or "".
func canonical(label string) string {
	enc, err := htmlindex.Get(strings.TrimSpace(label))
	if err != nil {
		return ""
	}
	name, err := htmlindex.Name(enc)
	if err != nil || name == "replacement" || name == "x-user-defined" {
		return ""
	}
	if strings.HasPrefix(name, "utf-16") {
		// Without a byte order mark a page that says so in ASCII is not UTF-16.
		return utf8Name
	}
	return name
}

// legacy returns the encoding of a canonical name, or nil for UTF-8 and none.
func legacy(charset string) encoding.Encoding {
	if charset == "" || charset == utf8Name {
		return nil
	}
	enc, err := htmlindex.Get(charset)
	if err != nil {
		return nil
	}
	return enc
}

// decode returns b as UTF-8, with U+FFFD for what cannot be read.
func decode(b []byte, charset string) []byte {
	enc := legacy(charset)
	if enc == nil {
		return b
	}
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return b
	}
	return bytes.TrimPrefix(out, []byte(byteOrderMark))
}

// mediaType adds the charset to types that carry one.
func (h *head) mediaType(c class) string {
	takes := strings.HasPrefix(c.mime, "text/") || charsetTypes[c.mime]
	if !takes || h.charset == "" {
		return c.mime
	}
	return c.mime + "; charset=" + h.charset
}

// charsetParam is the charset in one of our own media types.
func charsetParam(mediaType string) string {
	_, params, err := mime.ParseMediaType(mediaType)
	if err != nil {
		return ""
	}
	return params["charset"]
}

// markedCharset finds what an XML declaration or the @charset of a style sheet says.
func markedCharset(text []byte) string {
	line := string(text[:min(len(text), 200)])
	var rest string
	switch {
	case strings.HasPrefix(line, "<?xml"):
		decl, _, _ := strings.Cut(line, "?>")
		_, rest, _ = strings.Cut(decl, "encoding")
		rest = strings.TrimLeft(rest, " \t\r\n=")
	case strings.HasPrefix(line, "@charset "):
		rest = line[len("@charset "):]
	}
	if rest == "" || (rest[0] != '"' && rest[0] != '\'') {
		return ""
	}
	label, _, _ := strings.Cut(rest[1:], rest[:1])
	return label
}
