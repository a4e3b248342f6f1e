package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A Frame is one line of a Go stack, as the runtime and the race detector
// print it: a function, and below it file:line.
type Frame struct {
	Func string // without its package's path and its arguments
	File string
	Line string
}

var position = regexp.MustCompile(`^\s+(.+\.go):(\d+)(?: \+0x[0-9a-f]+)?$`)

// frames reads the frames of one stack. The line above a position is its
// function.
func frames(stack []string) []Frame {
	var fs []Frame
	for i, line := range stack {
		m := position.FindStringSubmatch(line)
		if m == nil || i == 0 {
			continue
		}
		fs = append(fs, Frame{Func: funcName(stack[i-1]), File: m[1], Line: m[2]})
	}
	return fs
}

// funcName shortens "distlabs/lab1-clocks.(*Clock).Tick(0xc000, ...)" to
// "(*Clock).Tick".
func funcName(line string) string {
	line = strings.TrimPrefix(strings.TrimSpace(line), "created by ")
	line, _, _ = strings.Cut(line, " in goroutine ")
	line = line[strings.LastIndex(line, "/")+1:]
	if _, after, ok := strings.Cut(line, "."); ok {
		line = after
	}
	if i := strings.LastIndex(line, "("); i > 0 && strings.HasSuffix(line, ")") && !strings.HasPrefix(line[i:], "(*") {
		line = line[:i]
	}
	return line
}

// students reports whether the frame is in a file that the student may hand in.
func (c *Course) students(lab *Lab, f Frame) bool {
	return slices.ContainsFunc(c.set(lab), func(owner *Lab) bool {
		return filepath.Dir(f.File) == c.path(owner.Dir) && !owner.isGiven(filepath.Base(f.File))
	})
}

// show writes a frame for people: "lamport.go:31 in (*Clock).Tick", and with
// its folder if that is another lab's.
func (c *Course) show(lab *Lab, f Frame) string {
	dir := ""
	for _, on := range lab.On {
		if filepath.Dir(f.File) == c.path(on) {
			dir = on + "/"
		}
	}
	return fmt.Sprintf("%s%s:%s in %s", dir, filepath.Base(f.File), f.Line, f.Func)
}

// holds reports whether the frame is in a file of the course.
func (c *Course) holds(f Frame) bool {
	return strings.HasPrefix(f.File, c.Root+string(filepath.Separator))
}

// suites reports whether the frame is in one of the lab's tests.
func (c *Course) suites(lab *Lab, f Frame) bool {
	dir := filepath.Dir(f.File)
	return dir == c.path(lab.hidden()) || dir == c.path(lab.Dir)
}

var access = regexp.MustCompile(`^(?:Previous )?((?:[Aa]tomic )?(?i:read|write)) at 0x[0-9a-f]+ by `)

// race finds the race detector's reports in stderr, and returns the first one
// in which a line of the student's touches the variable; mine says that there
// was one. Where there is none, it returns the first: code of ours that a
// student calls, or that calls a student's, raced by itself.
func (c *Course) race(lab *Lab, stderr string) (f Failure, found, mine bool) {
	reports := strings.Split(stderr, "WARNING: DATA RACE\n")[1:]
	for _, report := range reports {
		report, _, _ = strings.Cut(report, "\n==================")
		var sites []string
		touched := false
		for stack := range strings.SplitSeq(report, "\n\n") {
			lines := strings.Split(stack, "\n")
			m := access.FindStringSubmatch(lines[0])
			fs := frames(lines)
			if m == nil || len(fs) == 0 {
				continue
			}
			// What the standard library touches, it touches for its caller.
			at := max(0, slices.IndexFunc(fs, c.holds))
			touched = touched || c.students(lab, fs[at])
			sites = append(sites, strings.ToLower(m[1])+" at "+c.show(lab, fs[at]))
		}
		if !found || touched && !mine {
			f = Failure{Cause: CauseRace, Rule: "DataRace",
				Text: "two goroutines use the same memory at once, and one of them writes: " + strings.Join(sites, ", "),
				Why:  "What several goroutines use must be guarded by one lock, or handed over on a channel.", Detail: sites}
		}
		found, mine = true, mine || touched
	}
	if mine {
		f.Detail = nil
		if more := len(reports) - 1; more > 0 {
			f.Detail = []string{fmt.Sprintf("%d more reports in this run", more)}
		}
	}
	return f, found, mine
}

// panicked finds the panic or fatal error that ended a process. mine says that
// the goroutine which panicked, or the place that started it, is in the
// student's code or in the suite.
func (c *Course) panicked(lab *Lab, stderr string) (f Failure, found, mine bool) {
	lines := strings.Split(stderr, "\n")
	at := slices.IndexFunc(lines, func(line string) bool {
		return strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ")
	})
	if at < 0 {
		return f, false, false
	}
	f = Failure{Cause: CausePanic, Rule: "Panic", Text: "the runtime ended the process: " + lines[at]}
	if what, ok := strings.CutPrefix(lines[at], "panic: "); ok {
		f.Text = "a goroutine panicked, and the process ended: " + what
	}
	f.Why = "A panic would end a real server. Look at what the code takes for granted there."
	if strings.Contains(lines[at], "closed channel") {
		f.Why = "A channel that several goroutines write to is best never closed: who reads is told by another one, of which closing is the only use, that it is over."
	}
	begin := at + 1
	for begin < len(lines) && !strings.HasPrefix(lines[begin], "goroutine ") {
		begin++
	}
	end := begin
	for end < len(lines) && lines[end] != "" {
		end++
	}
	for _, frame := range frames(lines[begin:end]) {
		own := c.students(lab, frame)
		mine = mine || own || c.suites(lab, frame)
		if own && len(f.Detail) < 5 {
			f.Detail = append(f.Detail, "at "+c.show(lab, frame))
		}
	}
	return f, true, mine
}

// busy names the places in the student's code where goroutines ran when the
// process was asked for a dump.
func (c *Course) busy(lab *Lab, stderr string) []string {
	var places []string
	for stack := range strings.SplitSeq(stderr, "\n\n") {
		lines := strings.Split(strings.TrimLeft(stack, "\n"), "\n")
		if !strings.HasPrefix(lines[0], "goroutine ") {
			continue
		}
		_, state, _ := strings.Cut(lines[0], "[")
		state, _, _ = strings.Cut(state, "]")
		state, _, _ = strings.Cut(state, ",")
		if strings.HasPrefix(state, "runn") {
			state = "running" // or about to
		}
		for _, frame := range frames(lines) {
			if c.students(lab, frame) {
				places = append(places, fmt.Sprintf("a goroutine (%s) was at %s", state, c.show(lab, frame)))
				break
			}
		}
	}
	slices.Sort(places)
	places = slices.Compact(places)
	return places[:min(len(places), 8)]
}
