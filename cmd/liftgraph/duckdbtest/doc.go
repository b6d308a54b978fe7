// Package duckdbtest compares what liftgraph writes and answers with the real DuckDB: its Parquet, lakes, differences, traces, and
// what it extracts from CloudTrail. All tests with DuckDB are here, in one package, because linking DuckDB takes seconds.
package duckdbtest
