package article

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// A maker makes one article.
type maker struct {
	o     Options
	page  *Page
	meta  *meta
	parts *archive // of an MHTML file, or nil

	removed   removals
	external  map[string]bool
	missing   map[string]bool
	targets   map[string]bool // ids that links of the article lead to
	tasks     bool            // check boxes stay: they are those of a list of tasks
	bylines   []string
	timeFound string
}

func newMaker(o Options, t *tree) *maker {
	m := &maker{o: o, page: &Page{}, meta: &t.meta, removed: t.removed,
		external: map[string]bool{}, missing: map[string]bool{}, targets: map[string]bool{}}
	m.readMeta()
	return m
}

// readMeta takes over what the head of a page says of it.
func (m *maker) readMeta() {
	p, h := m.page, m.meta
	p.Summary = firstOf(h.first("og:description", "description"), h.linked.description,
		h.first("dc.description", "dcterms.description", "dcterms.abstract", "twitter:description"))
	p.Language = firstLanguage(h.lang, h.linked.language, h.first("content-language", "language",
		"dc.language", "dcterms.language"), h.first("og:locale"))
	p.Byline = line(firstOf(h.linked.author, strings.Join(h.values["citation_author"], ", "),
		h.first("author", "dc.creator", "dcterms.creator", "parsely-author", "article:author", "sailthru.author")))
	if scheme(p.Byline) != "" {
		p.Byline = "" // the address of a profile
	}
	for _, s := range []string{h.linked.date, h.first("article:published_time", "og:published_time"),
		h.first("citation_publication_date", "citation_date", "dc.date.issued", "dcterms.issued", "dcterms.created",
			"dc.date", "dcterms.date", "datepublished", "parsely-pub-date", "pubdate", "publishdate", "date")} {
		if p.Date == "" {
			p.Date = day(s)
		}
	}
	for _, s := range []string{h.saved, h.canonical, h.first("og:url"), h.linked.address} {
		if p.Source == "" {
			p.Source = cleanSource(s)
		}
	}
	p.Licence = firstOf(h.licence, licenceName(h.linked.licence, ""),
		licenceName(h.first("dcterms.license", "dc.rights.license", "dc.rights", "dcterms.rights"), ""))
	m.readTags()
}

// readTags takes over what a page is about.
func (m *maker) readTags() {
	const most = 20
	h := m.meta
	tags := slices.Concat(h.values["article:tag"], h.linked.keywords)
	if len(tags) == 0 {
		tags = h.values["keywords"]
	}
	for _, list := range tags {
		for tag := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ',' || r == ';' || r == '،' || r == '、' }) {
			tag = line(tag)
			if tag != "" && len(m.page.Tags) < most && !slices.Contains(m.page.Tags, tag) {
				m.page.Tags = append(m.page.Tags, tag)
			}
		}
	}
}

// firstOf returns the first text that is not empty.
func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// firstLanguage returns the first that is a language tag.
func firstLanguage(list ...string) string {
	for _, s := range list {
		if tag := cleanLanguage(s); tag != "" {
			return tag
		}
	}
	return ""
}

// prepare goes through a tree before an article is looked for in it: it settles what becomes of
// every link and picture, and takes out what is hidden.
func (m *maker) prepare(n *html.Node) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		if c.Type == html.ElementNode {
			if m.leaves(c) {
				n.RemoveChild(c)
			} else {
				m.prepare(c)
				m.settle(c)
			}
		}
		c = next
	}
}

// leaves says whether an element is left out with its content.
func (m *maker) leaves(n *html.Node) bool {
	switch n.Data {
	case "input":
		if m.tasks && attribute(n.Attr, "type") == "checkbox" {
			return false
		}
		m.removed.add("forms", len("<input>"))
		return true
	case "meta", "link", "base", "param", "frame", "bgsound", "basefont", "keygen":
		return true
	case "noscript":
		return !m.noscript(n)
	}
	if isHidden(n) {
		return true
	}
	if m.o.DropBylines && isByline(n) {
		m.takeByline(n)
		m.removed.add("names of authors", len(textOf(n)))
		return true
	}
	return false
}

// isHidden says whether a browser would not show an element.
func isHidden(n *html.Node) bool {
	if i := attributeIndex(n.Attr, "hidden"); i >= 0 && n.Attr[i].Val != "until-found" {
		return true
	}
	style := strings.ToLower(attribute(n.Attr, "style"))
	if style == "" {
		return false
	}
	style = strings.ReplaceAll(style, " ", "")
	return strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden")
}

