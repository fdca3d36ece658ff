package main

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

// kiwixSearch is the address of the hits for a query in a ZIM, which kiwix-serve calls by the name of its file.
func kiwixSearch(zim, query string, more url.Values) string {
	more.Set("books.name", strings.TrimSuffix(filepath.Base(zim), ".zim"))
	more.Set("pattern", query)
	return "search?" + more.Encode()
}

// hits returns the paths of what kiwix-serve finds, but for the first.
func (s *served) hits(zim, query string, but, n int) ([]string, error) {
	answer, err := s.page(kiwixSearch(zim, query, url.Values{
		"format": {"xml"}, "start": {fmt.Sprint(but + 1)}, "pageLength": {fmt.Sprint(n)}}))
	if err != nil {
		return nil, err
	}
	return kiwixPaths(answer)
}

// kiwixPaths returns the paths of hits, without the name of the book before them.
func kiwixPaths(answer []byte) (paths []string, err error) {
	var feed struct {
		Links []string `xml:"channel>item>link"`
	}
	if err := xml.Unmarshal(answer, &feed); err != nil {
		return nil, err
	}
	for _, l := range feed.Links {
		u, err := url.Parse(l)
		if err != nil {
			return nil, err
		}
		_, path, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
		paths = append(paths, path)
	}
	return paths, nil
}

// count counts what kiwix-serve finds, to the last page of hits: the number that it says is an estimate.
func (s *served) count(zim, query string) (n int, err error) {
	const most = 140 // hits on a page
	for {
		hits, err := s.hits(zim, query, n, most)
		n += len(hits)
		if err != nil || len(hits) < most {
			return n, err
		}
	}
}
