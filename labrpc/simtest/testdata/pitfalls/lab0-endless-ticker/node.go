// Package pitfall waits for a vote that nobody casts, while a ticker ticks.
package pitfall

import (
	"sync"
	"time"

	"distlabs/labrpc"
)

// A Node waits until it is elected.
type Node struct {
	env     *labrpc.Env
	mu      sync.Mutex
	changed *sync.Cond
	votes   int
}

// New starts a node.
func New(env *labrpc.Env) *Node {
	n := &Node{env: env}
	n.changed = sync.NewCond(&n.mu)
	go n.ticker()
	return n
}

func (n *Node) ticker() {
	for {
		n.env.Clock().Sleep(100 * time.Millisecond)
	}
}

// AwaitElection waits for a majority of votes.
func (n *Node) AwaitElection() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for n.votes < 2 {
		n.changed.Wait()
	}
}
