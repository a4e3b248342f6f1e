//go:build race

package linear

import "runtime"

// hide keeps the synchronisation of the calling goroutine out of the race
// detector's sight until unhide.
func hide() { runtime.RaceDisable() }

func unhide() { runtime.RaceEnable() }
