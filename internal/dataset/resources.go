package dataset

// ResourceCounts counts the managed entities of a type of AWS resource, each once.
type ResourceCounts struct {
	Resolved   int64 `json:"resolved"`
	Ambiguous  int64 `json:"ambiguous"`  // several known resources can be it
	Disagreed  int64 `json:"disagreed"`  // its names, sanitized or not, name different resources
	Unresolved int64 `json:"unresolved"` // no known resource can be it
}

// Reach is how far the CloudTrail events of an account and region reach. Outside it nothing is known to be unchanged.
type Reach struct {
	Account string `json:"account"`
	Region  string `json:"region"`
	First   string `json:"first"` // RFC 3339 in UTC
	Last    string `json:"last"`
	Events  int64  `json:"events"`
}
