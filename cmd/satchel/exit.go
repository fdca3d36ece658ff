package main

import (
	"context"
	"errors"
	"fmt"

	"satchel/bundle"
)

// The exit codes, which scripts may rely on.
const (
	exitDone    = 0 // for verify: trusted
	exitFailed  = 1
	exitUsage   = 2
	exitChanged = 3 // changed, incomplete or marked
	exitUnknown = 4 // intact, but unknown or unsigned
)

// A usageError says that the command line is wrong.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// usage marks an error as the fault of the command line.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return &usageError{err}
}

// usageShown is wrong usage after which nothing is left to say.
var usageShown = usage(errShown)

// errShown says that what there is to say has been printed.
var errShown = errors.New("already reported")

// A codeError ends the command with a code of its own, its cause already printed.
type codeError int

func (e codeError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }
func (e codeError) Unwrap() error { return errShown }

// exitCode is the one place where an error becomes an exit code.
func exitCode(err error) int {
	var code codeError
	var wrong *usageError
	var verdict *bundle.VerdictError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &code):
		return int(code)
	case errors.Is(err, context.Canceled):
		return exitFailed
	case errors.As(err, &wrong):
		return exitUsage
	case errors.As(err, &verdict) && verdict.Reason != bundle.ReasonNewer:
		return verdictCode(verdict.Verdict, false)
	}
	return exitFailed // also where a newer satchel might know better
}

// verdictCode is the exit code that goes with a verdict.
func verdictCode(v bundle.Verdict, marked bool) int {
	switch {
	case v == bundle.Changed || v == bundle.Incomplete || marked:
		return exitChanged
	case v == bundle.Unknown || v == bundle.Unsigned:
		return exitUnknown
	case v == bundle.Trusted:
		return exitDone
	}
	return exitFailed
}
