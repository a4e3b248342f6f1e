package rafttest

import (
	"sync"

	"distlabs/labrpc"
)

// Clients hand in commands, one after the other each and with a pause between
// them, to whoever takes itself for the leader, and see which are executed.
type Clients struct {
	c    *Cluster
	busy sync.WaitGroup

	mu sync.Mutex
	// mu guards:
	next  int
	done  []any // executed by the server that took them
	ended bool
}

// StartClients lets so many clients begin.
func (c *Cluster) StartClients(count int) *Clients {
	cl := &Clients{c: c}
	for i := range count {
		cl.busy.Add(1)
		go func() {
			defer cl.busy.Done()
			cl.run(i)
		}()
	}
	return cl
}

// run is one client. It gives a command up when its server leads no more, and
// after two election timeouts.
func (cl *Clients) run(number int) {
	c := cl.c
	for at := number; ; {
		command, ok := cl.command()
		if !ok {
			return
		}
		at = (at + 1) % len(c.servings())
		p := labrpc.NodeID(at)
		if !c.Up(p) {
			c.Sleep(7 * ms)
			continue
		}
		proposal, ok := c.TryPropose(p, command)
		if !ok {
			c.Sleep(7 * ms)
			continue
		}
		for deadline := c.Now() + 2*c.Timeout(); c.Now() < deadline; c.Sleep(5 * ms) {
			if c.missing(proposal, Group{p}) == "" {
				cl.executed(command)
				break
			}
			if c.lost(proposal) {
				break
			}
		}
		at-- // who led may still lead
		c.Sleep(40 * ms)
	}
}

// command returns a new command, unless the clients are to end.
func (cl *Clients) command() (command any, ok bool) {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	cl.next++
	return 1000 + cl.next, !cl.ended
}

func (cl *Clients) executed(command any) {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	cl.done = append(cl.done, command)
}

// Stop ends the clients and returns the commands that were executed.
func (cl *Clients) Stop() []any {
	cl.mu.Lock()
	cl.ended = true
	cl.mu.Unlock()
	cl.busy.Wait()
	return cl.done
}

// ExpectExecuted ends the run unless all who are up have executed commands that
// one has executed.
func (c *Cluster) ExpectExecuted(commands ...any) {
	for _, p := range c.judged(c.All()) {
		history := c.server(p).machine.history()
		for _, command := range commands {
			if !history[command] {
				c.Fail(broken(StateMachineSafety, "command %v was executed by the server that took it, and is missing in server %d, which is up to date", command, p))
			}
		}
	}
}
