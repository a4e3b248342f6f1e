package labrpc

import (
	"cmp"
	"slices"

	"distlabs/labrpc/trace"
)

// What several goroutines do at one instant has no order of its own: it is the
// Go scheduler that says who comes first, on several processors they run side
// by side, and with the race detector it draws lots. So that a seed is one run all the same, the dispatcher lets
// everybody else come to rest, puts what they want in an order that depends on
// the contents only, and lets one thing happen at a time.

// settle lets the others come to rest: it returns when everybody else waits.
// Nothing that they do is ordered by it, since it is hidden.
func (n *Network) settle() {
	if n.cfg.Settle != nil {
		hide()
		n.cfg.Settle()
		unhide()
	}
}

// A rank is the place of an op among those that came at one instant.
type rank struct {
	node   NodeID
	part   int // of the node's ops: between two that must stay where they are
	class  int // log lines, then what its goroutine waits after
	kind   opKind
	id     uint64 // of a call, its stream; of a reply, its call
	method string
	hash   uint64
	op     op
}

func (a *rank) compare(b *rank) int {
	if c := cmp.Or(cmp.Compare(a.node, b.node), cmp.Compare(a.part, b.part), cmp.Compare(a.class, b.class)); c != 0 || a.class == 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.id, b.id), cmp.Compare(a.method, b.method), cmp.Compare(a.hash, b.hash))
}

// inOrder puts ops that came at one instant in an order that does not depend
// on who ran first, as far as that may be: what a goroutine did stays in its
// order, and a Save, State or Apply stays between what its machine did before
// and after. A goroutine's Call or reply is the last that it does at an instant,
// so these may change places, and log lines come before them.
func (n *Network) inOrder(ops []op) {
	for len(ops) > 1 {
		end := 0
		for end < len(ops) && ops[end].kind <= opEvent {
			end++
		}
		n.sort(ops[:end])
		ops = ops[min(end+1, len(ops)):] // the others stay where they are
	}
}

func (n *Network) sort(ops []op) {
	if len(ops) < 2 {
		return
	}
	parts := make(map[NodeID]int)
	ranks := n.ranks[:0]
	for i := range ops {
		r := rank{op: ops[i], kind: ops[i].kind, class: 1}
		switch o := &r.op; o.kind {
		case opCall:
			r.node, r.id, r.method, r.hash = o.call.end.from, n.streamOf(o.call.end).key, o.call.method, o.call.args.Hash()
		case opReply:
			r.node, r.id, r.method, r.hash = o.life.id(), o.call.id, o.call.method, o.msg.Hash()
		case opDead:
			r.node, r.id, r.method = o.life.id(), o.call.id, o.call.method
		case opEvent:
			r.node, r.class = o.life.id(), 0
		}
		if r.kind == opEvent && r.op.event.Kind != trace.LogLine {
			parts[r.node]++
			r.part = parts[r.node]
			parts[r.node]++
		} else {
			r.part = parts[r.node]
		}
		ranks = append(ranks, r)
	}
	slices.SortStableFunc(ranks, func(a, b rank) int { return a.compare(&b) })
	for i := range ranks {
		ops[i].become(&ranks[i].op)
		ranks[i] = rank{}
	}
	n.ranks = ranks
}

// become takes over from, unseen.
//
//go:norace
func (o *op) become(from *op) { *o = *from }
