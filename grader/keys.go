package main

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// What a run comes to is kept under a hash of all that it can depend on: the
// submission's files; all of the course that is compiled with them; the
// toolchain; how the grader builds, runs and judges; the lab's row in the table
// and the test's, but for points and titles, which only the sum depends on; and
// which run it is. So nothing is run twice, and whatever changes is run again.

// judging is the part of the grader on which a run's outcome depends.
//
//go:embed build.go judge.go overlay.go process.go process_other.go process_tree.go process_unix.go record.go run.go
//go:embed sandbox.go sandbox_bwrap.go sandbox_inside_linux.go sandbox_linux.go sandbox_other.go stacks.go statement.go
var judging embed.FS

// gradersVersion is a hash of it. Only workers of one version share a queue.
var gradersVersion = func() string {
	h := newHash()
	files, _ := fs.Glob(judging, "*.go") // the pattern is well formed
	for _, name := range files {
		text, _ := judging.ReadFile(name) // it is there
		h.add(name, string(text))
	}
	return h.sum()
}()

// A hash is that of a list of texts.
type hash struct{ texts [][]string }

func newHash() *hash { return new(hash) }

func (h *hash) add(texts ...string) { h.texts = append(h.texts, texts) }

func (h *hash) addJSON(v any) {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("what is hashed is plain: %v", err))
	}
	h.add(string(text))
}

func (h *hash) sum() string {
	text, _ := json.Marshal(h.texts) // texts have no errors
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// ingredients hashes what is compiled with a submission of the lab, and by what: the
// hidden suite, the packages that it is made of or that a submission may import,
// and the stubs that may stand in.
func (c *Course) ingredients(ctx context.Context, lab *Lab) (string, error) {
	goCommand := func(args ...string) (string, error) {
		cmd := exec.CommandContext(ctx, "go", args...)
		cmd.Dir = c.Root
		cmd.Env = append(os.Environ(), "GOTOOLCHAIN=local", "GOWORK=off")
		out, err := cmd.Output()
		if exit, ok := err.(*exec.ExitError); ok {
			err = fmt.Errorf("%w\n%s", err, exit.Stderr)
		}
		if err != nil {
			err = fmt.Errorf("go %s: %w", args[0], err)
		}
		return string(out), err
	}
	toolchain, err := goCommand("env", "GOVERSION", "GOOS", "GOARCH", "GOAMD64", "GOARM64", "GOEXPERIMENT", "CGO_CFLAGS", "CGO_LDFLAGS")
	if err != nil {
		return "", err
	}
	const format = `{{if .Module}}{{if .Module.Main}}{{$p := .}}{{range .GoFiles}}{{$p.Dir}}|{{.}}
{{end}}{{range .CgoFiles}}{{$p.Dir}}|{{.}}
{{end}}{{range .SFiles}}{{$p.Dir}}|{{.}}
{{end}}{{range .EmbedFiles}}{{$p.Dir}}|{{.}}
{{end}}{{end}}{{end}}`
	args := []string{"list", "-deps", "-test", "-f", format, "./" + lab.hidden()}
	for _, dir := range lab.dirs() {
		args = append(args, "./"+dir+"/...")
	}
	out, err := goCommand(args...)
	if err != nil {
		return "", err
	}
	paths := map[string]bool{c.path("go.mod"): true, c.path("go.sum"): true}
	for line := range strings.Lines(out) {
		dir, name, _ := strings.Cut(strings.TrimSpace(line), "|")
		if name != "" && !filepath.IsAbs(name) { // the go command's own lie in its cache
			paths[filepath.Join(dir, name)] = true
		}
	}
	h := newHash()
	h.add(toolchain, c.Main)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		text, err := os.ReadFile(path)
		if err != nil && !missing(err) {
			return "", err
		}
		h.add(c.shorten(path), string(text))
	}
	return h.sum(), nil
}

// suiteKey is the key of a submission with the lab's hidden suite. mine is the
// lab with those whose files are the student's.
func (c *Course) suiteKey(ingredients string, mine *Lab, on Ground, sub *Submission) string {
	h := newHash()
	h.add(gradersVersion, ingredients, string(on), fmt.Sprint(c.Sandbox != nil))
	for _, lab := range c.set(mine) {
		h.addJSON([]any{lab.Dir, lab.Package, lab.Given, lab.Limits, lab.On})
	}
	for _, name := range slices.Sorted(maps.Keys(sub.Files)) {
		h.add(name, string(sub.Files[name]))
	}
	h.add(slices.Sorted(slices.Values(sub.Deleted))...)
	return h.sum()
}

// runKey is the key of one run of a suite.
func runKey(suite string, test Test, shot Shot) string {
	h := newHash()
	h.add(suite)
	h.addJSON([]any{test.Name, test.Plain, shot})
	return h.sum()
}
