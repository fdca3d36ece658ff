package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

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
	b.Title = cmp.Or(b.Title, c.Title.In(c.Language))
	b.Language, b.Date = c.Language, c.Date
	if b.Series == "" {
		b.Series, b.Issue = c.Series, c.Issue
	}
	return nil
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
			return "", fmt.Errorf("%s is no file", quote(name))
		case len(dirs) > 1:
			err := usagef("%s speaks of one folder, and several are packed", quote(name))
			return "", withHint(err, "put all folders into one, with one "+collection.Name)
		}
		return name, nil
	}
	return "", nil
}
