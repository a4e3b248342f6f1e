package main

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/grader/release"
)

func mustAtoi(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	require.NoError(t, err)
	return n
}

// A checker of similarity gets what each student wrote, the stubs, and nothing
// else.
func TestSimilar(t *testing.T) {
	course := toyCourse(t)
	lab := till(course)
	hand := func(name string, files map[string]string) HandIn {
		dir := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.MkdirAll(dir, 0o755))
		write(t, dir, files)
		return HandIn{Student: name, Path: dir}
	}
	stubs, err := course.stubsOf(lab)
	require.NoError(t, err)
	dir := filepath.Join(t.TempDir(), "similar")
	n, left, err := course.similar(lab, []HandIn{
		hand("ada", map[string]string{"lab1-till/till.go": "package till\n", "lab1-till/till_test.go": "package till\n", "lab0-toy/counter.go": "package toy\n"}),
		hand("Grace H.", map[string]string{"lab1-till/till.go": "package till // mine\n", "lab1-till/sign.go": string(stubs["sign.go"])}),
		hand("idle", map[string]string{"lab1-till/sign.go": string(stubs["sign.go"])}),
		hand("empty", map[string]string{"notes.txt": "nothing\n"}),
	}, dir)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.Equal(t, []string{"idle: it has nothing of lab1-till but the stubs", "empty: no .go file of lab1-till was handed in"}, left)
	tree, err := release.ReadFolder(dir)
	require.NoError(t, err)
	for name := range stubs {
		require.Contains(t, tree, "base/"+name)
		delete(tree, "base/"+name)
	}
	require.Len(t, tree, 2)
	require.Equal(t, "package till\n", string(tree["submissions/ada/till.go"]))
	require.Contains(t, tree, "submissions/Grace_H./till.go")

	_, _, err = course.similar(lab, nil, dir)
	require.ErrorContains(t, err, "is not empty: name a new folder")
}
