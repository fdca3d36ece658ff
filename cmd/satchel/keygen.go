package main

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"satchel/bundle/sign"
)

type keygenOptions struct {
	output         string
	noPassphrase   bool
	passphraseFile string
}

// newKeygenCommand has no default name: where a secret lies is for its owner to say.
func newKeygenCommand(u *ui) *cli.Command {
	var o keygenOptions
	return &cli.Command{
		Name:  "keygen",
		Usage: "make a key pair to sign bundles with",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Destination: &o.output,
				Usage: "write the secret key to `FILE`, and the public key beside it as .pub"},
			&cli.BoolFlag{Name: "no-passphrase", Destination: &o.noPassphrase,
				Usage: "leave the secret key unencrypted"},
			passphraseFlag(&o.passphraseFile),
		},
		Description: manual{
			about: `Makes a minisign key pair. The secret key stays with you, encrypted with a
passphrase that is asked for; the public key goes to your readers. Existing files
are never overwritten. Prints the fingerprint: the 40 digits by which people can
compare the public key on the phone, on the air or in print.`,
			example: `satchel keygen -o news.key       writes news.key and news.pub`,
			exits:   []string{doneLine, failLine, usageLine},
		}.text(u),
		Action: func(c *cli.Context) error {
			if _, err := arguments(c, 0, 0); err != nil {
				return err
			}
			if o.output == "" {
				return withHint(misuse("the name of the key file is missing"), "{command}", "satchel keygen -o news.key")
			}
			if strings.HasSuffix(o.output, ".pub") {
				err := misuse("-o names the secret key, and {file} is what a public key is called", quote(o.output))
				return withHint(err, "{command}", "satchel keygen -o "+strings.TrimSuffix(o.output, ".pub")+".key")
			}
			if o.noPassphrase && o.passphraseFile != "" {
				return misuse("--no-passphrase and --passphrase-file contradict each other")
			}
			return o.run(c.Context, u)
		},
	}
}

// run checks what can be checked before it asks for a passphrase.
func (o *keygenOptions) run(ctx context.Context, u *ui) error {
	public := strings.TrimSuffix(o.output, ".key") + ".pub"
	for _, name := range []string{o.output, public} {
		if _, err := os.Lstat(name); err == nil {
			err = failure("{file} exists, and a key is never overwritten", quote(name))
			return withHint(err, "choose another name with -o")
		}
	}
	phrase, err := o.passphrase(ctx, u)
	if err != nil {
		return err
	}
	key, err := sign.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	secret, err := key.Encrypt(phrase, rand.Reader)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := writeKeys(o.output, secret, public, key.Public().File()); err != nil {
		return err
	}
	o.tell(u, public, key.Public())
	return nil
}

// passphrase is empty only when that was asked for.
func (o *keygenOptions) passphrase(ctx context.Context, u *ui) ([]byte, error) {
	switch {
	case o.noPassphrase:
		return nil, nil
	case o.passphraseFile != "":
		return readPassphrase(ctx, u, o.passphraseFile)
	}
	phrase, err := u.askTwice(ctx)
	if errors.Is(err, errNoTerminal) {
		return nil, withHint(errNoTerminal, "give it with --passphrase-file, or use --no-passphrase")
	}
	return phrase, err
}

// writeKeys writes both files or none.
func writeKeys(secretName string, secret []byte, publicName string, public []byte) error {
	if err := writeNew(secretName, secret, 0o600); err != nil {
		return err
	}
	if err := writeNew(publicName, public, 0o644); err != nil {
		return errors.Join(err, os.Remove(secretName))
	}
	return nil
}

// writeNew writes a file that must not be there yet, to the disk.
func writeNew(name string, data []byte, mode os.FileMode) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}

// tell prints the fingerprint, and what to do with all this.
func (o *keygenOptions) tell(u *ui, public string, key sign.PublicKey) {
	u.printf("%s\n", key.Fingerprint())
	u.say("{file} is the secret key: keep it to yourself, off sticks, and keep a copy.", quote(o.output))
	u.say("{file} is the public key: give it to your readers.", quote(public))
	u.say("The digits are its fingerprint. Tell them on another way than the bundles go: in print, " +
		"on the air, by phone. Who has them can tell your bundles from a forger's.")
	if o.noPassphrase {
		u.warn("the secret key has no passphrase: whoever copies the file can sign in your name")
	}
}
