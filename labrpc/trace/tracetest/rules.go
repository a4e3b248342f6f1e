// Package tracetest holds what the tests of several judges have in common.
package tracetest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// RulesSayWhy fails the test unless every rule that rules.go of the package
// under test declares is named like its constant, and why has something to say
// about it.
func RulesSayWhy(t *testing.T, why func(rule string) string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "rules.go", nil, 0)
	require.NoError(t, err)
	rules := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || len(spec.Names) != 1 {
			return true
		}
		lit, ok := spec.Values[0].(*ast.BasicLit)
		if !ok {
			return true
		}
		rule, err := strconv.Unquote(lit.Value)
		require.NoError(t, err)
		require.Equal(t, spec.Names[0].Name, rule)
		require.NotEqual(t, why("no rule at all"), why(rule), "%s says nothing", rule)
		rules++
		return true
	})
	require.NotZero(t, rules)
}
