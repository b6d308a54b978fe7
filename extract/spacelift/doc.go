// Package spacelift reads a whole Spacelift account over its GraphQL API and delivers it as raw records.
//
// What it promises: the order of the records doesn't depend on the number of workers; memory doesn't grow with the
// account, but for the ids of its stacks; what could not be read is named, never passed over in silence.
// Only what leaves nothing to publish is an error: a server out of reach, a token it doesn't take, an output that
// fails, a cancelled context. Everything else makes a scope incomplete, and the rest is delivered.
//
// It reads in this order of its files:
//
//	extract.go    the order of the scopes (listings.go, which declares them)
//	previous.go   what the previous extraction knows (increment.go, carryover.go, reread.go, lost.go)
//	stacks.go …   one file per kind of record: the rows of a response become records
//	pager.go      a search, page by page; stacklists.go the lists of a stack
//	api/          one request: session, schema, retries, rate
package spacelift
