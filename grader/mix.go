package main

import "fmt"

// A Mix says how the runs of a test are made. Most are plain, on one processor,
// where they cost little and a seed shows the same again. A share of them is
// under the race detector, on two processors, where it sees goroutines that are
// truly side by side: Race of each Of runs, and the last one always. Of a test
// that the table marks for it, the last of several runs is on the wall clock
// too, where the detector sees two patterns that virtual time hides; only a
// race can fail it there.
//
// Which runs these are depends on how many there are, and on nothing else: all
// students meet the same.
type Mix struct {
	Race, Of int // of so many runs, so many are under the race detector; at least 1 of 1
}

// defaultMix gives a data race five chances in twenty runs. Under the race
// detector a run costs some five to ten times as much.
var defaultMix = Mix{Race: 5, Of: 20}

// allRace is the mix in which each run is under the race detector.
var allRace = Mix{Race: 1, Of: 1}

// underRace returns the lab with each run under the race detector.
func (l *Lab) underRace() *Lab {
	lab := *l
	lab.Mix = allRace
	return &lab
}

// isRace reports whether the run of that number, from 0, is under the race
// detector if there are so many runs. Counted from the last, each Of runs have
// Race, as evenly spread as can be.
func (m Mix) isRace(run, runs int) bool {
	return (runs-1-run)*m.Race%m.Of < m.Race
}

// races returns how many of so many runs are under the race detector.
func (m Mix) races(runs int) int {
	return (runs*m.Race + m.Of - 1) / m.Of
}

// kinds returns which binaries so many runs need: the plain one (false) and
// the one with the race detector (true).
func (m Mix) kinds(runs int) []bool {
	if m.races(runs) < runs {
		return []bool{false, true}
	}
	return []bool{true}
}

// Says tells how so many runs of each test of the lab are made.
func (l *Lab) Says(runs int) string {
	race := l.Mix.races(runs)
	s := fmt.Sprintf("%d %s of each test", runs, plural(runs, "run"))
	switch plain := runs - race; {
	case plain > 0:
		s += fmt.Sprintf(": %d plain on one processor, %d under the race detector on two", plain, race)
	default:
		s += " under the race detector on two processors"
	}
	cases, marked := false, false
	for test := range l.tests() {
		cases = cases || test.Cases > 1
		marked = marked || test.RealTime
	}
	if marked && runs > 1 {
		s += "; the last one of a marked test in real time"
	}
	if cases && runs > 1 {
		s += "; fewer of a test that tries many cases by itself"
	}
	return s
}
