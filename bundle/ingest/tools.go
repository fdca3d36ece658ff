package ingest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"

	"satchel/bundle"
	"satchel/bundle/ingest/article"
	"satchel/bundle/ingest/tool"
)

// This file has installed programs make what we do not decode ourselves: pages of office documents, first
// pictures of films and pages of PDF files, and pictures of formats that browsers do not show. Where a program is
// missing, or makes nothing of a file, the item is packed without.

// context ends programs that run when the packing ends.
func (o *Options) context() context.Context {
	if o.Context == nil {
		return context.Background()
	}
	return o.Context
}

// isPageable are the office documents that a program makes pages of.
func isPageable(mediaType string) bool {
	return mediaType == odf("text").mime || mediaType == ooxml("wordprocessingml.document").mime
}

// office cleans an office document. A text becomes an article where a program is there that reads it.
func (f *Folder) office(m *material, mediaType string, clean documentCleaner) (*product, error) {
	p, err := m.document(f.options, clean)
	if err != nil || !isPageable(mediaType) || f.options.Tools == nil {
		return p, err
	}
	page, err := f.remade("page", m, p, func(file *os.File) ([]byte, error) {
		return f.options.Tools.Pandoc(f.options.context(), file, mediaType)
	})
	if err != nil {
		return p, nil
	}
	it := m.item
	a, err := article.HTML(page, f.articleOptions(m))
	if err != nil {
		return p, nil
	}
	removed := m.removed
	made := m.take(a)
	m.removed = append(removed, a.Removed...)
	// the document has said it better than the page that was made of it
	m.describe(it.Title, it.Summary, it.Language, it.Date, "")
	m.item.Byline = "" // often who owns the program
	return made, nil
}

// remade has a program make something of what is packed of a file, or takes what it made before. The
// program gets a cleaned file: what it does not know it cannot tell.
func (f *Folder) remade(what string, m *material, p *product, work func(*os.File) ([]byte, error)) ([]byte, error) {
	of, size := &pixels{m.file, m.size, "a file as it is, " + m.item.Type}, m.size
	if p != nil { // what it gets depends on options, too
		of, size = &pixels{bytes.NewReader(p.sum[:]), int64(len(p.sum)), "a cleaned file, " + m.item.Type}, p.size
	}
	return f.tooled(what, of, func() ([]byte, error) {
		file, err := os.CreateTemp(f.options.Tools.Dir, "")
		if err != nil {
			return nil, err
		}
		defer os.Remove(file.Name())
		defer file.Close()
		content := m.content(p)
		n, err := io.Copy(file, content)
		if err := cmp.Or(err, content.Close()); err != nil || n != size {
			return nil, cmp.Or(err, io.ErrUnexpectedEOF)
		}
		return work(file)
	})
}

// tooled keeps what a program makes of a file.
func (f *Folder) tooled(what string, of *pixels, work func() ([]byte, error)) ([]byte, error) {
	o := &f.options
	if o.Cache == nil {
		return work()
	}
	key, err := hashOf(fmt.Sprintf("%s of %s by %s", what, of.mediaType, o.Tools.Stamp()), of.r, of.size)
	if err != nil {
		return nil, err
	}
	switch kept := o.Cache.Get(key); {
	case len(kept) > 0:
		return kept, nil
	case kept != nil:
		return nil, tool.ErrFailed
	}
	made, err := work()
	var exit *exec.ExitError
	switch {
	case err == nil:
		o.Cache.Put(key, made)
	case errors.Is(err, tool.ErrFailed) && errors.As(err, &exit) && exit.ExitCode() > 0:
		o.Cache.Put(key, nil) // it makes nothing of this file
	case !errors.Is(err, tool.ErrMissing):
		f.hindered.Store(true)
	}
	return made, err
}

// shown has a program make a picture that stands for an item: the first page of a PDF file, a picture of a
// film, or a picture that we do not decode.
func (f *Folder) shown(m *material, p *product, mediaType string) *pixels {
	t, ctx, largest := f.options.Tools, f.options.context(), previewSizes[len(previewSizes)-1].box
	if t == nil {
		return nil
	}
	var made []byte
	var err error
	switch {
	case mediaType == pdfFile.mime:
		made, err = f.remade("first page", m, p, func(file *os.File) ([]byte, error) { return t.PDFPage(ctx, file, largest) })
	case m.item.Kind == bundle.KindVideo:
		made, err = f.tooled("still", &pixels{m.file, m.size, mediaType}, func() ([]byte, error) {
			return t.Still(ctx, m.file, mediaType, largest)
		})
	case undecoded[mediaType] && mediaType != "image/vnd.microsoft.icon":
		made, err = f.tooled("picture", &pixels{m.file, m.size, mediaType}, func() ([]byte, error) {
			return t.HEIC(ctx, m.file, mediaType)
		})
	}
	if err != nil || len(made) == 0 {
		return nil
	}
	return &pixels{bytes.NewReader(made), int64(len(made)), coverType(made)}
}
