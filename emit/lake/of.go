package lake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"liftgraph/internal/dataset"
)

// Of is what all snapshots of a lake have in common: else a comparison of two would say that everything is new.
type Of struct {
	Accounts  []string // empty where they aren't known yet
	Model     string   // its name in a manifest
	Qualified bool     // ids are written with their account
}

func ofManifest(m *dataset.Manifest) Of { return Of{m.Accounts, m.Model, m.QualifiedIDs} }

// readOf reads what a lake is of from the manifest of its newest snapshot. One that isn't there any more says nothing.
func readOf(ctx context.Context, s store, manifest string) (Of, error) {
	content, _, err := s.read(ctx, manifest)
	if errors.Is(err, errNone) {
		return Of{}, nil
	}
	if err != nil {
		return Of{}, err
	}
	m := new(dataset.Manifest)
	if err := json.Unmarshal(content, m); err != nil {
		return Of{}, fmt.Errorf("%s: %w", manifest, err)
	}
	return ofManifest(m), nil
}

// Fits refuses rows that don't belong into the lake: another account's, or the same ones in another form.
func (p *Publication) Fits(rows Of) error {
	const other = "name another place"
	switch lake := p.of; {
	case len(lake.Accounts) == 0:
		return nil
	case len(rows.Accounts) > 0 && !slices.Equal(slices.Sorted(slices.Values(rows.Accounts)), slices.Sorted(slices.Values(lake.Accounts))):
		return fmt.Errorf("%s is a lake of the account %q, but this is %q: %s", p.place, lake.Accounts, rows.Accounts, other)
	case rows.Model != lake.Model:
		return fmt.Errorf("the lake %s is laid out by another graph model (%s) than these rows (%s): %s", p.place, modelName(lake.Model), modelName(rows.Model), other)
	case rows.Qualified != lake.Qualified:
		return fmt.Errorf("the ids in the lake %s are written with their account, or those of these rows are, but not both: %s", p.place, other)
	}
	return nil
}

func modelName(s string) string {
	if s == "" {
		return "the default"
	}
	return s
}
