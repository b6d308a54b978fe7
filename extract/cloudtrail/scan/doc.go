// Package scan makes records of the bytes of one object: events of CloudTrail in any form that people have them in.
//
// It is nearly as fast as decompressing: few events concern a run, and the others are counted without being parsed. An
// object goes through these layers:
//
//	read.go         what it is (shape.go; known.go whether it holds events), and who reads it
//	feed.go         its text in pieces, to one of these:
//	split.go          the records of JSON documents, found by their braces (braces.go, package block) and not parsed
//	lines.go          those of lines, each on its own; csv.go of CSV
//	parquet.go        the rows of Parquet, from a temporary file
//	concern.go      whether a record may concern a run: run ids, keys and instances in its bytes
//	event.go        only then it is parsed (json.go): its fields
//	sift.go         what is delivered of it: by identity.go, session.go, grant.go, instances.go
//	later.go        or it is handed on as text, where it depends on a key whose owner isn't known yet
//	scan.go         into batches and the ledger
package scan
