package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"distlabs/labrpc/simtest"
)

// A job is one run of one test in a process of its own.
type job struct {
	bin      *binary
	lab      lab
	test     string
	seed     seedFlag
	realtime bool
	limit    time.Duration // of real time
	dir      string        // for what the run leaves, absolute; made anew
	live     bool          // the run writes its trace into dir while it happens
}

// The files of a run's folder, beside those that simtest writes.
const (
	outputFile = "output.txt" // what the test printed
	liveFile   = "live.jsonl" // the trace, written while it happened
)

// interrupted is the exit status of a process that Ctrl-C ended on Windows;
// elsewhere it is -1.
const interrupted = 0xC000013A

// run runs the test. The error is about the machine, not about the test.
func (j job) run(ctx context.Context) (*outcome, error) {
	if err := os.RemoveAll(j.dir); err != nil {
		return nil, fmt.Errorf("make room for %s: %w", j.test, err)
	}
	if err := os.MkdirAll(j.dir, 0o777); err != nil {
		return nil, fmt.Errorf("make room for %s: %w", j.test, err)
	}
	// The test's own alarm prints all goroutines; ours is for a process that
	// no longer hears it.
	ctx, cancel := context.WithTimeout(ctx, j.limit+10*time.Second)
	defer cancel()
	args := []string{"-test.run", "^" + j.test + "$", "-test.count", "1", "-test.cpu", "1", "-test.v",
		"-test.timeout", j.limit.String(), "-test.artifacts", "-test.outputdir", j.dir}
	if j.seed.given {
		args = append(args, "-sim.seed="+j.seed.String())
	}
	if j.realtime {
		args = append(args, "-sim.realtime")
	}
	if j.live {
		args = append(args, "-sim.trace="+filepath.Join(j.dir, liveFile))
	}
	cmd := exec.CommandContext(ctx, j.bin.path, args...)
	cmd.Dir = j.bin.dir
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "GORACE=atexit_sleep_ms=0 exitcode=66 halt_on_error=0")
	var out, errs capped
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.WaitDelay = 2 * time.Second
	began := time.Now()
	err := cmd.Run()
	o := &outcome{
		job: j, took: time.Since(began), log: out.String(), errs: errs.String(),
		exit: cmd.ProcessState.ExitCode(), // -1 if it did not start
	}
	if o.exit == -1 || uint32(o.exit) == interrupted {
		select { // Ctrl-C may have reached the test before it reached us
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
	var exit *exec.ExitError
	switch {
	case errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		o.timedOut = true
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay):
		return nil, fmt.Errorf("run %s: %w", j.test, err)
	}
	if err := o.collect(); err != nil {
		return nil, err
	}
	o.judge()
	return o, nil
}

// collect reads each run.json that the process left and brings the files of
// one that failed, or else of the first, up into the job's folder.
func (o *outcome) collect() error {
	var dirs []string
	err := filepath.WalkDir(o.job.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == simtest.ResultFile {
			dirs = append(dirs, filepath.Dir(path))
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("collect what %s left: %w", o.job.test, err)
	}
	best := -1
	for i, dir := range dirs {
		r, err := simtest.ReadResult(filepath.Join(dir, simtest.ResultFile))
		if err != nil {
			continue // cut short when the process died: as if there were none
		}
		o.results = append(o.results, r)
		if best < 0 || !r.Passed && o.best.Passed {
			best, o.best = i, r
		}
	}
	if best >= 0 {
		if err := moveFiles(dirs[best], o.job.dir); err != nil {
			return fmt.Errorf("collect what %s left: %w", o.job.test, err)
		}
	}
	if err := os.RemoveAll(filepath.Join(o.job.dir, "_artifacts")); err != nil {
		return fmt.Errorf("collect what %s left: %w", o.job.test, err)
	}
	return os.WriteFile(filepath.Join(o.job.dir, outputFile), []byte(o.log+o.errs), 0o666)
}

// keepLive makes the trace that was written while the run happened the run's
// trace if it left no other, as when it panicked, and removes it otherwise.
func (o *outcome) keepLive() {
	live, kept := filepath.Join(o.job.dir, liveFile), filepath.Join(o.job.dir, simtest.TraceFile)
	if !exists(live) {
		return
	}
	if exists(kept) {
		os.Remove(live) // only room is lost if that fails
		return
	}
	os.Rename(live, kept) // only the trace is lost if that fails
}

func moveFiles(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.Rename(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// capped keeps the beginning and the end of what is written to it: the end of
// a process's output says why it died.
type capped struct {
	head, tail []byte
	dropped    int
}

const cappedHalf = 512 << 10 // bytes of each

func (c *capped) Write(p []byte) (int, error) {
	n := len(p)
	if room := cappedHalf - len(c.head); room > 0 {
		k := min(room, len(p))
		c.head = append(c.head, p[:k]...)
		p = p[k:]
	}
	c.tail = append(c.tail, p...)
	if over := len(c.tail) - cappedHalf; over > cappedHalf { // now and then, not at each write
		c.dropped += over
		c.tail = append(c.tail[:0], c.tail[over:]...)
	}
	return n, nil
}

func (c *capped) String() string {
	var b bytes.Buffer
	b.Write(c.head)
	if c.dropped > 0 {
		b.WriteString("\n… " + strconv.Itoa(c.dropped) + " bytes left out …\n")
	}
	b.Write(c.tail)
	return b.String()
}
