package inventory

import (
	"slices"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	neo4jtest "liftgraph/fixtures/neo4j"
	"liftgraph/internal/raw"
)

// A graph as Cartography writes it, by its old and its new label, and one of our own.
const filled = `CREATE (a:AWSAccount {id: '111122223333'})
CREATE (a)-[:RESOURCE]->(:EC2Instance:AWSEC2Instance {id: 'i-00000001', instanceid: 'i-00000001', region: 'us-east-1'})
CREATE (a)-[:RESOURCE]->(:AWSEC2Instance {id: 'i-00000002', instanceid: 'i-00000002', region: 'eu-west-1'})
CREATE (:EC2Instance {id: 'i-00000003', instanceid: 'i-00000003'})
CREATE (:EC2Instance {id: 'not an instance'})
CREATE (a)-[:RESOURCE]->(:S3Bucket {id: 'i-00000004'})`

func TestFromNeo4j(t *testing.T) {
	i := neo4jtest.NewInstance(t)
	stop := i.Start(t)
	driver := i.Driver(t)
	if _, err := neo4j.ExecuteQuery(t.Context(), driver, filled, nil, neo4j.EagerResultTransformer); err != nil {
		t.Fatal(err)
	}
	if err := Check(t.Context(), driver, "neo4j"); err != nil {
		t.Error(err)
	}
	var got []raw.Instance
	take := func(i raw.Instance) error { got = append(got, i); return nil }
	if err := FromNeo4j(t.Context(), driver, "neo4j", take); err != nil {
		t.Fatal(err)
	}
	want := []raw.Instance{
		{ID: "i-00000001", Account: "111122223333", Region: "us-east-1"}, {ID: "i-00000002", Account: "111122223333", Region: "eu-west-1"},
		{ID: "i-00000003"}, {ID: "not an instance"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if err := FromNeo4j(t.Context(), driver, "nowhere", take); err == nil {
		t.Error("a database that isn't there")
	}
	stop()
	if err := Check(t.Context(), driver, "neo4j"); err == nil {
		t.Error("a server that isn't there")
	}
}
