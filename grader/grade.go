package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"distlabs/grader/store"
)

// A Grading grades the hand-ins of a batch on one lab. What is wrong with one
// of them never stops the others.
//
// Whatever is killed, a grading of the same hand-ins with the same store goes on
// from what there is, and comes to the same.
type Grading struct {
	Course   *Course
	Lab      *Lab
	Plan     Plan
	Jobs     int    // processes and builds at once
	Scratch  string // an absolute folder for what is built; the caller removes it
	Progress Progress

	Store     *store.Store // nil: a file in Scratch
	Batch     string       // what the batch is called in the store
	Elsewhere bool         // workers elsewhere make the runs, and this process none

	BrokenAgain bool // make runs again of which the grader could not tell

	slots       slots
	baseline    map[Ground]func() error // builds what nothing of a student's is in
	ingredients func() (string, error)
	queue       *store.Queue
	runner      *Runner // nil if the runs are made elsewhere
	bells       bells
	before      atomic.Int64 // runs that were made before
	stop        context.CancelCauseFunc
}

// grade grades the hand-ins, and calls report with each card as it is done, one
// at a time. When ctx is done, the cards that are not are reported as far as
// they got, with what was not run as Skipped. The cards come back in the order
// of the hand-ins.
func (g *Grading) grade(ctx context.Context, handIns []HandIn, report func(*Card) error) ([]*Card, error) {
	ctx, end, err := g.begin(ctx)
	if err != nil {
		return nil, err
	}
	g.Progress.Start(len(handIns) * g.runs())
	cards := make([]*Card, len(handIns))
	var mu sync.Mutex
	var workers errgroup.Group
	if !g.Elsewhere {
		workers.SetLimit(2 * g.Jobs) // so that one is built while another is run
	}
	for i, h := range handIns {
		workers.Go(func() error {
			scratch := filepath.Join(g.Scratch, fmt.Sprintf("%d", i))
			card := g.one(ctx, h, scratch)
			mu.Lock()
			defer mu.Unlock()
			cards[i] = card
			if err := fetchArtifacts(context.WithoutCancel(ctx), g.Store, card, filepath.Join(scratch, "left")); err != nil {
				return err
			}
			if err := report(card); err != nil {
				return err
			}
			g.Progress.Say("%-24s %s", plain(card.Student), card.oneLine())
			return os.RemoveAll(scratch)
		})
	}
	err = workers.Wait()
	g.Progress.End()
	return cards, errors.Join(err, end())
}

// begin opens the store if need be and starts what makes the runs. The context
// that it returns is done too when the store or the queue fails; end ends all
// of it, and returns why.
func (g *Grading) begin(ctx context.Context) (inner context.Context, end func() error, err error) {
	outer := ctx
	ctx, g.stop = context.WithCancelCause(ctx)
	own := g.Store == nil
	if own {
		if g.Store, err = store.Open(context.WithoutCancel(ctx), filepath.Join(g.Scratch, "grader.db"), store.Work); err != nil {
			return nil, nil, err
		}
	}
	var working sync.WaitGroup
	end = func() error {
		var failed error
		if outer.Err() == nil {
			failed = context.Cause(ctx)
		}
		g.stop(nil)
		working.Wait()
		if own {
			failed = errors.Join(failed, g.Store.Close())
			g.Store = nil
		}
		return failed
	}
	g.slots = newSlots(g.Jobs)
	g.baseline = make(map[Ground]func() error)
	for _, ground := range []Ground{Own, Reference} {
		g.baseline[ground] = sync.OnceValue(func() error { return g.buildStubs(ctx, ground) })
	}
	g.ingredients = sync.OnceValues(func() (string, error) { return g.Course.ingredients(ctx, g.Lab) })
	if err = g.Store.Begin(context.WithoutCancel(ctx), g.Batch); err == nil {
		g.queue, err = g.Store.Queue(gradersVersion)
	}
	if err == nil && !g.Elsewhere {
		name, _ := os.Hostname() // a name for people
		g.runner = &Runner{Store: g.Store, Sandbox: g.Course.Sandbox, Tier: g.Course.tier(), Name: name, Jobs: g.Jobs,
			Scratch: g.Scratch, Log: io.Discard, Slots: g.slots, Told: g.bells.ring}
		err = g.runner.prepare()
	}
	if err != nil {
		return nil, nil, errors.Join(err, end())
	}
	working.Go(func() {
		watch := g.watch
		if !g.Elsewhere {
			watch = g.runner.work
		}
		if err := watch(ctx); err != nil {
			g.stop(err)
		}
	})
	return ctx, end, nil
}

