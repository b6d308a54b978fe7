// Package api asks questions of Spacelift's GraphQL API: one request after the other, each by the name of its query,
// answered with data or an error that says what can be done about it. It knows nothing of lists and records.
//
// A request goes down through these layers, each in its file:
//
//	ask.go        what a refusal means, and whether to ask again
//	client.go     one request, and the only use of machinebox/graphql
//	queries.go    the query's text, fitted to the server's schema (schema.go, prune.go, adapt.go)
//	retry.go      again, after a while
//	limit.go      not too often
//	auth.go       with a token that is still good
//	transport.go  one HTTP exchange: bounded, and checked to be the response of a GraphQL server (answer.go)
package api
