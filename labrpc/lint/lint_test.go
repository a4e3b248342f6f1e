package lint_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"distlabs/labrpc/lint"
)

var update = flag.Bool("update", false, "write the messages to testdata/messages.txt")

// A snippet file is a txtar archive. A line that the lint should find says
// which rule: "// want Rule", or "// want-above Rule" in the line below. All
// that is not marked must not be found.
var want = regexp.MustCompile(`// want(-above)? (\w+)`)

func TestSnippets(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, archives)

	var messages strings.Builder
	for _, a := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(a), ".txtar"), func(t *testing.T) {
			comment, files := archive(t, a)
			_, lab, _ := strings.Cut(comment, "\nlab: ")
			found, err := lint.Check(lint.Config{Lab: strings.TrimSpace(lab), Files: files})
			require.NoError(t, err)

			expected, got := make(map[string]bool), make(map[string]bool)
			for name, text := range files {
				for i, line := range strings.Split(string(text), "\n") {
					for _, m := range want.FindAllStringSubmatch(line, -1) {
						at := i + 1
						if m[1] != "" {
							at--
						}
						expected[fmt.Sprintf("%s:%d %s", name, at, m[2])] = true
					}
				}
			}
			fmt.Fprintf(&messages, "== %s ==\n", filepath.Base(a))
			for _, f := range found {
				got[fmt.Sprintf("%s:%d %s", f.File, f.Line, f.Rule)] = true
				fmt.Fprintln(&messages, f)
			}
			require.Empty(t, cmp.Diff(expected, got), "lines (-expected +found)")
		})
	}
	golden := filepath.Join("testdata", "messages.txt")
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(messages.String()), 0o666))
	}
	b, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(b), messages.String()), "messages (-golden +now); -update rewrites them")
}

// archive reads a txtar file: a comment, then files behind "-- name --" lines.
func archive(t *testing.T, path string) (comment string, files map[string][]byte) {
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	heads := regexp.MustCompile(`(?m)^-- (\S+) --\n`).FindAllSubmatchIndex(b, -1)
	require.NotEmpty(t, heads)
	files = make(map[string][]byte)
	for i, h := range heads {
		end := len(b)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		files[string(b[h[2]:h[3]])] = b[h[1]:end]
	}
	return string(bytes.TrimSpace(b[:heads[0][0]])), files
}

func TestDirHoldsStudentFilesAndOthers(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.go":      "package x\n\nvar count int\n\nfunc f() { count++ }\n",
		"a_test.go": "package x\n\nvar tests int\n\nfunc g() { tests++ }\n",
		"notes.md":  "var notes int\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666))
	}
	found, err := lint.Check(lint.Config{Lab: "lab1-clocks", Dir: dir})
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, filepath.ToSlash(filepath.Join(dir, "a.go")), found[0].File)
	require.Equal(t, 3, found[0].Line)

	_, err = lint.Check(lint.Config{Lab: "lab1-clocks", Dir: filepath.Join(dir, "none")})
	require.ErrorContains(t, err, "lint lab1-clocks")
}

// Whatever a student hands in, the lint returns.
func FuzzCheck(f *testing.F) {
	archives, _ := filepath.Glob("testdata/*.txtar")
	for _, a := range archives {
		b, err := os.ReadFile(a)
		require.NoError(f, err)
		f.Add(b[bytes.Index(b, []byte("package")):])
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		_, err := lint.Check(lint.Config{Lab: "lab1-clocks", Files: map[string][]byte{"x.go": text}})
		require.NoError(t, err)
	})
}
