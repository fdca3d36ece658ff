package article

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// A writer writes the elements of an article.
type writer struct {
	*maker
	out       bytes.Buffer
	holders   map[*html.Node]bool // elements of phrases that hold blocks
	captioned bool                // the figure has a caption
	phrases   int                 // how many open elements hold no blocks
	figure    *html.Node          // the innermost that is open, or nil
	pre       bool                // white space counts
}

// finish writes the page, and what is only known then.
func (m *maker) finish(body *html.Node) {
	p := m.page
	if p.Title == "" {
		p.Title = firstHeading(body)
	}
	if p.Date == "" {
		p.Date = m.timeFound
	}
	if p.Byline == "" && len(m.bylines) > 0 {
		p.Byline = m.bylines[0]
	}
	if m.o.DropBylines {
		p.Byline = ""
	}
	text := plainText(body)
	p.Words = Words(text)
	p.Language = settleLanguage(p.Language, text)
	m.aim(body)
	w := &writer{maker: m, holders: holders(body)}
	w.document(body)
	p.HTML = w.out.Bytes()
	p.Picture = m.firstPicture(body)
	if m.parts != nil {
		for _, r := range m.parts.removed.list {
			m.removed.add(r.What, int(r.Bytes))
		}
	}
	p.Removed = m.removed.list
}

// firstHeading is the first heading of an article without a title.
func firstHeading(body *html.Node) string {
	if heads := headings(body); len(heads) > 0 {
		return textOf(heads[0])
	}
	return ""
}

func (w *writer) document(body *html.Node) {
	p := w.page
	w.out.WriteString("<!doctype html>\n<html")
	if p.Language != "" {
		w.attribute("lang", p.Language)
	}
	if isRightToLeft(p.Language) || w.meta.dir == "rtl" {
		w.attribute("dir", "rtl")
	}
	w.out.WriteString(">\n<head><meta charset=\"utf-8\"><title>")
	w.text(p.Title)
	w.out.WriteString("</title></head>\n<body>\n")
	if !w.raiseTitle(body) {
		w.out.WriteString("<h1>")
		w.text(p.Title)
		w.out.WriteString("</h1>\n")
	}
	w.children(body)
	w.out.WriteString("\n</body></html>\n")
}

// raiseTitle makes the heading that says the title one of the first rank. It says whether there is
// one, or no need for one.
func (w *writer) raiseTitle(body *html.Node) bool {
	for _, n := range headings(body) {
		if sameText(textOf(n), w.page.Title) {
			n.Data = "h1"
			return true
		}
	}
	return w.page.Title == "" || find(body, "h1") != nil
}

func (w *writer) children(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			w.run(c.Data)
		case html.ElementNode:
			w.element(c)
		}
	}
}

// run writes a run of text. Where white space does not count, much of it becomes one.
func (w *writer) run(s string) {
	if w.pre {
		w.text(s)
		return
	}
	for s != "" {
		i := strings.IndexAny(s, " \t\r\n\f")
		if i < 0 {
			i = len(s)
		}
		w.text(s[:i])
		rest := strings.TrimLeft(s[i:], " \t\r\n\f")
		switch gap := s[i : len(s)-len(rest)]; {
		case gap == "" || w.endsInSpace():
		case strings.IndexByte(gap, '\n') >= 0:
			w.out.WriteByte('\n')
		default:
			w.out.WriteByte(' ')
		}
		s = rest
	}
}

func (w *writer) endsInSpace() bool {
	b := w.out.Bytes()
	return len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\n')
}

// text writes text, with the characters escaped that mean something, and without those that mean
// nothing in HTML.
func (w *writer) text(s string) {
	escapeText.WriteString(&w.out, characters(s))
}

// characters leaves out of a text what HTML has no place for: bytes that are no UTF-8, control
// characters but tabs and line ends, and what is no character. Form feeds count as spaces.
func characters(s string) string {
	isOdd := func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\n' || r == 0x7f || r&^1 == 0xfffe || r == utf8.RuneError
	}
	if strings.IndexFunc(s, isOdd) < 0 {
		return s
	}
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r' || r == '\f':
			return '\n'
		case r == utf8.RuneError || !isOdd(r):
			return r
		}
		return -1
	}, s)
}

