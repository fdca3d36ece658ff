package main

import (
	"errors"
	"fmt"

	"satchel/bundle/search"
)

// The words whose pages are counted, and where.
var recallWords = []string{"安装", "书", "软件包", "instalación", "설치"}

const recallCorpus = "handbook"

// recall counts the pages that have a word, translations and all.
func (b *bench) recall() (err error) {
	pages, err := readPages(b.corpus(recallCorpus))
	if err != nil {
		return err
	}
	bundled, err := b.searchBundle(recallCorpus)
	if err != nil {
		return err
	}
	x, r, err := openWords(bundled)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	kiwix, zim, err := b.searchKiwix(recallCorpus)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kiwix.stop()) }()
	for _, word := range recallWords {
		found, err := x.Search(search.Query{Text: word, Limit: 1})
		if err != nil {
			return fmt.Errorf("%s: %w", word, err)
		}
		theirs, err := kiwix.count(zim, word)
		if err != nil {
			return fmt.Errorf("%s: %w", word, err)
		}
		there := float64(grep(pages, word))
		what := "find pages of " + recallCorpus + " with " + word
		b.table.add(row{what + ", ours", float64(found.Total), there, number, want{}, "Search of bundle.Reader (grep)"})
		b.table.add(row{what + ", kiwix", float64(theirs), there, number, want{}, "kiwix-serve (grep)"})
	}
	return nil
}
