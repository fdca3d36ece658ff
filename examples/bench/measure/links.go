package main

import (
	"bytes"
	"html"
	"regexp"
)

// The viewer's addresses are sealed anew in every process, so they are found as a
// reader finds them: in its pages.
var (
	onLink  = regexp.MustCompile(`<a class="button main" href="([^"]+)"`)
	rowLink = regexp.MustCompile(`<a class="row" href="([^"]+)"`)
	shown   = regexp.MustCompile(`<(?:iframe class="frame"|video [^>]*?|audio [^>]*?|img) ?src="([^"]+)"`)
)

// rowLinks returns the addresses of the items that a page lists, in its order.
func rowLinks(page []byte) []string {
	var links []string
	for _, m := range rowLink.FindAllSubmatch(page, -1) {
		links = append(links, html.UnescapeString(string(m[1])))
	}
	return links
}

// homeLink returns the address of the contents, to which the first page leads.
func homeLink(page []byte) (string, bool) {
	m := onLink.FindSubmatch(page)
	if m == nil {
		return "", false
	}
	return html.UnescapeString(string(m[1])), true
}

// contentLink returns the address of what the page around an item shows: the page's own, if that is an
// article.
func contentLink(page []byte, self string) (string, bool) {
	if bytes.Contains(page, []byte(`<article class="prose"`)) {
		return self, true
	}
	m := shown.FindSubmatch(page)
	if m == nil {
		return "", false
	}
	return html.UnescapeString(string(m[1])), true
}
