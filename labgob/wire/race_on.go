//go:build race

package wire

import (
	"runtime"
	"unsafe"
)

const raceEnabled = true

// raceDisable hides the synchronisation of this goroutine from the detector
// until raceEnable.
func raceDisable() { runtime.RaceDisable() }
func raceEnable()  { runtime.RaceEnable() }

func raceRelease(p unsafe.Pointer) { runtime.RaceRelease(p) }
func raceAcquire(p unsafe.Pointer) { runtime.RaceAcquire(p) }

func raceRead(p unsafe.Pointer, n int) {
	if n > 0 {
		runtime.RaceReadRange(p, n)
	}
}

func raceWrite(p unsafe.Pointer, n int) {
	if n > 0 {
		runtime.RaceWriteRange(p, n)
	}
}
