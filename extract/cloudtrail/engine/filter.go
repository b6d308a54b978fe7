package engine

import (
	"strings"

	"liftgraph/extract/cloudtrail/resource"
)

// The patterns find more than the reader of the result does, never less. Text that JSON may have escaped (\u0069-0123abcd)
// can't be searched as it stands, so any such escape of a character that matters is a hit too.
const (
	runPattern      = `01[0-9A-Z]{24}|\\u00[345]`
	instancePattern = `(^|[^0-9A-Za-z_]|\\[bfnrt]|\\u[0-9A-Fa-f]{4})i-[0-9a-f]{8}|\\u00(2[Dd]|3[0-9]|5[Cc]|6[1-69])`
	keyPattern      = `ASIA` // a temporary access key; where that is escaped, runPattern finds it
	givenPattern    = `(?i)accesskeyid|\\u00`
)

// filter returns the condition on an event, in the names of output: those that name instances, as far as they may be of a run,
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
		// Whose a key is, is known where a temporary key asked for it, or the caller or the request names the run.
		where += "\n  OR (eventsource = 'sts.amazonaws.com'\n    AND " + like("responseelements", givenPattern) +
			"\n    AND (" + like("useridentity", runPattern+"|"+keyPattern) + "\n      OR " + like("requestparameters", runPattern) + "))"
	}
	if c.touches() {
		where += "\n  OR " + c.touching()
	}
	return where
}

// touches reports whether events are wanted for the resources that they touched.
func (c *Config) touches() bool { return c.AllResources || c.Changes }

// dated is the date of an API's version at the end of an event's name.
const dated = `([0-9]{8}(v[0-9])?|[0-9]{4}_[0-9]{2}_[0-9]{2})$`

// touching returns the condition on events that touched resources: those of runs, those that may be, and others' changes.
func (c *Config) touching() string {
	changed := "COALESCE(lower(readonly), '') <> 'true' AND COALESCE(errorcode, '') = ''"
	var who []string
	if c.AllResources {
		who = append(who, like("useridentity", runPattern))
	}
	var names []string
	for _, n := range resource.Calls() {
		names = append(names, literal(n))
	}
	known := "regexp_replace(eventname, " + literal(dated) + ", '') IN (" + strings.Join(names, ", ") + ")"
	switch {
	case c.Changes && c.AllChanges:
		who = []string{"TRUE"}
	case c.Changes:
		who = append(who, known)
	case c.FollowRoles:
		who = append(who, "("+like("useridentity", keyPattern)+" AND "+known+")")
	}
	where := "(" + changed + "\n    AND (" + strings.Join(who, "\n      OR ") + "))"
	if c.Changes {
		where += "\n  OR (eventsource = 'sts.amazonaws.com' AND eventname = 'AssumeRoleWithWebIdentity'\n    AND " + like("responseelements", givenPattern) + ")"
	}
	return where
}

func like(column, pattern string) string {
	return "regexp_like(" + column + ", " + literal(pattern) + ")"
}
