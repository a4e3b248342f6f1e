package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A badSample is a student of a sample class, and what a test says of that
// hand-in.
type badSample struct {
	student, test string
	rule, says    string
	where         string // in the further lines
}

// What goes wrong in a student's Raft without breaking a rule of Raft gets a
// sentence that names the place, and the other tests go on.
func TestBadRaftsGetASentence(t *testing.T) {
	getASentence(t, "lab4-raft", "TestOneProposer4P", []badSample{
		{"gina", "TestFollowerTakesOverASnapshot4D", "StoppedClock", "for a mutex that nobody unlocks",
			`It may be held by a goroutine of node \d, which waits for a Call at snapshot\.go:\d+, in \(\*Raft\)\.sendSnapshot`},
		{"hugo", "TestNewServerWaitsAndVotes4E", "BusyLoop", "and never waits", `(?m)^called from election\.go:\d+, in \(\*Raft\)\.watch$`},
		{"ines", "TestFollowerCatchesUp4B", "HandlerPanic", "Raft.AppendEntries panicked: runtime error: index out of range", `called from replication\.go:\d+, in \(\*Raft\)\.fits`},
		{"jack", "TestKilledServersAreSilent4A", "KilledIsSilent", "requests since it was killed", ``},
		{"kim", "TestKilledServersAreSilent4A", "ChannelStaysOpen", "has closed the channel to its service", ``},
		{"lea", "TestSnapshotsTrimTheLog4D", "StoppedClock", "in (*Raft).Snapshot, for a mutex that nobody unlocks",
			`which waits for a select at apply\.go:\d+, in \(\*Raft\)\.handOver`},
		{"nora", "TestServersAreAdded4E", "StoppedClock", "in (*Raft).GetState, for a mutex that nobody unlocks",
			`by this goroutine itself, since members\.go:\d+, in \(\*Raft\)\.ChangeServers`},
		{"pia", "TestInitialElection4A", "Panic", "send on closed channel", `(?m)^at election\.go:\d+ in \(\*Raft\)\.voted$`},
	})
}

// A client of a student's service that waits for ever is told where it waits.
func TestBadServicesGetASentence(t *testing.T) {
	getASentence(t, "lab5-kvraft", "TestSnapshotReplacesTheState5B", []badSample{
		{"gina", "TestLeaderCrashes5A", "Progress", "no call has returned within",
			`(?m)^on the client's machine: client\.go:\d+, in \(\*Clerk\)\.goOn, waits: chan receive$`},
	})
}

// getASentence grades students of a lab's sample class by the tests that are
// to say what is wrong, and by one that has to pass.
func getASentence(t *testing.T, labName, healthy string, bad []badSample) {
	course := theCourse(t)
	lab, err := findLab(course.Labs, labName)
	require.NoError(t, err)
	dir := t.TempDir()
	_, err = course.sample(lab, dir)
	require.NoError(t, err)
	handIns, _, err := discover([]string{dir}, lab)
	require.NoError(t, err)
	for _, b := range bad {
		t.Run(b.student, func(t *testing.T) {
			t.Parallel()
			some := *lab
			some.Parts = nil
			for _, name := range []string{b.test, healthy} {
				test, err := lab.test(name)
				require.NoError(t, err)
				some.Parts = append(some.Parts, Part{Name: name[len(name)-2:], Tests: []Test{test}})
			}
			at := slices.IndexFunc(handIns, func(h HandIn) bool { return h.Student == b.student })
			require.GreaterOrEqual(t, at, 0)
			grading := gradingOf(t, course, 1)
			grading.Lab = &some
			cards, err := grading.grade(t.Context(), handIns[at:at+1], func(*Card) error { return nil })
			require.NoError(t, err)
			bad, other := cards[0].Parts[0].Tests[0], cards[0].Parts[1].Tests[0]
			require.Equal(t, Pass, other.Verdict)
			require.Equal(t, Fail, bad.Verdict)
			first := bad.Evidence[0]
			require.Equal(t, b.rule, first.Rule, first.Text)
			require.Contains(t, first.Text, b.says)
			require.Regexp(t, b.where, strings.Join(first.Detail, "\n"))
			require.NotEmpty(t, first.Why, "what to do")
		})
	}
}
