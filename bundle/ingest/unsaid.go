package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"

	"satchel/bundle"
	"satchel/bundle/ingest/document"
	"satchel/bundle/ingest/never"
	"satchel/bundle/internal/archive"
	"satchel/bundle/plain"
)

// This file looks for what a curator has listed as never to be said: in what is packed of a text, in
// what an item says of itself, and in its path.

// maxNamed is how many places of a file are named.
const maxNamed = 3

// unsaid is why a file is refused that says what must not be said, or nothing.
func (f *Folder) unsaid(m *material, p *product) (string, error) {
	list := f.options.Unsaid
	if list == nil {
		return "", nil
	}
	it := &m.item
	about := strings.Join([]string{it.Path, it.Title, it.Summary, it.Byline, it.Tags, it.Origin, it.Licence}, "\n")
	hits, err := list.Search(strings.NewReader(strings.ReplaceAll(about, "/", "\n")))
	where := "its name or what it says of itself"
	if err == nil && len(hits) == 0 {
		where = "its text"
		hits, err = m.searchText(list, p)
	}
	if len(hits) == 0 {
		return "", err
	}
	var places []string
	for _, h := range hits[:min(len(hits), maxNamed)] {
		places = append(places, fmt.Sprintf("%q in %q, line %d", h.Entry, h.Context, h.Line))
	}
	if more := len(hits) - len(places); more > 0 {
		places = append(places, fmt.Sprintf("%d more", more))
	}
	return fmt.Sprintf("it must not be said, and stands in %s: %s", where, strings.Join(places, "; ")), nil
}

// errTexts says that a recording has text inside that nobody here can read.
var errTexts = errors.New("it has captions or names of chapters inside: take them out, and lay captions beside it in a file, such as " +
	"film.en.vtt (ffmpeg -i FILM -map 0:s:0 film.en.vtt, and ffmpeg -i FILM -map 0 -map -0:s -map_chapters -1 -c copy NEW)")

// searchText searches what readers will see of an item.
func (m *material) searchText(list *never.List, p *product) ([]never.Hit, error) {
	mediaType, _, _ := strings.Cut(m.item.Type, ";")
	switch m.item.Kind {
	case bundle.KindPage:
		// <b>Jo</b>hn is one word, and <span>by</span><span>John</span> are two.
		return m.search(list, p, joinedText, partedText, foundText(mediaType))
	case bundle.KindText, bundle.KindResource, bundle.KindFile:
		return m.search(list, p, asItIs, joinedText, partedText, unescaped)
	case bundle.KindCaptions:
		hits, err := m.search(list, p, asItIs, joinedText, foundText(mediaType))
		for i := range m.extras {
			if err == nil && len(hits) == 0 {
				hits, err = m.search(list, m.extras[i].product, asItIs, joinedText, foundText(mediaType))
			}
		}
		return hits, err
	case bundle.KindPicture:
		if mediaType == svgImage.mime {
			return m.search(list, p, joinedText, partedText, foundText(mediaType))
		}
	case bundle.KindBook, bundle.KindDocument:
		return m.searchDocument(list, mediaType, p)
	case bundle.KindVideo, bundle.KindSound:
		if m.texts > 0 {
			return nil, errTexts
		}
	}
	return nil, nil
}

func asItIs(r io.Reader) io.Reader { return r }

// search searches what is packed, read in one way after the other.
func (m *material) search(list *never.List, p *product, ways ...func(io.Reader) io.Reader) (hits []never.Hit, err error) {
	for _, text := range ways {
		content := m.content(p)
		hits, err = list.Search(text(decoding(content, charsetParam(m.item.Type))))
		if err := errors.Join(err, content.Close()); err != nil || len(hits) > 0 {
			return hits, err
		}
	}
	return nil, nil
}

// foundText reads a text as the search index does, which joins what other words stand above or between:
// <ruby>Jo<rt>...</rt>hn</ruby> is John there.
func foundText(mediaType string) func(io.Reader) io.Reader {
	return func(r io.Reader) io.Reader {
		content, err := io.ReadAll(io.LimitReader(r, maxHeld))
		if err != nil {
			return errorReader{err}
		}
		var b strings.Builder
		err = plain.Text(bytes.NewReader(content), int64(len(content)), mediaType, func(_ plain.Part, line string) bool {
			b.WriteString(line)
			b.WriteByte('\n')
			return true
		})
		if err != nil {
			return strings.NewReader("") // then the index has none, either
		}
		return strings.NewReader(b.String())
	}
}

// An errorReader fails.
type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }

// escapes are how JSON writes a character.
var escapes = regexp.MustCompile(`\\u[0-9a-fA-F]{4}`)

