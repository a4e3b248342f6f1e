// Package solutions holds the reference of each lab: what a perfect student
// hands in, and nothing else. This test holds references and stubs together.
package solutions

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"distlabs/grader/release"
)

// Stub and reference declare the same exported things with the same doc
// comments: what a student reads is what the reference does. The reference may
// declare more only where nobody outside sees it. And a file of the reference
// stands in for each stub, so that the grader's overlay replaces all of them.
func TestStubsAndSolutionsDeclareTheSame(t *testing.T) {
	labs, err := filepath.Glob("lab*")
	require.NoError(t, err)
	require.NotEmpty(t, labs)
	tree, err := release.ReadFolder("..")
	require.NoError(t, err)
	course := &release.Course{Tree: tree}
	for _, lab := range labs {
		t.Run(lab, func(t *testing.T) {
			found, err := course.Drift(release.Lab{Dir: lab})
			require.NoError(t, err)
			require.Empty(t, found)
		})
	}
}

// A public test is a hidden one, word for word.
func TestPublicTestsAreAmongTheHidden(t *testing.T) {
	labs, err := filepath.Glob("lab*")
	require.NoError(t, err)
	for _, lab := range labs {
		public, err := filepath.Glob(filepath.Join("..", lab, "*_test.go"))
		require.NoError(t, err)
		require.NotEmpty(t, public)
		for _, file := range public {
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			got, err := os.ReadFile(filepath.Join("..", "grader", "hidden", lab, filepath.Base(file)))
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(string(want), string(got)), "- is %s, + its copy in the hidden suite", file)
		}
	}
}
