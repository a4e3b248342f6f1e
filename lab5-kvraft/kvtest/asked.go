package kvtest

import (
	"fmt"
	"sync"

	"distlabs/lab5-kvraft/kvapi"
	"distlabs/labrpc"
)

// A Client is a client whom the test plays. It asks whomever the test says, for
// what it says, by serials of the test's choice.
type Client struct {
	s  *Stage
	id int64
}

// Client returns another client.
func (s *Stage) Client() *Client {
	s.clients++
	return &Client{s, s.clients}
}

// What clients ask for.

// Get reads a key.
func Get(key string) kvapi.Command { return kvapi.Command{Op: kvapi.Get, Key: key} }

// Put sets a key.
func Put(key, value string) kvapi.Command {
	return kvapi.Command{Op: kvapi.Put, Key: key, Value: value}
}

// Append adds to a key.
func Append(key, value string) kvapi.Command {
	return kvapi.Command{Op: kvapi.Append, Key: key, Value: value}
}

// Swap sets a key if its version is this one.
func Swap(key string, version kvapi.Version, value string) kvapi.Command {
	return kvapi.Command{Op: kvapi.CompareAndSwap, Key: key, Version: version, Value: value}
}

// Delete takes a key away.
func Delete(key string) kvapi.Command { return kvapi.Command{Op: kvapi.Delete, Key: key} }

// An Asked is a question of a client to a server.
type Asked struct {
	s       *Stage
	Server  labrpc.NodeID
	Command kvapi.Command

	mu sync.Mutex
	// mu guards:
	ended bool // there is an answer, or will be none
	ok    bool
	reply kvapi.DoReply
}

func (a *Asked) String() string {
	return fmt.Sprintf("client %d asked server %d for %v, by serial %d", a.Command.Client, a.Server, a.Command, a.Command.Serial)
}

// told says what the client was told of its command, or should be.
func (a *Asked) told(r kvapi.Result) string { return key.Output(a.Command, r) }

// Ask asks a server for a command by its serial, and does not wait.
func (c *Client) Ask(server labrpc.NodeID, serial int64, command kvapi.Command) *Asked {
	command.Client, command.Serial = c.id, serial
	return c.s.ask(server, command)
}

func (s *Stage) ask(server labrpc.NodeID, command kvapi.Command) *Asked {
	a := &Asked{s: s, Server: server, Command: command}
	go func() {
		var reply kvapi.DoReply
		ok := s.ends[server].Call("KV.Do", &kvapi.DoArgs{Command: command}, &reply)
		if ok && reply.Status != kvapi.Done && reply.Status != kvapi.NotLeader && reply.Status != kvapi.Old {
			s.Failf(EveryCommandCounts, "%v; the answer has the status %q, which is none", a, reply.Status)
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.ended, a.ok, a.reply = true, ok, reply
	}()
	return a
}

// status returns how a server has answered, "" if it has not.
func (a *Asked) status() (kvapi.Status, kvapi.Result) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.ended || !a.ok {
		return "", kvapi.Result{}
	}
	return a.reply.Status, a.reply.Result
}

// ChangeServers asks a server for a configuration and returns what it says.
func (s *Stage) ChangeServers(server labrpc.NodeID, servers ...labrpc.NodeID) (reply kvapi.ChangeReply) {
	if !s.ends[server].Call("KV.ChangeServers", &kvapi.ChangeArgs{Servers: servers}, &reply) {
		s.Failf(RaftDecidesChanges, "server %d was asked for a configuration of %v, and has not answered", server, servers)
	}
	return reply
}

// Propose asks a server that leads until it has handed the command to its Raft,
// and does not wait for an answer.
func (c *Client) Propose(server labrpc.NodeID, serial int64, command kvapi.Command) *Asked {
	s, log := c.s, c.s.logs[server]
	before := log.Last()
	a := c.Ask(server, serial, command)
	s.wait(EveryCommandCounts, func() string {
		if log.Last() > before {
			return ""
		}
		status, result := a.status()
		if status == kvapi.Done {
			s.Failf(AnswersAfterExecution, "%v, and was told %s; the server has not handed it to its Raft", a, a.told(result))
		}
		if status != "" {
			a = c.Ask(server, serial, command)
		}
		return fmt.Sprintf("%v; the server leads, and has not handed that to its Raft", a)
	})
	return a
}

