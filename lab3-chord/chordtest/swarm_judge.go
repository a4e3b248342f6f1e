package chordtest

import (
	"crypto/sha1"
	"fmt"
	"slices"
	"sync"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

// moment is how long a peer may take to change its mind: who is choked may be on
// its way to notice, and who tells four may have told two.
const moment = 200 * time.Millisecond

// A SwarmJudge is a checker of the messages of a swarm: [SenderHasIt],
// [ChunksAreChecked], [UplinkIsALine], [UnchokeSlots], [ChokedGetNothing] and
// [OneAtATime]. It also counts chunks.
type SwarmJudge struct {
	meta   chordapi.Metainfo
	o      chordapi.SwarmOptions
	played map[int]bool

	has    map[int][]bool       // by peer: the chunks that it had at the start or was sent
	fooled map[int]map[int]bool // by peer: the chunks that it was sent corrupted

	requests map[int64]*request    // under way, by call
	under    map[[2]int]int        // how many, by who asks and who is asked
	lines    map[int]time.Duration // by peer: when it sent its last chunk

	out  map[int]map[int]bool     // by peer: whom it has told that it is unchoked
	over map[int]time.Duration    // by peer: since when these are too many
	shut map[[2]int]time.Duration // by who chokes and whom: when it sent its last Choke
	in   map[[2]int]bool          // by who is unchoked and by whom: whether it has heard so
	told map[[2]int]time.Duration // by who is choked and by whom: when it has heard so

	mu sync.Mutex
	// mu guards:
	got, gave map[labrpc.NodeID]int // chunks, by peer
}

// A request is one Torrent.Request.
type request struct {
	from, to, chunk int
	arrived         time.Duration
	right           bool // the chunk that answers it
}

// NewSwarmJudge returns the judge of a swarm in which held says which chunks each
// peer has at the start. What the played do is not judged.
func NewSwarmJudge(meta chordapi.Metainfo, o chordapi.SwarmOptions, held map[labrpc.NodeID][][]byte, played ...labrpc.NodeID) *SwarmJudge {
	j := &SwarmJudge{meta: meta, o: o, played: make(map[int]bool), has: make(map[int][]bool), fooled: make(map[int]map[int]bool),
		requests: make(map[int64]*request), under: make(map[[2]int]int), lines: make(map[int]time.Duration),
		out: make(map[int]map[int]bool), over: make(map[int]time.Duration), shut: make(map[[2]int]time.Duration),
		in: make(map[[2]int]bool), told: make(map[[2]int]time.Duration),
		got: make(map[labrpc.NodeID]int), gave: make(map[labrpc.NodeID]int)}
	for _, p := range played {
		j.played[int(p)] = true
	}
	j.joins(tracker, nil)
	for p, chunks := range held {
		j.joins(p, chunks)
	}
	return j
}

// joins says what a machine has at the start.
func (j *SwarmJudge) joins(p labrpc.NodeID, chunks [][]byte) {
	has := make([]bool, len(j.meta.Chunks))
	for i, data := range chunks {
		has[i] = data != nil
	}
	j.has[int(p)], j.fooled[int(p)], j.out[int(p)] = has, make(map[int]bool), make(map[int]bool)
}

// count returns a number of the judge's.
func (j *SwarmJudge) count(of map[labrpc.NodeID]int, p labrpc.NodeID) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return of[p]
}

// Observe judges one event.
func (j *SwarmJudge) Observe(e *trace.Event) error {
	if b := j.observe(e); b != nil {
		return b
	}
	return nil
}

