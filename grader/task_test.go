package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/grader/store"
)

// taskOf is a task of a lab with two parts, of which the second needs the first.
func taskOf(runs int) *Task {
	lab := Lab{Dir: "lab0-toy", Mix: Mix{Race: 1, Of: 4}, Parts: []Part{
		{Name: "0A", Tests: []Test{{Name: "TestX", Points: 1}, {Name: "TestY", Points: 1}}},
		{Name: "0B", Needs: []string{"0A"}, Tests: []Test{{Name: "TestZ", Points: 1}}},
	}}
	return &Task{Key: "t", Suite: "s", Labs: []Lab{lab}, Runs: runs, Salt: "x", All: true}
}

// known makes results: the word for each run of each test, "" for none.
func known(t *Task, words map[string][]string) map[string]store.Result {
	all := make(map[string]store.Result)
	for test := range t.lab().tests() {
		for run, word := range words[test.Name] {
			r := store.Result{Key: t.runKey(test, run), Test: test.Name, Run: run, Verdict: word}
			switch word {
			case "":
				continue
			case "stalled":
				r.Verdict, r.Cause = "fail", string(CauseStalled)
			case "fail":
				r.Cause = string(CauseAssert)
			}
			all[r.Key] = r
		}
	}
	return all
}

// What is still to be made follows from what there is, whoever made it and in
// whatever order.
func TestStanding(t *testing.T) {
	pass := []string{"pass", "pass", "pass"}
	for _, tc := range []struct {
		name   string
		words  map[string][]string
		left   int
		chunks []store.Chunk
		made   map[string]int // results that count
	}{
		{"nothing is made: the first run of each test comes first", nil, 6 + 3,
			[]store.Chunk{{Task: "t", Part: "0A", Tests: 2, Runs: 1}}, map[string]int{}},
		{"the first runs are made", map[string][]string{"TestX": {"pass"}, "TestY": {"fail"}}, 4 + 3,
			[]store.Chunk{{Task: "t", Part: "0A", Tests: 2, Run: 1, Runs: 2}}, map[string]int{"TestX": 1, "TestY": 1}},
		{"a run in between is missing: what comes after it does not count yet", map[string][]string{"TestX": {"pass", "", "pass"}, "TestY": pass}, 1 + 3,
			[]store.Chunk{{Task: "t", Part: "0A", Tests: 2, Run: 1, Runs: 2}}, map[string]int{"TestX": 1, "TestY": 3}},
		{"a part is done, and the next one may begin", map[string][]string{"TestX": pass, "TestY": pass}, 3,
			[]store.Chunk{{Task: "t", Part: "0B", Tests: 1, Runs: 1}}, map[string]int{"TestX": 3, "TestY": 3}},
		{"a part has failed, and the next one is left out", map[string][]string{"TestX": pass, "TestY": {"pass", "fail", "pass"}}, 0,
			nil, map[string]int{"TestX": 3, "TestY": 3}},
		{"two runs that stalled are enough", map[string][]string{"TestX": {"stalled", "stalled"}, "TestY": pass}, 0,
			nil, map[string]int{"TestX": 2, "TestY": 3}},
		{"a third, made beside them, does not count", map[string][]string{"TestX": {"stalled", "stalled", "stalled"}, "TestY": pass}, 0,
			nil, map[string]int{"TestX": 2, "TestY": 3}},
		{"all is made", map[string][]string{"TestX": pass, "TestY": pass, "TestZ": pass}, 0,
			nil, map[string]int{"TestX": 3, "TestY": 3, "TestZ": 3}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			task := taskOf(3)
			now, err := task.standing(known(task, tc.words))
			require.NoError(t, err)
			require.Equal(t, tc.left, now.Left)
			require.Equal(t, tc.chunks, now.Chunks)
			made := make(map[string]int)
			for test, outcomes := range now.Results {
				if len(outcomes) > 0 {
					made[test] = len(outcomes)
				}
			}
			require.Equal(t, tc.made, made)
		})
	}
}

// From the first chunks of a part one comes to each run of each test once.
func TestChunksAreAllRuns(t *testing.T) {
	for _, runs := range []int{1, 2, 3, 5, 6, 20, 31} {
		task := taskOf(runs)
		part := Part{Name: "0A", Tests: make([]Test, 45)}
		open := make([][]int, len(part.Tests))
		for i := range open {
			for run := range runs {
				open[i] = append(open[i], run)
			}
		}
		seen := make(map[[2]int]int)
		for queue := task.chunks(part, open); len(queue) > 0; queue = queue[1:] {
			c := queue[0]
			require.LessOrEqual(t, c.Tests*c.Runs, chunkRuns)
			for test := c.Test; test < c.Test+c.Tests; test++ {
				for run := c.Run; run < c.Run+c.Runs; run++ {
					seen[[2]int{test, run}]++
				}
			}
			queue = append(queue, task.after(c)...)
		}
		require.Len(t, seen, len(part.Tests)*runs)
		for at, n := range seen {
			require.Equal(t, 1, n, "%v of %d runs", at, runs)
		}
	}
}

