//go:build !unix

package store

// lock does nothing where there are no such locks: see to it that one grader at
// a time works with a file.
func lock(string) (unlock func(), err error) { return func() {}, nil }
