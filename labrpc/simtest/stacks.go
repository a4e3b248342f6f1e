package simtest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// A stack dump tells of each goroutine its state, its bubble and its labels,
// if asked to by GODEBUG; the labels say which machine a goroutine belongs to.
func init() {
	settings := os.Getenv("GODEBUG")
	if settings != "" {
		settings += ","
	}
	os.Setenv("GODEBUG", settings+"tracebacklabels=1")
}

// A goroutine is one goroutine of a stack dump.
type goroutine struct {
	id      int64
	state   string // "sync.Mutex.Lock", "chan receive (durable)", "running"
	bubble  string // "" outside of any
	node    int    // the machine that it belongs to, or -1
	frames  []frame
	creator frame // the go statement
}

type frame struct {
	function string // "distlabs/lab4-raft.(*Raft).ticker"
	object   string // the address that is its first argument: of a method, the receiver; "" if unknown
	file     string
	line     int
}

// String is the place: "raft.go:88".
func (f frame) String() string { return fmt.Sprintf("%s:%d", filepath.Base(f.file), f.line) }

// short is the function without its package: "(*Raft).ticker".
func (f frame) short() string {
	name := f.function[strings.LastIndexByte(f.function, '/')+1:]
	_, name, _ = strings.Cut(name, ".")
	return name
}

// receiver is the type whose method the function is: "(*Raft)", or "".
func (f frame) receiver() string {
	typ, _, method := strings.Cut(f.short(), ".")
	if !method || strings.HasPrefix(typ, "func") {
		return ""
	}
	return typ
}

// at is the place and the function: "raft.go:88, in (*Raft).ticker".
func (f frame) at() string { return fmt.Sprintf("%s, in %s", f, f.short()) }

// durable says that only something of its own bubble can wake it.
func (g *goroutine) durable() bool { return strings.HasSuffix(g.state, "(durable)") }

// waits says in a word what it waits for.
func (g *goroutine) waits() string { return strings.TrimSuffix(g.state, " (durable)") }

// runs says that it could use a processor.
func (g *goroutine) runs() bool {
	switch g.state {
	case "running", "runnable", "preempted", "copystack":
		return true
	}
	return false
}

// harness says that nothing of it is of the code under test.
func (g *goroutine) harness() bool { return g.studentFrame() == nil }

// body says that it runs the test's body.
func (g *goroutine) body() bool {
	const prefix = "distlabs/labrpc/simtest.(*run).inside"
	return strings.HasPrefix(g.creator.function, prefix) && len(g.frames) > 0 &&
		strings.HasPrefix(g.frames[len(g.frames)-1].function, prefix)
}

// keepsTime says that it is the bubble's own, which moves time on.
func (g *goroutine) keepsTime() bool {
	return slices.ContainsFunc(g.frames, func(f frame) bool { return f.function == "internal/synctest.Run" })
}

var (
	headerLine = regexp.MustCompile(`^goroutine (\d+) (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[(.*)\]:$`)
	bubblePart = regexp.MustCompile(`synctest bubble (\d+)`)
	nodePart   = regexp.MustCompile(`"node": ?"(\d+)"`)
	placeLine  = regexp.MustCompile(`^\t(.+):(\d+)(?: \+0x[0-9a-f]+)?$`)
	callLine   = regexp.MustCompile(`^(.*)\((?:\{?(0x[0-9a-f]+)([,})?]))?[^()]*\)?$`)
)

// dump returns all goroutines.
func dump() []goroutine {
	buf := make([]byte, 1<<20)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) {
			return parseStacks(string(buf[:n]))
		}
		buf = make([]byte, 2*len(buf))
	}
}

// bubbleOf returns the number of the calling goroutine's bubble, or "".
func bubbleOf() string {
	buf := make([]byte, 1<<12)
	buf = buf[:runtime.Stack(buf, false)]
	line, _, _ := strings.Cut(string(buf), "\n")
	if m := bubblePart.FindStringSubmatch(line); m != nil {
		return m[1]
	}
	return ""
}

