package document

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"satchel/bundle/internal/archive"
	"satchel/bundle/internal/markup"
)

// Limits of HWPX documents.
const (
	maxSectionSize = 64 << 20 // of one section
	maxHTML        = 48 << 20 // of the page that comes out, with its pictures
	maxInlined     = 16 << 20 // of one picture
	maxSpan        = 1000     // cells that one stands for
)

// HWPX makes a page of HTML, UTF-8, of a Hangul document (OWPML, KS X 6101): paragraphs, headings by their
// style, tables, pictures as data: addresses, notes. Page headers, memos and text that was deleted
// while changes were tracked are left out, and so are links. Errors wrap ErrFormat, ErrLimit,
// ErrEncrypted or that of r.
func HWPX(r io.ReaderAt, size int64, o Options) (page []byte, info *Info, err error) {
	defer settle(&info, &err)
	zip, err := archive.Open(r, size)
	if err != nil {
		return nil, nil, err
	}
	info = &Info{}
	h := &hwpx{office: &office{zip: zip, info: info, studio: &studio{zip: zip, scrub: o.scrubber(), info: info}},
		items: map[string]string{}, styles: map[string]int{}, outlines: map[string]int{}, letters: map[string]letter{}}
	for _, step := range []func() error{h.encrypted, h.readPackage, h.readHead, h.head, h.body, h.foot} {
		if err := step(); err != nil {
			return nil, nil, err
		}
	}
	return h.out[0].Bytes(), info, nil
}

// An hwpx is a Hangul document that is being read.
type hwpx struct {
	*office
	items    map[string]string // paths by the ids of the package
	sections []string
	styles   map[string]int // headings by the ids of styles: 1 to 6
	outlines map[string]int // headings by the ids of paragraph properties
	letters  map[string]letter

	out   []*bytes.Buffer // the last one is that of the cell or note that is being read
	paras []*para
	notes []string
	size  int
}

// letter is how characters look.
type letter struct{ bold, italic bool }

// hwpxName is the name of an element with the last part of its namespace, which has had several first
// parts.
func hwpxName(n markup.Name) string {
	if !strings.Contains(n.Space, "hancom.co.kr/") && !strings.Contains(n.Space, "owpml.org/") {
		return ""
	}
	return n.Space[strings.LastIndexByte(n.Space, '/')+1:] + ":" + n.Local
}

func (h *hwpx) encrypted() error {
	var err error
	if e := h.each(manifestPath, func(t *markup.Token, _ func() string) {
		if t.Local == "encryption-data" {
			err = ErrEncrypted
		}
	}); e != nil {
		return e
	}
	return err
}

// readPackage reads title, language, and which files there are.
func (h *hwpx) readPackage() error {
	root := ""
	err := h.each("META-INF/container.xml", func(t *markup.Token, _ func() string) {
		if t.Local == "rootfile" && root == "" {
			root = t.Attr("", "full-path")
		}
	})
	if err != nil {
		return err
	}
	if h.zip.File(root) == nil {
		root = "Contents/content.hpf"
	}
	if h.zip.File(root) == nil {
		return fmt.Errorf("%w: it has no package document", ErrFormat)
	}
	return h.each(root, func(t *markup.Token, text func() string) {
		switch t.Local {
		case "title":
			if title := oneLine(text(), maxTitle); !isLocal(title) {
				h.info.Title = title
			}
		case "language":
			h.info.Language = oneLine(text(), 64)
		case "item":
			h.items[t.Attr("", "id")] = h.itemPath(t.Attr("", "href"))
		case "itemref":
			if name := h.items[t.Attr("", "idref")]; strings.Contains(name, "section") {
				h.sections = append(h.sections, name)
			}
		}
	})
}

// itemPath is where an item lies: paths count from the top, in some files from the package document.
func (h *hwpx) itemPath(ref string) string {
	if h.zip.File(ref) == nil && h.zip.File("Contents/"+ref) != nil {
		return "Contents/" + ref
	}
	return ref
}

// readHead reads which styles are headings, and which characters are bold or italic.
func (h *hwpx) readHead() error {
	var char, paragraph string
	return h.each("Contents/header.xml", func(t *markup.Token, _ func() string) {
		switch hwpxName(t.Name) {
		case "head:style":
			if level := headingLevel(t.Attr("", "engName"), t.Attr("", "name")); level > 0 {
				h.styles[t.Attr("", "id")] = level
			}
		case "head:paraPr":
			paragraph = t.Attr("", "id")
		case "head:heading":
			if level, err := strconv.Atoi(t.Attr("", "level")); err == nil && t.Attr("", "type") == "OUTLINE" && level >= 0 {
				h.outlines[paragraph] = min(level+1, 6)
			}
		case "head:charPr":
			char = t.Attr("", "id")
		case "head:bold":
			h.letters[char] = letter{true, h.letters[char].italic}
		case "head:italic":
			h.letters[char] = letter{h.letters[char].bold, true}
		}
	})
}

// headingLevel finds a heading by the names that Hangul gives its styles.
func headingLevel(english, korean string) int {
	for _, s := range []struct{ name, prefix string }{{english, "Outline "}, {korean, "개요 "}} {
		if after, ok := strings.CutPrefix(s.name, s.prefix); ok {
			if n, err := strconv.Atoi(after); err == nil && n > 0 {
				return min(n, 6)
			}
		}
	}
	if english == "Title" || korean == "제목" {
		return 1
	}
	return 0
}

// body reads the sections.
func (h *hwpx) body() error {
	if len(h.sections) == 0 {
		for i := 0; h.zip.File(fmt.Sprintf("Contents/section%d.xml", i)) != nil; i++ {
			h.sections = append(h.sections, fmt.Sprintf("Contents/section%d.xml", i))
		}
	}
	if len(h.sections) == 0 || len(h.sections) > maxParts {
		return fmt.Errorf("%w: it has %d sections", ErrFormat, len(h.sections))
	}
	for _, name := range h.sections {
		f := h.zip.File(name)
		if f == nil || f.Size > maxSectionSize {
			return fmt.Errorf("%w: no section %q, or too large a one", ErrFormat, name)
		}
		if err := h.section(f); err != nil {
			return fmt.Errorf("%q: %w", name, err)
		}
	}
	return nil
}

// head begins the page.
func (h *hwpx) head() error {
	h.out = []*bytes.Buffer{{}}
	h.write("<!DOCTYPE html>\n<html")
	if h.info.Language != "" {
		h.write(` lang="` + escape(h.info.Language) + `"`)
	}
	h.write("><head><meta charset=\"utf-8\"><title>" + escapeText(h.info.Title) + "</title></head><body>\n")
	return nil
}

// foot ends the page, with the notes.
func (h *hwpx) foot() error {
	if len(h.notes) > 0 {
		h.write("<hr>\n<ol>\n")
		for i, note := range h.notes {
			h.write(fmt.Sprintf("<li id=\"note%d\">%s</li>\n", i+1, note))
		}
		h.write("</ol>\n")
	}
	h.write("</body></html>\n")
	return nil
}

// dataPicture returns a picture as an address, or "".
func (h *hwpx) dataPicture(id string) (string, error) {
	f := h.zip.File(h.items[id])
	if f == nil {
		return "", nil
	}
	c, err := h.studio.media(f, "image/")
	if c == nil || err != nil {
		return "", err
	}
	if c.plan.Size() > maxInlined {
		h.info.remove("a picture too large for a page: "+f.Name, c.plan.Size())
		return "", nil
	}
	data, err := io.ReadAll(c.open())
	return dataAddress(c.kind, data), err
}