// runs returns how many runs one submission takes at most.
func (g *Grading) runs() int {
	n := 0
	for test := range g.Lab.tests() {
		n += g.Plan.runsOf(test)
	}
	if len(g.Lab.On) > 0 {
		n *= 2 // on the student's own files, and on ours
	}
	return n
}

// one grades one hand-in: ingest, and then as ground does. A lab that stands on
// others is graded on the student's own files of these; and also on ours, if
// that is what counts, or if the student's own did not earn all points. What
// the grader could not tell, and what was stopped, is not graded twice.
func (g *Grading) one(ctx context.Context, h HandIn, scratch string) *Card {
	settled := 0
	defer func() { g.Progress.Had(g.runs() - settled) }()

	sub, err := g.Course.ingest(h, g.Lab)
	card := g.ground(ctx, Own, sub, err, scratch, &settled)
	again := len(g.Lab.On) > 0 && (card.Points < card.Max || g.Lab.Counts == Reference) && len(g.Lab.filesOf(g.Lab, sub.Files)) > 0
	if again && card.Broken == "" && ctx.Err() == nil {
		ours, err := g.Course.onReference(sub, g.Lab)
		if err != nil {
			ours = sub
		}
		other := g.ground(ctx, Reference, ours, err, filepath.Join(scratch, string(Reference)), &settled)
		card = together(g.Lab.Counts, card, other)
	}
	if sub.Commit != nil {
		h = h.at(*sub.Commit)
	}
	card.Source, card.Canvas, card.Group = h.Notes, h.canvas, h.group
	for _, c := range []*Card{card, card.Other} {
		if c != nil {
			c.beLate(g.Lab.Late.lateness(h))
		}
	}
	card.addCommands(h)
	return card
}

// ground grades a submission on one ground: vet and build, have it run, score.
// If err is not nil, it tells why there is nothing to run.
func (g *Grading) ground(ctx context.Context, on Ground, sub *Submission, err error, scratch string, settled *int) *Card {
	task, warnings, err := g.prepare(ctx, on, sub, err, scratch)
	var results Results
	tier := g.Course.tier()
	if err == nil {
		if results, err = g.settle(ctx, sub, task, settled); err == nil {
			tier, err = g.tier(ctx, task)
		}
		if err != nil {
			g.stop(err)
		}
	}
	var trouble *Trouble
	isTrouble := errors.As(err, &trouble)
	card := score(g.Lab, sub, g.Plan, warnings, results, trouble)
	card.Sandbox, card.Harness = tier, g.Course.Harness
	if len(g.Lab.On) > 0 {
		card.Ground, card.On = on, g.Lab.On
	}
	if err != nil && !isTrouble && ctx.Err() == nil {
		card.breakAll(g.Course.shorten(err.Error()))
	}
	return card
}

// prepare vets a submission, makes its task, and builds what the task needs.
func (g *Grading) prepare(ctx context.Context, on Ground, sub *Submission, err error, scratch string) (t *Task, warnings []string, _ error) {
	mine := g.Lab // the labs whose files are the student's
	if on == Reference {
		mine = g.Lab.alone()
	}
	if err == nil {
		warnings, err = g.Course.vet(sub, mine)
	}
	var ingredients string
	if err == nil {
		ingredients, err = g.ingredients()
	}
	if err == nil {
		t = g.task(ingredients, on, mine, sub)
		err = g.arm(ctx, t, on, sub, mine, scratch)
	}
	return t, warnings, err
}

