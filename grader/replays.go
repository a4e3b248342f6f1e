package main

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

// A Replay is a failing run, and what came of it when it was made again by its
// seed, on one processor, in processes of its own.
type Replay struct {
	Failed   Outcome
	Again    int // how often
	SameRule int // of these: failed first by the same rule
	SameRun  int // of these: and by the same events
	Others   []string
}

// add counts one more time.
func (r *Replay) add(o Outcome) {
	r.Again++
	if rule := firstRule(o); rule != firstRule(r.Failed) {
		if !slices.Contains(r.Others, rule) {
			r.Others = append(r.Others, rule)
		}
		return
	}
	r.SameRule++
	if o.Hash != "" && o.Hash == r.Failed.Hash {
		r.SameRun++
	}
}

// firstRule is the rule that a run broke first, or "none".
func firstRule(o Outcome) string {
	if len(o.Failures) == 0 {
		return "none"
	}
	return o.Failures[0].Rule
}

// replay makes the first failing run of each test that the mutant names again,
// as often as the check wants.
func (k *Check) replay(ctx context.Context, suite *Suite, h *Hunt) ([]*Replay, error) {
	var all []*Replay
	var group errgroup.Group
	for _, name := range h.Mutant.CaughtBy {
		outcomes := h.Run.results[name]
		first := slices.IndexFunc(outcomes, func(o Outcome) bool { return o.Verdict == Fail })
		if first < 0 || k.Replays == 0 {
			continue
		}
		test, err := k.Lab.test(name)
		if err != nil {
			return nil, err
		}
		r := &Replay{Failed: outcomes[first]}
		bin, err := suite.binary(ctx, r.Failed.Race)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
		group.Go(func() error {
			for range k.Replays {
				if err := k.slots.take(ctx, wholeSlot); err != nil {
					return err
				}
				o, err := k.Course.runOnce(ctx, bin, test, Shot{Seed: r.Failed.Seed, Race: r.Failed.Race, Processors: 1})
				k.slots.release(wholeSlot)
				if err != nil {
					return err
				}
				r.add(o)
			}
			return nil
		})
	}
	return all, group.Wait()
}

// replays prints how many replays show what the first run showed, and which do
// not.
func (k *Check) replays(hunts []*Hunt) {
	var again, sameRule, sameRun int
	for _, h := range hunts {
		for _, r := range h.Replays {
			again += r.Again
			sameRule += r.SameRule
			sameRun += r.SameRun
			if r.SameRun == r.Again {
				continue
			}
			others := ""
			if r.Others != nil {
				others = "; also: " + strings.Join(r.Others, ", ")
			}
			k.printf("  replay of %s, %s, seed %d: of %d, %d by %s, %d the same run%s\n", h.Mutant.Name, r.Failed.Test, r.Failed.Seed,
				r.Again, r.SameRule, firstRule(r.Failed), r.SameRun, others)
		}
	}
	k.printf("replays: %d of %d show the same rule (%d of %d the same run)\n", sameRule, again, sameRun, again)
}
