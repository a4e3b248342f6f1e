package main

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"
	"sync"

	"golang.org/x/sync/errgroup"
)

// A Queued is what was put into the queue of hand-ins.
type Queued struct {
	Left, Made int // runs, at most
	Nothing    int // hand-ins of which nothing can be run
	Faults     []string
}

// enqueue builds what the hand-ins need, on both grounds where the lab stands on
// others, puts their runs into the queue, and does not wait for them. What the
// first ground comes to decides about the second: a worker that makes the last
// run of the first sees to that.
func (g *Grading) enqueue(ctx context.Context, handIns []HandIn) (*Queued, error) {
	all := new(Queued)
	ctx, end, err := g.begin(ctx)
	if err != nil {
		return all, err
	}
	var mu sync.Mutex
	var workers errgroup.Group
	workers.SetLimit(g.Jobs)
	g.Progress.Start(len(handIns))
	for i, h := range handIns {
		workers.Go(func() error {
			one, err := g.enqueueOne(ctx, h, filepath.Join(g.Scratch, strconv.Itoa(i)))
			g.Progress.Done(1)
			mu.Lock()
			defer mu.Unlock()
			all.Left, all.Made, all.Nothing = all.Left+one.Left, all.Made+one.Made, all.Nothing+one.Nothing
			all.Faults = append(all.Faults, one.Faults...)
			return err
		})
	}
	err = workers.Wait()
	g.Progress.End()
	return all, errors.Join(err, end())
}

// enqueueOne puts the runs of one hand-in into the queue. An error is the
// store's.
func (g *Grading) enqueueOne(ctx context.Context, h HandIn, scratch string) (Queued, error) {
	var q Queued
	sub, err := g.Course.ingest(h, g.Lab)
	own := g.preparedOr(ctx, &q, Own, sub, err, scratch)
	var then *Task
	if len(g.Lab.On) > 0 && len(g.Lab.filesOf(g.Lab, sub.Files)) > 0 {
		ours, err := g.Course.onReference(sub, g.Lab)
		if err != nil {
			ours = sub
		}
		then = g.preparedOr(ctx, &q, Reference, ours, err, filepath.Join(scratch, string(Reference)))
	}
	if own == nil && then == nil {
		q.Nothing = 1
	}
	if then != nil {
		if err := g.Store.PutTask(ctx, g.Batch, sub.Student, then.stored(), then.planned()); err != nil {
			return q, err
		}
	}
	if own != nil {
		if then != nil {
			own.Then, own.Always = then.Key, g.Lab.Counts == Reference
		}
		if err := g.Store.PutTask(ctx, g.Batch, sub.Student, own.stored(), own.planned()); err != nil {
			return q, err
		}
		now, err := g.standing(ctx, own)
		if err != nil {
			return q, err
		}
		q.Left, q.Made = q.Left+now.Left, q.Made+own.planned()-now.Left
		if now.Left > 0 || now.full(own) && !own.Always {
			return q, g.queue.Add(ctx, now.Chunks)
		}
	}
	if then == nil {
		return q, nil
	}
	now, err := g.standing(ctx, then)
	if err != nil {
		return q, err
	}
	q.Left, q.Made = q.Left+now.Left, q.Made+then.planned()-now.Left
	return q, g.queue.Add(ctx, now.Chunks)
}

// preparedOr prepares a submission, and returns nil if nothing of it can be run.
// The student's own trouble waits for the report; what is ours is told at once.
func (g *Grading) preparedOr(ctx context.Context, q *Queued, on Ground, sub *Submission, err error, scratch string) *Task {
	t, _, err := g.prepare(ctx, on, sub, err, scratch)
	if err == nil {
		return t
	}
	if trouble := new(Trouble); !errors.As(err, &trouble) && ctx.Err() == nil {
		q.Faults = append(q.Faults, sub.Student+": "+g.Course.shorten(err.Error()))
	}
	return nil
}
