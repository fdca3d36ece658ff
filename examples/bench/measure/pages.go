package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/unicode/norm"
)

// A page is what can be seen of a page of a corpus, in NFC.
type page struct {
	path, title, text string
}

// readPages returns the pages of a folder in the order of their paths.
func readPages(folder string) (list []page, err error) {
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".html") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(folder, path)
		p := visible(data)
		p.path = filepath.ToSlash(rel)
		list = append(list, p)
		return err
	})
	return list, err
}

// visible takes title and text out of a page, with a space for every tag: good enough to count pages
// that have a word.
func visible(data []byte) (p page) {
	z := html.NewTokenizer(bytes.NewReader(data))
	var title, text strings.Builder
	in := atom.Atom(0) // the element whose text is not the page's
	for {
		switch z.Next() {
		case html.ErrorToken:
			p.title, p.text = norm.NFC.String(strings.TrimSpace(title.String())), norm.NFC.String(strings.TrimSpace(text.String()))
			return p
		case html.StartTagToken:
			tag, _ := z.TagName()
			if a := atom.Lookup(tag); a == atom.Script || a == atom.Style || a == atom.Title {
				in = a
			}
		case html.EndTagToken:
			if tag, _ := z.TagName(); atom.Lookup(tag) == in {
				in = 0
			}
		case html.TextToken:
			switch in {
			case atom.Title:
				addWords(&title, z.Text())
			case 0:
				addWords(&text, z.Text())
			}
		}
	}
}

func addWords(to *strings.Builder, text []byte) {
	for word := range bytes.FieldsSeq(text) {
		to.Write(word)
		to.WriteByte(' ')
	}
}

// grep counts the pages with a word in them, whatever its case.
func grep(pages []page, word string) (n int) {
	word = strings.ToLower(norm.NFC.String(word))
	for _, p := range pages {
		if strings.Contains(strings.ToLower(p.title+" "+p.text), word) {
			n++
		}
	}
	return n
}
