package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sync/errgroup"
)

// A Grading grades the hand-ins of a batch on one lab. What is wrong with one
// of them never stops the others.
type Grading struct {
	Course   *Course
	Lab      *Lab
	Plan     Plan
	Jobs     int    // processes and builds at once
	Scratch  string // an absolute folder for what is built; the caller removes it
	Progress Progress

	slots    slots
	baseline map[Ground]func() error // builds what nothing of a student's is in
}

// grade grades the hand-ins, and calls report with each card as it is done, one
// at a time. When ctx is done, the cards that are not are reported as far as
// they got, with what was not run as Skipped. The cards come back in the order
// of the hand-ins.
func (g *Grading) grade(ctx context.Context, handIns []HandIn, report func(*Card) error) ([]*Card, error) {
	g.slots = newSlots(g.Jobs)
	g.baseline = make(map[Ground]func() error)
	for _, ground := range []Ground{Own, Reference} {
		g.baseline[ground] = sync.OnceValue(func() error { return g.buildStubs(ctx, ground) })
	}
	g.Progress.Start(len(handIns) * g.runs())

	cards := make([]*Card, len(handIns))
	var mu sync.Mutex
	var workers errgroup.Group
	workers.SetLimit(g.Jobs)
	for i, h := range handIns {
		workers.Go(func() error {
			scratch := filepath.Join(g.Scratch, fmt.Sprintf("%d", i))
			card := g.one(ctx, h, scratch)
			mu.Lock()
			defer mu.Unlock()
			cards[i] = card
			if err := report(card); err != nil {
				return err
			}
			g.Progress.Say("%-24s %s", plain(card.Student), card.oneLine())
			return os.RemoveAll(scratch)
		})
	}
	err := workers.Wait()
	g.Progress.End()
	return cards, err
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
	defer func() { g.Progress.Done(g.runs() - settled) }()

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
	card.addCommands(h.Path)
	return card
}

// ground grades a submission on one ground: vet and build, run, score. If err
// is not nil, it tells why there is nothing to run.
func (g *Grading) ground(ctx context.Context, on Ground, sub *Submission, err error, scratch string, settled *int) *Card {
	mine := g.Lab // the labs whose files are the student's
	if on == Reference {
		mine = g.Lab.alone()
	}
	var warnings []string
	if err == nil {
		warnings, err = g.Course.vet(sub, mine)
	}
	var suite *Suite
	if err == nil {
		suite, err = g.build(ctx, on, sub, mine, scratch)
	}
	var results Results
	if err == nil {
		results = g.runAll(ctx, suite, settled)
	}
	var trouble *Trouble
	isTrouble := errors.As(err, &trouble)
	card := score(g.Lab, sub, g.Plan, warnings, results, trouble)
	card.Sandbox, card.Harness = g.Course.tier(), g.Course.Harness
	if len(g.Lab.On) > 0 {
		card.Ground, card.On = on, g.Lab.On
	}
	if err != nil && !isTrouble && ctx.Err() == nil {
		card.breakAll(g.Course.shorten(err.Error()))
	}
	return card
}

// build builds the hidden suite, with the race detector and without. A
// submission that does not compile is a Trouble only if the stubs do; otherwise
// the course itself does not build.
func (g *Grading) build(ctx context.Context, on Ground, sub *Submission, mine *Lab, scratch string) (*Suite, error) {
	if err := os.MkdirAll(scratch, 0o755); err != nil {
		return nil, err
	}
	if err := g.slots.take(ctx, wholeSlot); err != nil {
		return nil, err
	}
	defer g.slots.release(wholeSlot)
	suite, err := g.Course.build(g.Lab, sub, g.Lab.hidden(), scratch)
	if err != nil {
		return nil, err
	}
	suite.Lab = mine
	for _, race := range g.Lab.Mix.kinds(g.Plan.Runs) {
		_, err = suite.binary(ctx, race)
		if err != nil {
			break
		}
	}
	var trouble *Trouble
	if errors.As(err, &trouble) {
		if own := g.baseline[on](); own != nil {
			return nil, own
		}
	}
	return suite, err
}

// buildStubs builds the suite with the stubs as they are handed out.
func (g *Grading) buildStubs(ctx context.Context, on Ground) error {
	dir := filepath.Join(g.Scratch, "stubs-on-"+string(on))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	stubs := &Submission{Student: "the stubs"}
	if on == Reference {
		var err error
		if stubs, err = g.Course.onReference(stubs, g.Lab); err != nil {
			return err
		}
	}
	suite, err := g.Course.build(g.Lab, stubs, g.Lab.hidden(), dir)
	if err == nil {
		_, err = suite.binary(ctx, true)
	}
	var trouble *Trouble
	if errors.As(err, &trouble) {
		return fmt.Errorf("the hidden suite does not build with the stubs either: %v", trouble.Lines)
	}
	return err
}

// runAll runs the tests part by part, those of a part side by side, and leaves
// out the parts whose needs are not met.
func (g *Grading) runAll(ctx context.Context, suite *Suite, settled *int) Results {
	results := make(Results)
	var mu sync.Mutex
	done := func(runs int) {
		mu.Lock()
		*settled += runs
		mu.Unlock()
		g.Progress.Done(runs)
	}
	soFar := &Card{}
	for _, part := range g.Lab.Parts {
		if soFar.unmet(part) == "" {
			var tests sync.WaitGroup
			for _, test := range part.Tests {
				tests.Go(func() {
					// The error says that ctx is done: the results show it.
					outcomes, _ := g.Course.runTest(ctx, suite, test, g.Plan, g.slots, done)
					mu.Lock()
					defer mu.Unlock()
					results[test.Name] = outcomes
				})
			}
			tests.Wait()
		}
		ps := PartScore{Name: part.Name}
		for _, test := range part.Tests {
			ts := scoreTest(test, g.Plan, results[test.Name], nil)
			ps.add(ts)
		}
		soFar.Parts = append(soFar.Parts, ps)
	}
	return results
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
func (c *Card) addCommands(path string) {
	c.HandIn = path
	if c.Other != nil {
		c.Other.addCommands(path)
	}
	for i := range c.Parts {
		for j := range c.Parts[i].Tests {
			t := &c.Parts[i].Tests[j]
			for k := range t.Evidence {
				e := &t.Evidence[k]
				shot := e.shot()
				again := replayCommand{Lab: c.Lab, Test: t.Test, Seed: shot.Seed, Race: shot.Race, Processors: shot.Processors,
					RealTime: shot.RealTime, On: c.Ground, Path: path}
				e.Again = again.String()
			}
		}
	}
}
