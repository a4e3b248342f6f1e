// Package pitfall locks a mutex that it has locked.
package pitfall

import (
	"sync"

	"distlabs/labrpc"
)

// A Node has a term.
type Node struct {
	mu   sync.Mutex
	term int
}

// New starts a node.
func New(env *labrpc.Env) *Node {
	n := &Node{}
	env.Serve(n)
	return n
}

// Vote is called by other nodes.
func (n *Node) Vote(term *int, granted *bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	*granted = *term >= n.Term()
}

// Term returns the node's term.
func (n *Node) Term() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.term
}
