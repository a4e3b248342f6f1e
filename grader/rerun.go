package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// A rerun makes a run again of which a report tells. It is a replay that takes
// the lab, the hand-in and how the run was made from the report.
type rerunCommand struct {
	Report         string `short:"r" default:"out" help:"The folder of the report."`
	Salt           string `default:"distlabs" env:"GRADER_SALT" help:"What the seeds were made from."`
	Out            string `short:"o" default:"out/replay" help:"Where the trace goes if the test fails."`
	Student        string `arg:"" help:"As in the report, or the name of the student's folder in it."`
	Test           string `arg:"" help:"The hidden test."`
	Seed           uint64 `arg:"" optional:"" help:"The seed (default: the first that failed)."`
	sandboxOptions `embed:""`
}

// Run runs the test once, and fails if the test does.
func (r *rerunCommand) Run(ctx context.Context, course *Course) error {
	cards, err := readCards(r.Report)
	if err != nil {
		return err
	}
	card, err := cardOf(cards, r.Student)
	if err != nil {
		return err
	}
	lab, err := findLab(course.Labs, card.Lab)
	if err != nil {
		return err
	}
	replay, err := card.replay(lab, r.Test, r.Seed, r.Salt)
	if err != nil {
		return err
	}
	replay.Out, replay.sandboxOptions = r.Out, r.sandboxOptions
	fmt.Println(replay)
	return replay.Run(ctx, course)
}

// replay returns the command that makes one of the card's runs again, with all
// that follows from its seed: under the race detector or not, on how many
// processors, in real time or not. A seed of which neither the card nor the salt
// knows anything is run plain on one processor. Seed 0 is the first that failed.
func (c *Card) replay(lab *Lab, name string, seed uint64, salt string) (*replayCommand, error) {
	test, err := lab.test(name)
	if err != nil {
		return nil, err
	}
	if c.HandIn == "" {
		return nil, fmt.Errorf("the report does not say where the hand-in of %s is; use grader replay", plain(c.Student))
	}
	score, err := c.scoreOf(name)
	if err != nil {
		return nil, err
	}
	on := cmp.Or(c.Ground, Own)
	if seed == 0 && len(score.Evidence) == 0 && c.Other != nil { // it failed on the other ground, if anywhere
		if other, err := c.Other.scoreOf(name); err == nil && len(other.Evidence) > 0 {
			score, on = other, c.Other.Ground
		}
	}
	shot := Shot{Seed: seed, Processors: 1}
	if seed == 0 {
		if len(score.Evidence) == 0 {
			return nil, fmt.Errorf("no run of %s failed for %s: say which seed", name, plain(c.Student))
		}
		shot = score.Evidence[0].shot()
	} else if i := slices.IndexFunc(score.Evidence, func(e Evidence) bool { return e.Seed == seed }); i >= 0 {
		shot = score.Evidence[i].shot()
	} else {
		plan := Plan{Runs: score.Planned * max(1, test.Cases), Salt: salt}
		for run := range score.Planned {
			if s := plan.shot(lab, test, run); s.Seed == seed {
				shot = s
			}
		}
	}
	return c.replayOf(name, shot, on), nil
}

// replayOf returns the command that makes a run again of the hand-in that the
// card is of.
func (c *Card) replayOf(test string, shot Shot, on Ground) *replayCommand {
	r := &replayCommand{Lab: c.Lab, Test: test, Seed: shot.Seed, Race: shot.Race, Processors: shot.Processors, RealTime: shot.RealTime,
		On: on, Path: c.HandIn, Revision: c.Commit}
	if c.Exported {
		r.Student = c.Student
	}
	return r
}

// shot returns how the run was made that the evidence tells of.
func (e Evidence) shot() Shot {
	return Shot{Seed: e.Seed, Race: e.Race, Processors: e.Processors, RealTime: e.RealTime}
}

// String is the command as it is typed.
func (r *replayCommand) String() string {
	s := fmt.Sprintf("go run ./grader replay -lab %s -test %s -seed %d", r.Lab, r.Test, r.Seed)
	if r.Race {
		s += " -race"
	}
	if r.Processors != 1 {
		s += fmt.Sprintf(" -processors %d", r.Processors)
	}
	if r.RealTime {
		s += " -realtime"
	}
	if r.On == Reference {
		s += " -on reference"
	}
	if r.Student != "" {
		s += " -student " + quote(r.Student)
	}
	if r.Revision != "" {
		s += " -revision " + quote(r.Revision)
	}
	return s + " " + quote(r.Path)
}