func parseStacks(text string) []goroutine {
	var all []goroutine
	for block := range strings.SplitSeq(text, "\n\n") {
		lines := strings.Split(strings.Trim(block, "\n"), "\n")
		m := headerLine.FindStringSubmatch(lines[0])
		if m == nil {
			continue
		}
		g := goroutine{node: -1}
		g.id, _ = strconv.ParseInt(m[1], 10, 64)
		g.state, _, _ = strings.Cut(m[2], ",")
		g.state, _, _ = strings.Cut(g.state, " labels:")
		if b := bubblePart.FindStringSubmatch(m[2]); b != nil {
			g.bubble = b[1]
		}
		if n := nodePart.FindStringSubmatch(m[2]); n != nil {
			g.node, _ = strconv.Atoi(n[1])
		}
		for i := 1; i+1 < len(lines); i += 2 {
			p := placeLine.FindStringSubmatch(lines[i+1])
			if p == nil {
				break
			}
			f := frame{function: lines[i], file: p[1]}
			f.line, _ = strconv.Atoi(p[2])
			if created, ok := strings.CutPrefix(f.function, "created by "); ok {
				f.function, _, _ = strings.Cut(created, " in goroutine ")
				g.creator = f
				break
			}
			if c := callLine.FindStringSubmatch(f.function); c != nil {
				f.function = c[1]
				if c[3] != "?" { // a value that may be stale
					f.object = c[2]
				}
			}
			g.frames = append(g.frames, f)
		}
		all = append(all, g)
	}
	return all
}

// studentFrame is the innermost frame in a lab's own folder, or nil: the place
// in the student's code.
func (g *goroutine) studentFrame() *frame {
	for i := range g.frames {
		if ofLab(&g.frames[i]) {
			return &g.frames[i]
		}
	}
	if ofLab(&g.creator) {
		return &g.creator
	}
	return nil
}

// lockFrame is where in the student's code a lock is wanted: studentFrame, or,
// if that is a function which does nothing but lock, as its name says, where it
// was called.
func (g *goroutine) lockFrame() *frame {
	inner := g.studentFrame()
	for i := range g.frames {
		f := &g.frames[i]
		if !ofLab(f) {
			continue
		}
		name := strings.ToLower(f.short())
		if name = name[strings.LastIndexByte(name, '.')+1:]; !strings.HasSuffix(name, "lock") && name != "acquire" {
			return f
		}
	}
	return inner
}

// place is where a goroutine is, for a sentence: in the student's code, else
// in the test's, else anywhere.
func (g *goroutine) place() string {
	if s := g.studentFrame(); s != nil {
		return s.at()
	}
	if s := g.testFrame(); s != nil {
		return s.String()
	}
	if len(g.frames) > 0 {
		return g.frames[0].at()
	}
	return "an unknown place"
}

// testFrame is the innermost frame in a test's file, or in what a lab gives to
// its tests, or nil.
func (g *goroutine) testFrame() *frame {
	for i := range g.frames {
		if strings.HasSuffix(g.frames[i].file, "_test.go") || givenFrame.MatchString(g.frames[i].function) {
			return &g.frames[i]
		}
	}
	return nil
}

// ofLab says whether a frame is of code under test: neither the standard
// library's, nor the course's, nor a test's. What is generic in the standard
// library bears the name of the function that it was inlined into, and is known
// by its file.
func ofLab(f *frame) bool {
	return labFrame.MatchString(f.function) && labFile.MatchString(f.file) && !strings.HasSuffix(f.file, "_test.go")
}

// A lab's package is labN-name; the packages below it (raftapi, rafttest) are
// the course's.
var (
	labFrame   = regexp.MustCompile(`^distlabs/(?:.*/)?lab\d+-[^/.]+\.`)
	givenFrame = regexp.MustCompile(`^distlabs/(?:.*/)?lab\d+-[^/.]+/`)
	labFile    = regexp.MustCompile(`(?:^|/)lab\d+-[^/]+/[^/]+$`)
)
