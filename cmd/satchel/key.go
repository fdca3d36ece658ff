package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/urfave/cli/v2"

	"satchel/bundle/sign"
)

// maxKeyFile bounds a key file, public or secret.
const maxKeyFile = 4 << 10

// keyOptions are the flags of every command that uses a secret key.
type keyOptions struct {
	file           string
	passphraseFile string
	exposed        bool // take a key file that others can read
}

// flags are in the order in which help shows them, the key itself first.
func (o *keyOptions) flags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "key", Aliases: []string{"k"}, Destination: &o.file,
			Usage: "sign with the secret key in `FILE`"},
		passphraseFlag(&o.passphraseFile),
		&cli.BoolFlag{Name: "insecure-key-permissions", Destination: &o.exposed,
			Usage: "take a key file that others on this computer can read"},
	}
}

// passphraseFlag takes a file. A passphrase as an argument would be seen in the list of
// processes and kept in the shell's history.
func passphraseFlag(to *string) cli.Flag {
	return &cli.StringFlag{Name: "passphrase-file", Destination: to,
		Usage: "read the passphrase from `FILE` instead of the terminal"}
}

// load reads the secret key, and asks for its passphrase where it has one.
func (o *keyOptions) load(ctx context.Context, u *ui) (sign.PrivateKey, error) {
	var none sign.PrivateKey
	info, err := os.Stat(o.file)
	if err != nil {
		return none, err
	}
	if !info.Mode().IsRegular() {
		return none, failure("key {file} is not a file", quote(o.file))
	}
	file, err := readSmall(ctx, o.file, maxKeyFile)
	if err != nil {
		return none, err
	}
	if !sign.IsPrivateKey(file) {
		return none, o.notSecret(file)
	}
	if err := o.checkMode(info.Mode()); err != nil {
		return none, err
	}
	if !sign.IsEncrypted(file) {
		u.warn("the key {file} has no passphrase: whoever copies the file can sign in your name",
			quote(o.file))
	}
	key, err := sign.ParsePrivateKey(file, func() ([]byte, error) { return o.passphrase(ctx, u) })
	if sign.IsEncrypted(file) {
		debug.FreeOSMemory() // deriving the key took 1 GiB; what follows needs little
	}
	if err != nil {
		return none, failure("key {file}: {reason}", quote(o.file), err)
	}
	return key, nil
}

// passphrase is called only for a key that has one.
func (o *keyOptions) passphrase(ctx context.Context, u *ui) ([]byte, error) {
	if o.passphraseFile != "" {
		return readPassphrase(ctx, u, o.passphraseFile)
	}
	return u.askPassphrase(ctx, says("Passphrase for {file}", show(o.file)))
}

// checkMode refuses a secret that others can read. A stick with FAT or exFAT on it
// shows every file so, and a secret key does not belong on one.
func (o *keyOptions) checkMode(mode os.FileMode) error {
	if runtime.GOOS == "windows" || o.exposed || mode.Perm()&0o077 == 0 {
		return nil
	}
	err := failure("key {file} can be read by others (mode {mode})", quote(o.file), fmt.Sprintf("%04o", mode.Perm()))
	return withHint(err, "{command}, or keep it off sticks, which know no permissions; "+
		"--insecure-key-permissions takes it as it is", "chmod 600 "+o.file)
}

// notSecret says what a file is that should be a secret key.
func (o *keyOptions) notSecret(file []byte) error {
	if _, err := sign.ParsePublicKey(string(file)); err == nil {
		err = failure("{file} is a public key; signing needs the secret one", quote(o.file))
		return withHint(err, "give the file that satchel keygen wrote beside it: {file}",
			strings.TrimSuffix(o.file, ".pub")+".key")
	}
	return failure("{file} is not a secret key", quote(o.file))
}

// readPublic reads a public key from a file, or from the text RW….
func readPublic(ctx context.Context, arg string) (sign.PublicKey, error) {
	pin, err := readPin(ctx, arg)
	if err != nil {
		return sign.PublicKey{}, err
	}
	key, ok := pin.Key()
	if !ok {
		return key, misuse("{word} is a fingerprint; the whole public key is needed here", quote(arg))
	}
	return key, nil
}

// readPins reads what a reader trusts: public key files, keys, fingerprints.
func readPins(ctx context.Context, args []string) ([]sign.Pin, error) {
	var pins []sign.Pin
	for _, arg := range args {
		pin, err := readPin(ctx, arg)
		if err != nil {
			return nil, err
		}
		pins = append(pins, pin)
	}
	return pins, nil
}

// readPin takes arg for a file where there is one, and else for the text itself.
func readPin(ctx context.Context, arg string) (sign.Pin, error) {
	text, err := readSmall(ctx, arg, maxKeyFile)
	if err == nil {
		return pinFile(arg, text)
	}
	if errors.Is(err, errLong) {
		return sign.Pin{}, notPublic(arg, errLong)
	}
	pin, bad := sign.ParsePin(arg)
	if bad == nil {
		return pin, nil
	}
	if looksTyped(arg) {
		return pin, withHint(usage(bad), fingerprintHint(arg))
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = misuse("{word} is no file, and neither a public key (RW…) nor a fingerprint", quote(arg))
	}
	return pin, err
}

// pinFile reads a key, or a fingerprint that somebody has written down, from a file.
func pinFile(name string, text []byte) (sign.Pin, error) {
	if sign.IsPrivateKey(text) {
		err := misuse("{file} is a secret key: it stays with who signs", quote(name))
		return sign.Pin{}, withHint(err, "give the .pub file that was made with it")
	}
	pin, err := sign.ParsePin(string(text))
	if err != nil {
		return pin, notPublic(name, err)
	}
	return pin, nil
}

// notPublic also helps who gave the bundle where the publisher belongs.
func notPublic(name string, err error) error {
	err = misuse("{file} is not a public key: {reason}", quote(name), err)
	return withHint(err, "give a .pub file, a key (RW…) or a fingerprint; a bundle is an argument of its own")
}

// looksTyped says whether arg is meant as a key or a fingerprint, not as a file.
func looksTyped(arg string) bool {
	return strings.HasPrefix(arg, "RW") || !strings.ContainsAny(arg, "./\\") &&
		strings.ContainsAny(arg, "0123456789") && !strings.ContainsAny(arg, "abcdefghijklmnopqrstuvwxyz")
}

// fingerprintHint helps where the shell took a fingerprint apart at its spaces.
func fingerprintHint(arg string) phrase {
	if len(arg) < 10 {
		return `put the fingerprint in quotation marks: -p "00000 11111 …", or leave the spaces out`
	}
	return "compare it with the fingerprint that the publisher gave you, group by group"
}
