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
	"strings"

	"satchel/bundle/ingest/scrub"
)

// data answers for a data: address: pictures stay, cleaned as those in files are.
func (m *maker) data(ref string) (string, bool) {
	if len(ref) > maxPicture || isDot(ref) {
		return "", false
	}
	data, ok := dataPicture(ref)
	if !ok {
		return "", false
	}
	src, removed, ok := dataAddress(data)
	for _, r := range removed {
		m.removed.add(r.What, int(r.Bytes))
	}
	return src, ok
}

// dataPicture returns what is in a data: address of a picture (RFC 2397).
func dataPicture(ref string) (data []byte, ok bool) {
	head, body, ok := strings.Cut(ref, ",")
	head = strings.ToLower(head)
	if !ok || !strings.HasPrefix(head, "data:image/") || !strings.HasSuffix(head, ";base64") {
		return nil, false
	}
	if strings.IndexByte(body, '%') >= 0 {
		plain, err := url.PathUnescape(body)
		if err != nil {
			return nil, false
		}
		body = plain
	}
	body = strings.TrimRight(strings.Join(strings.Fields(body), ""), "=")
	data, err := base64.RawStdEncoding.DecodeString(body)
	return data, err == nil
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
func dataAddress(data []byte) (src string, removed []scrub.Removal, ok bool) {
	kind := ""
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

// isDot says whether a data: address is a picture of a single point.
func isDot(ref string) bool {
	const longest = 1 << 10
	if scheme(ref) != "data" || len(ref) > longest {
		return false
	}
	data, ok := dataPicture(ref)
	if !ok {
		return false
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	return err == nil && c.Width <= 1 && c.Height <= 1
}
