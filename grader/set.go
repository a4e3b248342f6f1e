package main

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// A lab may stand on others, as a service stands on a Raft. Its submission is
// then a set of files of several labs. In a set of files, those of the lab
// itself go by their names, and those of a lab that it stands on have that
// lab's folder before theirs: server.go, and lab4-raft/raft.go.

// A Ground is what a lab that stands on others is run on.
type Ground string

const (
	Own       Ground = "own"       // what the student has handed in of those labs
	Reference Ground = "reference" // our own solutions of them
	Better    Ground = "better"    // in the table only: whichever earned more points, Own if both earned the same
)

// Says tells which run counts.
func (g Ground) Says() string {
	switch g {
	case Reference:
		return "The second counts."
	case Better:
		return "The better one counts; the second is missing where the first earned all points."
	}
	return "The first counts; the second is missing where the first earned all points."
}

// set returns the lab and the labs that it stands on.
func (c *Course) set(lab *Lab) []*Lab {
	set := []*Lab{lab}
	for _, name := range lab.On {
		on, err := findLab(c.Labs, name)
		if err != nil {
			panic(fmt.Sprintf("the table: %s stands on what is no lab: %v", lab.Dir, err))
		}
		set = append(set, on)
	}
	return set
}

// alone returns the lab as if it stood on nothing: what is not in its own
// folder is then nobody's but ours.
func (l *Lab) alone() *Lab {
	own := *l
	own.On = nil
	return &own
}

// dirs returns the folders of the lab and of those that it stands on.
func (l *Lab) dirs() []string { return append([]string{l.Dir}, l.On...) }

// named returns what a set of files of l calls a file of one of its labs.
func (l *Lab) named(owner *Lab, base string) string {
	if owner.Dir == l.Dir {
		return base
	}
	return owner.Dir + "/" + base
}

// place returns where in the course a file of a set belongs.
func (l *Lab) place(name string) (string, error) {
	dir, base := path.Split(name)
	if dir == "" {
		return l.Dir + "/" + base, nil
	}
	if !slices.Contains(l.On, strings.TrimSuffix(dir, "/")) {
		return "", fmt.Errorf("%s is no file of %s", name, strings.Join(l.dirs(), " or "))
	}
	return name, nil
}

// filesOf returns the files of a set that are one lab's, by their names in its
// folder.
func (l *Lab) filesOf(owner *Lab, files map[string][]byte) map[string][]byte {
	some := make(map[string][]byte)
	for name, text := range files {
		if base := path.Base(name); name == l.named(owner, base) {
			some[base] = text
		}
	}
	return some
}

// allFiles reads the files of the lab, and of those that it stands on, by what
// read returns of each.
func (c *Course) allFiles(lab *Lab, read func(*Lab) (map[string][]byte, error)) (map[string][]byte, error) {
	all := make(map[string][]byte)
	for _, owner := range c.set(lab) {
		files, err := read(owner)
		if err != nil {
			return nil, err
		}
		for base, text := range files {
			all[lab.named(owner, base)] = text
		}
	}
	return all, nil
}

// together makes one card of those of a submission on the student's own files
// and on ours. The one that counts has the other; it has none if both say only
// that the same is wrong with the hand-in.
func together(counts Ground, own, ours *Card) *Card {
	if own.Trouble != nil && ours.Trouble != nil && slices.Equal(own.Trouble.Lines, ours.Trouble.Lines) {
		return own
	}
	if counts == Reference || counts == Better && ours.Points > own.Points {
		ours.Other = own
		return ours
	}
	own.Other = ours
	return own
}

// onWhat says what the card's lab was run on, if it stands on anything.
func (c *Card) onWhat() string {
	switch c.Ground {
	case Own:
		return "on the student's own " + strings.Join(c.On, " and ")
	case Reference:
		return "on the reference " + strings.Join(c.On, " and ")
	}
	return ""
}

// onReference returns a submission with our solutions of the labs that the lab
// stands on in place of what the student handed in of them.
func (c *Course) onReference(sub *Submission, lab *Lab) (*Submission, error) {
	theirs := func(name string) bool { return strings.Contains(name, "/") }
	files, err := c.reference(lab)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(files, func(name string, _ []byte) bool { return !theirs(name) })
	on := *sub
	on.Paths = make(map[string]string)
	for name, text := range sub.Files {
		if !theirs(name) {
			files[name], on.Paths[name] = text, sub.Paths[name]
		}
	}
	on.Files = files
	on.StandIns = slices.DeleteFunc(slices.Clone(sub.StandIns), theirs)
	on.Deleted = slices.DeleteFunc(slices.Clone(sub.Deleted), theirs)
	return &on, nil
}
