package document

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"satchel/bundle/ingest/scrub"
	"satchel/bundle/internal/archive"
	"satchel/bundle/internal/markup"
	"satchel/bundle/sanitize"
)

// maxPacked is the largest picture, sound or film that lies deflated in a file, so that it has to be
// inflated in memory. What lies there as it is may have any size.
const maxPacked = 64 << 20

// A scrubber is bundle/ingest/scrub, or what a test puts in its place.
type scrubber interface {
	Knows(mediaType string) bool
	File(mediaType string, r io.ReaderAt, size int64) (*scrub.Result, error)
}

type realScrubber struct{}

func (realScrubber) Knows(mediaType string) bool { return scrub.Knows(mediaType) }
func (realScrubber) File(mediaType string, r io.ReaderAt, size int64) (*scrub.Result, error) {
	return scrub.File(mediaType, r, size)
}

func (o *Options) scrubber() scrubber {
	if o.testOnlyScrub != nil {
		return o.testOnlyScrub
	}
	return realScrubber{}
}

// emptyPNG is a transparent pixel, emptySVG nothing at all. They stand where a picture was.
var emptyPNG, _ = base64.StdEncoding.DecodeString(
	"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")

const emptySVG = `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>`

// pictureMagic tells pictures apart by how they begin.
var pictureMagic = []struct {
	at    int
	magic string
	kind  string
}{
	{0, "\xff\xd8\xff", "image/jpeg"},
	{0, "\x89PNG\r\n\x1a\n", "image/png"},
	{0, "GIF8", "image/gif"},
	{8, "WEBP", "image/webp"},
	{4, "ftypavi", "image/avif"},
	{4, "ftyphei", "image/heic"},
	{4, "ftypmif1", "image/heif"},
	{0, "II*\x00", "image/tiff"},
	{0, "MM\x00*", "image/tiff"},
	{0, "BM", "image/bmp"},
}

