//go:build !race

package labrpc

import "unsafe"

// RaceEnabled tells whether the race detector is on.
const RaceEnabled = false

func hide() {}

func unhide() {}

func publish(unsafe.Pointer) {}

func receive(unsafe.Pointer) {}
