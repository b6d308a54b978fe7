package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"

	"liftgraph/extract/spacelift"
	"liftgraph/ingest"
	"liftgraph/internal/objects"
)

// The exit codes.
const (
	exitComplete    = 0
	exitFailed      = 1 // nothing was published, or what was could not be loaded
	exitUsage       = 2
	exitIncomplete  = 3 // published, but a scope is incomplete
	exitInterrupted = 130

	exitDifferent = 1 // of diff, for which exitUsage is any trouble
)

// exitCodes are the exit codes of every command, as help, manual pages and the reference print them.
var exitCodes = []struct {
	code    int
	meaning string
}{
	{exitComplete, "complete"},
	{exitFailed, "failed: nothing was published and the previous output is unchanged; or it was published, but the load failed or the metrics could not be written or sent, which the message says. Of diff: the graphs differ. Of trace: not found"},
	{exitUsage, "usage error: a flag, an argument, a setting or a combination of them; nothing was read or changed. Of diff: any failure"},
	{exitIncomplete, "published, but incomplete: a scope was refused, failed or was cut short; stderr and the manifest name it"},
	{exitInterrupted, "interrupted by Ctrl-C or SIGTERM; the previous output is unchanged"},
}

type usageErr struct{ error }

func (e usageErr) Unwrap() error { return e.error }

// usagef returns a usage error, which ends in exit code 2.
func usagef(format string, args ...any) error { return usageErr{fmt.Errorf(format, args...)} }

// errIncomplete ends a command whose output is published but incomplete; what is missing has been printed already.
var errIncomplete = errors.New("incomplete")

// The prefixes of lines on stderr that report an error, and an incomplete scope.
const (
	errorPrefix      = "liftgraph: "
	incompletePrefix = "INCOMPLETE: "
)

// interrupted marks an error as caused by the end of ctx, where it is no other result and doesn't say so itself.
func interrupted(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil || exitCode(err) != exitFailed {
		return err
	}
	return interruptedErr{err}
}

type interruptedErr struct{ error }

func (e interruptedErr) Unwrap() error { return e.error }

func (interruptedErr) Is(target error) bool { return target == context.Canceled }

// exitCode returns the code that an error ends in.
func exitCode(err error) int {
	var usage usageErr
	var settings *spacelift.UsageError
	var target *ingest.UsageError
	var object *objects.UsageError
	switch {
	case err == nil:
		return exitComplete
	case errors.Is(err, errIncomplete):
		return exitIncomplete
	case errors.Is(err, errDifferent):
		return exitDifferent
	case errors.As(err, &usage) || errors.As(err, &settings) || errors.As(err, &target) || errors.As(err, &object):
		return exitUsage
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	return exitFailed
}

// report prints an error and returns its exit code.
//
// The texts of errors follow these rules, wherever they are made:
//
//   - One line, lower case, no full stop at the end: callers put their own context before it.
//   - What happened, with the name of the thing in the user's words (a flag, a file, an address), then a colon and
//     the cause, then a semicolon and what to do: "cannot reach URL: connection refused; check the endpoint, the
//     network and the proxy settings".
//   - No secret, and no record's content: a file, an object or an id at most.
//   - Names of flags begin with --; values are quoted where they could be mistaken for text.
//   - An error is returned, never logged and ignored. It is a usage error where the user can mend it on the command
//     line without looking at anything else.
func report(stderr io.Writer, err error) int {
	code := exitCode(err)
	switch {
	case code == exitComplete || code == exitIncomplete || errors.Is(err, errDifferent): // printed already
	case code == exitInterrupted:
		fmt.Fprintln(stderr, errorPrefix+"interrupted; the previous output is unchanged: "+err.Error())
	default:
		fmt.Fprintln(stderr, errorPrefix+err.Error())
	}
	if errors.Is(err, syscall.ENOSPC) {
		fmt.Fprintf(stderr, "free some space, or name another path with --%s or --%s; the previous output is unchanged\n", dataFlag, tmpFlag)
	}
	return code
}
