// Package audittrail reads the events of Spacelift's audit trail that a webhook delivered: from the spool of
// `liftgraph receive`, and from files and S3 objects as collectors leave them. The API's entries are read by package spacelift.
package audittrail
