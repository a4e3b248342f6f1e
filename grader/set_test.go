package main

import (
	"encoding/csv"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// till is the lab of the toy course that stands on another.
func till(c *Course) *Lab { return &c.Labs[1] }

// Each hand-in in testdata/sets is of a lab that stands on another. Its report
// says which of its files were taken, what it came to on the student's own
// files of the other lab, and, where these did not do, on ours.
func TestReportsOnSets(t *testing.T) {
	course := toyCourse(t)
	reportsOn(t, course, till(course), "testdata/sets/*.txtar", 2)
}

// Each lab's folder is found by its name, and what lies flat belongs to the lab
// that is graded.
func TestFoldersOfSeveralLabs(t *testing.T) {
	course := toyCourse(t)
	for _, tc := range []struct {
		name  string
		files []string // handed in
		taken map[string]string
		says  string
	}{
		{"a folder each", []string{"lab1-till/till.go", "lab0-toy/counter.go"},
			map[string]string{"till.go": "lab1-till/till.go", "lab0-toy/counter.go": "lab0-toy/counter.go"}, ""},
		{"deeper, and again deeper still", []string{"a/b/lab1-till/till.go", "a/lab0-toy/counter.go", "a/old/lab0-toy/counter.go", "a/lab0-toy/sub/x.go"},
			map[string]string{"till.go": "a/b/lab1-till/till.go", "lab0-toy/counter.go": "a/lab0-toy/counter.go"}, ""},
		{"flat", []string{"till.go", "counter.go"},
			map[string]string{"till.go": "till.go", "counter.go": "counter.go"}, "no .go file of lab0-toy was handed in, and lab1-till runs on it"},
		{"flat beside a folder", []string{"till.go", "lab0-toy/counter.go"},
			map[string]string{"till.go": "till.go", "lab0-toy/counter.go": "lab0-toy/counter.go"}, ""},
		{"in a folder of any name", []string{"mine/till.go", "mine/lab0-toy/counter.go", "mine/lab0-toy/deep/x.go"},
			map[string]string{"till.go": "mine/till.go", "lab0-toy/counter.go": "mine/lab0-toy/counter.go"}, ""},
		{"flat beside a folder of the lab's name", []string{"counter.go", "lab1-till/till.go"},
			map[string]string{"till.go": "lab1-till/till.go"}, "no .go file of lab0-toy"},
		{"the other lab alone", []string{"lab0-toy/counter.go"},
			map[string]string{"lab0-toy/counter.go": "lab0-toy/counter.go"}, "no .go file of lab1-till was handed in"},
		{"tests and what is given", []string{"lab1-till/till.go", "lab0-toy/counter.go", "lab0-toy/toy_test.go", "lab0-toy/given.go", "lab1-till/given.go"},
			map[string]string{"till.go": "lab1-till/till.go", "given.go": "lab1-till/given.go", "lab0-toy/counter.go": "lab0-toy/counter.go"}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, name := range tc.files {
				write(t, dir, map[string]string{name: "package p\n"})
			}
			sub, err := course.ingest(HandIn{Student: "ada", Path: dir}, till(course))
			if tc.says == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, tc.says)
			}
			require.Equal(t, tc.taken, sub.Paths)
			require.ElementsMatch(t, slices.Collect(maps.Keys(tc.taken)), slices.Collect(maps.Keys(sub.Files)))
			require.Len(t, sub.LeftOut, len(tc.files)-len(tc.taken))
		})
	}
}

// What one lab declares says nothing about the stubs of another.
func TestStubsStandInLabByLab(t *testing.T) {
	course := toyCourse(t)
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"lab1-till/mine.go": "package till\n\ntype Till struct{}\n\ntype Counter struct{}\n\nfunc Greet() {}\n",
		"lab0-toy/all.go":   "package toy\n\ntype Counter struct{}\n\nfunc Sign() {}\n",
	})
	sub, err := course.ingest(HandIn{Student: "ada", Path: dir}, till(course))
	require.NoError(t, err)
	require.Equal(t, []string{"till.go", "lab0-toy/counter.go"}, sub.Deleted)
	require.Equal(t, []string{"sign.go", "lab0-toy/greet.go"}, sub.StandIns, "and no doc.go, which only tells")
}

// A hand-in that is a folder of either lab's name is no batch.
func TestDiscoverKnowsTheLabsBelow(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"ada/lab0-toy/counter.go": ""})
	found, _, err := discover([]string{filepath.Join(dir, "ada")}, till(toyCourse(t)))
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, "ada", found[0].Student)
}

