package viewer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"

	"satchel/bundle"
	"satchel/bundle/sanitize"
)

// lookup finds what an address means: the item itself, or the start page of the
// folder that it names.
func (vol *volume) lookup(name string) (bundle.Entry, error) {
	name = strings.TrimSuffix(name, "/")
	e, err := vol.r.Lookup(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return e, err
	}
	for _, start := range startPages {
		if in, other := vol.r.Lookup(strings.TrimPrefix(name+"/"+start, "/")); other == nil {
			return in, nil
		}
	}
	return e, err
}

// startPages are the names of the page that a folder opens with.
var startPages = []string{"index.html", "index.htm", "index.xhtml"}

// content answers with an item itself, for a frame or a part of a page.
func (v *Viewer) content(p *page, name string) *Response {
	name, inner, _ := strings.Cut(name, "\n")
	e, err := p.volume.lookup(name)
	if err != nil {
		return p.plainFailure(err)
	}
	if p.volume.isList(e) {
		return p.problem(404, problemKey(404), pageHeader)
	}
	if inner != "" && baseType(e.Type) == typeBook {
		return v.fromBook(p, e, inner)
	}
	s := p.source(e)
	switch formOf(e) {
	case formPage, formStyle, formPicture, formFont:
		return v.give(p, s)
	case formSound, formVideo:
		return p.stream(e, head(baseType(e.Type), policyNone))
	}
	return v.save(p, e.Path)
}

// A source is what is made ready to show: an item, or a part of a book.
type source struct {
	entry  bundle.Entry
	part   string
	read   func(limit int64) ([]byte, error)
	begin  func() ([]byte, error)                  // the first styleHead bytes, where there are as many
	edges  func(path string) (width, height int64) // of a picture beside it, in pixels, or 0
	linker *linker
}

// source is an item as what is made ready to show.
func (p *page) source(e bundle.Entry) source {
	read := func(limit int64) ([]byte, error) { return p.volume.r.ReadItem(e, limit) }
	begin := func() ([]byte, error) {
		b := make([]byte, min(styleHead, e.Size))
		n, err := p.volume.r.Content(e).ReadAt(b, 0)
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return b[:n], err
	}
	edges := func(path string) (width, height int64) {
		e, err := p.volume.r.Lookup(path)
		if err != nil {
			p.volume.met(err)
		}
		return edges(e)
	}
	l := newLinker(p.viewer, p.volume.number, e.Path, p.suffix())
	l.lacks = func(path string) bool {
		_, err := p.volume.r.Lookup(path)
		return errors.Is(err, fs.ErrNotExist)
	}
	return source{e, "", read, begin, edges, l}
}

// give answers with what pages consist of, checked whole before it goes.
func (v *Viewer) give(p *page, s source) *Response {
	base := baseType(s.entry.Type)
	switch formOf(s.entry) {
	case formPage:
		return v.ready(p, s, pageHeader, v.cleanPage)
	case formStyle:
		return v.ready(p, s, styleHeader, v.cleanStyle)
	case formPicture:
		if base == "image/svg+xml" {
			return v.ready(p, s, svgHeader, v.cleanDrawing)
		}
		return p.picture(s, head(base, policyDrawing))
	case formFont:
		return p.whole(s, head(base, policyNone))
	}
	return p.failure(404)
}

// save answers with an item as it was packed, under a name that says nothing.
func (v *Viewer) save(p *page, name string) *Response {
	e, err := p.volume.lookup(name)
	if err != nil {
		return p.plainFailure(err)
	}
	if !isSaved(e) || p.volume.isList(e) {
		return p.failure(404)
	}
	mediaType := typeBytes
	if f := formOf(e); f == formPicture || f == formSound || f == formVideo {
		mediaType = baseType(e.Type)
	}
	h := head(mediaType, policyNone)
	h["Content-Disposition"] = []string{
		fmt.Sprintf(`attachment; filename="item-%d%s"`, e.ID+1, fileExtension(e.Type))}
	return p.stream(e, h)
}

// heldPicture is how many bytes of a picture are held in memory until somebody has taken them.
const heldPicture = 1 << 20

