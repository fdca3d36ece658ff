package sanitize

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"strings"
)

// A resolver asks the Linker and checks what it answers. It gives ids their other names, too.
type resolver struct {
	linker Linker
	id     func(id string) string // of Options, or nil
	base   string                 // a local <base href> up to its last slash, or empty
}

// link answers for a link.
func (r *resolver) link(raw string) (string, bool) {
	ref, ok := r.ref(raw)
	if !ok {
		return "", false
	}
	href, ok := r.linker.Link(ref)
	if !ok {
		return "", false
	}
	href = trimAddress(href)
	switch scheme(href) {
	case "", "http:", "https:", "mailto:", "tel:":
		return r.place(href), true
	}
	return "", false
}

// resource answers for what a browser fetches by itself.
func (r *resolver) resource(raw string, use Use) (string, bool) {
	ref, ok := r.ref(raw)
	if !ok || ref == "" {
		return "", false
	}
	src, ok := r.linker.Resource(ref, use)
	if !ok {
		return "", false
	}
	src = trimAddress(src)
	switch scheme(src) {
	case "":
		return src, src != "" && !namesHost(src)
	case "blob:":
		return src, true
	case "data:":
		return cleanData(src, use)
	}
	return "", false
}

// ref is the address that the Linker sees.
func (r *resolver) ref(raw string) (string, bool) {
	if r.linker == nil || len(raw) > maxAddress {
		return "", false
	}
	ref := strings.ToValidUTF8(trimAddress(raw), "\uFFFD")
	if own := scheme(ref); own == "blob:" || own == "filesystem:" {
		return "", false // the caller's to make, and no page's to name
	}
	if r.base == "" || ref == "" || scheme(ref) != "" || strings.IndexByte(`/\#?`, ref[0]) >= 0 {
		return ref, true
	}
	return r.base + ref, true
}

// name returns what is written for an id.
func (r *resolver) name(id string) string {
	if r.id == nil || id == "" {
		return id
	}
	return r.id(id)
}

// place returns an address with another name for the place in the page that it leads to, if it leads to one.
func (r *resolver) place(address string) string {
	if r.id == nil || len(address) < 2 || address[0] != '#' {
		return address
	}
	return "#" + r.id(address[1:])
}

// renamed returns the value of an attribute of a kind with other names for the ids in it.
func (r *resolver) renamed(k kind, value []byte) []byte {
	if r.id == nil {
		return value
	}
	switch k {
	case ident:
		return []byte(r.name(string(value)))
	case fragment, link:
		return []byte(r.place(string(value)))
	case idents:
		ids := strings.Fields(string(value))
		ids = ids[:min(len(ids), maxIDs)]
		for i := range ids {
			ids[i] = r.id(ids[i])
		}
		return []byte(strings.Join(ids, " "))
	}
	return value
}

// setBase takes the address of a <base href>, if it is a relative path.
func (r *resolver) setBase(raw string) {
	base := trimAddress(raw)
	if len(base) > maxValue || scheme(base) != "" || namesHost(base) {
		return
	}
	base, _, _ = strings.Cut(base, "#")
	base, _, _ = strings.Cut(base, "?")
	r.base = base[:strings.LastIndexByte(base, '/')+1]
}

// trimAddress takes from an address what browsers take from it: control
// characters and spaces around it, tabs and line ends in it. What is left cannot
// mean anything else to them than to us.
func trimAddress(s string) string {
	for len(s) > 0 && s[0] <= ' ' {
		s = s[1:]
	}
	for len(s) > 0 && s[len(s)-1] <= ' ' {
		s = s[:len(s)-1]
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f {
			return strings.Trim(lineEnds.Replace(s), " ") // which may have stood behind one
		}
	}
	return s
}

// lineEnds takes out what browsers take out. Other control characters they
// escape; in a page they are left out, so they must not be here, either.
var lineEnds = func() *strings.Replacer {
	pairs := []string{"\x7f", ""}
	for c := range ' ' {
		pairs = append(pairs, string(c), "")
	}
	return strings.NewReplacer(pairs...)
}()

// scheme returns what stands up to the first colon, in lower case, when no slash,
// backslash, question mark or number sign comes before it. What is no scheme to a
// browser may come out as one; it is refused then.
func scheme(s string) string {
	for i := range len(s) {
		switch s[i] {
		case ':':
			return strings.ToLower(s[:i+1])
		case '/', '\\', '?', '#':
			return ""
		}
	}
	return ""
}

// namesHost says whether an address without a scheme has a host. Browsers take
// backslashes for slashes.
func namesHost(s string) bool {
	return len(s) >= 2 && (s[0] == '/' || s[0] == '\\') && (s[1] == '/' || s[1] == '\\')
}

// dataTypes are the media types that a data: address may have for each use: what
// a browser decodes and no more. Style sheets and captions lie in files, where
// they are cleaned.
var dataTypes = map[Use][]string{
	Picture: {"image/"},
	Sound:   {"audio/"},
	Video:   {"video/"},
	Font: {"font/", "application/font-", "application/x-font-",
		"application/vnd.ms-fontobject", "application/octet-stream"},
}

