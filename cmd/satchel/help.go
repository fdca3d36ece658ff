package main

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/urfave/cli/v2"

	"satchel/bundle/ingest/collection"
)

// A manual is what a command's help says beside its flags, in English.
type manual struct {
	about   string   // what it does, in paragraphs of a few sentences
	example string   // lines to paste, each perhaps with a remark after three spaces or more
	exits   []string // each "code  meaning"
}

// text is the manual in the one form that help prints.
func (m manual) text(u *ui) string {
	var b strings.Builder
	for paragraph := range strings.SplitSeq(m.about, "\n\n") {
		for _, line := range wrap(u.help(paragraph), helpColumns) {
			fmt.Fprintln(&b, line)
		}
	}
	fmt.Fprintf(&b, "\n%s\n", u.text("EXAMPLE"))
	printTable(&b, u.remarked(strings.Split(m.example, "\n")))
	fmt.Fprintf(&b, "\n%s\n", u.text("EXIT CODES"))
	printTable(&b, u.remarked(m.exits))
	return b.String()
}

// help says a text of which it does not matter where its lines end.
func (u *ui) help(text string) string {
	return u.text(phrase(strings.Join(strings.Fields(text), " ")))
}

// remark stands between what is typed, or a code, and what is said of it.
var remark = regexp.MustCompile(`^(\d)  |   +`)

// remarked takes the remarks off lines, and says them.
func (u *ui) remarked(lines []string) [][2]string {
	var rows [][2]string
	for _, line := range lines {
		row := [2]string{line, ""}
		if at := remark.FindStringIndex(line); at != nil {
			row = [2]string{strings.TrimSpace(line[:at[1]]), u.help(line[at[1]:])}
		}
		rows = append(rows, row)
	}
	return rows
}

// The exit codes that several commands share.
const (
	doneLine  = "0  done"
	failLine  = "1  failed"
	usageLine = "2  wrong usage"
	holdLine  = "3  the signature does not hold, or the bundle is too incomplete to open"
)

// newHelpCommand stands in for the one of urfave/cli, which would also take the name
// "help" from among the arguments of every command.
func newHelpCommand(u *ui) *cli.Command {
	return &cli.Command{
		Name:      "help",
		Usage:     "show the commands, or how to use one of them",
		ArgsUsage: "[COMMAND]",
		Description: manual{
			about:   "Prints the list of commands, or the help of one of them.",
			example: "satchel help pack",
			exits:   []string{doneLine, usageLine},
		}.text(u),
		Action: func(c *cli.Context) error {
			args, err := arguments(c, 0, 1)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				u.printOverview(u.out, c.App)
				return nil
			}
			cmd, err := findCommand(c.App, args[0])
			if err != nil {
				return err
			}
			u.printCommand(u.out, cmd)
			return nil
		},
	}
}

// printOverview lists the commands.
func (u *ui) printOverview(w io.Writer, app *cli.App) {
	fmt.Fprintf(w, "satchel: %s\n\n%s\n    satchel %s\n\n%s\n", u.help(app.Usage), u.text("USAGE"),
		u.text("COMMAND [FLAGS] ARGUMENTS…"), u.text("COMMANDS"))
	var rows [][2]string
	for _, c := range app.Commands {
		rows = append(rows, [2]string{c.Name, u.help(c.Usage)})
	}
	printTable(w, rows)
	fmt.Fprintf(w, "\n%s\n", u.text("TO BEGIN"))
	printTable(w, [][2]string{
		{"satchel keygen -o news.key", u.text("make a key to sign with")},
		{"satchel pack -k news.key articles", u.text("pack a folder into articles.zip")},
		{"satchel verify -p news.pub articles.zip", u.text("check it")},
		{"satchel open articles.zip", u.text("read it in the browser")},
	})
	fmt.Fprintln(w)
	for _, line := range wrap(u.text("satchel COMMAND --help says more about each. Flags may stand before or after the "+
		"arguments; -- ends them. Results go to standard output, all else to standard error."), helpColumns) {
		fmt.Fprintln(w, line)
	}
}

// printCommand shows the help of one command.
func (u *ui) printCommand(w io.Writer, c *cli.Command) {
	flags := ""
	if len(c.Flags) > 0 {
		flags = " " + u.text("[FLAGS]")
	}
	usage := strings.TrimSpace("satchel " + c.Name + flags + " " + c.ArgsUsage)
	fmt.Fprintf(w, "satchel %s: %s\n\n%s\n    %s\n\n", c.Name, u.help(c.Usage), u.text("USAGE"), usage)
	if len(c.Flags) > 0 {
		fmt.Fprintln(w, u.text("FLAGS"))
		var rows [][2]string
		for _, f := range c.Flags {
			rows = append(rows, u.flagRow(f))
		}
		printTable(w, rows)
		fmt.Fprintln(w)
	}
	fmt.Fprint(w, c.Description)
}

// flagRow is a flag with all its names, and what it does.
func (u *ui) flagRow(f cli.Flag) [2]string {
	d, ok := f.(cli.DocGenerationFlag)
	if !ok {
		return [2]string{}
	}
	value, usage := placeholder(u.help(d.GetUsage()))
	var names []string
	for _, name := range f.Names() {
		names = append(names, spell(name))
	}
	head := strings.Join(names, ", ")
	if d.TakesValue() {
		head += " " + value
	}
	return [2]string{head, usage}
}

// placeholder finds the word between backquotes that stands for a flag's value.
func placeholder(usage string) (value, plain string) {
	before, rest, _ := strings.Cut(usage, "`")
	value, after, found := strings.Cut(rest, "`")
	if !found {
		return "VALUE", usage
	}
	return value, before + value + after
}

// withHelp adds where to read on.
func withHelp(c *cli.Context, err error) error {
	var invalid *collection.InvalidError
	if errors.As(err, &invalid) {
		return err // the command was right
	}
	usage := strings.TrimSpace(c.Command.Name + " " + c.Command.ArgsUsage)
	return withHint(err, "satchel {usage}; satchel {command} --help says more", usage, c.Command.Name)
}
