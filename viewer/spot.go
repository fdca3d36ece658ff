package viewer

import "strings"

// A spot is what the page of an item is asked for: the item, the place in it to show first, and the list
// that it was found in, which leads on to what is beside it there.
type spot struct {
	path    string // of the item
	chapter string // of a book: the path of the file in it
	place   string // an id in a page, or nothing
	trail   trail
}

// A trail is the list that an item was found in: at most one of the two is not empty.
type trail struct {
	shelf shelf   // a part of the contents
	found inquiry // what was searched for
}

// String writes a spot for an address: the path, and behind it what else there is, a line each. Paths and ids
// have no line feeds.
func (s spot) String() string {
	parts := []string{s.path, s.chapter, s.place}
	switch {
	case s.trail.found != (inquiry{}):
		return strings.Join(append(parts, "q", s.trail.found.String()), "\n")
	case s.trail.shelf != (shelf{}):
		return strings.Join(append(parts, "h", s.trail.shelf.String()), "\n")
	}
	return strings.TrimRight(strings.Join(parts, "\n"), "\n")
}

// parseSpot reads what String wrote.
func parseSpot(text string) spot {
	parts := append(strings.SplitN(text, "\n", 5), "", "", "", "")
	s := spot{path: parts[0], chapter: parts[1], place: parts[2]}
	switch parts[3] {
	case "q":
		s.trail.found = parseInquiry(parts[4])
	case "h":
		s.trail.shelf = parseShelf(parts[4])
	}
	return s
}

// spot is the address of an item's page.
func (p *page) spot(s spot) string { return p.address(viewItem, s.String()) }
