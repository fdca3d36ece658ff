package main

import (
	"runtime/debug"

	"github.com/urfave/cli/v2"
)

// version is set when a release is built.
var version = ""

// newVersionCommand matters to who wants the same bytes again.
func newVersionCommand(u *ui) *cli.Command {
	return &cli.Command{
		Name:  "version",
		Usage: "print the version",
		Description: manual{
			about: `Prints the version of satchel. The same version makes the same bundle of the same
files, on every system.`,
			example: "satchel version",
			exits:   []string{doneLine, usageLine},
		}.text(u),
		Action: func(c *cli.Context) error {
			if _, err := arguments(c, 0, 0); err != nil {
				return err
			}
			u.printf("satchel %s\n", versionText())
			return nil
		},
	}
}

// versionText falls back on what Go noted when it built a tagged module.
func versionText() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "development build"
	}
	return info.Main.Version
}
