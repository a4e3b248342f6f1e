//go:build !unix

package attest

// Elsewhere no grader starts a process with descriptors of its own.
func keepFromChildren(int) {}
