package viewer

import (
	"cmp"
	"errors"
	"html/template"
	"strconv"
	"strings"

	"satchel/bundle"
)

// A handout is what a list holds, one after the other on one page, to be printed: articles and texts whole,
// pictures with their captions, everything else by its name. It says from which collection it is, and no verdict: paper
// cannot be checked.

// Limits of a page of a handout. What follows is on the next.
const (
	itemsPerHandout = 40
	maxHandout      = 2 << 20 // bytes of articles and texts; the last of them may go beyond
)

// A handoutPart is an item in it.
type handoutPart struct {
	facts
	Number                int
	Title, Language, Kind string
	Titled                bool // its title stands in it
	Body                  template.HTML
	Dir                   string
	Text                  string
	Image                 *image
	Lost                  string // why it is not there, or empty
}

// From says which collection a handout is of.
func (h *homePage) From() string { return h.T("handout.from", "name", isolate(h.Bundle)) }

// handout answers with what a shelf holds, to print.
func (v *Viewer) handout(p *page, s shelf) *Response {
	h := &homePage{page: p, Info: p.volume.info}
	h.name(s)
	h.self = h.bare(viewHandout, s.String())
	h.Bundle = cmp.Or(h.Up.Label, h.Heading)
	h.Up = option{Label: h.Heading, Tag: h.Language, Address: h.address(viewHome, s.String())}
	if err := h.gather(s); err != nil {
		return p.itemFailure(err)
	}
	return p.show(200, "handout", h)
}

// gather takes as many items from the list as a page of the handout holds.
func (h *homePage) gather(s shelf) error {
	self := h.address(viewHandout, s.String())
	if h.from > 0 {
		h.First = self
	}
	list := h.listing(s)
	rows, next, more, err := list.rows(int64(h.from), itemsPerHandout)
	if err != nil {
		return err
	}
	size := 0
	for _, b := range rows {
		if size > maxHandout {
			if next, more, err = list.first(b.Entry); err != nil {
				return err
			}
			break
		}
		part, n := h.part(b.Entry)
		h.Parts = append(h.Parts, part)
		size += n
	}
	if more {
		h.Next = from(self, uint32(next))
	}
	return nil
}

// part is an item as it is printed, and how many bytes of text it has.
func (h *homePage) part(e bundle.Entry) (part handoutPart, size int) {
	part = handoutPart{facts: h.facts(e), Number: len(h.Parts) + 1, Title: titleOf(e), Language: e.Language, Kind: h.T("kind." + string(e.Kind))}
	i := &itemPage{page: h.page, Entry: e}
	var err error
	switch form := formOf(e); {
	case isImage(e):
		i.fillPicture()
		part.Image = i.Image
	case form == formPage:
		err = part.article(h, e)
		if e.Size <= maxArticle {
			size = int(e.Size) // it took its time, whatever is left of it
		}
	case form == formText, form == formStyle:
		err = i.fillText()
		part.Text = i.Text
	}
	switch {
	case errors.Is(err, errTooLong):
		part.Lost = h.T("handout.long")
	case err != nil:
		_, key := h.diagnose(err)
		part.Lost = h.T(key)
	}
	return part, max(size, len(part.Body)+len(part.Text))
}

// article takes an article over. Its ids get the number of the part, since others have the same; and its pictures
// are loaded at once, or those that were not looked at would not be printed.
func (part *handoutPart) article(h *homePage, e bundle.Entry) error {
	number := "-" + strconv.Itoa(part.Number)
	a, err := h.source(e).article(func(id string) string { return h.viewer.sealer.id(id) + number })
	if err != nil {
		return err
	}
	body := strings.ReplaceAll(string(a.Body), `<img loading="lazy"`, "<img")
	part.Body, part.Titled, part.Dir = template.HTML(body), a.Titled, a.Dir
	if a.Language != "" {
		part.Language = a.Language
	}
	return nil
}
