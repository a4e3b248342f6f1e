// Package pitfall sends on a channel with a lock held that the receiver needs.
package pitfall

import (
	"sync"

	"distlabs/labrpc"
)

// A Node hands what it applies to its service.
type Node struct {
	mu    sync.Mutex
	apply chan int
	last  int
}

// Start runs the node and its service.
func Start(*labrpc.Env) {
	n := &Node{apply: make(chan int)}
	go n.service()
	go n.commit()
}

func (n *Node) commit() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i := range 3 {
		n.last = i
		n.apply <- i
	}
}

func (n *Node) service() {
	for range n.apply {
		n.read()
	}
}

func (n *Node) read() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.last
}