func (j *SwarmJudge) observe(e *trace.Event) *trace.Breach {
	if e.Kind == trace.Crash {
		j.crash(e.Node)
		return nil
	}
	if e.Kind == trace.Send && !j.played[e.Node] {
		if b := j.slots(e); b != nil {
			return b
		}
	}
	switch e.Method {
	case "Torrent.Request":
		return j.request(e)
	case "Torrent.Unchoke", "Torrent.Choke":
		return j.choke(e, e.Method == "Torrent.Unchoke")
	case "Torrent.Have":
		if e.Kind == trace.Send && !e.Reply {
			var args chordapi.HaveArgs
			return j.claim(e, &args, func() []int { return args.Chunks })
		}
	case "Torrent.Handshake":
		if e.Kind == trace.Send && !e.Reply {
			var args chordapi.HandshakeArgs
			return j.claim(e, &args, func() []int { return chunksOf(args.Have) })
		}
		if e.Kind == trace.Send {
			var reply chordapi.HandshakeReply
			return j.claim(e, &reply, func() []int { return chunksOf(reply.Have) })
		}
	}
	return nil
}

// chunksOf lists what a bitfield has.
func chunksOf(have []bool) (out []int) {
	for i, has := range have {
		if has {
			out = append(out, i)
		}
	}
	return out
}

func (j *SwarmJudge) crash(node int) {
	clear(j.out[node])
	delete(j.over, node)
	for _, out := range j.out {
		delete(out, node)
	}
}

// claim judges what a peer says that it has.
func (j *SwarmJudge) claim(e *trace.Event, message any, chunks func() []int) *trace.Breach {
	if j.played[e.Node] {
		return nil
	}
	if err := e.Payload.Unmarshal(message); err != nil {
		return unreadableSwarm(e, err)
	}
	for _, i := range chunks() {
		if b := j.possession(e, i, "says that it has"); b != nil {
			return b
		}
	}
	return nil
}

// possession says whether a peer has a chunk of which it does something.
func (j *SwarmJudge) possession(e *trace.Event, i int, does string) *trace.Breach {
	switch {
	case i >= 0 && i < len(j.meta.Chunks) && j.has[e.Node][i]:
		return nil
	case j.fooled[e.Node][i]:
		return breachAt(ChunksAreChecked, e, "peer %d %s chunk %d, of which it has got a corrupted copy only", e.Node, does, i)
	}
	return breachAt(SenderHasIt, e, "peer %d %s chunk %d, which it has not got from anybody", e.Node, does, i)
}

func (j *SwarmJudge) request(e *trace.Event) *trace.Breach {
	switch {
	case e.Kind == trace.Send && !e.Reply:
		return j.asks(e)
	case e.Kind == trace.Send:
		return j.answers(e)
	case e.Kind == trace.Deliver && !e.Reply:
		if r := j.requests[e.Call]; r != nil {
			r.arrived = e.At
		}
	case e.Kind == trace.Deliver:
		j.receives(e)
	case e.Kind == trace.Timeout:
		j.ends(e.Call)
	}
	return nil
}

// ends forgets a request that is over.
func (j *SwarmJudge) ends(call int64) *request {
	r := j.requests[call]
	if r != nil {
		delete(j.requests, call)
		j.under[[2]int{r.from, r.to}]--
	}
	return r
}

func (j *SwarmJudge) asks(e *trace.Event) *trace.Breach {
	var args chordapi.RequestArgs
	if err := e.Payload.Unmarshal(&args); err != nil {
		return unreadableSwarm(e, err)
	}
	pair := [2]int{e.From, e.To}
	j.requests[e.Call] = &request{from: e.From, to: e.To, chunk: args.Chunk}
	j.under[pair]++
	if j.played[e.From] {
		return nil
	}
	if j.under[pair] > 1 {
		return breachAt(OneAtATime, e, "peer %d requests chunk %d from peer %d while another request of its is under way there", e.From, args.Chunk, e.To)
	}
	if since, choked := j.told[pair]; !j.in[pair] && (!choked || e.At > since+moment) {
		return breachAt(ChokedGetNothing, e, "peer %d requests chunk %d from peer %d, which has not unchoked it", e.From, args.Chunk, e.To)
	}
	return nil
}

