//go:build unix

package attest

import "syscall"

// keepFromChildren closes a descriptor in what this process may start.
func keepFromChildren(fd int) { syscall.CloseOnExec(fd) }
