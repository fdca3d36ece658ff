package main

import (
	"github.com/urfave/cli/v2"

	"satchel/bundle/ingest/cache"
)

// newCacheCommand shows and clears what packing keeps between runs.
func newCacheCommand(u *ui) *cli.Command {
	return &cli.Command{
		Name:      "cache",
		Usage:     "show or clear what packing keeps for its next run",
		ArgsUsage: "[clear]",
		Description: manual{
			about: `Packing keeps previews, articles and the like in a folder of yours, so that packing
the same files again is quick. They tell no names, but they hold what your files hold,
in plain form. Without "clear", says where they lie and how much there is.

satchel pack --no-cache keeps nothing.`,
			example: `satchel cache clear       takes all of it away`,
			exits:   []string{doneLine, failLine, usageLine},
		}.text(u),
		Action: func(c *cli.Context) error {
			args, err := arguments(c, 0, 1)
			if err != nil {
				return err
			}
			if len(args) == 1 && args[0] != "clear" {
				return withHint(misuse("satchel cache knows no {word}", quote(args[0])), "{command}", "satchel cache clear")
			}
			return runCache(u, len(args) == 1)
		},
	}
}

func runCache(u *ui, clear bool) error {
	dir, err := cache.Folder()
	if err != nil {
		return err
	}
	if !clear {
		entries, bytes, err := cache.Size(dir)
		if err != nil {
			return err
		}
		u.printf("%s\n", show(dir))
		u.say("{files}, {size}", countFiles(entries), formatSize(bytes))
		return nil
	}
	entries, bytes, err := cache.Clear(dir)
	if err != nil {
		return err
	}
	u.sayRow("cleared", "{files}, {size}", countFiles(entries), formatSize(bytes))
	return nil
}
