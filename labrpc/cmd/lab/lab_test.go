package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write what the commands print to testdata/golden")

// world copies the harness and a lab that uses it into a folder of its own.
func world(t *testing.T) string {
	root, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(root, os.DirFS(filepath.Join("testdata", "world"))))
	main := filepath.Join("..", "..", "..")
	for _, from := range []string{"go.mod", "go.sum", "labgob", "labrpc"} {
		err := filepath.WalkDir(filepath.Join(main, from), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			to, err := filepath.Rel(main, path)
			if err != nil {
				return err
			}
			to = filepath.Join(root, to)
			switch {
			case d.IsDir() && (d.Name() == "testdata" || d.Name() == "cmd"):
				return fs.SkipDir
			case d.IsDir():
				return os.MkdirAll(to, 0o777)
			case strings.HasSuffix(d.Name(), "_test.go"):
				return nil
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(to, text, 0o666)
		})
		require.NoError(t, err)
	}
	return root
}

// course copies the made-up course into a folder of its own.
func course(t *testing.T) string {
	root, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(root, os.DirFS(filepath.Join("testdata", "course"))))
	return root
}

var (
	seconds = regexp.MustCompile(` +\d+\.\d\ds`)
	already = regexp.MustCompile(`goroutine \d+`)
)

// lab runs one command line and returns the exit status and what it printed,
// times made equal.
func runLab(ctx context.Context, root, line string) (status int, printed string) {
	var out bytes.Buffer
	status = run(ctx, session{dir: root, out: &out, err: &out}, strings.Fields(line))
	printed = strings.ReplaceAll(out.String(), root, "COURSE")
	printed = seconds.ReplaceAllString(printed, " 0.00s")
	return status, already.ReplaceAllString(printed, "goroutine 1")
}

// Each golden file is a transcript: command lines, what they print, and the
// exit status where it is not 0.
func TestTranscripts(t *testing.T) {
	for name, lines := range map[string][]string{
		"words": {"", "help", "dance", "test", "test lab9", "test lab", "test lab1 lab2", "test lab1-fake -part 9Z",
			"test lab1 -run Nothing", "test lab1 -run (", "test lab1 -seed minus", "test lab3-quiet", "replay lab1 TestNo1A",
			"replay lab1 TestPasses", "stress lab1 -runs 0", "show -h", "show lab1", "show lab1 TestPasses1A", "show lab1-fake/fake.go",
			"lint lab1-fake", "lint lab2/", "test lab1 -package nowhere"},
		"outcomes": {"test lab1-fake -part 1a", "test -part 1B lab1-fake/ -race", "test lab1-fake -part 1C -limit 2s -jobs 1",
			"test lab1 -run (Passes|Sometimes)1[AD] -seed 3", "test lab1 -run Sub", "test lab1 -run Asserts -v -race=false"},
		"broken": {"test lab2-broken", "test lab2-broken -overlay overlay.json", "lint lab2-broken -overlay overlay.json",
			"test lab2-broken -overlay worse.json"},
		"stress": {"stress lab1 -part 1D -runs 20 -jobs 1", "stress lab1 -run Stalls|Sometimes -runs 6 -seed 11 -jobs 1", "stress lab1 -run Passes -runs 3"},
		"replay": {"replay lab1 TestSometimes1D -seed 10 -times 4",
			"show lab1 TestSometimes1D", "show lab1 TestSometimes1D -html", "replay lab1 TestSometimes1D -seed 11 -times 3",
			"replay lab1-fake TestDiverges1E -times 3 -jobs 1", "replay lab1 TestPanics1B -times 2",
			"show lab1 -node beta", "show -node gamma lab1", "show out/replay"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := course(t)
			overlay(t, root, "overlay.json", "mended.go.txt")
			overlay(t, root, "worse.json", "worse.go.txt")
			var transcript strings.Builder
			for _, line := range lines {
				status, printed := runLab(t.Context(), root, line)
				transcript.WriteString("$ lab " + line + "\n" + printed)
				if status != 0 {
					transcript.WriteString("exit status " + string(rune('0'+status)) + "\n")
				}
				transcript.WriteString("\n")
			}
			golden := filepath.Join("testdata", "golden", name+".txt")
			if *update {
				require.NoError(t, os.MkdirAll(filepath.Dir(golden), 0o777))
				require.NoError(t, os.WriteFile(golden, []byte(transcript.String()), 0o666))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(string(want), transcript.String()), "(-golden +now); -update rewrites it")
		})
	}
}

