//go:build race

package labrpc

import (
	"runtime"
	"unsafe"
)

// RaceEnabled tells whether the race detector is on.
const RaceEnabled = true

// hide keeps the synchronisation of the calling goroutine out of the race
// detector's sight until unhide.
func hide() { runtime.RaceDisable() }

func unhide() { runtime.RaceEnable() }

// publish makes all that the calling goroutine did visible to whoever calls
// receive with the same address.
func publish(p unsafe.Pointer) { runtime.RaceReleaseMerge(p) }

func receive(p unsafe.Pointer) { runtime.RaceAcquire(p) }
