package ingest

import (
	"bytes"
	"strings"

	"satchel/bundle/ingest/article"
	"satchel/bundle/ingest/document"
	"satchel/bundle/plain"
)

// sampleLen is how much of a text is looked at for its language, in bytes.
const sampleLen = 2 << 10

// plain makes UTF-8 of a text in any charset, and counts its words.
func (m *material) plain() (*product, error) {
	if m.size > article.MaxInput {
		return nil, nil
	}
	text, err := m.text(article.MaxInput)
	if err != nil {
		return nil, err
	}
	m.guessLanguage(func() string { return sample(text) })
	if mediaType, _, _ := strings.Cut(m.item.Type, ";"); mediaType == plainText.mime {
		m.item.Words = int64(article.Words(string(text)))
	}
	if raw, err := m.raw(article.MaxInput); err != nil || bytes.Equal(raw, text) {
		return nil, err
	}
	m.item.Type, _, _ = strings.Cut(m.item.Type, ";")
	m.item.Type += "; charset=utf-8"
	return &product{made: text}, nil
}

// guessLanguage finds the language of a text that nobody declared.
func (m *material) guessLanguage(text func() string) {
	if m.item.Language == "" && isRead(m.item.Kind) && m.asked == "" {
		m.item.Language = cleanLanguage(article.Language(text()))
	}
}

// sample is the beginning of a text.
func sample(text []byte) string {
	return strings.ToValidUTF8(string(text[:min(len(text), sampleLen)]), "")
}

// samplePage is the beginning of what a page in UTF-8 says.
func samplePage(page []byte) string {
	var text []byte
	plain.Page(page, func(_ plain.Part, line string) bool {
		text = append(append(text, line...), '\n')
		return len(text) < sampleLen
	})
	return sample(text)
}

// sampleDocument is the beginning of what a book or a document says. One that cannot be read says nothing.
func (m *material) sampleDocument(mediaType string) string {
	var b strings.Builder
	_ = document.Text(m.file, m.size, mediaType, func(s string) bool {
		b.WriteString(s)
		return b.Len() < sampleLen
	})
	return sample([]byte(b.String()))
}
