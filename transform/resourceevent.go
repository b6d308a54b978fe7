package transform

import "liftgraph/internal/raw"

// resourceEvent makes nothing yet.
func (t *Transformer) resourceEvent(*raw.ResourceEvent) { t.r.Filter("resource_event") }

// actorKey makes nothing yet.
func (t *Transformer) actorKey(*raw.ActorKey) { t.r.Filter("resource_event") }

// coverage makes nothing yet.
func (t *Transformer) coverage(*raw.Coverage) { t.r.Filter("resource_event") }