// pictureType says what a picture is by its first bytes, or "".
func pictureType(head []byte) string {
	for _, m := range pictureMagic {
		if len(head) >= m.at+len(m.magic) && string(head[m.at:m.at+len(m.magic)]) == m.magic {
			return m.kind
		}
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	if bytes.HasPrefix(text, []byte("<svg")) ||
		bytes.HasPrefix(text, []byte("<")) && bytes.Contains(head, []byte("<svg")) {
		return "image/svg+xml"
	}
	return ""
}

// fontMagic are the ways in which fonts begin (OpenType 1.9, WOFF 1.0 and 2.0).
var fontMagic = []string{"OTTO", "\x00\x01\x00\x00", "true", "ttcf", "wOFF", "wOF2"}

func isFont(head []byte) bool {
	for _, m := range fontMagic {
		if bytes.HasPrefix(head, []byte(m)) {
			return true
		}
	}
	return false
}

// A cleaned is a picture, sound or film that was looked through.
type cleaned struct {
	kind string
	plan scrub.Plan
	from io.ReaderAt
}

func (c *cleaned) open() io.Reader { return c.plan.Reader(c.from) }

// A studio cleans what lies in a document.
type studio struct {
	zip   *archive.Archive
	scrub scrubber
	info  *Info
}

// media reads an entry, and cleans it. kind is what the document says that it is, for sound and film;
// pictures say themselves. It returns nil, with a note, for what cannot be cleaned.
func (s *studio) media(f *archive.File, kind string) (*cleaned, error) {
	from := s.zip.Raw(f)
	if from == nil {
		if f.Size > maxPacked {
			s.info.remove("a file too large to be cleaned: "+f.Name, f.Size)
			return nil, nil
		}
		data, err := s.zip.Read(f, maxPacked)
		if err != nil {
			return nil, err
		}
		from = bytes.NewReader(data)
	}
	head := make([]byte, min(1024, f.Size))
	if n, err := from.ReadAt(head, 0); n < len(head) {
		return nil, err
	}
	if t := pictureType(head); t != "" || strings.HasPrefix(kind, "image/") {
		kind = t
	}
	if kind == "image/svg+xml" {
		return s.drawing(io.NewSectionReader(from, 0, f.Size))
	}
	if !s.scrub.Knows(kind) {
		s.info.remove("a picture, sound or film of a kind that cannot be cleaned: "+f.Name, f.Size)
		return nil, nil
	}
	result, err := s.scrub.File(kind, from, f.Size)
	if err != nil {
		s.info.remove("a broken picture, sound or film: "+f.Name, f.Size)
		return nil, nil
	}
	for _, r := range result.Removed {
		s.info.remove(r.What+", in pictures inside", r.Bytes)
	}
	return &cleaned{kind: kind, plan: result.Plan, from: from}, nil
}

// drawing cleans a drawing, and the pictures in it.
func (s *studio) drawing(r io.Reader) (*cleaned, error) {
	var safe, out bytes.Buffer
	if err := sanitize.SVG(&safe, r); err != nil {
		s.info.remove("a drawing that cannot be cleaned", 0)
		return made("image/svg+xml", []byte(emptySVG)), nil
	}
	if _, err := filterXML(&out, &safe, &drawingRules{s}); err != nil {
		s.info.remove("a drawing that cannot be cleaned", 0)
		return made("image/svg+xml", []byte(emptySVG)), nil
	}
	return made("image/svg+xml", out.Bytes()), nil
}

// made is a picture of bytes of its own.
func made(kind string, data []byte) *cleaned {
	return &cleaned{kind: kind, plan: scrub.Plan{{New: data}}}
}

// inline cleans a picture in a data: address, and returns "" where it cannot.
func (s *studio) inline(address string) string {
	head, body, ok := strings.Cut(address, ",")
	if !ok || !strings.HasSuffix(strings.ToLower(head), ";base64") {
		return ""
	}
	body = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\n' || r == '\r' || r == '\t' {
			return -1
		}
		return r
	}, body)
	data, err := base64.StdEncoding.DecodeString(body)
	if err != nil {
		return ""
	}
	kind := pictureType(data[:min(len(data), 1024)])
	if kind == "image/svg+xml" || !s.scrub.Knows(kind) {
		return ""
	}
	result, err := s.scrub.File(kind, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return ""
	}
	clean, err := io.ReadAll(result.Plan.Reader(bytes.NewReader(data)))
	if err != nil {
		return ""
	}
	return dataAddress(kind, clean)
}

func dataAddress(kind string, data []byte) string {
	return fmt.Sprintf("data:%s;base64,%s", kind, base64.StdEncoding.EncodeToString(data))
}

// drawingRules clean the pictures in a drawing that is harmless otherwise.
type drawingRules struct{ studio *studio }

func (drawingRules) element(t *markup.Token, _ []markup.Name) verdict {
	if t.Local == "metadata" || t.Local == "title" || t.Local == "desc" {
		return drop
	}
	return keep
}

func (d drawingRules) attribute(_ *markup.Token, a *markup.Attr) (bool, string) {
	return d.studio.address(a)
}

func (drawingRules) text(t *markup.Token, _ []markup.Name) []byte { return t.Raw }

// address says what becomes of an attribute that may hold a picture.
func (s *studio) address(a *markup.Attr) (bool, string) {
	if len(a.Raw) < 20 || !bytes.Contains(bytes.ToLower(a.Raw[:min(len(a.Raw), 200)]), []byte("data:")) {
		return true, ""
	}
	v := strings.TrimSpace(a.Value())
	if len(v) < 5 || !strings.EqualFold(v[:5], "data:") {
		return true, ""
	}
	if clean := s.inline(v); clean != "" {
		return true, clean
	}
	s.info.remove("a picture inside of a page that cannot be cleaned", int64(len(v)))
	return false, ""
}
