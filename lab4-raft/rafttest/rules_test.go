package rafttest_test

import (
	"testing"

	"distlabs/lab4-raft/rafttest"
	"distlabs/labrpc/trace/tracetest"
)

// Every rule is named like its constant, and says why it is one.
func TestRulesSayWhy(t *testing.T) { tracetest.RulesSayWhy(t, rafttest.Why) }
