// Package spacelift reads a whole Spacelift account over its GraphQL API and delivers it as raw records.
//
// What it promises: the order of the records doesn't depend on the number of workers; memory doesn't grow with the
// account, but for the ids of its stacks; what could not be read is named, never passed over in silence.
// Only what leaves nothing to publish is an error: a server out of reach, a token it doesn't take, an output that
// fails, a cancelled context. Everything else makes a scope incomplete, and the rest is delivered.
//
// A request goes down through these layers, each in its file:
//
//	extract.go    the order of the scopes
//	previous.go   what the extraction before knows (increment.go, carryover.go, reread.go, lost.go)
//	stacks.go …   one file per kind of record: the rows of an answer become records
//	pager.go      a search, page by page; stacklists.go the lists of a stack
//	client.go     one request: what a refusal means, and the only use of machinebox/graphql
//	queries.go    the query's text, fitted to the server's schema (schema.go, prune.go, adapt.go)
//	retry.go      again, after a while
//	limit.go      not too often
//	auth.go       with a token that is still good
//	transport.go  one HTTP exchange: bounded, and checked to be an answer of a GraphQL server
package spacelift
