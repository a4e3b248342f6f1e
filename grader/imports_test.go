package main

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What may not be imported, used or written is told by its line.
func TestStrangers(t *testing.T) {
	lab := &Lab{Dir: "lab4-raft", On: []string{"lab2-election"}, Imports: []string{"html"}}
	for _, tc := range []struct{ name, code, says string }{
		{"what computes", "import (\n\"slices\"\n\"sync\"\n)\nvar _ = slices.Max[[]int]\nvar _ sync.Mutex", ""},
		{"the lab's own", "import _ \"distlabs/lab4-raft/raftapi\"", ""},
		{"that of a lab below", "import _ \"distlabs/lab2-election/electionapi\"", ""},
		{"a lab below", "import _ \"distlabs/lab2-election\"", ""},
		{"the table's", "import _ \"html\"", ""},
		{"the lab's tests", "import _ \"distlabs/lab4-raft/rafttest\"", "rafttest is not one"},
		{"another lab's", "import _ \"distlabs/lab1-clocks/clocksapi\"", "lab1-clocks/clocksapi is not one"},
		{"reflection", "import \"reflect\"\nvar _ = reflect.DeepEqual", "package reflect"},
		{"files", "import \"os\"", "package os"},
		{"the other's key", "import \"distlabs/labrpc/attest\"", "package distlabs/labrpc/attest"},
		{"somebody's module", "import \"github.com/evil/evil\"", "github.com/evil/evil"},
		{"an empty name", "import _ \"unsafe\"", "package unsafe"},
		{"embedding", "import \"embed\"", "package embed"},
		{"embedding without its package's line", "//go:embed secret.txt\nvar secret string", "Directive"},
		{"what the world needs", "import \"distlabs/labrpc\"\nvar _ *labrpc.ClientEnd", ""},
		{"another world", "import \"distlabs/labrpc\"\nvar _ = labrpc.MakeNetwork()", "labrpc.MakeNetwork is for the tests"},
		{"another world by another name", "import l \"distlabs/labrpc\"\nvar f = l.SetHost", "l.SetHost is for the tests"},
		{"another world by a dot", "import . \"distlabs/labrpc\"\nvar f = SetHost", "a dot before"},
		{"the codec's ear", "import \"distlabs/labgob\"\nvar _ = labgob.Listen", "labgob.Listen"},
	} {
		found := lab.strangers([]byte("package raft\n\n" + tc.code + "\n"))
		if tc.says == "" {
			require.Empty(t, found, tc.name)
			continue
		}
		require.Len(t, found, 1, tc.name)
		require.Contains(t, found[0].text, tc.says, tc.name)
		require.GreaterOrEqual(t, found[0].line, 3, tc.name)
	}
}

// What is handed out, our solutions and the classes stay within what the table
// allows; a line that the lint has refused is not refused twice.
func TestTheTableAllowsWhatIsNeeded(t *testing.T) {
	course, err := findCourse(".")
	require.NoError(t, err)
	for i := range course.Labs {
		lab := &course.Labs[i]
		for name, of := range map[string]func(*Lab) (map[string][]byte, error){"stubs": course.stubs, "reference": course.reference} {
			files, err := of(lab)
			require.NoError(t, err)
			sub := &Submission{Files: files, Paths: namesAsPaths(files)}
			require.Empty(t, course.vetImports(sub, lab, nil), "%s of %s", name, lab.Dir)
			require.Empty(t, course.vetImports(sub, lab.alone(), nil), "%s of %s on ours", name, lab.Dir)
		}
		recipes, err := filepath.Glob("testdata/class/" + lab.Dir + "/*.txtar")
		require.NoError(t, err)
		for _, path := range recipes {
			r, err := readRecipe(path, sampleKeys...)
			require.NoError(t, err)
			files, err := course.madeUp(lab, r)
			require.NoError(t, err)
			maps.DeleteFunc(files, func(name string, _ []byte) bool { // ingest leaves these out
				return filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go")
			})
			sub := &Submission{Files: files, Paths: namesAsPaths(files)}
			require.Empty(t, course.vetImports(sub, lab, nil), path)
		}
	}
	toy := toyCourse(t)
	sub := &Submission{Files: map[string][]byte{"a.go": []byte("package toy\n\nimport \"unsafe\"\n")}, Paths: map[string]string{"a.go": "a.go"}}
	_, err = toy.vet(sub, &toy.Labs[0])
	var trouble *Trouble
	require.ErrorAs(t, err, &trouble)
	require.Len(t, trouble.Lines, 1)
}
