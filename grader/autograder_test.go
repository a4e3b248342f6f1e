package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// What Gradescope would do with the .zip: unpack it, and let it grade a
// hand-in. The container's places are folders here, and the grader is the one
// that this machine has compiled already.
func TestAutograderGradesAHandIn(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("Gradescope's containers are Linux")
	}
	course := theCourse(t)
	lab, err := findLab(course.Labs, "lab1-clocks")
	require.NoError(t, err)
	files, err := course.autograder(lab, &gradescopeCommand{Runs: 1, Salt: "it's ours"})
	require.NoError(t, err)
	for name := range files {
		require.NotContains(t, name, "mutants")
		require.NotContains(t, name, "solutions")
		require.False(t, strings.Contains(name, "hidden") && !strings.HasPrefix(name, "course/grader/hidden/lab1-clocks/"), name)
	}
	root := t.TempDir()
	unzip(t, files, filepath.Join(root, "source"))

	hand, err := course.reference(lab)
	require.NoError(t, err)
	delete(hand, "averaging.go")
	require.NoError(t, pack(hand, filepath.Join(root, "submission", "lab1-clocks"), ""))

	// What a shell makes of the scripts, though only one of them is run.
	require.NoError(t, exec.Command("bash", "-n", filepath.Join(root, "source", "setup.sh")).Run())
	build := exec.Command("go", "build", "-o", filepath.Join(root, "source", "grader"), "./grader")
	build.Dir = course.Root
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	env, err := exec.Command("go", "env", "GOMODCACHE", "GOCACHE").Output()
	require.NoError(t, err)
	caches := strings.Fields(string(env))
	run := exec.Command(filepath.Join(root, "source", "run_autograder"))
	run.Env = append(os.Environ(), "AUTOGRADER="+root, "GOMODCACHE="+caches[0], "GOCACHE="+caches[1])
	out, err = run.CombinedOutput()
	require.NoError(t, err, string(out))

	text, err := os.ReadFile(filepath.Join(root, "results", "results.json"))
	require.NoError(t, err)
	var result gradescopeResult
	require.NoError(t, json.Unmarshal(text, &result))
	worth := 0
	for _, test := range result.Tests {
		passed := !strings.HasSuffix(test.Name, "1B")
		require.Equal(t, passed, test.Status == "passed", "%s: %s", test.Name, test.Output)
		if passed {
			worth += test.MaxScore
		}
	}
	require.Equal(t, worth, result.Score)
	require.Contains(t, result.Output, "harness "+course.Harness, "the same as where the .zip was made")
	require.Regexp(t, `sandbox: |no sandbox but the container`, result.Output)
	require.Contains(t, result.Output, "1 run of each test")
	require.NotContains(t, string(text), root)
}

// unzip packs files as the command does, and unpacks them as Gradescope does.
func unzip(t *testing.T, files map[string][]byte, dir string) {
	var packed, again bytes.Buffer
	require.NoError(t, writeZip(&packed, files))
	require.NoError(t, writeZip(&again, files))
	require.True(t, bytes.Equal(packed.Bytes(), again.Bytes()))
	archive, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	require.NoError(t, err)
	for _, f := range archive.File {
		from, err := f.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(from)
		require.NoError(t, err)
		at := filepath.Join(dir, f.Name)
		require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o755))
		require.NoError(t, os.WriteFile(at, text, f.Mode()))
	}
}

// In most containers no sandbox works. The result then says that the container
// is all there is.
func TestAutograderSaysThatThereIsNoSandbox(t *testing.T) {
	broken := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(broken, "bwrap"), []byte("#!/bin/sh\nexit 1\n"), 0o755))
	t.Setenv("PATH", broken+string(os.PathListSeparator)+os.Getenv("PATH"))
	course := toyCourse(t)
	results := filepath.Join(t.TempDir(), "results.json")
	command := &autogradeCommand{Lab: "lab0-toy", Runs: 1, Jobs: 1, Path: handInOf(t, course, "testdata/verdicts/reference.txtar").Path, Results: results,
		sandboxOptions: sandboxOptions{Unsafe: true, Sandbox: "bubblewrap"}}
	require.NoError(t, command.Run(t.Context(), course))
	var result gradescopeResult
	require.NoError(t, json.Unmarshal([]byte(readText(t, results)), &result))
	require.Equal(t, 10, result.Score)
	require.Contains(t, result.Output, "(no sandbox but the container)")

	command.Unsafe = false
	require.ErrorContains(t, command.Run(t.Context(), course), "there is no sandbox here")
}

