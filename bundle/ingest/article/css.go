package article

import (
	"bytes"
	"fmt"

	"satchel/bundle/ingest/scrub"
	"satchel/bundle/internal/tags"
)

// CutCSS finds in a style sheet what tells of its makers and of its readers: comments but those with a
// licence, addresses on the net and on a computer, and what pictures inside it tell. Cuts and errors are as those of
// CutSite.
func CutCSS(text []byte) (cuts []Cut, removed []scrub.Removal, err error) {
	if len(text) > MaxInput {
		return nil, nil, fmt.Errorf("%w: more than %d MB", ErrLimit, MaxInput>>20)
	}
	c := cutter{text: text, named: namesOwner(text)}
	c.style(0, len(text))
	if len(c.cuts) > maxCuts {
		return nil, nil, fmt.Errorf("%w: more than %d places to clean", ErrLimit, maxCuts)
	}
	return c.cuts, c.removed.list, nil
}

// style cleans styles between two places (CSS Syntax Level 3, section 4). An empty comment stands where one was:
// it parts what stands around it, as before.
func (c *cutter) style(start, end int) {
	text := c.text[:end]
	for i := start; i < end && len(c.cuts) <= maxCuts; {
		switch rest := text[i:]; {
		case rest[0] == '"' || rest[0] == '\'':
			i += quoted(rest)
		case rest[0] == '\\':
			i += 2
		case bytes.HasPrefix(rest, []byte("/*")):
			size := len(rest)
			if n := bytes.Index(rest[2:], []byte("*/")); n >= 0 {
				size = n + len("/**/")
			}
			if !bytes.Equal(rest[:size], []byte("/**/")) && !bytes.HasPrefix(rest, []byte("/*!")) {
				c.put(i, i+size, "/**/", "comments")
			}
			i += size
		case tags.HasFold(rest, "url("):
			i = c.styleURL(i+len("url("), end)
		case tags.HasFold(rest, "@import"):
			i = c.styleImport(i, end)
		default:
			i++
		}
	}
}

// quoted is how long a string is that begins a text, with its quotation marks. It ends with the line.
func quoted(s []byte) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case s[0]:
			return i + 1
		case '\n':
			return i
		case '\\':
			i++
		}
	}
	return len(s)
}

// styleURL cleans the address in url(…), and returns the place behind it.
func (c *cutter) styleURL(start, end int) int {
	text := c.text[:end]
	for start < end && tags.IsBlank(text[start]) {
		start++
	}
	for _, quote := range []string{`"`, `'`, "&quot;", "&#34;", "&#39;"} {
		if !bytes.HasPrefix(text[start:], []byte(quote)) {
			continue
		}
		start += len(quote)
		size := bytes.Index(text[start:], []byte(quote))
		if size < 0 {
			return end
		}
		c.styleAddress(start, start+size)
		return start + size + len(quote)
	}
	size := bytes.IndexByte(text[start:], ')')
	if size < 0 {
		return end
	}
	c.styleAddress(start, start+size)
	return start + size + 1
}

// styleImport leaves out the import of a style sheet on the net.
func (c *cutter) styleImport(start, end int) int {
	text := c.text[start:min(end, start+maxAddress)]
	size := bytes.IndexByte(text, ';') + 1
	if size == 0 {
		size = len(text)
	}
	if bytes.Contains(text[:size], []byte("//")) {
		c.put(start, start+size, "/**/", removedPixels)
		return start + size
	}
	return start + len("@import")
}

// nothing is an address of nothing.
const nothing = "data:,"

// styleAddress cleans an address in a style.
func (c *cutter) styleAddress(start, end int) {
	raw := c.text[start:end]
	switch {
	case tags.HasFold(raw, "http:"), tags.HasFold(raw, "https:"), bytes.HasPrefix(raw, []byte("//")):
		c.put(start, end, nothing, removedPixels)
	case tags.HasFold(raw, "data:"):
		c.picture(start, end)
	case c.named && isLocalPath(string(bytes.ToLower(raw[:min(len(raw), 16)]))):
		c.put(start, end, nothing, removedLocal)
	}
}

// picture cleans a picture in a data: address, or leaves it out where that cannot be.
func (c *cutter) picture(start, end int) {
	if end-start > maxPicture {
		c.put(start, end, nothing, "a picture too large to be cleaned")
		return
	}
	address := string(c.text[start:end])
	data, ok := dataPicture(address)
	if !ok {
		return // no picture but a drawing or text, which a reader cleans
	}
	clean, removed, ok := dataAddress(data)
	switch {
	case !ok:
		c.put(start, end, nothing, "a picture that cannot be cleaned")
	case len(removed) > 0:
		c.cuts = append(c.cuts, Cut{int64(start), int64(end - start), []byte(clean)})
		for _, r := range removed {
			c.removed.add(r.What, int(r.Bytes))
		}
	}
}
