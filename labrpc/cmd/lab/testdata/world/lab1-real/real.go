// Package real is what a student might hand in, in the real world of labrpc.
package real

import (
	"sync"
	"time"

	"distlabs/labrpc"
)

// A Node echoes, and does what it should not.
type Node struct {
	env  *labrpc.Env
	mu   sync.Mutex
	last string
	seen map[string]int
}

// New starts a node.
func New(env *labrpc.Env) *Node {
	n := &Node{env: env}
	env.Serve(n)
	return n
}

// A Word crosses the network.
type Word struct{ Text string }

// Echo is right.
func (n *Node) Echo(args *Word, reply *Word) { reply.Text = args.Text }

// Count panics: nobody made the map.
func (n *Node) Count(args *Word, reply *Word) { n.seen[args.Text]++ }

// Locked answers under the lock.
func (n *Node) Locked(args *Word, reply *Word) {
	n.mu.Lock()
	defer n.mu.Unlock()
	reply.Text = args.Text
}

// Ask calls another node.
func (n *Node) Ask(to int, method string) bool {
	var reply Word
	return n.env.Peers()[to].Call("Node."+method, &Word{"word"}, &reply)
}

// AskLocked calls another node and holds the lock meanwhile.
func (n *Node) AskLocked(to int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.Ask(to, "Locked")
}

// CountLater panics in a goroutine of its own.
func (n *Node) CountLater() {
	go func() {
		time.Sleep(time.Second)
		n.seen["word"]++
	}()
}

// Remember is called by two goroutines, without a lock.
func (n *Node) Remember(word string) { n.last = word }

// Spin never waits.
func (n *Node) Spin() {
	for {
	}
}
