package viewer

import (
	"slices"
	"strings"

	"satchel/bundle/book"
	texts "satchel/bundle/plain"
	"satchel/bundle/search"
)

// What was found is shown where the words are: a book at a chapter, and what is said in a film at a line.

// Limits of what is looked through for that, in bytes. A part counts as leastPart at least: to open it takes time, too.
const (
	maxSought = 8 << 20
	leastPart = 8 << 10
)

// A seeker compares the parts of an item that was found.
type seeker struct {
	found *search.Result
	left  int     // bytes to look through
	share float64 // of the best part so far, as search.Snippet has it
}

// seeker is for what was found for an inquiry, or nil where there was none.
func (i *itemPage) seeker(s inquiry) *seeker {
	h := &searchPage{page: i.in(i.volume)}
	if h.asked = i.Words; h.asked == "" {
		return nil
	}
	answers := h.find(s, []*volume{i.volume}, 0)
	if len(answers) == 0 {
		return nil
	}
	return &seeker{found: answers[0].found.Result, left: maxSought}
}

// more says whether there may be a better part, and may be looked for.
func (s *seeker) more() bool { return s != nil && s.left > 0 && s.share < 1 }

// better says whether more of the words are together in a text than in those before, and where.
func (s *seeker) better(text string) (at int, ok bool) {
	part := s.found.Snippet(text, snippetBytes)
	if part.Share <= s.share {
		return 0, false
	}
	if s.share, at = part.Share, part.Start; len(part.Marks) > 0 {
		at = part.Marks[0].Start
	}
	return at, true
}

// chapterFor is the first chapter of a book that has the words that it was found for, or most of them: the first of all
// where there are none in those that are looked through.
func (i *itemPage) chapterFor(b *book.Book, found inquiry) (n int) {
	s := i.seeker(found)
	for at, c := range b.Chapters {
		if !s.more() {
			break
		}
		data, _, err := b.Read(c.Path, maxArticle)
		if err != nil {
			i.volume.met(err) // it says so itself when it is read
		}
		if f := b.File(c.Path); f != nil {
			s.left -= int(min(max(f.Size, leastPart), maxArticle)) // also where it could not be read
		}
		var text strings.Builder
		texts.Page(data, func(part texts.Part, line string) bool {
			if part != texts.Title {
				text.WriteString(line + "\n")
			}
			return true
		})
		if _, ok := s.better(text.String()); ok {
			n = at
		}
	}
	return n
}

// lineFor is in which captions, those that show first before others, and in which line of them the words are that a film
// was found for.
func (i *itemPage) lineFor(tracks []track, first int, found inquiry) (in, line int, ok bool) {
	s := i.seeker(found)
	for n := range tracks {
		if !s.more() {
			break
		}
		n = (first + n) % len(tracks)
		var text strings.Builder
		var ends []int
		for _, c := range i.cues(tracks[n]) {
			text.WriteString(c.text + "\n")
			ends = append(ends, text.Len())
		}
		s.left -= max(text.Len(), leastPart)
		if at, better := s.better(text.String()); better {
			in, ok = n, true
			line, _ = slices.BinarySearch(ends, at+1)
		}
	}
	return in, line, ok
}
