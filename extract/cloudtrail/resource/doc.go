// Package resource reads from a CloudTrail event what it did: its class, the AWS resources that it touched and each one's
// role, and who made the call.
//
//	rules.txt     which resources an event touches, by hand: a rule a line
//	classes.txt   events that operate or grant access without changing configuration
//	reads.tsv     calls that read though their names don't say so, generated (see internal/awsresource/spec)
//
// What the rules don't know may still hold an ARN of what it touched: see arns.go. It is marked, so that it can be left out.
package resource
