package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"satchel/bundle"
	"satchel/bundle/sign"
)

type infoOptions struct {
	pins []sign.Pin
	json bool
}

// newInfoCommand is quick on any bundle: it reads none of the content.
func newInfoCommand(u *ui) *cli.Command {
	var o infoOptions
	return &cli.Command{
		Name:      "info",
		Usage:     "say what a bundle says of itself",
		ArgsUsage: "BUNDLE",
		Flags:     []cli.Flag{pinFlag(), jsonFlag(&o.json, "print it as one JSON object")},
		Description: manual{
			about: `Prints title, series and issue, size, kinds, languages and sections of a bundle, and
who has signed it. What it says of itself, a publisher's name too, proves nothing.
It checks the signatures, but does not read the content: verify does.`,
			example: `satchel info news.zip`,
			exits:   []string{doneLine, failLine, usageLine, holdLine},
		}.text(u),
		Action: func(c *cli.Context) error {
			args, err := arguments(c, 1, 1)
			if err != nil {
				return err
			}
			if o.pins, err = readPins(c.Context, c.StringSlice("publisher")); err != nil {
				return err
			}
			return o.run(u, args[0])
		},
	}
}

// An infoLine is what a bundle says of itself, and who stands for it.
type infoLine struct {
	Title     string         `json:"title"`
	Titles    []phraseLine   `json:"titles,omitempty"`
	About     []phraseLine   `json:"description,omitempty"`
	Publisher string         `json:"publisher_claimed,omitempty"`
	Language  string         `json:"language,omitempty"`
	Date      string         `json:"date,omitempty"`
	Series    string         `json:"series,omitempty"`
	Issue     uint32         `json:"issue,omitempty"`
	Layout    bundle.Layout  `json:"layout"`
	Items     int64          `json:"items"`
	Bytes     int64          `json:"bytes"`
	Kinds     []countLine    `json:"kinds"`
	Languages []countLine    `json:"languages"`
	Sections  []sectionLine  `json:"sections,omitempty"`
	Standing  bundle.Verdict `json:"standing"`
	Signers   []keyLine      `json:"signers"`
	Keys      []keyLine      `json:"keys"`
	Manifest  string         `json:"manifest"`
	Search    bool           `json:"search"`
}

// A phraseLine is a text in a language; that of no language has none.
type phraseLine struct {
	Language string `json:"language,omitempty"`
	Text     string `json:"text"`
}

// A sectionLine is a section, with the number by which ls knows it.
type sectionLine struct {
	Number int          `json:"number"`
	Name   []phraseLine `json:"name"`
	Items  int64        `json:"items"`
	Cover  string       `json:"cover,omitempty"`
}

// A countLine is how many items there are of a kind, or in a language.
type countLine struct {
	Name  string `json:"name"`
	Items int64  `json:"items"`
}

// A keyLine is a key in the three ways in which people may know it.
type keyLine struct {
	Key         string `json:"key"`
	ID          string `json:"id"`
	Fingerprint string `json:"fingerprint"`
}