func (j *SwarmJudge) answers(e *trace.Event) *trace.Breach {
	r := j.requests[e.Call]
	if r == nil {
		return nil // who asked has given up
	}
	var reply chordapi.RequestReply
	if err := e.Payload.Unmarshal(&reply); err != nil {
		return unreadableSwarm(e, err)
	}
	if len(reply.Data) == 0 {
		return nil
	}
	j.mu.Lock()
	j.gave[labrpc.NodeID(e.Node)]++
	j.mu.Unlock()
	valid := r.chunk >= 0 && r.chunk < len(j.meta.Chunks)
	r.right = valid && sha1.Sum(reply.Data) == j.meta.Chunks[r.chunk]
	if !r.right && valid {
		j.fooled[r.from][r.chunk] = true
	}
	if j.played[e.Node] {
		return nil
	}
	if b := j.possession(e, r.chunk, "sends"); b != nil {
		return b
	}
	if !r.right {
		return breachAt(ChunksAreChecked, e, "peer %d sends %q as chunk %d", e.Node, reply.Data, r.chunk)
	}
	if shut, ever := j.shut[[2]int{r.to, r.from}]; !j.out[r.to][r.from] && (!ever || shut+moment < r.arrived) {
		return breachAt(ChokedGetNothing, e, "peer %d sends chunk %d to peer %d, which it has not unchoked", r.to, r.chunk, r.from)
	}
	return j.line(e, r)
}

// line says whether a peer's line can have carried the chunk that it sends: it
// has had the time since the request came and the chunk before was sent.
func (j *SwarmJudge) line(e *trace.Event, r *request) *trace.Breach {
	last, used := j.lines[e.Node]
	j.lines[e.Node] = e.At
	if !used || last < r.arrived {
		last = r.arrived
	}
	if took := e.At - last; took < j.o.Uplink-j.o.Uplink/1000 {
		return breachAt(UplinkIsALine, e, "peer %d sends chunk %d, to peer %d, %v after it could begin to; its line takes %v for a chunk",
			e.Node, r.chunk, r.from, took, j.o.Uplink)
	}
	return nil
}

func (j *SwarmJudge) receives(e *trace.Event) {
	if r := j.ends(e.Call); r != nil && r.right {
		j.has[r.from][r.chunk] = true
		j.mu.Lock()
		j.got[labrpc.NodeID(r.from)]++
		j.mu.Unlock()
	}
}

func (j *SwarmJudge) choke(e *trace.Event, open bool) *trace.Breach {
	switch {
	case e.Reply:
	case e.Kind == trace.Send:
		if open {
			j.out[e.From][e.To] = true
		} else {
			delete(j.out[e.From], e.To)
			j.shut[[2]int{e.From, e.To}] = e.At
		}
		if len(j.out[e.From]) <= j.o.Slots+1 {
			delete(j.over, e.From)
		} else if _, already := j.over[e.From]; !already {
			j.over[e.From] = e.At
		}
	case e.Kind == trace.Deliver:
		pair := [2]int{e.To, e.From}
		if j.in[pair] = open; !open {
			j.told[pair] = e.At
		}
	}
	return nil
}

// slots says whether the sender of e has had too many unchoked for too long.
func (j *SwarmJudge) slots(e *trace.Event) *trace.Breach {
	since, over := j.over[e.Node]
	if !over || e.At <= since+moment {
		return nil
	}
	var all []int
	for p := range j.out[e.Node] {
		all = append(all, p)
	}
	slices.Sort(all)
	return breachAt(UnchokeSlots, e, "peer %d has let %d neighbours download since %v: %v; it has %d slots and one for luck",
		e.Node, len(all), since, all, j.o.Slots)
}

// unreadableSwarm ends a run whose messages the judge cannot read, which is not
// for it to judge.
func unreadableSwarm(e *trace.Event, err error) *trace.Breach {
	return breachAt(simtest.Assertion, e, "the judge cannot read %s from %d to %d: %v", e.Method, e.From, e.To, fmt.Errorf("its content: %w", err))
}
