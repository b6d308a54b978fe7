package transform

import (
	"fmt"
	"slices"

	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

// apiCall makes AFFECTED from the run that made a call, or assumed the role that made it, to every instance that the
// call names.
func (t *Transformer) apiCall(c *raw.APICall) {
	i := slices.IndexFunc(c.Instances, func(id string) bool { return !resolve.IsInstanceID(id) })
	switch wrong := wrongEvent(c.EventID, c.Session); {
	case wrong != "":
		t.quarantine(c, invalidID, wrong)
	case i >= 0:
		t.quarantine(c, invalidInstanceID, fmt.Sprintf("%q is no instance id", c.Instances[i]))
	case len(c.Instances) == 0:
		t.quarantine(c, noInstanceID, "the call names no instance")
	case t.noInstances:
		t.r.Leave(c.Instances, c.Account, c.Region)
	default:
		t.r.Call(c)
	}
}

// grant makes nothing by itself: it says which run acts with the key that was granted.
func (t *Transformer) grant(g *raw.Grant) {
	if wrong := wrongEvent(g.EventID, g.Session); wrong != "" {
		t.quarantine(g, invalidID, wrong)
		return
	}
	t.r.Grant(g)
}

// instance makes nothing by itself: it may be what a sanitized id stands for.
func (t *Transformer) instance(i *raw.Instance) {
	if !resolve.IsInstanceID(i.ID) {
		t.quarantine(i, invalidInstanceID, fmt.Sprintf("%q is no instance id", i.ID))
		return
	}
	t.r.Known(i)
}

// wrongEvent returns what is wrong with the ids of an event, or "".
func wrongEvent(id string, s *raw.Session) string {
	switch {
	case !raw.IsID(id):
		return "of an event: " + raw.IDRule
	case s != nil && !raw.IsRunID(s.Run):
		return raw.RunIDRule
	}
	return ""
}
