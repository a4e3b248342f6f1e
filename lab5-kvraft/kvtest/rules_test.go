package kvtest_test

import (
	"testing"

	"distlabs/lab5-kvraft/kvtest"
	"distlabs/labrpc/trace/tracetest"
)

// Every rule is named like its constant, and says why it is one.
func TestRulesSayWhy(t *testing.T) { tracetest.RulesSayWhy(t, kvtest.Why) }
