package cloudtrail

import "fmt"

// Resources says of which AWS resources it is delivered that a run touched them.
type Resources string

// The choices of resources. The zero value is [ResourcesInstances].
const (
	ResourcesNone      Resources = "none"
	ResourcesInstances Resources = "instances" // EC2 instances, as calls
	ResourcesAll       Resources = "all"       // of every type that is known
)

// Changes says which changes that no run made are delivered.
type Changes string

// The choices of changes. The zero value is [ChangesNone].
const (
	ChangesNone    Changes = "none"
	ChangesManaged Changes = "managed" // those that a rule is there for, by persons, CI and other roles: transform keeps what a stack manages
	ChangesAll     Changes = "all"     // every one, also those by services, agents and controllers
)

// ParseResources returns the choice that a user named.
func ParseResources(text string) (Resources, error) {
	switch r := Resources(text); r {
	case ResourcesNone, ResourcesInstances, ResourcesAll:
		return r, nil
	}
	return "", fmt.Errorf("%q: it is none, instances or all", text)
}

// ParseChanges returns the choice that a user named.
func ParseChanges(text string) (Changes, error) {
	switch c := Changes(text); c {
	case ChangesNone, ChangesManaged, ChangesAll:
		return c, nil
	}
	return "", fmt.Errorf("%q: it is none, managed or all", text)
}
