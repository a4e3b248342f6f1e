package labrpc

import (
	"fmt"
	"runtime/pprof"
	"slices"
	"unsafe"
)

// A CrashPoint is a point in what a machine does, at which it is to crash: a
// [Network.Crash] can come before or after whatever happens at one instant, and
// not in between.
//
// The machine's k-th Save or message is the k-th, from 1, since
// [Network.CrashAt]. Saves that a crash lost and messages that never left do
// not count.
type CrashPoint struct {
	of     deed
	method string
	number int
	after  bool
}

// A deed is what a crash point is before or after.
type deed uint8

const (
	aSave deed = iota
	aRequest
	aReply
)

// BeforeSave is just before the k-th Save is durable: it is lost. On a disk
// with latency that is when the disk would be done with it.
func BeforeSave(k int) CrashPoint { return CrashPoint{of: aSave, number: k} }

// AfterSave is just after the k-th Save is durable: it stays, and nothing that
// the machine did afterwards, be it the next Save or a message, takes place.
func AfterSave(k int) CrashPoint { return CrashPoint{of: aSave, number: k, after: true} }

// BeforeRequest is just before the k-th request of method leaves: it never
// does. An empty method stands for any.
func BeforeRequest(method string, k int) CrashPoint {
	return CrashPoint{of: aRequest, method: method, number: k}
}

// AfterRequest is just after the k-th request of method has left: it is on its
// way, and nothing that the machine did afterwards takes place.
func AfterRequest(method string, k int) CrashPoint {
	return CrashPoint{of: aRequest, method: method, number: k, after: true}
}

// BeforeReply is just before the k-th reply to method leaves: it never does.
func BeforeReply(method string, k int) CrashPoint {
	return CrashPoint{of: aReply, method: method, number: k}
}

// AfterReply is just after the k-th reply to method has left.
func AfterReply(method string, k int) CrashPoint {
	return CrashPoint{of: aReply, method: method, number: k, after: true}
}

func (p CrashPoint) String() string {
	when := "before"
	if p.after {
		when = "after"
	}
	what := [...]string{aSave: "save", aRequest: "request", aReply: "reply"}[p.of]
	if p.method != "" {
		what = p.method + " " + what
	}
	return fmt.Sprintf("%s %s %d", when, what, p.number)
}

// CrashAt lets a machine crash at p, as by [Network.Crash], be it in this life
// or a later one, and closes reached when it has. Several points may lie ahead
// at once.
func (n *Network) CrashAt(id NodeID, p CrashPoint) (reached <-chan struct{}) {
	if p.number < 1 {
		panic(fmt.Sprintf("labrpc: CrashAt %v: the first is number 1", p))
	}
	a := &ahead{CrashPoint: p, reached: make(chan struct{})}
	n.Command(func() {
		nd := n.node(id)
		_, _, a.saves = nd.disk.read()
		nd.ahead = append(nd.ahead, a)
	})
	return a.reached
}

// An ahead is a crash point that has not been reached.
type ahead struct {
	CrashPoint
	saves   int64 // how many there had been
	seen    int   // deeds of its kind since
	reached chan struct{}
}

// before tells whether what a is a point of does not take place.
func (a *ahead) before() bool { return a != nil && !a.after }

// point counts a deed of a machine and returns the crash point that it has
// come to, or nil.
func (nd *node) point(of deed, method string, save int64) *ahead {
	for _, a := range nd.ahead {
		if a.of == of && (a.method == "" || a.method == method) && (of != aSave || save > a.saves) {
			a.seen++
		}
	}
	i := slices.IndexFunc(nd.ahead, func(a *ahead) bool { return a.of == of && a.seen >= a.number })
	if i < 0 {
		return nil
	}
	a := nd.ahead[i]
	nd.ahead = slices.Delete(nd.ahead, i, i+1)
	return a
}

// crashAt crashes a machine at a point that it has come to. The dispatcher
// calls it.
func (n *Network) crashAt(nd *node, a *ahead) {
	lf, server := nd.life, nd.server
	n.retire(nd, a.String())
	for _, k := range lf.killers {
		lf.startKill(k, server)
	}
	close(a.reached)
}

// startKill tells k, which server serves, that lf has ended, in a goroutine
// that to the race detector comes after what was done before Serve only.
//
//go:norace
func (lf *life) startKill(k killer, server *Server) {
	hide()
	go lf.tell(k, server)
	unhide()
}

func (lf *life) tell(k killer, server *Server) {
	receive(unsafe.Pointer(&server.sync))
	pprof.SetGoroutineLabels(lf.labels)
	k.Kill()
}

// leave lets a message of lf go on its way, held before or not, unless that
// is a point at which its machine crashes.
func (n *Network) leave(m held, lf *life, reachable bool) {
	var at *ahead
	if lf != nil && len(lf.node.ahead) > 0 {
		of := aRequest
		if m.reply {
			of = aReply
		}
		at = lf.node.point(of, m.call.method, 0)
	}
	if at.before() {
		if !m.reply {
			n.await(m.call)
		}
		n.crashAt(lf.node, at)
		n.neverLeft(m, lf, "its machine crashed before")
		return
	}
	if m.reply {
		n.sendReply(m.call, m.msg, lf)
	} else {
		n.sendRequest(m.call, reachable)
	}
	if at != nil {
		n.crashAt(lf.node, at)
	}
}