// settle decides on an element whose content has been prepared.
func (m *maker) settle(n *html.Node) {
	switch n.Data {
	case "a", "area":
		m.settleLink(n)
	case "img", "image":
		m.settlePicture(n)
	case "audio", "video":
		m.settleFilm(n)
	case "iframe", "embed", "object":
		m.settleFrame(n)
	case "time":
		if m.timeFound == "" {
			m.timeFound = firstOf(day(attribute(n.Attr, "datetime")), day(textOf(n)))
		}
	}
	if strings.Contains(attribute(n.Attr, "itemprop"), "datePublished") && m.page.Date == "" {
		m.page.Date = firstOf(day(attribute(n.Attr, "datetime")), day(attribute(n.Attr, "content")), day(textOf(n)))
	}
	if isByline(n) {
		m.takeByline(n)
	}
}

// settleLink cleans the address of a link, or takes it away.
func (m *maker) settleLink(n *html.Node) {
	ref := trimAddress(attribute(n.Attr, "href"))
	if isLicence(n) && m.page.Licence == "" {
		m.page.Licence = licenceName(ref, textOf(n))
	}
	if name := attribute(n.Attr, "name"); name != "" && attribute(n.Attr, "id") == "" {
		setAttribute(n, "id", name)
	}
	href, ok := m.link(ref)
	if !ok {
		removeAttribute(n, "href")
		return
	}
	setAttribute(n, "href", href)
}

// link answers for the address of a link.
func (m *maker) link(ref string) (string, bool) {
	if ref == "" {
		return "", false
	}
	if to, fragment, ok := m.o.resolve(ref); ok {
		return m.localLink(to, fragment)
	}
	switch scheme(ref) {
	case "mailto", "tel":
		address, _, _ := strings.Cut(ref, "?")
		return address, len(address) > len("mailto:") && len(ref) <= maxAddress
	case "http", "https":
		return m.outside(ref)
	case "":
		if strings.HasPrefix(ref, "//") {
			return m.outside("https:" + ref)
		}
		if m.parts != nil {
			return m.outside(m.parts.absolute(ref))
		}
	}
	if isLocalPath(ref) {
		m.removed.add(removedLocal, len(ref))
	}
	return "", false
}

// localLink is the address of an item, or of a place in this one.
func (m *maker) localLink(to, fragment string) (string, bool) {
	if to == m.o.Path {
		if fragment == "" {
			return "", false
		}
		return "#" + fragment, true
	}
	href := m.o.relative(to)
	if fragment != "" {
		href += "#" + fragment
	}
	return href, true
}

// outside is an address on the net, which the page then lists.
func (m *maker) outside(ref string) (string, bool) {
	address, ok := cleanExternal(ref)
	if !ok {
		if u, err := url.Parse(ref); err == nil && u.Host != "" && isHome(u.Hostname()) {
			m.removed.add(removedLocal, len(ref))
		}
		return "", false
	}
	if len(address) < len(ref) {
		m.removed.add(removedTrackers, len(ref)-len(address))
	}
	if page, fragment, _ := strings.Cut(address, "#"); page == m.page.Source && fragment != "" {
		return m.localLink(m.o.Path, fragment)
	}
	return address, true
}

// note lists an address on the net.
func (m *maker) note(address string) {
	if !m.external[address] && len(m.page.External) < maxExternal {
		m.external[address] = true
		m.page.External = append(m.page.External, address)
	}
}

// noteMissing lists what is not there.
func (m *maker) noteMissing(ref string) {
	if ref != "" && !m.missing[ref] && len(m.page.Missing) < maxMissing {
		m.missing[ref] = true
		m.page.Missing = append(m.page.Missing, ref)
	}
}

// setAttribute gives an element an attribute.
func setAttribute(n *html.Node, key, value string) {
	if i := attributeIndex(n.Attr, key); i >= 0 {
		n.Attr[i].Val = value
		return
	}
	n.Attr = append(n.Attr, html.Attribute{Key: key, Val: value})
}

func removeAttribute(n *html.Node, key string) {
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// textOf returns the beginning of the text in an element, as one line.
func textOf(n *html.Node) string {
	var b strings.Builder
	gather(n, &b)
	return line(b.String())
}

// gather appends the text in a node, up to a few kilobytes.
func gather(n *html.Node, b *strings.Builder) {
	const most = 4 * maxLine
	if n.Type == html.TextNode {
		b.WriteString(n.Data[:min(len(n.Data), most)])
	}
	for c := n.FirstChild; c != nil && b.Len() < most; c = c.NextSibling {
		gather(c, b)
		if c.Type == html.ElementNode && kinds[c.Data]&inline == 0 {
			b.WriteByte(' ')
		}
	}
}
