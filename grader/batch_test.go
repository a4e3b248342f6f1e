package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/grader/store"
	"distlabs/grader/store/storetest"
)

// The tests of this file start graders and workers as processes of their own:
// this program again (see TestMain).

var kills = flag.Int("kills", 20, "how often the grader is killed")

// An errand is what such a process is told.
type errand struct {
	Root    string // of the toy course
	Lab     int
	Runs    int
	Paths   []string
	DB, Out string
	Name    string        // of the worker
	Nap     time.Duration // before each run, for a worker
}

// helper runs an errand.
func helper(as string) {
	var e errand
	err := json.Unmarshal([]byte(os.Getenv("GRADER_TEST_ERRAND")), &e)
	if err == nil && as == "grade" {
		err = e.grade()
	} else if err == nil {
		err = e.work()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// grade does what the command grade does, without a sandbox.
func (e errand) grade() (err error) {
	course := &Course{Root: e.Root, Labs: toyLabs()}
	lab := &course.Labs[e.Lab]
	handIns, _, err := discover(e.Paths, lab)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "grader-test-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	db, err := store.Open(context.Background(), e.DB, store.Work)
	if err != nil {
		return err
	}
	defer db.Close()
	plan := Plan{Runs: e.Runs, Salt: "test", All: true}
	g := &Grading{Course: course, Lab: lab, Plan: plan, Jobs: 2, Scratch: scratch, Progress: silent{}, Store: db, Batch: lab.Dir, Elsewhere: store.IsServer(e.DB)}
	report := &Report{Out: e.Out, Lab: lab, Plan: plan}
	cards, err := g.grade(context.Background(), handIns, report.Student)
	return errors.Join(err, report.Class(cards))
}

// work does what the command worker does, without a sandbox, until it is killed.
func (e errand) work() error {
	db, err := store.Open(context.Background(), e.DB, store.Work)
	if err != nil {
		return err
	}
	defer db.Close()
	scratch, err := os.MkdirTemp("", "grader-test-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	r := &Runner{Store: db, Tier: noSandbox, Name: e.Name, Jobs: 2, Scratch: scratch, Log: os.Stderr, Slots: newSlots(2),
		Told: func(string) { time.Sleep(e.Nap) }}
	if err := r.prepare(); err != nil {
		return err
	}
	return r.work(context.Background())
}

// send starts a process with an errand; wait waits for its end.
func (e errand) send(t *testing.T, as string) (cmd *exec.Cmd, wait func() error) {
	t.Helper()
	text, err := json.Marshal(e)
	require.NoError(t, err)
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "GRADER_TEST_AS="+as, "GRADER_TEST_ERRAND="+string(text))
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.WaitDelay = time.Second // a test that it had started may hold the pipe
	require.NoError(t, cmd.Start())
	return cmd, func() error {
		if err := cmd.Wait(); err != nil {
			return fmt.Errorf("%w\n%s", err, said.String())
		}
		return nil
	}
}

// classOf writes a class of the toy lab, and returns the paths of its hand-ins.
func classOf(t *testing.T, c *Course, lab *Lab, recipes ...string) (paths []string) {
	for _, recipe := range recipes {
		paths = append(paths, handInFor(t, c, lab, recipe).Path)
	}
	return paths
}

// reports returns what a report says, but for the pages, which tell the time.
func reports(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), "grader.db") || d.Name() == "index.html" {
			return err
		}
		text, err := os.ReadFile(path)
		files[strings.TrimPrefix(path, dir)] = string(text)
		return err
	}))
	require.NotEmpty(t, files)
	return files
}

// runKeys returns how many results there are, and how many keys they have.
func runKeys(t *testing.T, path string) (rows, keys int) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, db.QueryRow(`SELECT count(*), count(DISTINCT run_key) FROM grader_results`).Scan(&rows, &keys))
	return rows, keys
}

