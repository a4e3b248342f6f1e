package main

import (
	"fmt"

	"gonum.org/v1/gonum/stat/distuv"
)

// A Policy says what a test earns of its points when some of its runs fail. The
// zero Policy is all or nothing: one failing run, and the test earns nothing.
// What a lab promises must hold in every run, so this is what the labs have.
type Policy struct {
	Least int  // percent of the planned runs; so many earn all points, fewer none. 0 stands for 100
	Share bool // instead: the test earns the share of its points that its runs passed, in full points, rounded down
}

// Threshold returns the policy by which a test earns its points if so many
// percent of its runs pass.
func Threshold(percent int) Policy { return Policy{Least: percent} }

// Proportional is the policy by which a test earns the share of its points that
// its runs passed. It asks for a test that is worth several points.
var Proportional = Policy{Share: true}

// earns returns the points for so many of the planned runs.
func (p Policy) earns(points, passed, planned int) int {
	least := p.Least
	if least == 0 {
		least = 100
	}
	switch {
	case p.Share:
		return points * passed / planned
	case passed*100 >= least*planned:
		return points
	}
	return 0
}

// String says it after the words "a test earns".
func (p Policy) String() string {
	switch {
	case p.Share:
		return "the share of its points that its runs passed, rounded down"
	case p.Least > 0 && p.Least < 100:
		return fmt.Sprintf("its points if %d %% of its runs pass", p.Least)
	}
	return "its points if all its runs pass"
}

// enoughFailures is how many failing runs of a test are made, one of them under
// the race detector, where further runs cannot change its points.
const enoughFailures = 3

// settled reports whether the runs that are left to make cannot change what the
// test earns, and enough have failed to show how.
func (p Policy) settled(test Test, planned int, outcomes []Outcome) bool {
	failed, raced := 0, false
	for _, o := range outcomes {
		if o.Verdict == Fail {
			failed++
		}
		raced = raced || o.Race
	}
	return failed >= enoughFailures && raced && p.decided(test, planned, outcomes)
}

// decided reports whether the test earns the same, whatever becomes of the runs
// that are left to make and of those of which the grader could not tell.
func (p Policy) decided(test Test, planned int, outcomes []Outcome) bool {
	passed, failed := 0, 0
	for _, o := range outcomes {
		switch o.Verdict {
		case Pass:
			passed++
		case Fail:
			failed++
		}
	}
	return p.earns(test.Points, planned-failed, planned) == p.earns(test.Points, passed, planned)
}

// surely returns the share of all seeds that pass at least, with 95 % sure, when
// passed of so many runs did: the lower bound of Clopper and Pearson (1934). It
// is exact whatever the numbers are. Wilson's interval is shorter because it
// holds only on average, and least where most runs pass, which is here.
func surely(passed, runs int) float64 {
	if passed == 0 {
		return 0
	}
	return distuv.Beta{Alpha: float64(passed), Beta: float64(runs - passed + 1)}.Quantile(0.05)
}
