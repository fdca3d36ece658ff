package article

import (
	"bytes"
	"fmt"
	"strings"

	"satchel/bundle/ingest/scrub"
	"satchel/bundle/internal/tags"
)

// maxCuts is how many parts of a page CutSite leaves out.
const maxCuts = 1 << 20

// A Cut is a part of a text that is left out, and what stands there instead: mostly nothing.
type Cut struct {
	Offset, Size int64
	New          []byte
}

// CutSite finds in a page of a site what tells of its makers and of whoever saved it, and what follows
// readers: scripts, comments (also in styles) with the lines that browsers leave in them, metadata but charset, viewport,
// description and language, links in the head for machines, handlers of events, tracking pixels and
// parameters, addresses on a computer, and the names of users in paths. The rest stays, to the byte.
//
// The cuts are in order and apart from each other. It looks at ASCII characters only, so the text may be
// in any charset but UTF-16 and ISO-2022-JP, and need not be decoded. It returns ErrLimit for more than
// MaxInput bytes or too many cuts.
func CutSite(text []byte) (cuts []Cut, removed []scrub.Removal, err error) {
	if len(text) > MaxInput {
		return nil, nil, fmt.Errorf("%w: more than %d MB", ErrLimit, MaxInput>>20)
	}
	c := cutter{text: text, named: namesOwner(text)}
	for c.next() {
		if len(c.cuts) > maxCuts {
			return nil, nil, fmt.Errorf("%w: more than %d places to clean", ErrLimit, maxCuts)
		}
	}
	return c.cuts, c.removed.list, nil
}

// A cutter goes through a page.
type cutter struct {
	text    []byte
	pos     int
	tag     tags.Tag
	cuts    []Cut
	removed removals
	named   bool // the page has paths that may name a user
}

// cut leaves out a part, which must not come before those that are left out already. Where a < stands
// before it, what is behind must not become a tag.
func (c *cutter) cut(start, end int, what string) {
	c.removed.add(what, end-start)
	if n := len(c.cuts); n > 0 {
		if last := &c.cuts[n-1]; last.Offset+last.Size == int64(start) && last.New == nil {
			last.Size += int64(end - start)
			return
		}
	}
	var instead []byte
	if start > 0 && c.text[start-1] == '<' {
		instead = []byte(" ")
	}
	c.cuts = append(c.cuts, Cut{int64(start), int64(end - start), instead})
}

// put replaces a part.
func (c *cutter) put(start, end int, instead, what string) {
	c.removed.add(what, end-start)
	c.cuts = append(c.cuts, Cut{int64(start), int64(end - start), []byte(instead)})
}

// next handles the text up to the next tag or comment, and that. It says whether there is more.
func (c *cutter) next() bool {
	n := bytes.IndexByte(c.text[c.pos:], '<')
	if n < 0 {
		c.owners(c.pos, len(c.text))
		return false
	}
	start := c.pos + n
	c.owners(c.pos, start)
	rest := c.text[start+1:]
	if len(rest) == 0 {
		return false
	}
	switch b := rest[0] | 0x20; {
	case 'a' <= b && b <= 'z':
		c.startTag(start)
	case rest[0] == '/':
		c.endTag(start)
	case rest[0] == '!':
		c.declaration(start)
	case rest[0] == '?':
		c.instruction(start)
	default:
		c.pos = start + 1
	}
	return c.pos < len(c.text)
}

// angle returns the place behind the next >, or the end.
func (c *cutter) angle(i int) int {
	if n := bytes.IndexByte(c.text[i:], '>'); n >= 0 {
		return i + n + 1
	}
	return len(c.text)
}

// endTag passes over an end tag. One that is none to a browser is a comment to it.
func (c *cutter) endTag(start int) {
	name := start + 2
	switch {
	case name >= len(c.text):
		c.pos = len(c.text)
	case c.text[name] == '>':
		c.pos = name + 1
	case c.text[name]|0x20 < 'a' || c.text[name]|0x20 > 'z':
		c.pos = c.angle(name)
		c.cut(start, c.pos, "comments")
	case !tags.Read(c.text, start, name, &c.tag):
		c.unfinished(start)
	default:
		c.pos = c.tag.End
	}
}

// unfinished leaves out a tag that the file ends in, as browsers do.
func (c *cutter) unfinished(start int) {
	c.cut(start, len(c.text), "a tag without an end")
	c.pos = len(c.text)
}

// declaration handles what begins with <! : the doctype stays.
func (c *cutter) declaration(start int) {
	rest := c.text[start+2:]
	switch {
	case bytes.HasPrefix(rest, []byte("--")):
		c.pos = tags.CommentEnd(c.text, start+len("<!--"))
		c.cut(start, c.pos, "comments")
	case tags.HasFold(rest, "doctype"):
		c.pos = c.angle(start)
	case bytes.HasPrefix(rest, []byte("[CDATA[")):
		c.pos = start + len("<![CDATA[") // text in a drawing; elsewhere its marks do no harm
	default:
		c.pos = c.angle(start)
		c.cut(start, c.pos, "comments")
	}
}

