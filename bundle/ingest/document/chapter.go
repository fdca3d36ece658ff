package document

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"

	"golang.org/x/net/html/charset"

	"satchel/bundle/internal/markup"
	"satchel/bundle/sanitize"
)

// cleanChapter writes a chapter without what readers do not see. One that is not well-formed is mended
// first.
func cleanChapter(w io.Writer, data []byte, rules *chapterRules) (gone int64, err error) {
	data = toUTF8(data)
	var out bytes.Buffer // not w: it may end in the middle
	gone, err = filterXML(&out, bytes.NewReader(data), rules)
	if errors.Is(err, markup.ErrFormat) {
		mended, mendErr := mend(data)
		if mendErr != nil {
			return 0, mendErr
		}
		out.Reset()
		gone, err = filterXML(&out, bytes.NewReader(mended), rules)
	}
	if err != nil {
		return 0, err
	}
	_, err = w.Write(out.Bytes())
	return gone, err
}

// declared finds the charset in an XML declaration.
var declared = regexp.MustCompile(`^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']`)

// toUTF8 returns a file in UTF-8 or, with its byte order mark, in UTF-16. Bytes that are neither become
// U+FFFD.
func toUTF8(data []byte) []byte {
	if m := declared.FindSubmatch(data[:min(len(data), 256)]); m != nil {
		e, name := charset.Lookup(string(m[1]))
		if e != nil && name != "utf-8" && !strings.HasPrefix(name, "utf-16") {
			if decoded, err := e.NewDecoder().Bytes(data); err == nil {
				return decoded
			}
		}
	}
	if bytes.HasPrefix(data, []byte("\xfe\xff")) || bytes.HasPrefix(data, []byte("\xff\xfe")) ||
		bytes.HasPrefix(data, []byte("<\x00")) || bytes.HasPrefix(data, []byte("\x00<")) {
		return data
	}
	return bytes.ToValidUTF8(data, []byte("\ufffd"))
}

// chapterRules let pass what a chapter shows.
type chapterRules struct {
	studio *studio
	base   string
}

// chapterVerdicts are by the local name, in XHTML and in drawings alike.
var chapterVerdicts = map[string]verdict{
	"script": drop, "iframe": drop, "frame": drop, "embed": drop, "applet": drop, "base": drop,
	"metadata": drop, "template": drop, "portal": drop, "fencedframe": drop,
	"object": unwrap, "noscript": unwrap, "param": drop, "link": drop, "meta": drop,
}

func (c *chapterRules) element(t *markup.Token, _ []markup.Name) verdict {
	v := chapterVerdicts[t.Local]
	switch {
	case t.Local == "link" && strings.Contains(strings.ToLower(t.Attr("", "rel")), "stylesheet") && isInside(t.Attr("", "href")):
		return keep
	case t.Local == "meta" && isNeeded(t):
		return keep
	}
	return v
}

// isNeeded says whether a meta element changes how a page is shown.
func isNeeded(t *markup.Token) bool {
	return t.Attr("", "charset") != "" || strings.EqualFold(t.Attr("", "name"), "viewport") ||
		strings.EqualFold(t.Attr("", "http-equiv"), "content-type")
}

