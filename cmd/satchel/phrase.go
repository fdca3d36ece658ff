package main

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"satchel/bundle"
)

// A phrase is what the command says to people. It stands in the code in English, with placeholders
// such as {file}, which no two of a phrase share; the files in messages/ have it in other languages.
// What programs read is never a phrase.
type phrase string

// A saying is a phrase with what its placeholders stand for, in the order in which they come in English.
type saying struct {
	phrase phrase
	args   []any
}

// says makes a saying, to be said in a language that is not known yet.
func says(p phrase, args ...any) saying { return saying{p, args} }

// A tongue finds a phrase in the language that the command speaks. Nil is English.
type tongue func(phrase) string

// english is what errors say to who does not ask for another language.
var english tongue

var placeholders = regexp.MustCompile(`\{[a-z]+\}`)

// text says a phrase. Names and what else comes from outside belong through show or quote before.
func (t tongue) text(p phrase, args ...any) string {
	said := string(p)
	if t != nil {
		said = t(p)
	}
	var pairs []string
	for i, name := range placeholders.FindAllString(string(p), -1) {
		pairs = append(pairs, name, t.value(args[i]))
	}
	return strings.NewReplacer(pairs...).Replace(said)
}

// value writes what a placeholder stands for.
func (t tongue) value(v any) string {
	switch v := v.(type) {
	case phrase:
		return t.text(v)
	case saying:
		return t.text(v.phrase, v.args...)
	case quantity:
		return t.text(v.noun(), v.n)
	case told:
		return t.told(string(v))
	case error:
		return t.reason(v)
	case int:
		return grouped(int64(v))
	case int64:
		return grouped(v)
	}
	return fmt.Sprint(v)
}

// A quantity is a number of things, which English has in the plural where that is due.
type quantity struct {
	n         int64
	one, more phrase
}

// noun is the phrase that goes with the number.
func (q quantity) noun() phrase {
	if q.n == 1 {
		return q.one
	}
	return q.more
}

// The things that are counted in more than one place.
func countFiles(n int) quantity   { return quantity{int64(n), "{n} file", "{n} files"} }
func countItems(n int64) quantity { return quantity{n, "{n} item", "{n} items"} }
func countParts(n int) quantity   { return quantity{int64(n), "{n} part", "{n} parts"} }

// A fault is an error in the command's own words, said in the reader's language when it is reported.
type fault struct{ saying }

// failure is what went wrong. The errors among the arguments are its causes.
func failure(p phrase, args ...any) error { return &fault{says(p, args...)} }

// misuse is a failure that is the fault of the command line.
func misuse(p phrase, args ...any) error { return usage(failure(p, args...)) }

// Error says it in English.
func (f *fault) Error() string { return english.value(f.saying) }

// Unwrap returns the causes.
func (f *fault) Unwrap() []error {
	var causes []error
	for _, a := range f.args {
		if err, ok := a.(error); ok {
			causes = append(causes, err)
		}
	}
	return causes
}

// reason is what an error says: in plainer words where a verdict is the reason, or where the system's name for
// a call would stand before the name of a file.
func (t tongue) reason(err error) string {
	switch e := err.(type) {
	case *fault:
		return t.value(e.saying)
	case *hintError:
		return t.reason(e.err)
	case *usageError:
		return t.reason(e.err)
	case interface{ Unwrap() []error }:
		if parts := e.Unwrap(); err.Error() == errors.Join(parts...).Error() {
			return t.reasons(parts)
		}
	}
	var verdict *bundle.VerdictError
	if errors.As(err, &verdict) {
		return strings.Replace(err.Error(), verdict.Error(), t.value(plainVerdict(verdict)), 1)
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		plain := quote(path.Path) + ": " + t.told(path.Err.Error())
		return strings.Replace(err.Error(), path.Error(), plain, 1)
	}
	return t.told(err.Error())
}

// reasons are those of errors that were joined.
func (t tongue) reasons(errs []error) string {
	var lines []string
	for _, err := range errs {
		lines = append(lines, t.reason(err))
	}
	return strings.Join(lines, "\n")
}