// Do asks a server that leads for a command, lets it be committed, and returns
// the result.
func (c *Client) Do(server labrpc.NodeID, serial int64, command kvapi.Command) kvapi.Result {
	return c.s.Result(c.Ask(server, serial, command))
}

// Again asks for a command that was executed, and lets all be committed that the
// server hands to its Raft. It looks at no answer yet.
func (c *Client) Again(server labrpc.NodeID, serial int64, command kvapi.Command) *Asked {
	a := c.Ask(server, serial, command)
	c.s.Result(a)
	return a
}

// Result commits whatever the server that was asked hands to its Raft, until
// the command is done, and returns the result. A client that is sent away asks
// the server again.
func (s *Stage) Result(a *Asked) (result kvapi.Result) {
	log := s.logs[a.Server]
	s.wait(EveryCommandCounts, func() string {
		if _, leads := log.leads(); leads && log.due() < log.Last() {
			log.Commit()
		}
		var status kvapi.Status
		switch status, result = a.status(); status {
		case kvapi.Done:
			return ""
		case kvapi.NotLeader:
			a = s.ask(a.Server, a.Command)
			return fmt.Sprintf("%v; the server leads, and says that it does not", a)
		case kvapi.Old:
			s.Failf(OldResponse, "%v, its newest, and was told that this is old", a)
		}
		return fmt.Sprintf("%v; the server leads, and all that it handed its Raft is committed; it has not answered%s", a, log.untaken())
	})
	return result
}

// ExpectResult ends the run with a breach of rule unless a command comes to
// this result, see [Stage.Result].
func (s *Stage) ExpectResult(rule string, a *Asked, want kvapi.Result) {
	if got := s.Result(a); !same(a.Command.Op, got, want) {
		s.Failf(rule, "%v, and was told %s; it should be %s", a, a.told(got), a.told(want))
	}
}

// same compares results in what they say of an operation.
func same(op kvapi.Op, a, b kvapi.Result) bool {
	return a.OK == b.OK && a.Version == b.Version && (op != kvapi.Get || a.Value == b.Value)
}

// ExpectNotDone lets the servers settle and ends the run with a breach of rule
// if one of these commands is said to be done.
func (s *Stage) ExpectNotDone(rule string, asked ...*Asked) {
	s.Settle()
	for _, a := range asked {
		s.notDone(rule, a, "the command has not been executed")
	}
}

func (s *Stage) notDone(rule string, a *Asked, because string) {
	if status, result := a.status(); status == kvapi.Done {
		s.Failf(rule, "%v, and was told %s; %s", a, a.told(result), because)
	}
}

// ExpectSentAway waits until clients are told to ask elsewhere. If one is told
// that its command is done, rule is broken.
func (s *Stage) ExpectSentAway(rule string, asked ...*Asked) {
	for _, a := range asked {
		s.wait(WaitersAreReleased, func() string {
			s.notDone(rule, a, "the server does not lead, and has not executed the command")
			if status, _ := a.status(); status == "" {
				return fmt.Sprintf("%v; the server does not lead, and there is no answer", a)
			}
			return ""
		})
	}
}

// ExpectOld ends the run with a breach of rule unless a client that asks late,
// for a command before its last, is told so, or what its result was.
func (s *Stage) ExpectOld(rule string, a *Asked, want kvapi.Result) {
	log := s.logs[a.Server]
	s.wait(rule, func() string {
		log.Commit()
		status, got := a.status()
		switch {
		case status == kvapi.Old:
			return ""
		case status == kvapi.Done && same(a.Command.Op, got, want):
			return ""
		case status == kvapi.Done:
			s.Failf(rule, "%v, which is executed, and was told %s; the result was %s", a, a.told(got), a.told(want))
		case status == kvapi.NotLeader:
			a = s.ask(a.Server, a.Command)
		}
		return fmt.Sprintf("%v, and has had an answer to a later command; it is not told that this is old", a)
	})
}

// ExpectReleased waits until a client that waits is answered: it is told what
// its command came to, or that it must ask elsewhere.
func (s *Stage) ExpectReleased(a *Asked, want kvapi.Result) {
	s.wait(WaitersAreReleased, func() string {
		status, got := a.status()
		if status == kvapi.Done && !same(a.Command.Op, got, want) {
			s.Failf(AnswersItsOwn, "%v, and was told %s; it should be %s", a, a.told(got), a.told(want))
		}
		if status == "" {
			return fmt.Sprintf("%v; the server leads no more, and there is no answer", a)
		}
		return ""
	})
}
