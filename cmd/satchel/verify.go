package main

import (
	"context"
	"runtime/debug"

	"github.com/urfave/cli/v2"

	"satchel/bundle"
	"satchel/bundle/sign"
)

type verifyOptions struct {
	pins []sign.Pin
	deep bool
	json bool
}

// newVerifyCommand prints one verdict; what it goes with is in the lines below it.
func newVerifyCommand(u *ui) *cli.Command {
	var o verifyOptions
	return &cli.Command{
		Name:      "verify",
		Usage:     "say whether a bundle is whole and unchanged, and who made it",
		ArgsUsage: "BUNDLE",
		Flags: []cli.Flag{
			pinFlag(),
			&cli.BoolFlag{Name: "deep", Destination: &o.deep,
				Usage: "also check the hashes that sha256sum checks"},
			jsonFlag(&o.json, "print the outcome as one JSON object"),
		},
		Description: manual{
			about: `Reads the whole bundle and prints the verdict in the first line: trusted, unknown,
unsigned, incomplete or changed. Then come what that means, the publisher's
fingerprint, and every item that is damaged or missing, by name. A bundle that has
bytes added around it is marked: its content is as signed, yet the copy can be told
from others; satchel convert makes a clean one.

BUNDLE is a file of any name, a folder, or the .001 of some parts.`,
			example: `satchel verify -p news.pub news.zip
satchel verify -p "00319 11437 …" news.zip     a fingerprint from the radio`,
			exits: []string{
				"0  trusted", failLine, usageLine, "3  changed, incomplete or marked",
				"4  intact, but the publisher is unknown or nobody has signed",
			},
		}.text(u),
		Action: func(c *cli.Context) error {
			// First, because a fingerprint that the shell took apart is the likeliest
			// reason for arguments too many.
			pins, err := readPins(c.Context, c.StringSlice("publisher"))
			if err != nil {
				return err
			}
			args, err := arguments(c, 1, 1)
			if err != nil {
				return err
			}
			o.pins = pins
			return o.run(c.Context, u, args[0])
		},
	}
}

// jsonFlag is shared by all commands that print lists or facts.
func jsonFlag(to *bool, usage string) cli.Flag {
	return &cli.BoolFlag{Name: "json", Destination: to, Usage: usage}
}

// verifyGarbage lets more garbage lie than is usual, in per cent of what is in use: that is a few
// megabytes, and to look for it would take longer than to verify a small bundle.
const verifyGarbage = 400

// run prints a verdict whenever there is one; the exit code repeats it.
func (o *verifyOptions) run(ctx context.Context, u *ui, name string) error {
	debug.SetGCPercent(verifyGarbage)
	report, err := bundle.Verify(ctx, name, bundle.VerifyOptions{
		Deep: o.deep, Pins: o.pins, Progress: u.progress.update,
	})
	if err != nil {
		return named(name, err)
	}
	u.progress.clear()
	if o.json {
		err = u.printJSON(newVerdictLine(report))
	} else {
		o.print(u, report)
	}
	if err != nil {
		return err
	}
	if code := verdictCode(report.Verdict, report.Marked); code != exitDone {
		return codeError(code)
	}
	return nil
}

// A verdictLine is the outcome for scripts. Lists are never null.
type verdictLine struct {
	Verdict     bundle.Verdict `json:"verdict"`
	Marked      bool           `json:"marked"`
	Fingerprint string         `json:"fingerprint"`
	Reason      string         `json:"reason"`
	Damaged     []string       `json:"damaged"`
	Missing     []string       `json:"missing"`
	Extra       []string       `json:"extra"`
	Marks       []markLine     `json:"marks"`
	More        int64          `json:"more"`    // damaged or missing, beyond those listed
	Unnamed     int64          `json:"unnamed"` // pages of the index that are lost
	Search      bool           `json:"search"`  // the search index is damaged
	Items       int64          `json:"items"`
	Blocks      int64          `json:"blocks"`
	Bytes       int64          `json:"bytes"`
	Signed      bundle.Verdict `json:"signed"` // by whom: trusted, unknown or unsigned
	Uncounted   []string       `json:"uncounted"`
	Absent      []string       `json:"absent"`
}

// A markLine is where bytes were added, and how many.
type markLine struct {
	Name   string `json:"name"`
	Offset int64  `json:"offset"`
	Bytes  int64  `json:"bytes"`
}

// newVerdictLine copies the lists so that an empty one is [].
func newVerdictLine(r *bundle.Report) verdictLine {
	line := verdictLine{
		Verdict: r.Verdict, Marked: r.Marked, Fingerprint: r.Fingerprint, Reason: r.Reason, Signed: r.Signed,
		Damaged: append([]string{}, r.Damaged...), Missing: append([]string{}, r.Missing...),
		Extra: append([]string{}, r.Extra...), Marks: []markLine{},
		Uncounted: append([]string{}, r.Uncounted...), Absent: append([]string{}, r.Absent...),
		More: r.More, Unnamed: r.Unnamed, Search: r.Search, Items: r.Items, Blocks: r.Blocks, Bytes: r.Bytes,
	}
	for _, m := range r.Marks {
		line.Marks = append(line.Marks, markLine{m.Name, m.Offset, m.Bytes})
	}
	return line
}

