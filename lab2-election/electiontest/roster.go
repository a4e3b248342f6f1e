package electiontest

import (
	"errors"
	"time"

	"distlabs/lab2-election/electionapi"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

// A roster keeps who is up, and since when, from the events of a run.
type roster struct {
	down  map[int]bool
	since map[int]time.Duration // of those that are up again
	fell  map[int]bool          // was down at some time
}

func newRoster() roster {
	return roster{down: make(map[int]bool), since: make(map[int]time.Duration), fell: make(map[int]bool)}
}

func (r *roster) observe(e *trace.Event) {
	switch e.Kind {
	case trace.Crash:
		r.down[e.Node], r.fell[e.Node] = true, true
	case trace.Restart:
		delete(r.down, e.Node)
		r.since[e.Node] = e.At
	}
}

// upSince says whether a process has been up from t until now.
func (r *roster) upSince(p int, t time.Duration) bool {
	since, again := r.since[p]
	return !r.down[p] && (!again || since <= t)
}

// heavier says whether p is to win over q.
func heavier(cfg electionapi.Config, p, q int) bool {
	if cfg.Weights[p] != cfg.Weights[q] {
		return cfg.Weights[p] > cfg.Weights[q]
	}
	return p > q
}

// heaviest returns the process that is to win among those for which up is
// true; ok is false if there are none.
func heaviest(cfg electionapi.Config, up func(labrpc.NodeID) bool) (best labrpc.NodeID, ok bool) {
	for p := range cfg.Weights {
		if up(labrpc.NodeID(p)) && (!ok || heavier(cfg, p, int(best))) {
			best, ok = labrpc.NodeID(p), true
		}
	}
	return best, ok
}

// asks says whether e is the sending of that message.
func asks(e *trace.Event, method string) bool {
	return e.Kind == trace.Send && !e.Reply && e.Method == method
}

// arrives says whether e is the arrival of that message, perhaps once more.
func arrives(e *trace.Event, method string) bool {
	return (e.Kind == trace.Deliver || e.Kind == trace.Duplicate) && !e.Reply && e.Method == method
}

// contents keeps what messages say, which only their sending tells.
type contents map[int64]trace.Payload // by the number of their sending

// note keeps the content of a message that e sends.
func (c contents) note(e *trace.Event) {
	if e.Kind == trace.Send && !e.Reply {
		c[e.ID] = e.Payload
	}
}

// read reads into args what the message says that e sends or delivers.
func (c contents) read(e *trace.Event, args any) *trace.Breach {
	id := e.ID
	if e.Kind != trace.Send {
		id = e.Cause
	}
	payload, ok := c[id]
	if !ok {
		return unreadable(e, errors.New("its sending is not on record"))
	}
	if err := payload.Unmarshal(args); err != nil {
		return unreadable(e, err)
	}
	return nil
}
