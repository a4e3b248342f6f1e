package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What being late costs begins with the day, after the grace, up to a cap.
func TestWhatBeingLateCosts(t *testing.T) {
	const day = 24 * time.Hour
	l := Late{Grace: time.Hour, PerDay: 10, Most: 25}
	for by, want := range map[time.Duration]int{
		-day: 0, 0: 0, time.Hour: 0, time.Hour + 1: 10, day: 10, day + 1: 20, 2*day + 1: 25, 100 * day: 25,
	} {
		require.Equal(t, want, l.costs(by), by)
	}
	require.Zero(t, Late{}.costs(100*day), "said, and no more")
	require.Equal(t, 1000, Late{PerDay: 10}.costs(100*day), "no cap")
	require.Equal(t, "Each day that has begun takes 10 points, 25 at most; 1 h late is on time.", l.String())
	require.Equal(t, "Being late takes no points.", Late{}.String())
}

// A card says when the hand-in came, and what that took; it never takes more
// than there is.
func TestLateness(t *testing.T) {
	l := Late{Grace: time.Hour, PerDay: 4}
	deadline := time.Date(2026, 11, 20, 23, 59, 0, 0, time.UTC)
	for _, tc := range []struct {
		handIn HandIn
		late   bool
		points int // taken
		says   string
	}{
		{HandIn{Deadline: deadline, At: deadline.Add(-time.Hour)}, false, 0, "Handed in on 2026-11-20 22:59 UTC, on time (2026-11-20 23:59 UTC)."},
		{HandIn{Deadline: deadline, At: deadline.Add(30 * time.Minute)}, false, 0, "30 min after 2026-11-20 23:59 UTC, which is still on time."},
		{HandIn{Deadline: deadline, At: deadline.Add(26 * time.Hour)}, true, 8, "Handed in on 2026-11-22 01:59 UTC, 1 day 2 h late (2026-11-20 23:59 UTC). Each day that has begun takes 4 points; 1 h late is on time."},
		{HandIn{Deadline: deadline, At: deadline.Add(900 * time.Hour)}, true, 10, "37 days 12 h late"},
		{HandIn{Deadline: deadline}, false, 0, "When it was handed in is not known, so it counts as on time."},
		{HandIn{Deadline: deadline, Marked: true}, true, 0, "Late, says the export, and not by how much, so no points are taken."},
		{HandIn{At: deadline}, false, 0, "Handed in on 2026-11-20 23:59 UTC."},
	} {
		card := &Card{Points: 10, Max: 10}
		card.beLate(l.lateness(tc.handIn))
		require.Equal(t, tc.late, card.Lateness.Late, tc.says)
		require.Equal(t, tc.points, card.Lateness.Points, tc.says)
		require.Equal(t, 10-tc.points, card.Points, tc.says)
		require.Contains(t, card.Lateness.Says, tc.says)
	}
	require.Nil(t, l.lateness(HandIn{}))
}

// The list of extensions gives a student more time, or says when something came.
func TestExtensions(t *testing.T) {
	list := func(text string) string {
		at := filepath.Join(t.TempDir(), "extensions.csv")
		require.NoError(t, os.WriteFile(at, []byte(text), 0o644))
		return at
	}
	deadline := time.Date(2026, 11, 20, 23, 59, 0, 0, time.UTC)
	d, err := readDates("2026-11-20T23:59:00Z", list("\uFEFFStudent, Deadline, Handed in\nada,48h,\n1002,2d,\nCLEO,2026-12-01T00:00:00Z,2026-11-30T12:00:00Z\nnobody,1h,\n"))
	require.NoError(t, err)
	handIns := []HandIn{{Keys: []string{"ada"}}, {Keys: []string{"ben", "1002"}}, {Keys: []string{"cleo"}}, {Keys: []string{"dan"}}}
	unknown := d.set(handIns)
	require.Equal(t, deadline.Add(48*time.Hour), handIns[0].Deadline.UTC())
	require.Equal(t, deadline.Add(48*time.Hour), handIns[1].Deadline.UTC())
	require.Equal(t, time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), handIns[2].Deadline.UTC())
	require.Equal(t, time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC), handIns[2].At.UTC())
	require.Equal(t, deadline, handIns[3].Deadline.UTC())
	require.Len(t, unknown, 1)
	require.Contains(t, unknown[0], "nobody has handed in nothing")
	require.False(t, allOver(handIns, deadline.Add(240*time.Hour)), "one has longer")
	require.True(t, allOver(handIns, deadline.Add(300*time.Hour)))
	require.False(t, allOver([]HandIn{{}}, deadline), "there is no deadline")

	for _, tc := range []struct{ deadline, text, says string }{
		{"soon", "", `-deadline: "soon" is no time; write it as`},
		{"", "student,deadline\nada,48h\n", "48h longer than what? Say -deadline"},
		{"2026-11-20", "student,deadline\nada,later\n", `ada: "later" is no time`},
		{"2026-11-20", "student,deadline\nada,-2d\n", `ada: "-2d" is no time`},
		{"2026-11-20", "name,until\nada,2d\n", "its first line names the columns: student, and deadline or handed in or both"},
		{"2026-11-20", "student,handed in\nada,now\n", `ada: "now" is no time`},
		{"2026-11-20", "student,deadline\nada\n", "wrong number of fields"},
	} {
		file := ""
		if tc.text != "" {
			file = list(tc.text)
		}
		_, err := readDates(tc.deadline, file)
		require.ErrorContains(t, err, tc.says)
	}
	at, err := parseTime("2026-11-20")
	require.NoError(t, err)
	require.Equal(t, "23:59:59", at.Format(time.TimeOnly), "a date stands for the end of its day")
}

// The reports show that a hand-in was late, what that took, and what was not
// graded at all.
func TestLatenessInTheReport(t *testing.T) {
	course := toyCourse(t)
	lab := course.Labs[0]
	lab.Late = Late{PerDay: 3}
	h := handInOf(t, course, "testdata/verdicts/reference.txtar")
	h.Deadline = time.Date(2026, 11, 20, 23, 59, 0, 0, time.UTC)
	h.At, h.Notes = h.Deadline.Add(time.Hour), []string{"of several hand-ins of this student the newest was graded"}
	report := &Report{Out: t.TempDir(), Lab: &lab, Teller: &Teller{Lab: &lab}, Plan: Plan{Runs: 1}}
	report.LeftOut = []string{"essay.pdf is neither a directory nor an archive"}
	cards, err := gradingFor(t, course, &lab, 1).grade(t.Context(), []HandIn{h}, report.Student)
	require.NoError(t, err)
	require.NoError(t, report.Class(cards))
	require.Equal(t, 7, cards[0].Points)
	require.Equal(t, "  7 of 10 points, late (3 points taken)", cards[0].oneLine())
	var text strings.Builder
	require.NoError(t, writeText(&text, cards[0]))
	require.Contains(t, text.String(), "reference, lab0-toy: 7 of 10 points")
	require.Contains(t, text.String(), "Each day that has begun takes 3 points. That took 3 points.\nGraded: of several hand-ins")
	index, err := os.ReadFile(filepath.Join(report.Out, "index.html"))
	require.NoError(t, err)
	require.Contains(t, string(index), "late, 3 points taken")
	require.Contains(t, string(index), "essay.pdf is neither a directory nor an archive")
	page, err := os.ReadFile(filepath.Join(report.Out, "students/reference/index.html"))
	require.NoError(t, err)
	require.Contains(t, string(page), "1 h late")
}
