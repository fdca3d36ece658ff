package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"golang.org/x/term"
)

// maxPassphrase bounds a passphrase; minisign reads no longer ones.
const maxPassphrase = 1023

// errNoTerminal says that there is nobody to ask.
var errNoTerminal = failure("a passphrase is needed, and there is no terminal to ask on")

// askPassphrase asks on the terminal, without showing what is typed.
func (u *ui) askPassphrase(ctx context.Context, prompt saying) ([]byte, error) {
	tty, done, err := u.keyboard()
	if err != nil {
		return nil, withHint(errNoTerminal, "give it in a file with --passphrase-file")
	}
	defer done()
	fmt.Fprintf(u.err, "%s: ", u.value(prompt))
	phrase, err := readHidden(ctx, tty)
	fmt.Fprintln(u.err)
	if err != nil {
		return nil, err
	}
	return checkPassphrase(phrase)
}

// askTwice asks for a new passphrase, a second time against slips.
func (u *ui) askTwice(ctx context.Context) ([]byte, error) {
	first, err := u.askPassphrase(ctx, says("Passphrase for the new key"))
	if err != nil {
		return nil, err
	}
	second, err := u.askPassphrase(ctx, says("The same passphrase again"))
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(first, second) {
		return nil, failure("the two passphrases differ; no key was made")
	}
	return first, nil
}

// checkPassphrase refuses what would make a key without a passphrase by accident.
func checkPassphrase(phrase []byte) ([]byte, error) {
	switch {
	case len(phrase) == 0:
		return nil, failure("the passphrase is empty")
	case len(phrase) > maxPassphrase:
		return nil, failure("the passphrase is longer than {n} bytes", maxPassphrase)
	}
	return phrase, nil
}

// keyboard is standard input where that is a terminal, and else the terminal that
// the command was started from.
func (u *ui) keyboard() (tty *os.File, done func(), err error) {
	if u.in != nil && term.IsTerminal(int(u.in.Fd())) {
		return u.in, func() {}, nil
	}
	name := "/dev/tty"
	if runtime.GOOS == "windows" {
		name = "CONIN$"
	}
	tty, err = os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return nil, nil, err
	}
	return tty, func() { tty.Close() }, nil
}

// readHidden reads a line without echo. When the context ends, the terminal is put
// back as it was: the read itself cannot be interrupted.
func readHidden(ctx context.Context, tty *os.File) ([]byte, error) {
	fd := int(tty.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return nil, failure("cannot ask for the passphrase: {reason}", err)
	}
	type answer struct {
		phrase []byte
		err    error
	}
	answers := make(chan answer, 1)
	go func() {
		phrase, err := term.ReadPassword(fd)
		answers <- answer{phrase, err}
	}()
	select {
	case a := <-answers:
		if errors.Is(a.err, io.EOF) {
			return nil, failure("no passphrase was typed")
		}
		return a.phrase, a.err
	case <-ctx.Done():
		return nil, errors.Join(ctx.Err(), term.Restore(fd, before))
	}
}

// readPassphrase takes the passphrase from a file, or from standard input where that is
// called -: its one line, without the end of the line.
func readPassphrase(ctx context.Context, u *ui, name string) ([]byte, error) {
	u.warnShared(name)
	text, err := u.readSecret(ctx, name)
	if err != nil {
		return nil, err
	}
	text = bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))
	if bytes.ContainsAny(text, "\r\n") {
		return nil, failure("{file} holds more than one line", quote(name))
	}
	phrase, err := checkPassphrase(text)
	if err != nil {
		return nil, failure("{file}: {reason}", quote(name), err)
	}
	return phrase, nil
}

// readSecret reads the file with a passphrase.
func (u *ui) readSecret(ctx context.Context, name string) ([]byte, error) {
	if name == "-" {
		return readLimited(ctx, func() (*os.File, error) { return u.in, nil }, maxPassphrase+2)
	}
	return readSmall(ctx, name, maxPassphrase+2)
}

// warnShared tells who keeps a passphrase where others can read it. What a shell hands over
// in a pipe is nobody else's.
func (u *ui) warnShared(name string) {
	info, err := os.Stat(name)
	if err == nil && runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		u.warn("the passphrase file {file} can be read by others on this computer: {command}",
			quote(name), "chmod 600 "+show(name))
	}
}

// errLong says that a file is no small one.
var errLong = failure("it is too long to be one")

// readSmall reads a file that has no reason to be large.
func readSmall(ctx context.Context, name string, limit int64) ([]byte, error) {
	data, err := readLimited(ctx, func() (*os.File, error) { return os.Open(name) }, limit)
	if errors.Is(err, errLong) {
		err = failure("{file}: {reason}", quote(name), err)
	}
	return data, err
}

// readLimited ends with the context, also while it waits for somebody to write: a named pipe
// may never have anybody who does.
func readLimited(ctx context.Context, open func() (*os.File, error), limit int64) ([]byte, error) {
	type answer struct {
		data []byte
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		f, err := open()
		if err != nil {
			answers <- answer{nil, err}
			return
		}
		defer f.Close()
		data, err := io.ReadAll(io.LimitReader(f, limit+1))
		if err == nil && int64(len(data)) > limit {
			err = errLong
		}
		answers <- answer{data, err}
	}()
	select {
	case a := <-answers:
		return a.data, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
