package collection

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"satchel/bundle/internal/safepath"
)

// Found is what a look at a folder of files tells. Init writes it in the order given.
type Found struct {
	Files     int // in all
	Loose     int // at the top, in no folder
	Languages []Count
	Kinds     []Count
	Folders   []FoundFolder // at the top
}

// A Count is how many files are of a kind or in a language.
type Count struct {
	Name  string
	Files int
}

// A FoundFolder is a folder of files.
type FoundFolder struct {
	Path      string
	Files     int
	Languages []Count
}

// maxFolders is how many folders Init makes sections of.
const maxFolders = 200

// Init writes a collection file to begin with: folders become sections, and what else could be said
// stands in comments. Parse accepts it as it is. The only error is that of w.
func Init(w io.Writer, found Found) error {
	var b strings.Builder
	b.WriteString(initHead)
	fmt.Fprintf(&b, "# Found when this file was written: %s.\n", summary(found))
	b.WriteString(initAbout)
	lang := "en"
	if len(found.Languages) > 0 && canonical(found.Languages[0].Name) != "" {
		lang = canonical(found.Languages[0].Name)
		fmt.Fprintf(&b, "# The language of files that do not say theirs. Most here are in this one.\nlanguage: %s\n", lang)
	} else {
		b.WriteString("# The language of files that do not say theirs.\n#language: en\n")
	}
	writeSections(&b, found, lang)
	b.WriteString(initRest)
	_, err := io.WriteString(w, b.String())
	return err
}

const initHead = `# satchel.yaml: what this collection is.
#
# Everything here may be left out. A line that begins with # is a comment: take the # away to use it.
# Texts that have ": " or " #" in them, or begin with a sign, go into "quotes".
# Times, computers' names and users' names have no place here, and none gets into a bundle.
#
`

const initAbout = `
# What readers see first. One text, or one for each language:
#title: Water for everyone
#title: {en: Water for everyone, ko: 모두를 위한 물}
#description: What to do when the pipes run dry.

# Who publishes it, and when: 2026, 2026-03 or 2026-03-31. Say only what everybody may know.
#publisher: Example Newsroom
#date: 2026-03

# For a collection that appears again and again: an id that stays the same, and a number that grows.
# Both can be read by anyone who finds a bundle, without opening it.
#series: example-news
#issue: 1

`

const initRest = `
# Pack only these, or leave these out. Paths begin at the top of the collection. * is any part of one
# name, ** is any folders. A folder is all that lies in it. Without "include" everything is packed.
#include: [news, radio, "*.html"]
#exclude: [drafts, "**/*.psd"]

# How web pages are packed: "article" keeps text and pictures and is easy to read everywhere, "site"
# keeps a page's own looks. For all of them, or by folder:
#html: article
#html: {archive/old-site: site}

# Names of authors that files tell of: keep or drop.
#bylines: drop

# Pictures: original, large or small. Small ones fit on small sticks.
#pictures: large

# What to say of single files, where they do not say it themselves or say it wrong.
#items:
#  news/water.html:
#    title: Clean water
#    summary: How to make water safe to drink.
#    date: 2026-03-31
#    language: en
#    tags: [water, health]
#    cover: pictures/well.jpg
#    byline: A. Reporter
#    priority: 50        # 0 to 100: what matters more comes first
`

const initSections = `
# The parts of the collection, in the order in which readers see them. "items" is a list of paths
# instead of a folder; "order" is name, title, newest, oldest or listed; "cover" is a picture.
`

func summary(f Found) string {
	parts := []string{plural(f.Files, "file")}
	if n := len(f.Folders); n > 0 {
		parts[0] += " in " + plural(n, "folder")
	}
	if f.Loose > 0 && len(f.Folders) > 0 {
		parts = append(parts, fmt.Sprintf("%d of them in no folder", f.Loose))
	}
	for _, counts := range [][]Count{f.Kinds, f.Languages} {
		for _, c := range counts[:min(len(counts), 12)] {
			parts = append(parts, fmt.Sprintf("%d %s", c.Files, comment(c.Name)))
		}
	}
	return strings.Join(parts, ", ")
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// comment is a text that cannot end a comment.
func comment(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, clip(s))
}

func writeSections(b *strings.Builder, found Found, lang string) {
	b.WriteString(initSections)
	folders := slices.DeleteFunc(slices.Clone(found.Folders), func(f FoundFolder) bool {
		return safepath.Check(f.Path) != nil || isWild(f.Path)
	})
	if len(folders) == 0 {
		b.WriteString("#sections:\n#  - name: {en: News, ko: 뉴스}\n#    folder: news\n#    order: newest\n")
		return
	}
	b.WriteString("sections:\n")
	for _, f := range folders[:min(len(folders), maxFolders)] {
		name := f.Path[strings.LastIndexByte(f.Path, '/')+1:]
		fmt.Fprintf(b, "  # %s\n", folderSummary(f))
		fmt.Fprintf(b, "  - name: {%s: %s}\n    folder: %s\n    #order: newest\n", lang, quote(heading(name)), quote(f.Path))
	}
	if n := len(folders) - maxFolders; n > 0 {
		fmt.Fprintf(b, "  # %d more folders have no section yet.\n", n)
	}
}

func folderSummary(f FoundFolder) string {
	s := plural(f.Files, "file")
	var languages []string
	for _, c := range f.Languages[:min(len(f.Languages), 8)] {
		languages = append(languages, fmt.Sprintf("%d %s", c.Files, comment(c.Name)))
	}
	if len(languages) == 0 {
		return s
	}
	return s + ": " + strings.Join(languages, ", ")
}

// heading makes a heading of the name of a folder.
func heading(name string) string {
	s := strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || r == ' ' }), " ")
	if s == "" {
		s = name
	}
	for i, r := range s {
		return string(unicode.ToUpper(r)) + s[i+len(string(r)):]
	}
	return s
}

// quote writes a text in double quotes, as YAML 1.2 reads them (section 7.3.1).
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xFFFF:
			fmt.Fprintf(&b, `\U%08X`, r)
		default:
			fmt.Fprintf(&b, `\u%04X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
