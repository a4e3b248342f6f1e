package simtest

import (
	"flag"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Bad values are told by each test, in one sentence: the flag package would
// add all flags there are.
var (
	seedFlag   = flag.String("sim.seed", "", "the run's seed (default: from the test's name)")
	realFlag   = flag.Bool("sim.realtime", false, "run on the wall clock the tests that are marked for it")
	traceFlag  = flag.String("sim.trace", "", "write the trace of the run to this `file`, as JSON lines, while it happens")
	rowFlag    = flag.String("sim.row", "", "with -test.count: run the seeds after the first, and add each result to this `file` as a line of JSON")
	budgetFlag = flag.String("sim.budget", "", "`limits` of each run, as virtual=600s,real=60s,events=5000000 (each may be left out)")
)

// Limits bound a run. Zero stands for the default.
type Limits struct {
	Virtual time.Duration // of virtual time; default 10 minutes
	Real    time.Duration // of real time; default 60 s, and at most 10 s for a run on the wall clock
	Events  int64         // default 5 million
}

var defaultLimits = Limits{Virtual: 10 * time.Minute, Real: time.Minute, Events: 5_000_000}

// wallClock bounds a run in real time, unless -sim.budget says otherwise.
const wallClock = 10 * time.Second

func (l Limits) over(base Limits) Limits {
	if l.Virtual == 0 {
		l.Virtual = base.Virtual
	}
	if l.Real == 0 {
		l.Real = base.Real
	}
	if l.Events == 0 {
		l.Events = base.Events
	}
	return l
}

// limitsOf returns the limits of a run: the flag's, then the test's, then the
// default.
func limitsOf(test Limits) (Limits, error) {
	l := test.over(defaultLimits)
	if *realFlag {
		l.Real = min(l.Real, wallClock)
	}
	given, err := parseLimits(*budgetFlag)
	if err != nil {
		return Limits{}, fmt.Errorf("-sim.budget=%s: %w", *budgetFlag, err)
	}
	return given.over(l), nil
}

func parseLimits(s string) (l Limits, err error) {
	if s == "" {
		return l, nil
	}
	for part := range strings.SplitSeq(s, ",") {
		name, value, _ := strings.Cut(part, "=")
		switch name {
		case "virtual":
			l.Virtual, err = parseDuration(part, value)
		case "real":
			l.Real, err = parseDuration(part, value)
		case "events":
			if l.Events, err = strconv.ParseInt(value, 10, 64); err != nil || l.Events <= 0 {
				err = fmt.Errorf("%q wants a number of events above 0, as events=5000000", part)
			}
		default:
			err = fmt.Errorf("%q is none of virtual=DURATION, real=DURATION, events=NUMBER", part)
		}
		if err != nil {
			return Limits{}, err
		}
	}
	return l, nil
}

func parseDuration(part, value string) (time.Duration, error) {
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%q wants a duration above 0, as 90s or 10m", part)
	}
	return d, nil
}

// seedOf returns the seed of a run: in a row the one after the last run's.
func seedOf(t *testing.T) (uint64, error) {
	seed, err := firstSeed(t.Name())
	if *rowFlag != "" {
		seed += placeOf(t)
	}
	return seed, err
}

// firstSeed returns the flag's seed, or one that depends on the test's name
// only, so that a plain "go test" repeats itself.
func firstSeed(test string) (uint64, error) {
	if *seedFlag != "" {
		seed, err := strconv.ParseUint(*seedFlag, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("-sim.seed=%s is not a number from 0 to 2^64-1", *seedFlag)
		}
		return seed, nil
	}
	h := uint64(14695981039346656037)
	for i := range len(test) {
		h = (h ^ uint64(test[i])) * 1099511628211
	}
	return h % 1_000_000, nil
}
