package electiontest_test

import (
	"testing"

	"distlabs/lab2-election/electiontest"
	"distlabs/labrpc/trace/tracetest"
)

// Every rule is named like its constant, and says why it is one.
func TestRulesSayWhy(t *testing.T) { tracetest.RulesSayWhy(t, electiontest.Why) }