// instruction handles what begins with <? : an XML declaration tells the charset.
func (c *cutter) instruction(start int) {
	c.pos = c.angle(start)
	if !tags.IsName(c.text[start+2:], "xml") {
		c.cut(start, c.pos, "comments")
	}
}

// startTag handles a start tag, and the content that is no markup.
func (c *cutter) startTag(start int) {
	t := &c.tag
	if !tags.Read(c.text, start, start+1, t) {
		c.unfinished(start)
		return
	}
	c.pos = t.End
	switch name := c.text[start+1 : t.NameEnd]; name[0] | 0x20 {
	case 's':
		if tags.IsFold(name, "script") {
			c.leaveRaw(start, tags.ScriptEnd(c.text, t.End), "scripts")
			return
		}
		if tags.IsFold(name, "style") {
			c.passRaw(name, "style")
			c.attributes()
			c.style(t.End, c.pos)
			return
		}
	case 'm':
		if tags.IsFold(name, "meta") && !c.keepsMeta() {
			c.cut(start, t.End, "metadata")
			return
		}
	case 'l':
		if tags.IsFold(name, "link") && c.isForMachines() {
			c.cut(start, t.End, "links for machines")
			return
		}
	case 'i':
		if tags.IsFold(name, "img") && c.isPixel() {
			c.cut(start, t.End, removedPixels)
			return
		}
		if tags.IsFold(name, "iframe") {
			c.frame(start)
			return
		}
		if tags.IsFold(name, "input") && strings.EqualFold(strings.TrimSpace(c.value("type")), "hidden") {
			c.cut(start, t.End, "hidden values of forms")
			return
		}
	case 't':
		c.passRaw(name, "title")
		c.passRaw(name, "textarea")
	case 'x':
		c.passRaw(name, "xmp")
	case 'n':
		c.passRaw(name, "noembed")
		c.passRaw(name, "noframes")
	case 'p':
		if tags.IsFold(name, "plaintext") {
			c.pos = len(c.text)
		}
	}
	c.attributes()
	c.owners(t.End, c.pos)
}

// leaveRaw leaves out an element with its content and end tag.
func (c *cutter) leaveRaw(start, end int, what string) {
	c.pos = len(c.text)
	var t tags.Tag
	if end < len(c.text) && tags.Read(c.text, end, end+2, &t) {
		c.pos = t.End
	}
	c.cut(start, c.pos, what)
}

// passRaw goes on behind the content of an element that is no markup.
func (c *cutter) passRaw(name []byte, raw string) {
	if tags.IsFold(name, raw) {
		c.pos = tags.RawEnd(c.text, c.tag.End, raw)
	}
}

// frame leaves out a frame that nobody can see. Others are left to bundle/sanitize.
func (c *cutter) frame(start int) {
	end := tags.RawEnd(c.text, c.tag.End, "iframe")
	if c.isPixel() {
		c.leaveRaw(start, end, removedPixels)
		return
	}
	c.pos = end
	c.attributes()
}

// value returns the first attribute of a name, as it is written.
func (c *cutter) value(name string) string {
	for i := range c.tag.Attrs {
		if a := &c.tag.Attrs[i]; tags.IsFold(c.text[a.Start:a.NameEnd], name) {
			return string(c.text[a.ValueStart:a.ValueEnd])
		}
	}
	return ""
}

// keptMetas are the names of metadata that browsers need, or readers: the rest tells of the makers.
var (
	keptMetas  = words("viewport description language color-scheme theme-color")
	keptEquivs = words("content-type content-language content-style-type default-style x-ua-compatible")
)

// keepsMeta says whether a meta element stays.
func (c *cutter) keepsMeta() bool {
	for i := range c.tag.Attrs {
		a := &c.tag.Attrs[i]
		value := strings.ToLower(strings.TrimSpace(string(c.text[a.ValueStart:a.ValueEnd])))
		switch key := c.text[a.Start:a.NameEnd]; {
		case tags.IsFold(key, "charset"):
			return true
		case tags.IsFold(key, "name"), tags.IsFold(key, "property"), tags.IsFold(key, "itemprop"):
			return keptMetas[value]
		case tags.IsFold(key, "http-equiv"):
			return keptEquivs[value]
		}
	}
	return false
}

// machineLinks are the relations of links that no reader follows.
var machineLinks = words(`preconnect dns-prefetch prefetch preload modulepreload prerender subresource manifest
	pingback edituri wlwmanifest search shortlink webmention author me publisher generator hub self
	micropub authorization_endpoint token_endpoint amphtml openid.server openid.delegate https://api.w.org/ service`)

