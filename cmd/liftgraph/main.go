// Command liftgraph turns a Spacelift account into node and edge files for Neo4j and for a data lake,
// and loads them.
//
// Each command has a file: it parses flags, builds the stage's configuration and calls the stage.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	code := run(ctx, os.Args, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
