// Package pitfall panics here and there.
package pitfall

import (
	"runtime"
	"time"

	"distlabs/labrpc"
)

// A Node has a log.
type Node struct {
	env     *labrpc.Env
	log     []int
	commits chan int
}

// New makes a node that serves.
func New(env *labrpc.Env) *Node {
	n := &Node{env: env, commits: make(chan int, 1)}
	env.Serve(n)
	return n
}

// Run lets the node look at its log in a goroutine of its own.
func (n *Node) Run() { go n.ticker() }

func (n *Node) ticker() {
	n.env.Clock().Sleep(30 * time.Millisecond)
	n.last()
}

func (n *Node) last() int { return n.log[len(n.log)-1] }

// Last is called by the test.
func (n *Node) Last() int { return n.last() }

// Append is called by other nodes.
func (n *Node) Append(_ *int, reply *int) { *reply = n.last() }

// Close ends the node, and one commit comes late.
func (n *Node) Close() {
	close(n.commits)
	go n.commit(7)
}

func (n *Node) commit(index int) { n.commits <- index }

// Leave is called by the test, too.
func (n *Node) Leave() { runtime.Goexit() }
