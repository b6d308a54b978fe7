// Package cloudtrail reads CloudTrail events from files and S3 objects of any form, and delivers which Spacelift run did
// what to which EC2 instance.
//
// What it promises: the order of the records doesn't depend on the number of workers; memory grows neither with the
// number of objects nor with their size; what could not be read is named, never passed over in silence. Of an object that
// is broken, what stands before the fault is delivered, and the others go on.
//
// An object goes through these layers:
//
//	extract.go    the order of the sources, the report
//	source.go     the objects of a source, many at a time, delivered in the order of their list
//	list.go       which of them are read, by the dates in their keys (date.go)
//	previous.go   and which of these are new; the others' records are taken over (carry.go)
//	fetch.go      small ones are read ahead
//	worker.go     one object, decompressed
//	hold.go       what they gave, until it is known which temporary keys runs got (keys.go); release.go delivers it
//	scan          its bytes: a package of its own
package cloudtrail
