package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"satchel/bundle"
	"satchel/bundle/ingest/document"
	"satchel/bundle/search"
)

type searchOptions struct {
	ls       lsOptions // what chooses items
	from, to string
	prefer   string
	limit    int
}

// snippetLen is how much of an item is shown, in bytes.
const snippetLen = 180

// newSearchCommand asks the same index as the viewer does.
func newSearchCommand(u *ui) *cli.Command {
	var o searchOptions
	return &cli.Command{
		Name:      "search",
		Usage:     "find what is said in a bundle",
		ArgsUsage: "BUNDLE QUERY",
		Flags: []cli.Flag{
			jsonFlag(&o.ls.json, "print each item found as one JSON object"),
			&cli.IntFlag{Name: "limit", Aliases: []string{"n"}, Value: 10, Destination: &o.limit,
				Usage: "show up to `N` items"},
			&cli.StringFlag{Name: "kind", Destination: &o.ls.kind, Usage: "only items of this `KIND`: " + kindNames()},
			&cli.StringFlag{Name: "language", Destination: &o.ls.language,
				Usage: "only items in this `LANGUAGE`, such as ko; zh takes zh-Hans and " +
					"zh-Hant, zh-CN only the first"},
			&cli.StringFlag{Name: "prefer", Destination: &o.prefer,
				Usage: "items in this `LANGUAGE` first, and words as it inflects them; otherwise " +
					"the language of the system"},
			&cli.StringFlag{Name: "folder", Destination: &o.ls.folder, Usage: "only items in this `FOLDER`, at any depth"},
			&cli.StringFlag{Name: "section", Destination: &o.ls.section, Usage: "only items of this `SECTION`, by name or number"},
			&cli.StringFlag{Name: "from", Destination: &o.from, Usage: "only items of this `DATE` or later: YYYY, YYYY-MM or YYYY-MM-DD"},
			&cli.StringFlag{Name: "to", Destination: &o.to, Usage: "only items of this `DATE` or earlier"},
			pinFlag(),
		},
		Description: manual{
			about: `Finds items by their words: those of texts, titles, captions, PDF files and books, and
of file names. All words count, in any form; where few items have them, misspellings
are forgiven. "Words in quotes" follow each other, -word must not be there, and begin*
stands for all words that begin so. A page and its translations are one result.`,
			example: `satchel search news.zip clean water
satchel search --kind video --prefer ko news.zip '"boil the water" -salt'
satchel search --json news.zip 물 | jq -r .path`,
			exits: []string{doneLine, failLine, usageLine, holdLine},
		}.text(u),
		Action: func(c *cli.Context) error {
			args, err := arguments(c, 2, -1)
			if err != nil {
				return err
			}
			if err := errors.Join(o.check()); err != nil {
				return err
			}
			if o.ls.pins, err = readPins(c.Context, c.StringSlice("publisher")); err != nil {
				return err
			}
			for _, a := range args[1:] {
				if _, err := os.Stat(a); err == nil && len(args) > 2 {
					return withHint(misuse("{name} is a file, and one bundle is searched at a time", quote(a)),
						"put the query in quotes where it is meant: {query}", quote(strings.Join(args[1:], " ")))
				}
			}
			return o.run(c.Context, u, args[0], strings.Join(args[1:], " "))
		},
	}
}

// check finds wrong usage before the bundle is opened.
func (o *searchOptions) check() error {
	if o.limit < 1 || o.limit > search.MaxResults {
		return misuse("--limit {value}: use 1 to {most}", o.limit, search.MaxResults)
	}
	for _, d := range []struct{ flag, date string }{{"--from", o.from}, {"--to", o.to}} {
		if err := (&bundle.Options{Date: d.date}).Check(); err != nil {
			return misuse("{flag}: {reason}", d.flag, err)
		}
	}
	if _, err := parseLanguage(o.prefer); err != nil {
		return err
	}
	return o.ls.check()
}

