module liftgraph/deploy/prometheus/rules

go 1.26.7

toolchain go1.26.11

require github.com/prometheus/prometheus v0.316.0 // indirect
