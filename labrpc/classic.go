package labrpc

import (
	"fmt"
	"unsafe"

	"distlabs/labrpc/trace"
)

// MakeNetwork returns a network under the classic fault model, reliable at
// first, without machines. The first one that a test run by simtest makes is
// that test's network, with its seed and its trace.
func MakeNetwork() *Network {
	if adopt := currentHost(); adopt != nil {
		if n := adopt(); n != nil {
			n.SetFaults(&Classic{})
			return n
		}
	}
	return New(Config{Faults: &Classic{}, CallTimeout: ClassicCallTimeout})
}

// A classicEnd is an end made by MakeEnd: connected and enabled by name.
type classicEnd struct {
	server    any
	connected bool
	enabled   bool
}

// MakeEnd returns an end that is not connected and not enabled. The name must
// be new.
func (n *Network) MakeEnd(name any) *ClientEnd {
	var end *ClientEnd
	n.do(func() {
		if _, taken := n.ends[name]; taken {
			return
		}
		named := &classicEnd{}
		n.ends[name] = named
		end = &ClientEnd{net: n, from: trace.Nobody, to: trace.Nobody, named: named, stream: &stream{key: uint64(len(n.ends)) << 48}}
	})
	if end == nil {
		panic(fmt.Sprintf("labrpc: MakeEnd: there is an end named %v already", name))
	}
	return end
}

// Connect connects an end to a server for good.
func (n *Network) Connect(end, server any) {
	n.Command(func() {
		if e, ok := n.ends[end]; ok {
			e.server, e.connected = server, true
		}
	})
}

// Enable lets an end work or not. Calls on an end that is not enabled return
// false after a while.
func (n *Network) Enable(end any, enabled bool) {
	n.Command(func() {
		if e, ok := n.ends[end]; ok {
			e.enabled = enabled
		}
	})
}

// resolve finds the machine that an end made by MakeEnd is connected to. The
// dispatcher calls it.
func (n *Network) resolve(ce *classicEnd) (to NodeID, reachable bool) {
	to, ok := n.names[ce.server]
	if !ce.connected || !ok {
		return trace.Nobody, false
	}
	return to, ce.enabled
}

// classic changes the classic fault model, taking it up if there is another.
func (n *Network) classic(change func(*Classic)) {
	n.Command(func() {
		f := Classic{}
		if old, ok := n.cfg.Faults.(*Classic); ok {
			f = *old
		}
		change(&f)
		n.cfg.Faults = &f
	})
}

// Reliable says whether the network neither delays nor loses messages.
func (n *Network) Reliable(yes bool) { n.classic(func(f *Classic) { f.Unreliable = !yes }) }

// LongDelays says whether a call to a machine that cannot be reached takes up
// to 7 s to return false.
func (n *Network) LongDelays(yes bool) { n.classic(func(f *Classic) { f.LongDelays = yes }) }

// LongReordering says whether two replies in three come late.
func (n *Network) LongReordering(yes bool) { n.classic(func(f *Classic) { f.LongReordering = yes }) }

// AddServer puts a server onto the network under a name, in place of the one
// that had it.
func (n *Network) AddServer(name any, server *Server) {
	n.Command(func() {
		id, ok := n.names[name]
		var nd *node
		if ok {
			nd = n.nodes[id]
			n.retire(nd, "")
		} else {
			nd = n.addNode(name, fmt.Sprint(name))
		}
		n.begin(nd)
		nd.server = server
		publish(unsafe.Pointer(&server.sync)) // the life's labels, to handlers
		if nd.lives > 1 {
			n.event(trace.Event{Kind: trace.Restart, Node: int(nd.id)})
		}
	})
}

// DeleteServer takes a server off the network. What it was about to reply is
// not delivered.
func (n *Network) DeleteServer(name any) {
	n.Command(func() {
		if id, ok := n.names[name]; ok {
			n.retire(n.nodes[id], "")
		}
	})
}

// GetCount returns how many requests a server has got.
func (n *Network) GetCount(name any) (count int) {
	n.do(func() {
		if id, ok := n.names[name]; ok && n.nodes[id].server != nil {
			count = n.nodes[id].server.GetCount()
		}
	})
	return count
}

// GetTotalCount returns how many calls were made.
func (n *Network) GetTotalCount() (count int) {
	n.do(func() { count = int(n.total.Requests) })
	return count
}

// GetTotalBytes returns how many bytes requests and replies would have taken
// as gob.
func (n *Network) GetTotalBytes() (bytes int64) {
	n.do(func() { bytes = n.total.Bytes })
	return bytes
}
