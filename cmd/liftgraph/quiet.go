package main

import (
	"bytes"
	"io"
	"strings"
	"sync"

	"github.com/urfave/cli/v2"
)

// quieten leaves only incomplete scopes and warnings of what a command writes to stderr, and turns its progress off.
// The function that it returns restores stderr, for the error that ends the command.
func quieten(c *cli.Context) (restore func()) {
	stderr := c.App.ErrWriter
	c.App.ErrWriter = &quietLines{to: stderr}
	for flag, value := range map[string]string{progressFlag: "none", logLevelFlag: "warn"} {
		if !c.IsSet(flag) || flag == progressFlag {
			_ = c.Set(flag, value) // both are flags of every command, and these are values of theirs
		}
	}
	return func() { c.App.ErrWriter = stderr }
}

// quietLines passes on the lines that --quiet leaves.
type quietLines struct {
	to  io.Writer
	mu  sync.Mutex
	buf []byte
}

// kept are what lines begin with that --quiet leaves: errors, incomplete scopes, and log records as text and as JSON.
var kept = []string{errorPrefix, incompletePrefix, "time=", "{"}

// Write implements [io.Writer].
func (q *quietLines) Write(p []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.buf = append(q.buf, p...)
	for {
		i := bytes.IndexByte(q.buf, '\n')
		if i < 0 {
			return len(p), nil
		}
		line := string(q.buf[:i+1])
		q.buf = q.buf[i+1:]
		for _, prefix := range kept {
			if strings.HasPrefix(line, prefix) {
				if _, err := io.WriteString(q.to, line); err != nil {
					return len(p), err
				}
				break
			}
		}
	}
}
