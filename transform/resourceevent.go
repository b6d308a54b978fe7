package transform

import (
	"strings"

	"liftgraph/internal/raw"
)

// resourceEvent makes AFFECTED from the run that made a call, or CHANGED from the AWSActor that made it, to every AWSResource that it
// touched, and a ResourceEvent for each.
func (t *Transformer) resourceEvent(e *raw.ResourceEvent) {
	wrong := wrongEvent(e.EventID, e.Session)
	switch {
	case wrong != "":
		t.quarantine(e, invalidID, wrong)
	case len(e.Touched) == 0:
		t.quarantine(e, malformed, "the event touches no resource")
	case e.Session == nil && e.AccessKey == "" && e.Actor == nil:
		t.quarantine(e, malformed, "the event says neither a run nor an actor")
	default:
		t.r.ResourceEvent(e)
	}
}

// actorKey makes nothing by itself: it says who acts with a key.
func (t *Transformer) actorKey(k *raw.ActorKey) {
	if wrong := wrongEvent(k.EventID, nil); wrong != "" || !raw.IsID(k.Actor.ID) || k.Key == "" {
		t.quarantine(k, invalidID, strings.TrimSpace(wrong+" an actor has an id and a key"))
		return
	}
	t.r.ActorKey(k)
}

// coverage makes nothing: it is added up for the manifest.
func (t *Transformer) coverage(c *raw.Coverage) { t.r.Coverage(c) }
