package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"satchel/bundle"
	"satchel/bundle/ingest"
	"satchel/bundle/ingest/collection"
)

type initOptions struct{ output string }

// newInitCommand gives a curator a file to begin with, instead of a manual to read.
func newInitCommand(u *ui) *cli.Command {
	var o initOptions
	return &cli.Command{
		Name:      "init",
		Usage:     "write a " + collection.Name + " to say what a collection is",
		ArgsUsage: "DIR",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Destination: &o.output,
				Usage: "write it to `FILE` instead of DIR/" + collection.Name + "; - for standard output"},
		},
		Description: manual{
			about: `Looks through a folder and writes ` + collection.Name + ` into it: each folder at the top becomes a
section, and what else can be said stands there in comments, with examples. Change what
you like. A file that is there already is never overwritten.

Prints the name of the file.`,
			example: `satchel init articles
satchel init -o - articles | less`,
			exits: []string{doneLine, failLine, usageLine},
		}.text(u),
		Action: func(c *cli.Context) error {
			args, err := arguments(c, 1, 1)
			if err != nil {
				return err
			}
			return o.run(c.Context, u, args[0])
		},
	}
}

// run looks whether it may write before it looks through the folder, which can take long.
func (o *initOptions) run(ctx context.Context, u *ui, dir string) error {
	name := cmp.Or(o.output, filepath.Join(dir, collection.Name))
	if _, err := os.Lstat(name); err == nil && name != "-" {
		err = failure("{file} exists, and is never overwritten", quote(name))
		return withHint(err, "edit it, or have another one to copy from printed with -o -")
	}
	found, err := look(ctx, u, dir)
	if err != nil {
		return err
	}
	if name == "-" {
		return collection.Init(u.out, found)
	}
	var b bytes.Buffer
	if err := collection.Init(&b, found); err != nil {
		return err
	}
	if err := writeNew(name, b.Bytes(), 0o644); err != nil {
		return err
	}
	u.say("found {files} in {folders}, with {languages}", countFiles(found.Files),
		quantity{int64(len(found.Folders)), "{n} folder", "{n} folders"},
		quantity{int64(len(found.Languages)), "{n} language", "{n} languages"})
	u.printf("%s\n", show(name))
	return nil
}

// A census counts what a folder holds.
type census struct {
	files, loose int
	kinds        map[bundle.Kind]int
	languages    map[string]int
	folders      map[string]*census // those at the top
}

func newCensus() *census {
	return &census{kinds: map[bundle.Kind]int{}, languages: map[string]int{}, folders: map[string]*census{}}
}

// look counts what pack would take. What it would refuse is for pack to say: here it is only mentioned.
func look(ctx context.Context, u *ui, dir string) (found collection.Found, err error) {
	src, err := ingest.Folders([]string{dir}, ingest.Options{SkipUnsupported: true})
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	c := newCensus()
	for it, err := range src.Items() {
		var refused *ingest.RefusedError
		switch {
		case errors.As(err, &refused):
			u.note("{files} would be refused; satchel pack says which and why",
				countFiles(len(refused.Files)+refused.More))
		case err != nil:
			reportLeftOut(u, src) // it may be the reason
			return found, err
		case ctx.Err() != nil:
			return found, ctx.Err()
		default:
			c.add(&it)
		}
	}
	return c.found(), nil
}

// add counts an item. What pages need and nobody reads alone makes no section of its folder.
func (c *census) add(it *bundle.Item) {
	c.count(it)
	folder, _, inside := strings.Cut(it.Path, "/")
	switch {
	case !inside:
		c.loose++
	case it.Kind != bundle.KindResource:
		if c.folders[folder] == nil {
			c.folders[folder] = newCensus()
		}
		c.folders[folder].count(it)
	}
}

// count counts an item without its folder.
func (c *census) count(it *bundle.Item) {
	c.files++
	c.kinds[it.Kind]++
	if it.Language != "" {
		c.languages[it.Language]++
	}
}

// found is the census as the collection file tells it, folders by name.
func (c *census) found() collection.Found {
	f := collection.Found{Files: c.files, Loose: c.loose, Languages: ranked(c.languages)}
	for _, k := range bundle.Kinds {
		if n := c.kinds[k]; n > 0 {
			f.Kinds = append(f.Kinds, collection.Count{Name: string(k), Files: n})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.folders)) {
		in := c.folders[name]
		f.Folders = append(f.Folders, collection.FoundFolder{Path: name, Files: in.files, Languages: ranked(in.languages)})
	}
	return f
}

// ranked are counts, the most frequent first.
func ranked(counts map[string]int) []collection.Count {
	var list []collection.Count
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, collection.Count{Name: name, Files: counts[name]})
	}
	slices.SortStableFunc(list, func(a, b collection.Count) int { return b.Files - a.Files })
	return list
}