// cleanData lets a data: address through when it has a type for its use. A
// drawing is cleaned as the drawings in files are.
func cleanData(src string, use Use) (string, bool) {
	head, body, ok := strings.Cut(src[len("data:"):], ",")
	if !ok || !consists([]byte(head), "/+.;=-") {
		return "", false
	}
	head = strings.ToLower(head)
	for _, prefix := range dataTypes[use] {
		if !strings.HasPrefix(head, prefix) {
			continue
		}
		isBase64 := strings.HasSuffix(head, ";base64")
		if strings.HasPrefix(head, "image/svg") {
			return cleanDataSVG(body, isBase64)
		}
		ok := isBase64 && !strings.Contains(head, "xml") && consists([]byte(body), "+/=%")
		if ok && (use == Sound || use == Video) {
			ok = !isDataPlaylist(body)
		}
		return src, ok
	}
	return "", false
}

// isDataPlaylist says whether base64 is that of a playlist, or begins as none that we can
// read.
func isDataPlaylist(body string) bool {
	text, err := url.PathUnescape(body)
	text = strings.TrimRight(text, "=")
	text = text[:min(len(text), playlistHead/3*4)]
	raw, err2 := base64.RawStdEncoding.DecodeString(text)
	return err != nil || err2 != nil || IsPlaylist(raw)
}

// playlistHead is how many bytes are looked at for the first that is no white space.
const playlistHead = 240

// IsPlaylist says whether a sound or film that begins like this is none, but a text that
// lists addresses for a player to fetch: HLS (#EXTM3U), DASH or SMIL (<), PLS ([). Players
// go by these bytes, whatever the type says. The files of sounds and films begin otherwise.
func IsPlaylist(head []byte) bool {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")) && len(head) > 3 && head[3] == 0: // UTF-16
		head = head[2:]
	case bytes.HasPrefix(head, []byte("\xfe\xff\x00")):
		head = head[3:]
	default:
		head = bytes.TrimPrefix(head, []byte("\uFEFF"))
	}
	head = bytes.TrimLeft(head, " \t\r\n\f\v")
	return len(head) > 0 && (head[0] == '#' || head[0] == '<' || head[0] == '[')
}

// cleanDataSVG cleans the drawing in a data: address.
func cleanDataSVG(body string, isBase64 bool) (string, bool) {
	body, _, _ = strings.Cut(body, "#")
	text, err := url.PathUnescape(body)
	if err != nil {
		return "", false
	}
	raw := []byte(text)
	if isBase64 {
		text = strings.TrimRight(strings.ReplaceAll(text, " ", ""), "=")
		if raw, err = base64.RawStdEncoding.DecodeString(text); err != nil {
			return "", false
		}
	}
	var clean bytes.Buffer
	if err := SVG(&clean, bytes.NewReader(raw)); err != nil {
		return "", false
	}
	return "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(clean.Bytes()), true
}

// isRaster says whether an address is a picture made of pixels that lies in the
// address itself.
func isRaster(s string) bool {
	head, body, ok := strings.Cut(s, ",")
	head = strings.ToLower(head)
	kind, isData := strings.CutPrefix(strings.TrimSuffix(head, ";base64"), "data:image/")
	if !ok || !isData || !strings.HasSuffix(head, ";base64") || !consists([]byte(body), "+/=") {
		return false
	}
	switch kind {
	case "png", "jpeg", "jpg", "gif", "webp":
		return true
	}
	return false
}

// srcset answers for each picture in a list such as "a.png 1x, b.png 2x" and
// joins those that are left.
func (r *resolver) srcset(value string) (string, bool) {
	var list []string
	for len(list) < maxCandidates {
		ref, descriptor, rest := cutCandidate(value)
		if ref == "" {
			break
		}
		value = rest
		src, ok := r.resource(ref, Picture)
		if !ok || strings.ContainsAny(src, " \f") || strings.Trim(src, ",") != src {
			continue
		}
		if descriptor != "" {
			src += " " + descriptor
		}
		list = append(list, src)
	}
	return strings.Join(list, ", "), len(list) > 0
}

// cutCandidate takes the first picture from a srcset: its address, which a comma
// ends only when white space follows, and its descriptor. A descriptor that is
// not a number and a letter is dropped.
func cutCandidate(s string) (ref, descriptor, rest string) {
	s = strings.TrimLeft(s, " \t\n\f\r,")
	end := strings.IndexAny(s, " \t\n\f\r")
	if end < 0 {
		end = len(s)
	}
	ref, rest = s[:end], s[end:]
	if trimmed := strings.TrimRight(ref, ","); trimmed != ref {
		return trimmed, "", rest
	}
	descriptor, rest, _ = strings.Cut(rest, ",")
	descriptor = strings.Trim(descriptor, " \t\n\f\r")
	if len(descriptor) > 16 || !consists([]byte(descriptor), ".") {
		descriptor = ""
	}
	return ref, descriptor, rest
}
