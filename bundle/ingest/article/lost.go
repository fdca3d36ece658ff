package article

import (
	"strings"

	"golang.org/x/net/html"
)

// isLost says whether all there is in an element are pictures that are not there.
func isLost(n *html.Node) bool {
	found := false
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode && strings.TrimSpace(c.Data) == "":
			continue
		case c.Type != html.ElementNode, c.Data == "img" && attribute(c.Attr, "src") != lostSource,
			c.Data != "img" && !isLost(c):
			return false
		}
		found = true
	}
	return found
}

// picture writes a picture, or the caption of one that is not there.
func (w *writer) picture(n *html.Node) {
	alt, src := attribute(n.Attr, "alt"), attribute(n.Attr, "src")
	if src == "" {
		return
	}
	if src != lostSource {
		w.out.WriteString("<img")
		w.attribute("src", src)
		w.attribute("alt", alt)
		for _, key := range []string{"width", "height"} {
			if v := attribute(n.Attr, key); isSize(v) {
				w.attribute(key, v)
			}
		}
		w.out.WriteByte('>')
		return
	}
	w.noteMissing(attribute(n.Attr, "data-src"))
	switch {
	case w.figure != nil && w.phrases == 0:
		if !w.captioned {
			w.caption("figcaption", "", alt)
			w.captioned = true
		}
	case w.phrases > 0 || w.figure != nil:
		w.caption("span", "missing", alt)
	default:
		w.out.WriteString(`<figure class="missing">`)
		w.caption("figcaption", "", alt)
		w.out.WriteString("</figure>\n")
	}
}

// caption writes what a picture that is not there would show.
func (w *writer) caption(name, class, text string) {
	w.out.WriteString("<" + name)
	if class != "" {
		w.attribute("class", class)
	}
	w.out.WriteByte('>')
	w.text(text)
	w.out.WriteString("</" + name + ">")
}

// loses says whether a figure has a picture that is not there, and none that is.
func loses(n *html.Node) bool {
	lost := false
	var walk func(n *html.Node) bool
	walk = func(n *html.Node) bool {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			isLost := attribute(c.Attr, "src") == lostSource
			lost = lost || isLost
			if !isLost && (c.Data == "img" || c.Data == "video" || c.Data == "audio") || !walk(c) {
				return false
			}
		}
		return true
	}
	return walk(n) && lost
}
