// Package gunzip decompresses gzip: with github.com/klauspost/compress, or, where the build tag libdeflate is set, with the C
// library of that name, which is more than twice as fast.
package gunzip
