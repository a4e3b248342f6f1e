package racetest

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc/simtest"
)

var (
	processes  = flag.Int("race.processes", 10, "in how many processes each racy program runs, in each setting")
	cleanSeeds = flag.Int("race.clean", 60, "with how many seeds the clean programs run")
	sameSeeds  = flag.Int("race.same", 10, "with how many seeds runs are compared")
	sameRuns   = flag.Int("race.runs", 2, "how often each of these seeds runs, in processes of their own")
)

// programs is where the programs are, and package the path of their package.
const (
	programs = "testdata/racy"
	racy     = "distlabs/labrpc/racetest/testdata/racy."
)

// binaries are the programs, compiled with and without the race detector.
type binaries struct{ race, plain string }

var compiled struct {
	sync.Once
	binaries
	dir string
	err error
}

func TestMain(m *testing.M) {
	code := m.Run()
	os.RemoveAll(compiled.dir)
	os.Exit(code)
}

// compile returns the programs, which it compiles once. It skips the test
// where Go has no race detector.
func compile(t *testing.T) binaries {
	t.Helper()
	compiled.Do(func() {
		c := &compiled
		if c.dir, c.err = os.MkdirTemp("", "racetest"); c.err != nil {
			return
		}
		c.race, c.plain = filepath.Join(c.dir, "race.exe"), filepath.Join(c.dir, "plain.exe")
		c.err = errors.Join(
			goTest("-race", "-c", "-o", c.race, "./"+programs),
			goTest("-c", "-o", c.plain, "./"+programs))
	})
	if err := compiled.err; err != nil {
		if strings.Contains(err.Error(), "-race is not supported") || strings.Contains(err.Error(), "-race requires cgo") {
			t.Skip(err)
		}
		t.Fatal(err)
	}
	return compiled.binaries
}

func goTest(args ...string) error {
	out, err := exec.Command("go", append([]string{"test"}, args...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("go test %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// A job is one process: the programs that a pattern names, in one setting.
type job struct {
	binary  string
	pattern string
	procs   int      // GOMAXPROCS
	args    []string // of the binary, further ones
	env     []string // further ones
}

// An outcome is what a process came to.
type outcome struct {
	output string
	failed bool
	races  []report
}

// run runs a process to its end, for at most two minutes.
func (j job) run(t *testing.T) outcome {
	timeout := 2 * time.Minute
	cmd := exec.Command(j.binary, append([]string{"-test.run", j.pattern, "-test.timeout", timeout.String()}, j.args...)...)
	cmd.Dir = programs
	cmd.Env = append(os.Environ(), fmt.Sprintf("GOMAXPROCS=%d", j.procs), "GORACE=atexit_sleep_ms=0 halt_on_error=0")
	cmd.Env = append(cmd.Env, j.env...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Error(err)
	}
	return outcome{output: string(out), failed: err != nil, races: reports(string(out))}
}

// result runs a process that runs one test, and returns the result that this
// leaves.
func (j job) result(t *testing.T, dir string) *simtest.Result {
	require.NoError(t, os.MkdirAll(dir, 0o777))
	j.args = append([]string{"-test.artifacts", "-test.outputdir", dir}, j.args...)
	o := j.run(t)
	var file string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Name() == "run.json" {
			file = path
		}
		return err
	})
	if err == nil && file == "" {
		err = fmt.Errorf("%s left no result:\n%s", j.pattern, o.output)
	}
	if err != nil {
		t.Error(err)
		return &simtest.Result{}
	}
	r, err := simtest.ReadResult(file)
	if err != nil {
		t.Error(err)
		return &simtest.Result{}
	}
	return r
}

// A report is one of the race detector's.
type report struct {
	text string
	mine bool // what was touched is the program's: see ofProgram
}

var access = regexp.MustCompile(`(?m)^(?:Previous )?(?:(?i)atomic )?(?i:read|write) at 0x[0-9a-f]+ by .*:\n`)

func reports(output string) (all []report) {
	for _, text := range strings.Split(output, "WARNING: DATA RACE\n")[1:] {
		r := report{}
		r.text, _, _ = strings.Cut(text, "\n==================")
		for _, at := range access.FindAllStringIndex(r.text, -1) {
			stack, _, _ := strings.Cut(r.text[at[1]:], "\n\n")
			r.mine = r.mine || ofProgram(stack)
		}
		all = append(all, r)
	}
	return all
}

// ofProgram says whether an access is a program's own, or one that the network
// makes for it: to what it sends, receives or saves.
func ofProgram(stack string) bool {
	for line := range strings.Lines(stack) {
		function := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(function, racy):
			return true
		case strings.HasPrefix(function, "distlabs/") && !throughNetwork.MatchString(function):
			return false
		}
	}
	return false
}

var throughNetwork = regexp.MustCompile(`^distlabs/(labgob/wire\.|labrpc\.\(\*(ClientEnd\)\.Call|Persister\)\.Save)\()`)

// each runs do for every i below n, several at a time.
func each(n, atOnce int, do func(i int)) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			do(i)
		})
	}
	wg.Wait()
}

// table aligns rows of cells.
func table(rows [][]string) string {
	var b bytes.Buffer
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	for _, row := range rows {
		for i, cell := range row {
			fmt.Fprintf(&b, "%s%*s  ", cell, widths[i]-len([]rune(cell)), "")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// busy is how many processes that compute run at a time.
var busy = runtime.NumCPU()
