package linear

import (
	"distlabs/labrpc/simtest"
)

// Watch checks the history when w's run is over, unless that has failed by
// then, and fails the run if the history is not legal. A run of which it cannot
// be told is undecided, which is our fault; if it is open calls that make it so,
// the run fails by CallsReturn.
func (h *History[S, I, O]) Watch(w *simtest.World) {
	w.AfterRun(func() error {
		report := h.Check()
		if report.Breach == nil {
			return nil
		}
		return report.Breach
	})
}
