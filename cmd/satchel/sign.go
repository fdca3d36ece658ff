package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"satchel/bundle"
)

type signOptions struct{ key keyOptions }

// newSignCommand works on a computer that has only the key and a MANIFEST.
func newSignCommand(u *ui) *cli.Command {
	var o signOptions
	return &cli.Command{
		Name:      "sign",
		Usage:     "add a signature to a bundle, or to its MANIFEST alone",
		ArgsUsage: "BUNDLE|MANIFEST",
		Flags:     o.key.flags(),
		Description: manual{
			about: `Signs a bundle of any layout, in place, or a MANIFEST that was carried to another
computer: the signature then goes back beside it. Several people sign one after the
other. What stock minisign signs (minisign -S -H -m MANIFEST) counts as well.

Prints the name of the file that the signature is in.`,
			example: `satchel sign -k editor.key news.zip
satchel sign -k editor.key MANIFEST      writes MANIFEST.minisig, to be carried back`,
			exits: []string{doneLine, failLine, usageLine},
		}.text(u),
		Action: func(c *cli.Context) error {
			args, err := arguments(c, 1, 1)
			if err != nil {
				return err
			}
			if o.key.file == "" {
				return withHelp(c, misuse("the key to sign with is missing: -k FILE"))
			}
			return o.run(c.Context, u, args[0])
		},
	}
}

// run asks for the passphrase once the file is known to be there.
func (o *signOptions) run(ctx context.Context, u *ui, name string) error {
	if _, err := os.Stat(name); err != nil {
		return err
	}
	key, err := o.key.load(ctx, u)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	file, named, err := bundle.Sign(name, key)
	if err != nil {
		return failure("cannot sign {name}: {reason}", quote(name), err)
	}
	if !named {
		u.warn("the bundle does not name this key: the signature counts only for readers who give the " +
			"whole key with -p. To name it, pack anew with -k, or with --publisher and the .pub file")
	}
	u.printf("%s\n", show(signatureIn(name, file)))
	u.say("signed by {fingerprint}", key.Public().Fingerprint())
	return nil
}

// signatureIn is the file to carry back: a ZIP holds its signatures, beside a MANIFEST
// they are files of their own.
func signatureIn(name, file string) string {
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return filepath.Join(name, file)
	case filepath.Base(name) == "MANIFEST":
		return filepath.Join(filepath.Dir(name), file)
	}
	return name
}