// isForMachines says whether a link element is for machines: feeds, look-ups ahead of time, editors.
func (c *cutter) isForMachines() bool {
	sheet, machine, alternate := false, false, false
	for word := range strings.FieldsSeq(strings.ToLower(c.value("rel"))) {
		sheet = sheet || word == "stylesheet"
		alternate = alternate || word == "alternate"
		machine = machine || machineLinks[word]
	}
	kind := strings.ToLower(c.value("type"))
	feed := alternate && (strings.Contains(kind, "xml") && !strings.Contains(kind, "xhtml") || strings.Contains(kind, "json"))
	return !sheet && (machine || feed)
}

// isPixel says whether a picture or frame from the net is too small to see.
func (c *cutter) isPixel() bool {
	src := strings.TrimSpace(c.value("src"))
	if !strings.HasPrefix(src, "//") && scheme(src) != "http" && scheme(src) != "https" {
		return false
	}
	small := func(s string) bool { s = strings.TrimSuffix(strings.TrimSpace(s), "px"); return s == "0" || s == "1" }
	if small(c.value("width")) && small(c.value("height")) {
		return true
	}
	style := strings.ReplaceAll(strings.ToLower(c.value("style")), " ", "")
	if strings.Contains(style, "width:1px") && strings.Contains(style, "height:1px") {
		return true
	}
	for _, mark := range counters {
		if strings.Contains(src, mark) {
			return true
		}
	}
	return false
}

// attributes cleans the attributes of the tag.
func (c *cutter) attributes() {
	for i := range c.tag.Attrs {
		a := &c.tag.Attrs[i]
		key := c.text[a.Start:a.NameEnd]
		switch b := key[0] | 0x20; {
		case b == 'o' && len(key) > 3 && key[1]|0x20 == 'n':
			c.cutAttribute(a, "event handlers")
			continue
		case b == 'p' && tags.IsFold(key, "ping"):
			c.cutAttribute(a, removedTrackers)
			continue
		case b == 'm' && tags.IsFold(key, "manifest"):
			c.cutAttribute(a, "links for machines")
			continue
		case b == 'x' && tags.HasFold(key, "xmlns:") && bytes.Contains(c.text[a.ValueStart:a.ValueEnd], []byte("microsoft")):
			c.cutAttribute(a, "metadata")
			continue
		}
		switch {
		case tags.HasFold(key, "data-") && tellsOfReader(key):
			c.cutAttribute(a, "data of whoever saved it")
			continue
		case tags.IsFold(key, "style"):
			c.style(a.ValueStart, a.ValueEnd)
			continue
		case isAddress(key) && c.address(a):
			continue
		}
		c.owners(a.ValueStart, a.ValueEnd)
	}
}

// tellsOfReader says whether the name of an attribute for scripts is that of data of a person or a session.
func tellsOfReader(name []byte) bool {
	lower := strings.ToLower(string(name))
	for _, word := range []string{"user", "mail", "token", "csrf", "nonce", "session", "auth", "account", "login", "visitor", "client", "profile"} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}

// cutAttribute leaves out an attribute with the white space before it.
func (c *cutter) cutAttribute(a *tags.Attr, what string) {
	start := a.Start
	for tags.IsBlank(c.text[start-1]) {
		start--
	}
	c.cut(start, a.End, what)
}

// isAddress says whether an attribute is an address.
func isAddress(key []byte) bool {
	switch key[0] | 0x20 {
	case 'h':
		return tags.IsFold(key, "href")
	case 's':
		return tags.IsFold(key, "src") || tags.IsFold(key, "srcset")
	case 'a':
		return tags.IsFold(key, "action")
	case 'c':
		return tags.IsFold(key, "cite") || tags.IsFold(key, "codebase")
	case 'd':
		return tags.IsFold(key, "data") || tags.IsFold(key, "data-src") || tags.IsFold(key, "data-href")
	case 'b':
		return tags.IsFold(key, "background")
	case 'p':
		return tags.IsFold(key, "poster")
	case 'l':
		return tags.IsFold(key, "longdesc")
	}
	return false
}

// address cleans an address: one on a computer goes, others lose what follows readers. It says whether
// there was anything.
func (c *cutter) address(a *tags.Attr) bool {
	raw := c.text[a.ValueStart:a.ValueEnd]
	if tags.HasFold(raw, "data:") {
		before := len(c.cuts)
		c.picture(a.ValueStart, a.ValueEnd)
		return len(c.cuts) > before
	}
	if c.named && isLocalPath(strings.ToLower(trimAddress(string(raw[:min(len(raw), 16)])))) {
		c.cutAttribute(a, removedLocal)
		return true
	}
	if bytes.IndexByte(raw, '?') < 0 && bytes.IndexByte(raw, ';') < 0 && !bytes.Contains(raw, []byte(":~:")) ||
		len(raw) > maxAddress || tags.HasFold(raw, "data:") || tags.HasFold(raw, "javascript:") {
		return false
	}
	clean := cutTrackers(string(raw))
	if len(clean) == len(raw) {
		return false
	}
	if clean == "" && a.End == a.ValueEnd {
		clean = `""` // or what follows would be taken for the value
	}
	c.put(a.ValueStart, a.ValueEnd, clean, removedTrackers)
	return true
}
