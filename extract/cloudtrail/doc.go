// Package cloudtrail reads CloudTrail events from files and S3 objects of any shape, and delivers what tells which
// Spacelift run did what to which EC2 instance.
//
// What it promises: the order of the records doesn't depend on the number of workers; memory grows neither with the
// number of objects nor with their size; what could not be read is named, never passed over in silence. Of an object that
// is broken, what stands before the fault is delivered, and the others go on.
//
// It is nearly as fast as decompressing: few events concern anybody, and those that don't are counted without being
// parsed. An object goes down through these layers, each in its file:
//
//	extract.go    the order of the sources, the report
//	source.go     the objects of a source, many at a time, delivered in the order of their list
//	list.go       which of them are read, by the dates in their keys (date.go)
//	previous.go   and which of these are new; the others' records are taken over (carry.go)
//	fetch.go      small ones are read ahead
//	worker.go     one object: what it is (shape.go; known.go whether it holds events), and who reads it
//	feed.go       its text in pieces, to one of these:
//	split.go        the records of JSON documents, found by their braces (braces.go, blocks.go) and not parsed
//	lines.go        those of lines, each on its own; csv.go of CSV
//	parquet.go      the rows of Parquet, from a temporary file
//	concern.go    whether a record may concern anybody: run ids (mention.go), keys and instances in its bytes
//	event.go      only then it is parsed (json.go): its fields
//	sift.go       what is delivered of it: by identity.go, session.go, grant.go, instances.go
//	scan.go       into batches and the books
package cloudtrail
