package racetest

import (
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// A row is a racy program, and in what share of its processes the detector
// must report at least.
type row struct {
	test, what string
	bubble     float64 // in virtual time, on one and on two processors
	real       float64 // on the wall clock
}

// certain is for races that nothing orders; the slack is for a detector that
// forgets old accesses. likely is for the same on the wall clock, where who
// runs when, and which timers share a processor, is not up to us.
const certain, likely = 0.8, 0.5

var rows = []row{
	{"TestStateReadWithoutLock", "a getter reads the term without the lock", certain, likely},
	{"TestTickerReadsRoleWithoutLock", "a ticker reads the role without the lock", certain, likely},
	{"TestTermReadAfterCallWithoutLock", "the term is read after Call without the lock", certain, likely},
	{"TestVotesCountedWithoutLock", "a goroutine for each peer counts votes", certain, likely},
	{"TestArgsChangedWhileSent", "args share a slice that a handler changes", certain, likely},
	{"TestMapWrittenByHandlerReadByTicker", "a map is written by a handler, read by a ticker", certain, likely},
	{"TestReplyUsedByTwoCalls", "one reply for two calls", certain, likely},
	{"TestTwoHandlersOfOneMachine", "two handlers, two callers", certain, likely},
	{"TestTwoHandlersOfOneCaller", "two handlers, one caller after another", certain, likely},
	{"TestHandlerAndLoop", "a handler and the goroutine that Make starts", certain, likely},
	{"TestServedBeforeItWasMade", "a field is set after Serve", certain, likely},
	{"TestKilledWithoutLock", "Kill sets a plain bool", certain, likely},

	{"TestCallerThenHandler", "write; Call → handler: write", certain, likely},
	{"TestHandlerThenCaller", "handler: write → Call returns; write", certain, likely},
	{"TestCallBetween", "write; Call … Call; write", certain, likely},
	{"TestFirstCallsBetween", "the same, with types that were never sent", certain, likely},
	{"TestSaveBetween", "write; Save … Save; write", certain, likely},
	{"TestSaveAndReadBetween", "write; Save … ReadRaftState; write", certain, likely},
	{"TestHeldCallBetween", "write; Save and Call on a slow disk … the same; write", certain, likely},
	{"TestRandBetween", "write; Env.Rand … Env.Rand; write", certain, likely},
	{"TestClockBetween", "write; Clock.Now … Clock.Now; write", certain, likely},
	{"TestClockSleepBetween", "write; Clock.Sleep … Clock.Sleep; write", certain, likely},
	{"TestHistoryBetween", "write; a client's call is recorded … another's; write", certain, likely},
	{"TestStateBetween", "write; Env.State … Env.State; write", certain, likely},
	{"TestPlainLogfBetween", "write; Logf of a text … Logf; write", certain, likely},
	{"TestLogfBetween", "write; Logf of numbers and words … Logf; write", certain, likely},
	{"TestLogfOfStructBetween", "write; Logf of a slice of structs … Logf; write", certain, likely},
	{"TestBufferSharedBySaves", "two goroutines fill and Save one buffer", certain, likely},
	{"TestBufferChangedWhileSaved", "a buffer is changed while it is saved", certain, likely},
	{"TestRestartBetween", "a past life's goroutine and the new one's", certain, likely},

	// fmt recycles its buffers through a pool, which orders those who use the
	// same buffer, now and then.
	{"TestLogfOfErrorBetween", "write; Logf of an error … Logf; write", 0, 0},
	// All timers of a bubble share one history; on the wall clock, those of a
	// processor do.
	{"TestTwoTimersBetween", "write; <-After(1ms) … <-After(9ms); write", 0, 0},
	{"TestTimerResetBetween", "write; timer.Reset … a later AfterFunc: write", 0, 0},
	// Whoever locks after another comes after him, in the eyes of the detector.
	{"TestUnrelatedLockBetween", "write; an unrelated lock … the lock; write", 0, 0},
}

// The race detector finds in a bubble what it finds on the wall clock, and
// the network hides nothing from it.
func TestRacesAreFound(t *testing.T) {
	bin := compile(t)
	out, err := exec.Command(bin.race, "-test.list", ".").Output()
	require.NoError(t, err)
	var racyTests []string
	for _, name := range strings.Fields(string(out)) {
		if !strings.HasPrefix(name, "TestClean") && !strings.HasPrefix(name, "TestSame") && !strings.HasPrefix(name, "TestReplay") {
			racyTests = append(racyTests, name)
		}
	}
	var listed []string
	for _, r := range rows {
		listed = append(listed, r.test)
	}
	require.ElementsMatch(t, racyTests, listed, "each racy program has a row")

	settings := []struct {
		name   string
		procs  int
		args   []string
		atOnce int
	}{
		{"bubble, 2 processors", 2, nil, busy},
		{"bubble, 1 processor", 1, nil, busy},
		{"wall clock", 2, []string{"-sim.realtime"}, 4 * busy}, // they sleep
	}
	n := *processes
	head := []string{fmt.Sprintf("reported in so many of %d processes", n)}
	for _, s := range settings {
		head = append(head, s.name)
	}
	cells := [][]string{head}
	for _, r := range rows {
		cells = append(cells, []string{r.what})
	}
	var mu sync.Mutex
	for _, s := range settings {
		found := make([]int, len(rows))
		each(n*len(rows), s.atOnce, func(i int) {
			r := rows[i/n]
			o := job{binary: bin.race, pattern: "^" + r.test + "$", procs: s.procs, args: s.args}.run(t)
			mu.Lock()
			defer mu.Unlock()
			for _, report := range o.races {
				if !report.mine {
					t.Errorf("%s: a false alarm:\n%s", r.test, report.text)
				}
			}
			if len(o.races) > 0 {
				found[i/n]++
			} else if o.failed {
				t.Errorf("%s fails, and not for a race:\n%s", r.test, o.output)
			}
		})
		for i, r := range rows {
			cells[i+1] = append(cells[i+1], fmt.Sprint(found[i]))
			least := r.bubble
			if s.args != nil {
				least = r.real
			}
			if float64(found[i]) < least*float64(n) {
				t.Errorf("%s (%s): reported in %d of %d processes (%s), at least %.0f %% expected", r.test, r.what, found[i], n, s.name, 100*least)
			}
		}
	}
	t.Logf("\n%s", table(cells))
}
