// Package handouts holds what students read. Its tests resolve all that the
// texts point at.
package handouts

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// headings are those of every handout, in this order.
var headings = []string{"Why", "What you will build", "What it must guarantee", "What it need not do",
	"Parts", "Reading a failure", "Hints", "Hand in"}

// handouts returns the texts of the labs' handouts by the labs' names.
func handouts(t *testing.T) map[string]string {
	return texts(t, "lab*.md")
}

func texts(t *testing.T, pattern string) map[string]string {
	files, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.NotEmpty(t, files)
	out := make(map[string]string)
	for _, file := range files {
		out[strings.TrimSuffix(file, ".md")] = read(t, file)
	}
	return out
}

func read(t *testing.T, file string) string {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(text)
}

var heading = regexp.MustCompile(`(?m)^(#{2,3}) (.+)$`)

func TestEveryHandoutHasTheSameHeadings(t *testing.T) {
	for lab, text := range handouts(t) {
		var got []string
		for _, m := range heading.FindAllStringSubmatch(text, -1) {
			if m[1] == "##" {
				got = append(got, m[2])
			}
		}
		require.Equal(t, headings, got, lab)
	}
}

var citation = regexp.MustCompile(`\(handout \\?"([^"\\]+)\\?"\)`)

// A failure says where the handout tells more, so each handout has that
// heading.
func TestFailuresReferToHeadingsThatExist(t *testing.T) {
	roots, err := filepath.Glob("../lab*") // the labs, labrpc, labgob
	require.NoError(t, err)
	cited := make(map[string]string) // heading → a file that cites it
	for _, root := range roots {
		require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && d.Name() == "testdata":
				return fs.SkipDir
			case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
				for _, m := range citation.FindAllStringSubmatch(read(t, path), -1) {
					cited[m[1]] = path
				}
			}
			return nil
		}))
	}
	delete(cited, "%q") // a format
	require.NotEmpty(t, cited)
	for lab, text := range handouts(t) {
		var have []string
		for _, m := range heading.FindAllStringSubmatch(text, -1) {
			have = append(have, m[2])
		}
		for head, path := range cited {
			require.Contains(t, have, head, "%s cites it, and the handout of %s has no such heading", path, lab)
		}
	}
}

var link = regexp.MustCompile(`\[([^\]]+)\]\(([^)\s]+)\)`)

// Every link leads to a file, and a link of a symbol to a file that declares
// it.
func TestLinksLead(t *testing.T) {
	for _, pattern := range []string{"*.md", "quiz/*.md"} {
		for name, text := range texts(t, pattern) {
			for _, m := range link.FindAllStringSubmatch(text, -1) {
				label, target := m[1], m[2]
				if strings.Contains(target, "://") {
					continue
				}
				file := filepath.Join(filepath.Dir(name), strings.Split(target, "#")[0])
				require.FileExists(t, withGo(t, file), "%s links to %s", name, target)
				if token.IsIdentifier(label) && strings.HasSuffix(file, ".go") {
					require.Contains(t, declared(t, file), label, "%s looks for it in %s", name, target)
				}
			}
		}
	}
}

// withGo is the file, or for a folder one of its Go files.
func withGo(t *testing.T, file string) string {
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		inside, err := filepath.Glob(filepath.Join(file, "*.go"))
		require.NoError(t, err)
		require.NotEmpty(t, inside, file)
		return inside[0]
	}
	return file
}

// declared returns what a file declares: functions, methods, types, constants
// and variables, or only those kinds.
func declared(t *testing.T, file string, kinds ...token.Token) (names []string) {
	wanted := func(kind token.Token) bool { return len(kinds) == 0 || slices.Contains(kinds, kind) }
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	require.NoError(t, err)
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if wanted(token.FUNC) {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			if !wanted(d.Tok) {
				continue
			}
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					names = append(names, s.Name.Name)
				case *ast.ValueSpec:
					for _, n := range s.Names {
						names = append(names, n.Name)
					}
				}
			}
		}
	}
	return names
}

var ruleRow = regexp.MustCompile("(?m)^\\| `([A-Za-z0-9]+)` \\|")

