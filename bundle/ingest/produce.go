package ingest

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"slices"
	"strings"

	"satchel/bundle"
	"satchel/bundle/ingest/article"
	"satchel/bundle/ingest/caption"
	"satchel/bundle/ingest/document"
	"satchel/bundle/ingest/scrub"
)

// A product is what an item holds where that is not its file as it lies: pieces of the file, bytes that
// were made of it, or what a function writes. It is made twice, once to learn its size and once to copy
// it, and is the same both times: so nothing has to be kept in between, however many files there are.
type product struct {
	plan  scrub.Plan
	made  []byte
	write func(io.Writer) error

	size int64
	sum  *[32]byte // where the content was in hand
}

// measure finds out how large the product is, and its hash where that costs no other read.
func (p *product) measure() error {
	switch {
	case p.made != nil:
		sum := sha256.Sum256(p.made)
		p.size, p.sum = int64(len(p.made)), &sum
	case p.write != nil:
		m := &meter{sum: sha256.New()}
		if err := p.write(m); err != nil {
			return err
		}
		p.size, p.sum = m.size, new([32]byte)
		m.sum.Sum(p.sum[:0])
	default:
		p.size = p.plan.Size()
	}
	return nil
}

// A meter counts and hashes what is written.
type meter struct {
	size int64
	sum  hash.Hash
}

func (m *meter) Write(b []byte) (int, error) {
	m.size += int64(len(b))
	return m.sum.Write(b)
}

// open reads the product of a file. What is closed with it is up to the caller to add.
func (p *product) open(file io.ReaderAt) content {
	switch {
	case p.made != nil:
		return content{Reader: bytes.NewReader(p.made)}
	case p.write == nil:
		return content{Reader: p.plan.Reader(file)}
	}
	r, w := io.Pipe()
	go func() {
		err := errors.New("its content upsets the reader for it")
		guard(func() { err = p.write(w) })
		w.CloseWithError(err)
	}()
	return content{r, []io.Closer{r}}
}

// content is what is packed of a file.
type content struct {
	io.Reader
	closers []io.Closer
}

// Close closes the file, and ends what still writes.
func (c content) Close() error {
	var errs []error
	for _, x := range c.closers {
		errs = append(errs, x.Close())
	}
	return errors.Join(errs...)
}

// content opens what is packed of a file: a product, or the file as it lies.
func (m *material) content(p *product) io.ReadCloser {
	if p == nil {
		return io.NopCloser(io.NewSectionReader(m.file, 0, m.size))
	}
	return p.open(m.file)
}

// A material is a file on its way to be an item, and what was found in it.
type material struct {
	item bundle.Item
	rel  string // in the input folder
	// asked is the path whose content alone is wanted; it is empty in a scan.
	asked string
	file  *os.File
	size  int64
	head  *head

	cover    []byte // a picture that it brings along
	extras   []extra
	removed  []scrub.Removal
	missing  []string // pictures that are not there
	external []string // addresses on the net
	sparse   bool     // a page that shows little
	texts    int      // tracks of text in a recording
}

// produce makes of a file what is packed of it. It fills in what the item says, and returns no
// product where that is the file as it lies.
func (f *Folder) produce(m *material) (*product, error) {
	mediaType, _, _ := strings.Cut(m.item.Type, ";")
	switch {
	case slices.Contains(f.keep, m.item.Kind):
		return nil, nil
	case m.item.Kind == bundle.KindCaptions:
		return f.captions(m)
	case mediaType == mhtmlPage.mime:
		return f.mhtml(m)
	case m.item.Kind == bundle.KindPage:
		return f.page(m)
	case mediaType == "text/markdown":
		return f.article(m, article.Markdown)
	case m.item.Kind == bundle.KindText:
		return m.plain()
	case mediaType == epubFile.mime:
		return m.document(f.options, document.EPUB)
	case mediaType == hwpxFile.mime:
		return m.hangul(f.options)
	case mediaType == pdfFile.mime:
		return m.document(f.options, document.PDF)
	case strings.HasPrefix(mediaType, ooxml("").mime), strings.HasPrefix(mediaType, odf("").mime):
		return f.office(m, mediaType, func(w io.Writer, r io.ReaderAt, size int64, o document.Options) (*document.Info, error) {
			return document.Office(w, r, size, mediaType, o)
		})
	case mediaType == "text/css":
		return m.css()
	case mediaType == svgImage.mime:
		return m.drawing()
	case scrub.Knows(mediaType):
		return f.clean(m, mediaType)
	case uncleaned[mediaType] != "":
		return nil, fmt.Errorf("%w: %s", errUncleaned, uncleaned[mediaType])
	}
	return nil, nil
}

