package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"distlabs/grader/store"
)

// A Runner makes runs: it takes a chunk from the queue, fetches the binary from
// the store, and records what each run came to. It needs no toolchain and no
// course, only a sandbox.
type Runner struct {
	Store   *store.Store
	Sandbox Sandbox // nil for none
	Tier    string  // in words
	Name    string
	Jobs    int       // processes at once
	Scratch string    // an absolute folder, which the users of a sandbox may pass through; the caller removes it
	Log     io.Writer // for what goes wrong

	Slots slots              // of which a run takes a share while it goes
	Told  func(suite string) // if not nil, it is called after each result

	queue *store.Queue
	cache cache
	last  atomic.Int64 // the number of the last chunk
}

// chunkTime is after how long a chunk is put back with what is left of it: what
// a worker that dies takes along is short.
const chunkTime = 20 * time.Second

// places is how many chunks a runner has at once for each of its jobs: a run in
// real time leaves room for another.
const places = 2

// lastAttempt is at which attempt a chunk is not tried any more: it was begun so
// often by workers that died or could not get on. What is left of it is Broken.
const lastAttempt = store.Attempts - 5

// prepare makes what the runner needs; it is called once, before work.
func (r *Runner) prepare() error {
	r.cache.dir = filepath.Join(r.Scratch, "binaries")
	return os.MkdirAll(r.cache.dir, 0o755)
}

// work makes runs until ctx is done.
func (r *Runner) work(ctx context.Context) error {
	longest := chunkTime
	for _, lab := range labs { // one run more, and the wait for a slot, which others have as long
		longest = max(longest, chunkTime+places*tries*(lab.Limits.Real+2*grace+lingering))
	}
	desk := store.Desk{Name: r.Name, Places: places * r.Jobs, Longest: longest, Log: r.Log}
	return r.Store.Work(ctx, gradersVersion, desk, r.do, func(q *store.Queue) { r.queue = q })
}

// do makes the runs of a chunk that have no result and are wanted still.
func (r *Runner) do(ctx context.Context, c store.Chunk, begun int) (more bool, err error) {
	from, found, wanted, err := r.Store.Task(ctx, c.Task)
	if err != nil || !found || !wanted {
		return false, err
	}
	t, err := readTask(from)
	if err != nil {
		return false, err
	}
	part, err := partOf(t.lab(), c)
	if err != nil {
		return false, err
	}
	b := &bench{Runner: r, task: t, course: &Course{Root: t.Root, Labs: t.Labs, Sandbox: r.Sandbox},
		dir: filepath.Join(r.Scratch, fmt.Sprintf("chunk-%d", r.last.Add(1)))}
	defer os.RemoveAll(b.dir)
	begin := time.Now()
	for run := c.Run; run < c.Run+c.Runs; run++ {
		for _, test := range part.Tests[c.Test : c.Test+c.Tests] {
			due, before, err := r.due(ctx, t, test, run)
			switch {
			case err != nil:
				return false, err
			case !due:
				continue
			case begun >= lastAttempt:
				err = r.giveUp(ctx, t, test, run, begun)
			case time.Since(begin) > chunkTime:
				return true, nil
			default:
				err = b.run(ctx, test, run, before)
			}
			if err != nil {
				return false, err
			}
		}
	}
	return false, r.goOn(ctx, t, c)
}

// partOf returns the part that a chunk is of.
func partOf(lab *Lab, c store.Chunk) (Part, error) {
	for _, part := range lab.Parts {
		if part.Name == c.Part && c.Test >= 0 && c.Test+c.Tests <= len(part.Tests) {
			return part, nil
		}
	}
	return Part{}, fmt.Errorf("%s has no part %s with %d tests", lab.Dir, c.Part, c.Test+c.Tests)
}

// due reports whether a run is to be made, and returns the results of those
// before it.
func (r *Runner) due(ctx context.Context, t *Task, test Test, run int) (due bool, before []store.Result, err error) {
	if run >= t.plan().runsOf(test) {
		return false, nil, nil
	}
	known, err := r.Store.ResultsOf(ctx, t.Suite, test.Name)
	if err != nil {
		return false, nil, err
	}
	if _, made := known[t.runKey(test, run)]; made {
		return false, nil, nil
	}
	var made []Outcome // up to the first that is missing
	for earlier := range run {
		shot := t.plan().shot(t.mine(), test, earlier)
		one, ok := known[runKey(t.Suite, test, shot)]
		if !ok {
			continue
		}
		before = append(before, one)
		if len(made) == earlier {
			o, err := outcomeOf(one, shot)
			if err != nil {
				return false, nil, err
			}
			made = append(made, o)
		}
	}
	return len(made) == 0 || !t.plan().over(test, made), before, nil
}

