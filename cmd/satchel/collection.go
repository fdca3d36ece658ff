package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"satchel/bundle"
	"satchel/bundle/ingest/collection"
)

// readCollection reads the collection file of a folder, where there is one. What flags say goes before it.
func (p *packing) readCollection(ctx context.Context) error {
	name, err := findCollection(p.dirs)
	if name == "" || err != nil {
		return err
	}
	text, err := readSmall(ctx, name, collection.MaxSize)
	if err != nil {
		return err
	}
	c, err := collection.Parse(name, text)
	if err != nil {
		return err
	}
	p.ingest.Collection = c
	b := &p.bundle
	if b.Title == "" {
		b.Titles = c.Title
	}
	b.Description, b.Publisher, b.Language, b.Date = c.Description, c.Publisher, c.Language, c.Date
	if b.Series == "" {
		b.Series, b.Issue = c.Series, c.Issue
	}
	for _, s := range c.Sections {
		b.Sections = append(b.Sections, bundle.Section{Name: s.Name, Cover: s.Cover})
	}
	if len(b.Sections) > 0 {
		b.Place = c.Place()
	}
	return nil
}

// checkSaid looks for what must not be said in what is said of the whole.
func (p *packing) checkSaid() error {
	if p.ingest.Unsaid == nil {
		return nil
	}
	b := &p.bundle
	lines := []string{b.Title, b.Publisher, b.Series, b.Language, b.Date}
	texts := []bundle.Text{b.Titles, b.Description}
	for _, s := range b.Sections {
		texts = append(texts, s.Name)
	}
	for _, t := range texts {
		for _, phrase := range t {
			lines = append(lines, phrase.Text)
		}
	}
	hits, err := p.ingest.Unsaid.Search(strings.NewReader(strings.Join(lines, "\n")))
	if err != nil || len(hits) == 0 {
		return err
	}
	return failure("what is said of the bundle must not be said: {entry} in {context}", quote(hits[0].Entry), quote(hits[0].Context))
}

// findCollection returns the name of the collection file, or none.
func findCollection(dirs []string) (string, error) {
	for _, dir := range dirs {
		name := filepath.Join(dir, collection.Name)
		info, err := os.Lstat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return "", err
		case !info.Mode().IsRegular():
			return "", failure("{name} is no file", quote(name))
		case len(dirs) > 1:
			err := misuse("{file} speaks of one folder, and several are packed", quote(name))
			return "", withHint(err, "put all folders into one, with one {file}", collection.Name)
		}
		return name, nil
	}
	return "", nil
}
