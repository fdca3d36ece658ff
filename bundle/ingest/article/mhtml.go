package article

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"

	"satchel/bundle/sanitize"
)

// Limits of MHTML files.
const (
	// maxParts is how many parts a file has, maxHeader how long the headers of one are.
	maxParts  = 4000
	maxHeader = 64 << 10
	// maxNested is how deep parts lie in parts: a page in a mail, or a choice of pages.
	maxNested = 3
)

// An archive is an MHTML file taken apart.
type archive struct {
	location string // where its page is from
	base     *url.URL
	pages    []part            // the texts in HTML, in the order of the file
	pictures map[string][]byte // by address, and by cid: and Content-ID
	src      map[string]string // the data: addresses made of them
	removed  removals          // what they told of their makers
	parts    int
	size     int
}

// A part is a text in an archive.
type part struct {
	id, location, charset string
	text                  []byte
}

// MHTML makes an article of a page that a browser saved with its pictures in one file, multipart/related
// as in RFC 2557: .mht and .mhtml. Pictures lie in the article as data: addresses, cleaned as those in
// files are; drawings are left out. Size is that of the file. It returns ErrFormat for what is no such
// file or has no page in it, ErrLimit, or the error of r.
func MHTML(r io.Reader, size int64, o Options) (*Page, error) {
	if size > MaxInput {
		return nil, fmt.Errorf("%w: more than %d MB", ErrLimit, MaxInput>>20)
	}
	counted := &io.LimitedReader{R: r, N: MaxInput + 1}
	a := &archive{pictures: map[string][]byte{}, src: map[string]string{}}
	err := a.read(counted)
	if counted.N <= 0 {
		return nil, fmt.Errorf("%w: more than %d MB", ErrLimit, MaxInput>>20)
	}
	if err != nil {
		return nil, err
	}
	page, err := a.page()
	if err != nil {
		return nil, err
	}
	return makeHTML(page, o, a)
}

// read reads the headers of the file, and its parts.
func (a *archive) read(r io.Reader) error {
	header, body, err := readHeader(r)
	if err != nil {
		return err
	}
	a.setLocation(header.Get("Snapshot-Content-Location"))
	return a.part(header, body, 0)
}

// readHeader reads the headers at the start of a file (RFC 5322). A file may begin with blank lines,
// or with the line "From " of a mailbox.
func readHeader(r io.Reader) (textproto.MIMEHeader, io.Reader, error) {
	b := bufio.NewReaderSize(r, 4096)
	var head bytes.Buffer
	for head.Len() <= maxHeader {
		l, err := b.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, nil, readError(err)
		}
		blank := len(bytes.TrimSpace(l)) == 0
		if blank && head.Len() == 0 || head.Len() == 0 && bytes.HasPrefix(l, []byte("From ")) {
			continue
		}
		head.Write(l)
		if !blank {
			continue
		}
		header, err := textproto.NewReader(bufio.NewReader(&head)).ReadMIMEHeader()
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, nil, fmt.Errorf("%w: %w", ErrFormat, err)
		}
		return header, b, nil
	}
	return nil, nil, fmt.Errorf("%w: its headers do not end", ErrFormat)
}

// readError says that a file ended too early, or what its reader said.
func readError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends too early", ErrFormat)
	}
	return err
}

// part takes in a part of the file: a page, a picture, or parts in it.
func (a *archive) part(header textproto.MIMEHeader, body io.Reader, depth int) error {
	mediaType, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	switch {
	case err != nil && mediaType == "":
		return a.skipOrFail(depth)
	case strings.HasPrefix(mediaType, "multipart/"):
		return a.multipart(params["boundary"], body, depth)
	case mediaType == "text/html" || mediaType == "application/xhtml+xml":
		return a.text(header, params["charset"], body)
	case strings.HasPrefix(mediaType, "image/") && mediaType != "image/svg+xml":
		return a.picturePart(header, body)
	}
	return nil
}

// skipOrFail passes over a part without a type; a file without one is none of ours.
func (a *archive) skipOrFail(depth int) error {
	if depth == 0 {
		return fmt.Errorf("%w: it has no Content-Type", ErrFormat)
	}
	return nil
}