// drawingTitle is the title that a drawing begins with, or nothing.
func drawingTitle(svg []byte) string {
	const far = 4 << 10
	for name, text := range elements(svg[:min(len(svg), far)]) {
		if name == "title" {
			return string(text)
		}
	}
	return ""
}

// uncleaned are the types that may tell of their makers and that nobody here can clean, and what to do.
var uncleaned = map[string]string{
	"application/zip":  "an archive; unpack it",
	"application/gzip": "an archive; unpack it",
	rtfText.mime:       "save it as DOCX or PDF",
	"video/mpeg":       "convert it to MP4",
}

// errUncleaned is why a file is unsupported although its kind is known.
var errUncleaned = errors.New("it cannot be cleaned of what it tells of its makers")

// drawing reduces a drawing to what draws.
func (m *material) drawing() (*product, error) {
	text, err := m.text(article.MaxInput)
	if err != nil {
		return nil, err
	}
	svg, info, err := document.Drawing(text)
	if err != nil {
		return nil, err
	}
	m.removed = info.Removed
	m.describe(drawingTitle(text), "", "", "", "")
	return &product{made: svg}, nil
}

// clean makes a picture smaller, or takes out of a picture, a recording or a film what it tells of its
// makers.
func (f *Folder) clean(m *material, mediaType string) (*product, error) {
	p, err := m.clean(mediaType)
	if err != nil || m.item.Kind != bundle.KindPicture {
		return p, err
	}
	if reduced, err := f.reduce(m, mediaType); reduced != nil || err != nil {
		return reduced, err
	}
	return p, nil
}

// clean takes out what a picture, a recording or a film tells of its makers.
func (m *material) clean(mediaType string) (*product, error) {
	r, err := scrub.File(mediaType, m.file, m.size)
	if err != nil {
		return nil, err
	}
	it := &m.item
	it.Width, it.Height, it.Millis = int64(r.Width), int64(r.Height), r.Millis
	if t := cleanTitle(r.Title); t != "" {
		it.Title = t
	}
	if it.Kind == bundle.KindSound { // a film's is often who owns the telephone
		it.Byline = cleanTitle(r.Artist)
	}
	m.removed, m.texts = r.Removed, r.Texts
	if c := r.Cover; c != nil && c.Size <= maxCover {
		if m.cover, err = io.ReadAll(scrub.Plan{c.Piece}.Reader(m.file)); err != nil {
			return nil, err
		}
	}
	switch {
	case r.Turn > 1:
		return m.turned(r.Turn)
	case len(r.Removed) == 0:
		return nil, nil
	}
	return &product{plan: r.Plan}, nil
}

// maxCover is the largest cover of a recording that is looked at.
const maxCover = 16 << 20

// turned makes a picture upright that said how it has to be turned for that.
func (m *material) turned(turn int) (*product, error) {
	var out bytes.Buffer
	how, err := scrub.Turn(&out, m.file, m.size, turn)
	if err != nil {
		return nil, err
	}
	m.removed = append(m.removed, scrub.Removal{What: "orientation (" + how + ")"})
	return &product{made: out.Bytes()}, nil
}

// captions makes WebVTT of captions of any form, in any charset, and an item for each further language in
// them. What is no captions stays as it is.
func (f *Folder) captions(m *material) (*product, error) {
	text, err := m.text(caption.MaxText)
	if err != nil {
		return nil, err
	}
	vtt, tracks, err := caption.VTT(text, caption.Any)
	if errors.Is(err, caption.ErrFormat) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	it := &m.item
	it.Type = vttText.mime + "; charset=utf-8"
	it.Language = cmp.Or(it.Language, usualLanguage(tracks[0].Language))
	m.guessLanguage(func() string { return sample(vtt) })
	taken := map[string]bool{it.Language: true}
	for _, t := range tracks[1:] {
		lang := usualLanguage(t.Language)
		path := captionsPath(it.Path, lang)
		if lang == "" || taken[lang] || bundle.CheckPath(path) != nil || f.exists(path) {
			continue
		}
		taken[lang] = true
		m.extras = append(m.extras, madeExtra(bundle.Item{Path: path, Kind: it.Kind, Type: it.Type, Title: it.Title, Language: lang}, t.VTT))
	}
	return &product{made: vtt}, nil
}

// captionsPath is where captions in a further language lie: film.smi has film.en.smi beside it.
func captionsPath(path, lang string) string {
	dot := strings.LastIndexByte(path, '.')
	if dot < 0 {
		return ""
	}
	return path[:dot+1] + lang + path[dot:]
}

