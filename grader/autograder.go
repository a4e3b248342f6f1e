package main

import (
	"archive/zip"
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/template"
)

// An autograder for Gradescope is a .zip with two scripts, setup.sh, which
// prepares an image, and run_autograder, which grades one hand-in in a container
// made from it; with the grader, and as much of the course as is compiled with a
// hand-in. Such a container has half a processor, 768 MB of memory and ten
// minutes, unless the assignment is set otherwise. To compile the grader there,
// with the database in it, would take more than that.

// autograderRuns is how many runs fit. Measured with the references: ten of
// lab 4, and ten of lab 5 on one Raft, take 70 s of a processor each, with what
// is compiled. Lab 5 may be run on two Rafts, which is then five minutes of half
// a processor.
const autograderRuns = 10

//go:embed autograder
var autograderFiles embed.FS

type gradescopeCommand struct {
	Lab  string `required:"" help:"The lab, by its folder's name."`
	Runs int    `help:"How often each hidden test is run (default: what fits half a processor and ten minutes, 10)."`
	Race bool   `help:"Make all runs under the race detector, and not the table's mix."`
	Salt string `default:"distlabs" env:"GRADER_SALT" help:"What the seeds are made from; keep your course's own."`
	Out  string `short:"o" placeholder:"FILE" help:"The .zip (default: out/gradescope-LAB.zip)."`
}

// Run writes the .zip.
func (g *gradescopeCommand) Run(ctx context.Context, course *Course) error {
	lab, err := findLab(course.Labs, g.Lab)
	if err != nil {
		return err
	}
	if g.Runs == 0 {
		g.Runs = autograderRuns
	}
	if err := atLeastOne(g.Runs); err != nil {
		return err
	}
	if g.Out == "" {
		g.Out = filepath.Join("out", "gradescope-"+lab.Dir+".zip")
	}
	files, err := course.autograder(lab, g)
	if err == nil {
		files["grader"], err = course.program(ctx)
	}
	if err == nil {
		err = os.MkdirAll(filepath.Dir(g.Out), 0o755)
	}
	if err == nil {
		err = create(g.Out, func(w io.Writer) error { return writeZip(w, files) })
	}
	if err != nil {
		return err
	}
	if g.Race {
		lab = lab.underRace()
	}
	fmt.Printf("%s: %s; %d files. Upload it as the autograder of a programming assignment.\n", g.Out, lab.Says(g.Runs), len(files))
	return nil
}

// program compiles the grader for Gradescope's containers. It needs nothing of
// the system that it runs on.
func (c *Course) program(ctx context.Context) ([]byte, error) {
	dir, err := os.MkdirTemp("", "grader-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	at := filepath.Join(dir, "grader")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", at, "./grader")
	cmd.Dir = c.Root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("compile the grader for Gradescope: %w\n%s", err, out)
	}
	return os.ReadFile(at)
}

// autograder returns the files of the .zip, but for the grader.
func (c *Course) autograder(lab *Lab, g *gradescopeCommand) (map[string][]byte, error) {
	source, err := c.source()
	if err != nil {
		return nil, err
	}
	files := make(map[string][]byte)
	for name, text := range source.Tree {
		if inAutograder(lab, name) {
			files["course/"+name] = text
		}
	}
	scripts, err := template.ParseFS(autograderFiles, "autograder/*")
	if err != nil {
		return nil, err
	}
	for _, t := range scripts.Templates() {
		var text strings.Builder
		if err := t.Execute(&text, map[string]any{"Lab": lab.Dir, "Labs": lab.dirs(), "Runs": g.Runs, "Race": g.Race, "Salt": quote(g.Salt), "Go": runtime.Version()}); err != nil {
			return nil, err
		}
		files[t.Name()] = []byte(text.String())
	}
	return files, nil
}

// inAutograder reports whether an autograder of the lab needs a file of the
// course: the world, all labs as they are handed out, the lab's hidden suite, and
// our solutions of what it stands on. Its own solution and the mutants stay here.
func inAutograder(lab *Lab, name string) bool {
	in := func(dir string) bool { return strings.HasPrefix(name, dir+"/") }
	test := strings.HasSuffix(name, "_test.go")
	switch {
	case in(lab.hidden()):
		return true
	case strings.Contains(name, "/testdata/"):
		return false
	case in("solutions"):
		of := func(on string) bool { return path.Dir(name) == "solutions/"+on }
		return slices.ContainsFunc(lab.On, of) && path.Ext(name) == ".go"
	case strings.HasPrefix(name, "lab") && !in("labrpc") && !in("labgob"):
		return true
	}
	return !test && (in("labrpc") || in("labgob")) || slices.Contains([]string{"go.mod", "go.sum", "LICENSE"}, name)
}

// writeZip writes files as a .zip. The same files are the same bytes; what
// begins with #! can be executed, and so can a program.
func writeZip(w io.Writer, files map[string][]byte) error {
	archive := zip.NewWriter(w)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		head := &zip.FileHeader{Name: name, Method: zip.Deflate}
		head.SetMode(0o644)
		if bytes.HasPrefix(files[name], []byte("#!")) || bytes.HasPrefix(files[name], []byte("\x7fELF")) {
			head.SetMode(0o755)
		}
		f, err := archive.CreateHeader(head)
		if err != nil {
			return err
		}
		if _, err := f.Write(files[name]); err != nil {
			return err
		}
	}
	return archive.Close()
}

// autogradeCommand is what run_autograder runs.
type autogradeCommand struct {
	Lab            string `required:"" help:"The lab, by its folder's name."`
	Runs           int    `default:"10" help:"How often each hidden test is run."`
	Race           bool   `help:"Make all runs under the race detector, and not the table's mix."`
	Salt           string `default:"distlabs" env:"GRADER_SALT" help:"What the seeds are made from."`
	Jobs           int    `help:"Processes at once (default: the processors)."`
	Path           string `arg:"" help:"The folder of one hand-in."`
	Results        string `arg:"" help:"The results.json."`
	sandboxOptions `embed:""`
}

// Run grades one hand-in, and writes what the student may see of it. What comes
// to light after the date that is due, Gradescope holds back until then. It
// fails, and writes nothing, if the grader could not tell anything: Gradescope
// then says that the autograder failed, and nobody takes it for a grade.
func (a *autogradeCommand) Run(ctx context.Context, course *Course) error {
	lab, err := findLab(course.Labs, a.Lab)
	if err != nil {
		return err
	}
	if err := atLeastOne(a.Runs); err != nil {
		return err
	}
	if a.Race {
		lab = lab.underRace()
	}
	teller, err := course.teller(lab, false)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "grader-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	if err := course.confine(ctx, a.sandboxOptions, lab, scratch); err != nil {
		return err
	}
	grading := &Grading{Course: course, Lab: lab, Plan: Plan{Runs: a.Runs, Salt: a.Salt}, Jobs: jobs(a.Jobs), Scratch: scratch, Progress: newProgress(os.Stderr)}
	cards, err := grading.grade(ctx, []HandIn{{Student: "hand-in", Path: a.Path}}, func(*Card) error { return nil })
	if err != nil {
		return err
	}
	card := cards[0]
	switch {
	case ctx.Err() != nil:
		return context.Canceled
	case card.Broken != "":
		return errors.New(card.Broken)
	}
	if course.Sandbox == nil {
		card.Sandbox = "no sandbox but the container"
	}
	told, err := teller.tell(card)
	if err != nil {
		return err
	}
	return create(a.Results, func(w io.Writer) error { return writeGradescope(w, told) })
}
