package racetest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// Nobody is accused who has no race: what crosses the network's own
// synchronisation, which the detector does not see, crosses clean.
func TestNoFalseAlarm(t *testing.T) {
	bin := compile(t)
	settings := []struct {
		name  string
		seeds int
		procs int
		args  []string
	}{
		{"bubble, 2 processors", *cleanSeeds, 2, nil},
		{"bubble, 1 processor", *cleanSeeds, 1, nil},
		{"wall clock", max(2, *cleanSeeds/100), 2, []string{"-sim.realtime"}},
	}
	programs := []struct {
		test, what string
		fails      bool // for another reason than a race
	}{
		{"TestCleanMembers", "five busy machines, every fault", false},
		{"TestCleanClassic", "the classic interface", false},
		{"TestCleanMisuse", "panics in handlers, unknown methods", true},
	}
	const atOnce = 20 // seeds in a process
	head := []string{"runs accused falsely"}
	for _, s := range settings {
		head = append(head, s.name)
	}
	cells := [][]string{head}
	for _, p := range programs {
		row := []string{p.what}
		for _, s := range settings {
			outcomes := make([]outcome, (s.seeds+atOnce-1)/atOnce)
			each(len(outcomes), busy, func(i int) {
				count := min(atOnce, s.seeds-i*atOnce)
				outcomes[i] = job{
					binary: bin.race, pattern: "^" + p.test + "$", procs: s.procs, args: s.args,
					env: []string{fmt.Sprintf("RACETEST_SEEDS=%d %d", i*atOnce, count)},
				}.run(t)
			})
			alarms := 0
			for _, o := range outcomes {
				alarms += len(o.races)
				for _, r := range o.races {
					t.Errorf("%s, %s: a false alarm:\n%s", p.test, s.name, r.text)
				}
				require.Equal(t, p.fails && s.args == nil, o.failed && len(o.races) == 0, "%s, %s:\n%s", p.test, s.name, o.output)
			}
			row = append(row, fmt.Sprintf("%d of %d", alarms, s.seeds))
		}
		cells = append(cells, row)
	}
	t.Logf("\n%s", table(cells))
}
