package main

import (
	"archive/tar"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const gradescopeYML = `---
submission_11:
  :submitters:
  - :name: Ada Lovelace
    :sid: '1001'
    :email: ada@example.org
  :created_at: 2026-11-20 21:30:00.123456789 Z
  :score: 3.0
submission_12:
  :submitters:
  - :name: Ben Bit
    :sid: '1002'
    :email: ben@example.org
  - :name: Cleo Cap
    :sid: '1003'
    :email: cleo@example.org
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-11-21 08:00:00.000000000 Z
    zone: !ruby/object:ActiveSupport::TimeZone
      name: Etc/UTC
    time: 2026-11-21 08:00:00.000000000 Z
  :history:
  - :id: 10
submission_13:
  :submitters:
  - :name: Ada Lovelace
    :sid: '1001'
  :created_at: 2026-11-22 00:00:00.000000000 Z
submission_14:
  :submitters:
  - :name: Gone
    :sid: '1004'
  :created_at: nonsense
`

// An export of Gradescope is as many hand-ins as its list names, in a folder and
// in an archive, with the times that it tells.
func TestGradescopeExport(t *testing.T) {
	lab := &toyCourse(t).Labs[0]
	files := map[string]string{
		"submission_metadata.yml":    gradescopeYML,
		"submission_11/counter.go":   "package toy // old\n",
		"submission_12/counter.go":   "package toy // two\n",
		"submission_12/notes.txt":    "n",
		"submission_13/lab/count.go": "package toy // new\n",
		"submission_99/counter.go":   "package toy // whose\n",
	}
	folder := filepath.Join(t.TempDir(), "assignment_7_export")
	write(t, folder, files)
	var entries []packed
	for name, text := range files {
		entries = append(entries, packed{name: "assignment_7_export/" + name, text: text})
	}
	archive := zipUp(t, filepath.Join(t.TempDir(), "submissions.zip"), append(entries, packed{name: "assignment_7_export/submission_12/../../x.go"})...)

	for _, export := range []string{folder, archive} {
		found, leftOut, err := discover([]string{export}, lab)
		require.NoError(t, err)
		require.Equal(t, []string{"Ada Lovelace", "Ben Bit and Cleo Cap"}, students(found))
		require.Equal(t, time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), found[0].At.UTC(), "the newer of two")
		require.Equal(t, time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC), found[1].At.UTC())
		require.Contains(t, found[1].Keys, "cleo@example.org")
		require.Equal(t, []string{"Ben Bit", "Cleo Cap"}, found[1].group)
		require.Len(t, leftOut, 3)
		require.Contains(t, leftOut[0], "submission_99: submission_metadata.yml does not say whose it is")
		require.Contains(t, leftOut[1], "submission_14: it is in submission_metadata.yml, and there is no such folder")
		require.Contains(t, leftOut[2], "Ada Lovelace handed in more than once, and ")

		tree, _, err := found[0].tree(toyCourse(t))
		require.NoError(t, err)
		require.Equal(t, map[string][]byte{"lab/count.go": []byte("package toy // new\n")}, tree.Go)
		tree, _, err = found[1].tree(toyCourse(t))
		if export == folder {
			require.NoError(t, err)
			require.Equal(t, []LeftOut{{"notes.txt", "no .go file"}}, tree.LeftOut)
		} else {
			require.ErrorContains(t, err, `"../../x.go", which leads outside the archive`, "one student's, and nobody else's")
		}
	}

	write(t, folder, map[string]string{"submission_metadata.yml": "- no map"})
	_, _, err := discover([]string{folder}, lab)
	require.ErrorContains(t, err, "submission_metadata.yml does not read like Gradescope's")
}

// An export of Canvas is an archive or some files of each student, of which the
// last one counts; what it marks as late is late.
func TestCanvasExport(t *testing.T) {
	lab := &toyCourse(t).Labs[0]
	inner := func(name string, entries ...packed) string {
		at := filepath.Join(t.TempDir(), name)
		if archiveKind(name) == ".zip" {
			zipUp(t, at, entries...)
		} else {
			tarUp(t, at, entries...)
		}
		text, err := os.ReadFile(at)
		require.NoError(t, err)
		return string(text)
	}
	files := []packed{
		{name: "lovelaceada_LATE_17_900_lab_0.zip", text: inner("x.zip", file("counter.go"))},
		{name: "lovelaceada_17_905_lab_0-1.tgz", text: inner("x.tgz", file("counter.go"), file("greet.go"))},
		{name: "bitben_18_901_counter.go", text: "package toy // old"},
		{name: "bitben_18_903_counter-1.go", text: "package toy // new"},
		{name: "bitben_18_902_greet.go", text: "package toy // greet"},
		{name: "malloryeve_LATE_19_904_lovelaceada_17_999_lab.zip", text: inner("x.zip", packed{name: "../x.go", kind: tar.TypeReg})},
		{name: "capcleo_20_906_essay.pdf", text: "%PDF"},
		{name: "readme.txt", text: "?"},
	}
	folder := t.TempDir()
	for _, f := range files {
		write(t, folder, map[string]string{f.name: f.text})
	}
	for _, export := range []string{zipUp(t, filepath.Join(t.TempDir(), "submissions.zip"), files...), folder} {
		found, leftOut, err := discover([]string{export}, lab)
		require.NoError(t, err)
		require.ElementsMatch(t, []string{"lovelaceada", "malloryeve", "bitben"}, students(found), "nobody speaks for another")
		require.Len(t, leftOut, 3)
		by := make(map[string]HandIn)
		for _, h := range found {
			by[h.Student] = h
		}
		require.False(t, by["lovelaceada"].Marked)
		require.True(t, by["malloryeve"].Marked)
		require.Equal(t, "17", by["lovelaceada"].canvas)

		tree, _, err := by["lovelaceada"].tree(toyCourse(t))
		require.NoError(t, err)
		require.Len(t, tree.Go, 2, "the newer one")
		tree, _, err = by["bitben"].tree(toyCourse(t))
		require.NoError(t, err)
		require.Equal(t, map[string][]byte{"counter.go": []byte("package toy // new"), "greet.go": []byte("package toy // greet")}, tree.Go)
		_, _, err = by["malloryeve"].tree(toyCourse(t))
		require.ErrorContains(t, err, "leads outside")
	}
}

