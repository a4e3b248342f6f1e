package main

import (
	"encoding/json"
	"fmt"
	"slices"

	"distlabs/grader/store"
)

// A Task is one submission on one ground with all the runs that are planned: all
// that a worker has to know who has neither the course nor the hand-in.
type Task struct {
	Key   string `json:"-"`
	Suite string `json:"-"` // its results stand under this

	Labs   []Lab  `json:"labs"`  // the lab, and those that it stands on
	Alone  bool   `json:"alone"` // those others are ours
	Runs   int    `json:"runs"`
	Salt   string `json:"salt"`
	All    bool   `json:"all,omitempty"` // see Plan
	Root   string `json:"root"`          // of the course that it was built in: it stands before the files' names in stacks
	States bool   `json:"states"`
	Plain  string `json:"plain,omitempty"`  // the digest of the plain binary, if any run needs it
	Race   string `json:"race,omitempty"`   // of the one with the race detector
	Then   string `json:"then,omitempty"`   // the key of the task to go on with if this one does not earn all points
	Always bool   `json:"always,omitempty"` // or even if it does
}

// chunkRuns is how many runs a chunk has, about: ten seconds' worth or so.
const chunkRuns = 20

// task makes the task of a submission; its binaries are still to be built.
func (g *Grading) task(ingredients string, on Ground, mine *Lab, sub *Submission) *Task {
	t := &Task{Suite: g.Course.suiteKey(ingredients, mine, on, sub), Alone: len(mine.On) < len(g.Lab.On),
		Runs: g.Plan.Runs, Salt: g.Plan.Salt, All: g.Plan.All, Root: g.Course.Root, States: g.Course.Main != ""}
	for _, lab := range g.Course.set(g.Lab) {
		t.Labs = append(t.Labs, *lab)
	}
	t.Labs[0] = *g.Lab // it may differ from its row, by the mix
	h := newHash()
	h.add(t.Suite, fmt.Sprint(t.Runs, t.All), t.Salt)
	h.addJSON(t.Labs)
	t.Key = h.sum()
	return t
}

// readTask reads what spec wrote.
func readTask(from store.Task) (*Task, error) {
	t := &Task{Key: from.Key, Suite: from.Suite}
	if err := json.Unmarshal(from.Spec, t); err != nil || len(t.Labs) == 0 {
		return nil, fmt.Errorf("the task %.12s cannot be read: %w", from.Key, err)
	}
	return t, nil
}

// stored is the task as the store has it.
func (t *Task) stored() store.Task {
	spec, err := json.Marshal(t)
	if err != nil {
		panic(fmt.Sprintf("a task is plain: %v", err))
	}
	return store.Task{Key: t.Key, Suite: t.Suite, Spec: spec}
}

func (t *Task) lab() *Lab { return &t.Labs[0] }

// mine is the lab, with those whose files are the student's.
func (t *Task) mine() *Lab {
	if t.Alone {
		return t.lab().alone()
	}
	return t.lab()
}

func (t *Task) plan() Plan { return Plan{Runs: t.Runs, Salt: t.Salt, All: t.All} }

// planned is how many runs it has at most.
func (t *Task) planned() int {
	n := 0
	for test := range t.lab().tests() {
		n += t.plan().runsOf(test)
	}
	return n
}

// A Standing is how far a task is.
type Standing struct {
	Results Results       // of the runs that count
	Left    int           // runs that are still to be made
	Chunks  []store.Chunk // that have runs which can be made now, in their order
	Failed  int           // tests that failed so far
}

// Full reports whether a task that is done earned all points.
func (s *Standing) full(t *Task) bool {
	card := score(t.lab(), &Submission{}, t.plan(), nil, s.Results, nil)
	return card.Points == card.Max
}

