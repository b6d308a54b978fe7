// Package cloudtrail reads CloudTrail events from files and S3 objects of any shape, and delivers what tells which
// Spacelift run did what to which EC2 instance.
package cloudtrail
