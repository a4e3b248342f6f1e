// The grader grades hand-ins of the labs, and checks the labs themselves.
//
//	go run ./grader grade -lab lab1-clocks -runs 20 -o out PATH...
//	go run ./grader batch -db postgres://... -lab lab1-clocks -wait PATH...
//	grader worker -db postgres://...
//	grader status -db postgres://...
//	go run ./grader check -lab lab1-clocks -v -o out/check
//	go run ./grader check -lab lab1-clocks -mutants . -replays 5
//	go run ./grader soak -lab lab1-clocks -runs 10000
//	go run ./grader replay -lab lab1-clocks -test TestX1A -seed 7 PATH
//	go run ./grader overlay -lab lab1-clocks DIR
//	go run ./grader sample -lab lab1-clocks DIR
//	go run ./grader selftest -v
//	go run ./grader release -labs lab1-clocks,lab2-election
//	go run ./grader solutions
//	go run ./grader stubs
//	go run ./grader rerun ada TestX1A 7
//	go run ./grader override ada TestX1A 3 -reason "..."
//	go run ./grader regrade out out-again
//	go run ./grader diff out out-again
//	go run ./grader similar -lab lab1-clocks -tool jplag PATH...
//	go run ./grader gradescope -lab lab1-clocks
//	go run ./grader classroom -lab lab1-clocks
//
// Grading is five steps, a file each: ingest takes the student's files and
// leaves the rest, build compiles them into the hidden suite by an overlay, run
// gives every run of every test a process, score sums up, report writes pages
// for people and files for machines.
//
// What a run came to is kept in a database (grader/store) under a key of all that
// it depends on (keys.go), and nothing is run twice: a grading that was stopped
// or killed goes on where it was, and on PostgreSQL any number of machines make
// the runs (runner.go).
//
// A lab may stand on others, as a service on a Raft: a hand-in is then files of
// all of them. It is run on the student's own, and, where that does not earn all
// points, also on our solutions of the labs below; the table says which counts.
//
// A solution is a submission: hand-ins, the reference and the mutants go
// through the same overlay and the same runs.
//
// What is handed in is built and run in a sandbox (sandbox.go), and states how
// a run ended over a descriptor of its own (statement.go). Check and soak run
// our own solutions and mutants, without one.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// commands is the command line.
type commands struct {
	Grade    gradeCommand    `cmd:"" help:"Grade hand-ins, and write a report on the class."`
	Batch    batchCommand    `cmd:"" help:"Put the runs of hand-ins into a database of PostgreSQL, for workers to make; write a report when they are made."`
	Worker   workerCommand   `cmd:"" help:"Make runs that a batch has put into a database, on any machine with a sandbox."`
	Status   statusCommand   `cmd:"" help:"Tell how far the batches in a database are."`
	Check    checkCommand    `cmd:"" help:"Check the labs: reference, stubs, mutants."`
	Soak     soakCommand     `cmd:"" help:"Run the hidden suite on the reference with thousands of seeds; stopped, it goes on where it was."`
	Replay   replayCommand   `cmd:"" help:"Run one hidden test once on one hand-in, with a seed, and print all that it prints."`
	Rerun    rerunCommand    `cmd:"" help:"Replay a run of which a report tells."`
	Regrade  regradeCommand  `cmd:"" help:"Grade again what a report is on, after a test was mended, and show in which grades that differs."`
	Override overrideCommand `cmd:"" help:"Decide by hand what a test earns a student, with a reason that stands in the report."`
	Diff     diffCommand     `cmd:"" help:"Show in which grades two reports differ."`
	Overlay  overlayCommand  `cmd:"" help:"Write the overlay that puts a hand-in, or the reference, in place of a lab's stubs, and print its path."`
	Sample   sampleCommand   `cmd:"" help:"Write the sample class of a lab into a folder."`

	Release    releaseCommand    `cmd:"" help:"Make and verify what students get, and let their branch grow by it."`
	Solutions  solutionsCommand  `cmd:"" help:"Write a branch that has the references in place of the stubs."`
	Stubs      stubsCommand      `cmd:"" help:"Show where the stubs and the references declare different things."`
	Gradescope gradescopeCommand `cmd:"" help:"Write an autograder for Gradescope, as a .zip."`
	Autograde  autogradeCommand  `cmd:"" help:"Grade one hand-in and write results.json for Gradescope, as such an autograder does."`
	Classroom  classroomCommand  `cmd:"" help:"Write a workflow for GitHub Classroom that runs the public tests and gives their points."`
	Similar    similarCommand    `cmd:"" help:"Write what a checker of similarity reads: a folder a student, and the stubs."`

	Selftest selftestCommand `cmd:"" help:"Let a catalogue of attacks loose on the sandbox, and print what stopped each."`
}

func main() {
	becomeInside()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second one ends the program at once.
	context.AfterFunc(ctx, stop)

	var c commands
	parser := kong.Must(&c, kong.Name("grader"), kong.UsageOnError(),
		kong.Description("Grades hand-ins of the labs."))
	line, err := parser.Parse(longFlags(os.Args[1:]))
	parser.FatalIfErrorf(err)
	line.BindTo(ctx, (*context.Context)(nil))
	if err = line.BindToProvider(func() (*Course, error) { return findCourse(".") }); err == nil {
		err = line.Run()
	}
	switch {
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(os.Stderr, "grader: stopped")
		os.Exit(130)
	case err != nil:
		fmt.Fprintln(os.Stderr, "grader:", err)
		os.Exit(1)
	}
}

// longFlags lets a long flag begin with one dash, as the go command's do:
// -lab is --lab. What follows a lone "--" is left as it is.
func longFlags(args []string) []string {
	long := make([]string, 0, len(args))
	for i, arg := range args {
		if arg == "--" {
			return append(long, args[i:]...)
		}
		if len(arg) > 2 && arg[0] == '-' && arg[1] >= 'a' && arg[1] <= 'z' && arg[2] != '=' {
			arg = "-" + arg
		}
		long = append(long, arg)
	}
	return long
}
