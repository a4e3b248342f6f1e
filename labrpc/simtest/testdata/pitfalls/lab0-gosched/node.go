// Package pitfall polls and yields.
package pitfall

import (
	"runtime"
	"sync/atomic"

	"distlabs/labrpc"
)

// A Node waits to be told that it is elected.
type Node struct{ elected atomic.Bool }

// Start runs the node.
func Start(*labrpc.Env) {
	n := &Node{}
	go n.lead()
}

func (n *Node) lead() {
	for !n.elected.Load() {
		runtime.Gosched()
	}
}
