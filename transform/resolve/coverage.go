package resolve

import "liftgraph/internal/raw"

// Coverage adds how far an object's events of an account and region reach.
func (r *Resolver) Coverage(c *raw.Coverage) {
	r.calls.Out++
	all := r.coverageOf(c.Account, c.Region)
	if all.Events == 0 || c.First < all.First {
		all.First = c.First
	}
	all.Last = max(all.Last, c.Last)
	all.Events += c.Events
}
