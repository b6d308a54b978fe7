package scan

import (
	"strings"

	"liftgraph/extract/cloudtrail/scan/block"
	"liftgraph/internal/raw"
)

// maxSessionName is where AWS cuts a session's name.
const maxSessionName = 64

// session is what a session's name, or its tags, tell of a run.
type session struct {
	raw.Session
	name string // where it is RUN@STACK@ACCOUNT, maybe cut; else ""
}

// sessionOf reads a session's name: RUN@STACK@ACCOUNT, which Spacelift cuts at 64 characters
// (https://github.com/spacelift-io/terraform-provider-spacelift/blob/main/spacelift/resource_aws_integration.go), RUN
// alone, or spacelift-run-RUN as in the documentation's examples. It returns nil for others.
func sessionOf(name string) *session {
	run, rest := runIn(name)
	if run == "" {
		return nil
	}
	s := &session{Session: raw.Session{Run: run}}
	if !strings.HasPrefix(rest, "@") || !strings.HasPrefix(name, run) {
		return s
	}
	s.name = name
	stack, account, whole := strings.Cut(rest[1:], "@")
	if whole || len(name) < maxSessionName {
		s.Stack = stack
	}
	if len(name) < maxSessionName {
		s.SpaceliftAccount = account
	} else {
		s.AccountBegins = account
	}
	return s
}

const runPrefix = "spacelift-run-"

// runIn returns the run's id that a session's name begins with, or that follows spacelift-run-, and what stands behind it.
func runIn(name string) (run, rest string) {
	for {
		if len(name) >= block.RunLength && block.IsRun([]byte(name[:block.RunLength])) && (len(name) == block.RunLength || !isAlphanumeric(name[block.RunLength])) {
			return name[:block.RunLength], name[block.RunLength:]
		}
		i := strings.Index(name, runPrefix)
		if i < 0 {
			return "", ""
		}
		name = name[i+len(runPrefix):]
	}
}

func isAlphanumeric(c byte) bool { return c != '_' && isWord(c) }

// complete adds the stack and the Spacelift account of an external id: ACCOUNT@INTEGRATION@STACK@read or write, and
// ACCOUNT@STACK of older roles. Where it contradicts the session, it isn't its own and adds nothing.
func (s *session) complete(externalID string) {
	var account, stack string
	switch parts := strings.Split(externalID, "@"); {
	case len(parts) == 4 && (parts[3] == "read" || parts[3] == "write"):
		account, stack = parts[0], parts[2]
	case len(parts) == 2:
		account, stack = parts[0], parts[1]
	}
	if account == "" || stack == "" || s.Stack != "" && s.Stack != stack || s.SpaceliftAccount != "" && s.SpaceliftAccount != account ||
		!strings.HasPrefix(s.Run+"@"+stack+"@"+account, s.name) {
		return
	}
	s.Stack, s.SpaceliftAccount, s.AccountBegins = stack, account, ""
}
