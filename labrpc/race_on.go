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

// reads shows the race detector that the calling goroutine reads b.
func reads(b []byte) {
	if len(b) > 0 {
		runtime.RaceReadRange(unsafe.Pointer(&b[0]), len(b))
	}
}

// clone and cloneString copy without the race detector seeing who wrote the
// copy. copy and append of a whole slice would report it wherever they stand.
//
//go:norace
func clone(b []byte) []byte {
	if b == nil {
		return nil
	}
	out := make([]byte, len(b))
	for i := range out {
		out[i] = b[i]
	}
	return out
}

//go:norace
func cloneString(s string) string {
	if s == "" {
		return ""
	}
	out := make([]byte, len(s))
	for i := range out {
		out[i] = s[i]
	}
	return unsafe.String(&out[0], len(out))
}
