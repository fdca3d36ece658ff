// Command satchel makes, checks and opens Satchel bundles: articles, pictures,
// sound and film in one signed, compressed file that needs no network.
//
// Each subcommand lies in a file of its own: an options struct, newXCommand that
// binds its flags, and a run method that works. What they share is beside them:
// args.go puts flags in order, exit.go turns an error into an exit code, ui.go
// talks to people. Flags, prompts, progress and exit codes live only here; what a
// bundle is lives in package bundle.
package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"
)

func main() { os.Exit(mainCode()) }

// mainCode runs the command on what the system gave it. A first interrupt ends the
// context, so that the work under way cleans up after itself; from then on the
// system's own handling is back, and a second interrupt quits at once.
func mainCode() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop)
	return run(ctx, newUI(os.Stdin, os.Stdout, os.Stderr, systemTongue()), os.Args[1:])
}

// run is the whole command: arguments in, exit code out.
func run(ctx context.Context, u *ui, args []string) int {
	err := dispatch(ctx, u, args)
	if err == nil || errors.Is(err, errShown) {
		err = cmp.Or(u.lost(), err) // what was to be shown may not have been
	}
	u.progress.clear()
	if err != nil {
		u.report(err)
	}
	return exitCode(err)
}

// newApp lists the subcommands in the order in which help shows them.
func newApp(u *ui) *cli.App {
	app := &cli.App{
		Name:            "satchel",
		Usage:           "signed bundles of articles, pictures, sound and film, read with no network",
		HideHelp:        true,
		HideHelpCommand: true,
		HideVersion:     true,
		Writer:          u.out,
		ErrWriter:       u.err,
		// Only main ends the process.
		ExitErrHandler: func(*cli.Context, error) {},
		// A comma is a part of a file name.
		DisableSliceFlagSeparator: true,
		Commands: []*cli.Command{
			newKeygenCommand(u), newInitCommand(u), newPackCommand(u), newSignCommand(u), newVerifyCommand(u),
			newInfoCommand(u), newLsCommand(u), newSearchCommand(u), newCatCommand(u), newExtractCommand(u),
			newConvertCommand(u), newCompareCommand(u), newOpenCommand(u), newPreviewCommand(u), newCacheCommand(u),
			newCompletionCommand(u), newVersionCommand(u), newHelpCommand(u),
		},
	}
	for _, c := range app.Commands {
		// Otherwise "satchel pack help" would not pack a folder named help.
		c.HideHelp, c.HideHelpCommand = true, true
		c.OnUsageError = func(_ *cli.Context, err error, _ bool) error { return usage(err) }
	}
	return app
}

// dispatch finds the subcommand, puts its flags before its arguments and runs it.
func dispatch(ctx context.Context, u *ui, args []string) error {
	app := newApp(u)
	if len(args) == 0 {
		u.printOverview(u.err, app)
		return usageShown
	}
	c, err := findCommand(app, args[0])
	if err != nil {
		return err
	}
	rest, err := arrange(c, args[1:])
	if errors.Is(err, errHelp) {
		u.printCommand(u.out, c)
		return nil
	}
	if err != nil {
		return withHint(err, "{command}", "satchel "+c.Name+" --help")
	}
	return app.RunContext(ctx, append([]string{app.Name, c.Name}, rest...))
}

// findCommand also knows the customary flags that stand for a command.
func findCommand(app *cli.App, name string) (*cli.Command, error) {
	switch name {
	case "-h", "-help", "--help":
		name = "help"
	case "-v", "-version", "--version":
		name = "version"
	}
	if c := app.Command(name); c != nil {
		return c, nil
	}
	if strings.HasPrefix(name, "-") {
		err := misuse("{flag} is not a flag of satchel itself", quote(name))
		return nil, withHint(err, "flags of a command come after its name: satchel pack --title T DIR")
	}
	var names []string
	for _, c := range app.Commands {
		names = append(names, c.Name)
	}
	err := misuse("no command {command}", quote(name))
	if near := closest(name, names); near != "" {
		return nil, withHint(err, "did you mean {word}?", quote(near))
	}
	return nil, withHint(err, "satchel help lists the commands")
}
