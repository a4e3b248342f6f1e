package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"distlabs/labrpc/lint"
)

// What Go writes about panics and data races is long and about everyone. This
// file cuts it down to what happened in the student's files.

// A frame is one line of a goroutine's stack.
type frame struct {
	function string // "clocks.(*Process).Tick"
	file     string
	line     string
}

var frameFile = regexp.MustCompile(`^\s+(\S.*\.go):(\d+)(?: \+0x[0-9a-f]+)?\s*$`)

// frames reads a stack: each function's line, then its file's.
func frames(lines []string) (stack []frame) {
	for i := 1; i < len(lines); i++ {
		m := frameFile.FindStringSubmatch(lines[i])
		if m == nil {
			continue
		}
		name := strings.TrimSpace(lines[i-1])
		name = strings.TrimPrefix(name, "created by ")
		name, _, _ = strings.Cut(name, " in goroutine ")
		if p := strings.LastIndex(name, "("); p > 0 && strings.HasSuffix(name, ")") {
			name = name[:p]
		}
		name = name[strings.LastIndex(name, "/")+1:]
		if _, after, ok := strings.Cut(name, "."); ok {
			name = after // the package is plain from the file
		}
		stack = append(stack, frame{name, filepath.FromSlash(m[1]), m[2]})
	}
	return stack
}

// inCourse is the first frame in the course's folder, or nil: the innermost
// code that is no library's, whose access it is.
func inCourse(stack []frame, l lab) *frame {
	for i := range stack {
		if strings.HasPrefix(stack[i].file, l.root+string(filepath.Separator)) {
			return &stack[i]
		}
	}
	return nil
}

// students is the first frame in a file of the student's, or nil.
func students(stack []frame, l lab) *frame {
	for i := range stack {
		if stack[i].in(l) {
			return &stack[i]
		}
	}
	return nil
}

// in says whether a frame is in a file of the student's: of this lab, or of one
// that it stands on.
func (f frame) in(l lab) bool {
	dir, base := filepath.Split(f.file)
	name := filepath.Base(dir)
	return filepath.Dir(filepath.Clean(dir)) == l.root && labFolder.MatchString(name) && lint.IsStudentFile(name, base)
}

func (f frame) where(l lab) string {
	return fmt.Sprintf("%s:%s, in %s", l.rel(f.file), f.line, f.function)
}

// A death is a panic or fatal error that ended the process.
type death struct {
	text    string
	where   string   // the first place in the student's files, else in the lab's
	callers []string // further places in the student's files
	timeout bool     // the alarm of package testing
}

var (
	deathHead     = regexp.MustCompile(`^(panic: |fatal error: )`)
	goroutineHead = regexp.MustCompile(`^goroutine \d+ .*\[.*\]:$`)
)

// findPanic looks for Go's words about a panic that nobody recovered.
func findPanic(output string, l lab) *death {
	lines := strings.Split(strings.ReplaceAll(output, "\r\n", "\n"), "\n")
	for i, line := range lines {
		if !deathHead.MatchString(line) {
			continue
		}
		d := &death{text: strings.TrimPrefix(line, "panic: ")}
		d.text = strings.TrimSpace(strings.TrimSuffix(d.text, " [recovered, repanicked]"))
		d.timeout = strings.HasPrefix(d.text, "test timed out")
		rest := lines[i+1:]
		for n, line := range rest {
			if goroutineHead.MatchString(line) {
				d.locate(stacks(rest[n:]), l)
				break
			}
		}
		return d
	}
	return nil
}

// stacks splits a dump into goroutines.
func stacks(lines []string) (all [][]frame) {
	var one []string
	for _, line := range append(lines, "") {
		if line != "" {
			one = append(one, line)
			continue
		}
		if len(one) > 1 {
			all = append(all, frames(one[1:]))
		}
		one = nil
	}
	return all
}

// locate finds the student's part in it. The first goroutine is the one that
// panicked; after a timeout it is any.
func (d *death) locate(all [][]frame, l lab) {
	if !d.timeout && len(all) > 0 {
		all = all[:1]
	}
	for _, stack := range all {
		for i, f := range stack {
			if !f.in(l) {
				continue
			}
			d.where = f.where(l)
			if !d.timeout {
				at := f
				for _, c := range stack[i+1:] {
					again := c.file == at.file && c.line == at.line // who made the goroutine
					if c.in(l) && !again && len(d.callers) < 4 {
						d.callers = append(d.callers, c.where(l))
					}
					at = c
				}
			}
			return
		}
	}
	if d.timeout || len(all) == 0 {
		return
	}
	if f := inCourse(all[0], l); f != nil {
		d.where = f.where(l)
	}
}

// A race is two accesses to one variable with nothing between.
type race struct {
	text  string
	lines []string
	yours bool // the student's code made one of the two accesses at least
}

var access = regexp.MustCompile(`^(Previous )?(?i:(atomic )?(read|write)) at 0x[0-9a-f]+ by (.*):$`)

// findRaces reads the race detector's reports, one for each pair of places.
// Those outside of the student's files are told only if there is no other.
func findRaces(output string, l lab) (races []race) {
	seen := make(map[string]bool)
	output = strings.ReplaceAll(output, "\r\n", "\n")
	for _, report := range strings.Split(output, "WARNING: DATA RACE\n")[1:] {
		report, _, _ = strings.Cut(report, "==================")
		var places, lines []string
		yours := false
		for _, section := range strings.Split(report, "\n\n") {
			text := strings.Split(strings.TrimLeft(section, "\n"), "\n")
			m := access.FindStringSubmatch(text[0])
			if m == nil {
				continue
			}
			verb := strings.ToLower(m[3]) + "s"
			stack := frames(text[1:])
			owner := inCourse(stack, l)
			yours = yours || owner != nil && owner.in(l)
			f := students(stack, l)
			if f == nil {
				f = owner
			}
			if f == nil && len(stack) > 0 {
				f = &stack[0]
			}
			if f == nil {
				continue
			}
			places = append(places, fmt.Sprintf("%s:%s", l.rel(f.file), f.line))
			lines = append(lines, fmt.Sprintf("%s:%s %s it in %s", l.rel(f.file), f.line, verb, f.function))
		}
		key := strings.Join(places, " ")
		if len(places) < 2 || seen[key] || seen[places[1]+" "+places[0]] {
			continue
		}
		seen[key] = true
		if lines[0] == lines[1] {
			lines = []string{lines[0] + ", in both goroutines"}
		}
		text := "two goroutines use one variable without a lock between them"
		if !yours {
			text += ", neither in your files: tell the course's staff"
		}
		races = append(races, race{text, lines, yours})
	}
	if slices.ContainsFunc(races, func(r race) bool { return r.yours }) {
		races = slices.DeleteFunc(races, func(r race) bool { return !r.yours })
	}
	if n := len(races); n > 3 {
		races = append(races[:3], race{text: fmt.Sprintf("and %d more pairs of places, see the output", n-3), yours: races[0].yours})
	}
	return races
}
