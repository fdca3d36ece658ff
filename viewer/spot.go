package viewer

import "strings"

// A spot is what the page of an item is asked for: the item, the place in it to show first, and the list
// that it was found in, which leads on to what is beside it there.
type spot struct {
	path    string // of the item
	chapter string // of a book: the path of the file in it
	place   string // an id in a page; of a film, the second; or nothing
	trail   trail
}

// A trail is the list that an item was found in: at most one of the two is not empty.
type trail struct {
	shelf shelf   // a part of the contents
	found inquiry // what was searched for
}

// String writes a spot for an address: a line each for its parts, those at the end only where there is
// anything in them. Paths and ids have no line feeds.
func (s spot) String() string {
	parts := []string{s.path, s.chapter, s.place, "", ""}
	switch {
	case s.trail.found != (inquiry{}):
		parts[3], parts[4] = "q", s.trail.found.String()
	case s.trail.shelf != (shelf{}):
		parts[3], parts[4] = "h", s.trail.shelf.String()
	}
	return strings.TrimRight(strings.Join(parts, "\n"), "\n")
}

// parseSpot reads what String wrote.
func parseSpot(text string) spot {
	parts := append(strings.SplitN(text, "\n", 5), "", "", "", "")
	s := spot{path: parts[0], chapter: parts[1], place: parts[2]}
	// What String trimmed comes back.
	switch rest := parts[4]; parts[3] {
	case "q":
		s.trail.found = parseInquiry(rest + strings.Repeat("\n", max(0, inquiryLines-1-strings.Count(rest, "\n"))))
	case "h":
		s.trail.shelf = parseShelf(rest + strings.Repeat("\n", max(0, shelfLines-1-strings.Count(rest, "\n"))))
	}
	return s
}

// spot is the address of an item's page.
func (p *page) spot(s spot) string { return p.address(viewItem, s.String()) }