// standing tells how far a task is.
func (g *Grading) standing(ctx context.Context, t *Task) (*Standing, error) {
	known, err := g.Store.Results(context.WithoutCancel(ctx), t.Suite)
	if err != nil {
		return nil, err
	}
	return t.standing(known)
}

// settle puts what is left of a task into the queue, waits until all of it is
// made or ctx is done, and returns what it came to.
func (g *Grading) settle(ctx context.Context, sub *Submission, t *Task, settled *int) (Results, error) {
	keep := context.WithoutCancel(ctx)
	if err := g.Store.PutTask(keep, g.Batch, sub.Student, t.stored(), t.planned()); err != nil {
		return nil, err
	}
	rung, leave := g.bells.listen(t.Suite)
	defer leave()
	asked := make(map[store.Chunk]bool)
	made, failed, first := 0, 0, true
	for {
		begin := time.Now()
		now, err := g.standing(ctx, t)
		if err != nil {
			return nil, err
		}
		took := time.Since(begin)
		more := t.planned() - now.Left - made
		if first {
			g.before.Add(int64(more))
			g.Progress.Had(more)
		} else {
			g.Progress.Done(more)
		}
		g.Progress.Failed(now.Failed - failed)
		*settled += more
		made, failed, first = made+more, now.Failed, false
		if now.Left == 0 || ctx.Err() != nil {
			break
		}
		fresh := slices.DeleteFunc(now.Chunks, func(c store.Chunk) bool { return asked[c] })
		if err := g.queue.Add(ctx, fresh); err != nil && ctx.Err() == nil {
			return nil, err
		}
		for _, c := range fresh {
			asked[c] = true
		}
		select {
		case <-rung:
			time.Sleep(20 * took) // others may ring, too
		case <-time.After(time.Minute):
			clear(asked) // whatever has become of the queue
		case <-ctx.Done():
		}
	}
	known, err := g.Store.Outcomes(keep, t.Suite)
	if err != nil {
		return nil, err
	}
	all, err := t.standing(known)
	if err != nil {
		return nil, err
	}
	if all.Left == 0 && !g.Elsewhere { // nobody else has a use for the binaries
		for _, digest := range []string{t.Plain, t.Race} {
			if err := g.Store.DropBlob(keep, digest); err != nil {
				return nil, err
			}
		}
	}
	return all.Results, nil
}

// had says how many runs had been made before, if any.
func (g *Grading) had() string {
	if n := g.before.Load(); n > 0 {
		return fmt.Sprintf("; %d runs had been made before", n)
	}
	return ""
}

// tier says in which sandboxes a task was built and run.
func (g *Grading) tier(ctx context.Context, t *Task) (string, error) {
	built := g.Course.tier()
	ran, err := g.Store.Sandboxes(context.WithoutCancel(ctx), t.Suite)
	if err != nil || len(ran) == 0 || len(ran) == 1 && ran[0] == built {
		return built, err
	}
	return fmt.Sprintf("built: %s; run: %s", built, strings.Join(ran, ", ")), nil
}

// breakAll makes every test of the card the grader's own fault.
func (c *Card) breakAll(why string) {
	c.Broken, c.Points, c.Withheld = why, 0, c.Max
	for i := range c.Parts {
		c.Parts[i].Points, c.Parts[i].Withheld = 0, c.Parts[i].Max
		for j := range c.Parts[i].Tests {
			t := &c.Parts[i].Tests[j]
			t.Verdict, t.Remark = Broken, "the grader could not tell: "+why
			t.Points = 0
			t.withhold(t.Max)
		}
	}
}

// addCommands gives each piece of evidence the command that shows it again, to
// someone who has the hidden suite and the hand-in.
func (c *Card) addCommands(h HandIn) {
	c.HandIn, c.Exported, c.Commit = h.Path, len(h.Inside) > 0, h.revision.name
	if c.Other != nil {
		c.Other.addCommands(h)
	}
	for i := range c.Parts {
		for j := range c.Parts[i].Tests {
			t := &c.Parts[i].Tests[j]
			for k := range t.Evidence {
				e := &t.Evidence[k]
				e.Again = c.replayOf(t.Test, e.shot(), c.Ground).String()
			}
		}
	}
}
