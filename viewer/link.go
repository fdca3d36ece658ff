package viewer

import (
	"bytes"
	"net/url"
	"path"
	"strings"

	"golang.org/x/text/unicode/norm"

	"satchel/bundle/sanitize"
)

// topMark begins the addresses that leave a page's frame: only links have it, and
// targeting gives them their target.
const topMark = "./"

// maxRemembered is how many links of a page are remembered: pages repeat them.
const maxRemembered = 2000

// A linker turns the addresses in one item into sealed ones. A link that leads nowhere
// does so when it is followed; what a page would load is not asked for where it is not there.
type linker struct {
	v      *Viewer
	volume int
	path   string // of the item
	folder string // that it lies in, with a slash behind it, or empty
	book   string // the path of the book that the item is a part of, or empty
	suffix string // what keeps the reader's look: ?lang=ko, or nothing
	tops   int    // how many links leave the frame

	pictures map[string]string // the paths of pictures, in the bundle or the book, by their addresses
	seen     map[string]string
	lacks    func(path string) bool // says that the bundle has nothing there; or nil
	lacking  map[string]bool        // what it said
}

func newLinker(v *Viewer, volume int, item, suffix string) *linker {
	folder, _ := path.Split(item)
	return &linker{v: v, volume: volume, path: item, folder: folder, suffix: suffix,
		seen: map[string]string{}, pictures: map[string]string{}, lacking: map[string]bool{}}
}

// Link answers for a link: to another item's page, to a place in this one, or to
// the page that warns of an address outside.
func (l *linker) Link(ref string) (string, bool) {
	if href, ok := l.seen[ref]; ok {
		l.tops++
		return href, true
	}
	href, ok := l.link(ref)
	if ok && strings.HasPrefix(href, topMark) {
		l.tops++
		if len(l.seen) < maxRemembered {
			l.seen[ref] = href
		}
	}
	return href, ok
}

func (l *linker) link(ref string) (string, bool) {
	if strings.HasPrefix(ref, "#") {
		return ref, true
	}
	if outside, ok := leadsOut(ref); ok {
		return l.top(viewOutside, outside)
	}
	to, fragment, ok := l.resolve(ref)
	if !ok {
		return "", false
	}
	if to == l.path && fragment != "" {
		return "#" + fragment, true
	}
	at := spot{path: to, place: fragment}
	if l.book != "" {
		at = spot{path: l.book, chapter: to, place: fragment}
	}
	href, ok := l.top(viewItem, at.String())
	if fragment != "" {
		href += "#" + l.v.sealer.id(fragment) // where it is an article
	}
	return href, ok
}

func (l *linker) top(as view, text string) (string, bool) {
	address, ok := l.v.sealer.seal(target{as, l.volume, text})
	return topMark + address + l.suffix, ok
}

// Resource answers for what a page loads: what lies in the same bundle, or in the
// address itself. Nothing else is ever loaded.
func (l *linker) Resource(ref string, use sanitize.Use) (string, bool) {
	if scheme(ref) == "data" {
		return ref, use != sanitize.Style && use != sanitize.Captions
	}
	to, _, ok := l.resolve(ref)
	if !ok || l.isLacking(to) {
		return "", false
	}
	as := viewContent
	if use == sanitize.Captions {
		as = viewCaptions
	}
	at := to
	if l.book != "" {
		at = l.book + "\n" + to
	}
	address, ok := l.v.sealer.seal(target{as, l.volume, at})
	if use == sanitize.Picture && ok && len(l.pictures) < maxRemembered {
		l.pictures[address] = to
	}
	return address, ok
}

// maxLookedUp is how many paths are looked up in the bundle for a page.
const maxLookedUp = 500

// isLacking says whether the bundle is known to have nothing at a path.
func (l *linker) isLacking(path string) bool {
	if l.book != "" || l.lacks == nil {
		return false
	}
	lacking, known := l.lacking[path]
	if !known && len(l.lacking) < maxLookedUp {
		lacking = l.lacks(path)
		l.lacking[path] = lacking
	}
	return lacking
}

// resolve returns the path in the bundle that a relative address means, and its
// fragment. An address from the root is taken to mean the top of the bundle, and
// nothing is above that. Paths in a bundle are in NFC.
func (l *linker) resolve(ref string) (to, fragment string, ok bool) {
	if scheme(ref) != "" || hostless(ref) != ref {
		return "", "", false
	}
	ref, fragment, _ = strings.Cut(ref, "#")
	ref, _, _ = strings.Cut(ref, "?")
	if strings.IndexByte(ref, '\\') >= 0 {
		ref = strings.ReplaceAll(ref, "\\", "/")
	}
	if strings.IndexByte(ref, '%') >= 0 {
		if plain, err := url.PathUnescape(ref); err == nil {
			ref = plain
		}
	}
	switch {
	case ref == "":
		return l.path, fragment, true
	case ref[0] == '/':
		to = join("", ref[1:])
	default:
		to = join(l.folder, ref)
	}
	return norm.NFC.String(to), fragment, true
}

// join returns the path of ref as seen from a folder. A slash at its end stays.
func join(folder, ref string) string {
	for {
		if rest, ok := strings.CutPrefix(ref, "./"); ok {
			ref = rest
		} else if rest, ok := strings.CutPrefix(ref, "/"); ok {
			ref = rest // behind one that was cut off: a slash too many
		} else if rest, ok := strings.CutPrefix(ref, "../"); ok {
			ref = rest
			up := strings.LastIndexByte(strings.TrimSuffix(folder, "/"), '/')
			folder = folder[:up+1]
		} else {
			break
		}
	}
	to := folder + ref
	if ref == "." || ref == ".." || strings.Contains(ref, "/.") || strings.Contains(ref, "//") {
		to = path.Clean("/" + to)[1:]
		if to != "" && strings.HasSuffix(ref, "/") {
			to += "/"
		}
	}
	return to
}

// hostless returns ref up to where a host would begin: all of it, when it names
// none. Browsers take backslashes for slashes.
func hostless(ref string) string {
	if len(ref) >= 2 && strings.IndexByte(`/\`, ref[0]) >= 0 && strings.IndexByte(`/\`, ref[1]) >= 0 {
		return ""
	}
	return ref
}

// leadsOut says whether a link leads out of the bundle to where a reader may want
// to go, and to which address.
func leadsOut(ref string) (string, bool) {
	switch scheme(ref) {
	case "http", "https", "ftp", "mailto", "tel", "magnet", "ipfs", "gemini":
		return ref, true
	case "":
		if hostless(ref) == "" {
			return "https:" + strings.ReplaceAll(ref, "\\", "/"), true
		}
	}
	return "", false
}

// scheme returns what stands before the first colon, in lower case, or nothing.
func scheme(ref string) string {
	i := strings.IndexAny(ref, ":/\\?#")
	if i < 0 || ref[i] != ':' {
		return ""
	}
	return strings.ToLower(ref[:i])
}

// targeting returns a page whose links, where they are of those that Link made, leave
// their frame. In the output of the allow-list a double quote ends an attribute and
// stands nowhere else, and no other address begins with the mark.
func (l *linker) targeting(clean []byte) []byte {
	const mark, target = ` href="` + topMark, ` target="_top"`
	out := make([]byte, 0, len(clean)+l.tops*len(target))
	for {
		i := bytes.Index(clean, []byte(mark))
		if i < 0 {
			return append(out, clean...)
		}
		out = append(append(append(out, clean[:i]...), target...), mark...)
		clean = clean[i+len(mark):]
	}
}
