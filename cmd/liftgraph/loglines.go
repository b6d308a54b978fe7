package main

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
)

// logLines makes a log record of each line written to it: with --log-format json everything on stderr is JSON,
// progress and the closing table too.
type logLines struct {
	log *slog.Logger
	mu  sync.Mutex
	buf []byte
}

// Write implements [io.Writer].
func (l *logLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buf = append(l.buf, p...)
	for {
		i := bytes.IndexByte(l.buf, '\n')
		if i < 0 {
			return len(p), nil
		}
		line := strings.TrimSpace(string(l.buf[:i]))
		l.buf = l.buf[i+1:]
		switch {
		case line == "":
		case strings.HasPrefix(line, errorPrefix):
			l.log.Error(strings.TrimPrefix(line, errorPrefix))
		case strings.HasPrefix(line, incompletePrefix):
			l.log.Warn(line)
		default:
			l.log.Info(strings.Join(strings.Fields(line), " ")) // a table's columns are padded
		}
	}
}
