package tracetest

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc/trace"
)

// Rule returns the rule that a checker's error says is broken, and "" for nil.
// It fails the test unless the error is a Breach that says why the rule is one
// and names the events that show it.
func Rule(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var b *trace.Breach
	require.True(t, errors.As(err, &b), "a checker returns a Breach: %v", err)
	require.NotEmpty(t, b.Why)
	require.NotEmpty(t, b.Evidence)
	require.NotContains(t, b.Evidence, int64(0))
	return b.Rule
}
