// Package pitfall leaves goroutines behind.
package pitfall

import (
	"time"

	"distlabs/labrpc"
)

// A Node has work to do and a Kill that forgets some of it.
type Node struct {
	work chan int
	done chan struct{}
}

// Start runs the node.
func Start(env *labrpc.Env) {
	n := &Node{work: make(chan int), done: make(chan struct{})}
	env.Serve(n)
	go n.worker()
	go n.ticker()
}

// Kill ends the ticker and forgets the worker.
func (n *Node) Kill() { close(n.done) }

func (n *Node) worker() {
	for range n.work {
	}
}

func (n *Node) ticker() {
	for {
		select {
		case <-n.done:
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}
