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
	exitComplete   = 0
	exitFailed     = 1 // nothing was published, or what was could not be loaded
	exitUsage      = 2
	exitIncomplete = 3 // published, but a scope is incomplete

	exitDifferent = 1 // of diff, for which exitUsage is any trouble
)

type usageErr struct{ error }

func (e usageErr) Unwrap() error { return e.error }

// usagef makes an error of wrong use, which ends in exit code 2.
func usagef(format string, args ...any) error { return usageErr{fmt.Errorf(format, args...)} }

// errIncomplete ends a command whose output is published but incomplete; what is missing was told already.
var errIncomplete = errors.New("incomplete")

// What the lines on stderr begin with that tell of an error, and of an incomplete scope.
const (
	errorPrefix      = "liftgraph: "
	incompletePrefix = "INCOMPLETE: "
)

// exitCode gives the code that an error ends in.
func exitCode(err error) int {
	var usage usageErr
	var settings *spacelift.UsageError
	var target *ingest.UsageError
	var place *objects.UsageError
	switch {
	case err == nil:
		return exitComplete
	case errors.Is(err, errIncomplete):
		return exitIncomplete
	case errors.Is(err, errDifferent):
		return exitDifferent
	case errors.As(err, &usage) || errors.As(err, &settings) || errors.As(err, &target) || errors.As(err, &place):
		return exitUsage
	}
	return exitFailed
}

// report tells of an error and gives its exit code.
func report(stderr io.Writer, err error) int {
	code := exitCode(err)
	switch {
	case code == exitComplete || code == exitIncomplete || errors.Is(err, errDifferent): // which was told
	case code == exitFailed && errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, errorPrefix+"interrupted; what was published before is as it was: "+err.Error())
	default:
		fmt.Fprintln(stderr, errorPrefix+err.Error())
	}
	if errors.Is(err, syscall.ENOSPC) {
		fmt.Fprintf(stderr, "free some space, or name another place with --%s or --%s; what was published before is as it was\n", dataFlag, tmpFlag)
	}
	return code
}
