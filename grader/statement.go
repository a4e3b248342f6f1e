package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"distlabs/labrpc/attest"
	"distlabs/labrpc/simtest"
)

// A hearing hears the statement of one process: see package attest.
type hearing struct {
	key      []byte
	from     *os.File
	theirs   []*os.File // the ends of the pipes that the process has
	heard    chan struct{}
	said     attest.Statement // written before heard is closed
	problems error
}

// lingering is how long the pipe of a process that has ended may be held before
// that is the process's doing: the processes of a sandbox end after it, one by
// one, and on a machine with far too much to do that takes seconds.
const lingering = 30 * time.Second

// listen gives a command, which has no further descriptors yet, the pipes of a
// statement, and hears what it says from then on.
func listen(cmd *exec.Cmd) (*hearing, error) {
	l := &hearing{key: make([]byte, attest.KeyLength), heard: make(chan struct{})}
	rand.Read(l.key) // never fails
	key, err := pipeOf(string(l.key))
	if err != nil {
		return nil, err
	}
	from, to, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, key.Close())
	}
	l.from, l.theirs = from, []*os.File{to, key}
	cmd.ExtraFiles = l.theirs
	cmd.Env = append(cmd.Env, attest.Variable+"=on")
	go func() {
		defer close(l.heard)
		l.said, l.problems = attest.Read(l.from, l.key)
	}()
	return l, nil
}

// end returns what the process, which has ended, said, and puts into p what is
// wrong with it.
func (l *hearing) end(p *Process) attest.Statement {
	for _, f := range l.theirs {
		f.Close()
	}
	// Who holds the pipe now is not the process.
	_ = l.from.SetReadDeadline(time.Now().Add(lingering))
	<-l.heard
	l.from.Close()
	if errors.Is(l.problems, os.ErrDeadlineExceeded) {
		p.Forged = "what it left behind holds the grader's descriptor"
	} else if l.problems != nil {
		p.Forged = l.problems.Error()
	}
	return l.said
}

// recordsOf returns the records of a statement. A trace in them becomes an
// absolute path below dir.
func recordsOf(s *attest.Statement, dir string) ([]Record, error) {
	var records []Record
	for i, text := range s.Records {
		name := fmt.Sprintf("record %d", i)
		var told simtest.Attested
		if err := json.Unmarshal(text, &told); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		r, err := simtest.ParseResult(told.Result, name)
		if err != nil {
			return nil, err
		}
		if rel, err := filepath.Rel(dir, told.Dir); err != nil || !filepath.IsLocal(rel) {
			return nil, fmt.Errorf("%s has its files in %s, which is not in its folder", name, told.Dir)
		}
		records = append(records, located(*r, told.Dir))
	}
	return records, nil
}

// beforeStart are the beginnings of what is printed by those who come before the
// first statement: the sandboxes, and package attest.
var beforeStart = []string{"attest: ", "prlimit: ", "bwrap: ", "the sandbox cannot be made: "}

// byStatement judges a run in which nothing but the exit status and the
// process's statement tells how it ended. It returns why that is our fault, if
// it is.
func (o *Outcome) byStatement(test Test, p *Process, passed bool) (ours string) {
	s := p.Statement
	switch {
	case p.Exit == exitRace:
		return "the race detector's exit status came without a report"
	case p.Killed == "" && s.Ended && s.Status != p.Exit:
		o.fail(Failure{Cause: CauseTamper, Rule: "Statement",
			Text: fmt.Sprintf("the tests ended with status %d, and the process with %d", s.Status, p.Exit)})
	case s.Ended && p.Exit == exitPass && passed:
	case s.Ended && p.Exit == exitPass && strings.Contains(p.Stderr, "testing: warning: no tests to run"):
		return "the suite has no test of this name"
	case s.Ended && p.Exit == exitPass && p.printed("--- SKIP: "+test.Name):
		return "the test skipped itself"
	case s.Ended && p.Exit == exitPass && !test.Plain:
		return "the test passed and left no record"
	case s.Ended && p.Exit == exitPass:
	case s.Ended && p.Exit == exitFail:
		o.fail(Failure{Cause: CauseAssert, Rule: "Assertion", Text: "the test failed", Detail: failureLines(p.Stdout)})
	case !s.Started && slices.ContainsFunc(beforeStart, func(by string) bool { return strings.HasPrefix(p.Stderr, by) }):
		return "the process did not begin: " + p.Stderr
	case s.Started && len(s.Records) == 0 && strings.HasPrefix(p.Stderr, "flag provided but not defined"):
		return "the suite does not know the simulator's flags; does it import simtest?"
	default:
		o.earlyExit(p)
	}
	return ""
}

// addMain puts a TestMain into a suite by its overlay, which calls Main of the
// course's harness. A suite has none of its own.
func (c *Course) addMain(o *Overlay, suite string) error {
	files, err := filepath.Glob(filepath.Join(c.path(suite), "*_test.go"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("%s has no test files: %w", suite, errors.Join(err, os.ErrNotExist))
	}
	file, err := parser.ParseFile(token.NewFileSet(), files[0], nil, parser.PackageClauseOnly)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("package %s\n\nimport (\n\t\"testing\"\n\n\tharness %q\n)\n\nfunc TestMain(m *testing.M) { harness.Main(m) }\n",
		file.Name.Name, c.Main)
	return o.add(filepath.Join(c.path(suite), "grader_main_test.go"), "grader_main_test.go.txt", text)
}
