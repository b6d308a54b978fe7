package transform

import (
	"fmt"
	"slices"

	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

// apiCall gives AFFECTED from the run that made a call, or assumed the role that made it, to every instance that the
// call names.
func (t *Transformer) apiCall(c *raw.APICall) error {
	if err := checkEvent(c.EventID, c.Session); err != "" {
		return t.quarantine(c, invalidID, err)
	}
	if i := slices.IndexFunc(c.Instances, func(id string) bool { return !resolve.IsInstanceID(id) }); i >= 0 {
		return t.quarantine(c, invalidInstanceID, fmt.Sprintf("%q is no instance id", c.Instances[i]))
	}
	if len(c.Instances) == 0 {
		return t.quarantine(c, noInstanceID, "the call names no instance")
	}
	return t.Call(c)
}

// grant gives nothing by itself: it tells which run acts with the key that was granted.
func (t *Transformer) grant(g *raw.Grant) error {
	if err := checkEvent(g.EventID, g.Session); err != "" {
		return t.quarantine(g, invalidID, err)
	}
	return t.Grant(g)
}

// instance gives nothing by itself: it may be what a sanitized id stands for.
func (t *Transformer) instance(i *raw.Instance) error {
	if !resolve.IsInstanceID(i.ID) {
		return t.quarantine(i, invalidInstanceID, fmt.Sprintf("%q is no instance id", i.ID))
	}
	return t.Known(i)
}

// checkEvent says what is wrong with the ids of an event.
func checkEvent(id string, s *raw.Session) string {
	switch {
	case !resolve.IsKey(id):
		return "of an event: " + notAKey
	case s != nil && !raw.IsRunID(s.Run):
		return "a run's id has 26 digits and capital letters"
	}
	return ""
}