// isInside says whether an address means a file of the same book.
func isInside(ref string) bool {
	ref = strings.TrimSpace(ref)
	if strings.HasPrefix(ref, "/") || strings.HasPrefix(ref, `\`) {
		return false
	}
	at := strings.IndexAny(ref, ":/?#")
	return at < 0 || ref[at] != ':'
}

// addresses are the attributes that make a browser fetch something.
var addresses = map[string]bool{"src": true, "poster": true, "data": true, "background": true, "srcset": true,
	"href": true, "cite": true, "longdesc": true, "action": true, "formaction": true, "ping": true,
	"codebase": true, "archive": true, "classid": true, "manifest": true, "profile": true}

func (c *chapterRules) attribute(t *markup.Token, a *markup.Attr) (bool, string) {
	local := strings.ToLower(a.Local)
	switch {
	case a.Prefix == "xmlns" || local == "xmlns":
		return true, ""
	case strings.HasPrefix(local, "on"), strings.HasPrefix(local, "data-"), a.Prefix == "xml" && local == "base":
		return false, ""
	case local == "style":
		return !bytes.Contains(bytes.ToLower(a.Raw), []byte("url")) && !bytes.ContainsAny(a.Raw, `\@`), ""
	case !addresses[local]:
		return !isLocal(a.Value()), ""
	}
	v := strings.TrimSpace(a.Value())
	switch {
	case len(v) >= 5 && strings.EqualFold(v[:5], "data:"):
		return c.studio.address(a)
	case local == "srcset":
		return !strings.Contains(v, ":"), ""
	case local == "href" && (t.Local == "a" || t.Local == "area"):
		return isInside(v) || isLink(v), ""
	}
	return isInside(v), ""
}

// isLink says whether an address leads to the network, which takes a reader's click.
func isLink(ref string) bool {
	ref = strings.ToLower(ref)
	for _, scheme := range []string{"http://", "https://", "mailto:", "tel:"} {
		if strings.HasPrefix(ref, scheme) {
			return true
		}
	}
	return false
}

func (c *chapterRules) text(t *markup.Token, around []markup.Name) []byte {
	if n := len(around); n == 0 || around[n-1].Local != "style" {
		return t.Raw
	}
	src := strings.TrimSuffix(strings.TrimPrefix(t.Text(), "*/"), "/*") // around CDATA
	var out bytes.Buffer
	if _, err := cleanSheet(&out, []byte(src), c.studio); err != nil {
		return nil
	}
	// Not escaped more than XML wants: browsers that read the page as HTML resolve nothing here.
	return bytes.ReplaceAll(bytes.ReplaceAll(out.Bytes(), []byte("&"), []byte("&amp;")), []byte("<"), []byte("&lt;"))
}

// cleanSheet writes a style sheet without comments, remote files and what is not known to be harmless.
func cleanSheet(w io.Writer, src []byte, s *studio) (gone int64, err error) {
	c := &counter{w: w}
	err = sanitize.CSS(c, bytes.NewReader(src), sanitize.Options{Linker: &sheetLinker{s}})
	if errors.Is(err, sanitize.ErrTooLarge) {
		return 0, ErrLimit
	}
	return max(0, int64(len(src))-c.n), err
}

// A sheetLinker keeps addresses inside of the book as they are.
type sheetLinker struct{ studio *studio }

func (l *sheetLinker) Link(string) (string, bool) { return "", false }

func (l *sheetLinker) Resource(ref string, use sanitize.Use) (string, bool) {
	isData := len(ref) >= 5 && strings.EqualFold(ref[:5], "data:")
	switch {
	case isData && use == sanitize.Font:
		return ref, true
	case isData:
		clean := l.studio.inline(ref)
		return clean, clean != ""
	}
	return ref, isInside(ref)
}

// ncxRules let pass what the table of contents of EPUB 2 shows.
type ncxRules struct {
	uid     string
	bylines bool
}

func (n *ncxRules) element(t *markup.Token, _ []markup.Name) verdict {
	switch name := t.Attr("", "name"); {
	case t.Local == "meta" && name != "dtb:uid" && name != "dtb:depth":
		return drop
	case t.Local == "docAuthor" && !n.bylines, t.Local == "smilCustomTest":
		return drop
	}
	return keep
}

func (n *ncxRules) attribute(t *markup.Token, a *markup.Attr) (bool, string) {
	if t.Local == "meta" && a.Local == "content" && t.Attr("", "name") == "dtb:uid" {
		return true, n.uid
	}
	return true, ""
}

func (n *ncxRules) text(t *markup.Token, _ []markup.Name) []byte { return t.Raw }
