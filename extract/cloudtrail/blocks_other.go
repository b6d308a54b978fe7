//go:build !amd64

package cloudtrail

func skipBlocks(s *blocks, text []byte) int { return s.skip(text) }

func mentionsRun(text []byte) bool { return findRun(text) }
