package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/urfave/cli/v2"
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
	app := newApp(stdout, stderr) //nolint:contextcheck // a command gets its context when it runs
	if len(args) > 1 && args[1] == completeCommand {
		return printCandidates(stdout, complete(ctx, app, args[2:]))
	}
	args, err := flagsFirst(app, args)
	if err == nil {
		err = interrupted(ctx, app.RunContext(ctx, args))
	}
	return report(app.ErrWriter, err)
}

func newApp(stdout, stderr io.Writer) *cli.App {
	app := &cli.App{
		Name:    "liftgraph",
		Usage:   "turn a Spacelift account into a graph: who and what changed this instance?",
		Version: version(),
		Description: "A nightly job runs `liftgraph run`, or its stages one by one: extract, transform, emit, ingest.\n" +
			"`liftgraph demo` shows it all on a sample account; nothing needs to be set up.",
		Commands: []*cli.Command{
			extractCommand(), transformCommand(), emitCommand(), ingestCommand(), runCommand(), receiveCommand(),
			replayCommand(), traceCommand(), serveCommand(), mcpCommand(), verifyCommand(), diffCommand(), schemaCommand(), demoCommand(),
			checkCommand(), versionCommand(), completionCommand(), manCommand(), iamPolicyCommand(), forgetCommand(),
		},
		Writer:                    stdout,
		ErrWriter:                 stderr,
		Metadata:                  map[string]any{},
		DisableSliceFlagSeparator: true,
		HideHelpCommand:           true,
		ExitErrHandler:            func(*cli.Context, error) {}, // exit codes are run's
		OnUsageError:              usageError,
		Action: func(c *cli.Context) error {
			if c.Args().First() == "help" && c.NArg() < 3 { // as git and gh have it
				if c.NArg() == 2 {
					return c.App.RunContext(c.Context, []string{c.App.Name, c.Args().Get(1), "--help"})
				}
				return cli.ShowAppHelp(c)
			}
			if c.Args().Present() {
				return usagef("no command %q%s; see liftgraph --help", c.Args().First(), suggestCommand(c.App.Commands, c.Args().First()))
			}
			return cli.ShowAppHelp(c)
		},
	}
	for _, c := range app.Commands {
		prepare(c)
	}
	return app
}

// prepare returns a command and its subcommands what all have: common flags, the configuration file, strict arguments.
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
		if ctx.Bool(quietFlag) {
			defer quieten(ctx)()
		}
		log, err := logger(ctx)
		if err != nil {
			return err
		}
		if ctx.String(logFormatFlag) == "json" {
			ctx.App.ErrWriter = &logLines{log: log}
		}
		if err := trustCA(ctx); err != nil {
			return err
		}
		for _, name := range []string{dataFlag, formatFlag, endpointFlag} {
			if ctx.IsSet(name) && strings.TrimSpace(ctx.String(name)) == "" {
				return usagef("--%s is empty: give it a value, or leave it out (also in the environment)", name)
			}
		}
		return suggestValue(ctx, measured(action)(ctx))
	}
}

func usageError(c *cli.Context, err error, _ bool) error {
	return usageErr{fmt.Errorf("%w%s", err, suggestFlag(c, err.Error()))}
}
