//go:build !linux

package dataset

func swapIn(staging, final string) error { return swapInTwoSteps(staging, final) }
