package simtest

import (
	"testing"

	"distlabs/labrpc/trace"
)

// What the budgets and the watchdog cost: once an event, and once a look.
func BenchmarkHealthyCost(b *testing.B) {
	b.Run("event", func(b *testing.B) {
		budget := eventBudget{limit: 1 << 62}
		e := &trace.Event{At: 1}
		for b.Loop() {
			if err := budget.Observe(e); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("look", func(b *testing.B) {
		var p pulse
		w := watchdog{pulse: func() pulse { p.now += heartbeat; return p }}
		for b.Loop() {
			if f := w.look(); f != nil {
				b.Fatal(f)
			}
		}
	})
}
