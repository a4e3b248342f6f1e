package kvtest_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/lab5-kvraft/kvtest"
)

// Every rule is named like its constant, and says why it is one.
func TestRulesSayWhy(t *testing.T) {
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
		require.NotEqual(t, kvtest.Why("no rule at all"), kvtest.Why(rule), "%s says nothing", rule)
		rules++
		return true
	})
	require.NotZero(t, rules)
}
