package simtest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
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
	harness bool   // it belongs to the network or the test
	frames  []frame
	creator frame // the go statement
}

type frame struct {
	function string // "distlabs/lab4-raft.(*Raft).ticker"
	file     string
	line     int
}

func (f frame) String() string { return fmt.Sprintf("%s:%d", filepath.Base(f.file), f.line) }

// short is the function without its package's path: "raft.(*Raft).ticker".
func (f frame) short() string { return f.function[strings.LastIndexByte(f.function, '/')+1:] }

// durable says that only something of its own bubble can wake it.
func (g *goroutine) durable() bool { return strings.HasSuffix(g.state, "(durable)") }

// runs says that it could use a processor.
func (g *goroutine) runs() bool {
	return strings.HasPrefix(g.state, "running") || strings.HasPrefix(g.state, "runnable")
}

var (
	headerLine = regexp.MustCompile(`^goroutine (\d+) (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[([^\]]*)\]:$`)
	bubblePart = regexp.MustCompile(`synctest bubble (\d+)`)
	nodePart   = regexp.MustCompile(`"node": ?"(\d+)"`)
	placeLine  = regexp.MustCompile(`^\t(.+):(\d+)(?: \+0x[0-9a-f]+)?$`)
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
		lines := strings.Split(strings.TrimRight(block, "\n"), "\n")
		m := headerLine.FindStringSubmatch(lines[0])
		if m == nil {
			continue
		}
		g := goroutine{node: -1}
		g.id, _ = strconv.ParseInt(m[1], 10, 64)
		g.state, _, _ = strings.Cut(m[2], ",")
		if i := strings.Index(g.state, " labels:"); i >= 0 {
			g.state = g.state[:i]
		}
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
			function := lines[i]
			created := strings.HasPrefix(function, "created by ")
			function = strings.TrimPrefix(function, "created by ")
			if at := strings.Index(function, " in goroutine "); at >= 0 {
				function = function[:at]
			}
			if at := strings.LastIndexByte(function, '('); at >= 0 && strings.HasSuffix(function, ")") && !created {
				function = function[:at]
			}
			f := frame{function: function, file: p[1]}
			f.line, _ = strconv.Atoi(p[2])
			if created {
				g.creator = f
			} else {
				g.frames = append(g.frames, f)
			}
		}
		g.harness = g.studentFrame() == nil
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

// ofLab says whether a frame is of code under test: neither the standard
// library's, nor the course's, nor a test's.
func ofLab(f *frame) bool {
	return labFrame.MatchString(f.function) && !strings.HasSuffix(f.file, "_test.go")
}

// A lab's package is labN-name; the packages below it (raftapi, rafttest) are
// the course's.
var labFrame = regexp.MustCompile(`^distlabs/(?:.*/)?lab\d+-[^/.]+\.`)
