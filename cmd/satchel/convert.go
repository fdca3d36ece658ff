package main

import (
	"context"
	"errors"
	"strings"

	"github.com/urfave/cli/v2"

	"satchel/bundle"
	"satchel/bundle/sign"
)

type convertOptions struct {
	output, layout, partSize string
	pins                     []sign.Pin
}

// newConvertCommand wants layout and name spelt out: guessing either from the other
// would surprise.
func newConvertCommand(u *ui) *cli.Command {
	var o convertOptions
	return &cli.Command{
		Name:      "convert",
		Usage:     "write a bundle in another layout, or a clean copy of it",
		ArgsUsage: "BUNDLE",
		Flags: []cli.Flag{
			layoutFlag(&o.layout),
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Destination: &o.output,
				Usage: "write it to `OUT`; parts become OUT.001, OUT.002 …"},
			partSizeFlag(&o.partSize),
			pinFlag(),
		},
		Description: manual{
			about: `Writes the same bundle as one ZIP file, as a folder or as parts. Nothing is packed or
signed anew: there and back gives the same bytes. Bytes that somebody put around the
bundle are not copied, so a marked one becomes clean.`,
			example: `satchel convert --layout parts --part-size 2G -o news.zip films.zip
satchel convert --layout folder -o news-folder news.zip.001`,
			exits: []string{doneLine, failLine, usageLine, holdLine},
		}.text(u),
		Action: func(c *cli.Context) error {
			args, err := arguments(c, 1, 1)
			if err != nil {
				return err
			}
			if o.output == "" {
				return withHelp(c, misuse("the name to write to is missing: -o OUT"))
			}
			if o.layout == "" {
				return withHelp(c, misuse("the layout is missing: --layout zip, folder or parts"))
			}
			if o.pins, err = readPins(c.Context, c.StringSlice("publisher")); err != nil {
				return err
			}
			return o.run(c.Context, u, args[0])
		},
	}
}

// run gives no half bundle: what cannot be copied whole is not copied.
func (o *convertOptions) run(ctx context.Context, u *ui, name string) (err error) {
	layout, size, err := parseLayout(o.layout, o.partSize)
	if err != nil {
		return err
	}
	r, err := openNoted(u, name, o.pins)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	files, err := bundle.Convert(ctx, r, o.output, bundle.ConvertOptions{
		Layout: layout, PartSize: size, Progress: u.progress.update,
	})
	if errors.Is(err, bundle.ErrDamaged) || errors.Is(err, bundle.ErrMissing) {
		return withHint(failure("{bundle}: {reason}", quote(name), err),
			"a bundle is converted whole or not at all; satchel verify names the items, "+
				"satchel extract saves the rest")
	}
	if err != nil {
		return err
	}
	u.progress.clear()
	if len(files) > 1 {
		u.say("{parts}: {files}", countParts(len(files)), show(strings.Join(files, " ")))
	}
	u.printf("%s\n", show(files[0]))
	return nil
}
