package live

import (
	"os"
	"testing"

	neo4jtest "liftgraph/fixtures/neo4j"
)

func TestMain(m *testing.M) { os.Exit(neo4jtest.Main(m)) }
