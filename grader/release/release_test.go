package release

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
)

// toy is the course in testdata.
func toy(t *testing.T) *Course {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/course.txtar")
	require.NoError(t, err)
	tree := make(Tree)
	for _, f := range archive.Files {
		tree[f.Name] = f.Data
	}
	return &Course{Tree: tree, Names: []string{"Ada Staff"}, Labs: []Lab{
		{Dir: "lab1-toy", Title: "Lab 1: a toy", Given: []string{"given.go"}, Parts: []string{"1A", "1B"},
			Tests: []string{"TestOneWord1A", "TestFigure7_1B", "TestNothing1B", "TestManyWords1B"}},
		{Dir: "lab2-shop", Title: "Lab 2: a shop", On: []string{"lab1-toy"}, Parts: []string{"2A"}},
	}}
}

func released(t *testing.T, c *Course, o Options) *Release {
	t.Helper()
	r, err := c.Release(o)
	require.NoError(t, err)
	return r
}

// same compares trees in a way that people can read.
func same(t *testing.T, want, got Tree) {
	t.Helper()
	require.Equal(t, want.paths(), got.paths())
	for name := range want {
		require.Equal(t, string(want[name]), string(got[name]), name)
	}
}

// A release has what the list allows, and nothing else.
func TestReleaseIsAnAllowList(t *testing.T) {
	r := released(t, toy(t), Options{Labs: []string{"lab1-toy"}})
	require.Equal(t, []string{
		".gitignore", "LICENSE", "Makefile", "README.md", "go.mod",
		"handouts/figures/toy.svg", "handouts/lab1-toy.md", "handouts/more.md", "handouts/quiz/lab1-toy.md",
		"lab1-toy/given.go", "lab1-toy/more_test.go", "lab1-toy/toy.go", "lab1-toy/toy_test.go", "lab1-toy/toyapi/api.go", "lab1-toy/toytest/rules.go",
		"labrpc/doc.go", "labrpc/simtest/version.txt",
	}, r.Files.paths())
	require.Empty(t, r.dangling())
	leaks, err := r.leaks()
	require.NoError(t, err)
	require.Empty(t, leaks)
	require.NotContains(t, string(r.Files["Makefile"]), "grader")
	require.Contains(t, string(r.Files["Makefile"]), "say which lab: make $@ LAB=lab1-toy")
	require.Contains(t, string(r.Files["README.md"]), "[Lab 1: a toy](handouts/lab1-toy.md)")
	require.NotContains(t, string(r.Files["README.md"]), "reference/")
}

// A lab brings along what it stands on.
func TestLabsBelowComeAlong(t *testing.T) {
	r := released(t, toy(t), Options{Labs: []string{"lab2-shop"}})
	require.Contains(t, r.Files, "lab1-toy/toy.go")
	require.Contains(t, r.Files, "lab2-shop/shop.go")
	same(t, r.Files, released(t, toy(t), Options{}).Files)
}

func TestUnknownNamesSayWhatThereIs(t *testing.T) {
	for _, tc := range []struct {
		options Options
		says    string
	}{
		{Options{Labs: []string{"lab9"}}, "lab9 is no lab; there are: lab1-toy, lab2-shop"},
		{Options{Reference: []string{"lab9"}}, "lab9 is no lab; there are: lab1-toy, lab2-shop"},
		{Options{Labs: []string{"lab1-toy"}, Parts: []string{"2A"}}, "2A is no part of what is released; there are: 1A, 1B"},
	} {
		_, err := toy(t).Release(tc.options)
		require.EqualError(t, err, tc.says)
	}
	course := toy(t)
	delete(course.Tree, "handouts/lab2-shop.md")
	_, err := course.Release(Options{})
	require.ErrorContains(t, err, "lab2-shop has no handout")
}

