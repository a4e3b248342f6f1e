package labrpc

import "fmt"

// A stream numbers the messages from one machine to another, or of one end
// made by MakeEnd, and counts them.
type stream struct {
	key   uint64 // the same in every run
	sent  uint64 // requests so far
	tally Tally
}

// A Tally counts messages.
type Tally struct {
	Requests, Replies int64 // sent
	Lost, Duplicates  int64
	Bytes             int64 // of requests and replies sent, as gob
}

func (t Tally) String() string {
	return fmt.Sprintf("%d requests, %d replies, %d bytes", t.Requests, t.Replies, t.Bytes)
}

// Counts tells what a network has carried so far.
type Counts struct {
	Total   Tally
	Nodes   []Tally             // by the machine that sent
	Links   map[[2]NodeID]Tally // by the calling machine and the called one
	Methods map[string]Tally
}

// Counts returns what the network has carried so far.
func (n *Network) Counts() Counts {
	out := Counts{Links: make(map[[2]NodeID]Tally), Methods: make(map[string]Tally)}
	n.do(func() {
		out.Total = n.total
		for _, nd := range n.nodes {
			out.Nodes = append(out.Nodes, nd.tally)
		}
		for link, s := range n.streams {
			out.Links[link] = s.tally
		}
		for method, t := range n.methods {
			out.Methods[method] = *t
		}
	})
	return out
}

func (n *Network) count(s *stream, method string, sender NodeID, add func(*Tally)) {
	add(&n.total)
	add(&s.tally)
	if sender >= 0 && int(sender) < len(n.nodes) {
		add(&n.nodes[sender].tally)
	}
	t, ok := n.methods[method]
	if !ok {
		t = new(Tally)
		n.methods[method] = t
	}
	add(t)
}
