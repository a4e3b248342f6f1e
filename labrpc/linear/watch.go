package linear

import (
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

// PictureFile is the picture of a history, among the files of a run that it
// fails.
const PictureFile = "history.html"

// CallsChecked is what a run's record calls the number of calls that were checked.
const CallsChecked = "calls checked"

// Watch has the history checked when w's run is over, unless that has failed by
// then. If it is not legal the run fails; if nobody can tell, and not because of
// calls that never returned, the run is undecided. Crashes, partitions and the
// test's notes from now on are shown in the picture.
func (h *History[S, I, O]) Watch(w *simtest.World) {
	w.Check(marker{w.NodeName, h.mark})
	w.AfterRun(func() error {
		report := h.Check()
		w.Count(CallsChecked, int64(report.Calls))
		if report.Picture != nil {
			w.Artifact(PictureFile, report.Picture)
		}
		if report.Breach != nil {
			return report.Breach
		}
		return nil
	})
}

// A marker marks what happens to the machines.
type marker struct {
	name func(labrpc.NodeID) string
	mark func(fault)
}

// Observe finds nothing wrong.
func (m marker) Observe(e *trace.Event) error {
	f := fault{at: e.At, who: "network", what: e.Text}
	switch e.Kind {
	case trace.Note:
		f.who = "test"
	case trace.Partition:
	case trace.Crash:
		f.who, f.what = m.name(labrpc.NodeID(e.Node)), "crash"
	case trace.Restart:
		if e.Life == 1 {
			return nil
		}
		f.who, f.what = m.name(labrpc.NodeID(e.Node)), "restart"
	default:
		return nil
	}
	m.mark(f)
	return nil
}
