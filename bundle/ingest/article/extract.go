package article

import (
	"slices"
	"strings"
	"unicode"

	"codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
)

// Limits on the input of readability, which goes over each box of a page again for each box around
// it, and keeps up to five copies.
const (
	maxReadable      = 4 << 20
	maxReadableNodes = 100_000
	// maxReadableWork is the sum over all text of its length times the boxes around it. It takes
	// about a second.
	maxReadableWork = 64 << 20
	maxTableDepth   = 6
)

// What is enough text for an article, as weight counts it, and which part of a page's prose an
// article holds at least.
const (
	enoughText  = 250
	enoughProse = 0.85
)

// extract finds the article in a prepared page, or answers with the whole body.
func (m *maker) extract(t *tree) *html.Node {
	m.settleTitle(t.body)
	var size measure
	size.of(t.body, 0, 0, false)
	if only := marked(t.body); only != nil {
		var part measure
		part.of(only, 0, 0, false)
		if float64(part.prose) >= enoughProse*float64(size.prose) {
			return only
		}
	}
	if size.prose < enoughText || size.text > maxReadable || size.nodes > maxReadableNodes ||
		size.work > maxReadableWork || size.tables > maxTableDepth {
		return t.body
	}
	found := readable(t.body, m.page.Title)
	if found == nil {
		return t.body
	}
	var part measure
	part.of(found, 0, 0, false)
	if part.prose < enoughText || float64(part.prose) < enoughProse*float64(size.prose) {
		return t.body
	}
	return found
}

// marked is the element that says of itself that it is the article, where there is only one such.
func marked(body *html.Node) *html.Node {
	for _, name := range []string{"article", "main"} {
		var found *html.Node
		n := 0
		for c := range body.Descendants() {
			if c.Type == html.ElementNode && c.Data == name {
				found, n = c, n+1
			}
		}
		if n == 1 {
			return found
		}
	}
	return nil
}

// readable looks for the article in a page. The page stays as it is, but for its line breaks. The
// parser gets no head but the title, which it takes from the text again, and an author, so that it
// leaves those in the text alone.
func readable(body *html.Node, title string) *html.Node {
	head := element("head")
	head.AppendChild(element("title"))
	head.FirstChild.AppendChild(textNode(title))
	head.AppendChild(element("meta", html.Attribute{Key: "name", Val: "author"}, html.Attribute{Key: "content", Val: "-"}))
	root := element("html")
	root.AppendChild(head)
	root.AppendChild(body)
	doc := &html.Node{Type: html.DocumentNode}
	doc.AppendChild(root)
	defer root.RemoveChild(body)
	p := readability.NewParser()
	p.CharThresholds = enoughText
	p.DisableJSONLD = true
	found, err := p.ParseAndMutate(doc, nil)
	if err != nil {
		return nil
	}
	return found.Node
}

// A measure is how much there is in a part of a page.
type measure struct {
	nodes, text, work int
	prose             int // weight of text that is neither linked nor beside the point
	tables            int // how deep tables nest
}

// of adds a node at a depth, inside a number of tables, and says whether it is beside the point.
func (s *measure) of(n *html.Node, depth, tables int, aside bool) {
	s.nodes++
	switch {
	case n.Type == html.TextNode:
		s.text += len(n.Data)
		s.work += len(n.Data) * depth
		if !aside {
			s.prose += weight(n.Data)
		}
		return
	case n.Data == "table":
		tables++
		s.tables = max(s.tables, tables)
	}
	s.work += depth
	aside = aside || isAside(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		s.of(c, depth+1, tables, aside)
	}
}

// isAside says whether an element holds what is not the article: links, menus, comments.
func isAside(n *html.Node) bool {
	switch n.Data {
	case "a", "nav", "aside", "footer", "header", "form", "button":
		return true
	}
	switch attribute(n.Attr, "role") {
	case "navigation", "complementary", "contentinfo", "banner", "search":
		return true
	}
	for _, key := range []string{"class", "id"} {
		value := strings.ToLower(attribute(n.Attr, key))
		for _, mark := range asideMarks {
			if value != "" && strings.Contains(value, mark) {
				return true
			}
		}
	}
	return false
}

// asideMarks are in the classes and ids of what is not the article. Menus and lists of other articles
// are not among them: they are links, which do not count. Nor are sidebars: in manuals they are boxes of
// text.
var asideMarks = []string{"comment", "footer", "breadcrumb", "advert", "newsletter", "subscribe", "cookie", "share",
	"social", "popup"}

// weight is how much a text says: its characters, those of scripts in which one is a syllable or a
// word twice.
func weight(s string) (n int) {
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
		case isWide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

func isWide(r rune) bool {
	return r >= 0x1100 && (unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana))
}

// settleTitle decides on the title: that of the article's metadata, or that of the page without the
// name of the site.
func (m *maker) settleTitle(body *html.Node) {
	h := m.meta
	heads := headings(body)
	title := firstOf(h.linked.headline, h.first("og:title", "citation_title", "dc.title", "dcterms.title", "twitter:title"))
	if title == "" {
		title = shorterTitle(h.titleText, h.first("og:site_name", "application-name"), heads)
	} else if site := h.first("og:site_name"); site != "" {
		title = withoutSite(title, site)
	}
	m.page.Title = title
}

// headings are the first headings of a page, those of the first rank before others.
func headings(body *html.Node) []*html.Node {
	const most = 20
	ranks := map[string]int{"h1": 0, "h2": 1, "h3": 2}
	var found [3][]*html.Node
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			rank, ok := ranks[c.Data]
			if !ok || c.Type != html.ElementNode {
				walk(c)
			} else if len(found[rank]) < most && textOf(c) != "" {
				found[rank] = append(found[rank], c)
			}
		}
	}
	walk(body)
	return slices.Concat(found[0], found[1], found[2])
}

// shorterTitle is the title of a page without the name of its site: a heading that it begins or ends
// with, or what is left of it.
func shorterTitle(title, site string, heads []*html.Node) string {
	for _, n := range heads {
		text := textOf(n)
		if len(text) > 3 && len(text) < len(title) &&
			(strings.HasPrefix(title, text) || strings.HasSuffix(title, text)) {
			return text
		}
	}
	if title == "" && len(heads) > 0 {
		return textOf(heads[0])
	}
	return withoutSite(title, site)
}

// withoutSite cuts the name of a site from the end of a title.
func withoutSite(title, site string) string {
	rest, ok := strings.CutSuffix(title, site)
	if site == "" || !ok {
		return title
	}
	cut := strings.TrimRight(rest, " ")
	shorter := strings.TrimRight(cut, "|-–—·:»•_｜")
	if shorter == cut || strings.TrimSpace(shorter) == "" {
		return title
	}
	return strings.TrimSpace(shorter)
}

// sameText says whether two texts have the same letters and digits.
func sameText(a, b string) bool {
	letters := func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return -1
	}
	a, b = strings.Map(letters, a), strings.Map(letters, b)
	return a != "" && a == b
}
