// Package release makes what students get of the course from what the staff
// has: a tree that holds their stubs, the public tests, the world that the labs
// run in, the handouts, and nothing else.
//
// A release is an allow-list copy: a file is in it because a line here says so,
// and what nobody thought of stays out. It depends on the files that it is made
// from and on nothing else, no clock and no machine, so the same commit gives
// the same bytes. Its go.mod and go.sum are made for what it contains.
//
// A release is not trusted, but verified where it lies: all of it compiles and
// vets, each public test fails fast on the stubs with a sentence, every link of
// a page leads somewhere, and no line of a solution, no hidden test and no name
// of the staff's is in it.
//
// Branches are written below git's surface: neither the working tree nor the
// index of whoever calls is touched.
package release

import "slices"

// A Lab is what a release must know of a row of the grader's table.
type Lab struct {
	Dir   string   // lab4-raft
	Title string   // for the README
	Given []string // files of the folder that are ours though they are no tests
	On    []string // the labs that it stands on
	Parts []string // "4A", …, in the table's order
	Tests []string // the hidden ones
}

// Options say what is released.
type Options struct {
	Labs      []string // by their folders; none is all. What they stand on comes along
	Parts     []string // whose public tests are given; none is all
	Reference []string // labs whose reference solution is given, too, in a folder "reference"
}

// A Course is what a release is made from.
type Course struct {
	Tree Tree
	Labs []Lab
	// Names must be in no release: of people, or of whatever else is the
	// staff's. In LICENSE they may stand.
	Names []string
}

// labs returns the labs that the options choose, with those that they stand on,
// in the table's order.
func (c *Course) labs(o Options) ([]Lab, error) {
	if err := known("lab", append(slices.Clone(o.Labs), o.Reference...), c.names()); err != nil {
		return nil, err
	}
	wanted := slices.Clone(o.Labs)
	if len(wanted) == 0 {
		wanted = c.names()
	}
	var chosen []Lab
	var parts []string
	for i := len(c.Labs) - 1; i >= 0; i-- { // a lab stands on earlier ones
		lab := c.Labs[i]
		if slices.Contains(wanted, lab.Dir) {
			wanted = append(wanted, lab.On...)
			chosen = append(chosen, lab)
			parts = append(parts, lab.Parts...)
		}
	}
	slices.Reverse(chosen)
	slices.Sort(parts)
	return chosen, known("part of what is released", o.Parts, parts)
}

func (c *Course) names() []string {
	var names []string
	for _, lab := range c.Labs {
		names = append(names, lab.Dir)
	}
	return names
}