// picture hands out a picture that was checked to its last byte. A large one is checked, and then read and
// checked again as it is taken: who asks for many and takes none would fill the memory.
func (p *page) picture(s source, h Header) *Response {
	if s.part != "" || s.entry.Size <= heldPicture {
		return p.whole(s, h)
	}
	if s.entry.Size > maxPicture {
		return p.problem(500, "problem.unreadable", pageHeader)
	}
	if _, err := io.Copy(io.Discard, p.volume.r.Content(s.entry)); err != nil {
		return p.plainFailure(err)
	}
	return p.stream(s.entry, h)
}

// whole hands out what was checked to its last byte.
func (p *page) whole(s source, h Header) *Response {
	body, err := s.read(maxPicture)
	if err != nil {
		return p.plainFailure(err)
	}
	return whole(200, h, body)
}

// stream hands an item out block by block, each checked before it goes. The first
// is checked now, while there still can be an answer that says what is wrong.
func (p *page) stream(e bundle.Entry, h Header) *Response {
	c := p.volume.r.Content(e)
	if _, err := c.ReadAt(make([]byte, 1), 0); err != nil && !errors.Is(err, io.EOF) {
		return p.plainFailure(err)
	}
	return &Response{Status: 200, Header: h, Body: c, Size: c.Size()}
}

// ready answers with an item that has to be made ready to show, and keeps the
// result for the next time.
func (v *Viewer) ready(p *page, s source, h Header, clean cleaner) *Response {
	key := p.cacheKey(s, false)
	if body, ok := v.pages.get(key).([]byte); ok {
		return whole(200, h, body)
	}
	raw, err := s.read(maxPage)
	if err != nil {
		return p.plainFailure(err)
	}
	body, err := clean(raw, s.linker, p)
	if err != nil {
		return p.plainFailure(err)
	}
	v.pages.put(key, body, len(body))
	return whole(200, h, body)
}

func (p *page) cacheKey(s source, article bool) cacheKey {
	return cacheKey{p.volume.number, s.entry.ID, s.part, p.lang.tag, p.look, article}
}

// A cleaner makes what a browser gets from what was packed.
type cleaner func(raw []byte, l *linker, p *page) ([]byte, error)

// scratch has buffers that pages are cleaned into.
var scratch = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// release keeps a buffer for another page, unless it is so large that few need it.
func release(b *bytes.Buffer) {
	if b.Cap() <= 1<<20 {
		b.Reset()
		scratch.Put(b)
	}
}

func (v *Viewer) cleanPage(raw []byte, l *linker, p *page) ([]byte, error) {
	out := scratch.Get().(*bytes.Buffer)
	defer release(out)
	o := sanitize.Options{Linker: l, Styles: true, ID: v.sealer.place, Title: p.T("title.page")}
	if err := sanitize.HTML(out, bytes.NewReader(raw), o); err != nil {
		return nil, err
	}
	return l.targeting(out.Bytes()), nil
}

func (v *Viewer) cleanStyle(raw []byte, l *linker, _ *page) ([]byte, error) {
	var out bytes.Buffer
	err := sanitize.CSS(&out, bytes.NewReader(raw), sanitize.Options{Linker: l, ID: v.sealer.place})
	return out.Bytes(), err
}

func (v *Viewer) cleanDrawing(raw []byte, _ *linker, _ *page) ([]byte, error) {
	var out bytes.Buffer
	err := sanitize.SVG(&out, bytes.NewReader(raw))
	return out.Bytes(), err
}

// styleHead is how many bytes of a page are looked through for a style of its own.
const styleHead = 32 << 10

// hasStyle says whether a page brings a style of its own. One that does not is an
// article, and shown in ours, which is made for reading. So is one whose spelling is not in
// the list.
func hasStyle(raw []byte) bool {
	head := raw[:min(len(raw), styleHead)]
	for _, sign := range []string{"stylesheet", "<style", "StyleSheet", "STYLESHEET", "<STYLE"} {
		if bytes.Contains(head, []byte(sign)) {
			return true
		}
	}
	return false
}
