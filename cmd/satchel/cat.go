package main

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"github.com/urfave/cli/v2"

	"satchel/bundle"
	"satchel/bundle/sign"
)

// newCatCommand asks only whom to trust: what it prints is for programs.
func newCatCommand(u *ui) *cli.Command {
	return &cli.Command{
		Name:      "cat",
		Usage:     "print one item, exactly as it was packed",
		ArgsUsage: "BUNDLE PATH",
		Flags:     []cli.Flag{pinFlag()},
		Description: manual{
			about: `Writes the bytes of one item to standard output. Every byte is checked before it is
written; where the check fails, the output ends and the command fails.`,
			example: `satchel cat news.zip water/water.ko.html > water.html`,
			exits: []string{
				doneLine, "1  failed: there is no such item, or it is damaged in this copy",
				usageLine, holdLine,
			},
		}.text(u),
		Action: func(c *cli.Context) error {
			args, err := arguments(c, 2, 2)
			if err != nil {
				return err
			}
			pins, err := readPins(c.Context, c.StringSlice("publisher"))
			if err != nil {
				return err
			}
			return runCat(c.Context, u, args[0], args[1], pins)
		},
	}
}

// runCat gives out what is checked, block by block: a film does not fit in memory.
func runCat(ctx context.Context, u *ui, name, path string, pins []sign.Pin) (err error) {
	r, err := openNoted(u, name, pins)
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
		err = withHint(failure("no item {path} in {bundle}", quote(path), quote(name)),
			"satchel ls lists the paths; they are written as it prints them")
	}
	return e, err
}

// A tally is a reader that tells how much was read.
type tally struct {
	r    io.Reader
	n    int64
	tell func(n int64)
}

// Read tells what there is after it.
func (t *tally) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	t.n += int64(n)
	t.tell(t.n)
	return n, err
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