// standing tells from the results that there are which runs are to be made. It
// depends on nothing else, so whoever asks, and whatever was killed in between,
// the answer is the same.
//
// A run is not made if those of its test before it are enough (see Plan.over); if
// it was made all the same, beside one of these, it does not count. A part is not run if one that it needs has not earned its
// points. The first run of each test comes before the second of any, since most
// that fails fails at once.
func (t *Task) standing(known map[string]store.Result) (*Standing, error) {
	s := &Standing{Results: make(Results)}
	soFar := &Card{}
	settled := make(map[string]bool) // parts
	for _, part := range t.lab().Parts {
		waits := slices.ContainsFunc(part.Needs, func(need string) bool { return !settled[need] })
		open := make([][]int, len(part.Tests)) // by test: the runs to be made
		left := 0
		if soFar.unmet(part) == "" || waits {
			for i, test := range part.Tests {
				var err error
				if s.Results[test.Name], open[i], err = t.outcomes(test, known); err != nil {
					return nil, err
				}
				left += len(open[i])
			}
		}
		s.Left += left
		settled[part.Name] = left == 0 && !waits
		if !waits {
			s.Chunks = append(s.Chunks, t.chunks(part, open)...)
		}
		ps := PartScore{Name: part.Name}
		for _, test := range part.Tests {
			ts := scoreTest(test, t.plan(), s.Results[test.Name], nil)
			ps.add(ts)
			if ts.Verdict == Fail {
				s.Failed++
			}
		}
		soFar.Parts = append(soFar.Parts, ps)
	}
	slices.SortStableFunc(s.Chunks, func(a, b store.Chunk) int { return a.Run - b.Run })
	return s, nil
}

// outcomes returns those of a test that count, and the runs of it that are still
// to be made: those that are missing, unless the ones before them are enough.
func (t *Task) outcomes(test Test, known map[string]store.Result) (made []Outcome, open []int, err error) {
	for run := range t.plan().runsOf(test) {
		shot := t.plan().shot(t.mine(), test, run)
		r, ok := known[runKey(t.Suite, test, shot)]
		if !ok {
			open = append(open, run)
		}
		if len(open) > 0 {
			continue
		}
		o, err := outcomeOf(r, shot)
		if err != nil {
			return nil, nil, err
		}
		made = append(made, o)
		if t.plan().over(test, made) {
			break
		}
	}
	return made, open, nil
}

func (t *Task) runKey(test Test, run int) string {
	return runKey(t.Suite, test, t.plan().shot(t.mine(), test, run))
}

// outcomeOf reads the result of a run. Of one without its outcome there is what
// the score depends on.
func outcomeOf(r store.Result, shot Shot) (o Outcome, err error) {
	if r.Outcome != nil {
		if err := json.Unmarshal(r.Outcome, &o); err != nil {
			return o, fmt.Errorf("the result of run %d of %s cannot be read: %w", r.Run, r.Test, err)
		}
		return o, nil
	}
	o.Test, o.Shot = r.Test, shot
	if r.Cause != "" {
		o.Failures = []Failure{{Cause: Cause(r.Cause), Rule: r.Rule}}
	}
	return o, o.Verdict.UnmarshalText([]byte(r.Verdict))
}

// The runs of a part are cut into chunks: first the first run of up to chunkRuns
// tests; then, of a slice of these tests, a few runs of each, and the next few
// when those are made, since two that are hopeless are enough.

// roundRuns is how many runs of one test a later chunk has.
const roundRuns = 5

// slice is of how many tests the later chunks are.
func (t *Task) slice() int { return chunkRuns / max(1, min(roundRuns, t.Runs-1)) }

// after returns the chunks that may be made when one has been.
func (t *Task) after(c store.Chunk) (next []store.Chunk) {
	run := c.Run + c.Runs
	if run >= t.Runs {
		return nil
	}
	tests := c.Tests
	if c.Run == 0 {
		tests = t.slice()
	}
	for test := c.Test; test < c.Test+c.Tests; test += tests {
		next = append(next, store.Chunk{Task: t.Key, Part: c.Part, Test: test, Tests: min(tests, c.Test+c.Tests-test),
			Run: run, Runs: min(roundRuns, t.Runs-run)})
	}
	return next
}

// chunks returns the chunks of a part that can be made now, by the open runs of
// each test: of each slice the first that has one.
func (t *Task) chunks(part Part, open [][]int) (some []store.Chunk) {
	var visit func(c store.Chunk)
	visit = func(c store.Chunk) {
		has := slices.ContainsFunc(open[c.Test:c.Test+c.Tests], func(of []int) bool {
			return slices.ContainsFunc(of, func(run int) bool { return run >= c.Run && run < c.Run+c.Runs })
		})
		if has {
			some = append(some, c)
			return
		}
		for _, next := range t.after(c) {
			visit(next)
		}
	}
	for test := 0; test < len(part.Tests); test += chunkRuns {
		visit(store.Chunk{Task: t.Key, Part: part.Name, Test: test, Tests: min(chunkRuns, len(part.Tests)-test), Runs: 1})
	}
	return some
}
