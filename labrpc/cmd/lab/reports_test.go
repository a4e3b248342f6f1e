package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

var fakeLab = lab{name: "lab1-fake", root: filepath.FromSlash("/course"), dir: filepath.FromSlash("/course/lab1-fake")}

func report(parts ...string) string {
	return "==================\nWARNING: DATA RACE\n" + strings.Join(parts, "\n\n") + "\n==================\n"
}

const (
	yourWrite    = "Write at 0x00c000014000 by goroutine 8:\n  course/lab1-fake.(*Table).Put()\n      /course/lab1-fake/fake.go:14 +0x44"
	yourRead     = "Previous read at 0x00c000014000 by goroutine 7:\n  sort.Ints()\n      /usr/go/src/sort/sort.go:1 +0x4\n  course/lab1-fake.(*Table).Sorted()\n      /course/lab1-fake/fake.go:20 +0x44"
	harnessRead  = "Previous read at 0x00c000014000 by goroutine 6:\n  distlabs/labrpc.(*Network).run()\n      /course/labrpc/dispatch.go:67 +0x44\n  course/lab1-fake.(*Table).Ask()\n      /course/lab1-fake/fake.go:30 +0x44"
	harnessWrite = "Atomic write at 0x00c000014000 by goroutine 5:\n  distlabs/labrpc.(*Network).end()\n      /course/labrpc/end.go:3 +0x44"
	made         = "Goroutine 8 (running) created at:\n  course/lab1-fake.New()\n      /course/lab1-fake/fake.go:8 +0x44"
)

func TestRacesAreTheStudentsOnlyIfTheirCodeTouchesTheVariable(t *testing.T) {
	for _, c := range []struct {
		name, output string
		yours        bool
		lines        [][]string
	}{
		{"none", "PASS\n", false, nil},
		{"both yours, one through a library", report(yourWrite, yourRead, made), true, [][]string{
			{"lab1-fake/fake.go:14 writes it in (*Table).Put", "lab1-fake/fake.go:20 reads it in (*Table).Sorted"}}},
		{"yours against a call", report(yourWrite, harnessRead, made), true, [][]string{
			{"lab1-fake/fake.go:14 writes it in (*Table).Put", "lab1-fake/fake.go:30 reads it in (*Table).Ask"}}},
		{"the harness's own, below your call", report(harnessWrite, harnessRead, made), false, [][]string{
			{"labrpc/end.go:3 writes it in (*Network).end", "lab1-fake/fake.go:30 reads it in (*Table).Ask"}}},
		{"twice the same", report(yourWrite, yourRead) + report(yourWrite, yourRead), true, [][]string{
			{"lab1-fake/fake.go:14 writes it in (*Table).Put", "lab1-fake/fake.go:20 reads it in (*Table).Sorted"}}},
		{"the harness's beside yours", report(harnessWrite, harnessRead) + report(yourWrite, yourRead), true, [][]string{
			{"lab1-fake/fake.go:14 writes it in (*Table).Put", "lab1-fake/fake.go:20 reads it in (*Table).Sorted"}}},
		{"of a lab below", report(strings.ReplaceAll(yourWrite, "lab1-fake", "lab0-below"), harnessRead), true, [][]string{
			{"lab0-below/fake.go:14 writes it in (*Table).Put", "lab1-fake/fake.go:30 reads it in (*Table).Ask"}}},
		{"of what is given with a lab below", report(strings.ReplaceAll(yourWrite, "lab1-fake", "lab0-below/belowtest"), harnessWrite), false, [][]string{
			{"lab0-below/belowtest/fake.go:14 writes it in (*Table).Put", "labrpc/end.go:3 writes it in (*Network).end"}}},
		{"cut short", "WARNING: DATA RACE\n" + yourWrite, false, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var lines [][]string
			for _, r := range findRaces(c.output, fakeLab) {
				lines = append(lines, r.lines)
				require.Equal(t, c.yours, r.yours)
				require.Equal(t, !c.yours, strings.Contains(r.text, "tell the course's staff"))
			}
			require.Empty(t, cmp.Diff(c.lines, lines))
		})
	}
}

func TestPanicsAreLocated(t *testing.T) {
	const first = "goroutine 9 gp=0x1 m=2 [running, synctest bubble 1]:\npanic({0x1?, 0x2?})\n\t/usr/go/src/runtime/panic.go:860 +0x13a\n"
	for _, c := range []struct {
		name, output string
		want         *death
	}{
		{"none", "--- FAIL: TestX (0.00s)\n    x_test.go:3: panic: not at the beginning of a line\n", nil},
		{"yours", "panic: boom [recovered, repanicked]\n\n" + first + "course/lab1-fake.(*Table).Put(0x3)\n\t/course/lab1-fake/fake.go:14 +0x1\n" +
			"course/lab1-fake.Run()\n\t/course/lab1-fake/fake.go:30 +0x1\n\ngoroutine 1 [chan receive]:\ncourse/lab1-fake.Other()\n\t/course/lab1-fake/fake.go:99 +0x1\n",
			&death{text: "boom", where: "lab1-fake/fake.go:14, in (*Table).Put", callers: []string{"lab1-fake/fake.go:30, in Run"}}},
		{"in a lab below", "panic: boom\n\n" + first + "course/lab0-below.(*Log).Add(0x3)\n\t/course/lab0-below/log.go:14 +0x1\n" +
			"course/lab1-fake.Run()\n\t/course/lab1-fake/fake.go:30 +0x1\n",
			&death{text: "boom", where: "lab0-below/log.go:14, in (*Log).Add", callers: []string{"lab1-fake/fake.go:30, in Run"}}},
		{"the test's", "panic: boom\n\n" + first + "course/lab1-fake_test.TestX(0x3)\n\t/course/lab1-fake/fake_test.go:14 +0x1\n",
			&death{text: "boom", where: "lab1-fake/fake_test.go:14, in TestX"}},
		{"fatal", "fatal error: all goroutines are asleep - deadlock!\n\n" + first,
			&death{text: "fatal error: all goroutines are asleep - deadlock!"}},
		{"alarm", "panic: test timed out after 2s\n\trunning tests:\n\t\tTestX (2s)\n\n" + first +
			"\ngoroutine 7 [chan receive]:\ncourse/lab1-fake.Wait()\n\t/course/lab1-fake/fake.go:29 +0x1\n",
			&death{text: "test timed out after 2s", where: "lab1-fake/fake.go:29, in Wait", timeout: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := findPanic(c.output, fakeLab)
			require.Empty(t, cmp.Diff(c.want, got, cmp.AllowUnexported(death{})))
		})
	}
}
