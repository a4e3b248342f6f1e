package simtest_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

var (
	update = flag.Bool("update", false, "write what the pitfalls print into testdata/pitfalls/want")
	starve = flag.Int("starve", 1, "how many runs TestALoadedMachineAccusesNobody does")
)

// program builds the bad student programs and their tests, once.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "pitfalls")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "pitfalls.exe")
	args := []string{"test", "-c", "-o", bin}
	if labrpc.RaceEnabled {
		args = append(args, "-race")
	}
	out, err := exec.Command("go", append(args, "./testdata/pitfalls")...).CombinedOutput()
	if err != nil {
		return "", errors.New(string(out))
	}
	return bin, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if bin, err := program(); err == nil {
		os.RemoveAll(filepath.Dir(bin))
	}
	os.Exit(code)
}

// A process is what became of one process of the program.
type process struct {
	out, errs string
	exit      int
	dir       string // its artifacts
}

// two bounds how many processes run at a time.
var two = make(chan struct{}, 2)

func start(t *testing.T, test string, args ...string) process {
	t.Helper()
	bin, err := program()
	require.NoError(t, err)
	two <- struct{}{}
	defer func() { <-two }()
	p := process{dir: t.TempDir()}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, bin, append([]string{"-test.run", test, "-test.v", "-test.cpu", "1",
		"-test.artifacts", "-test.outputdir", p.dir}, args...)...)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "GORACE=atexit_sleep_ms=0", "GOTRACEBACK=single")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	p.out, p.errs, p.exit = out.String(), errs.String(), cmd.ProcessState.ExitCode()
	return p
}

// file returns the path of a file among the artifacts, "" if there is none.
func (p process) file(t *testing.T, name string) (path string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(p.dir, func(at string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == name {
			path = at
		}
		return err
	}))
	return path
}

func (p process) result(t *testing.T) *simtest.Result {
	t.Helper()
	r, err := simtest.ReadResult(p.file(t, simtest.ResultFile))
	require.NoError(t, err, "%s%s", p.out, p.errs)
	return r
}