// Where the grader itself cannot tell, there is no results.json: no grade is
// better than a wrong one.
func TestAutograderWritesNoGradeThatItCannotTell(t *testing.T) {
	course := copyCourse(t)
	require.NoError(t, os.WriteFile(filepath.Join(course.Root, "grader/hidden/lab0-toy/broken_test.go"), []byte("package broken\n"), 0o644))
	results := filepath.Join(t.TempDir(), "results.json")
	command := &autogradeCommand{Lab: "lab0-toy", Runs: 1, Jobs: 1, Path: handInOf(t, course, "testdata/verdicts/reference.txtar").Path, Results: results,
		sandboxOptions: sandboxOptions{Unsafe: true, Sandbox: "auto"}}
	require.Error(t, command.Run(t.Context(), course))
	require.NoFileExists(t, results)
}

// An autograder of a lab that stands on another has our solution of that one,
// and not its own.
func TestAutograderOfASet(t *testing.T) {
	course := theCourse(t)
	lab, err := findLab(course.Labs, "lab5-kvraft")
	require.NoError(t, err)
	files, err := course.autograder(lab, &gradescopeCommand{Runs: 3, Race: true, Salt: "s"})
	require.NoError(t, err)
	require.Contains(t, files, "course/solutions/lab4-raft/raft.go")
	require.NotContains(t, files, "course/solutions/lab4-raft/quiz.md")
	require.NotContains(t, files, "course/solutions/lab5-kvraft/server.go")
	require.Contains(t, string(files["run_autograder"]), "-lab lab5-kvraft -runs 3 -race -salt s -unsafe")
	require.Contains(t, string(files["setup.sh"]), "cp -r lab5-kvraft lab4-raft ../stubs")
}

// A workflow of GitHub Classroom is one that GitHub can read: a step for each
// public test with the table's points, and all of them reported.
func TestClassroomWorkflow(t *testing.T) {
	course := theCourse(t)
	for i := range course.Labs {
		lab := &course.Labs[i]
		var text strings.Builder
		require.NoError(t, writeClassroom(&text, course, lab))
		var workflow struct {
			On   []string
			Jobs map[string]struct {
				Steps []struct {
					ID, Name, Uses, Run string
					With, Env           map[string]string
				}
			}
		}
		require.NoError(t, yaml.Unmarshal([]byte(text.String()), &workflow))
		require.Contains(t, workflow.On, "push")
		steps := workflow.Jobs["run-autograding-tests"].Steps
		reporter := steps[len(steps)-1]
		var ids []string
		for _, step := range steps {
			if step.ID == "" {
				continue
			}
			require.Regexp(t, `^[A-Z0-9]+$`, step.ID)
			require.NotContains(t, ids, step.ID)
			ids = append(ids, step.ID)
			test, err := lab.test(step.With["test-name"])
			require.NoError(t, err)
			require.EqualValues(t, test.Points, mustAtoi(t, step.With["max-score"]))
			require.Equal(t, "go run ./labrpc/cmd/lab test "+lab.Dir+" -run '^"+test.Name+"$'", step.With["command"])
			require.Equal(t, "${{steps."+step.ID+".outputs.result}}", reporter.Env[step.ID+"_RESULTS"])
		}
		public, err := course.publicTests(lab)
		require.NoError(t, err)
		require.Len(t, ids, len(public), "%s: every public test is in the table", lab.Dir)
		require.Equal(t, strings.Join(ids, ","), reporter.With["runners"])
	}
}