// The commands and the real harness understand each other.
func TestRealWorld(t *testing.T) {
	t.Parallel()
	root := world(t)
	for _, c := range []struct {
		line   string
		status int
		say    []string // regexps
	}{
		{"test lab1 -part 1A -race=false", statusFailed, []string{
			`PASS  TestEchoes1A .* \(10\.\d*s of virtual time\)`, `FAIL  TestBreaksARule1A `, `      TotalOrder at 1\.\d*s: a word came twice\n`,
			`again:  go run ./labrpc/cmd/lab replay lab1-real TestBreaksARule1A -seed \d+\n`,
			`trace:   out/test/lab1-real/TestBreaksARule1A/trace.html\n      see:     out/test/lab1-real/TestBreaksARule1A/words.html\n`, `real 1A: 1 of 2 tests passed\n$`}},
		{"show lab1", statusOK, []string{`lab1-real TestBreaksARule1A, seed \d+`, `violation .*a word came twice`}},
		{"test lab1 -run Handler -race=false", statusFailed, []string{`HandlerPanic at .*Node\.Count`, `real\.go:33`}},
		{"test lab1 -run Goroutine -race=false", statusFailed, []string{
			`Panic: assignment to entry in nil map\n      at lab1-real/real\.go:59, in \(\*Node\)\.CountLater\.func1\n`,
			`trace:   out/test/lab1-real/TestPanicsInGoroutine1B/trace\.jsonl\n`}},
		{"show lab1 TestPanicsInGoroutine1B", statusOK, []string{`Node\.Echo request 1`}},
		{"test lab1 -run Stalls -race=false", statusFailed, []string{`StoppedClock at .*real\.go:50`}},
		{"test lab1 -run Spins -race=false", statusFailed, []string{`BusyLoop at `}},
		{"replay lab1 TestBreaksARule1A -times 3", statusFailed, []string{`same run 3 times of 3\nseed \d+ shows TotalOrder 3 times of 3\n$`}},
		{"replay lab1 TestPanicsInGoroutine1B -times 2 -seed 5", statusFailed, []string{`same run 2 times of 2\nseed 5 shows Panic 2 times of 2\n$`}},
		{"stress lab1 -run Echoes -runs 5 -seed 100", statusOK, []string{`TestEchoes1A: 0 of 5 failed\n`}},
	} {
		status, printed := runLab(t.Context(), root, c.line)
		require.Equal(t, c.status, status, "%s\n%s", c.line, printed)
		for _, re := range c.say {
			require.Regexp(t, re, printed, c.line)
		}
	}
	t.Run("race", func(t *testing.T) { aRaceIsNamed(t, root) })
}

// aRaceIsNamed by its places in the student's files.
func aRaceIsNamed(t *testing.T, root string) {
	status, printed := runLab(t.Context(), root, "test lab1 -run Races1B")
	if strings.Contains(printed, "cannot look for data races") {
		t.Skip("there is no C compiler for the race detector")
	}
	require.Equal(t, statusFailed, status)
	require.Contains(t, printed, "DataRace: two goroutines use one variable without a lock between them\n"+
		"          lab1-real/real.go:64 writes it in (*Node).Remember, in both goroutines\n      again:  ")
	require.Regexp(t, `again:  .* -race\n`, printed)
}

// A cancelled stress run tells what it knows.
func TestInterruptedStressSaysWhatIsKnown(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := &cancelling{cancel: cancel}
	status := run(ctx, session{dir: course(t), out: out, err: out}, []string{"stress", "lab1", "-part", "1D", "-runs", "5000", "-jobs", "1"})
	require.Equal(t, statusFailed, status)
	require.Contains(t, out.String(), "interrupted: this is what is known\n")
	require.Regexp(t, `TestSometimes1D: \d+ of \d\d\d failed\n    TotalOrder, `, out.String())
}

// cancelling cancels when it is told of the first tenth of the runs.
type cancelling struct {
	bytes.Buffer
	cancel func()
}

func (c *cancelling) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte("of 5000 runs")) {
		c.cancel()
	}
	return c.Buffer.Write(p)
}

func TestCappedKeepsBothEnds(t *testing.T) {
	var c capped
	for range 5 * cappedHalf / 4 {
		c.Write([]byte("abcd"))
	}
	c.Write([]byte("the end"))
	s := c.String()
	require.Less(t, len(s), 4*cappedHalf)
	require.True(t, strings.HasPrefix(s, "abcd") && strings.HasSuffix(s, "the end"))
	require.Contains(t, s, " bytes left out ")
}

// overlay writes an overlay that puts a file in the place of broken.go.
func overlay(t *testing.T, root, name, file string) {
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{
		filepath.Join(root, "lab2-broken", "broken.go"): filepath.Join(root, "lab2-broken", file),
	}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(root, name), text, 0o666))
}
