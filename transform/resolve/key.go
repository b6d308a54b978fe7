package resolve

import "liftgraph/internal/raw"

// IsKey reports whether s can be the id of a node: not empty, not too long to be indexed, without control characters.
func IsKey(s string) bool { return raw.CheckID(s) == nil }
