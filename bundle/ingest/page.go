package ingest

import (
	"bytes"
	"crypto/sha256"
	"io"
	"iter"
	"strings"

	"golang.org/x/net/html"

	"satchel/bundle/ingest/article"
	"satchel/bundle/ingest/collection"
	"satchel/bundle/ingest/scrub"
)

// page makes an article of a page, or takes out of one of a site what tells of its makers.
func (f *Folder) page(m *material) (*product, error) {
	how := f.options.htmlOf(m.item.Path)
	if how == collection.Site || how == "" && f.sites().has(m.item.Path, readPage(m.head)) {
		return m.site()
	}
	return f.article(m, article.HTML)
}

// site leaves a page of a site as it is, but for some cuts.
func (m *material) site() (*product, error) {
	raw, err := m.raw(article.MaxInput)
	if err != nil {
		return nil, err
	}
	charset := charsetParam(m.item.Type)
	decoded := strings.HasPrefix(charset, "utf-16") || charset == "iso-2022-jp"
	if decoded { // cuts are made between ASCII characters
		raw = decode(raw, charset)
		m.item.Type, _, _ = strings.Cut(m.item.Type, ";")
		m.item.Type += "; charset=utf-8"
	}
	cuts, removed, err := article.CutSite(raw)
	if err != nil {
		return nil, err
	}
	m.removed = removed
	text := raw
	if !decoded {
		text = decode(raw, charset)
	}
	m.guessLanguage(func() string { return samplePage(text) })
	m.sparse = m.asked == "" && isSparse(text)
	if len(cuts) == 0 && !decoded {
		sum := sha256.Sum256(raw)
		m.item.Sum = &sum
		return nil, nil
	}
	made, err := io.ReadAll(planOf(cuts, int64(len(raw))).Reader(bytes.NewReader(raw)))
	return &product{made: made}, err
}

// seen are the elements that show something without text.
var seen = set("img svg video audio frame iframe object")

// isSparse says whether a page shows little without its scripts, which no reader runs.
func isSparse(page []byte) bool {
	const little = 80 // bytes of text
	shown, hasScript := 0, false
	for name, text := range elements(page) {
		hasScript = hasScript || name == "script"
		if name == "" || !unseen[name] {
			shown += len(text)
		}
		if seen[name] || shown >= little {
			return false
		}
	}
	return hasScript
}

// unseen are the elements whose text a page does not show.
var unseen = set("script style title")

// elements yields what a page is made of, in turn: the name of an element that begins, or none behind one that
// ends, and the text that follows, without the white space around it.
func elements(page []byte) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		z, name, pending := html.NewTokenizer(bytes.NewReader(page)), "", false
		for {
			switch kind := z.Next(); kind {
			case html.ErrorToken:
				if pending {
					yield(name, nil)
				}
				return
			case html.TextToken:
				if !yield(name, bytes.TrimSpace(z.Text())) {
					return
				}
				pending = false
			case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
				if pending && !yield(name, nil) {
					return
				}
				tag, _ := z.TagName()
				if name, pending = string(tag), true; kind == html.EndTagToken {
					name, pending = "", false
				}
			}
		}
	}
}

// css takes out of a style sheet what tells of its makers.
func (m *material) css() (*product, error) {
	raw, err := m.raw(article.MaxInput)
	if err != nil {
		return nil, err
	}
	if charset := charsetParam(m.item.Type); strings.HasPrefix(charset, "utf-16") {
		raw = decode(raw, charset)
		m.item.Type = "text/css; charset=utf-8"
	}
	cuts, removed, err := article.CutCSS(raw)
	if err != nil || len(cuts) == 0 {
		return nil, err
	}
	m.removed = removed
	made, err := io.ReadAll(planOf(cuts, int64(len(raw))).Reader(bytes.NewReader(raw)))
	return &product{made: made}, err
}

// planOf is what is left of a file after cuts.
func planOf(cuts []article.Cut, size int64) scrub.Plan {
	plan, at := scrub.Plan{}, int64(0)
	for _, c := range cuts {
		plan = append(plan, scrub.Piece{Offset: at, Size: c.Offset - at})
		if len(c.New) > 0 {
			plan = append(plan, scrub.Piece{New: c.New})
		}
		at = c.Offset + c.Size
	}
	return append(plan, scrub.Piece{Offset: at, Size: size - at})
}

// mhtml makes an article of a page that was saved in one file with its pictures.
func (f *Folder) mhtml(m *material) (*product, error) {
	p, err := article.MHTML(io.NewSectionReader(m.file, 0, m.size), m.size, f.articleOptions(m))
	if err != nil {
		return nil, err
	}
	return m.take(p), nil
}

// article makes an article of a text.
func (f *Folder) article(m *material, of func([]byte, article.Options) (*article.Page, error)) (*product, error) {
	text, err := m.text(article.MaxInput)
	if err != nil {
		return nil, err
	}
	p, err := of(text, f.articleOptions(m))
	if err != nil {
		return nil, err
	}
	return m.take(p), nil
}

func (f *Folder) articleOptions(m *material) article.Options {
	return article.Options{Path: m.item.Path, Exists: f.exists, DropBylines: f.options.dropsBylines()}
}

// take makes the item what the article is.
func (m *material) take(p *article.Page) *product {
	m.describe(p.Title, p.Summary, p.Language, p.Date, p.Byline)
	it := &m.item
	it.Kind, it.Type = htmlPage.kind, htmlPage.mime+"; charset=utf-8"
	it.Licence, it.Origin, it.Words = cleanTitle(p.Licence), cleanTitle(p.Source), int64(p.Words)
	it.Tags, it.Cover = cleanTags(p.Tags), p.Picture
	m.removed, m.missing, m.external = p.Removed, p.Missing, p.External
	return &product{made: p.HTML}
}

// cleanTags writes tags as items have them, as many as there is room for.
func cleanTags(tags []string) (lines string) {
	for _, t := range tags {
		if t = cleanTitle(t); t == "" {
			continue
		}
		if lines != "" {
			t = "\n" + t
		}
		if len(lines)+len(t) <= maxTags {
			lines += t
		}
	}
	return lines
}

const maxTags = 1024

// exists says whether there is a file that would be packed under a path, or a folder with a page to
// begin with.
func (f *Folder) exists(path string) bool {
	path = strings.TrimSuffix(path, "/")
	for _, in := range f.inputs {
		rel, ok := strings.CutPrefix(path, in.prefix)
		if !ok {
			continue
		}
		if judgeName(path, rel).verdict == packed && f.options.chosen(path) && in.has(rel) || in.has(rel+"/index.html") || in.has(rel+"/index.htm") {
			return true
		}
	}
	return false
}
