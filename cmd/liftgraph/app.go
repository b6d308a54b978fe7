package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"liftgraph/extract/spacelift"
	"liftgraph/ingest"
)

// memoryLimit is what the heap may take, in bytes, whatever the size of the account: the collector runs when it is
// reached and not before, so that memory is flat and time isn't lost. GOMEMLIMIT and GOGC, where set, stand.
const memoryLimit = 160 << 20

// run is the program: arguments in, exit code out.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if os.Getenv("GOMEMLIMIT") == "" && os.Getenv("GOGC") == "" {
		debug.SetMemoryLimit(memoryLimit)
		debug.SetGCPercent(-1)
	}
	app := newApp(stdout, stderr)
	args, err := flagsFirst(app, args)
	if err == nil {
		err = app.RunContext(ctx, args)
	}
	return report(stderr, err)
}

func newApp(stdout, stderr io.Writer) *cli.App {
	app := &cli.App{
		Name:    "liftgraph",
		Usage:   "turn a Spacelift account into a graph: who and what changed this instance?",
		Version: version(),
		Description: "A nightly job runs `liftgraph run`, or its stages one by one: extract, transform, emit, ingest.\n" +
			"`liftgraph demo` shows it all on a sample account; nothing needs to be set up.",
		Commands: []*cli.Command{
			extractCommand(), transformCommand(), emitCommand(), ingestCommand(), runCommand(),
			verifyCommand(), schemaCommand(), demoCommand(),
		},
		Writer:                    stdout,
		ErrWriter:                 stderr,
		DisableSliceFlagSeparator: true,
		HideHelpCommand:           true,
		ExitErrHandler:            func(*cli.Context, error) {}, // exit codes are run's
		OnUsageError:              usageError,
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return usagef("no command %q; see liftgraph --help", c.Args().First())
			}
			return cli.ShowAppHelp(c)
		},
	}
	for _, c := range app.Commands {
		prepare(c)
	}
	return app
}

// prepare gives a command and its subcommands what all have: common flags, the configuration file, strict arguments.
func prepare(c *cli.Command) {
	c.OnUsageError = usageError
	c.HideHelpCommand = true
	c.Flags = append(c.Flags, commonFlags()...)
	c.Before = applyConfigFile
	for _, sub := range c.Subcommands {
		prepare(sub)
	}
	action, most := c.Action, strings.Count(c.ArgsUsage, " ")+1
	if c.ArgsUsage == "" {
		most = 0
	}
	c.Action = func(ctx *cli.Context) error {
		if n := ctx.NArg(); n > most {
			return usagef("%s: %q is one argument too many; see %[1]s --help", ctx.Command.HelpName, ctx.Args().Get(most))
		}
		if _, err := logger(ctx); err != nil {
			return err
		}
		for _, name := range []string{dataFlag, formatFlag, endpointFlag} {
			if ctx.IsSet(name) && strings.TrimSpace(ctx.String(name)) == "" {
				return usagef("--%s is empty: give it a value, or leave it out (also in the environment)", name)
			}
		}
		return action(ctx)
	}
}

// flagsFirst moves the flags of the command before its arguments, where the flag package wants them.
func flagsFirst(app *cli.App, args []string) ([]string, error) {
	if len(args) == 0 {
		return args, nil
	}
	var path, flags, rest []string
	commands, known := app.Commands, map[string]bool{}
	for i := 1; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "--":
			rest = append(append([]string{"--"}, rest...), args[i+1:]...)
			return append(append(append(args[:1:1], path...), flags...), rest...), nil
		case len(a) > 1 && a[0] == '-':
			flags = append(flags, a)
			name, _, joined := strings.Cut(strings.TrimLeft(a, "-"), "=")
			if takesValue := known[name]; takesValue && !joined && i+1 < len(args) {
				i++
				flags = append(flags, args[i])
			}
		default:
			if c := commandNamed(commands, a); c != nil && len(rest) == 0 && len(flags) == 0 {
				path, commands = append(path, a), c.Subcommands
				known = valueFlags(c)
			} else {
				rest = append(rest, a)
			}
		}
	}
	return append(append(append(args[:1:1], path...), flags...), rest...), nil
}

func commandNamed(commands []*cli.Command, name string) *cli.Command {
	for _, c := range commands {
		if c.HasName(name) {
			return c
		}
	}
	return nil
}

// valueFlags gives the flags of a command that take a value.
func valueFlags(c *cli.Command) map[string]bool {
	m := map[string]bool{}
	for _, f := range c.Flags {
		if _, isBool := f.(*cli.BoolFlag); !isBool {
			for _, n := range f.Names() {
				m[n] = true
			}
		}
	}
	return m
}

func usageError(_ *cli.Context, err error, _ bool) error { return usageErr{err} }

// version gives the module's version, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return "devel-" + s.Value[:min(12, len(s.Value))]
		}
	}
	return "devel"
}

// The exit codes.
const (
	exitComplete   = 0
	exitFailed     = 1 // nothing was published
	exitUsage      = 2
	exitIncomplete = 3 // published, but a scope is incomplete
)

type usageErr struct{ error }

func (e usageErr) Unwrap() error { return e.error }

// usagef makes an error of wrong use, which ends in exit code 2.
func usagef(format string, args ...any) error { return usageErr{fmt.Errorf(format, args...)} }

// errIncomplete ends a command whose output is published but incomplete; what is missing was told already.
var errIncomplete = errors.New("incomplete")

func report(stderr io.Writer, err error) int {
	var usage usageErr
	var settings *spacelift.UsageError
	var target *ingest.UsageError
	switch {
	case err == nil:
		return exitComplete
	case errors.Is(err, errIncomplete):
		return exitIncomplete
	case errors.As(err, &usage) || errors.As(err, &settings) || errors.As(err, &target):
		fmt.Fprintln(stderr, "liftgraph:", err)
		return exitUsage
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "liftgraph: interrupted; what was published before is as it was:", err)
		return exitFailed
	}
	fmt.Fprintln(stderr, "liftgraph:", err)
	if errors.Is(err, syscall.ENOSPC) {
		fmt.Fprintf(stderr, "free some space, or name another place with --%s or --%s; what was published before is as it was\n", dataFlag, tmpFlag)
	}
	return exitFailed
}
