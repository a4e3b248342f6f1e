package racetest

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// One seed is one run, as far as a program lets it: a program that takes its
// chance and its sleeps from Env is the same in every process, on any number of
// processors and with the race detector.
func TestDeterminismTable(t *testing.T) {
	bin := compile(t)
	settings := []struct {
		name   string
		binary string
		procs  int
	}{
		{"1 processor", bin.plain, 1},
		{"2 processors", bin.plain, 2},
		{"1, -race", bin.race, 1},
		{"2, -race", bin.race, 2},
	}
	what := []struct {
		test, name string
	}{
		{"TestSameByEnv", "chance and sleeps from Env"},
		{"TestSameByGlobalRand", "chance from math/rand"},
		{"TestSameByTimeSleep", "time.Sleep, so that timers share instants"},
	}
	head := []string{fmt.Sprintf("seeds of %d with one hash in %d processes", *sameSeeds, *sameRuns)}
	for _, s := range settings {
		head = append(head, s.name)
	}
	rows := [][]string{head}
	same := make(map[string]int)
	for _, p := range what {
		row := []string{p.name}
		for i, s := range settings {
			hashes := make([][]string, *sameSeeds)
			dir := t.TempDir()
			each(*sameSeeds, busy, func(seed int) {
				for run := range *sameRuns {
					r := job{
						binary: s.binary, pattern: "^" + p.test + "$", procs: s.procs, args: []string{"-sim.seed", fmt.Sprint(seed)},
					}.result(t, filepath.Join(dir, fmt.Sprint(seed, "-", run)))
					if !r.Passed {
						t.Errorf("%s fails with seed %d: %v", p.test, seed, r.Failure)
					}
					hashes[seed] = append(hashes[seed], r.Hash)
				}
			})
			k := 0
			for _, h := range hashes {
				if allEqual(h) {
					k++
				}
			}
			same[fmt.Sprint(p.test, i)] = k
			row = append(row, fmt.Sprint(k))
		}
		rows = append(rows, row)
	}
	t.Logf("\n%s", table(rows))
	// A machine that is very busy preempts now and then: one seed is spared.
	for i, setting := range settings {
		require.GreaterOrEqual(t, same[fmt.Sprint("TestSameByEnv", i)], *sameSeeds-1,
			"a program that takes all from Env is one run for each seed: %s", setting.name)
	}
}

func allEqual(all []string) bool {
	for _, s := range all[1:] {
		if s != all[0] {
			return false
		}
	}
	return true
}
