package viewer

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"html/template"
	"regexp"
	"strconv"
	"strings"

	"satchel/bundle/sanitize"
)

// An article is a stranger's page without any style of its own, fit to stand in a page of ours. The
// allow-list has left no class, no style and no name of a style sheet in it, so it cannot draw over
// what is around it; its ids, and what refers to them, say nothing and are none of ours. It is made
// of what the allow-list wrote: there, a double quote ends an attribute and stands nowhere else, and
// a tag ends with the first >.
type article struct {
	Body     template.HTML
	Language string // of the page, or empty
	Dir      string // ltr, rtl or auto
	Contents []heading
	Titled   bool // it begins with a heading of the first level, which is its title
}

// Listed says whether there is enough to list the contents for.
func (a *article) Listed() bool { return len(a.Contents) >= 3 }

// A heading is a line of the contents of an article.
type heading struct {
	Title, ID string
	Depth     int // from 0
}

// Limits of an article. A longer page is shown in a frame, where it is not taken apart.
const (
	maxArticle  = 4 << 20 // bytes of a page
	maxHeadings = 500
	maxMarkup   = 4 << 10 // bytes of a heading, markup and all
	maxHeading  = 100     // characters of its text
)

var errTooLong = errors.New("too long for an article")

// article makes an article of a page.
func (v *Viewer) article(p *page, s source) (*article, error) {
	key := p.cacheKey(s, true)
	if a, ok := v.pages.get(key).(*article); ok {
		return a, nil
	}
	a, err := s.article(v.sealer.id)
	if err == nil {
		v.pages.put(key, a, len(a.Body))
	}
	return a, err
}

// article makes an article of a page, with other names for its ids.
func (s source) article(name func(id string) string) (*article, error) {
	if s.entry.Size > maxArticle {
		return nil, errTooLong
	}
	raw, err := s.read(maxArticle)
	if err != nil {
		return nil, err
	}
	out := scratch.Get().(*bytes.Buffer)
	defer release(out)
	if err := sanitize.HTML(out, bytes.NewReader(raw), sanitize.Options{Linker: s.linker, ID: name}); err != nil {
		return nil, err
	}
	if out.Len() > 4*maxArticle { // ids become longer
		return nil, errTooLong
	}
	return inline(s.sized(out.Bytes()), name), nil
}

// inline makes an article of a page that the allow-list wrote.
func inline(clean []byte, name func(id string) string) *article {
	a := &article{Dir: "auto"}
	a.root(between(clean, "<html", ">"))
	_, rest, _ := bytes.Cut(clean, []byte("</head><body"))
	attributes, body, _ := bytes.Cut(rest, []byte(">"))
	a.root(attributes)
	body = bytes.TrimSuffix(bytes.TrimSpace(body), []byte("</body></html>"))
	body = a.headings(withoutRoles(body), name)
	a.Body = template.HTML(body)
	a.title()
	return a
}

// begins is how an article begins that has its title in it, for all to see.
var begins = regexp.MustCompile(`^(\s*<(div|header|section|main|article)[^>]*>)*\s*<h1( id="[^"]*")?>[^<]*[^<\s]`)

// begin is as much of the article as its title may lie in.
func (a *article) begin() []byte { return []byte(a.Body[:min(len(a.Body), maxMarkup)]) }

// title takes the title of the article out of its contents, and sets the others in by how far they are below
// the highest of them.
func (a *article) title() {
	if a.Titled = begins.Match(a.begin()); a.Titled && len(a.Contents) > 0 {
		a.Contents = a.Contents[1:]
	}
	highest := maxDepth
	for _, h := range a.Contents {
		highest = min(highest, h.Depth)
	}
	for i := range a.Contents {
		a.Contents[i].Depth -= highest
	}
}

// Of an article, so many <img> are given their size, and so many pictures looked up for it.
const (
	maxSized    = 300
	maxMeasured = 60
)

