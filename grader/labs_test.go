package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"distlabs/labrpc/lint"
)

func theCourse(t *testing.T) *Course {
	t.Helper()
	course, err := findCourse(".")
	require.NoError(t, err)
	return course
}

// The table and the hidden suites name the same tests, and each test the part
// that it is in.
func TestTheTableIsTheSuite(t *testing.T) {
	course := theCourse(t)
	tests, err := filepath.Glob("hidden/*/*_test.go")
	require.NoError(t, err)
	var inTable, onDisk []string
	for _, test := range tests {
		onDisk = append(onDisk, filepath.Base(filepath.Dir(test)))
	}
	onDisk = slices.Compact(onDisk)
	for i := range course.Labs {
		lab := &course.Labs[i]
		inTable = append(inTable, lab.Dir)
		suite, err := course.build(lab, &Submission{Student: "the stubs"}, lab.hidden(), t.TempDir())
		require.NoError(t, err)
		bin, err := suite.binary(t.Context(), false)
		require.NoError(t, err)
		have, err := testNames(t.Context(), bin)
		require.NoError(t, err)
		var want []string
		for _, part := range lab.Parts {
			require.Positive(t, len(part.Tests), "part %s", part.Name)
			for _, test := range part.Tests {
				want = append(want, test.Name)
				require.True(t, strings.HasSuffix(test.Name, part.Name), "%s is in part %s", test.Name, part.Name)
				require.Positive(t, test.Points, test.Name)
				require.Contains(t, []Disclosure{TellRule, TellAll, TellLater}, lab.tells(test), test.Name)
			}
		}
		slices.Sort(want)
		slices.Sort(have)
		require.Equal(t, have, want, "the table of %s", lab.Dir)
		require.ElementsMatch(t, lint.LabOf(lab.Dir).Given, lab.Given, "the student's own lint must know the same given files")
	}
	require.ElementsMatch(t, onDisk, inTable, "each hidden suite has a row in the table")
}

// Each student of each sample class can be made from the reference as it is.
func TestSampleClassesCanBeMade(t *testing.T) {
	course := theCourse(t)
	for i := range course.Labs {
		lab := &course.Labs[i]
		dir := t.TempDir()
		n, err := course.sample(lab, dir)
		require.NoError(t, err)
		found, leftOut, err := discover([]string{dir}, lab)
		require.NoError(t, err)
		require.Len(t, found, n)
		require.Empty(t, leftOut)
	}
	_, err := course.sample(&Lab{Dir: "lab9-none"}, t.TempDir())
	require.ErrorContains(t, err, "no sample class")
}

// Every recipe of a class stands beside a row of the table.
func TestNoOrphanClasses(t *testing.T) {
	classes, err := filepath.Glob("testdata/class/*")
	require.NoError(t, err)
	for _, class := range classes {
		_, err := findLab(labs, filepath.Base(class))
		require.NoError(t, err)
	}
}

func TestUnknownNamesSayWhatThereIs(t *testing.T) {
	table := toyCourse(t).Labs
	_, err := findLab(table, "lab9")
	require.EqualError(t, err, `"lab9" is not a lab; there are: lab0-toy, lab1-till`)
	_, err = table[0].test("TestX")
	require.ErrorContains(t, err, "there are: TestCountsUp0A, TestCountsForTwo0A, TestGreets0B")
	_, err = findCourse(t.TempDir())
	require.ErrorContains(t, err, "is in no course")
}

func TestLongFlagsMayHaveOneDash(t *testing.T) {
	got := longFlags([]string{"grade", "-lab", "x", "-runs=3", "--jobs", "2", "-o", "out", "-v", "dir", "-", "--", "-lab"})
	require.Equal(t, []string{"grade", "--lab", "x", "--runs=3", "--jobs", "2", "-o", "out", "-v", "dir", "-", "--", "-lab"}, got)
}

// A part's row in the handout names what the table says that it is worth.
var partRow = regexp.MustCompile(`(?m)^\| (\d[A-Z])\b[^|]*\| (\d+) \|`)

// The instructors' page has hours for each part.
func TestInstructorsKnowTheHoursOfEachPart(t *testing.T) {
	course := theCourse(t)
	page, err := os.ReadFile(course.path("handouts/instructors.md"))
	require.NoError(t, err)
	for i := range course.Labs {
		for _, part := range course.Labs[i].Parts {
			require.Regexp(t, `(?m)^\| `+part.Name+` [^|]+\| \d+ \|`, string(page), "part %s has no row in the table of hours", part.Name)
		}
	}
}

var (
	graderCommand = regexp.MustCompile("(?:go run \\./grader|`grader) ([a-z]+)([^`\n]*)")
	flagOf        = regexp.MustCompile(` -([a-z][a-z-]*)`)
	makeCommand   = regexp.MustCompile("(?m)(?:^|`)make ([a-z]+)")
)

// A command that a page for the staff shows is one that there is, with flags
// that it has.
func TestPagesNameCommandsThatThereAre(t *testing.T) {
	course := theCourse(t)
	parser := kong.Must(new(commands))
	flags := make(map[string][]string)
	for _, command := range parser.Model.Children {
		flags[command.Name] = nil
		for _, flag := range command.Flags {
			flags[command.Name] = append(flags[command.Name], flag.Name, string(flag.Short))
		}
	}
	var targets strings.Builder
	for _, file := range []string{"Makefile", "grader/staff.mk"} {
		text, err := os.ReadFile(course.path(file))
		require.NoError(t, err)
		targets.Write(text)
	}
	for _, page := range []string{"README.md", "handouts/instructors.md", "handouts/adding-a-lab.md"} {
		text, err := os.ReadFile(course.path(page))
		require.NoError(t, err)
		shown := graderCommand.FindAllStringSubmatch(string(text), -1)
		require.NotEmpty(t, shown, page)
		for _, m := range shown {
			require.Contains(t, flags, m[1], "%s: %s", page, m[0])
			for _, flag := range flagOf.FindAllStringSubmatch(m[2], -1) {
				require.Contains(t, flags[m[1]], flag[1], "%s: %s", page, m[0])
			}
		}
		for _, m := range makeCommand.FindAllStringSubmatch(string(text), -1) {
			require.Regexp(t, `(?m)^`+m[1]+`:`, targets.String(), "%s: make %s", page, m[1])
		}
	}
}

// The handouts promise the points that the table gives.
func TestHandoutsPromiseTheTablesPoints(t *testing.T) {
	course := theCourse(t)
	for i := range course.Labs {
		lab := &course.Labs[i]
		text, err := os.ReadFile(course.path("handouts/" + lab.Dir + ".md"))
		require.NoError(t, err)
		promised := make(map[string]string)
		for _, row := range partRow.FindAllStringSubmatch(string(text), -1) {
			promised[row[1]] = row[2]
		}
		worth := make(map[string]string)
		for _, part := range lab.Parts {
			points := 0
			for _, test := range part.Tests {
				points += test.Points
			}
			worth[part.Name] = strconv.Itoa(points)
		}
		require.Equal(t, worth, promised, lab.Dir)
	}
}
