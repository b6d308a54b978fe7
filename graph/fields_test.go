package graph

import (
	"slices"
	"strings"
	"testing"
)

func TestFieldsAreCopiedByName(t *testing.T) {
	type space struct {
		ParentSpaceID, Name, Description, SpaceliftAccountID, ParentSpaceliftAccountID, IsRoot Value
		Key                                                                                    Value `graph:"id"`
	}
	table := NodeTable(SpaceliftSpace)
	row := make(Row, len(table.Node.Properties))
	FieldsOf[space](table, table.Node.Properties).Fill(row, &space{Key: Text("prod"), Name: Text("Production"), ParentSpaceID: Text("root"), IsRoot: Truth(true)})
	if want := (Row{Text("prod"), Text("Production"), {}, Truth(true), {}, {}, Text("root")}); !slices.Equal(row, want) {
		t.Errorf("got %+v, want %+v", row, want)
	}
}

func TestFieldsThatAreNoneAreAnErrorAtStart(t *testing.T) {
	type short struct{ ID, SpaceliftAccountID Value }
	type long struct{ ID, SpaceliftAccountID, Name, Color Value }
	type twice struct {
		ID, SpaceliftAccountID, Name Value
		Again                        Value `graph:"name"`
	}
	type other struct {
		ID, SpaceliftAccountID Value
		Name                   string
	}
	table := NodeTable(SpaceliftAccount)
	fails := func(want string, f func()) {
		defer func() {
			if p, _ := recover().(string); !strings.Contains(p, want) {
				t.Errorf("got panic %q, want %q", p, want)
			}
		}()
		f()
	}
	fails("has no field for the property name of SpaceliftAccount", func() { FieldsOf[short](table, table.Node.Properties) })
	fails("SpaceliftAccount has no property color", func() { FieldsOf[long](table, table.Node.Properties) })
	fails("two fields of graph.twice are the property name", func() { FieldsOf[twice](table, table.Node.Properties) })
	fails("the field Name of graph.other is no graph.Value", func() { FieldsOf[other](table, table.Node.Properties) })
	fails("says neither what its RESOURCE relationship means", func() { resources([]Node{{Label: "SpaceliftPolicy"}}) })
	fails("belong to no account", func() { resources([]Node{{Label: "EC2Instance", Foreign: true, InAccount: "It runs."}}) })
}

func TestSnakeCase(t *testing.T) {
	for name, want := range map[string]string{"ID": "id", "AWSRoleARN": "aws_role_arn", "IsRoot": "is_root", "URL": "url", "RemoteIP": "remote_ip", "EventID": "event_id"} {
		if got := snakeCase(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}