// captionsOf is the path of the captions that those in a further language were made of.
func captionsOf(path string) (string, bool) {
	ext := path[strings.LastIndexByte(path, '.')+1:]
	rest, ok := strings.CutSuffix(path, "."+ext)
	dot := strings.LastIndexByte(rest, '.')
	if !ok || dot < 0 || textByName[strings.ToLower(ext)] != samiText {
		return "", false
	}
	return rest[:dot+1] + ext, true
}

// document writes a book or a document anew.
func (m *material) document(o Options, clean documentCleaner) (*product, error) {
	var info *document.Info
	write := func(w io.Writer) (err error) {
		info, err = clean(w, m.file, m.size, document.Options{DropBylines: o.dropsBylines()})
		return err
	}
	p := &product{write: write}
	if err := p.measure(); err != nil {
		return nil, err
	}
	m.describe(info.Title, info.Summary, info.Language, info.Date, info.Byline)
	m.removed, m.cover = info.Removed, info.Cover
	m.guessLanguage(func() string {
		mediaType, _, _ := strings.Cut(m.item.Type, ";")
		return m.sampleDocument(mediaType)
	})
	return p, nil
}

// hangul makes a page of a Hangul document.
func (m *material) hangul(o Options) (*product, error) {
	page, info, err := document.HWPX(m.file, m.size, document.Options{DropBylines: o.dropsBylines()})
	if err != nil {
		return nil, err
	}
	m.describe(info.Title, info.Summary, info.Language, info.Date, info.Byline)
	m.item.Kind, m.item.Type, m.removed = htmlPage.kind, htmlPage.mime+"; charset=utf-8", info.Removed
	return &product{made: page}, nil
}

// A documentCleaner is what package document has for a kind of document.
type documentCleaner func(w io.Writer, r io.ReaderAt, size int64, o document.Options) (*document.Info, error)

// describe takes what a file says of itself, where it says something.
func (m *material) describe(title, summary, language, date, byline string) {
	it := &m.item
	for _, x := range []struct {
		to   *string
		said string
	}{
		{&it.Title, cleanTitle(title)}, {&it.Summary, cleanTitle(summary)}, {&it.Language, cleanLanguage(language)},
		{&it.Date, cleanDate(date)}, {&it.Byline, cleanTitle(byline)},
	} {
		if x.said != "" {
			*x.to = x.said
		}
	}
}

// text is all of a text as UTF-8, which may have at most limit bytes.
func (m *material) text(limit int64) ([]byte, error) {
	raw, err := m.raw(limit)
	return bytes.TrimPrefix(decode(raw, charsetParam(m.item.Type)), []byte(byteOrderMark)), err
}

// raw is all of a file, which may have at most limit bytes.
func (m *material) raw(limit int64) ([]byte, error) {
	if m.size > limit {
		return nil, fmt.Errorf("%w: it has %d bytes, and %d is the most", scrub.ErrLimit, m.size, limit)
	}
	if m.head.whole {
		return m.head.raw, nil
	}
	raw := make([]byte, m.size)
	n, err := m.file.ReadAt(raw, 0)
	if int64(n) < m.size {
		return nil, err
	}
	return raw, nil
}

// summed is up to which size, in bytes, the hash of an item is made when it is scanned: a bundle wants the
// hashes of all that it does not give a file of its own.
const summed = 1 << 20

// settle fills in what only the product tells: how large the item is, and its hash.
func (m *material) settle(p *product) error {
	it := &m.item
	if p != nil {
		if p.sum == nil {
			if err := p.measure(); err != nil {
				return err
			}
		}
		it.Size, it.Sum = p.size, p.sum
	}
	if it.Sum != nil || it.Size > summed {
		return nil
	}
	var content io.Reader = io.NewSectionReader(m.file, 0, m.size)
	switch {
	case p != nil:
		content = p.plan.Reader(m.file)
	case m.head.whole:
		content = bytes.NewReader(m.head.raw)
	}
	h := sha256.New()
	if n, err := io.Copy(h, content); err != nil || n != it.Size {
		return cmp.Or(err, errors.New("it is being written to"))
	}
	it.Sum = (*[32]byte)(h.Sum(nil))
	return nil
}

// notClean is why a file is refused that cannot be cleaned. A curator who knows what is in it may
// allow it all the same.
func notClean(err error) finding {
	return finding{verdict: refused, broken: true, reason: fmt.Sprintf("it cannot be cleaned of what it tells of its makers: %v", err)}
}
