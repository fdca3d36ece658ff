package main

import (
	"errors"
	"os"
	"path/filepath"

	"satchel/bundle"
	"satchel/bundle/search"
)

// openWords opens the index in a bundle, to be asked without the command and without the viewer.
func openWords(name string) (*search.Index, *bundle.Reader, error) {
	r, err := bundle.Open(name)
	if err != nil {
		return nil, nil, err
	}
	x, err := r.Search()
	if err != nil {
		return nil, nil, errors.Join(err, r.Close())
	}
	return x, r, nil
}

// writeIndex writes an index of the documents that fill adds. The file is there when it is complete.
func writeIndex(name string, fill func(add func(search.Document) error) error) error {
	s := search.NewBuilder(filepath.Dir(name))
	f, err := os.Create(name + ".new")
	if err != nil {
		return errors.Join(err, s.Close())
	}
	err = fill(s.Add)
	if err == nil {
		err = s.Finish(f)
	}
	if err := errors.Join(err, s.Close(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), name)
}
