package admin

import (
	"slices"
	"strings"
)

// withheld are the prefixes of variables that no program of Neo4j needs: our own settings, and credentials, which a
// server left running would show in /proc for as long as it runs.
var withheld = []string{"SPACELIFT_", "AWS_", "LIFTGRAPH_", "NEO4J_PASSWORD="}

// inherited returns what a program of Neo4j gets of our environment.
func inherited(environ []string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(entry string) bool {
		return slices.ContainsFunc(withheld, func(prefix string) bool { return strings.HasPrefix(entry, prefix) })
	})
}
