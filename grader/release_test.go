package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/grader/release"
)

// What students would get today, of all labs, is fit to be given out: it is
// made twice, is the same, and is verified where it lies.
func TestTheReleaseIsFit(t *testing.T) {
	course := theCourse(t)
	source, err := course.source()
	require.NoError(t, err)
	var archives [2]bytes.Buffer
	var made *release.Release
	for i := range archives {
		made, err = source.Release(release.Options{})
		require.NoError(t, err)
		require.NoError(t, made.Tidy(t.Context()))
		require.NoError(t, made.Files.WriteArchive(&archives[i], "distlabs"))
	}
	require.True(t, bytes.Equal(archives[0].Bytes(), archives[1].Bytes()))
	for _, needless := range []string{"kong", "progressbar", "golang.org/x/tools"} {
		require.NotContains(t, string(made.Files["go.mod"]), needless)
	}
	require.Contains(t, string(made.Files["go.mod"]), "godebug randseednop=0")
	require.NotContains(t, made.Files, "handouts/instructors.md")
	require.NotContains(t, made.Files, "handouts/adding-a-lab.md")

	dir := filepath.Join(t.TempDir(), "release")
	require.NoError(t, made.Files.WriteFolder(dir))
	var out strings.Builder
	verification := &release.Verification{Release: made, Dir: dir, Slowest: slowestStub, Out: &out}
	require.NoError(t, verification.Verify(t.Context()))
	back, err := release.ReadFolder(dir)
	require.NoError(t, err)
	require.Len(t, back, len(made.Files), "nothing is left behind")
	t.Log(out.String())
}

// Each lab can be released alone, and each part: what is left of the public
// tests parses, and no page leads astray.
func TestEachLabCanBeReleasedAlone(t *testing.T) {
	course := theCourse(t)
	source, err := course.source()
	require.NoError(t, err)
	for _, lab := range source.Labs {
		for _, part := range lab.Parts {
			made, err := source.Release(release.Options{Labs: []string{lab.Dir}, Parts: []string{part}})
			require.NoError(t, err)
			tests := 0
			for name, text := range made.Files {
				if strings.HasPrefix(name, lab.Dir+"/") && strings.HasSuffix(name, "_test.go") {
					tests += strings.Count(string(text), "\nfunc Test")
				}
			}
			require.Positive(t, tests, "%s has public tests of part %s", lab.Dir, part)
		}
		made, err := source.Release(release.Options{Labs: []string{lab.Dir}})
		require.NoError(t, err)
		verification := &release.Verification{Release: made, Dir: t.TempDir(), Out: &strings.Builder{}}
		require.NoError(t, verification.Reads(t.Context()))
	}
}

// A report names the harness in the same words as a run.json of a release.
func TestReportsNameTheHarness(t *testing.T) {
	course := theCourse(t)
	source, err := course.source()
	require.NoError(t, err)
	require.Equal(t, source.Version(), course.Harness)

	toys := toyCourse(t)
	toys.Harness = course.Harness
	cards, err := gradingOf(t, toys, 1).grade(t.Context(), []HandIn{handInOf(t, toys, "testdata/verdicts/reference.txtar")}, func(*Card) error { return nil })
	require.NoError(t, err)
	var text strings.Builder
	require.NoError(t, writeText(&text, cards[0]))
	require.Contains(t, text.String(), "; harness "+course.Harness+")")
	report := &Report{Out: t.TempDir(), Lab: &toys.Labs[0]}
	require.NoError(t, report.Student(cards[0]))
	page, err := os.ReadFile(filepath.Join(report.Out, "students", "reference", "index.html"))
	require.NoError(t, err)
	require.Contains(t, string(page), "Harness "+course.Harness+".")
}
