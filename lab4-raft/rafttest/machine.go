package rafttest

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labgob"
	"distlabs/labrpc"
)

// A machine is the service of one life of a server: it executes commands by
// keeping them.
//
// Its goroutine reads applyCh whatever comes, in a life that has ended too: a
// server that waits for its service with a lock held would otherwise stop time
// for everybody.
type machine struct {
	c     *Cluster
	env   *labrpc.Env
	began chan struct{} // closed when raft is set
	raft  raftapi.Raft

	mu sync.Mutex
	// mu guards:
	commands map[raftapi.Index]any
	last     raftapi.Index // of what has been executed, or is in the snapshot
	snapshot raftapi.Index // where the newest snapshot ends
	messages int           // that the server has handed over
	asks     string        // the server's method that has not returned; "" if none
}

// newMachine returns a service that knows what is in the snapshot on its disk.
func newMachine(c *Cluster, env *labrpc.Env) *machine {
	m := &machine{c: c, env: env, began: make(chan struct{}), commands: make(map[raftapi.Index]any)}
	if data := env.Persister().ReadSnapshot(); len(data) > 0 {
		s, err := readSnapshot(data)
		if err != nil {
			c.Fail(broken(SnapshotIsWhole, "server %d starts with a snapshot on its disk that no service made: %v", env.ID(), err))
		}
		m.restore(s)
	}
	return m
}

// begin says which server the service belongs to.
func (m *machine) begin(rf raftapi.Raft) {
	m.raft = rf
	close(m.began)
}

// run reads what the server hands over, until silence, or until the server
// closes the channel, from which there is nothing more to read then.
func (m *machine) run(applyCh <-chan raftapi.ApplyMsg, silence <-chan struct{}) {
	for {
		select {
		case msg, open := <-applyCh:
			if !open {
				m.fails(ChannelStaysOpen, "server %d has closed the channel to its service", m.env.ID())
				return
			}
			m.take(msg)
		case <-silence:
			return
		}
	}
}

// farthest is an index that no run comes to.
const farthest = 10_000_000

func (m *machine) take(msg raftapi.ApplyMsg) {
	m.hear()
	switch {
	case msg.CommandValid && msg.SnapshotValid:
		m.fails(AppliesInOrder, "server %d handed over a command and a snapshot in one message", m.env.ID())
	case msg.CommandValid && (msg.CommandIndex < 1 || msg.CommandIndex > farthest):
		m.fails(AppliesInOrder, "server %d handed over command %s as that of index %d, which cannot be", m.env.ID(), bareText(msg.Command), msg.CommandIndex)
	case msg.CommandValid:
		m.env.Apply(int64(msg.CommandIndex), msg.Command, "")
		m.think()
		m.execute(msg.CommandIndex, msg.Command)
	case msg.SnapshotValid:
		m.install(msg)
	default:
		m.fails(AppliesInOrder, "server %d handed over a message that has neither a command nor a snapshot", m.env.ID())
	}
}

// think takes the service's time, and asks the server something meanwhile, as a
// service may.
func (m *machine) think() {
	if m.c.o.ServiceTime == 0 {
		return
	}
	m.c.Net().Sleep(m.c.o.ServiceTime)
	m.ask("GetState", func() { m.raft.GetState() })
}

// ask calls a method of the server, and notes that it has not returned.
func (m *machine) ask(method string, call func()) {
	note := func(method string) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.asks = method
	}
	<-m.began
	note(method)
	call()
	note("")
}

// waitsFor returns the server's method that has not returned; "" if none.
func (m *machine) waitsFor() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.asks
}

// fails fails the run and returns, since the goroutine must read on.
func (m *machine) fails(rule, format string, args ...any) {
	b := broken(rule, format, args...)
	b.Nodes = []int{int(m.env.ID())}
	done := make(chan struct{})
	go func() {
		defer close(done)
		m.c.Fail(b)
	}()
	<-done
}

func (m *machine) execute(index raftapi.Index, command any) {
	m.mu.Lock()
	m.commands[index] = command
	m.last = max(m.last, index)
	due := m.c.o.SnapshotEvery > 0 && m.last >= m.snapshot+m.c.o.SnapshotEvery
	if due {
		m.snapshot = m.last
	}
	m.mu.Unlock()
	if due {
		m.trim()
	}
}

// trim makes a snapshot of all that has been executed.
func (m *machine) trim() {
	index, data := m.picture()
	m.ask("Snapshot", func() { m.raft.Snapshot(index, data) })
}

// picture returns a snapshot, and where it ends.
func (m *machine) picture() (raftapi.Index, []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := snapshot{Last: m.last}
	for _, i := range slices.Sorted(maps.Keys(m.commands)) {
		s.Commands = append(s.Commands, executed{i, m.commands[i]})
	}
	return s.Last, s.bytes()
}

func (m *machine) install(msg raftapi.ApplyMsg) {
	m.env.Apply(int64(msg.SnapshotIndex), nil, "snapshot")
	s, err := readSnapshot(msg.Snapshot)
	switch {
	case err != nil:
		m.fails(SnapshotIsWhole, "server %d handed over a snapshot that no service made: %v", m.env.ID(), err)
	case s.Last != msg.SnapshotIndex:
		m.fails(SnapshotIsWhole, "server %d handed over a snapshot as the one up to %d; it reaches up to %d", m.env.ID(), msg.SnapshotIndex, s.Last)
	default:
		m.mu.Lock()
		defer m.mu.Unlock()
		m.restore(s)
	}
}

// restore makes the state that of a snapshot. m.mu must be held, or m be new.
func (m *machine) restore(s snapshot) {
	clear(m.commands)
	for _, e := range s.Commands {
		m.commands[e.Index] = e.Command
	}
	m.last, m.snapshot = s.Last, s.Last
}

// at returns the command that was executed at an index.
func (m *machine) at(index raftapi.Index) (command any, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	command, ok = m.commands[index]
	return command, ok
}

// find returns the first index at which a command was executed.
func (m *machine) find(command any) (first raftapi.Index, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for index, c := range m.commands {
		if same(c, command) && (!ok || index < first) {
			first, ok = index, true
		}
	}
	return first, ok
}

func (m *machine) hear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.messages++
}

// heard returns how many messages the server has handed over.
func (m *machine) heard() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.messages
}

// history returns the commands that have been executed, as far as they are
// numbers or strings.
func (m *machine) history() map[any]bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make(map[any]bool)
	for _, command := range m.commands {
		switch command.(type) {
		case int, string:
			out[command] = true
		}
	}
	return out
}

// upTo returns the commands by their indexes, and how far they go.
func (m *machine) upTo() (commands map[raftapi.Index]any, last raftapi.Index) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.commands), m.last
}

// same says whether two commands are equal, which may be anything: a server may
// hand over what nobody gave it.
func same(a, b any) bool { return reflect.DeepEqual(a, b) }

// A snapshot is what a service has executed.
type snapshot struct {
	Last     raftapi.Index
	Commands []executed // by rising index
}

type executed struct {
	Index   raftapi.Index
	Command any
}

func (s snapshot) bytes() []byte {
	var b bytes.Buffer
	if err := labgob.NewEncoder(&b).Encode(s); err != nil {
		panic(fmt.Sprintf("rafttest: a snapshot cannot be encoded: %v", err)) // what came over the network can be
	}
	return b.Bytes()
}

func readSnapshot(data []byte) (s snapshot, err error) {
	err = labgob.NewDecoder(bytes.NewReader(data)).Decode(&s)
	return s, err
}
