// Package complaint carries what the labs' message code has to say to a
// student: from where a trap is noticed to whoever listens, once per place.
//
// A complaint never changes what a call does.
package complaint

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
)

// A Complaint is one trap that a program walked into.
type Complaint struct {
	Rule  string // LowerCaseField, DecodeIntoNonZero or RegisterConflict
	Type  string // the type that was sent, decoded or registered
	Field string // the path to the field within Type, "" for the value itself
	Where string // file:line of the caller, "" where no caller is known
	Text  string // the whole sentence, with what to do about it
}

// Names of the rules.
const (
	LowerCaseField    = "LowerCaseField"
	DecodeIntoNonZero = "DecodeIntoNonZero"
	RegisterConflict  = "RegisterConflict"
)

// place is what makes two complaints the same one.
type place struct{ rule, typ, field, where string }

// listener hears each place once.
type listener struct {
	heard map[place]bool
	tell  func(Complaint)
}

var (
	mu sync.Mutex
	// mu guards:
	listeners []*listener
	stderr    = &listener{
		heard: make(map[place]bool),
		tell:  func(c Complaint) { fmt.Fprintln(os.Stderr, "labgob: "+c.Text) },
	}
)

// Listen calls f for each complaint from now on, once per place, until stop is
// called. While someone listens nothing is printed to standard error. f runs in
// the goroutine that walked into the trap and may be called from several at
// once.
func Listen(f func(Complaint)) (stop func()) {
	l := &listener{heard: make(map[place]bool), tell: f}
	mu.Lock()
	defer mu.Unlock()
	listeners = append(listeners, l)
	return func() {
		mu.Lock()
		defer mu.Unlock()
		for i, other := range listeners {
			if other == l {
				listeners = append(listeners[:i:i], listeners[i+1:]...)
				return
			}
		}
	}
}

// Raise tells c to every listener that has not yet heard it from that place.
func Raise(c Complaint) {
	at := place{c.Rule, c.Type, c.Field, c.Where}
	var tell []func(Complaint)
	mu.Lock()
	hearers := listeners
	if len(hearers) == 0 {
		hearers = []*listener{stderr}
	}
	for _, l := range hearers {
		if !l.heard[at] {
			l.heard[at] = true
			tell = append(tell, l.tell)
		}
	}
	mu.Unlock()
	for _, f := range tell {
		f(c)
	}
}

// Where is the file:line of the nearest caller outside the message code: not
// in labgob, wire or labrpc, unless in a test of theirs. It is "" when the
// goroutine has no such caller.
func Where() string {
	pcs := make([]uintptr, 64)
	n := runtime.Callers(2, pcs)
	if n == 0 {
		return ""
	}
	frames := runtime.CallersFrames(pcs[:n])
	for {
		f, more := frames.Next()
		if f.Function != "" && !ours(f) {
			return fmt.Sprintf("%s:%d", f.File, f.Line)
		}
		if !more {
			return ""
		}
	}
}

func ours(f runtime.Frame) bool {
	if strings.HasSuffix(f.File, "_test.go") {
		return false
	}
	for _, prefix := range []string{
		"distlabs/labgob", "distlabs/labrpc.",
		"runtime.", "reflect.", "encoding/", "testing.", "internal/",
	} {
		if strings.HasPrefix(f.Function, prefix) {
			return true
		}
	}
	return false
}
