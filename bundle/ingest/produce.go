package ingest

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"satchel/bundle"
	"satchel/bundle/ingest/caption"
	"satchel/bundle/ingest/scrub"
)

// A product is what an item holds where that is not its file as it lies: pieces of the file, or bytes
// that were made of it. It is made twice, once to learn its size and once to copy it, and is the same
// both times: so nothing has to be kept in between, however many files there are.
type product struct {
	plan scrub.Plan
	made []byte
}

func (p *product) size() int64 {
	if p.made != nil {
		return int64(len(p.made))
	}
	return p.plan.Size()
}

// reader reads the product of a file.
func (p *product) reader(file io.ReaderAt) io.Reader {
	if p.made != nil {
		return bytes.NewReader(p.made)
	}
	return p.plan.Reader(file)
}

// A material is a file on its way to be an item.
type material struct {
	item bundle.Item
	file *os.File
	size int64
	head *head
}

// produce makes of a file what is packed of it. It fills in what the item says, and returns no
// product where that is the file as it lies.
func (f *Folder) produce(m *material) (*product, []scrub.Removal, error) {
	mediaType, _, _ := strings.Cut(m.item.Type, ";")
	switch {
	case slices.Contains(f.keep, m.item.Kind):
		return nil, nil, nil
	case m.item.Kind == bundle.KindCaptions:
		return produceCaptions(m)
	case scrub.Knows(mediaType):
		return produceClean(m, mediaType)
	}
	return nil, nil, nil
}

// produceCaptions makes WebVTT of captions of any form, in any charset. One that is not known to be
// captions stays as it is.
func produceCaptions(m *material) (*product, []scrub.Removal, error) {
	text, err := m.text(caption.MaxText)
	if err != nil {
		return nil, nil, err
	}
	vtt, tracks, err := caption.VTT(text, caption.Any)
	if errors.Is(err, caption.ErrFormat) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	m.item.Type = "text/vtt; charset=utf-8"
	if m.item.Language == "" {
		m.item.Language = cleanLanguage(tracks[0].Language)
	}
	return &product{made: vtt}, nil, nil
}

// text is all of a text as UTF-8, which may have at most limit bytes.
func (m *material) text(limit int64) ([]byte, error) {
	if m.size > limit {
		return nil, fmt.Errorf("it has %d bytes, and more than %d cannot be made ready", m.size, limit)
	}
	raw := m.head.raw
	if !m.head.whole {
		raw = make([]byte, m.size)
		if n, err := m.file.ReadAt(raw, 0); int64(n) < m.size {
			return nil, err
		}
	}
	return bytes.TrimPrefix(decode(raw, charsetParam(m.item.Type)), []byte(byteOrderMark)), nil
}

// produceClean takes out what a picture, a recording or a film tells of its makers.
func produceClean(m *material, mediaType string) (*product, []scrub.Removal, error) {
	r, err := scrub.File(mediaType, m.file, m.size)
	if err != nil {
		return nil, nil, err
	}
	if r.Turn > 1 {
		return produceTurned(m, r)
	}
	it := &m.item
	it.Width, it.Height, it.Millis = int64(r.Width), int64(r.Height), r.Millis
	if t := cleanTitle(r.Title); t != "" {
		it.Title = t
	}
	it.Byline = cleanTitle(r.Artist)
	if len(r.Removed) == 0 {
		return nil, nil, nil
	}
	return &product{plan: r.Plan}, r.Removed, nil
}

// produceTurned makes a picture upright that said how it has to be turned for that.
func produceTurned(m *material, r *scrub.Result) (*product, []scrub.Removal, error) {
	var out bytes.Buffer
	how, err := scrub.Turn(&out, m.file, m.size, r.Turn)
	if err != nil {
		return nil, nil, err
	}
	m.item.Width, m.item.Height = int64(r.Width), int64(r.Height)
	return &product{made: out.Bytes()}, append(r.Removed, scrub.Removal{What: "orientation (" + how + ")"}), nil
}

// settle fills in what only the product tells: how large the item is, and its hash where the content
// is at hand.
func (m *material) settle(p *product) {
	content := m.head.raw
	switch {
	case p != nil && p.made == nil, p == nil && !m.head.whole:
		content = nil
	case p != nil:
		content = p.made
	}
	if p != nil {
		m.item.Size = p.size()
	}
	if content != nil {
		sum := sha256.Sum256(content)
		m.item.Sum = &sum
	}
}

// notClean is why a file is refused that cannot be cleaned.
func notClean(err error) finding {
	const what = "it cannot be cleaned of what it tells of its makers"
	if errors.Is(err, scrub.ErrFormat) || errors.Is(err, scrub.ErrLimit) {
		return finding{verdict: refused, reason: fmt.Sprintf("%s: %v", what, err)}
	}
	return refuse("%s: %v", what, err)
}
