// Package pitfall has a ticker that was made before the test, and runs in
// real time.
package pitfall

import (
	"time"

	"distlabs/labrpc"
)

var heartbeat = time.NewTicker(10 * time.Millisecond)

// A Node counts its beats.
type Node struct{ beats chan int }

// New starts a node that beats some times, or for ever if n is 0.
func New(n int) *Node {
	node := &Node{beats: make(chan int, 1)}
	go node.lead(n)
	return node
}

func (n *Node) lead(most int) {
	for i := 1; ; i++ {
		<-heartbeat.C
		if i == most {
			n.beats <- i
			return
		}
	}
}

// Beats waits until the node has beaten its last.
func (n *Node) Beats() int { return <-n.beats }

// Start runs a node that beats faster than the others.
func Start(*labrpc.Env) { go faster() }

func faster() {
	heartbeat.Reset(time.Millisecond)
	for range heartbeat.C {
	}
}
