package paxostest

import (
	"fmt"
	"slices"

	"distlabs/lab4-raft/paxosapi"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

// A proposerJudge judges [UniqueNumbers], [MajorityOfDistinct] and
// [HighestAcceptedWins]. It goes by the promises that have been delivered to a
// proposer when it sends its Accept: a proposer need not have looked at all of
// them, but at a majority.
type proposerJudge struct {
	Bench
	own     map[int]map[string]bool // by proposer: what it was asked to propose
	numbers map[paxosapi.Number]*use
}

// A use is what is known of a number.
type use struct {
	proposer, life int
	event          int64            // that shows it first
	promises       map[int]proposal // by acceptor: what it has told with its promise
	events         []int64          // the delivery of those promises
	value          *string          // of its Accepts
}

func newProposerJudge(b Bench) *proposerJudge {
	return &proposerJudge{Bench: b, own: make(map[int]map[string]bool), numbers: make(map[paxosapi.Number]*use)}
}

// proposes takes note of a Propose.
func (j *proposerJudge) proposes(e *trace.Event) {
	if j.own[e.Node] == nil {
		j.own[e.Node] = make(map[string]bool)
	}
	j.own[e.Node][e.Value] = true
}

// prepares judges a Prepare that is sent.
func (j *proposerJudge) prepares(e *trace.Event, t *talk) *trace.Breach {
	_, b := j.uses(e, t)
	return b
}

// uses takes note of who uses a number.
func (j *proposerJudge) uses(e *trace.Event, t *talk) (*use, *trace.Breach) {
	u := j.numbers[t.number]
	if u == nil {
		u = &use{proposer: e.Node, life: e.Life, event: e.ID, promises: make(map[int]proposal)}
		j.numbers[t.number] = u
	}
	var b *trace.Breach
	switch {
	case j.plays(e.Node):
	case t.number <= 0:
		b = breachAt(UniqueNumbers, e, "proposer %d uses number %d; they begin at 1, and 0 says that there is none", e.Node, t.number)
	case u.proposer != e.Node:
		b = breachAt(UniqueNumbers, e, "proposer %d uses number %d, which proposer %d has used", e.Node, t.number, u.proposer)
		b.Nodes = append(b.Nodes, u.proposer)
	case u.life != e.Life:
		b = breachAt(UniqueNumbers, e, "proposer %d uses number %d, which it has used before it crashed", e.Node, t.number)
	}
	if b != nil {
		b.Evidence = append([]int64{u.event}, b.Evidence...)
	}
	return u, b
}

func (j *proposerJudge) plays(node int) bool {
	return slices.Contains(j.Played, labrpc.NodeID(node))
}

// promised takes note of a promise that has been delivered.
func (j *proposerJudge) promised(e *trace.Event, r reply) {
	u := j.numbers[r.number]
	if _, twice := u.promises[r.acceptor]; !twice {
		u.promises[r.acceptor] = proposal{r.accepted, r.value}
		u.events = append(u.events, e.ID)
	}
}

// accepts judges an Accept that is sent.
func (j *proposerJudge) accepts(e *trace.Event, t *talk) *trace.Breach {
	u, b := j.uses(e, t)
	switch {
	case b != nil || j.plays(e.Node):
		return b
	case u.value != nil && *u.value != t.value:
		b = breachAt(UniqueNumbers, e, "proposer %d sends %q as number %d, as which it has sent %q", e.Node, t.value, t.number, *u.value)
	case !j.majority(len(u.promises)):
		b = breachAt(MajorityOfDistinct, e, "proposer %d sends Accept as number %d with promises of %d of %d acceptors",
			e.Node, t.number, len(u.promises), len(j.Acceptors))
	case !j.legal(e.Node, u, t.value):
		b = breachAt(HighestAcceptedWins, e, "proposer %d sends %q as number %d; its promises tell: %s", e.Node, t.value, t.number, j.told(u))
	default:
		u.value = &t.value
		return nil
	}
	b.Evidence = append(slices.Clone(u.events), b.Evidence...)
	return b
}

// legal says whether some majority of the promises makes value the right one:
// it was told as number n, and a majority told n or less; or it is the
// proposer's own, and a majority told none.
func (j *proposerJudge) legal(proposer int, u *use, value string) bool {
	if j.own[proposer][value] && j.majority(upTo(u, 0)) {
		return true
	}
	for _, p := range u.promises {
		if p.number != 0 && p.value == value && j.majority(upTo(u, p.number)) {
			return true
		}
	}
	return false
}

// upTo counts the promises that tell of no number above n.
func upTo(u *use, n paxosapi.Number) (count int) {
	for _, p := range u.promises {
		if p.number <= n {
			count++
		}
	}
	return count
}

// told says what the promises tell.
func (j *proposerJudge) told(u *use) (out string) {
	for _, a := range j.Acceptors {
		if p, ok := u.promises[int(a)]; ok {
			if out != "" {
				out += ", "
			}
			out += fmt.Sprintf("acceptor %d %s", a, previous(p.number, p.value))
		}
	}
	return out
}

func (p proposal) String() string { return fmt.Sprintf("%q as number %d", p.value, p.number) }