// run refuses to quote a bundle whose signature does not hold.
func (o *infoOptions) run(u *ui, name string) (err error) {
	r, err := openBundle(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	line, err := o.gather(r)
	if err != nil {
		return named(name, err)
	}
	if line.Standing == bundle.Changed {
		if err := noteStanding(u, name, r.Standing(o.pins...)); err != nil {
			return err
		}
	}
	if o.json {
		return u.printJSON(line)
	}
	line.print(u)
	return nil
}

// gather collects what the bundle says. The standing is ours, the rest its own claim.
func (o *infoOptions) gather(r *bundle.Reader) (*infoLine, error) {
	kinds, err := r.Kinds()
	if err != nil {
		return nil, err
	}
	languages, err := r.Languages()
	if err != nil {
		return nil, err
	}
	about, err := r.About()
	if err != nil {
		return nil, err
	}
	sections, err := r.Sections()
	if err != nil {
		return nil, err
	}
	i, s := r.Info(), r.Standing(o.pins...)
	if len(about.Titles) == 1 {
		about.Titles = nil // it is that of info
	}
	return &infoLine{
		Title: i.Title, Language: i.Language, Date: i.Date, Series: i.Series, Issue: i.Issue,
		Layout: i.Layout, Search: r.HasSearch(), Items: i.Items, Bytes: i.Bytes,
		Titles: phraseLines(about.Titles), About: phraseLines(about.Description), Publisher: about.Publisher,
		Kinds: countLines(kinds), Languages: countLines(languages), Sections: sectionLines(sections),
		Standing: s.Verdict, Signers: keyLines(s.Signers), Keys: keyLines(i.Keys),
		Manifest: fmt.Sprintf("%x", i.Manifest),
	}, nil
}

// phraseLines are a text in all its languages.
func phraseLines(t bundle.Text) []phraseLine {
	var lines []phraseLine
	for _, p := range t {
		lines = append(lines, phraseLine(p))
	}
	return lines
}

// sectionLines number the sections as people count.
func sectionLines(sections []bundle.Section) []sectionLine {
	var lines []sectionLine
	for i, s := range sections {
		lines = append(lines, sectionLine{i + 1, phraseLines(s.Name), s.Items, s.Cover})
	}
	return lines
}

// spoken writes a text in a row: Water, ko 물.
func spoken(lines []phraseLine) string {
	var words []string
	for _, p := range lines {
		words = append(words, strings.TrimSpace(p.Language+" "+p.Text))
	}
	return strings.Join(words, ", ")
}

// countLines are never null in JSON.
func countLines(counts []bundle.Count) []countLine {
	lines := []countLine{}
	for _, c := range counts {
		lines = append(lines, countLine{c.Name, c.Items})
	}
	return lines
}

// keyLines are never null in JSON.
func keyLines(keys []sign.PublicKey) []keyLine {
	lines := []keyLine{}
	for _, k := range keys {
		lines = append(lines, keyLine{k.String(), k.ID(), k.Fingerprint().String()})
	}
	return lines
}

// print leaves out what the bundle does not say.
func (l *infoLine) print(u *ui) {
	row := func(name phrase, value string) {
		if value != "" {
			u.printRow(name, "{value}", show(value))
		}
	}
	row("title", cmp.Or(spoken(l.Titles), l.Title))
	for _, p := range l.About {
		row("about", spoken([]phraseLine{p}))
	}
	if l.Publisher != "" {
		row("publisher", u.text("says it is from {publisher} (anybody can say so)", l.Publisher))
	}
	row("language", l.Language)
	row("date", l.Date)
	row("series", l.Series)
	if l.Issue != 0 {
		row("issue", fmt.Sprint(l.Issue))
	}
	row("layout", string(l.Layout))
	row("items", fmt.Sprintf("%s, %s: %s", grouped(l.Items), formatSize(l.Bytes), counted(l.Kinds)))
	row("languages", counted(l.Languages))
	row("search", u.text(map[bool]phrase{true: "yes, by the words in it", false: "no: it has no search index"}[l.Search]))
	for _, s := range l.Sections {
		row("section", fmt.Sprintf("%d: %s, %s", s.Number, spoken(s.Name), u.value(countItems(s.Items))))
	}
	row("standing", u.text("{verdict} (going by the signatures; satchel verify reads all of it)", l.Standing))
	for _, k := range l.Signers {
		row("signed by", k.Fingerprint+"  "+k.Key)
	}
	for _, k := range l.unsigned() {
		row("names", u.text("{key} (has not signed)", k.Fingerprint+"  "+k.Key))
	}
	row("manifest", l.Manifest)
}

// unsigned are the keys that the bundle names and that have not signed it.
func (l *infoLine) unsigned() []keyLine {
	var rest []keyLine
	signed := map[string]bool{}
	for _, k := range l.Signers {
		signed[k.Key] = true
	}
	for _, k := range l.Keys {
		if !signed[k.Key] {
			rest = append(rest, k)
		}
	}
	return rest
}

// counted writes counts in a row: page 120, picture 31.
func counted(counts []countLine) string {
	var words []string
	for _, c := range counts {
		words = append(words, c.Name+" "+grouped(c.Items))
	}
	return strings.Join(words, ", ")
}