// Among others, what looks like an export is one student's, who speaks for
// nobody else.
func TestNoStudentSpeaksForOthers(t *testing.T) {
	lab := &Lab{Dir: "lab0-toy"}
	dir := t.TempDir()
	write(t, dir, map[string]string{"ada/counter.go": "package toy"})
	mallory := zipUp(t, filepath.Join(dir, "mallory.zip"), packed{name: "ada_1_99999_lab.zip", text: "PK"})
	gradescope := zipUp(t, filepath.Join(dir, "mallet.zip"), packed{name: "submission_metadata.yml", text: gradescopeYML}, file("submission_11/counter.go"))

	found, _, err := discover([]string{dir}, lab)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"ada", "mallet", "mallory"}, students(found))
	found, leftOut, err := discover([]string{filepath.Join(dir, "ada"), mallory, gradescope}, lab)
	require.NoError(t, err)
	require.Equal(t, []string{"ada", "mallory", "mallet"}, students(found))
	require.Len(t, leftOut, 2)
	require.Contains(t, leftOut[0], "looks like an export, and is taken for one hand-in; name an export alone")
}

// One bad hand-in of an export costs nobody else, and a student can be graded
// again by name.
func TestExportsAreGraded(t *testing.T) {
	course := toyCourse(t)
	lab := &course.Labs[0]
	good := handInOf(t, course, "testdata/verdicts/reference.txtar")
	var entries []packed
	for _, name := range []string{"counter.go", "greet.go"} {
		text, err := os.ReadFile(filepath.Join(good.Path, name))
		require.NoError(t, err)
		entries = append(entries, packed{name: name, text: string(text), kind: tar.TypeReg})
	}
	nested, err := os.ReadFile(tarUp(t, filepath.Join(t.TempDir(), "x.tar.zst"), entries...))
	require.NoError(t, err)
	export := zipUp(t, filepath.Join(t.TempDir(), "export.zip"),
		packed{name: "ada_LATE_1_10_lab.tar.zst", text: string(nested)}, packed{name: "mallory_2_11_lab.zip", text: "no zip"})
	handIns, leftOut, err := discover([]string{export}, lab)
	require.NoError(t, err)
	require.Empty(t, leftOut)
	cards, err := gradingOf(t, course, 1).grade(t.Context(), handIns, func(*Card) error { return nil })
	require.NoError(t, err)
	require.Equal(t, Pass, cards[0].verdict())
	require.Equal(t, " 10 of 10 points, late", cards[0].oneLine())
	require.Contains(t, cards[0].Lateness.Says, "Late, says the export, and not by how much, so no points are taken.")
	require.Equal(t, "1", cards[0].Canvas)
	require.Equal(t, CauseIngest, cards[1].Trouble.Cause)
	require.Regexp(t, "-seed 7 -student ada '?"+export, cards[0].replayOf("TestGreets0B", Shot{Seed: 7, Processors: 1}, Own).String())

	replay := &replayCommand{Path: export, Student: "ada"}
	sub, err := replay.submission(course, lab)
	require.NoError(t, err)
	require.Len(t, sub.Files, 2)
	replay.Student = "nobody"
	_, err = replay.submission(course, lab)
	require.ErrorContains(t, err, "has no hand-in of nobody")
}

// Who handed in together has a line each in the files with grades.
func TestGroupsHaveALineEach(t *testing.T) {
	lab := &toyCourse(t).Labs[0]
	card := cardFor(lab, "Ben Bit and Cleo Cap", "export.zip")
	card.Group = []string{"Ben Bit", "Cleo Cap"}
	out := reportOn(t, lab, card, cardFor(lab, "ada", "ada"))
	grades, err := os.ReadFile(filepath.Join(out, "grades.csv"))
	require.NoError(t, err)
	require.Regexp(t, `(?m)^Ben Bit,10,10,.*\nCleo Cap,10,10,.*\nada,10,10,`, string(grades))
}
