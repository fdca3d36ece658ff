package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/urfave/cli/v2"

	"satchel/bundle"
)

// newCatCommand has no flags: what it prints is for programs.
func newCatCommand(u *ui) *cli.Command {
	return &cli.Command{
		Name:      "cat",
		Usage:     "print one item, exactly as it was packed",
		ArgsUsage: "BUNDLE PATH",
		Description: manual{
			about: `Writes the bytes of one item to standard output. Every byte is checked before it is
written; where the check fails, the output ends and the command fails.`,
			example: `satchel cat news.zip water/water.ko.html > water.html`,
			exits: []string{
				doneLine, "1  failed: there is no such item, or it is damaged in this copy",
				usageLine, holdLine,
			},
		}.text(),
		Action: func(c *cli.Context) error {
			args, err := arguments(c, 2, 2)
			if err != nil {
				return err
			}
			return runCat(c.Context, u, args[0], args[1])
		},
	}
}

// runCat gives out what is checked, block by block: a film does not fit in memory.
func runCat(ctx context.Context, u *ui, name, path string) (err error) {
	r, err := openNoted(u, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	e, err := findItem(r, name, path)
	if err != nil {
		return err
	}
	if _, err := io.Copy(u.out, &interruptible{ctx, r.Content(e)}); err != nil {
		return err
	}
	return standingCode(r)
}

// findItem looks an item up by its path.
func findItem(r *bundle.Reader, name, path string) (bundle.Entry, error) {
	e, err := r.Lookup(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = withHint(fmt.Errorf("no item %s in %s", quote(path), quote(name)),
			"satchel ls lists the paths; they are written as it prints them")
	}
	return e, err
}

// An interruptible is a reader that ends with its context.
type interruptible struct {
	ctx context.Context
	r   io.Reader
}

// Read fails once the context has ended.
func (i *interruptible) Read(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	return i.r.Read(p)
}