// sized gives the pictures of a page that do not say how large they are their width and height, so that the text
// does not jump when they come.
func (s source) sized(clean []byte) []byte {
	const tag = "<img"
	var out []byte
	measured := map[string][2]int64{}
	for range maxSized {
		i := bytes.Index(clean, []byte(tag))
		if i < 0 {
			break
		}
		i += len(tag)
		out = append(out, clean[:i]...)
		clean = clean[i:]
		attributes, _, _ := bytes.Cut(clean, []byte(">"))
		path, ok := s.linker.pictures[string(between(attributes, ` src="`, `"`))]
		if !ok || bytes.Contains(attributes, []byte(` width="`)) || bytes.Contains(attributes, []byte(` height="`)) {
			continue
		}
		size, known := measured[path]
		if !known && len(measured) < maxMeasured {
			size[0], size[1] = s.edges(path)
			measured[path] = size
		}
		if size[0] > 0 {
			out = fmt.Appendf(out, ` width="%d" height="%d"`, size[0], size[1])
		}
	}
	return append(out, clean...)
}

// between returns what stands between two texts, the first time that they do.
func between(b []byte, from, to string) []byte {
	_, rest, _ := bytes.Cut(b, []byte(from))
	found, _, _ := bytes.Cut(rest, []byte(to))
	return found
}

// root takes over what the html or body element says of the whole page.
func (a *article) root(attributes []byte) {
	if l := between(attributes, ` lang="`, `"`); len(l) > 0 {
		a.Language = string(l)
	}
	if d := string(between(attributes, ` dir="`, `"`)); d == "ltr" || d == "rtl" {
		a.Dir = d
	}
}

// roles are those that a stranger's page may have within ours: none that is spoken as if it were the
// viewer's, such as an alert, or a part of the page around.
var roles = map[string]bool{"list": true, "listitem": true, "table": true, "row": true, "cell": true, "columnheader": true, "rowheader": true,
	"rowgroup": true, "img": true, "figure": true, "math": true, "note": true, "none": true, "presentation": true, "separator": true, "definition": true, "term": true}

// withoutRoles leaves those that are not in the list empty.
func withoutRoles(clean []byte) []byte {
	const mark = ` role="`
	out := make([]byte, 0, len(clean)+len(clean)/16)
	for {
		i := bytes.Index(clean, []byte(mark))
		if i < 0 {
			return append(out, clean...)
		}
		i += len(mark)
		end := i + bytes.IndexByte(clean[i:], '"')
		if out = append(out, clean[:i]...); roles[string(clean[i:end])] {
			out = append(out, clean[i:end]...)
		}
		clean = clean[end:]
	}
}

// headings gathers the headings of a page, and gives an id, which no page can have, to those that have none.
func (a *article) headings(body []byte, name func(id string) string) []byte {
	out := make([]byte, 0, len(body)+1024)
	for len(a.Contents) < maxHeadings {
		i := nextHeading(body)
		if i < 0 {
			break
		}
		tagEnd := i + bytes.IndexByte(body[i:], '>')
		tag, level := body[i:tagEnd], body[i+2]
		end := bytes.Index(body[tagEnd:], []byte{'<', '/', 'h', level, '>'})
		if next := nextHeading(body[tagEnd:]); end < 0 || next >= 0 && next < end {
			end = next // it has others in it
		}
		end = max(end, 1)
		h := heading{Title: textOf(body[tagEnd+1 : tagEnd+min(end, maxMarkup)]), Depth: int(level - '1'), ID: string(between(tag, ` id="`, `"`))}
		out = append(out, body[:tagEnd]...)
		if h.ID == "" {
			h.ID = name("") + "-" + strconv.Itoa(len(a.Contents))
			out = append(out, ` id="`+h.ID+`"`...)
		}
		if h.Title != "" {
			a.Contents = append(a.Contents, h)
		}
		body = body[tagEnd:]
	}
	return append(out, body...)
}

// nextHeading returns where a heading of the first four levels begins, or -1.
func nextHeading(b []byte) int {
	for at := 0; ; {
		i := bytes.Index(b[at:], []byte("<h"))
		if i < 0 || at+i+3 >= len(b) {
			return -1
		}
		at += i
		if c := b[at+2]; c >= '1' && c <= '4' && (b[at+3] == '>' || b[at+3] == ' ') {
			return at
		}
		at += 2
	}
}

// textOf is the text of markup that the allow-list wrote, on one line.
func textOf(markup []byte) string {
	text := html.UnescapeString(withoutTags(string(markup)))
	return clip(plain(strings.Join(strings.Fields(text), " ")), maxHeading)
}
