// Package prometheus tests the alerts beside it with Prometheus's own rule engine. It has a module of its own, so that
// Prometheus is no dependency of the program.
package prometheus