// Of parts that are not released the public tests are missing, with what only
// they needed; what other tests need stays.
func TestPublicTestsOfSomeParts(t *testing.T) {
	r := released(t, toy(t), Options{Labs: []string{"lab1-toy"}, Parts: []string{"1A"}})
	require.NotContains(t, r.Files, "lab1-toy/more_test.go")
	require.Equal(t, `package toy_test

import (
	"testing"

	toy "distlabs/lab1-toy"
)

// One word is one word.
func TestOneWord1A(t *testing.T) { check(t, []string{"a"}) }

func check(t *testing.T, words []string) {
	if toy.Count(words) != len(words) {
		t.Error("that is another number")
	}
}
`, string(r.Files["lab1-toy/toy_test.go"]))
	both := released(t, toy(t), Options{Labs: []string{"lab1-toy"}, Parts: []string{"1B", "1A"}})
	same(t, released(t, toy(t), Options{Labs: []string{"lab1-toy"}}).Files, both.Files)
}

// A reference that is given out lies apart, and is no leak.
func TestReferenceIsGivenOut(t *testing.T) {
	r := released(t, toy(t), Options{Reference: []string{"lab1-toy"}})
	require.Contains(t, r.Files, "reference/lab1-toy/tally.go")
	require.NotContains(t, r.Files, "reference/lab1-toy/quiz.md")
	require.Contains(t, string(r.Files["lab1-toy/toy.go"]), "Your code here")
	require.Contains(t, string(r.Files["README.md"]), "`reference/lab1-toy` holds our solution")
	leaks, err := r.leaks()
	require.NoError(t, err)
	require.Empty(t, leaks)
}

// Each thing that students must not see is found, and told with file and line.
func TestLeaksAreFound(t *testing.T) {
	for _, tc := range []struct{ name, file, text, says string }{
		{"a line of a solution in a stub", "lab1-toy/toy.go", "package toy\n\nfunc f() {\n\tnumber := tally(words, Most)\n}\n",
			`lab1-toy/toy.go:4: "number := tally(words, Most)" is a line of solutions/lab1-toy/toy.go`},
		{"three lines in what is given", "lab1-toy/toytest/rules.go",
			"package toytest\n\nfunc f() {\n\tnumber := tally(words, Most)\n\tif number > Most && len(words) > 0 {\n\t\tnumber = min(number, cap(words))\n\t}\n}\n",
			`lab1-toy/toytest/rules.go:6: "number = min(number, cap(words))" is a line of`},
		{"a hidden test", "handouts/more.md", "See TestManyWords1B.\n", "handouts/more.md:1: names TestManyWords1B, which is the staff's"},
		{"a folder of the staff's", "labrpc/doc.go", "package labrpc // see grader/hidden\n", "labrpc/doc.go:1: names grader/hidden"},
		{"a person", "handouts/more.md", "Ask Ada Staff.\n", "handouts/more.md:1: names Ada Staff"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			course := toy(t)
			course.Tree[tc.file] = []byte(tc.text)
			found, err := released(t, course, Options{}).leaks()
			require.NoError(t, err)
			require.Len(t, found, 1)
			require.Contains(t, found[0], tc.says)
		})
	}
	course := toy(t)
	course.Tree["lab1-toy/toytest/rules.go"] = []byte("package toytest\n\nfunc f() {\n\tnumber := tally(words, Most)\n}\n")
	found, err := released(t, course, Options{}).leaks()
	require.NoError(t, err)
	require.Empty(t, found, "one line may be anybody's")
}

// A page that leads to what is not released is told.
func TestDanglingLinksAreFound(t *testing.T) {
	course := toy(t)
	course.Tree["handouts/more.md"] = []byte("[x](../solutions/lab1-toy/toy.go) [y](lab2-shop.md) [z](#here)\n")
	r := released(t, course, Options{Labs: []string{"lab1-toy"}})
	require.Equal(t, []string{
		"handouts/more.md links to solutions/lab1-toy/toy.go, which is not released",
		"handouts/more.md links to handouts/lab2-shop.md, which is not released",
	}, r.dangling())
}