// record keeps what a run came to. What another worker recorded of it stands.
func (r *Runner) record(ctx context.Context, t *Task, test Test, run int, o Outcome) error {
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	result := store.Result{Key: t.runKey(test, run), Suite: t.Suite, Test: test.Name, Run: run, Verdict: o.Verdict.String(),
		Outcome: text, Worker: r.Name, Sandbox: r.Tier, Took: o.Real, At: time.Now()}
	if len(o.Failures) > 0 {
		result.Cause, result.Rule = string(o.Failures[0].Cause), o.Failures[0].Rule
	}
	if _, err := r.Store.Record(ctx, result); err != nil {
		return err
	}
	if r.Told != nil {
		r.Told(t.Suite)
	}
	return nil
}

// giveUp records of a run that nobody could make it.
func (r *Runner) giveUp(ctx context.Context, t *Task, test Test, run, begun int) error {
	o := Outcome{Test: test.Name, Shot: t.plan().shot(t.mine(), test, run)}
	o.broken(fmt.Sprintf("the run could not be made: it, or one beside it, was begun %d times by workers that died or failed", begun))
	return r.record(ctx, t, test, run, o)
}

// goOn puts into the queue what the end of a chunk makes possible: the next
// runs of the same tests, a part that needs this one, the task on the other
// ground.
func (r *Runner) goOn(ctx context.Context, t *Task, c store.Chunk) error {
	if next := t.after(c); len(next) > 0 {
		return r.queue.Add(ctx, next)
	}
	needs := slices.ContainsFunc(t.lab().Parts, func(p Part) bool { return len(p.Needs) > 0 })
	if !needs && t.Then == "" {
		return nil
	}
	known, err := r.Store.Results(ctx, t.Suite)
	if err != nil {
		return err
	}
	now, err := t.standing(known)
	if err != nil {
		return err
	}
	if now.Left > 0 || t.Then == "" || now.full(t) && !t.Always {
		return r.queue.Add(ctx, now.Chunks)
	}
	from, found, wanted, err := r.Store.Task(ctx, t.Then)
	if err != nil || !found || !wanted {
		return err
	}
	then, err := readTask(from)
	if err != nil {
		return err
	}
	if known, err = r.Store.Results(ctx, then.Suite); err != nil {
		return err
	}
	if now, err = then.standing(known); err != nil {
		return err
	}
	return r.queue.Add(ctx, now.Chunks)
}

// A bench is where the runs of one chunk are made.
type bench struct {
	*Runner
	task   *Task
	course *Course // what of it a run needs: its labs and where it was
	dir    string
	bins   [2]*Binary // the plain one, and the one with the race detector
}

// run makes a run and records what it came to.
func (b *bench) run(ctx context.Context, test Test, run int, before []store.Result) error {
	shot := b.task.plan().shot(b.task.mine(), test, run)
	bin, err := b.binary(ctx, shot.Race)
	if err != nil {
		return err
	}
	if err := b.Slots.take(ctx, shot.slot()); err != nil {
		return err
	}
	o, err := b.course.runDecided(ctx, bin, test, shot)
	b.Slots.release(shot.slot())
	if err != nil {
		return err
	}
	shown := len(o.Failures) > 0 && slices.ContainsFunc(before, func(r store.Result) bool {
		return r.Cause == string(o.Failures[0].Cause) && r.Rule == o.Failures[0].Rule
	})
	if err := keepArtifacts(ctx, b.Store, &o, shown); err != nil {
		return err
	}
	return b.record(ctx, b.task, test, run, o)
}

// binary puts a binary of the task on the bench, where it stays though the cache
// forgets it.
func (b *bench) binary(ctx context.Context, race bool) (*Binary, error) {
	i, digest, name := 0, b.task.Plain, "hidden.test"
	if race {
		i, digest, name = 1, b.task.Race, "hidden-race.test"
	}
	if b.bins[i] != nil {
		return b.bins[i], nil
	}
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return nil, err
	}
	path := filepath.Join(b.dir, name)
	if err := b.cache.link(ctx, b.Store, digest, path); err != nil {
		return nil, err
	}
	dir := b.course.path(b.task.lab().hidden())
	if !isDir(dir) {
		dir = b.dir // the tests find nothing there, as in a sandbox
	}
	b.bins[i] = &Binary{Path: path, Lab: b.task.mine(), Dir: dir, States: b.task.States}
	return b.bins[i], nil
}
