// Package pitfall calls another node with a lock held, and is called meanwhile.
package pitfall

import (
	"sync"

	"distlabs/labrpc"
)

// A Node greets its peer.
type Node struct {
	env   *labrpc.Env
	mu    sync.Mutex
	heard int
}

// New starts a node.
func New(env *labrpc.Env) *Node {
	n := &Node{env: env}
	env.Serve(n)
	return n
}

// Greet greets the other node.
func (n *Node) Greet() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.send(1 - int(n.env.ID()))
}

func (n *Node) send(to int) {
	var reply int
	n.env.Peers()[to].Call("Node.Hello", &n.heard, &reply)
}

// Hello is called by the other node.
func (n *Node) Hello(_ *int, reply *int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.heard++
	*reply = n.heard
}
