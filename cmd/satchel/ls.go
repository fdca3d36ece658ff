package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/text/language"

	"satchel/bundle"
	"satchel/bundle/sign"
)

// pageSize is how many items are taken from the index at a time.
const pageSize = 500

type lsOptions struct {
	long, json bool
	kind       string
	language   string
	folder     string
	section    string
	tag        language.Tag // of language; zero: any
	filter     bundle.Filter
	pins       []sign.Pin
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
				Usage: "only items of this `KIND`: " + kindNames()},
			&cli.StringFlag{Name: "language", Destination: &o.language,
				Usage: "only items in this `LANGUAGE`, such as ko; zh takes zh-Hans and " +
					"zh-Hant, zh-CN only the first"},
			&cli.StringFlag{Name: "folder", Destination: &o.folder,
				Usage: "only items in this `FOLDER`, at any depth"},
			&cli.StringFlag{Name: "section", Destination: &o.section,
				Usage: "only items of this `SECTION`, by name or number, in its order; " +
					"satchel info lists the sections"},
			pinFlag(),
		},
		Description: manual{
			about: `Lists the items, the newest first, then by path: one path a line, as cat and
extract take it. With --section they come in the order that the section gives them.`,
			example: `satchel ls news.zip
satchel ls --long --language ko news.zip
satchel ls --json news.zip | jq -r 'select(.kind == "video") | .path'`,
			exits: []string{doneLine, failLine, usageLine, holdLine},
		}.text(u),
		Action: func(c *cli.Context) error {
			args, err := arguments(c, 1, 1)
			if err != nil {
				return err
			}
			if err := o.check(); err != nil {
				return err
			}
			if o.pins, err = readPins(c.Context, c.StringSlice("publisher")); err != nil {
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
	var err error
	if o.tag, err = parseLanguage(o.language); err != nil {
		return err
	}
	o.filter = bundle.Filter{Folder: o.folder}
	if o.kind != "" {
		o.filter.Kinds, err = parseKinds([]string{o.kind})
	}
	return err
}

// parseKinds reads kinds of items.
func parseKinds(names []string) (kinds []bundle.Kind, err error) {
	for _, name := range names {
		if !slices.Contains(bundle.Kinds, bundle.Kind(name)) {
			return nil, withHint(misuse("no kind {kind}", quote(name)), "the kinds are {kinds}", kindNames())
		}
		kinds = append(kinds, bundle.Kind(name))
	}
	return kinds, nil
}

// run holds a page of items at a time, however many there are.
func (o *lsOptions) run(ctx context.Context, u *ui, name string) (err error) {
	r, err := openNoted(u, name, o.pins)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if o.filter.Languages, err = o.languages(r); err != nil {
		return err
	}
	out := bufio.NewWriter(u.out)
	to := *u
	to.out = out
	found := false
	err = o.each(ctx, r, func(e bundle.Entry) error {
		found = true
		return o.print(&to, &e.Item)
	})
	if err == nil && !found {
		u.note("no such item; satchel info lists kinds and languages")
	}
	return errors.Join(err, out.Flush())
}

// each goes through the items that are asked for. Those of a section are looked at one by one: it is
// they that have the order.
func (o *lsOptions) each(ctx context.Context, r *bundle.Reader, do func(bundle.Entry) error) error {
	if o.section == "" {
		return eachEntry(ctx, r, o.filter, do)
	}
	n, err := findSection(r, o.section)
	if err != nil {
		return err
	}
	for from, more := int64(0), true; more; from += pageSize {
		var entries []bundle.Entry
		if entries, more, err = r.SectionItems(n, from, pageSize); err != nil {
			return err
		}
		for _, e := range entries {
			if !o.chooses(&e.Item) {
				continue
			}
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

// chooses says whether an item passes the filter.
func (o *lsOptions) chooses(it *bundle.Item) bool {
	f, folder := &o.filter, strings.TrimSuffix(o.filter.Folder, "/")
	return (len(f.Kinds) == 0 || slices.Contains(f.Kinds, it.Kind)) &&
		(len(f.Languages) == 0 || slices.Contains(f.Languages, it.Language)) &&
		(folder == "" || folder == "." || strings.HasPrefix(it.Path, folder+"/"))
}

// findSection finds a section by its name in any language, or else by its number, as info counts.
func findSection(r *bundle.Reader, name string) (int, error) {
	sections, err := r.Sections()
	if err != nil {
		return 0, err
	}
	named := func(s bundle.Section) bool {
		return slices.ContainsFunc(s.Name, func(p bundle.Phrase) bool { return strings.EqualFold(p.Text, name) })
	}
	if n := slices.IndexFunc(sections, named); n >= 0 {
		return n, nil
	}
	if n, err := strconv.Atoi(name); err == nil && n >= 1 && n <= len(sections) {
		return n - 1, nil
	}
	hint := phrase("satchel info lists the sections")
	if len(sections) == 0 {
		hint = "the bundle has no sections"
	}
	return 0, withHint(failure("no section {section}", quote(name)), hint)
}

// languages are those of the bundle that the one asked for takes in. Where there is none it
// is that one alone, which chooses nothing.
func (o *lsOptions) languages(r *bundle.Reader) ([]string, error) {
	if o.language == "" {
		return nil, nil
	}
	all, err := r.Languages()
	chosen := []string{o.tag.String()}
	for _, l := range all {
		tag, bad := language.Parse(l.Name)
		if bad == nil && takesIn(o.tag, tag) && l.Name != chosen[0] {
			chosen = append(chosen, l.Name)
		}
	}
	return chosen, err
}

// takesIn says whether who asks for a language means the one of an item, too: zh is written
// in any way, zh-CN as in zh-Hans, and pt-BR is not pt-PT.
func takesIn(wanted, of language.Tag) bool {
	base, script, region := wanted.Raw()
	itsBase, _, itsRegion := of.Raw()
	itsScript, _ := of.Script()
	if (script != language.Script{}) || (region != language.Region{}) {
		script, _ = wanted.Script() // a region has a script that goes with it
	}
	return base == itsBase &&
		(script == language.Script{} || script == itsScript) &&
		(region == language.Region{} || itsRegion == language.Region{} || region == itsRegion)
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
	Summary  string      `json:"summary,omitempty"`
	Tags     []string    `json:"tags,omitempty"`
	Byline   string      `json:"byline,omitempty"`
	Licence  string      `json:"licence,omitempty"`
	Origin   string      `json:"origin,omitempty"`
	Captured string      `json:"captured,omitempty"`
	Millis   int64       `json:"milliseconds,omitempty"`
	Words    int64       `json:"words,omitempty"`
	Width    int64       `json:"width,omitempty"`
	Height   int64       `json:"height,omitempty"`
	Cover    string      `json:"cover,omitempty"`
}

// print prints an item in the form that was asked for.
func (o *lsOptions) print(u *ui, it *bundle.Item) error {
	if o.json {
		line := itemLine{
			Path: it.Path, Kind: it.Kind, Title: it.Title, Size: it.Size, Type: it.Type, Language: it.Language,
			Date: it.Date, Summary: it.Summary, Byline: it.Byline, Licence: it.Licence, Origin: it.Origin,
			Captured: it.Captured, Millis: it.Millis, Words: it.Words, Width: it.Width, Height: it.Height,
			Cover: it.Cover,
		}
		if it.Tags != "" {
			line.Tags = strings.Split(it.Tags, "\n")
		}
		return u.printJSON(line)
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
