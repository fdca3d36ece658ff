package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"satchel/bundle/internal/archive"
	"satchel/bundle/internal/markup"
)

// A para is a paragraph that is being read. Its tag is written when there is something to write, and
// ends before a table, which no paragraph of HTML can hold.
type para struct {
	tag     string
	open    bool
	look    letter
	inText  bool
	deleted int // how many deletions the text lies in
	span    [2]int
}

// hwpxLeft are the elements of a section that are not read: settings of pages, places of lines, what
// stands at the top and foot of each page, memos and hidden comments.
var hwpxLeft = set(`paragraph:secPr paragraph:linesegarray paragraph:header paragraph:footer
	paragraph:hiddenComment paragraph:parameters paragraph:fieldBegin paragraph:memo paragraph:pageNum
	paragraph:autoNum paragraph:newNum paragraph:indexmark paragraph:bookmark paragraph:masterPage paragraph:shapeComment
	section:masterPage`)

// hwpxSigns are the elements in text that stand for a character.
var hwpxSigns = map[string]string{"paragraph:lineBreak": "<br>", "paragraph:tab": " ", "paragraph:nbSpace": "\u00a0",
	"paragraph:fwSpace": "\u3000", "paragraph:hyphen": "-"}

// section reads the paragraphs of a section.
func (h *hwpx) section(f *archive.File) error {
	s := markup.NewScanner(h.zip.Open(f))
	over := -1 // how deep the element lies that is not read
	for {
		t, err := s.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case over >= 0:
			if t.Kind == markup.End && t.Depth == over {
				over = -1
			}
		case t.Kind == markup.Start && hwpxLeft[hwpxName(t.Name)]:
			if !t.Empty {
				over = t.Depth
			}
		case t.Kind == markup.Start:
			err = h.start(t)
			if err == nil && t.Empty {
				err = h.end(hwpxName(t.Name))
			}
		case t.Kind == markup.End:
			err = h.end(hwpxName(t.Name))
		case t.Kind == markup.Text || t.Kind == markup.CData:
			h.text(t.Text())
		}
		if err != nil {
			return err
		}
		if h.size > maxHTML {
			return fmt.Errorf("%w: a page of more than %d bytes", ErrLimit, maxHTML)
		}
	}
}

// top is the paragraph that is being read. There is always one: what stands outside of all is nothing.
func (h *hwpx) top() *para {
	if len(h.paras) == 0 {
		return &para{tag: "p"}
	}
	return h.paras[len(h.paras)-1]
}

// write writes markup where the text stands.
func (h *hwpx) write(s string) {
	h.size += len(s)
	h.out[len(h.out)-1].WriteString(s)
}

// inline writes what stands in a paragraph.
func (h *hwpx) inline(s string) {
	if len(h.paras) == 0 {
		return
	}
	p := h.top()
	if !p.open {
		h.write("<" + p.tag + ">")
		p.open = true
	}
	h.write(s)
}

// breakOff ends the tag of a paragraph, and maybe not the paragraph.
func (h *hwpx) breakOff() {
	if p := h.top(); p.open {
		h.write("</" + p.tag + ">\n")
		p.open = false
	}
}

func (h *hwpx) start(t *markup.Token) error {
	p := h.top()
	switch name := hwpxName(t.Name); name {
	case "paragraph:p":
		h.breakOff()
		h.paras = append(h.paras, &para{tag: h.tag(t)})
	case "paragraph:run":
		p.look = h.letters[t.Attr("", "charPrIDRef")]
	case "paragraph:t", "paragraph:mainText", "paragraph:subText", "paragraph:script":
		p.inText = true
		h.between(name, "(", "<code>")
	case "paragraph:deleteBegin":
		p.deleted++
	case "paragraph:deleteEnd":
		p.deleted = max(0, p.deleted-1)
	case "paragraph:tbl":
		h.breakOff()
		h.write("<table>\n")
	case "paragraph:tr":
		h.write("<tr>")
	case "paragraph:tc":
		h.push(&para{tag: "p", span: [2]int{1, 1}})
	case "paragraph:cellSpan":
		p.span = [2]int{spanOf(t.Attr("", "colSpan")), spanOf(t.Attr("", "rowSpan"))}
	case "paragraph:footNote", "paragraph:endNote":
		h.inline(fmt.Sprintf(`<sup><a href="#note%d">%[1]d</a></sup>`, len(h.notes)+1))
		h.notes = append(h.notes, "")
		h.push(&para{tag: "p", span: [2]int{len(h.notes) - 1}})
	case "core:img":
		return h.picture(t.Attr("", "binaryItemIDRef"))
	default:
		if sign := hwpxSigns[name]; sign != "" && p.deleted == 0 {
			h.inline(sign)
		}
	}
	return nil
}

// between writes what stands before the second text of a ruby, or before a formula.
func (h *hwpx) between(name, ruby, formula string) {
	switch name {
	case "paragraph:subText":
		h.inline(ruby)
	case "paragraph:script":
		h.inline(formula)
	}
}

// tag is that of a paragraph: of a heading if its style or its place in the outline says so.
func (h *hwpx) tag(t *markup.Token) string {
	level := h.styles[t.Attr("", "styleIDRef")]
	if level == 0 {
		level = h.outlines[t.Attr("", "paraPrIDRef")]
	}
	if level == 0 {
		return "p"
	}
	return "h" + strconv.Itoa(level)
}

func spanOf(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 1
	}
	return min(max(n, 1), maxSpan)
}

// push begins a cell or a note: it is written by itself, because what it is to become is said behind it.
func (h *hwpx) push(p *para) {
	h.out = append(h.out, &bytes.Buffer{})
	h.paras = append(h.paras, p)
}

// pop ends it, and returns what was written.
func (h *hwpx) pop() (p *para, content string) {
	h.breakOff()
	last := len(h.out) - 1
	content = strings.TrimSpace(h.out[last].String())
	h.out = h.out[:last]
	p = h.top()
	h.paras = h.paras[:len(h.paras)-1]
	return p, content
}

func (h *hwpx) end(name string) error {
	switch name {
	case "paragraph:p":
		h.breakOff()
		h.paras = h.paras[:len(h.paras)-1]
	case "paragraph:t", "paragraph:mainText", "paragraph:subText", "paragraph:script":
		h.top().inText = false
		h.between(name, ")", "</code>")
	case "paragraph:tbl":
		h.write("</table>\n")
	case "paragraph:tr":
		h.write("</tr>\n")
	case "paragraph:tc":
		p, content := h.pop()
		h.write("<td" + spanAttr("colspan", p.span[0]) + spanAttr("rowspan", p.span[1]) + ">" + content + "</td>")
	case "paragraph:footNote", "paragraph:endNote":
		p, content := h.pop()
		h.notes[p.span[0]] = content
	}
	return nil
}

func spanAttr(name string, n int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf(` %s="%d"`, name, n)
}

func (h *hwpx) text(s string) {
	p := h.top()
	if !p.inText || p.deleted > 0 || s == "" {
		return
	}
	s = escapeText(s)
	if p.look.italic {
		s = "<i>" + s + "</i>"
	}
	if p.look.bold {
		s = "<b>" + s + "</b>"
	}
	h.inline(s)
}

func (h *hwpx) picture(id string) error {
	address, err := h.dataPicture(id)
	if address != "" {
		h.inline(`<img alt="" src="` + address + `">`)
	}
	return err
}
