package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"

	"satchel/bundle"
	"satchel/bundle/ingest"
	"satchel/bundle/ingest/collection"
	"satchel/bundle/sign"
)

// A ui is the command's side of the conversation: results go to out, all else to
// err. Nothing else in this package writes to a screen or reads from a keyboard.
type ui struct {
	in       *os.File
	out, err io.Writer
	tongue        // in which err is written, and what else is for people
	bold     bool // results may have some words set off
	progress *progress
}

// newUI is the conversation with whoever has started the process.
func newUI(in, out, errs *os.File, t tongue) *ui {
	p := &progress{w: errs, tongue: t, on: term.IsTerminal(int(errs.Fd())), now: clock}
	bold := term.IsTerminal(int(out.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	return &ui{in: in, tongue: t, bold: bold, out: &results{w: out}, err: &aside{errs, p}, progress: p}
}

// results is standard output that remembers whether it took everything. A full disk
// behind it must not look like success.
type results struct {
	w   io.Writer
	err error // sticky
}

// Write passes nothing on after the first failure.
func (r *results) Write(b []byte) (n int, err error) {
	if r.err == nil {
		n, r.err = r.w.Write(b)
	}
	return n, r.err
}

// lost is the error that results could not be written for.
func (u *ui) lost() error {
	if r, ok := u.out.(*results); ok && r.err != nil {
		return failure("standard output: {reason}", r.err)
	}
	return nil
}

// printf prints a result. Arguments that come out of a file belong through show.
func (u *ui) printf(format string, args ...any) { fmt.Fprintf(u.out, format, args...) }

// say prints a line for people.
func (u *ui) say(p phrase, args ...any) { fmt.Fprintln(u.err, u.text(p, args...)) }

// sayRow prints a line for people with what it is about before it, in a column of its own.
func (u *ui) sayRow(about, p phrase, args ...any) {
	fmt.Fprintln(u.err, pad(u.text(about), 9), u.text(p, args...))
}

// printRow is sayRow for a result that is for people.
func (u *ui) printRow(about, p phrase, args ...any) {
	fmt.Fprintln(u.out, pad(u.text(about), 10), u.text(p, args...))
}

// note says something worth knowing.
func (u *ui) note(p phrase, args ...any) { u.say("satchel: note: {what}", says(p, args...)) }

// warn says something that may do harm.
func (u *ui) warn(p phrase, args ...any) { u.say("satchel: warning: {what}", says(p, args...)) }

// printJSON prints v in one line. Characters that could steer a terminal stand in it
// as escapes, which JSON reads back as the same characters.
func (u *ui) printJSON(v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	var line strings.Builder
	for _, r := range strings.TrimSuffix(b.String(), "\n") {
		if steers(r) {
			writeEscape(&line, r)
		} else {
			line.WriteRune(r)
		}
	}
	_, err := fmt.Fprintln(u.out, line.String())
	return err
}

// writeEscape writes r as JSON does: in UTF-16 units.
func writeEscape(b *strings.Builder, r rune) {
	if r > 0xffff {
		r -= 0x10000
		fmt.Fprintf(b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		return
	}
	fmt.Fprintf(b, `\u%04x`, r)
}

// show returns s as it may stand in a line on a terminal: what would steer the
// terminal, or turn the direction of the text around, is escaped.
func show(s string) string {
	if strings.IndexFunc(s, steers) < 0 && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case steers(r):
			fmt.Fprintf(&b, `\u{%x}`, r)
		default:
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.String()
}

// steers says whether r may change how the text around it looks. Joiners, which
// Persian and Indic words need, do not.
func steers(r rune) bool {
	switch {
	case r == 0x200c || r == 0x200d:
		return false
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
		return true
	}
	return r&0xfffe == 0xfffe
}

// quote puts a name between quotation marks, as it may stand on a terminal.
func quote(name string) string { return `"` + show(name) + `"` }

// A hintError is an error with a word on what to do about it.
type hintError struct {
	err  error
	hint saying
}

func (e *hintError) Error() string { return e.err.Error() }
func (e *hintError) Unwrap() error { return e.err }

// withHint adds a hint to an error that has none yet.
func withHint(err error, hint phrase, args ...any) error {
	var already *hintError
	if err == nil || errors.As(err, &already) {
		return err // the hint nearest to the cause is the best
	}
	return &hintError{err, says(hint, args...)}
}

// report prints why the command failed, and what could be tried.
func (u *ui) report(err error) {
	if errors.Is(err, errShown) {
		return
	}
	if errors.Is(err, context.Canceled) {
		u.say("satchel: interrupted; nothing half-made is left behind")
		return
	}
	var refused *ingest.RefusedError
	if errors.As(err, &refused) {
		u.reportRefused(refused)
	}
	var invalid *collection.InvalidError
	if errors.As(err, &invalid) {
		for line := range strings.Lines(invalid.Error()) {
			u.say("{line}", show(strings.TrimSuffix(line, "\n")))
		}
		err = withHint(failure("{file} has mistakes; nothing was packed", quote(invalid.Name)),
			"satchel init writes a file in which every setting is explained")
	}
	u.say("satchel: error: {what}", show(u.reason(err)))
	var hinted *hintError
	if errors.As(err, &hinted) {
		u.say("satchel: hint: {what}", show(u.value(hinted.hint)))
	} else if hint := u.knownHint(err); hint != "" {
		u.say("satchel: hint: {what}", hint)
	}
}

// reported returns what report prints.
func (u *ui) reported(err error) string {
	var b bytes.Buffer
	(&ui{err: &b, tongue: u.tongue}).report(err)
	return b.String()
}

// plainVerdict keeps the reason that programs test for beside the words for people.
func plainVerdict(e *bundle.VerdictError) saying {
	switch {
	case e.Reason == bundle.ReasonNewer && e.Verdict == bundle.Unsigned:
		return says("{reason}, and nobody has signed it", plainReason(e.Reason))
	case e.Reason == bundle.ReasonNewer:
		return says("{reason}; its signature holds, by a key that it names itself", plainReason(e.Reason))
	}
	return says("{verdict}: {reason} ({word})", e.Verdict, plainReason(e.Reason), e.Reason)
}

// refusedHint names only what helps against what was refused.
func (t tongue) refusedHint(files []ingest.Refusal) string {
	hints := []string{t.text("take them out of the folder, mend what is named, or name them under exclude: in satchel.yaml")}
	is := func(f func(ingest.Refusal) bool) bool { return slices.ContainsFunc(files, f) }
	if is(func(f ingest.Refusal) bool { return f.Unsupported }) {
		hints = append(hints, t.text("--skip-unsupported leaves out all that are called unsupported, and what cannot be cleaned"))
	}
	if is(func(f ingest.Refusal) bool { return f.Allowable }) {
		hints = append(hints, t.text("--allow PATH packs one that is unsupported or a program, to be saved"))
	}
	return strings.Join(hints, "; ")
}

// knownHint is what helps against errors that can come from anywhere.
func (t tongue) knownHint(err error) string {
	var refused *ingest.RefusedError
	switch {
	case errors.As(err, &refused):
		return t.refusedHint(refused.Files)
	case errors.Is(err, bundle.ErrNotBundle):
		return t.text("a bundle is a ZIP file of any name, a folder with a MANIFEST, or the .001 of some parts")
	case errors.Is(err, ingest.ErrNothing):
		return t.text("a folder is packed at any depth; what was left out, and why, is listed above")
	case errors.Is(err, bundle.ErrNewer):
		return t.text("get a newer satchel to read it")
	case errors.Is(err, syscall.EFBIG):
		return t.text("FAT32 holds no file over 4 GiB: cut it with --layout parts, or use exFAT")
	case errors.Is(err, syscall.ENOSPC):
		return t.text("the disk is full")
	case errors.Is(err, sign.ErrPassphrase):
		return t.text("the key is as it was: try again")
	}
	return ""
}