// The same files are the same bytes, and a version is that of the harness,
// whatever of it is released.
func TestReleaseIsReproducible(t *testing.T) {
	one, two := released(t, toy(t), Options{}), released(t, toy(t), Options{})
	var a, b bytes.Buffer
	require.NoError(t, one.Files.WriteArchive(&a, "distlabs"))
	require.NoError(t, two.Files.WriteArchive(&b, "distlabs"))
	require.Equal(t, a.Bytes(), b.Bytes())

	version := toy(t).Version()
	require.Len(t, version, 12)
	require.Equal(t, version+"\n", string(released(t, toy(t), Options{Labs: []string{"lab1-toy"}, Parts: []string{"1A"}}).Files[versionFile]))
	for name, decides := range map[string]bool{
		"labrpc/doc.go": true, "lab1-toy/given.go": true, "lab1-toy/toytest/rules.go": true, "lab1-toy/toy_test.go": true,
		"lab1-toy/toy.go": false, "handouts/more.md": false, "solutions/lab1-toy/toy.go": false, "labrpc/doc_test.go": false, versionFile: false,
	} {
		course := toy(t)
		course.Tree[name] = append(slices.Clone(course.Tree[name]), '\n')
		require.Equal(t, decides, course.Version() != version, name)
	}
}

// What a run depends on of go.mod is in the version; what only the staff's
// programs need is not.
func TestVersionKnowsTheModulesOfTheHarness(t *testing.T) {
	version := func(mod string) string {
		course := toy(t)
		course.Tree["labrpc/doc.go"] = []byte("package labrpc\n\nimport (\n\t_ \"example.org/near/far\"\n)\n")
		course.Tree["go.mod"] = []byte(mod)
		return course.Version()
	}
	one := version("module distlabs\n\ngo 1.26.0\n\nrequire (\n\texample.org/near v1.0.0\n\texample.org/other v1.0.0\n)\n")
	require.Equal(t, one, version("module distlabs\n\ngo 1.26.0\n\nrequire example.org/near v1.0.0\n"))
	require.NotEqual(t, one, version("module distlabs\n\ngo 1.26.0\n\nrequire example.org/near v1.0.1\n"))
	require.NotEqual(t, one, version("module distlabs\n\ngo 1.27.0\n\nrequire example.org/near v1.0.0\n"))
}

// A folder is made anew if it holds a release, and refused if it holds
// anything else.
func TestWriteFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "release")
	files := released(t, toy(t), Options{}).Files
	require.NoError(t, files.WriteFolder(dir))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "stale.go"), nil, 0o644))
	require.NoError(t, files.WriteFolder(dir))
	back, err := ReadFolder(dir)
	require.NoError(t, err)
	same(t, files, back)

	require.NoError(t, os.Mkdir(filepath.Join(dir, ".git"), 0o755))
	require.ErrorContains(t, files.WriteFolder(dir), "is not empty and is no release")
	require.DirExists(t, filepath.Join(dir, ".git"))
}

// What stubs and references declare is held together.
func TestDrift(t *testing.T) {
	course := toy(t)
	found, err := course.Drift(course.Labs[1])
	require.NoError(t, err)
	require.Empty(t, found)

	course.Tree["lab2-shop/shop.go"] = []byte("// Package shop sells.\npackage shop\n\n// Sell sells much.\nfunc Sell() {}\n\n// Buy buys.\nfunc Buy() {}\n")
	course.Tree["lab2-shop/till.go"] = []byte("package shop\n\nfunc till() {\n\t// Your code here (2A).\n}\n")
	course.Tree["solutions/lab2-shop/more.go"] = []byte("package shop\n\n// Lend lends.\nfunc Lend() {}\n")
	found, err = course.Drift(course.Labs[1])
	require.NoError(t, err)
	require.Len(t, found, 4)
	all := strings.Join(found, "\n")
	require.Contains(t, all, "lab2-shop/till.go is a stub, and there is no solutions/lab2-shop/till.go to replace it")
	require.Contains(t, all, "the stub has Buy, and the reference has not")
	require.Contains(t, all, "the reference has Lend, and the stub has not")
	require.Contains(t, all, "Sell differs\nthe stub:\n    Sell sells much.")
}