func (a *archive) multipart(boundary string, body io.Reader, depth int) error {
	if boundary == "" || depth >= maxNested {
		return fmt.Errorf("%w: its parts have no boundary, or nest too deep", ErrFormat)
	}
	m := multipart.NewReader(body, boundary)
	for {
		p, err := m.NextRawPart()
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil // what came before the end that is missing is there
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrFormat, err)
		}
		if a.parts++; a.parts > maxParts {
			return fmt.Errorf("%w: more than %d parts", ErrLimit, maxParts)
		}
		if err := a.part(p.Header, p, depth+1); err != nil {
			return err
		}
	}
}

// content decodes what a part holds. What a broken encoding cuts off is lost.
func (a *archive) content(header textproto.MIMEHeader, body io.Reader) ([]byte, error) {
	switch strings.ToLower(strings.TrimSpace(header.Get("Content-Transfer-Encoding"))) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	data, err := io.ReadAll(io.LimitReader(body, MaxInput+1))
	if a.size += len(data); a.size > MaxInput {
		return nil, fmt.Errorf("%w: more than %d MB", ErrLimit, MaxInput>>20)
	}
	if err != nil && len(data) == 0 {
		return nil, nil
	}
	return data, nil
}

func (a *archive) text(header textproto.MIMEHeader, charset string, body io.Reader) error {
	data, err := a.content(header, body)
	if err != nil {
		return err
	}
	location := strings.TrimSpace(header.Get("Content-Location"))
	a.pages = append(a.pages, part{
		id: contentID(header), location: location, charset: charset, text: data,
	})
	return nil
}

func (a *archive) picturePart(header textproto.MIMEHeader, body io.Reader) error {
	data, err := a.content(header, body)
	if err != nil || len(data) == 0 {
		return err
	}
	for _, key := range []string{strings.TrimSpace(header.Get("Content-Location")), "cid:" + contentID(header)} {
		if key != "" && key != "cid:" && len(key) <= maxAddress && a.pictures[key] == nil {
			a.pictures[key] = data
		}
	}
	return nil
}

// contentID is the name by which other parts refer to one (RFC 2392).
func contentID(header textproto.MIMEHeader) string {
	return strings.Trim(strings.TrimSpace(header.Get("Content-ID")), "<>")
}

// page returns the page that the file is of, in UTF-8: the first one that there is.
func (a *archive) page() ([]byte, error) {
	for _, p := range a.pages {
		if len(bytes.TrimSpace(p.text)) == 0 {
			continue
		}
		a.setLocation(p.location)
		return toUTF8(p.text, p.charset), nil
	}
	return nil, fmt.Errorf("%w: there is no page in it", ErrFormat)
}

// setLocation takes note of where the page is from. The first one counts.
func (a *archive) setLocation(location string) {
	location = strings.TrimSpace(location)
	u, err := url.Parse(location)
	if a.location != "" || err != nil || len(location) > maxAddress || u.Scheme != "http" && u.Scheme != "https" {
		return
	}
	a.location, a.base = location, u
}

// toUTF8 decodes a text. Bytes that are UTF-8 are UTF-8, whatever is declared.
func toUTF8(text []byte, charset string) []byte {
	if utf8.Valid(text) {
		return text
	}
	if charset == "" {
		info, _ := sanitize.Head(bytes.NewReader(text), 64<<10)
		charset = info.Charset
	}
	enc, err := htmlindex.Get(firstOf(strings.TrimSpace(charset), "windows-1252"))
	if err != nil {
		return text
	}
	out, err := enc.NewDecoder().Bytes(text)
	if err != nil || len(out) > MaxInput {
		return text
	}
	return out
}

// absolute is what a relative address in the page means on the net, or nothing.
func (a *archive) absolute(ref string) string {
	if a.base == nil || len(ref) > maxAddress {
		return ""
	}
	u, err := a.base.Parse(ref)
	if err != nil {
		return ""
	}
	return u.String()
}

// picture answers for the address of a picture in the file.
func (a *archive) picture(ref string) (string, bool) {
	for _, key := range []string{ref, a.absolute(ref), strings.ReplaceAll(ref, "%40", "@")} {
		data := a.pictures[key]
		if key == "" || data == nil {
			continue
		}
		if src, known := a.src[key]; known {
			return src, src != ""
		}
		src, removed, ok := dataAddress(data)
		if !ok {
			src = ""
		}
		for _, r := range removed {
			a.removed.add(r.What, int(r.Bytes))
		}
		a.src[key] = src
		return src, ok
	}
	return "", false
}
