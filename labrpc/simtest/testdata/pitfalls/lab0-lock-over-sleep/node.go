// Package pitfall sleeps with a lock held.
package pitfall

import (
	"sync"
	"time"

	"distlabs/labrpc"
)

// A Node counts its rounds.
type Node struct {
	env    *labrpc.Env
	mu     sync.Mutex
	rounds int
}

// Start runs the node.
func Start(env *labrpc.Env) {
	n := &Node{env: env}
	env.Serve(n)
	go n.ticker()
}

func (n *Node) ticker() {
	for {
		n.mu.Lock()
		n.rounds++
		n.env.Clock().Sleep(100 * time.Millisecond)
		n.mu.Unlock()
	}
}

// Rounds is asked by other nodes.
func (n *Node) Rounds(_ *int, reply *int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	*reply = n.rounds
}
