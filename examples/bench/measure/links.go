package main

import (
	"html"
	"regexp"
)

// The viewer's addresses are sealed anew in every process, so they are found as a
// reader finds them: in its pages.
var (
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

// contentLink returns the address of what the page around an item shows.
func contentLink(page []byte) (string, bool) {
	m := shown.FindSubmatch(page)
	if m == nil {
		return "", false
	}
	return html.UnescapeString(string(m[1])), true
}
