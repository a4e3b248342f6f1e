package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// dateOptions are the flags that say until when hand-ins are on time.
type dateOptions struct {
	Deadline       string `json:"deadline,omitempty" placeholder:"TIME" help:"Until when hand-ins are on time, as 2026-11-30T23:59 or with a zone."`
	Extensions     string `json:"extensions,omitempty" placeholder:"FILE" help:"A list in CSV with the columns student, and deadline (a time, or 48h or 2d longer) or handed in."`
	Revision       string `json:"revision,omitempty" placeholder:"REV" help:"Of git repositories: the revision to grade (default: HEAD)."`
	BeforeDeadline bool   `json:"before_deadline,omitempty" help:"Of git repositories: grade the last commit before the student's deadline."`
}

// date gives the hand-ins their deadlines, and says which commit of a repository
// is graded. It returns what the list of extensions says of nobody.
func (o *dateOptions) date(handIns []HandIn) (unknown []string, err error) {
	d, err := readDates(o.Deadline, o.Extensions)
	if err != nil {
		return nil, err
	}
	if o.BeforeDeadline && d.deadline.IsZero() {
		return nil, errors.New("-before-deadline asks for -deadline")
	}
	unknown = d.set(handIns)
	for i := range handIns {
		handIns[i].revision.name = o.Revision
		if o.BeforeDeadline {
			handIns[i].revision.before = handIns[i].Deadline
		}
	}
	return unknown, nil
}

// allOver reports whether every deadline is over, so that what students are told
// helps nobody who has time left. Where there is none, it is not.
func allOver(handIns []HandIn, now time.Time) bool {
	return !slices.ContainsFunc(handIns, func(h HandIn) bool { return h.Deadline.IsZero() || now.Before(h.Deadline) })
}

// Dates say until when hand-ins are on time.
type dates struct {
	deadline time.Time // zero if there is none
	own      []ownDate
	file     string // that the others came from
}

// An ownDate is what a list of extensions says of one student.
type ownDate struct {
	student  string
	deadline string // "", a time, or how much longer: 48h, 2d
	handedIn time.Time
}

// timeLayouts are how people may write a time; without a zone it is the
// machine's.
var timeLayouts = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"}

// parseTime reads a time, or a date, which stands for the end of that day.
func parseTime(s string) (time.Time, error) {
	for _, layout := range timeLayouts {
		if at, err := time.ParseInLocation(layout, s, time.Local); err == nil {
			return at, nil
		}
	}
	if day, err := time.ParseInLocation(time.DateOnly, s, time.Local); err == nil {
		return day.AddDate(0, 0, 1).Add(-time.Second), nil
	}
	return time.Time{}, fmt.Errorf("%q is no time; write it as 2026-11-30T23:59, or with a zone as 2026-11-30T23:59:00+01:00", s)
}

// parseLonger reads a length of time: 90m, 48h, 2d.
func parseLonger(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	} else if d, err := time.ParseDuration(s); err == nil && d >= 0 {
		return d, nil
	}
	return 0, fmt.Errorf("%q is no length of time; write it as 90m, 48h or 2d", s)
}

// said writes a time for people.
func said(at time.Time) string { return at.Format("2006-01-02 15:04 MST") }

// readDates reads the deadline, and a list of extensions from a file in CSV: a
// line that names the columns, of which there are student, deadline and handed
// in, then a line a student. Either argument may be "".
func readDates(deadline, extensions string) (d dates, err error) {
	if deadline != "" {
		if d.deadline, err = parseTime(deadline); err != nil {
			return d, fmt.Errorf("-deadline: %w", err)
		}
	}
	if extensions == "" {
		return d, nil
	}
	f, err := os.Open(extensions)
	if err != nil {
		return d, fmt.Errorf("-extensions: %w", err)
	}
	defer f.Close()
	d.file = extensions
	r := csv.NewReader(f)
	r.TrimLeadingSpace = true
	head, err := r.Read()
	if err != nil {
		return d, fmt.Errorf("%s: %w", extensions, err)
	}
	column := func(name string) int {
		return slices.IndexFunc(head, func(h string) bool {
			return strings.EqualFold(strings.TrimSpace(strings.TrimPrefix(h, "\uFEFF")), name)
		})
	}
	student, until, handedIn := column("student"), column("deadline"), column("handed in")
	if student < 0 || until < 0 && handedIn < 0 {
		return d, fmt.Errorf("%s: its first line names the columns: student, and deadline or handed in or both", extensions)
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return d, nil
		}
		if err != nil {
			return d, fmt.Errorf("%s: %w", extensions, err)
		}
		own := ownDate{student: strings.TrimSpace(row[student])}
		if until >= 0 {
			own.deadline = strings.TrimSpace(row[until])
		}
		if handedIn >= 0 && strings.TrimSpace(row[handedIn]) != "" {
			if own.handedIn, err = parseTime(strings.TrimSpace(row[handedIn])); err != nil {
				return d, fmt.Errorf("%s: %s: %w", extensions, own.student, err)
			}
		}
		if _, err := d.until(own); err != nil {
			return d, fmt.Errorf("%s: %s: %w", extensions, own.student, err)
		}
		d.own = append(d.own, own)
	}
}

// until returns the deadline that a line of the list gives.
func (d dates) until(own ownDate) (time.Time, error) {
	if own.deadline == "" {
		return d.deadline, nil
	}
	if longer, err := parseLonger(own.deadline); err == nil {
		if d.deadline.IsZero() {
			return time.Time{}, fmt.Errorf("%s longer than what? Say -deadline", own.deadline)
		}
		return d.deadline.Add(longer), nil
	}
	return parseTime(own.deadline)
}

// set gives each hand-in its deadline, and the time that the list says it was
// handed in. It returns the lines of the list that are of nobody in the batch.
func (d dates) set(handIns []HandIn) (unknown []string) {
	for i := range handIns {
		handIns[i].Deadline = d.deadline
	}
	for _, own := range d.own {
		n := 0
		for i := range handIns {
			h := &handIns[i]
			if !slices.ContainsFunc(h.Keys, func(key string) bool { return strings.EqualFold(key, own.student) }) {
				continue
			}
			n++
			until, err := d.until(own)
			if err != nil {
				continue // it was read before
			}
			// Of several students who hand in together the one who has longest counts.
			if until.After(h.Deadline) {
				h.Deadline = until
			}
			if !own.handedIn.IsZero() {
				h.At = own.handedIn
			}
		}
		if n == 0 {
			unknown = append(unknown, fmt.Sprintf("%s: %s has handed in nothing", d.file, own.student))
		}
	}
	return unknown
}