var (
	escapeText  = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	escapeValue = strings.NewReplacer("&", "&amp;", `"`, "&quot;", "<", "&lt;", ">", "&gt;")
)

func (w *writer) attribute(key, value string) {
	w.out.WriteByte(' ')
	w.out.WriteString(key)
	if value == "" && isFlag[key] {
		return
	}
	w.out.WriteString(`="`)
	escapeValue.WriteString(&w.out, characters(value))
	w.out.WriteByte('"')
}

// isFlag are the attributes that are there or not.
var isFlag = words("controls open reversed default checked disabled")

// element writes an element, or what is in it.
func (w *writer) element(n *html.Node) {
	f := forms[n.Data]
	switch {
	case n.Data == "img":
		w.picture(n)
		return
	case f == nil || f.flags&plain != 0 && !w.says(n, f):
		w.unwrap(n, f)
		return
	case f.flags&block != 0 && w.phrases > 0 && f.flags&single == 0 && !tablePart[f.name],
		f.name == "p" && isLost(n), w.holders[n]:
		w.unwrap(n, f)
		return
	case (f.name == "source" || f.name == "track") && n.Parent.Data != "audio" && n.Parent.Data != "video":
		return
	}
	before := w.out.Len()
	w.out.WriteByte('<')
	w.out.WriteString(f.name)
	w.attributes(n, f)
	w.out.WriteByte('>')
	if f.flags&single != 0 {
		w.newline(f)
		return
	}
	after := w.out.Len()
	w.content(n, f)
	if f.flags&block != 0 {
		w.trimBreak(after)
	}
	if f.flags&bare != 0 && len(bytes.TrimSpace(w.out.Bytes()[after:])) == 0 && !w.isTarget(n) {
		w.cut(before, after)
		return
	}
	w.out.WriteString("</")
	w.out.WriteString(f.name)
	w.out.WriteByte('>')
	w.newline(f)
}

// trimBreak takes back line breaks at the end of a block.
func (w *writer) trimBreak(after int) {
	for {
		b := bytes.TrimRight(w.out.Bytes()[after:], " \n")
		cut, ok := bytes.CutSuffix(b, []byte("<br>"))
		if !ok || w.pre {
			return
		}
		w.out.Truncate(after + len(cut))
	}
}

// tablePart are the elements that stand in tables only.
var tablePart = words("caption thead tbody tfoot tr td th colgroup col")

// content writes what is in an element.
func (w *writer) content(n *html.Node, f *form) {
	outer := struct {
		phrases        int
		figure         *html.Node
		captioned, pre bool
	}{w.phrases, w.figure, w.captioned, w.pre}
	switch {
	case f.flags&phrases != 0:
		w.phrases++
	case f.name == "td" || f.name == "th":
		w.phrases = 0 // a table does not stand among phrases
	}
	if f.name == "figure" {
		w.figure, w.captioned = n, find(n, "figcaption") != nil
	}
	if f.name == "pre" {
		w.pre = true
		if first := n.FirstChild; first != nil && first.Type == html.TextNode && strings.HasPrefix(first.Data, "\n") {
			w.out.WriteByte('\n') // one is dropped by whoever reads it
		}
	}
	w.children(n)
	w.phrases, w.pre = outer.phrases, outer.pre
	if f.name == "figure" {
		w.figure, w.captioned = outer.figure, outer.captioned
	}
}

// cut takes an empty element back. White space in it stays, where words would grow together.
func (w *writer) cut(before, after int) {
	space := w.out.Len() > after
	w.out.Truncate(before)
	if space && !w.endsInSpace() {
		w.out.WriteByte(' ')
	}
}

func (w *writer) newline(f *form) {
	if f.flags&block != 0 && !w.pre && !w.endsInSpace() {
		w.out.WriteByte('\n')
	}
}

