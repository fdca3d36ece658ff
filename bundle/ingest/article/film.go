package article

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// settleFilm gives a sound or film the addresses of files that are there.
func (m *maker) settleFilm(n *html.Node) {
	var list []string
	there := false
	for _, ref := range []string{attribute(n.Attr, "src"), attribute(n.Attr, "data-src")} {
		if ref = trimAddress(ref); ref != "" {
			list = append(list, ref)
		}
	}
	caption := firstOf(line(attribute(n.Attr, "title")), line(attribute(n.Attr, "aria-label")))
	attrs := []html.Attribute{{Key: "controls"}}
	for _, ref := range list {
		if src, ok := m.file(ref); ok && !there {
			attrs, there = append(attrs, html.Attribute{Key: "src", Val: src}), true
		}
	}
	if src, ok := m.resource(trimAddress(attribute(n.Attr, "poster"))); ok && n.Data == "video" {
		attrs = append(attrs, html.Attribute{Key: "poster", Val: src})
	}
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		if ref := trimAddress(attribute(c.Attr, "src")); c.Data == "source" || c.Data == "track" {
			src, ok := m.file(ref)
			if ok {
				setAttribute(c, "src", src)
				removeAttribute(c, "srcset")
				there = there || c.Data == "source"
			} else {
				n.RemoveChild(c)
				if c.Data == "source" && ref != "" {
					list = append(list, ref)
				}
			}
		}
		c = next
	}
	if !there {
		m.loseMedia(n, list, caption)
		return
	}
	n.Attr = attrs
}

// file answers for the address of a sound or film: only what lies in the bundle.
func (m *maker) file(ref string) (string, bool) {
	if ref == "" || scheme(ref) != "" {
		return "", false
	}
	return m.resource(ref)
}

// films are hosts whose frames are films that a text speaks of. Other frames are advertisements.
var films = words(`youtube.com youtube-nocookie.com youtu.be vimeo.com player.vimeo.com dailymotion.com
	aparat.com rutube.ru vk.com bilibili.com player.bilibili.com v.qq.com youku.com player.youku.com
	tv.naver.com tv.kakao.com archive.org ted.com embed.ted.com soundcloud.com w.soundcloud.com
	open.spotify.com peertube.social odysee.com facebook.com`)

// settleFrame leaves of an embedded film a link to it, and of other frames nothing.
func (m *maker) settleFrame(n *html.Node) {
	ref := firstOf(trimAddress(attribute(n.Attr, "src")), trimAddress(attribute(n.Attr, "data-src")))
	if n.Data == "object" {
		return // its content is what is shown without it
	}
	if strings.HasPrefix(ref, "//") {
		ref = "https:" + ref
	}
	m.removed.add("embedded frames", len(ref))
	u, err := url.Parse(ref)
	if err != nil || !films[strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")] {
		n.Parent.RemoveChild(n)
		return
	}
	address, ok := cleanExternal(ref)
	if !ok {
		n.Parent.RemoveChild(n)
		return
	}
	caption := firstOf(line(attribute(n.Attr, "title")), address)
	n.Data, n.DataAtom, n.Attr = "p", 0, nil
	link := element("a", html.Attribute{Key: "href", Val: address})
	link.AppendChild(textNode(caption))
	n.AppendChild(link)
}
