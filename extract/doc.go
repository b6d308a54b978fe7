// Package extract holds the sources of liftgraph, a package each. Every source reads what it can, delivers raw
// records (liftgraph/internal/raw) one after the other, and reports what it could not read; it knows nothing of
// the graph. A source that is added stands beside spacelift and is published in a directory of its own, raw/SOURCE.
package extract
