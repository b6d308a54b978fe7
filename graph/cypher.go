package graph

import (
	"fmt"
	"strings"
)

// Constraints returns the uniqueness constraint of each label as Cypher, one statement a line. They
// are made after an import and before a load, which finds nodes by them.
func (m *Model) Constraints() string {
	var b strings.Builder
	for _, t := range m.tables {
		if n := t.Node; n != nil {
			fmt.Fprintf(&b, "CREATE CONSTRAINT %[1]s_%[2]s IF NOT EXISTS FOR (n:%[1]s) REQUIRE n.%[2]s IS UNIQUE;\n", n.Label, n.Key())
		}
	}
	return b.String()
}
