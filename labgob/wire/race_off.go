//go:build !race

package wire

import "unsafe"

const raceEnabled = false

func raceDisable()                  {}
func raceEnable()                   {}
func raceRelease(unsafe.Pointer)    {}
func raceAcquire(unsafe.Pointer)    {}
func raceRead(unsafe.Pointer, int)  {}
func raceWrite(unsafe.Pointer, int) {}
