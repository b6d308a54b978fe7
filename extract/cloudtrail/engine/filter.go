package engine

import "strings"

// The patterns find more than the reader of the result does, never less. Text that JSON may have escaped (\u0069-0123abcd)
// can't be searched as it stands, so any such escape of a character that matters is a hit too.
const (
	runPattern      = `01[0-9A-Z]{24}|\\u00[345]`
	instancePattern = `(^|[^0-9A-Za-z_]|\\[bfnrt]|\\u[0-9A-Fa-f]{4})i-[0-9a-f]{8}|\\u00(2[Dd]|3[0-9]|5[Cc]|6[1-69])`
	keyPattern      = `ASIA` // a temporary access key; where that is escaped, runPattern finds it
	givenPattern    = `(?i)accesskeyid|\\u00`
)

// filter gives the condition on an event, in the names of output: those that name instances, as far as they may be of a run,
// and those that tell whose a key is.
func (c *Config) filter() string {
	var mentions []string
	for _, column := range []string{"requestparameters", "responseelements", "resources"} {
		mentions = append(mentions, like(column, instancePattern))
	}
	events := []string{"(" + strings.Join(mentions, "\n      OR ") + ")"}
	switch {
	case c.AllInstances:
	case c.FollowRoles:
		derived := like("useridentity", keyPattern)
		if !c.IncludeReadOnly {
			derived += " AND COALESCE(lower(readonly), '') <> 'true'"
		}
		if !c.IncludeFailed {
			derived += " AND COALESCE(errorcode, '') = ''"
		}
		events = append(events, "("+like("useridentity", runPattern)+"\n      OR "+derived+")")
	default:
		events = append(events, like("useridentity", runPattern))
	}
	where := "(" + strings.Join(events, "\n    AND ") + ")"
	if c.FollowRoles {
		// Whose a key is can be told where a temporary key asked for it, or the caller or the request names the run.
		where += "\n  OR (eventsource = 'sts.amazonaws.com'\n    AND " + like("responseelements", givenPattern) +
			"\n    AND (" + like("useridentity", runPattern+"|"+keyPattern) + "\n      OR " + like("requestparameters", runPattern) + "))"
	}
	return where
}

func like(column, pattern string) string {
	return "regexp_like(" + column + ", " + literal(pattern) + ")"
}
