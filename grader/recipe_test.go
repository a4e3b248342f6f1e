package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func recipeOf(t *testing.T, text string) (*Recipe, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bug.mutant")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	return readRecipe(path, "caught-by", "breaks")
}

const bug = `A title,
in two lines.

caught-by: TestX
breaks: Rule
-- a.go: old --
one
-- a.go: new --
two
-- b.go --
package b
`

func TestRecipe(t *testing.T) {
	r, err := recipeOf(t, bug)
	require.NoError(t, err)
	require.Equal(t, "A title,\nin two lines.", r.Title)
	require.Equal(t, map[string]string{"caught-by": "TestX", "breaks": "Rule"}, r.Head)
	base := map[string][]byte{"a.go": []byte("zero\none\n"), "c.go": []byte("c")}
	files, err := r.apply(base)
	require.NoError(t, err)
	require.Equal(t, map[string][]byte{"a.go": []byte("zero\ntwo\n"), "b.go": []byte("package b\n"), "c.go": []byte("c")}, files)
	require.Equal(t, "zero\none\n", string(base["a.go"]), "the base stays as it was")
}

// An old text that does not fit exactly once means that the reference changed
// under the mutant.
func TestStaleRecipes(t *testing.T) {
	r, err := recipeOf(t, bug)
	require.NoError(t, err)
	for text, says := range map[string]string{
		"zero\n":     "occurs 0 times",
		"one\none\n": "occurs 2 times",
	} {
		_, err := r.apply(map[string][]byte{"a.go": []byte(text)})
		require.ErrorContains(t, err, "bug is stale")
		require.ErrorContains(t, err, says)
	}
	_, err = r.apply(map[string][]byte{"b.go": nil})
	require.ErrorContains(t, err, "there is no file a.go")
}

func TestMalformedRecipes(t *testing.T) {
	for text, says := range map[string]string{
		"caught-by: T\n":                        "no title",
		"T\n\ncaught: T\n":                      `"caught" is not a key`,
		"T\n\nbreaks: R\nmore prose\n":          "no line of the form",
		"T\n-- a.go: old --\nx\n":               "has no new text",
		"T\n-- a.go: new --\nx\n":               "follows no old text",
		"T\n-- a: old --\nx\n-- b: new --\nx\n": "has no new text",
	} {
		_, err := recipeOf(t, text)
		require.ErrorContains(t, err, says)
	}
}

// A mutant must name a test of the table, and a rule.
func TestMutantsNameTheirNemesis(t *testing.T) {
	lab := &toyCourse(t).Labs[0]
	for text, says := range map[string]string{
		"T\n\nbreaks: R\n":                   "names the test in a line caught-by",
		"T\n\ncaught-by: TestGreets0B\n":     "and the rule in a line breaks",
		"T\n\ncaught-by: TestX\nbreaks: R\n": "TestX is not a test of lab0-toy",
	} {
		path := filepath.Join(t.TempDir(), "bug.mutant")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		_, err := readMutant(path, lab)
		require.ErrorContains(t, err, says)
	}
}
