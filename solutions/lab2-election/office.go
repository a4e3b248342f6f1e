package election

import (
	"cmp"
	"slices"
	"sync"

	"distlabs/lab2-election/electionapi"
	"distlabs/labrpc"
)

// The coordinator's side of a Member, and the messages that members send each
// other.
//
// Who is elected cannot know who holds the lock and who waits for it, so it
// asks: each coordinator has a reign, and opens its desk only when every
// member has told what it has, or is down. A member belongs to the latest
// reign that it has heard of, and no GRANT of an earlier one counts any more.
//
// What a member asks for, it asks again every so often, and so does the
// coordinator with its GRANT while others wait. So deaths are noticed, and a
// message that comes twice changes nothing the second time.

// A reign is the time of one coordinator in office. Each is later than all
// that its members had heard of.
type reign struct {
	Number      int64
	Coordinator labrpc.NodeID
	Life        int // of the coordinator
}

// before says whether r is earlier than o.
func (r reign) before(o reign) bool {
	return cmp.Or(cmp.Compare(r.Number, o.Number), cmp.Compare(r.Coordinator, o.Coordinator), cmp.Compare(r.Life, o.Life)) < 0
}

// A desk is what a coordinator knows of the lock. Member.mu guards it.
type desk struct {
	reign  reign // immutable
	open   bool  // every member has reported
	held   bool
	holder ticket // while held
	queue  []ticket
}

// enqueue lets t wait its turn, unless it does so already or holds the lock.
// What a past life of its process wished is forgotten.
func (d *desk) enqueue(t ticket) {
	if d.held && d.holder == t || slices.Contains(d.queue, t) {
		return
	}
	d.queue = slices.DeleteFunc(d.queue, func(o ticket) bool { return o.Process == t.Process })
	d.queue = append(d.queue, t)
}

// The messages, beside the ticket that asks for the lock or gives it back.
type (
	requestReply struct {
		InOffice bool // whoever was asked takes itself for the coordinator
	}
	grantArgs struct {
		Reign  reign
		Ticket ticket
	}
	grantReply struct {
		Reign reign // the latest that the member has heard of: if not the one that grants, the rest is empty
		Taken bool  // the ticket's member holds the lock with it
	}
	reportReply struct {
		Reign   reign // the latest that the member has heard of: if not the one that asked, the rest is empty
		Waiting bool
		Holding bool
		Ticket  ticket
	}
)

// takeOffice begins a reign: it asks every member what it holds and waits for.
// If one has heard of a later reign, the next attempt will be later still.
func (m *Member) takeOffice() {
	m.mu.Lock()
	mine := reign{m.reign.Number + 1, m.id, m.env.Life()}
	m.reign = mine
	d := &desk{reign: mine}
	m.desk = d
	m.mu.Unlock()

	reports := m.reports(mine)
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range reports {
		m.hear(r.Reign)
	}
	if m.desk != d {
		return
	}
	for _, r := range reports {
		if r.Holding {
			d.held, d.holder = true, r.Ticket
		}
		if r.Waiting {
			d.enqueue(r.Ticket)
		}
	}
	d.open = true
	m.next(d)
}

// reports returns what the members have, in the order of their numbers. Who
// does not answer is down, and has nothing.
func (m *Member) reports(mine reign) []reportReply {
	peers := m.env.Peers()
	reports := make([]reportReply, len(peers))
	var asked sync.WaitGroup
	for i, peer := range peers {
		asked.Go(func() { peer.Call("lock.Report", &mine, &reports[i]) })
	}
	asked.Wait()
	return reports
}

// hear makes r the member's reign if it is later than the present one. Then a
// desk of its own is closed: if it is still the coordinator, it will begin a
// later reign. m.mu must be held.
func (m *Member) hear(r reign) {
	if m.reign.before(r) {
		m.reign, m.desk = r, nil
	}
}

// next grants a free lock to whoever has waited longest. m.mu must be held.
func (m *Member) next(d *desk) {
	if !d.open || d.held || len(d.queue) == 0 {
		return
	}
	d.held, d.holder, d.queue = true, d.queue[0], d.queue[1:]
	go m.grant(d, d.holder)
}

// grant gives t the lock, or asks whether it still has it. If its member is
// down or has no use for it, the next in turn gets it. If its member has heard
// of a later reign, this one is over, and the lock with t perhaps.
func (m *Member) grant(d *desk, t ticket) {
	var reply grantReply
	m.env.Peers()[t.Process].Call("lock.Grant", &grantArgs{d.reign, t}, &reply)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hear(reply.Reign)
	if !reply.Taken {
		m.release(d, t)
	}
}

// release takes the lock back from t, if it has it. m.mu must be held.
func (m *Member) release(d *desk, t ticket) {
	if m.desk == d && d.held && d.holder == t {
		d.held = false
		m.next(d)
	}
}

// remind asks the holder whether it still is one, while others wait.
func (m *Member) remind(d *desk) {
	m.mu.Lock()
	due, holder := d.open && d.held && len(d.queue) > 0, d.holder
	m.mu.Unlock()
	if due {
		m.grant(d, holder)
	}
}

// A lock is a member as the others reach it.
type lock struct{ m *Member }

// Request lets a ticket wait its turn.
func (l *lock) Request(args *ticket, reply *requestReply) {
	coordinator, known := l.m.elector.Chosen()
	reply.InOffice = known && coordinator == l.m.id
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	if d := l.m.desk; d != nil {
		d.enqueue(*args)
		l.m.next(d)
	}
}

// Release takes the lock back.
func (l *lock) Release(args *ticket, reply *electionapi.Ack) {
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	if l.m.desk != nil {
		l.m.release(l.m.desk, *args)
	}
}

// Grant gives this member the lock, or reminds it that it has it.
func (l *lock) Grant(args *grantArgs, reply *grantReply) {
	m := l.m
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hear(args.Reign)
	reply.Reign = m.reign
	if args.Reign != m.reign || args.Ticket != m.ticket || m.stage == idle {
		return
	}
	if m.stage == waiting {
		m.stage = holding
		close(m.granted)
	}
	reply.Taken = true
}

// Report puts this member under a reign and tells what it has.
func (l *lock) Report(args *reign, reply *reportReply) {
	m := l.m
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hear(*args)
	reply.Reign = m.reign
	if *args != m.reign {
		return
	}
	*reply = reportReply{Reign: m.reign, Waiting: m.stage == waiting, Holding: m.stage == holding, Ticket: m.ticket}
}
