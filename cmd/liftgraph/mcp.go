package main

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/urfave/cli/v2"

	"liftgraph/query/agent"
	"liftgraph/query/lookup"
)

func mcpCommand() *cli.Command {
	return &cli.Command{
		Name:      "mcp",
		Usage:     "offer trace, search, diff and schema as read-only tools for agents, by the Model Context Protocol on stdin and stdout",
		ArgsUsage: "[DIR|URI]",
		Flags: append([]cli.Flag{
			stringFlag(dataFlag, "liftgraph-data", "`DIR` or s3:// URI to read where none is named, as trace takes them"),
			beforeFlagOf(),
			&cli.IntFlag{Name: mostFlag, Value: agent.Default, Usage: "most `BYTES` of a tool's text; what is longer is cut, and says by what to narrow the question", EnvVars: env(mostFlag)},
		}, s3Flags()...),
		Action: func(c *cli.Context) (err error) {
			if n := c.Int(mostFlag); n < agent.Least {
				return usagef("--%s %d: it is at least %d", mostFlag, n, agent.Least)
			}
			newest := new(lookup.Newest)
			nights, err := newestOf(c, newest)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, newest.Close()) }()
			log, err := logger(c)
			if err != nil {
				return err
			}
			if !log.Enabled(c.Context, slog.LevelDebug) {
				log = nil // the protocol's steps are no news
			}
			err = agent.Serve(c.Context, agent.Config{Version: c.App.Version, Newest: newest, Nights: nights, Most: c.Int(mostFlag), Log: log}, stdio(c))
			if errors.Is(err, context.Canceled) || errors.Is(err, io.EOF) { // the client left, or the user ended it
				return nil
			}
			return err
		},
	}
}

// stdio is what the client writes to and reads from.
func stdio(c *cli.Context) mcp.Transport {
	in, ok := c.App.Reader.(io.ReadCloser)
	if !ok {
		in = io.NopCloser(c.App.Reader)
	}
	return &mcp.IOTransport{Reader: in, Writer: unclosed{c.App.Writer}}
}

// unclosed is a writer that another owns.
type unclosed struct{ io.Writer }

// Close implements [io.Closer].
func (unclosed) Close() error { return nil }
