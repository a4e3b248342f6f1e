package rafttest_test

import (
	"testing"

	"distlabs/lab4-raft/rafttest"
	"distlabs/labrpc/trace"
)

// BenchmarkJudges reports what all judges take for an event of a run of five
// servers that commit one command after the other and make a snapshot of every
// fifty.
func BenchmarkJudges(b *testing.B) {
	log := trace.NewLog(trace.Header{}, trace.Options{})
	s := newStory(b, log, five.Machines)
	s.elects(0, 1, 1, 2)
	for i := 1; i <= 500; i++ {
		s.appendsOwn(0, 1)
		s.replicates(0, i, i, i-1, 1, 2, 3, 4)
		for p := range five.Machines {
			known := i - 1 // of followers; the leader knows more
			if p == 0 {
				known = i
			}
			if known > 0 {
				s.applies(p, known, rafttest.Command(known, 1))
			}
			if i%50 == 0 {
				s.save(p, func(d *saved) { d.Log, d.LastIncludedIndex, d.LastIncludedTerm = d.Log[len(d.Log)-1:], i-1, 1 })
			}
		}
		s.after(10 * ms)
	}
	events := log.Trace().Events
	for b.Loop() {
		judges := rafttest.NewJudges(five)
		for i := range events {
			for _, j := range judges {
				if err := j.Observe(&events[i]); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(events)), "ns/event")
	b.ReportMetric(0, "ns/op")
}
