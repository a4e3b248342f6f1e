package simtest

import (
	"flag"
	"fmt"
	"strconv"
	"strings"
	"time"
)

var (
	seedFlag   = flag.String("sim.seed", "", "the run's seed (default: from the test's name)")
	realFlag   = flag.Bool("sim.realtime", false, "run on the wall clock the tests that are marked for it")
	traceFlag  = flag.String("sim.trace", "", "write the trace of the run to this file, as JSON lines, while it happens")
	budgetFlag limitsFlag
)

func init() {
	flag.Var(&budgetFlag, "sim.budget", "limits of each run, as virtual=600s,real=60s,events=5000000 (each may be left out)")
}

// Limits bound a run. Zero stands for the default.
type Limits struct {
	Virtual time.Duration // of virtual time; default 10 minutes
	Real    time.Duration // of real time; default 60 s
	Events  int64         // default 5 million
}

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

var defaultLimits = Limits{Virtual: 10 * time.Minute, Real: time.Minute, Events: 5_000_000}

type limitsFlag struct{ Limits }

func (l *limitsFlag) String() string {
	if l == nil || l.Limits == (Limits{}) {
		return ""
	}
	return fmt.Sprintf("virtual=%v,real=%v,events=%d", l.Virtual, l.Real, l.Events)
}

func (l *limitsFlag) Set(s string) error {
	for part := range strings.SplitSeq(s, ",") {
		name, value, _ := strings.Cut(part, "=")
		var err error
		switch name {
		case "virtual":
			l.Virtual, err = time.ParseDuration(value)
		case "real":
			l.Real, err = time.ParseDuration(value)
		case "events":
			l.Events, err = strconv.ParseInt(value, 10, 64)
		default:
			err = fmt.Errorf("%q is none of virtual, real, events", name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// seedOf returns the seed of a run: the flag's, or one that depends on the
// test's name only, so that a plain "go test" repeats itself.
func seedOf(test string) (uint64, error) {
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
