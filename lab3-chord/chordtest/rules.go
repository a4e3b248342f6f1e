package chordtest

import (
	"fmt"
	"maps"

	"distlabs/labrpc/trace"
)

// whys say what a rule is about, for those who broke it. Each part has its
// rules in a file of its own.
var whys = collect(searchWhys, swarmWhys, ringWhys, tableWhys)

func collect(parts ...map[string]string) map[string]string {
	all := make(map[string]string)
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}

// Why returns a sentence about a rule, and where the handout tells.
func Why(rule string) string {
	return whys[rule] + " (handout \"What it must guarantee\")"
}

// broken returns the breach of a rule.
func broken(rule, format string, args ...any) *trace.Breach {
	return &trace.Breach{Rule: rule, Text: fmt.Sprintf(format, args...), Why: Why(rule)}
}

// breachAt is broken with the event that shows it and where it happened.
func breachAt(rule string, e *trace.Event, format string, args ...any) *trace.Breach {
	b := broken(rule, format, args...)
	b.Nodes, b.Evidence = []int{e.Node}, []int64{e.ID}
	return b
}