// The overlay puts each file into its lab's folder, and nothing anywhere else.
func TestOverlayOfASet(t *testing.T) {
	course := toyCourse(t)
	dir := t.TempDir()
	o, err := course.overlay(till(course), map[string][]byte{"till.go": nil, "lab0-toy/counter.go": nil}, []string{"lab0-toy/greet.go"},
		map[string]string{"lab0-toy/counter.go": "handin/lab0-toy/counter.go"}, dir)
	require.NoError(t, err)
	text, err := os.ReadFile(o.File)
	require.NoError(t, err)
	at := func(rel string) string { return course.path(rel) }
	require.JSONEq(t, `{"Replace": {"`+at("lab1-till/till.go")+`": "`+dir+`/till.go", "`+at("lab0-toy/counter.go")+`": "`+dir+`/lab0-toy/counter.go", "`+
		at("lab0-toy/greet.go")+`": ""}}`, string(text))
	require.Equal(t, "handin/lab0-toy/counter.go:3:1: no", o.students(dir+"/lab0-toy/counter.go:3:1: no", course.Root))

	for _, name := range []string{"lab9-none/x.go", "lab0-toy/deep/x.go", "../lab0-toy/x.go", "sim/sim.go"} {
		_, err := course.overlay(till(course), map[string][]byte{name: nil}, nil, nil, t.TempDir())
		require.ErrorContains(t, err, name+" is no file of lab1-till or lab0-toy")
	}
}

// A lab that stands on another is checked with the references of both, and its
// stubs on ours, too; a mutant may be in either.
func TestCheckOfASet(t *testing.T) {
	course := toyCourse(t)
	var out strings.Builder
	check := checkOf(t, course, &out)
	check.Lab = till(course)
	require.NoError(t, check.check(t.Context()), out.String())
	require.Contains(t, out.String(), "reference: 6 of 6 runs passed")
	require.Contains(t, out.String(), "stub: 0 of 8 points; 1 of 1 public tests fail with a sentence")
	require.Contains(t, out.String(), "stub on the reference lab0-toy: 0 of 8 points; 1 of 1 public tests fail with a sentence")
	require.Contains(t, out.String(), "mutants: 2 of 2 caught")
}

// The soak runs the references of both.
func TestSoakOfASet(t *testing.T) {
	course := toyCourse(t)
	out, err := soakOn(t.Context(), &Soak{Course: course, Lab: till(course), Runs: 3, Jobs: 1, Dir: t.TempDir()}, silent{})
	require.NoError(t, err)
	require.Equal(t, "lab1-till, plain: 6 of 6 runs passed (3 of each of 2 tests)\n", out)
}

// The table says which run counts, and the other one is reported beside it.
func TestWhichGroundCounts(t *testing.T) {
	trouble := &Trouble{Cause: CauseCompile, Lines: []string{"till.go:1: no"}}
	for _, tc := range []struct {
		name      string
		counts    Ground
		own, ours Card
		want      Ground
	}{
		{"own", Own, Card{Points: 3}, Card{Points: 8}, Own},
		{"the reference", Reference, Card{Points: 8}, Card{Points: 3}, Reference},
		{"the better one is ours", Better, Card{Points: 3}, Card{Points: 8}, Reference},
		{"the better one is own", Better, Card{Points: 8}, Card{Points: 3}, Own},
		{"none is better", Better, Card{Points: 3}, Card{Points: 3}, Own},
		{"not said", "", Card{Points: 3}, Card{Points: 8}, Own},
	} {
		tc.own.Ground, tc.ours.Ground = Own, Reference
		card := together(tc.counts, &tc.own, &tc.ours)
		require.Equal(t, tc.want, card.Ground, tc.name)
		require.NotNil(t, card.Other, tc.name)
		require.Nil(t, card.Other.Other, tc.name)
	}
	card := together(Better, &Card{Ground: Own, Trouble: trouble}, &Card{Ground: Reference, Trouble: trouble})
	require.Equal(t, Own, card.Ground)
	require.Nil(t, card.Other, "the same trouble is told once")
}

// Where the run on the reference counts it is always made.
func TestTheReferenceCountsAlsoBesideFullMarks(t *testing.T) {
	course := toyCourse(t)
	till(course).Counts = Reference
	h := handInFor(t, course, till(course), "testdata/sets/reference.txtar")
	cards, err := gradingFor(t, course, till(course), 1).grade(t.Context(), []HandIn{h}, func(*Card) error { return nil })
	require.NoError(t, err)
	require.Equal(t, Reference, cards[0].Ground)
	require.Equal(t, cards[0].Max, cards[0].Points)
	require.Equal(t, Own, cards[0].Other.Ground)
	require.Equal(t, "  8 of 8 points on the reference lab0-toy (8 on the student's own lab0-toy)", cards[0].oneLine())
}

