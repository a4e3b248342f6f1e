//go:build !race

package labrpc

import (
	"bytes"
	"unsafe"
)

// RaceEnabled tells whether the race detector is on.
const RaceEnabled = false

func hide() {}

func unhide() {}

func publish(unsafe.Pointer) {}

func receive(unsafe.Pointer) {}

func reads([]byte) {}

func clone(b []byte) []byte { return bytes.Clone(b) }

func cloneString(s string) string { return s }
