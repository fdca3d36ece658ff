// Package collection reads satchel.yaml, in which a curator may say what a collection is: its title in
// several languages, its sections and their order, what is left out, and what single items are called.
// Nothing in it has to be said; without the file everything is packed as it is found.
//
//	title: {en: Water, ko: 물}
//	publisher: Example Newsroom
//	date: 2026-03
//	language: en
//	sections:
//	  - name: {en: News, ko: 뉴스}
//	    folder: news
//	    order: newest
//	  - name: Radio
//	    items: [radio/opening.mp3, "radio/**/*.mp3"]
//	exclude: ["**/*.psd", drafts]
//	html: {archive: site}
//	items:
//	  news/water.html:
//	    title: Clean water
//	    tags: [water, health]
//
// [Parse] is strict: a key that nobody knows is a mistake of somebody's, and a bundle that goes out
// without what it was meant to say cannot be called back. All mistakes are reported at once. [Init]
// writes a file to begin with.
//
// The file is YAML 1.2 in the reading of go.yaml.in/yaml/v4, one document of at most [MaxSize] bytes.
// Anchors and aliases are allowed, and what they repeat counts as if it had been written out, up to a
// limit. Nothing of the file but what the fields say gets into a bundle.
package collection

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"satchel/bundle"
)

// Name is the name of the file, at the top of a collection.
const Name = "satchel.yaml"

// Limits.
const (
	MaxSize = 1 << 20 // bytes of the file
	// maxValues is how many keys and values are read, those that aliases repeat included.
	maxValues = 300_000
	// maxDepth is how deep values nest. Ours nest four deep.
	maxDepth = 50
	// maxProblems is how many problems are kept; more are counted.
	maxProblems = 100
)

// A Collection is what a file says. What it does not say is zero.
type Collection struct {
	Title, Description Text
	Publisher          string // the name of who publishes it
	Series             string // up to 32 of a-z, 0-9 and hyphen
	Issue              uint32 // from 1; only with a series
	Date               string // YYYY, YYYY-MM or YYYY-MM-DD
	Language           string // a canonical BCP 47 tag, of the items that say nothing

	Sections         []Section // as listed
	Include, Exclude []Glob    // as listed

	HTML     []Folder // by path
	Bylines  Bylines
	Pictures Pictures
	Items    []Item // by path
}

// A Section is a part of the collection, as readers see it.
type Section struct {
	Name  Text
	Items []Glob // at least one; a folder is a glob as well
	Order Order
	Cover string // the path of a picture, or empty
	Line  int    // in the file, from 1
}

// An Item is what the file says of one path.
type Item struct {
	Path     string
	Title    string
	Summary  string
	Date     string
	Language string
	Tags     []string
	Cover    string // the path of a picture, or empty
	Byline   string
	Priority int // 0 to 100: what matters more comes first
	Line     int // in the file, from 1
}

// A Folder says how the pages under a path are packed. The path "" is the whole collection.
type Folder struct {
	Path string
	HTML HTML
	Line int // in the file, from 1
}

// An HTML says how pages are packed.
type HTML string

// Pages are either articles, of which the text matters, or parts of a site that keeps its own looks.
const (
	Article HTML = "article"
	Site    HTML = "site"
)

// Bylines says what becomes of the names of authors that files tell.
type Bylines string

// The authors' names are kept, or dropped: those that the collection file itself gives are kept then, too.
const (
	KeepBylines Bylines = "keep"
	DropBylines Bylines = "drop"
)

// Pictures says how large pictures are packed.
type Pictures string

// Pictures are packed as they are, or made smaller.
const (
	Original Pictures = "original"
	Large    Pictures = "large"
	Small    Pictures = "small"
)

// An Order is in which order the items of a section come.
type Order string

// Items come by file name, by title, by date, or as the section lists them.
const (
	ByName  Order = "name"
	ByTitle Order = "title"
	Newest  Order = "newest"
	Oldest  Order = "oldest"
	Listed  Order = "listed"
)

// A Text is a text in one or several languages, by tag. One that was given without a language has the
// tag "".
type Text = bundle.Text

// A Phrase is a text in a language.
type Phrase = bundle.Phrase

// Includes says whether a path belongs to the collection: it matches Include, if there is any, and
// nothing of Exclude.
func (c *Collection) Includes(path string) bool {
	matches := func(g Glob) bool { return g.Match(path) }
	return (len(c.Include) == 0 || slices.ContainsFunc(c.Include, matches)) &&
		!slices.ContainsFunc(c.Exclude, matches)
}

// HTMLOf returns how a page is packed, as the deepest folder says that it lies in, or "".
func (c *Collection) HTMLOf(path string) HTML {
	path = norm.NFC.String(path)
	best, depth := HTML(""), -1
	for _, f := range c.HTML {
		within := f.Path == "" || path == f.Path || strings.HasPrefix(path, f.Path+"/")
		if within && len(f.Path) > depth {
			best, depth = f.HTML, len(f.Path)
		}
	}
	return best
}

// Item returns what the file says of a path, or nil.
func (c *Collection) Item(path string) *Item {
	path = norm.NFC.String(path)
	i, ok := slices.BinarySearchFunc(c.Items, path, func(it Item, p string) int { return strings.Compare(it.Path, p) })
	if !ok {
		return nil
	}
	return &c.Items[i]
}

// SectionOf returns the number of the first section that a path belongs to, or -1.
func (c *Collection) SectionOf(path string) int {
	return slices.IndexFunc(c.Sections, func(s Section) bool {
		return slices.ContainsFunc(s.Items, func(g Glob) bool { return g.Match(path) })
	})
}