func (o *searchOptions) run(ctx context.Context, u *ui, name, query string) (err error) {
	r, err := openNoted(u, name, o.ls.pins)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	q := bundle.Query{
		Text: query, Filter: o.ls.filter, From: o.from, To: o.to, Limit: o.limit, Documents: document.Text,
	}
	q.Language = cmp.Or(o.prefer, o.ls.language, localeLanguage(), r.Info().Language)
	if q.Filter.Languages, err = o.ls.languages(r); err != nil {
		return err
	}
	if o.ls.section != "" {
		n, err := findSection(r, o.ls.section)
		if err != nil {
			return err
		}
		q.Filter.Sections = []int{n}
	}
	found, err := r.Find(q)
	switch {
	case errors.Is(err, search.ErrQuery):
		return withHint(misuse("{query} asks for nothing", quote(query)), "give a word, or a few")
	case errors.Is(err, bundle.ErrNoSearch):
		return withHint(failure("{bundle}: {reason}", quote(name), err), "it was packed with --no-search; satchel ls lists what is in it")
	case errors.Is(err, bundle.ErrDamaged), errors.Is(err, bundle.ErrMissing):
		return withHint(failure("{bundle}: the search index cannot be read: {reason}", quote(name), err),
			"satchel verify says what is damaged; what is whole can be read all the same")
	case err != nil:
		return failure("{bundle}: {reason}", quote(name), err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return o.print(u, r, found)
}

// localeLanguage is the language that the system speaks, such as ko of ko_KR.UTF-8.
func localeLanguage() string {
	name, _, _ := strings.Cut(locale(os.Getenv), ".")
	tag, err := parseLanguage(strings.ReplaceAll(name, "_", "-"))
	if err != nil || name == "C" {
		return ""
	}
	return tag.String()
}

// print prints what was found, and what there is to say of it.
func (o *searchOptions) print(u *ui, r *bundle.Reader, found *bundle.Found) error {
	if o.ls.json {
		for i := range found.Hits {
			it := found.Hits[i].Item
			if rec, ok := r.Recording(found.Hits[i].Entry); ok {
				it = rec.Item
			}
			if err := o.ls.print(u, &it); err != nil {
				return err
			}
		}
	} else {
		for i, s := range found.Snippets(snippetLen) {
			printHit(u, r, &found.Hits[i], s)
		}
	}
	switch {
	case len(found.Hits) == 0:
		u.note("nothing found")
	case found.Corrected != "":
		u.note("few items have these words: also searched for {words}", quote(found.Corrected))
	case found.Relaxed:
		u.note("few items have all of these words: some have most of them")
	}
	if found.Partial {
		u.note("looking at everything would take too long: there may be more")
	}
	if len(found.Hits) == o.limit && found.Groups > o.limit && !found.Partial {
		u.note("{results}: --limit shows more", quantity{int64(found.Groups), "{n} result", "{n} results"})
	}
	if found.Damage != nil {
		u.warn("a part of the search index is damaged in this copy: there may be more; satchel verify says what")
		return errShown
	}
	return standingCode(r)
}

// printHit prints an item with why it was found. What captions say is said in their film or recording.
func printHit(u *ui, r *bundle.Reader, h *bundle.Hit, s bundle.Snippet) {
	it, about := &h.Item, string(h.Kind)
	if rec, ok := r.Recording(h.Entry); ok {
		it, about = &rec.Item, string(rec.Kind)+", "+u.text("captions")
	}
	title := cmp.Or(it.Title, it.Path)
	if h.Language != "" {
		about += ", " + h.Language
	}
	if h.Date != "" {
		about += ", " + h.Date
	}
	if n := len(h.Others); n > 0 {
		about += ", " + u.value(quantity{int64(n), "{n} translation", "{n} translations"})
	}
	u.printf("%s (%s)\n  %s\n", u.marked(title, nil), show(about), show(it.Path))
	if s.Text != "" {
		u.printf("  %s\n", u.marked(s.Text, s.Marks))
	}
	u.printf("\n")
}

// marked is text on one line with some of it set off, where a terminal shows it.
func (u *ui) marked(text string, marks []search.Range) string {
	var b strings.Builder
	at := 0
	piece := func(s string) { b.WriteString(show(strings.ReplaceAll(s, "\n", " "))) }
	for _, m := range marks {
		piece(text[at:m.Start])
		if u.bold {
			b.WriteString("\x1b[1m")
		}
		piece(text[m.Start:m.End])
		if u.bold {
			b.WriteString("\x1b[0m")
		}
		at = m.End
	}
	piece(text[at:])
	return b.String()
}
