package chordtest_test

import (
	"testing"

	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc/trace/tracetest"
)

// Every rule is named like its constant, and says why it is one.
func TestRulesSayWhy(t *testing.T) { tracetest.RulesSayWhy(t, chordtest.Why) }