// unescaped reads a text with the escapes of JSON in it. Of a long one it reads the beginning.
func unescaped(r io.Reader) io.Reader {
	text, err := io.ReadAll(io.LimitReader(r, maxHeld))
	if err != nil || !escapes.Match(text) {
		return strings.NewReader("")
	}
	return bytes.NewReader(escapes.ReplaceAllFunc(text, func(b []byte) []byte {
		n, _ := strconv.ParseUint(string(b[2:]), 16, 16)
		return utf8.AppendRune(nil, rune(n))
	}))
}

// searchDocument searches the text of a book or a document: what is packed of it, or all that stood in a
// file that is too large to be held.
func (m *material) searchDocument(list *never.List, mediaType string, p *product) (hits []never.Hit, err error) {
	var r io.ReaderAt = m.file
	size := m.size
	if p != nil && p.size <= maxHeld {
		content := m.content(p)
		defer content.Close()
		held, err := io.ReadAll(content)
		if err != nil {
			return nil, err
		}
		r, size = bytes.NewReader(held), int64(len(held))
	}
	failed := document.Text(r, size, mediaType, func(text string) bool {
		var found []never.Hit
		found, err = list.Search(strings.NewReader(text))
		hits = append(hits, found...)
		return err == nil && len(hits) <= maxNamed
	})
	if err := errors.Join(err, failed); err != nil || len(hits) > 0 || mediaType == pdfFile.mime {
		return hits, err
	}
	return searchArchive(list, r, size)
}

// searchArchive searches all that is written in an archive: text, attributes, and the names of its files.
func searchArchive(list *never.List, r io.ReaderAt, size int64) ([]never.Hit, error) {
	zip, err := archive.Open(r, size)
	if err != nil {
		return nil, err
	}
	for _, file := range zip.Files {
		if hits, err := list.Search(strings.NewReader(strings.ReplaceAll(file.Name, "/", "\n"))); err != nil || len(hits) > 0 {
			return hits, err
		}
		if !written[extension(strings.ToLower(file.Name))] {
			continue
		}
		text, err := zip.Read(file, maxHeld)
		if err != nil {
			return nil, err
		}
		for _, way := range []func(io.Reader) io.Reader{joinedText, partedText} {
			if hits, err := list.Search(way(bytes.NewReader(text))); err != nil || len(hits) > 0 {
				return hits, err
			}
		}
	}
	return nil, nil
}

// written are the extensions of files in books and documents that hold text.
var written = set("xml xhtml html htm css ncx opf rels txt svg vtt json smil")

// maxHeld is how large a document is, in bytes, that is held to be searched.
const maxHeld = 64 << 20

// joinedText reads the text of a page: what stands between tags, and in attributes that people read or
// follow. Words that tags for letters stand in are whole.
func joinedText(r io.Reader) io.Reader { return newTextReader(r, inline) }

// partedText is the same with words ending at every tag.
func partedText(r io.Reader) io.Reader { return newTextReader(r, nil) }

func newTextReader(r io.Reader, joining map[string]bool) io.Reader {
	z := html.NewTokenizer(r)
	z.SetMaxBuf(1 << 20)
	return &textReader{z: z, joining: joining}
}

// A textReader is the text of a page. It keeps the page's lines.
type textReader struct {
	z       *html.Tokenizer
	joining map[string]bool // elements that do not end a word
	text    []byte
}

// inline are the elements that do not end a word.
var inline = set(`a abbr acronym b bdi bdo big c cite code data del dfn em font i ins kbd label letter mark nobr output
	q rb rp rt ruby s samp small span strike strong sub sup time tspan tt u v var wbr`)

func (t *textReader) Read(p []byte) (int, error) {
	for len(t.text) == 0 {
		switch t.z.Next() {
		case html.ErrorToken:
			return 0, t.z.Err()
		case html.TextToken:
			t.text = append(t.text, t.z.Text()...)
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			t.tag()
		}
	}
	n := copy(p, t.text)
	t.text = t.text[n:]
	return n, nil
}

func (t *textReader) tag() {
	name, more := t.z.TagName()
	if string(name) == "noscript" {
		t.z.NextIsNotRawText() // it is shown, since scripts do not run
	}
	if !t.joining[string(name)] {
		t.text = append(t.text, ' ')
	}
	for more {
		var value []byte
		_, value, more = t.z.TagAttr()
		if len(value) == 0 || hasFold(value, "data:") { // pictures inside are no text
			continue
		}
		t.text = append(append(append(t.text, ' '), value...), ' ')
		if plain, err := url.PathUnescape(string(value)); err == nil && plain != string(value) {
			t.text = append(append(t.text, plain...), ' ')
		}
	}
}