// A grader that is killed at any moments, and started again until it comes to
// its end, writes the same report as one that nobody disturbs, and has recorded
// the same runs, each once.
func TestKillsChangeNothing(t *testing.T) {
	course := copyCourse(t)
	e := errand{Root: course.Root, Runs: 12, Paths: classOf(t, course, &course.Labs[0], "testdata/verdicts/reference.txtar",
		"testdata/verdicts/panics.txtar", "testdata/verdicts/stub.txtar")}
	begin := time.Now()
	fresh := func() { e.Out = t.TempDir(); e.DB = filepath.Join(e.Out, "grader.db") }
	fresh()
	_, wait := e.send(t, "grade")
	require.NoError(t, wait())
	undisturbed := time.Since(begin)
	want := reports(t, e.Out)
	made, keys := runKeys(t, e.DB)
	require.Equal(t, made, keys)
	require.Greater(t, made, 2*12)

	same := func() {
		require.Equal(t, want, reports(t, e.Out))
		rows, keys := runKeys(t, e.DB)
		require.Equal(t, made, rows, "runs are lost, or were recorded twice")
		require.Equal(t, made, keys)
	}
	random := rand.New(rand.NewPCG(1, 2)) // the moments are the machine's all the same
	fresh()
	whole := 0 // gradings that came to their end
	for killed := 0; killed < *kills; {
		cmd, wait := e.send(t, "grade")
		early := time.AfterFunc(time.Duration(random.Int64N(int64(undisturbed/3))), func() { _ = cmd.Process.Kill() }) // it may have ended
		err := wait()
		early.Stop()
		if err != nil {
			require.Contains(t, err.Error(), "signal: killed")
			killed++
			continue
		}
		whole++
		same()
		fresh()
	}
	_, wait = e.send(t, "grade")
	require.NoError(t, wait())
	same()
	t.Logf("%d kills in %d gradings of %d runs, undisturbed %s: the same reports, and each run recorded once",
		*kills, whole+1, made, short(undisturbed))
}

// What a worker leaves that is killed, others take over, and the report is that
// of a grading on a file.
func TestWorkersShareABatch(t *testing.T) {
	address := storetest.Postgres(t)
	course := copyCourse(t)
	e := errand{Root: course.Root, Lab: 1, Runs: 12, Out: t.TempDir(), Paths: classOf(t, course, till(course), "testdata/sets/reference.txtar",
		"testdata/sets/counts-by-one.txtar")}
	e.DB = filepath.Join(e.Out, "grader.db")
	_, wait := e.send(t, "grade")
	require.NoError(t, wait())
	want := reports(t, e.Out)

	db, err := store.Open(t.Context(), address, store.Work)
	require.NoError(t, err)
	defer db.Close()
	shares := func() map[string]int {
		workers, err := db.Workers(t.Context())
		require.NoError(t, err)
		made := make(map[string]int)
		for _, w := range workers {
			made[w.Name] = w.Made
		}
		return made
	}
	e.Out, e.DB = t.TempDir(), address
	_, wait = e.send(t, "grade")
	e.Name, e.Nap = "killed", 20*time.Millisecond
	worker, ended := e.send(t, "work")
	require.Eventually(t, func() bool { return shares()["killed"] >= 3 }, time.Minute, 10*time.Millisecond)
	require.NoError(t, worker.Process.Kill())
	require.ErrorContains(t, ended(), "killed")
	for _, e.Name = range []string{"one", "two"} {
		worker, ended := e.send(t, "work")
		defer func() {
			_ = worker.Process.Kill() // it works until it is killed
			_ = ended()
		}()
	}
	require.NoError(t, wait())
	require.Equal(t, want, reports(t, e.Out))

	made := shares()
	require.GreaterOrEqual(t, made["killed"], 3)
	require.Positive(t, made["one"]+made["two"])
	var said strings.Builder
	require.NoError(t, status(t.Context(), &said, db, true, time.Now()))
	require.Contains(t, said.String(), "batch lab1-till")
	require.Contains(t, said.String(), "worker killed")
	t.Logf("runs by worker: %v\n%s", made, said.String())
}
