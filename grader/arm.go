package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// arm sees to it that the task's binaries are in the store, if there is anything
// left to run.
func (g *Grading) arm(ctx context.Context, t *Task, on Ground, sub *Submission, mine *Lab, scratch string) error {
	if g.BrokenAgain {
		if _, err := g.Store.Forget(ctx, t.Suite, Broken.String()); err != nil {
			return err
		}
	}
	now, err := g.standing(ctx, t)
	if err != nil || now.Left == 0 {
		return err
	}
	from, found, _, err := g.Store.Task(context.WithoutCancel(ctx), t.Key)
	if err != nil {
		return err
	}
	if found {
		before, err := readTask(from)
		if err != nil {
			return err
		}
		if ok, err := g.armed(ctx, before); err != nil || ok {
			t.Plain, t.Race = before.Plain, before.Race
			return err
		}
	}
	suite, err := g.build(ctx, on, sub, mine, scratch)
	if err != nil {
		return err
	}
	for _, race := range g.kinds() {
		bin, err := suite.binary(ctx, race)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(bin.Path)
		if err != nil {
			return err
		}
		digest, err := g.Store.PutBlob(ctx, data)
		if err != nil {
			return err
		}
		if g.runner != nil {
			if err := g.runner.cache.adopt(digest, bin.Path); err != nil {
				return err
			}
		}
		if race {
			t.Race = digest
		} else {
			t.Plain = digest
		}
	}
	return nil
}

// kinds are the binaries that a task needs: the plain one (false), the one with
// the race detector (true).
func (g *Grading) kinds() []bool { return g.Lab.Mix.kinds(g.Plan.Runs) }

// armed reports whether the store has the binaries of a task.
func (g *Grading) armed(ctx context.Context, t *Task) (bool, error) {
	for _, race := range g.kinds() {
		digest := t.Plain
		if race {
			digest = t.Race
		}
		if there, err := g.Store.HasBlob(context.WithoutCancel(ctx), digest); err != nil || !there {
			return false, err
		}
	}
	return true, nil
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
	for _, race := range g.kinds() {
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
