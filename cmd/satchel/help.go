package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"satchel/bundle/ingest/collection"
)

// A manual is what a command's help says beside its flags.
type manual struct {
	about   string   // what it does, in a few sentences
	example string   // lines to paste
	exits   []string // each "code  meaning"
}

// text is the manual in the one form that help prints.
func (m manual) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\nEXAMPLE\n%s\n\nEXIT CODES\n", strings.TrimSpace(m.about),
		indent(m.example))
	b.WriteString(indent(strings.Join(m.exits, "\n")))
	return b.String()
}

// indent sets lines off from the text around them.
func indent(s string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n    ")
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
		}.text(),
		Action: func(c *cli.Context) error {
			args, err := arguments(c, 0, 1)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				printOverview(u.out, c.App)
				return nil
			}
			cmd, err := findCommand(c.App, args[0])
			if err != nil {
				return err
			}
			printCommand(u.out, cmd)
			return nil
		},
	}
}

// printOverview lists the commands.
func printOverview(w io.Writer, app *cli.App) {
	fmt.Fprintf(w, "satchel: %s\n\n", app.Usage)
	fmt.Fprint(w, "USAGE\n    satchel COMMAND [FLAGS] ARGUMENTS…\n\nCOMMANDS\n")
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range app.Commands {
		fmt.Fprintf(tw, "    %s\t%s\n", c.Name, c.Usage)
	}
	tw.Flush()
	fmt.Fprint(w, `
TO BEGIN
    satchel keygen -o news.key               make a key to sign with
    satchel pack -k news.key articles        pack a folder into articles.zip
    satchel verify -p news.pub articles.zip  check it
    satchel open articles.zip                read it in the browser

satchel COMMAND --help says more about each. Flags may stand before or after the
arguments; -- ends them. Results go to standard output, all else to standard error.
`)
}

// printCommand shows the help of one command.
func printCommand(w io.Writer, c *cli.Command) {
	flags := ""
	if len(c.Flags) > 0 {
		flags = " [FLAGS]"
	}
	usage := strings.TrimSpace("satchel " + c.Name + flags + " " + c.ArgsUsage)
	fmt.Fprintf(w, "satchel %s: %s\n\nUSAGE\n    %s\n\n", c.Name, c.Usage, usage)
	if len(c.Flags) > 0 {
		fmt.Fprintln(w, "FLAGS")
		tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, f := range c.Flags {
			printFlag(tw, f)
		}
		tw.Flush()
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, c.Description)
}

// printFlag prints a flag with all its names. Further lines of its text line up.
func printFlag(w io.Writer, f cli.Flag) {
	d, ok := f.(cli.DocGenerationFlag)
	if !ok {
		return
	}
	value, usage := placeholder(d.GetUsage())
	var names []string
	for _, name := range f.Names() {
		names = append(names, spell(name))
	}
	head := strings.Join(names, ", ")
	if d.TakesValue() {
		head += " " + value
	}
	first, rest, _ := strings.Cut(usage, "\n")
	fmt.Fprintf(w, "    %s\t%s\n", head, first)
	for line := range strings.Lines(rest) {
		fmt.Fprintf(w, "    \t%s\n", strings.TrimSuffix(line, "\n"))
	}
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
	return withHint(err, fmt.Sprintf("satchel %s; satchel %s --help says more", usage, c.Command.Name))
}
