// Package engine lets Athena or Trino search a CloudTrail table where it is stored. The engine only selects: whatever
// [liftgraph/extract/cloudtrail] would deliver from the table's objects is in its result, some more events too, as
// Parquet in S3. That result is then read like any other export, so that the same code attributes the calls.
package engine
