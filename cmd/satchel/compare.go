package main

import (
	"context"
	"errors"

	"github.com/urfave/cli/v2"

	"satchel/bundle"
)

// exitDiffers is what compare says of two bundles that differ, as cmp and diff do.
const exitDiffers = 1

type compareOptions struct{ json bool }

// newCompareCommand takes two bundles of any layout.
func newCompareCommand(u *ui) *cli.Command {
	var o compareOptions
	return &cli.Command{
		Name:      "compare",
		Usage:     "say whether two bundles are the same, and in what they differ",
		ArgsUsage: "A B",
		Flags:     []cli.Flag{jsonFlag(&o.json, "print each difference as one JSON object")},
		Description: manual{
			about: `Compares what two bundles hold, by what is signed, whatever their layouts. Who got two
copies can find out whether they were made different, to tell readers apart. Prints one
line for each item that differs, or for what differs in the bundle itself, and nothing
where all is the same. Whether a copy is whole, and whether bytes were put around it, is
for satchel verify to say.`,
			example: `satchel compare mine.zip /media/stick/news.zip`,
			exits: []string{
				"0  the same", "1  they differ, or the command failed and says why", usageLine, holdLine,
			},
		}.text(u),
		Action: func(c *cli.Context) error {
			args, err := arguments(c, 2, 2)
			if err != nil {
				return err
			}
			return o.run(c.Context, u, args[0], args[1])
		},
	}
}

// A differenceLine is a difference for scripts.
type differenceLine struct {
	Path string `json:"path"`
	What string `json:"what"`
}

// run prints while it compares: two large bundles may differ in the first item.
func (o *compareOptions) run(ctx context.Context, u *ui, nameA, nameB string) (err error) {
	a, err := openBundle(nameA)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	b, err := openBundle(nameB)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	same, err := bundle.Compare(ctx, a, b, func(d bundle.Difference) error {
		if o.json {
			return u.printJSON(differenceLine{d.Path, d.What})
		}
		u.printf("%s: %s\n", d.What, show(d.Path))
		return nil
	})
	if err != nil {
		return err
	}
	if !o.json {
		u.say(map[bool]phrase{true: "they are the same", false: "they differ"}[same])
	}
	if same {
		return nil
	}
	return codeError(exitDiffers)
}
