package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"distlabs/grader/store"
)

// A Kept is what a report's folder says of its grading, for the commands that
// come after it: that write the report anew, or grade the same again.
type Kept struct {
	Lab     string      `json:"lab"`
	Runs    int         `json:"runs"`
	Race    bool        `json:"race,omitempty"`
	All     bool        `json:"all,omitempty"`
	Salt    string      `json:"salt"`
	Paths   []string    `json:"paths"`              // absolute
	DB      string      `json:"db,omitempty"`       // absolute; "" where it was a server
	Roster  string      `json:"roster,omitempty"`   // absolute
	Dates   dateOptions `json:"dates,omitzero"`     // with an absolute path
	Over    bool        `json:"over,omitempty"`     // every deadline was
	LeftOut []string    `json:"left_out,omitempty"` // what was not graded, with the reason
	When    time.Time   `json:"when"`
	Sandbox string      `json:"sandbox,omitempty"`
	Stopped bool        `json:"stopped,omitempty"`
}

// keptFile is where a report's folder has it. It is the staff's: with the salt
// everybody could tell the seeds.
const keptFile = "grading.json"

// keep writes it. An address of a server is not kept: it may have a password.
func (k Kept) keep(out string) error {
	k.Paths = slices.Clone(k.Paths)
	if store.IsServer(k.DB) {
		k.DB = ""
	}
	places := []*string{&k.DB, &k.Roster, &k.Dates.Extensions}
	for i := range k.Paths {
		places = append(places, &k.Paths[i])
	}
	for _, place := range places {
		if *place == "" {
			continue
		}
		var err error
		if *place, err = filepath.Abs(*place); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(k, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, keptFile), append(text, '\n'), 0o644)
}

// readKept reads it.
func readKept(out string) (*Kept, error) {
	file := filepath.Join(out, keptFile)
	text, err := os.ReadFile(file)
	if missing(err) {
		return nil, fmt.Errorf("%s holds no report that grade has finished: there is no %s in it", out, keptFile)
	}
	k := new(Kept)
	if err == nil {
		err = json.Unmarshal(text, k)
	}
	if err != nil {
		return nil, fmt.Errorf("%s is not what grade wrote: %w", file, err)
	}
	return k, nil
}

// rewrite writes one student's pages anew, and those of the class, from the
// cards of a report and what was decided by hand since.
func (c *Course) rewrite(out string, cards []*Card, changed *Card) (err error) {
	kept, err := readKept(out)
	if err != nil {
		return err
	}
	lab, err := findLab(c.Labs, kept.Lab)
	if err != nil {
		return err
	}
	report, err := c.report(out, lab, Plan{Runs: kept.Runs, Salt: kept.Salt, All: kept.All})
	if err != nil {
		return err
	}
	roster, err := readRoster(kept.Roster)
	if err != nil {
		return err
	}
	report.When, report.Stopped, report.Sandbox, report.Roster, report.LeftOut = kept.When, kept.Stopped, kept.Sandbox, roster, kept.LeftOut
	report.Teller.Early = !kept.Over

	// Whatever shows a failure lies in the student's folder, which is made anew.
	aside, err := os.MkdirTemp(out, ".before-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(aside)) }()
	staff, old := filepath.Join(out, "staff", changed.Slug), filepath.Join(aside, changed.Slug)
	if err := os.Rename(staff, old); err != nil {
		return err
	}
	changed.locate(old)
	if err := report.Student(changed); err != nil {
		return errors.Join(err, os.RemoveAll(staff), os.Rename(old, staff))
	}
	return report.Class(cards)
}

// locate makes the names of files on the card paths in dir.
func (c *Card) locate(dir string) {
	if c.Other != nil {
		c.Other.locate(dir)
	}
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	for i := range c.Parts {
		for j := range c.Parts[i].Tests {
			for k := range c.Parts[i].Tests[j].Evidence {
				e := &c.Parts[i].Tests[j].Evidence[k]
				if e.Trace != "" {
					e.Trace = at(e.Trace)
				}
				for n, name := range e.Files {
					e.Files[n] = at(name)
				}
			}
		}
	}
}
