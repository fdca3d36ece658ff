package article

import (
	"net/url"
	"path"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// lazySources are where scripts keep the address of a picture until it scrolls into view.
var lazySources = strings.Fields(`data-src data-original data-lazy-src data-lazy data-actualsrc data-hi-res-src
	data-full-src data-image data-url data-croporisrc data-original-src data-echo data-file`)

// settlePicture gives a picture the address of one that is there, or makes of it what stands for one
// that is missing.
func (m *maker) settlePicture(n *html.Node) {
	n.Data = "img"
	list := candidates(n)
	if isPixel(n, list) {
		m.removed.add(removedPixels, len(strings.Join(list, " ")))
		n.Parent.RemoveChild(n)
		return
	}
	alt := line(attribute(n.Attr, "alt"))
	attrs := []html.Attribute{{Key: "alt", Val: alt}}
	for _, key := range []string{"width", "height"} {
		if v := attribute(n.Attr, key); isSize(v) {
			attrs = append(attrs, html.Attribute{Key: key, Val: v})
		}
	}
	for _, ref := range list {
		if src, ok := m.resource(ref); ok {
			n.Attr = append(attrs, html.Attribute{Key: "src", Val: src})
			return
		}
	}
	m.loseMedia(n, list, alt)
}

// candidates are the addresses that a picture may have, the best first: large ones before small
// ones, and the one that shows before scripts run at last.
func candidates(n *html.Node) []string {
	var list []string
	add := func(ref string) {
		if ref = trimAddress(ref); ref != "" && ref != "about:blank" {
			list = append(list, ref)
		}
	}
	sets := []string{attribute(n.Attr, "data-srcset"), attribute(n.Attr, "data-lazy-srcset"), attribute(n.Attr, "srcset")}
	if n.Parent != nil && n.Parent.Data == "picture" {
		c := n.Parent.FirstChild
		for i := 0; c != nil && i < maxSources; c, i = c.NextSibling, i+1 {
			if c.Data == "source" {
				sets = append(sets, attribute(c.Attr, "srcset"), attribute(c.Attr, "data-srcset"))
			}
		}
	}
	for _, set := range sets {
		for _, ref := range bySize(set) {
			add(ref)
		}
	}
	for _, key := range lazySources {
		add(attribute(n.Attr, key))
	}
	add(attribute(n.Attr, "src"))
	return list
}

// maxSources is how many members of a picture are looked at for addresses.
const maxSources = 64

// bySize are the addresses of a srcset, the largest first.
func bySize(set string) []string {
	const most = 32
	var refs []string
	var sizes []float64
	for len(refs) < most {
		set = strings.TrimLeft(set, " \t\r\n\f,")
		if set == "" {
			break
		}
		ref, rest := set, ""
		if i := strings.IndexAny(set, " \t\r\n\f"); i >= 0 {
			ref, rest = set[:i], set[i:]
		}
		size := 1.0
		if trimmed := strings.TrimRight(ref, ","); trimmed != ref {
			ref, set = trimmed, rest
		} else {
			var descriptor string
			descriptor, set, _ = strings.Cut(rest, ",")
			if v, err := strconv.ParseFloat(strings.TrimRight(strings.TrimSpace(descriptor), "wx"), 64); err == nil {
				size = v
			}
		}
		at := len(sizes)
		for at > 0 && sizes[at-1] < size {
			at--
		}
		refs = append(refs[:at], append([]string{ref}, refs[at:]...)...)
		sizes = append(sizes[:at], append([]float64{size}, sizes[at:]...)...)
	}
	return refs
}

func isSize(s string) bool { return s != "" && len(s) <= 5 && strings.Trim(s, "0123456789") == "" }

// isPixel says whether a picture is there to count readers, or to hold a place.
func isPixel(n *html.Node, list []string) bool {
	small := func(s string) bool {
		s = strings.TrimSuffix(s, "px")
		return s == "0" || s == "1"
	}
	if small(attribute(n.Attr, "width")) && small(attribute(n.Attr, "height")) {
		return true
	}
	style := strings.ReplaceAll(strings.ToLower(attribute(n.Attr, "style")), " ", "")
	if strings.Contains(style, "width:1px") && strings.Contains(style, "height:1px") {
		return true
	}
	if len(list) != 1 {
		return false
	}
	for _, mark := range counters {
		if strings.Contains(list[0], mark) {
			return true
		}
	}
	return isDot(list[0])
}

// counters are in the addresses of pictures that count readers.
var counters = []string{"facebook.com/tr", "mc.yandex.ru/", "counter.yadro.ru", "pixel.wp.com", "doubleclick.net",
	"scorecardresearch.com", "google-analytics.com", "quantserve.com", "top-fwz1.mail.ru", "counter.rambler.ru",
	"/pixel.gif", "/pixel.png", "hm.baidu.com", "stats.wp.com", "bat.bing.com", "Special:CentralAutoLogin",
	"/analytics/", "/beacon.gif", "wcs.naver."}

// resource answers for the address of a picture, a sound or a film: the path of an item, or data: of
// a picture.
func (m *maker) resource(ref string) (string, bool) {
	if m.parts != nil {
		if src, ok := m.parts.picture(ref); ok {
			return src, true
		}
	}
	if scheme(ref) == "data" {
		return m.data(ref)
	}
	to, _, ok := m.o.resolve(ref)
	if !ok || to == m.o.Path {
		if isLocalPath(ref) {
			m.removed.add(removedLocal, len(ref))
		}
		return "", false
	}
	return m.o.relative(to), true
}

// fileName is the last part of an address, as people would name it.
func fileName(ref string) string {
	if scheme(ref) == "data" || len(ref) > maxAddress {
		return ""
	}
	ref, _, _ = strings.Cut(ref, "#")
	ref, _, _ = strings.Cut(ref, "?")
	name := path.Base(strings.ReplaceAll(ref, `\`, "/"))
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	if name == "." || name == "/" {
		return ""
	}
	return line(name)
}

// loseMedia makes of a picture, sound or film that is not there what stands for it: its caption. A
// small ornament without words leaves nothing.
func (m *maker) loseMedia(n *html.Node, list []string, caption string) {
	name := ""
	for _, ref := range list {
		name = firstOf(name, fileName(ref))
	}
	if caption == "" && isOrnament(n) {
		n.Parent.RemoveChild(n)
		return
	}
	for n.FirstChild != nil {
		n.RemoveChild(n.FirstChild)
	}
	listed := ""
	if len(list) > 0 {
		listed = listedName(list[len(list)-1])
	}
	n.Data, n.DataAtom = "img", atom.Img
	n.Attr = []html.Attribute{{Key: "alt", Val: firstOf(caption, name, "?")}, {Key: "src", Val: lostSource},
		{Key: "data-src", Val: listed}}
}

// lostSource marks a picture that is not there, which the writer turns into a figure where one can
// stand. No address looks like it.
const lostSource = "\x00"

// listedName is the name under which a missing thing is listed: an address on the net without
// trackers, or a path as it is written. Of a path on a computer only the file name stays, and data
// has no name.
func listedName(ref string) string {
	switch {
	case strings.HasPrefix(ref, "//"):
		ref = "https:" + ref
	case isLocalPath(ref):
		return fileName(ref)
	case scheme(ref) == "data" || len(ref) > maxAddress:
		return "data:"
	}
	if clean, ok := cleanExternal(ref); ok {
		return clean
	}
	return ref
}

// isOrnament says whether a picture says of itself that it says nothing: it has an empty alt, and is
// no larger than an icon.
func isOrnament(n *html.Node) bool {
	const icon = 48
	i := attributeIndex(n.Attr, "alt")
	if i < 0 || n.Data != "img" {
		return false
	}
	for _, key := range []string{"width", "height"} {
		if size, err := strconv.Atoi(attribute(n.Attr, key)); err == nil && size <= icon {
			return true
		}
	}
	return false
}

// noscript settles the pictures that are shown where no scripts run: they are those that lie
// elsewhere for scripts to load. It says whether the element stays.
func (m *maker) noscript(n *html.Node) bool {
	img := find(n, "img")
	if img == nil {
		return false
	}
	before := n.PrevSibling
	for before != nil && before.Type == html.TextNode && strings.TrimSpace(before.Data) == "" {
		before = before.PrevSibling
	}
	if before == nil {
		return true
	}
	near := nearby
	shown := findNear(before, "img", &near)
	if shown == nil {
		return true
	}
	if attribute(shown.Attr, "src") != lostSource {
		return false
	}
	for _, ref := range candidates(img) {
		if src, ok := m.resource(ref); ok {
			setAttribute(shown, "src", src)
			break
		}
	}
	return false
}

// nearby is how many nodes are searched for the picture that one without scripts stands for.
const nearby = 32

// findNear returns the first element of a name among the first nodes of one.
func findNear(n *html.Node, name string, near *int) *html.Node {
	if *near--; *near < 0 {
		return nil
	}
	if n.Type == html.ElementNode && n.Data == name {
		return n
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if found := findNear(c, name, near); found != nil || *near < 0 {
			return found
		}
	}
	return nil
}

// find returns the first element of a name in a node, or the node.
func find(n *html.Node, name string) *html.Node {
	if n.Type == html.ElementNode && n.Data == name {
		return n
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if found := find(c, name); found != nil {
			return found
		}
	}
	return nil
}

// iconSize is up to which width or height a picture is an icon, in pixels.
const iconSize = 96

// firstPicture is the path of the first picture of an article that is an item, and no icon.
func (m *maker) firstPicture(body *html.Node) string {
	for n := range body.Descendants() {
		if n.Data != "img" || n.Type != html.ElementNode {
			continue
		}
		small := false
		for _, key := range []string{"width", "height"} {
			pixels, err := strconv.Atoi(attribute(n.Attr, key))
			small = small || err == nil && pixels <= iconSize
		}
		src := attribute(n.Attr, "src")
		if to, _, ok := m.o.resolve(src); ok && src != "" && !small {
			return to
		}
	}
	return ""
}