// Each pitfall is run in a process of its own, and says what a student should
// read.
func TestPitfalls(t *testing.T) {
	cases := []struct {
		test string
		args []string
		rule string // "" if the run passes, "panic" if the process dies
	}{
		{test: "TestLockOverSleep", rule: simtest.StoppedClock},
		{test: "TestLockOverCall", rule: simtest.StoppedClock},
		{test: "TestLockOverSend", rule: simtest.StoppedClock},
		{test: "TestRelock", rule: simtest.StoppedClock},
		{test: "TestRelockAsked", rule: simtest.StoppedClock},
		{test: "TestRWMutex", rule: simtest.StoppedClock},
		{test: "TestBusyLoop", rule: simtest.BusyLoop},
		{test: "TestGosched", rule: simtest.BusyLoop},
		{test: "TestTinySleeps", rule: simtest.TinySleeps},
		{test: "TestLeak"},
		{test: "TestLeakFails", rule: simtest.LeakedGoroutines},
		{test: "TestPackageChannel", rule: simtest.StoppedClock},
		{test: "TestPackageWaitGroup", rule: simtest.StoppedClock},
		{test: "TestPackageTickerSilent"},
		{test: "TestPackageTicker", rule: simtest.StoppedClock},
		{test: "TestPackageTickerReset", rule: simtest.StoppedClock},
		{test: "TestEndlessTicker", rule: simtest.VirtualBudget},
		{test: "TestPolling", args: []string{"-sim.budget=real=2s,virtual=1h"}, rule: simtest.RealBudget},
		{test: "TestPollingByCalls", args: []string{"-sim.budget=events=100000"}, rule: simtest.EventBudget},
		{test: "TestSocket", rule: simtest.StoppedClock},
		{test: "TestPanicInGoroutine", rule: "panic"},
		{test: "TestPanicInHandler", rule: simtest.HandlerPanic},
		{test: "TestPanicInMethod", rule: simtest.BodyPanic},
		{test: "TestPanicInTest", rule: simtest.BodyPanic},
		{test: "TestGoexitInMethod", rule: simtest.BodyPanic},
		{test: "TestClosedChannel", rule: "panic"},
		{test: "TestAssertionBeforeLeak", rule: simtest.Assertion},
		{test: "TestCheckerBeforeStall", rule: "AtMostOneLine"},
		{test: "TestStallAtEnd", rule: simtest.StoppedClock},
		{test: "TestJudgedAfterwards", rule: "InOrder"},
		{test: "TestUndecided", rule: "InOrder"},
		{test: "TestFailedBeforeItIsJudged", rule: "AtMostOneLine"},
		{test: "TestJudgedRight"},
		{test: "TestSubtest", rule: simtest.NestedRun},
		{test: "TestWrongSignature", rule: "WrongSignature"},
		{test: "TestUnknownService", rule: "UnknownService"},
		{test: "TestLowerCase", rule: "LowerCaseField"},
		{test: "TestNonZero", rule: "DecodeIntoNonZero"},
		{test: "TestUnsendable", rule: "Unsendable"},
	}
	for _, c := range cases {
		t.Run(c.test, func(t *testing.T) {
			t.Parallel()
			p := start(t, "^"+c.test+"$", c.args...)
			compare(t, filepath.Join("testdata", "pitfalls", "want", c.test+".txt"), p.told())
			switch c.rule {
			case "panic":
				require.Equal(t, 2, p.exit)
				require.Empty(t, p.file(t, simtest.ResultFile), "a process that dies leaves no result")
				crash, err := os.ReadFile(p.file(t, simtest.CrashFile))
				require.NoError(t, err)
				require.Equal(t, p.errs, string(crash), "the last words are on stderr and in the file")
			case "":
				require.Zero(t, p.exit, p.out)
				require.Nil(t, p.result(t).Failure)
				require.True(t, p.result(t).Passed)
			default:
				require.Equal(t, 1, p.exit)
				r := p.result(t)
				require.False(t, r.Passed)
				require.NotNil(t, r.Failure)
				require.Equal(t, c.rule, r.Failure.Rule)
				require.Contains(t, p.out, r.Failure.Text, "what is printed is what is written")
				for _, name := range []string{simtest.TraceFile, simtest.TextFile, simtest.HTMLFile, simtest.DigestFile} {
					require.NotEmpty(t, p.file(t, name), "%s is written", name)
				}
				require.Empty(t, p.file(t, simtest.CrashFile), "nothing crashed")
			}
		})
	}
}

var volatile = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`\(\d+\.\d+s\)`), "(#s)"},                                                     // how long a test took
	{regexp.MustCompile(`in which \d+\.\d+s of`), "in which #s of"},                                   // how fast the machine is
	{regexp.MustCompile(`RealBudget at \d+\.\d+s`), "RealBudget at #s"},                               //
	{regexp.MustCompile(`node 1 (?:runs|waits for a sleep) at node.go:25`), "node 1 # at node.go:25"}, // TestPolling is in either
	{regexp.MustCompile(`goroutine \d+`), "goroutine #"},                                              // of a panic
	{regexp.MustCompile(`0x[0-9a-f]+\??`), "0x#"},                                                     //
	{regexp.MustCompile(`(?m)^\t\S*/testdata/`), "\t…/testdata/"},                                     //
	{regexp.MustCompile(`(?m)^(\s*(?:trace|see): +).*[/\\](\w+\.html)$`), "${1}DIR/$2"},               //
	{regexp.MustCompile(`(?m)^(?:=== .*|PASS|FAIL)\n`), ""},                                           // testing's own
	{regexp.MustCompile(`\{\.\.\.\}|\(\.\.\.\)|\(0x#(?:, 0x#)*\)`), "(…)"},                            // inlined or not
	{regexp.MustCompile(`(?m)^(\t\S+\.go:\d+) \+0x#$`), "$1"},                                         //
	{regexp.MustCompile(`(?m)^exit status \d+\n`), ""},                                                //
}

