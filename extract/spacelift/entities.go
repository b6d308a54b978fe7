package spacelift

import (
	"context"
	"encoding/json"
	"iter"

	"liftgraph/internal/raw"
)

// entities delivers the managed entities: by searchManagedEntities, else stack by stack.
func (x *extraction) entities(ctx context.Context, l *listing) error {
	sc := x.begin(l.scope)
	count, p := x.count(ctx, l), x.newPager(l)
	first := p.next(ctx)
	var err error
	if x.wantsFallback(ctx, first) {
		x.noteFallback("searchManagedEntities", first.err, "the entities were read stack by stack")
		err = x.byStack(ctx, sc, x.withEntities(), nil, x.entityLists)
	} else {
		pages := func(ctx context.Context) iter.Seq[page] { return p.from(ctx, first) }
		if err = x.deliverPages(ctx, sc, l.kind, pages, l.decoder, nil); err == nil {
			count.check(ctx, sc, p.rows)
		}
	}
	if err != nil {
		return err
	}
	x.end(sc)
	return nil
}

// withEntities returns the stacks but for those that say that they manage none.
func (x *extraction) withEntities() iter.Seq[stackRef] {
	return func(yield func(stackRef) bool) {
		for _, s := range x.known {
			if !s.empty && !yield(s) {
				return
			}
		}
	}
}

// entityNode is an entity as the API returns it.
type entityNode struct {
	ID        string  `json:"id"`
	StackID   string  `json:"stackId"`
	Type      *string `json:"type"`
	UpdatedAt *int64  `json:"updatedAt"`
	Address   *string `json:"address"`
	Drifted   *int64  `json:"drifted"`
	Creator   *ref    `json:"creator"`
	Updater   *ref    `json:"updater"`
	Vendor    *struct {
		Terraform *struct {
			Mode   *string `json:"mode"`
			Values values  `json:"values"`
		} `json:"terraform"`
		Pulumi *struct {
			ID      *string `json:"id"`
			Outputs values  `json:"outputs"`
		} `json:"pulumi"`
		CloudFormation *struct {
			PhysicalResourceID *string `json:"physicalResourceId"`
		} `json:"cloudFormation"`
	} `json:"vendor"`
}

// ref is an object of which only the id was asked for.
type ref struct {
	ID string `json:"id"`
}

func (r *ref) id() *string {
	if r == nil || r.ID == "" {
		return nil
	}
	return &r.ID
}

// entityOf returns the decoder of entities; stack is whose list they stand in, "" for the account's.
func entityOf(stack string) decoder {
	return func(r json.RawMessage) (raw.Record, error) {
		var n entityNode
		if err := json.Unmarshal(r, &n); err != nil {
			return nil, err
		}
		if n.StackID == "" {
			n.StackID = stack
		}
		e := &raw.Entity{
			ID: n.ID, StackID: n.StackID, Type: n.Type, Creator: n.Creator.id(), Updater: n.Updater.id(), UpdatedAt: n.UpdatedAt,
			Address: n.Address, Drifted: n.Drifted,
		}
		if v := n.Vendor; v != nil {
			switch {
			case v.Terraform != nil:
				t := v.Terraform
				e.Mode, e.Object, e.ARN, e.Identity = t.Mode, t.Values.text("id"), t.Values.text("arn"), t.Values.identity(n.Type)
			case v.Pulumi != nil:
				e.Object, e.ARN, e.Identity = v.Pulumi.ID, v.Pulumi.Outputs.text("arn"), v.Pulumi.Outputs.identity(n.Type)
			case v.CloudFormation != nil:
				e.Object = v.CloudFormation.PhysicalResourceID
			}
		}
		if err := raw.CheckID(e.ID); err != nil {
			return nil, &unusable{"invalid_id", err.Error(), e} // not the row: its values may hold secrets
		}
		return e, nil
	}
}
