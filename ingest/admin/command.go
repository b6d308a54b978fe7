package admin

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

// command is a program of Neo4j to run.
type command struct {
	path string
	args []string
	env  []string // beside [inherited]
	dir  string   // to run it in; empty: our own
}

// shell returns the command as one would type it.
func (c command) shell() string {
	words := append(append([]string{}, c.env...), append([]string{c.path}, c.args...)...)
	s := shellJoin(words...)
	if c.dir != "" {
		s = shellJoin("cd", c.dir) + " && " + s
	}
	return s
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

func shellJoin(words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = w
		if name, value, ok := strings.Cut(w, "="); !plainWord.MatchString(w) {
			quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
			if ok && plainWord.MatchString(name) { // an assignment source.Counts only if its name isn't quoted
				quoted[i] = name + "='" + strings.ReplaceAll(value, "'", `'\''`) + "'"
			}
		}
	}
	return strings.Join(quoted, " ")
}

// grace is the time a program gets to end after SIGTERM.
const grace = 10 * time.Second

// run runs the command to its end and hands on what it says, line by line and one at a time.
// When ctx ends, the program and all that it started are stopped, and the error is that of ctx.
func (c command) run(ctx context.Context, stdout, stderr func(line string)) (exitCode int, err error) {
	if err := ctx.Err(); err != nil {
		return -1, err
	}
	cmd := exec.CommandContext(ctx, c.path, c.args...)
	cmd.Dir, cmd.Env = c.dir, append(inherited(os.Environ()), c.env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // the launcher starts a second Java
	cmd.Cancel = func() error { return stopGroup(cmd.Process.Pid) }
	outPipe, err := cmd.StdoutPipe()
	if err != nil {
		return -1, err
	}
	errPipe, err := cmd.StderrPipe()
	if err != nil {
		return -1, err
	}
	if err := cmd.Start(); err != nil {
		return -1, fmt.Errorf("run %s: %w", c.path, err)
	}
	var one sync.Mutex
	var readers sync.WaitGroup
	readers.Go(func() { eachLine(outPipe, &one, stdout) })
	readers.Go(func() { eachLine(errPipe, &one, stderr) })
	readers.Wait()
	err = cmd.Wait()
	if err != nil && ctx.Err() != nil {
		return -1, ctx.Err()
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if s, ok := exit.Sys().(syscall.WaitStatus); ok && s.Signaled() {
			return -1, fmt.Errorf("%s was ended by %s", c.path, s.Signal())
		}
		return exit.ExitCode(), nil
	}
	return 0, err
}

// stopGroup ends a process group: its leader's children keep its output open until they end too.
func stopGroup(pid int) error {
	if syscall.Kill(-pid, syscall.SIGTERM) != nil {
		return os.ErrProcessDone
	}
	for end := time.Now().Add(grace); syscall.Kill(-pid, 0) == nil; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			return syscall.Kill(-pid, syscall.SIGKILL)
		}
	}
	return nil
}

// eachLine hands on lines without their ends, the longest of them in pieces. A carriage return ends a line too:
// that is how the import tool shows progress.
func eachLine(r io.Reader, one *sync.Mutex, do func(string)) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestLine)
	lines.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		if i := bytes.IndexAny(data, "\r\n"); i >= 0 {
			return i + 1, data[:i], nil
		}
		if len(data) > 0 && (atEOF || len(data) == longestLine) {
			return len(data), data, nil
		}
		return 0, nil, nil
	})
	for lines.Scan() {
		one.Lock()
		do(lines.Text())
		one.Unlock()
	}
	_, _ = io.Copy(io.Discard, r) // or the program waits for a reader
}

// longestLine bounds what is kept of one line.
const longestLine = 64 << 10
