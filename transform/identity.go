package transform

import (
	"strings"

	"liftgraph/transform/resolve"
)

// canonical returns the identity behind what the API writes as a login, an actor or the trigger of a run, in
// lower case, and false where it names no user: a Git push is "", null or vcs/…; github/NAME is the Deploy
// button pressed by NAME; an actor is SOURCE::NAME; an API key is api::ID, which stays whole.
func canonical(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if s == "" || s == "vcs" || strings.HasPrefix(s, "vcs/") {
		return "", false
	}
	if rest, ok := strings.CutPrefix(s, resolve.APIKeyPrefix); ok {
		id, _, _ := strings.Cut(rest, "::") // api::ID::NAME is for display
		return resolve.APIKeyPrefix + id, id != ""
	}
	if source, rest, ok := strings.Cut(s, "::"); ok && isSource(source) {
		s = rest
	}
	s = strings.TrimPrefix(s, "github/")
	return strings.ToLower(s), s != ""
}

func isSource(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_") == ""
}

// spelled returns a login as it was written, less what canonical takes off besides letter case.
func spelled(s, identity string) string {
	s = strings.TrimSpace(s)
	if n := len(s) - len(identity); n >= 0 && strings.EqualFold(s[n:], identity) {
		return s[n:]
	}
	return identity
}
