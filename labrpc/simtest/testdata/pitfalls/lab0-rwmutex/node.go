// Package pitfall reads under a lock that a writer wants, and reads again.
package pitfall

import (
	"sync"
	"time"

	"distlabs/labrpc"
)

// A Node has a table.
type Node struct {
	env   *labrpc.Env
	mu    sync.RWMutex
	table map[int]int
}

// Start runs the node.
func Start(env *labrpc.Env) {
	n := &Node{env: env, table: map[int]int{1: 2}}
	go n.reader()
	go n.writer()
}

func (n *Node) reader() {
	n.mu.RLock()
	defer n.mu.RUnlock()
	n.env.Clock().Sleep(10 * time.Millisecond)
	_ = n.table[1]
}

func (n *Node) writer() {
	n.env.Clock().Sleep(time.Millisecond)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.table[1]++
}
