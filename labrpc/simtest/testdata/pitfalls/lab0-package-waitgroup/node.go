// Package pitfall has a WaitGroup that every test would share.
package pitfall

import (
	"sync"
	"time"

	"distlabs/labrpc"
)

var votes sync.WaitGroup

// Start runs a node.
func Start(env *labrpc.Env) {
	votes.Add(1)
	go vote(env)
	go lead()
}

func vote(env *labrpc.Env) {
	env.Clock().Sleep(10 * time.Millisecond)
	votes.Done()
}

func lead() {
	votes.Wait()
}