// print says it all to people. The verdict stands alone in the first line.
func (o *verifyOptions) print(u *ui, r *bundle.Report) {
	u.printf("%s\n%s\n", r.Verdict, o.sentence(u, r))
	if r.Marked {
		u.printf("%s\n", u.text("It is marked: somebody put bytes around it that nobody signed, and that can tell "+
			"this copy from others. What is in it is as it was; satchel convert makes a clean copy."))
	}
	if len(r.Extra) > 0 {
		u.printf("%s\n", u.text("What is called extra below only lies beside it: nobody signed that, and satchel does not show it."))
	}
	if r.Fingerprint != "" {
		u.printRow("publisher", "{fingerprint}", r.Fingerprint)
	}
	for _, id := range r.Uncounted {
		u.printRow("signature", "by key {key}, which the bundle does not name: it counts for who gives the whole key", id)
	}
	if r.Items > 0 {
		u.printRow("checked", "{items}, {blocks}, {size}", whole(r),
			quantity{r.Blocks, "{n} block", "{n} blocks"}, formatSize(r.Bytes))
	}
	printPaths(u, "absent", r.Absent)
	printPaths(u, "damaged", r.Damaged)
	printPaths(u, "missing", r.Missing)
	if r.More > 0 {
		u.printRow("and", "{items} are damaged or missing", quantity{r.More, "{n} more item", "{n} more items"})
	}
	if r.Unnamed > 0 {
		u.printRow("lost", "{pages} of the index, with the names in them", quantity{r.Unnamed, "{n} page", "{n} pages"})
	}
	for _, m := range r.Marks {
		u.printRow("marked", "{what}", markedAt(m))
	}
	printPaths(u, "extra", r.Extra)
}

// whole says how many items there are, and how many of them are whole where not all are.
func whole(r *bundle.Report) any {
	bad := int64(len(r.Damaged)+len(r.Missing)) + r.More
	if bad == 0 {
		return countItems(r.Items)
	}
	return says("{items} ({n} whole)", countItems(r.Items), r.Items-bad)
}

// markedAt says where a mark is, with the file where a bundle has several.
func markedAt(m bundle.Mark) saying {
	bytes := quantity{m.Bytes, "{n} byte", "{n} bytes"}
	if m.Name == "" {
		return says("{bytes} at {place}", bytes, m.Offset)
	}
	return says("{bytes} at {place} in {file}", bytes, m.Offset, show(m.Name))
}

// sentence puts a verdict into words, with the reason that programs test for.
func (o *verifyOptions) sentence(u *ui, r *bundle.Report) string {
	said := u.text(verdictWords[r.Verdict])
	if more := o.more(r); more != "" {
		said += " " + u.text(more)
	}
	if r.Verdict == bundle.Incomplete && r.Items == 0 {
		said = u.text("So much of it is missing from this copy that nothing in it can be checked.")
	}
	if r.Known && r.Signed != r.Verdict {
		said += "\n" + u.text(o.signedBy(r))
	}
	if r.Reason != "" {
		said += "\n" + u.text("The reason: {reason} ({word}).", plainReason(r.Reason), r.Reason)
	}
	if r.Detail != "" {
		said += "\n" + u.value(told(show(r.Detail)))
	}
	return said
}

// more is what there is to say beside the words for the verdict.
func (o *verifyOptions) more(r *bundle.Report) phrase {
	switch {
	case r.Verdict == bundle.Unsigned && len(r.Uncounted) > 0:
		return "The signature with it is by nobody whom it names."
	case r.Verdict == bundle.Unknown && len(o.pins) > 0:
		return "It is none of those that you named with -p."
	case r.Verdict == bundle.Incomplete && r.Items == 0:
	case r.Verdict == bundle.Changed && len(r.Damaged) > 0:
		return "Trust nothing of what is named below; the rest is as it was signed."
	case onlySearch(r):
		return "Only its search index is damaged or missing: searching may miss things, and every item is as it was signed."
	case r.Verdict == bundle.Changed && r.Restored:
		return "Its beginning was damaged; what is in it is as it was signed."
	case r.Verdict == bundle.Changed:
		return "Trust nothing in it."
	}
	return ""
}

// onlySearch says that nothing is damaged or missing but bytes of the search index.
func onlySearch(r *bundle.Report) bool {
	return r.Search && (r.Reason == bundle.ReasonBlocks || r.Reason == bundle.ReasonMissing) &&
		len(r.Damaged)+len(r.Missing) == 0 && r.More+r.Unnamed == 0 && len(r.Absent) <= 1
}

// signedBy says who signed a bundle that is not whole: that something is missing tells
// nothing of who made the rest.
func (o *verifyOptions) signedBy(r *bundle.Report) phrase {
	switch {
	case r.Signed == bundle.Trusted:
		return "A publisher whom you trust has signed it."
	case len(o.pins) > 0:
		return "It is signed, but by none of those that you named with -p."
	}
	return "It is signed, but you have not said that you trust this publisher."
}

// printPaths prints one path a line, each with what is the matter with it.
func printPaths(u *ui, what phrase, paths []string) {
	for _, p := range paths {
		u.printRow(what, "{path}", show(p))
	}
}
