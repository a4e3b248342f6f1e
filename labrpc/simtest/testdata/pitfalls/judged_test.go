package pitfalls_test

import (
	"io"
	"testing"
	"time"

	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

// What takes long to judge is judged when the run is over, out of virtual time,
// and shown in files beside the trace.
func TestJudgedAfterwards(t *testing.T) {
	world(t, func(w *simtest.World) {
		w.AfterRun(func() error {
			if time.Now().Year() < 2020 {
				t.Error("time is still virtual")
			}
			return nil
		})
		w.AfterRun(func() error {
			w.Artifact("calls.html", func(out io.Writer) error {
				_, err := io.WriteString(out, "what was called")
				return err
			})
			w.Artifact("large.html", func(out io.Writer) error {
				for range simtest.MaxArtifact/1000 + 1 {
					if _, err := out.Write(make([]byte, 1000)); err != nil {
						return err
					}
				}
				return nil
			})
			return &trace.Breach{Rule: "InOrder", Text: "the calls came in no order", At: 3 * time.Millisecond,
				Detail: []string{"first this one", "then that one"}, Why: `One comes after the other. (handout "What it must guarantee")`}
		})
		w.AfterRun(func() error { panic("the run has failed: there is nothing more to judge") })
		for range 5 {
			w.Sleep(time.Millisecond)
			w.Notef("a call")
		}
	})
}

func TestUndecided(t *testing.T) {
	world(t, func(w *simtest.World) {
		w.AfterRun(func() error {
			return &trace.Breach{Rule: "InOrder", Undecided: true, Text: "there were too many calls to tell whether they came in order."}
		})
		w.Sleep(time.Second)
	})
}

func TestFailedBeforeItIsJudged(t *testing.T) {
	world(t, func(w *simtest.World) {
		w.AfterRun(func() error { panic("the run has failed: there is nothing more to judge") })
		w.Failf("AtMostOneLine", "node 1 said twice.")
	})
}

func TestJudgedRight(t *testing.T) {
	world(t, func(w *simtest.World) {
		w.Artifact("calls.html", func(io.Writer) error { panic("the run has passed: there is nothing to show") })
		w.AfterRun(func() error { return nil })
	})
}
