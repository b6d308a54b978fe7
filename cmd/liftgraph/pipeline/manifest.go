package pipeline

import (
	"fmt"

	"liftgraph/internal/dataset"
)

// manifest begins a manifest of this job.
func (j *job) manifest() *dataset.Manifest {
	return &dataset.Manifest{
		Version: j.cfg.Version, UpdateTag: j.cfg.UpdateTag, Started: j.began.UTC(),
		Accounts: []string{}, Sources: []dataset.Source{}, Scopes: []dataset.Scope{}, MissingFields: []string{}, Notes: []string{},
	}
}

// inherit adds what the manifest of an input says, but for its files.
func inherit(m, from *dataset.Manifest) {
	if from.Started.Before(m.Started) {
		m.Started = from.Started
	}
	if len(m.Accounts) == 0 { // of several sources the first knows best: Spacelift itself
		m.Accounts = append(m.Accounts, from.Accounts...)
	}
	m.Sources = append(m.Sources, from.Sources...)
	m.Scopes = append(m.Scopes, from.Scopes...)
	m.MissingFields = append(m.MissingFields, from.MissingFields...)
	m.Notes = append(m.Notes, from.Notes...)
	m.Ledger = append(m.Ledger, from.Ledger...)
	if from.UnknownEvents != nil {
		m.UnknownEvents = from.UnknownEvents
	}
	if from.SanitizedIDs != nil {
		m.SanitizedIDs = from.SanitizedIDs
	}
}

// inheritRaw adds what the manifests of DATA/raw say, and that they are of different times where they are.
func inheritRaw(m *dataset.Manifest, from []rawInput) {
	latest := newest(from)
	for _, f := range from {
		inherit(m, f.manifest)
		if f.manifest.UpdateTag != latest {
			m.Notes = append(m.Notes, fmt.Sprintf("the records of %s are older than others: update tag %d, not %d", f.source, f.manifest.UpdateTag, latest))
		}
	}
}

// newest returns the latest update tag.
func newest(list []rawInput) (tag int64) {
	for _, f := range list {
		tag = max(tag, f.manifest.UpdateTag)
	}
	return tag
}
