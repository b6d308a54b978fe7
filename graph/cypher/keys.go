package cypher

import (
	"cmp"
	"fmt"

	"liftgraph/graph"
)

// Keys returns the property that each label is found by, in the order of the model's tables.
func Keys(o Options) []Key {
	var list []Key
	for _, t := range cmp.Or(o.Model, graph.Default).Tables() {
		if n := t.Node; n != nil {
			label := string(n.Label)
			if n.Label == graph.EC2Instance {
				label = cmp.Or(o.EC2Label, label)
			}
			list = append(list, Key{label, n.Key(), n.Foreign})
		}
	}
	return list
}

// Key is the property that nodes of a label are found by.
type Key struct {
	Label, Property string // as they are, not as they stand in a statement
	Foreign         bool   // other tools own the label
}

// Constraint returns the statement that makes the key unique.
func (k Key) Constraint() string {
	return fmt.Sprintf("CREATE CONSTRAINT %s IF NOT EXISTS FOR (n:%s) REQUIRE n.%s IS UNIQUE", Name(k.Label+"_"+k.Property), Name(k.Label), Name(k.Property))
}

// Index returns the statement that indexes the key, for where it can't be unique.
func (k Key) Index() string {
	return fmt.Sprintf("CREATE INDEX %s IF NOT EXISTS FOR (n:%s) ON (n.%s)", Name(k.Label+"_"+k.Property+"_index"), Name(k.Label), Name(k.Property))
}

// Make returns the statement that makes nodes of the label findable. A label that other tools own gets a plain index, not a constraint:
// their graph may hold one key twice, and they merge by other properties, so that a constraint could make their own writes fail.
func (k Key) Make() string {
	if k.Foreign {
		return k.Index()
	}
	return k.Constraint()
}
