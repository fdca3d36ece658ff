package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html"

	"satchel/bundle"
	"satchel/bundle/ingest/document"
	"satchel/bundle/ingest/never"
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

// searchText searches what readers will see of an item.
func (m *material) searchText(list *never.List, p *product) ([]never.Hit, error) {
	mediaType, _, _ := strings.Cut(m.item.Type, ";")
	switch m.item.Kind {
	case bundle.KindPage:
		// <b>Jo</b>hn is one word, and <span>by</span><span>John</span> are two.
		hits, err := m.search(list, p, joinedText)
		if err == nil && len(hits) == 0 {
			hits, err = m.search(list, p, partedText)
		}
		return hits, err
	case bundle.KindText, bundle.KindResource:
		return m.search(list, p, asItIs)
	case bundle.KindCaptions:
		hits, err := m.search(list, p, asItIs)
		for i := range m.extras {
			if err == nil && len(hits) == 0 {
				hits, err = m.search(list, m.extras[i].product, asItIs)
			}
		}
		return hits, err
	case bundle.KindPicture:
		if mediaType == svgImage.mime {
			return m.search(list, p, partedText)
		}
	case bundle.KindBook, bundle.KindDocument:
		return m.searchDocument(list, mediaType, p)
	}
	return nil, nil
}

func asItIs(r io.Reader) io.Reader { return r }

func (m *material) search(list *never.List, p *product, text func(io.Reader) io.Reader) ([]never.Hit, error) {
	var r io.Reader = io.NewSectionReader(m.file, 0, m.size)
	if p != nil {
		content := p.open(m.file)
		defer content.Close()
		r = content
	}
	return list.Search(text(decoding(r, charsetParam(m.item.Type))))
}

// searchDocument searches the text of a book or a document: what is packed of it, or all that stood in a
// file that is too large to be held.
func (m *material) searchDocument(list *never.List, mediaType string, p *product) (hits []never.Hit, err error) {
	var r io.ReaderAt = m.file
	size := m.size
	if p != nil && p.size <= maxHeld {
		content := p.open(m.file)
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
	return hits, errors.Join(err, failed)
}

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
var inline = set("a abbr b bdi bdo cite code em font i mark q s small span strong sub sup u wbr")

// read are the attributes that are searched.
var read = set("alt title content href src value placeholder aria-label")

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
	if !t.joining[string(name)] {
		t.text = append(t.text, ' ')
	}
	for more {
		var key, value []byte
		key, value, more = t.z.TagAttr()
		if read[string(key)] && len(value) > 0 {
			t.text = append(append(append(t.text, ' '), value...), ' ')
		}
	}
}
