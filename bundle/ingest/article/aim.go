package article

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// aim finds the places of an article to which its own links lead. A link to one that is not there
// loses its address.
func (m *maker) aim(body *html.Node) {
	ids, links := map[string]bool{}, []*html.Node{}
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if id := attribute(n.Attr, "id"); id != "" {
			ids[id] = true
		}
		if n.Data == "a" && strings.HasPrefix(attribute(n.Attr, "href"), "#") {
			links = append(links, n)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(body)
	for _, n := range links {
		id := attribute(n.Attr, "href")[1:]
		plain, err := url.PathUnescape(id)
		switch {
		case ids[id]:
			m.targets[id] = true
		case err == nil && ids[plain]:
			m.targets[plain] = true
		default:
			removeAttribute(n, "href")
		}
	}
}

// holders are the elements of phrases that hold a block, as they should not: a <b> that was never
// ended, most likely.
func holders(body *html.Node) map[*html.Node]bool {
	found := map[*html.Node]bool{}
	var walk func(n *html.Node) bool
	walk = func(n *html.Node) (holds bool) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type != html.ElementNode {
				continue
			}
			f := forms[c.Data]
			holds = walk(c) || holds || f != nil && f.flags&block != 0
		}
		if f := forms[n.Data]; holds && f != nil && f.flags&(phrases|block) == phrases {
			found[n] = true
		}
		return holds
	}
	walk(body)
	return found
}
