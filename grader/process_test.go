package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The test binary is also the process that the tests start: GRADER_TEST_AS
// says what it does then.
func TestMain(m *testing.M) {
	switch os.Getenv("GRADER_TEST_AS") {
	case "":
		os.Exit(m.Run())
	case "shout":
		for range 1000 {
			fmt.Println(strings.Repeat("x", 99))
		}
	case "sleep":
		time.Sleep(time.Hour)
	case "grade", "work":
		helper(os.Getenv("GRADER_TEST_AS"))
	case "parent":
		// The child holds the pipes open and outlives its parent.
		child := exec.Command(os.Args[0])
		child.Env = []string{"GRADER_TEST_AS=sleep"}
		child.Stdout, child.Stderr = os.Stdout, os.Stderr
		if err := child.Start(); err != nil {
			os.Exit(9)
		}
		fmt.Println(child.Process.Pid)
	}
}

func as(what string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = []string{"GRADER_TEST_AS=" + what}
	return cmd
}

// Output beyond the limit is dropped in the middle, and that is said.
func TestOutputIsCapped(t *testing.T) {
	p, err := start(t.Context(), as("shout"), Limits{Real: time.Minute, Output: 1000})
	require.NoError(t, err)
	require.Zero(t, p.Exit)
	require.Contains(t, p.Stdout, "[99000 bytes left out]")
	require.Less(t, len(p.Stdout), 1100)
}

// What a process leaves behind is ended with it.
func TestNothingOfTheGroupStaysAlive(t *testing.T) {
	p, err := start(t.Context(), as("parent"), Limits{Real: time.Minute, Output: 1000})
	require.NoError(t, err)
	require.Zero(t, p.Exit)
	pid := strings.TrimSpace(p.Stdout)
	require.Eventually(t, func() bool {
		stat, err := os.ReadFile("/proc/" + pid + "/stat")
		return err != nil || strings.Contains(string(stat), ") Z ")
	}, 10*time.Second, 10*time.Millisecond, "process %s lives", pid)
}

// A grading that is stopped does not wait for what runs.
func TestStopEndsTheProcess(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	_, err := start(ctx, as("sleep"), Limits{Real: time.Hour, Output: 1000})
	require.ErrorIs(t, err, context.Canceled)
}

// A process that cannot be started is our fault.
func TestNoSuchProgram(t *testing.T) {
	course := toyCourse(t)
	bin := &Binary{Path: t.TempDir() + "/none", Lab: &course.Labs[0], Dir: course.Root}
	o, err := course.runOnce(t.Context(), bin, Test{Name: "TestX"}, Shot{Seed: 1, Processors: 1})
	require.NoError(t, err)
	require.Equal(t, Broken, o.Verdict)
	require.Contains(t, o.Failures[0].Text, "could not be made")
}
