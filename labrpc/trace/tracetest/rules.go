// Package tracetest holds what the tests of several judges have in common.
package tracetest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// RulesSayWhy fails the test unless every rule that rules.go of the package
// under test declares, or a rules_*.go, is named like its constant, and why has
// something to say about it.
func RulesSayWhy(t *testing.T, why func(rule string) string) {
	t.Helper()
	files, err := filepath.Glob("rules*.go")
	require.NoError(t, err)
	rules := 0
	for _, name := range files {
		if !strings.HasSuffix(name, "_test.go") {
			rules += sayWhy(t, name, why)
		}
	}
	require.NotZero(t, rules)
}

// sayWhy does it for one file, and returns how many rules it has.
func sayWhy(t *testing.T, name string, why func(rule string) string) (rules int) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	require.NoError(t, err)
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
	return rules
}