// The rules that a handout explains are those that a failure can name.
func TestRulesAreExplained(t *testing.T) {
	for lab, text := range handouts(t) {
		files, err := filepath.Glob(filepath.Join("..", lab, "*test", "rules*.go"))
		require.NoError(t, err)
		require.NotEmpty(t, files, lab)
		var rules, told []string
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			rules = append(rules, declared(t, file, token.CONST)...)
		}
		for _, m := range ruleRow.FindAllStringSubmatch(section(text, "What it must guarantee"), -1) {
			told = append(told, m[1])
		}
		require.ElementsMatch(t, rules, told, lab)
	}
}

// section returns the text below a heading.
func section(text, head string) string {
	_, after, _ := strings.Cut(text, "\n## "+head+"\n")
	before, _, _ := strings.Cut(after, "\n## ")
	return before
}

var testName = regexp.MustCompile(`\bTest[A-Z]\w*\d[A-Z]\b`)

// A test that a handout names is one that students have.
func TestNamedTestsExist(t *testing.T) {
	for lab, text := range handouts(t) {
		files, err := filepath.Glob(filepath.Join("..", lab, "*_test.go"))
		require.NoError(t, err)
		var have []string
		for _, file := range files {
			have = append(have, declared(t, file)...)
		}
		for _, name := range testName.FindAllString(text, -1) {
			require.Contains(t, have, name, lab)
		}
	}
}

var (
	command    = regexp.MustCompile("go run \\./labrpc/cmd/lab ([^`\n]+)")
	makeTarget = regexp.MustCompile("`make ([a-z]+) LAB=")
)

// A command that a handout shows is one that there is, with flags that it has.
func TestCommandsExist(t *testing.T) {
	lab := filepath.Join(t.TempDir(), "lab")
	out, err := exec.Command("go", "build", "-o", lab, "../labrpc/cmd/lab").CombinedOutput()
	require.NoError(t, err, string(out))
	help := func(sub string) string {
		out, _ := exec.Command(lab, sub, "-h").CombinedOutput() // a flag package's -h exits with 2
		return string(out)
	}
	makefile := read(t, "../Makefile")
	for name, text := range handouts(t) {
		commands := command.FindAllStringSubmatch(text, -1)
		require.NotEmpty(t, commands, name)
		for _, m := range commands {
			words := strings.Fields(m[1])
			usage := help(words[0])
			require.Contains(t, usage, "Usage: lab "+words[0]+" ", name)
			for _, word := range words[1:] {
				if strings.HasPrefix(word, "-") {
					require.Regexp(t, `(?m)^  `+regexp.QuoteMeta(word)+`\b`, usage, "%s: %s", name, m[0])
				}
			}
		}
		for _, m := range makeTarget.FindAllStringSubmatch(text, -1) {
			require.Regexp(t, `(?m)^`+m[1]+`:`, makefile, name)
		}
	}
}

var goBlock = regexp.MustCompile("(?ms)^```go\n(.+?)^```$")

// Go that a text shows stands word for word in a file of ours, so that it
// compiles.
func TestGoIsQuoted(t *testing.T) {
	var code strings.Builder
	require.NoError(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", "out", "testdata"}, d.Name()):
			return fs.SkipDir
		case strings.HasSuffix(path, ".go"):
			code.WriteString("\n" + read(t, path))
		}
		return nil
	}))
	for _, pattern := range []string{"*.md", "quiz/*.md"} {
		for name, text := range texts(t, pattern) {
			for _, m := range goBlock.FindAllStringSubmatch(text, -1) {
				require.True(t, strings.Contains(code.String(), "\n"+m[1]), "%s shows, and no file has:\n%s", name, m[1])
			}
		}
	}
}

var question = regexp.MustCompile(`(?m)^(\d+)\. `)

// Each lab has a quiz, and each question an answer, which only the staff has.
func TestEveryQuestionHasAnAnswer(t *testing.T) {
	for lab := range handouts(t) {
		numbers := func(file string) (out []string) {
			for _, m := range question.FindAllStringSubmatch(read(t, file), -1) {
				out = append(out, m[1])
			}
			return out
		}
		asked, answered := numbers(filepath.Join("quiz", lab+".md")), numbers(filepath.Join("..", "solutions", lab, "quiz.md"))
		require.NotEmpty(t, asked)
		require.Equal(t, asked, answered, lab)
		require.Equal(t, slices.Compact(slices.Clone(asked)), asked, "a number twice")
	}
}