// A run's key is another when anything changes that it depends on, and not when
// what only the score depends on does.
func TestKeys(t *testing.T) {
	course := toyCourse(t)
	lab := &course.Labs[0]
	sub := &Submission{Files: map[string][]byte{"a.go": []byte("package toy")}}
	suite := course.suiteKey("i", lab, Own, sub)
	for name, other := range map[string]string{
		"a file":      course.suiteKey("i", lab, Own, &Submission{Files: map[string][]byte{"a.go": []byte("package toy\n")}}),
		"its name":    course.suiteKey("i", lab, Own, &Submission{Files: map[string][]byte{"b.go": []byte("package toy")}}),
		"a deletion":  course.suiteKey("i", lab, Own, &Submission{Files: sub.Files, Deleted: []string{"b.go"}}),
		"the harness": course.suiteKey("j", lab, Own, sub),
		"the ground":  course.suiteKey("i", lab, Reference, sub),
		"the lab":     course.suiteKey("i", &Lab{Dir: lab.Dir, Package: lab.Package, Given: lab.Given}, Own, sub),
	} {
		require.NotEqual(t, suite, other, name)
	}
	dear := *lab
	dear.Title, dear.Parts = "another", nil
	require.Equal(t, suite, course.suiteKey("i", &dear, Own, sub))

	test, shot := Test{Name: "TestX", Points: 1}, Shot{Seed: 7, Processors: 1}
	key := runKey(suite, test, shot)
	require.Equal(t, key, runKey(suite, Test{Name: "TestX", Points: 5}, shot))
	require.NotEqual(t, key, runKey(suite, test, Shot{Seed: 8, Processors: 1}))
	require.NotEqual(t, key, runKey(suite, test, Shot{Seed: 7, Processors: 1, Race: true}))
	require.NotEqual(t, key, runKey(suite, Test{Name: "TestY", Points: 1}, shot))
}

// What is compiled with a submission is part of the key: a change of the hidden
// suite, of a package that it imports, or of a stub, makes all runs new.
func TestIngredients(t *testing.T) {
	course := copyCourse(t)
	of := func() string {
		sum, err := course.ingredients(t.Context(), &course.Labs[0])
		require.NoError(t, err)
		return sum
	}
	last := of()
	require.Equal(t, last, of())
	for _, name := range []string{"grader/hidden/lab0-toy/more_test.go", "sim/more.go", "lab0-toy/more.go", "go.mod"} {
		text := "package toy_test\n"
		switch filepath.Dir(name) {
		case "sim":
			text = "package sim\n"
		case "lab0-toy":
			text = "package toy\n"
		case ".":
			text = "module toycourse\n\ngo 1.26.0\n\n// changed\n"
		}
		write(t, course.Root, map[string]string{name: text})
		now := of()
		require.NotEqual(t, last, now, name)
		last = now
	}
	write(t, course.Root, map[string]string{"solutions/lab0-toy/more.go": "package toy\n"})
	require.Equal(t, last, of(), "the reference is a submission")
}

// What is put into the queue and left alone is made by workers, part after part
// and on the other ground, so that who waits in the end has nothing to wait for.
func TestWorkersGoOnAlone(t *testing.T) {
	course := toyCourse(t)
	h := handInFor(t, course, till(course), "testdata/sets/counts-by-one.txtar")
	want, err := gradingFor(t, course, till(course), 2).grade(t.Context(), []HandIn{h}, func(*Card) error { return nil })
	require.NoError(t, err)

	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "grader.db"), store.Work)
	require.NoError(t, err)
	defer db.Close()
	grading := func() *Grading {
		g := gradingFor(t, course, till(course), 2)
		g.Store, g.Batch, g.Elsewhere = db, "b", true
		return g
	}
	queued, err := grading().enqueue(t.Context(), []HandIn{h})
	require.NoError(t, err)
	require.Equal(t, &Queued{Left: 4}, queued, "on the student's own ground; the other waits for what comes of it")

	r := &Runner{Store: db, Tier: noSandbox, Name: "w", Jobs: 2, Scratch: t.TempDir(), Log: t.Output(), Slots: newSlots(2)}
	require.NoError(t, r.prepare())
	ctx, stop := context.WithCancelCause(t.Context())
	go func() { stop(drained(ctx, db)) }()
	require.NoError(t, r.work(ctx))
	require.ErrorIs(t, context.Cause(ctx), errDrained)

	rows, err := db.Rows(t.Context())
	require.NoError(t, err)
	require.Len(t, rows, 2)
	for _, row := range rows {
		require.Equal(t, row.Planned, row.Made)
	}
	last := grading()
	cards, err := last.grade(t.Context(), []HandIn{h}, func(*Card) error { return nil })
	require.NoError(t, err)
	require.EqualValues(t, 8, last.before.Load())
	texts := make([]strings.Builder, 2)
	for i, c := range []*Card{want[0], cards[0]} {
		c.Real, c.Other.Real = "", "" // how long it took
		require.NoError(t, writeText(&texts[i], c))
	}
	require.Equal(t, texts[0].String(), texts[1].String())
}
