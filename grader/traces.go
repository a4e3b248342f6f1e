package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// takeTraces copies each piece of evidence's trace, and what else shows it, into
// a folder beside the page, and makes the evidence point there.
func takeTraces(c *Card, dir, folder string) error {
	if c.Other != nil {
		if err := takeTraces(c.Other, dir, folder+"/"+string(c.Other.Ground)); err != nil {
			return err
		}
	}
	for i := range c.Parts {
		for j := range c.Parts[i].Tests {
			t := &c.Parts[i].Tests[j]
			for k := range t.Evidence {
				if err := t.Evidence[k].take(dir, fmt.Sprintf("%s/%s-%d", folder, t.Test, t.Evidence[k].Seed)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// take copies what shows the failure to places below dir that begin with to,
// and forgets what is not there: the page can do without.
func (e *Evidence) take(dir, to string) error {
	files := e.Files
	e.Files = nil
	for _, from := range files {
		name := filepath.Base(from)
		taken, err := take(from, dir, to+"/"+name)
		if err != nil {
			return err
		}
		if taken {
			e.Files = append(e.Files, to+"/"+name)
		}
	}
	taken, err := take(e.Trace, dir, to+".html")
	e.Trace = ""
	if taken {
		e.Trace = to + ".html"
	}
	return err
}

// handTraces copies what a card that a Teller made still points to from the
// staff's folder to the student's.
func handTraces(told *Card, staff, student string) error {
	var all error
	hand := func(c *Card, name string) {
		if name == "" {
			return
		}
		text, err := os.ReadFile(filepath.Join(staff, name))
		to := filepath.Join(student, name)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(to), 0o755)
		}
		if err == nil {
			err = os.WriteFile(to, c.scrub(text), 0o644)
		}
		all = errors.Join(all, err)
	}
	for c := told; c != nil; c = c.Other {
		c.eachTest(func(t TestScore) {
			for _, e := range t.Evidence {
				hand(c, e.Trace)
				for _, name := range e.Files {
					hand(c, name)
				}
			}
		})
	}
	return all
}

// leftName is what a file that a run left may be called: by its ending it is for
// people to look at, and no source.
var leftName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*\.(html|txt|json|svg)$`)

// maxTaken is how large a file that a run left may be in a report.
const maxTaken = 64 << 20

// take copies a file that a run left to a place below dir, if it is there. Where
// it lies the student's code has been at work: a link, which may lead to a
// hidden test, is not followed, and a file without end is not read.
func take(from, dir, to string) (taken bool, err error) {
	if !leftName.MatchString(filepath.Base(from)) {
		return false, nil
	}
	info, err := os.Lstat(from)
	if missing(err) || err == nil && (!info.Mode().IsRegular() || info.Size() > maxTaken) {
		return false, nil
	}
	var data []byte
	if err == nil {
		data, err = os.ReadFile(from)
	}
	if err != nil {
		return false, err
	}
	at := filepath.Join(dir, filepath.FromSlash(to))
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		return false, err
	}
	return true, os.WriteFile(at, data, 0o644)
}
