package labrpc

import (
	"fmt"
	"sync"
	"time"

	"distlabs/labgob/wire"
	"distlabs/labrpc/trace"
)

// A Disk says how a machine's disk writes. The zero Disk is done at once.
//
// A [Persister.Save] never blocks: it leaves the write in a cache, which the
// same life reads, and the disk is done with it after Latency, though not
// before it is done with the Saves before. What the machine sends in the
// meantime, requests and replies, is held until the disk is done with all that
// was saved before; what it sent earlier is not, nor what a test sends for it
// (see [Network.Ends]). A crash loses the writes that are not done and the
// messages that wait for them.
//
// So "save, then reply" keeps its meaning: who sees the reply may rely on the
// write.
type Disk struct{ Latency Delay }

// SetDisk makes a machine's disk d. Writes under way take what they took.
func (n *Network) SetDisk(id NodeID, d Disk) {
	n.Command(func() { n.node(id).disk.Disk = d })
}

// A disk is what a Persister writes to, and what its machine sends no sooner
// than it is written. The race detector does not see its lock.
type disk struct {
	mu sync.Mutex
	// mu guards:
	cache   *Image // what was saved last
	durable *Image // what the disk is done with, which a crash leaves
	saves   int64
	owner   *life // who may save; nil for nobody, or for a disk of no machine

	// Of the dispatcher:
	Disk
	writes []write // under way, in order
	done   *Choice // that the first of them is done
	held   []held  // messages that wait for writes, in order
}

// A write is a Save that the disk is not done with.
type write struct {
	number int64
	image  *Image
	at     time.Duration // when it is to be done
}

// A held message is a request, or msg in reply to one, that waits for a write.
type held struct {
	after int64 // the write's number
	call  *call
	reply bool
	msg   wire.Message
}

func newDisk() *disk {
	blank := newImage(nil, nil)
	return &disk{cache: blank, durable: blank}
}

// put writes i at once, whoever owns the disk.
//
//go:norace
func (d *disk) put(i *Image) {
	hide()
	d.mu.Lock()
	d.cache, d.durable = i, i
	d.saves++
	d.mu.Unlock()
	unhide()
}

// save leaves i in the cache, and a save event in n's mailbox: the events come
// in the order of their numbers. It returns false if lf does not own the disk.
//
//go:norace
func (d *disk) save(n *Network, lf *life, i *Image) bool {
	hide()
	d.mu.Lock()
	owned := d.owner == lf
	if owned {
		d.cache = i
		d.saves++
		n.mail.put(op{kind: opEvent, life: lf, event: &trace.Event{Kind: trace.Save, N: d.saves, Bytes: size(i.state) + size(i.snapshot), Payload: i}})
	}
	d.mu.Unlock()
	unhide()
	return owned
}

//go:norace
func (d *disk) read() (cache, durable *Image, saves int64) {
	hide()
	d.mu.Lock()
	cache, durable, saves = d.cache, d.durable, d.saves
	d.mu.Unlock()
	unhide()
	return cache, durable, saves
}

// belongTo lets lf save and nobody else. What was in the cache only is gone.
//
//go:norace
func (d *disk) belongTo(lf *life) {
	hide()
	d.mu.Lock()
	d.owner = lf
	d.cache = d.durable
	d.mu.Unlock()
	unhide()
}

// keep makes i durable.
//
//go:norace
func (d *disk) keep(i *Image) {
	hide()
	d.mu.Lock()
	d.durable = i
	d.mu.Unlock()
	unhide()
}

// diskKey tells the chance of disks from that of messages.
const diskKey = uint64(Durable) << 56

// saved takes in that a life has saved.
func (n *Network) saved(nd *node, e trace.Event) {
	d := nd.disk
	c := newChance(n.cfg.Seed, diskKey, uint64(nd.id), uint64(e.N))
	w := write{number: e.N, image: e.Payload.(*Image), at: n.at}
	if latency := d.Latency.draw(&c); latency > 0 {
		w.at = even(n.at + latency)
	}
	if len(d.writes) > 0 {
		w.at = max(w.at, d.writes[len(d.writes)-1].at)
	}
	var at *ahead
	durable := w.at == n.at && len(d.writes) == 0
	if durable {
		at = nd.point(aSave, "", w.number)
		durable = !at.before()
	}
	if !durable {
		e.Value = trace.Cached
	}
	n.event(e)
	if durable {
		d.keep(w.image)
	} else {
		d.writes = append(d.writes, w)
	}
	if at != nil {
		n.crashAt(nd, at)
		return
	}
	n.awaitDisk(nd)
}

// awaitDisk offers as a choice that a disk is done with its first write.
func (n *Network) awaitDisk(nd *node) {
	d := nd.disk
	if d.done != nil || len(d.writes) == 0 {
		return
	}
	w := &d.writes[0]
	d.done = &Choice{ID: newChance(n.cfg.Seed, diskKey, uint64(nd.id), uint64(w.number)).state, Act: Durable, At: w.at, To: nd.id,
		fn: func() { n.written(nd) }}
	n.pending.add(d.done)
}

// written is when a disk is done with its first write: what waited for it
// leaves.
func (n *Network) written(nd *node) {
	d := nd.disk
	w := d.writes[0]
	at := nd.point(aSave, "", w.number)
	if at.before() {
		n.crashAt(nd, at)
		return
	}
	d.writes, d.done = d.writes[1:], nil
	d.keep(w.image)
	n.event(trace.Event{Kind: trace.Durable, Node: int(nd.id), Life: nd.life.number, N: w.number, Payload: w.image})
	if at != nil {
		n.crashAt(nd, at)
		return
	}
	n.awaitDisk(nd)
	for len(d.held) > 0 && d.held[0].after <= w.number { // none are left after a crash
		m := d.held[0]
		d.held = d.held[1:]
		n.leave(m, nd.life, true)
	}
}

// hold keeps a message of lf back while writes of its machine are under way,
// and tells whether it does.
func (lf *life) hold(m held) bool {
	if lf == nil || len(lf.node.disk.writes) == 0 {
		return false
	}
	d := lf.node.disk
	m.after = d.writes[len(d.writes)-1].number
	d.held = append(d.held, m)
	return true
}

// lose forgets what the disk was not done with when lf ended, and what waited
// for it.
func (n *Network) lose(nd *node, lf *life) {
	d := nd.disk
	writes, messages := d.writes, d.held
	if d.done != nil {
		n.pending.remove(d.done)
	}
	d.writes, d.held, d.done = nil, nil, nil
	d.belongTo(nil)
	for _, w := range writes {
		n.event(trace.Event{Kind: trace.Refused, Node: int(nd.id), Life: lf.number, Text: fmt.Sprintf("write %d is lost: it was not on disk yet", w.number)})
	}
	for _, m := range messages {
		n.neverLeft(m, lf, fmt.Sprintf("it waited for write %d", m.after))
	}
}

// neverLeft says that a message of lf did not leave, and why.
func (n *Network) neverLeft(m held, lf *life, why string) {
	what := "the request"
	if m.reply {
		what = "the reply to"
	}
	n.event(trace.Event{Kind: trace.Refused, Node: int(lf.id()), Life: lf.number, Method: m.call.method,
		Text: fmt.Sprintf("%s %s never left: %s", what, m.call.method, why)})
	if m.reply {
		n.unanswered(m.call)
	}
}
