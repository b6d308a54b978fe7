// Package helm tests the chart beside it, with Helm's own packages: it has a module of its own, so that Kubernetes is no
// dependency of the program.
package helm
