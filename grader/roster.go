package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
)

// A Roster says whose each hand-in is, where that is not one student of its
// name: pairs hand in once and earn both. It is a CSV file with the columns
// student and hand_in, a line for each student:
//
//	student,hand_in
//	ada@example.org,ada-and-grace
//	grace@example.org,ada-and-grace
//
// The files with grades then have a line for each student on the roster, with
// what the hand-in earned, and a line with nothing for those whose hand-in is
// not there. Hand-ins that nobody on the roster has keep a line of their own, or
// one for each of those whom an export names.
type Roster struct{ students, handIns []string }

// readRoster reads the file; "" is the roster without a line.
func readRoster(file string) (*Roster, error) {
	r := new(Roster)
	if file == "" {
		return r, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("the roster: %w", err)
	}
	defer f.Close()
	lines := csv.NewReader(f)
	lines.FieldsPerRecord = 2
	lines.TrimLeadingSpace = true
	rows, err := lines.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("the roster %s: %w", file, err)
	}
	if len(rows) == 0 || !slices.Equal(rows[0], []string{"student", "hand_in"}) {
		return nil, fmt.Errorf("the roster %s begins with a line student,hand_in", file)
	}
	for i, row := range rows[1:] {
		student, handIn := strings.TrimSpace(row[0]), strings.TrimSpace(row[1])
		switch {
		case student == "" || handIn == "":
			return nil, fmt.Errorf("the roster %s, student %d: the line says %q,%q; it needs both", file, i+1, row[0], row[1])
		case slices.Contains(r.students, student):
			return nil, fmt.Errorf("the roster %s has %s twice", file, plain(student))
		}
		r.students, r.handIns = append(r.students, student), append(r.handIns, handIn)
	}
	return r, nil
}

// each returns a card for each student, and who on the roster has none. Cards
// that two students have are two, but for what is on them.
func (r *Roster) each(lab *Lab, cards []*Card) (all []*Card, absent []string) {
	if r == nil {
		r = new(Roster)
	}
	shared := make(map[string]bool)
	for i, student := range r.students {
		at := slices.IndexFunc(cards, func(c *Card) bool { return c.Student == r.handIns[i] || c.Slug == r.handIns[i] })
		if at < 0 {
			absent = append(absent, student)
			all = append(all, score(lab, &Submission{Student: student}, Plan{}, nil, nil, &Trouble{Cause: CauseIngest, Text: "nothing was handed in"}))
			continue
		}
		shared[cards[at].Student] = true
		own := *cards[at]
		own.Student = student
		all = append(all, &own)
	}
	for _, c := range cards {
		switch {
		case shared[c.Student]:
		case len(c.Group) > 0:
			for _, student := range c.Group {
				own := *c
				own.Student = student
				all = append(all, &own)
			}
		default:
			all = append(all, c)
		}
	}
	return all, absent
}
