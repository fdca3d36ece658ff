package article

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// bylineClasses are the classes by which themes of blogs and newspapers mark who wrote a text.
var bylineClasses = words(`byline by-line author authors p-author post-author entry-author article-author
	article__author author-name author_name article-byline story-byline c-byline dateline-author writer
	article-writer reporter journalist posted-by postedby submitted-by post__author entry-meta__author
	vcard h-card username post-username`)

// isByline says whether an element says who wrote the text.
func isByline(n *html.Node) bool {
	if n.Data == "body" || n.Data == "article" || n.Data == "main" {
		return false
	}
	for word := range strings.FieldsSeq(attribute(n.Attr, "rel")) {
		if strings.EqualFold(word, "author") {
			return true
		}
	}
	for word := range strings.FieldsSeq(attribute(n.Attr, "itemprop")) {
		if word == "author" || word == "creator" {
			return true
		}
	}
	for word := range strings.FieldsSeq(attribute(n.Attr, "class")) {
		if bylineClasses[strings.ToLower(word)] {
			return utf8.RuneCountInString(textOf(n)) < 150
		}
	}
	return false
}

// takeByline takes the name out of an element that says who wrote the text.
func (m *maker) takeByline(n *html.Node) {
	const longest = 100 // characters: more is no name
	if len(m.bylines) > 0 {
		return
	}
	if name := bylineOf(textOf(n)); name != "" && utf8.RuneCountInString(name) <= longest {
		m.bylines = append(m.bylines, name)
	}
}

// bylinePrefixes stand before a name in the languages of the interface.
var bylinePrefixes = []string{"written by ", "posted by ", "by ", "author: ", "por ", "par ", "von ",
	"نویسنده:", "نوشته ", "بقلم ", "كتب ", "بقلم:", "автор:", "автор ", "작성자:", "글:", "글 ", "기자:", "作者:",
	"作者：", "文:", "文：", "撰文：", "tác giả:", "bởi "}

// bylineOf takes from a byline what is no name.
func bylineOf(s string) string {
	lower := strings.ToLower(s)
	for _, prefix := range bylinePrefixes {
		if strings.HasPrefix(lower, prefix) && len(lower) == len(s) {
			s = s[len(prefix):]
			break
		}
	}
	for _, end := range []string{" | ", " · ", " • ", " – ", " — "} {
		s, _, _ = strings.Cut(s, end)
	}
	return strings.Trim(s, " ,;:|·•-–—")
}

// isLicence says whether a link leads to the terms of the page.
func isLicence(n *html.Node) bool {
	for word := range strings.FieldsSeq(strings.ToLower(attribute(n.Attr, "rel"))) {
		if word == "license" || word == "licence" {
			return true
		}
	}
	return strings.Contains(attribute(n.Attr, "href"), "://creativecommons.org/licenses/")
}

// licenceName names the terms that an address stands for: Creative Commons by their short names,
// others by what the page calls them, or else by their address.
func licenceName(address, title string) string {
	address = trimAddress(address)
	u, err := url.Parse(address)
	if err != nil || len(address) > maxAddress {
		return line(title)
	}
	parts := strings.Split(strings.ToLower(strings.Trim(u.Path, "/")), "/")
	if host := strings.TrimPrefix(strings.ToLower(u.Host), "www."); host == "creativecommons.org" && len(parts) >= 2 {
		return creativeCommons(parts)
	}
	switch {
	case strings.HasSuffix(u.Host, "gnu.org") && strings.Contains(u.Path, "fdl"):
		return "GFDL"
	case u.Scheme == "http" || u.Scheme == "https":
		clean, _ := cleanExternal(address)
		return firstOf(line(title), line(clean))
	case u.Scheme == "" && title == "" && strings.ContainsAny(address, " ©"):
		return line(address) // a sentence where an address should stand
	}
	return line(title)
}

// creativeCommons names a licence by the path of its address, such as licenses/by-sa/4.0/deed.ko.
func creativeCommons(parts []string) string {
	version := ""
	if len(parts) > 2 {
		parts[2] = strings.TrimSpace(parts[2])
	}
	if len(parts) > 2 && parts[2] != "" && len(parts[2]) <= 4 && strings.Trim(parts[2], "0123456789.") == "" {
		version = " " + parts[2]
	}
	switch {
	case parts[0] == "publicdomain" && parts[1] == "zero":
		return "CC0" + version
	case parts[0] == "publicdomain":
		return "public domain"
	case parts[0] == "licenses" && strings.Trim(parts[1], "abcdyns-") == "" && len(parts[1]) <= 20:
		return "CC " + strings.ToUpper(parts[1]) + version
	}
	return ""
}
