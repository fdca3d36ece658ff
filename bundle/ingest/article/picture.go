package article

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	_ "image/gif" // to see the size of a tracking pixel
	_ "image/png"
	"io"
	"net/url"
	"path"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"satchel/bundle/ingest/scrub"
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

// isDot says whether a data: address is a picture of a single point.
func isDot(ref string) bool {
	const longest = 1 << 10
	if scheme(ref) != "data" || len(ref) > longest {
		return false
	}
	_, data, ok := dataPicture(ref)
	if !ok {
		return false
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	return err == nil && c.Width <= 1 && c.Height <= 1
}

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

// data answers for a data: address: pictures stay, cleaned as those in files are.
func (m *maker) data(ref string) (string, bool) {
	if len(ref) > maxPicture || isDot(ref) {
		return "", false
	}
	kind, data, ok := dataPicture(ref)
	if !ok {
		return "", false
	}
	src, removed, ok := dataAddress(kind, data)
	for _, r := range removed {
		m.removed.add(r.What, int(r.Bytes))
	}
	return src, ok
}

// dataPicture takes a data: address of a picture apart (RFC 2397).
func dataPicture(ref string) (kind string, data []byte, ok bool) {
	head, body, ok := strings.Cut(ref, ",")
	head = strings.ToLower(head)
	if !ok || !strings.HasPrefix(head, "data:image/") || !strings.HasSuffix(head, ";base64") {
		return "", nil, false
	}
	kind, _, _ = strings.Cut(head[len("data:"):], ";")
	if strings.IndexByte(body, '%') >= 0 {
		plain, err := url.PathUnescape(body)
		if err != nil {
			return "", nil, false
		}
		body = plain
	}
	body = strings.TrimRight(strings.Join(strings.Fields(body), ""), "=")
	data, err := base64.RawStdEncoding.DecodeString(body)
	return kind, data, err == nil
}

// pictureHeads are how pictures begin, by the types that an article may hold. Drawings may hold
// anything, and are no pictures here.
var pictureHeads = []struct{ kind, head, at8 string }{
	{"image/png", "\x89PNG\r\n\x1a\n", ""},
	{"image/jpeg", "\xff\xd8\xff", ""},
	{"image/gif", "GIF8", ""},
	{"image/webp", "RIFF", "WEBP"},
	{"image/avif", "\x00\x00\x00", "avif"},
	{"image/avif", "\x00\x00\x00", "avis"},
}

// dataAddress makes a data: address of a picture, without what the picture tells of its maker. Its
// type goes by what it begins with. It is not ok for what is no picture or cannot be cleaned.
func dataAddress(kind string, data []byte) (src string, removed []scrub.Removal, ok bool) {
	kind = ""
	for _, p := range pictureHeads {
		if bytes.HasPrefix(data, []byte(p.head)) && (p.at8 == "" || len(data) >= 12 && string(data[8:12]) == p.at8) {
			kind = p.kind
		}
	}
	if kind == "" {
		return "", nil, false
	}
	if scrub.Knows(kind) {
		r, err := scrub.File(kind, bytes.NewReader(data), int64(len(data)))
		if err != nil || r.Plan.Size() > maxPicture {
			return "", nil, false
		}
		clean, err := io.ReadAll(r.Plan.Reader(bytes.NewReader(data)))
		if err != nil {
			return "", nil, false
		}
		data, removed = clean, r.Removed
	}
	src = fmt.Sprintf("data:%s;base64,%s", kind, base64.StdEncoding.EncodeToString(data))
	return src, removed, len(src) <= maxPicture
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