// The pages of a set show both runs, each test with an address of its own and
// each failure with a trace of its own; the class and the grades show both sums.
func TestPagesOfASet(t *testing.T) {
	course := toyCourse(t)
	lab := till(course)
	var handIns []HandIn
	for _, name := range []string{"alone", "below-does-not-compile", "reference"} {
		handIns = append(handIns, handInFor(t, course, lab, "testdata/sets/"+name+".txtar"))
	}
	wrong := handInFor(t, course, lab, "testdata/sets/counts-by-one.txtar")
	write(t, wrong.Path, map[string]string{"sign.go": "package till\n\nfunc Sign(customer string) string { return customer }\n"})
	report := &Report{Out: t.TempDir(), Lab: lab, Plan: Plan{Runs: 1}}
	cards, err := gradingFor(t, course, lab, 1).grade(t.Context(), append(handIns, wrong), report.Student)
	require.NoError(t, err)
	require.NoError(t, report.Class(cards))

	at := filepath.Join(report.Out, "staff", "counts-by-one")
	f, err := os.Open(filepath.Join(at, "index.html"))
	require.NoError(t, err)
	defer f.Close()
	root, err := html.Parse(f)
	require.NoError(t, err)
	ids, traces := make(map[string]int), make(map[string]int)
	for node := range root.Descendants() {
		for _, a := range node.Attr {
			switch {
			case a.Key == "id":
				ids[a.Val]++
			case a.Key == "href" && strings.HasPrefix(a.Val, "traces/"):
				traces[a.Val]++
				require.FileExists(t, filepath.Join(at, a.Val))
			}
		}
	}
	require.Equal(t, map[string]int{"TestSells1A": 1, "TestSign1B": 1, "reference": 1, "reference-TestSells1A": 1, "reference-TestSign1B": 1}, ids)
	require.Len(t, traces, 3, "Sells on the own counter, Sign on both")

	g, err := os.Open(filepath.Join(report.Out, "grades.csv"))
	require.NoError(t, err)
	defer g.Close()
	rows, err := csv.NewReader(g).ReadAll()
	require.NoError(t, err)
	require.Equal(t, [][]string{
		{"student", "points", "max", "own", "reference", "1A", "1B", "late", "withheld", "verdict", "causes"},
		{"alone", "0", "8", "0", "5", "0", "0", "", "0", "fail", "ingest"},
		{"below-does-not-compile", "0", "8", "0", "5", "0", "0", "", "0", "fail", "compile"},
		{"reference", "8", "8", "8", "", "5", "3", "", "0", "pass", ""},
		{"counts-by-one", "0", "8", "0", "5", "0", "0", "", "0", "fail", "violation"},
	}, rows)
	index, err := os.ReadFile(filepath.Join(report.Out, "index.html"))
	require.NoError(t, err)
	require.Contains(t, string(index), "the student's own lab0-toy. Reference: the points with our solution in its place. The first counts")
}

// Whose a line is depends on the ground: on the reference, a race below the
// student's lab is ours.
func TestWhoseFramesOnWhichGround(t *testing.T) {
	course := toyCourse(t)
	counter, given := course.path("lab0-toy/counter.go"), course.path("lab0-toy/given.go")
	race := func(file string) string {
		return "WARNING: DATA RACE\nRead at 0x00c0 by goroutine 8:\n  m/lab.(*Counter).Add()\n      " + file +
			":31 +0x84\n\nPrevious write at 0x00c0 by main goroutine:\n  m/lab.(*Till).Sell()\n      " + file + ":12 +0x84\n==================\n"
	}
	f, found, mine := course.race(till(course), race(counter))
	require.True(t, found && mine)
	require.Contains(t, f.Text, "read at lab0-toy/counter.go:31 in (*Counter).Add, write at lab0-toy/counter.go:12 in (*Till).Sell")
	_, found, mine = course.race(till(course).alone(), race(counter))
	require.True(t, found && !mine)
	_, found, mine = course.race(till(course), race(given))
	require.True(t, found && !mine)
	f, _, mine = course.race(till(course).alone(), race(course.path("lab1-till/till.go")))
	require.True(t, mine)
	require.Contains(t, f.Text, "read at till.go:31")
}

// Each lab stands on labs of the table that come before it, and the table says
// which run counts.
func TestLabsStandOnEarlierOnes(t *testing.T) {
	before := make(map[string]bool)
	for _, lab := range labs {
		for _, on := range lab.On {
			require.True(t, before[on], "%s stands on %s", lab.Dir, on)
		}
		if len(lab.On) > 0 {
			require.Contains(t, []Ground{Own, Reference, Better}, lab.Counts, lab.Dir)
		} else {
			require.Empty(t, lab.Counts, "%s stands on nothing", lab.Dir)
		}
		before[lab.Dir] = true
	}
}

// A service whose Raft does not compile earns nothing, and its report shows
// what it earns on ours.
func TestAServiceOnABadRaft(t *testing.T) {
	course := theCourse(t)
	lab, err := findLab(course.Labs, "lab5-kvraft")
	require.NoError(t, err)
	test, err := lab.test("TestOneClient5A")
	require.NoError(t, err)
	some := *lab
	some.Parts = []Part{{Name: "5A", Tests: []Test{test}}}
	h := handInFor(t, course, lab, "testdata/class/lab5-kvraft/eve.txtar")
	cards, err := gradingFor(t, course, &some, 1).grade(t.Context(), []HandIn{h}, func(*Card) error { return nil })
	require.NoError(t, err)
	card := cards[0]
	require.Zero(t, card.Points)
	require.Equal(t, Own, card.Ground)
	require.Regexp(t, `^lab4-raft/election\.go:\d+:\d+: .*termOfLast undefined`, card.Trouble.Lines[0])
	require.Equal(t, Reference, card.Other.Ground)
	require.Equal(t, test.Points, card.Other.Points)
}
