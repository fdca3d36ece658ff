package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"satchel/bundle"
)

// pageSize is how many items are taken from the index at a time.
const pageSize = 500

type lsOptions struct {
	long, json bool
	kind       string
	language   string
	folder     string
	filter     bundle.Filter
}

// newLsCommand prints bare paths unless asked for more, so that a shell loop can use it.
func newLsCommand(u *ui) *cli.Command {
	var o lsOptions
	return &cli.Command{
		Name:      "ls",
		Usage:     "list what is in a bundle",
		ArgsUsage: "BUNDLE",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "long", Aliases: []string{"l"}, Destination: &o.long,
				Usage: "also show kind, size, date, language and title"},
			jsonFlag(&o.json, "print each item as one JSON object"),
			&cli.StringFlag{Name: "kind", Destination: &o.kind,
				Usage: "only items of this `KIND`:\n" + kindNames()},
			&cli.StringFlag{Name: "language", Destination: &o.language,
				Usage: "only items in this `LANGUAGE`, such as ko or zh-CN"},
			&cli.StringFlag{Name: "folder", Destination: &o.folder,
				Usage: "only items in this `FOLDER`, at any depth"},
		},
		Description: manual{
			about: `Lists the items, the newest first, then by path: one path a line, as cat and
extract take it.`,
			example: `satchel ls news.zip
satchel ls --long --language ko news.zip
satchel ls --json news.zip | jq -r 'select(.kind == "video") | .path'`,
			exits: []string{doneLine, failLine, usageLine, holdLine},
		}.text(),
		Action: func(c *cli.Context) error {
			args, err := arguments(c, 1, 1)
			if err != nil {
				return err
			}
			if err := o.check(); err != nil {
				return err
			}
			return o.run(c.Context, u, args[0])
		},
	}
}

// kindNames lists the kinds for help and hints.
func kindNames() string {
	var names []string
	for _, k := range bundle.Kinds {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

// check turns the flags into a filter. A kind that there is not is a slip; a language
// or a folder may just not be in this bundle.
func (o *lsOptions) check() error {
	tag, err := parseLanguage(o.language)
	if err != nil {
		return err
	}
	o.filter = bundle.Filter{Language: tag, Folder: o.folder}
	if o.kind == "" {
		return nil
	}
	if !slices.Contains(bundle.Kinds, bundle.Kind(o.kind)) {
		return withHint(usagef("no kind %q", o.kind), "the kinds are "+kindNames())
	}
	o.filter.Kinds = []bundle.Kind{bundle.Kind(o.kind)}
	return nil
}

// run holds a page of items at a time, however many there are.
func (o *lsOptions) run(ctx context.Context, u *ui, name string) (err error) {
	r, err := openNoted(u, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	out := bufio.NewWriter(u.out)
	to := *u
	to.out = out
	found := false
	err = eachEntry(ctx, r, o.filter, func(e bundle.Entry) error {
		found = true
		return o.print(&to, &e.Item)
	})
	if err == nil && !found {
		u.notef("no such item; satchel info lists kinds and languages")
	}
	return errors.Join(err, out.Flush())
}

// eachEntry goes through the items that a filter chooses, in their order.
func eachEntry(
	ctx context.Context, r *bundle.Reader, f bundle.Filter, do func(bundle.Entry) error,
) error {
	for from, more := uint32(0), true; more; {
		var entries []bundle.Entry
		var err error
		entries, from, more, err = r.List(f, from, pageSize)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := do(e); err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// An itemLine is an item for scripts.
type itemLine struct {
	Path     string      `json:"path"`
	Kind     bundle.Kind `json:"kind"`
	Title    string      `json:"title"`
	Size     int64       `json:"size"`
	Type     string      `json:"type"`
	Language string      `json:"language,omitempty"`
	Date     string      `json:"date,omitempty"`
}

// print prints an item in the form that was asked for.
func (o *lsOptions) print(u *ui, it *bundle.Item) error {
	if o.json {
		return u.printJSON(itemLine{
			it.Path, it.Kind, it.Title, it.Size, it.Type, it.Language, it.Date,
		})
	}
	line := show(it.Path)
	if o.long {
		line = fmt.Sprintf("%-8s %7s  %-10s %-6s %s", it.Kind, formatSize(it.Size),
			orDash(it.Date), orDash(it.Language), line)
		if it.Title != "" {
			line += "  " + quote(it.Title)
		}
	}
	_, err := fmt.Fprintln(u.out, line)
	return err
}

// orDash keeps a column from being empty.
func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return show(s)
}