// told is what a student reads, without what differs from run to run.
func (p process) told() string {
	text := p.out + p.errs
	for _, v := range volatile {
		text = v.pattern.ReplaceAllString(text, v.with)
	}
	return text
}

func compare(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run with -update")
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is not what is told (-want +got):\n%s", path, diff)
	}
}

// A file of the test's own stands beside the trace, if it is not too large, and
// the record names it.
func TestArtifacts(t *testing.T) {
	p := start(t, "^TestJudgedAfterwards$")
	require.Equal(t, []string{"calls.html"}, p.result(t).Failure.Files)
	text, err := os.ReadFile(p.file(t, "calls.html"))
	require.NoError(t, err)
	require.Equal(t, "what was called", string(text))
	require.Equal(t, filepath.Dir(p.file(t, simtest.TraceFile)), filepath.Dir(p.file(t, "calls.html")))
	require.Empty(t, p.file(t, "large.html"))
}

// What is judged afterwards stands in the trace where it happened.
func TestJudgedInItsPlace(t *testing.T) {
	p := start(t, "^TestJudgedAfterwards$")
	f, err := os.Open(p.file(t, simtest.TraceFile))
	require.NoError(t, err)
	defer f.Close()
	events, err := trace.Read(f)
	require.NoError(t, err)
	var kinds []trace.Kind
	for _, e := range events.Events {
		kinds = append(kinds, e.Kind)
	}
	require.Equal(t, []trace.Kind{trace.Note, trace.Note, trace.Violation, trace.Note, trace.Note, trace.Note}, kinds)
	require.Equal(t, int64(2), events.Events[2].Cause)
}

// A run that stands still, spins or has no time left is abandoned; the other
// tests of the process go on.
func TestWhatIsAbandonedHarmsNobodyElse(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"TestRelock", "TestSocket", "TestBusyLoop"} {
		p := start(t, "^("+bad+"|TestHealthy|TestLeak)$")
		require.Equal(t, 1, p.exit)
		require.Equal(t, 1, strings.Count(p.out, "--- FAIL: "+bad), p.out)
		require.Equal(t, 1, strings.Count(p.out, "--- PASS: TestHealthy"), p.out)
		require.Equal(t, 1, strings.Count(p.out, "--- PASS: TestLeak"), p.out)
	}
}

// Nobody is accused because the machine is slow: a heavy and healthy test runs
// on one processor, which three others want as well.
func TestALoadedMachineAccusesNobody(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	bin, err := os.Executable()
	require.NoError(t, err)
	var hogs []*exec.Cmd
	for range 3 {
		hog := exec.CommandContext(ctx, bin, "-test.run", "^TestHog$", "-test.timeout", "20m")
		hog.Env = append(os.Environ(), "SIMTEST_HOG=1")
		require.NoError(t, hog.Start())
		hogs = append(hogs, hog)
	}
	slowest := time.Duration(0)
	for i := range *starve {
		began := time.Now()
		p := start(t, "^TestHeavy$")
		require.Zero(t, p.exit, "run %d: %s", i, p.out)
		slowest = max(slowest, time.Since(began))
	}
	t.Logf("%d runs, the slowest took %v", *starve, slowest)
	cancel()
	for _, hog := range hogs {
		require.Error(t, hog.Wait(), "it ran until it was killed")
	}
}

// TestHog is a process that wants a processor for itself.
func TestHog(t *testing.T) {
	if os.Getenv("SIMTEST_HOG") == "" {
		t.Skip("for TestALoadedMachineAccusesNobody")
	}
	for began := time.Now(); time.Since(began) < 15*time.Minute; {
		runtime.Gosched()
	}
}