// unwrap writes what is in an element without its tags. What would stand on a line of its own is
// kept apart from what is around it.
func (w *writer) unwrap(n *html.Node, f *form) {
	apart := f != nil && f.flags&block != 0 && n.FirstChild != nil && !isBox(n)
	if !apart {
		w.children(n)
		return
	}
	start := w.out.Len()
	w.apart()
	middle := w.out.Len()
	w.children(n)
	if w.out.Len() == middle {
		w.out.Truncate(start)
		return
	}
	w.apart()
}

// apart begins a new line, which shows where only text and phrases stand on it.
func (w *writer) apart() {
	b := bytes.TrimRight(w.out.Bytes(), " \n")
	if len(b) == 0 {
		return
	}
	switch {
	case bytes.HasSuffix(b, []byte("<br>")), endsBlock(b):
		if !w.endsInSpace() && !w.pre {
			w.out.WriteByte('\n')
		}
	default:
		w.out.WriteString("<br>")
	}
}

// endsBlock says whether the output ends with the tag of a block, behind or in which a new line
// begins anyway.
func endsBlock(b []byte) bool {
	if b[len(b)-1] != '>' {
		return false
	}
	tag := b[bytes.LastIndexByte(b, '<')+1 : len(b)-1]
	name, _, _ := strings.Cut(strings.TrimPrefix(string(tag), "/"), " ")
	f := forms[name]
	return name == "body" || f != nil && f.flags&block != 0
}

// says whether an element that means nothing without attributes has one.
func (w *writer) says(n *html.Node, f *form) bool {
	if w.keepsID(n, f) || attributeIndex(n.Attr, "lang") >= 0 || attributeIndex(n.Attr, "dir") >= 0 {
		return true
	}
	if f.name == "a" {
		return attributeIndex(n.Attr, "href") >= 0
	}
	return f.flags&block != 0 && !isBox(n)
}

// isBox says whether all that an element does is to hold blocks.
func isBox(n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode && strings.TrimSpace(c.Data) == "":
		case c.Type != html.ElementNode:
			return false
		default:
			if f := forms[c.Data]; f == nil || f.flags&block == 0 {
				return false
			}
		}
	}
	return true
}

func (w *writer) isTarget(n *html.Node) bool { return w.targets[attribute(n.Attr, "id")] }

// keepsID says whether an element keeps its id: one that the page leads to, or a heading, to which
// other pages may.
func (w *writer) keepsID(n *html.Node, f *form) bool {
	id := attribute(n.Attr, "id")
	return id != "" && (w.targets[id] || f.flags&naming != 0)
}

func (w *writer) attributes(n *html.Node, f *form) {
	if w.keepsID(n, f) {
		w.attribute("id", attribute(n.Attr, "id"))
	}
	if f.name == "figure" && loses(n) {
		w.attribute("class", "missing")
	}
	if lang := cleanLanguage(attribute(n.Attr, "lang")); lang != "" {
		w.attribute("lang", lang)
	}
	if dir := strings.ToLower(attribute(n.Attr, "dir")); dir == "rtl" || dir == "ltr" || dir == "auto" {
		w.attribute("dir", dir)
	}
	for key := range strings.FieldsSeq(f.attrs) {
		i := attributeIndex(n.Attr, key)
		if i < 0 {
			continue
		}
		value := n.Attr[i].Val
		if isFlag[key] {
			value = ""
		}
		if key == "href" {
			value = w.href(value)
		}
		if value != "" || isFlag[key] {
			w.attribute(key, value)
		}
	}
}

// href lists the address of a link that is written.
func (w *writer) href(value string) string {
	if s := scheme(value); s == "http" || s == "https" {
		w.note(value)
	}
	return value
}

// plainText is the text of an article, for counting words and finding its language.
func plainText(n *html.Node) string {
	var b strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if f := forms[n.Data]; n.Type == html.ElementNode && (f == nil || f.flags&(block|single) != 0) {
			b.WriteByte('\n')
		}
	}
	walk(n)
	return b.String()
}
