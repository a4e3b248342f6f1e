// Command lab runs a lab's tests, looks for seeds that fail, shows a failing
// seed again, prints what happened, and lints.
//
//	go run ./labrpc/cmd/lab test lab1-clocks -part 1C
//	go run ./labrpc/cmd/lab stress lab1-clocks -runs 200
//	go run ./labrpc/cmd/lab replay lab1-clocks TestConcurrentEvents1D -seed 17
//	go run ./labrpc/cmd/lab show lab1-clocks TestConcurrentEvents1D
//	go run ./labrpc/cmd/lab lint lab1-clocks
//
// Flags may stand before or after the names. Every test runs in a process of
// its own, on one processor, so that a test that stalls, spins or panics stops
// nothing but itself, and so that its seed can show the same run again. What
// a failing run leaves is below out/, by command, lab and test.
//
// The exit status is 0 if all went well, 1 if a test failed or the lint found
// an error, and 2 if the command could not do its work.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	dir, err := os.Getwd()
	if err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		os.Exit(statusBroken)
	}
	status := run(ctx, session{dir: dir, out: os.Stdout, err: os.Stderr, terminal: isTerminal(os.Stdout)}, os.Args[1:])
	stop()
	os.Exit(status)
}

// The exit statuses.
const (
	statusOK     = 0
	statusFailed = 1 // the student's code
	statusBroken = 2 // the command line, the build, the machine
)

// A session is where a command runs and where it writes.
type session struct {
	dir      string // the working directory
	out, err io.Writer
	terminal bool // out is a terminal: colours, and progress in one line
}

func (s session) printf(format string, args ...any) { fmt.Fprintf(s.out, format, args...) }

// path makes a path from the command line absolute; "" stays.
func (s session) path(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(s.dir, p)
}

// errFailed says that the student's code failed and that this was told.
var errFailed = errors.New("failed")

// A command is one of the words after "lab".
type command struct {
	name, args, what string
	run              func(context.Context, session, []string) error
}

func commands() []command {
	return []command{
		{"test", "LAB [-part 1C] [-run REGEXP]", "run the public tests, each in a process of its own", test},
		{"stress", "LAB [-part 1C] [-run REGEXP] [-runs 200]", "run them with many seeds and keep the failing ones", stress},
		{"replay", "LAB TEST -seed N [-times 20]", "run one seed again and again, and compare the runs", replay},
		{"show", "LAB [TEST] | DIR | FILE", "print the trace of a failed run, or -html: say where its picture is", show},
		{"lint", "LAB", "look for what a run cannot find", lintLab},
	}
}

// run executes one command line and returns the exit status.
func run(ctx context.Context, s session, args []string) int {
	if len(args) > 0 {
		for _, c := range commands() {
			if c.name != args[0] {
				continue
			}
			err := c.run(ctx, s, args[1:])
			switch {
			case err == nil, errors.Is(err, flag.ErrHelp):
				return statusOK
			case errors.Is(err, errFailed):
				return statusFailed
			}
			fmt.Fprintf(s.err, "lab %s: %v\n", c.name, err)
			return statusBroken
		}
		if args[0] != "help" && args[0] != "-h" && args[0] != "-help" && args[0] != "--help" {
			fmt.Fprintf(s.err, "lab: %q is not a command\n", args[0])
			usage(s.err)
			return statusBroken
		}
	}
	usage(s.out)
	return statusOK
}

func usage(w io.Writer) {
	fmt.Fprintln(w, "Usage: go run ./labrpc/cmd/lab COMMAND …")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-8s%-42s%s\n", c.name, c.args, c.what)
	}
	fmt.Fprintln(w, "COMMAND -h tells a command's flags.")
}

// isTerminal says whether a file is a terminal rather than a file or a pipe.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}
