package kvtest_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab5-kvraft/kvapi"
	"distlabs/lab5-kvraft/kvtest"
	"distlabs/labgob"
	"distlabs/labrpc"
)

func init() { labgob.Register(letter{}) }

// A letter is the command of a listener.
type letter struct{ Text string }

// A listener is a server that keeps what its Raft hands it, in words.
type listener struct {
	rf   kvapi.Raft
	done chan struct{}
	kill sync.Once

	mu    sync.Mutex
	heard []string      // guarded by mu
	index raftapi.Index // guarded by mu
}

func newListener(_ *labrpc.Env, _ kvapi.Options, rf kvapi.Raft, applyCh <-chan raftapi.ApplyMsg) *listener {
	l := &listener{rf: rf, done: make(chan struct{})}
	go l.listen(applyCh)
	return l
}

func (l *listener) listen(applyCh <-chan raftapi.ApplyMsg) {
	for {
		select {
		case <-l.done:
			return
		case m := <-applyCh:
			l.hear(m)
		}
	}
}

func (l *listener) hear(m raftapi.ApplyMsg) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m.SnapshotValid {
		l.heard = append(l.heard, fmt.Sprintf("%s up to %d", m.Snapshot, m.SnapshotIndex))
		return
	}
	l.heard = append(l.heard, fmt.Sprintf("%s at %d", m.Command.(letter).Text, m.CommandIndex))
}

func (l *listener) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.heard
}

func (l *listener) Do(*kvapi.DoArgs, *kvapi.DoReply)                        {}
func (l *listener) ChangeServers(*kvapi.ChangeArgs, *kvapi.ChangeReply)     {}
func (l *listener) State() kvapi.State                                      { return kvapi.State{} }
func (l *listener) Kill()                                                   { l.kill.Do(func() { close(l.done) }) }
func noRaft(*labrpc.Env, raftapi.Options, chan raftapi.ApplyMsg) kvapi.Raft { return nil }
func noClerk(*labrpc.Env, []labrpc.NodeID) kvtest.Clerk                     { return nil }

// onLogs runs so many listeners.
func onLogs(t *testing.T, servers int, body func(s *kvtest.Stage)) {
	t.Helper()
	kvtest.OnLogs(t, kvtest.Of(noRaft, newListener, noClerk), servers, kvapi.Options{MaxState: 1000}, body)
}

// start hands letters to a server's Raft and returns the last one's index.
func start(s *kvtest.Stage, server labrpc.NodeID, letters ...string) (index raftapi.Index) {
	for _, text := range letters {
		var ok bool
		index, _, ok = s.Server(server).(*listener).rf.Start(letter{text})
		require.True(s, ok)
	}
	return index
}

// expectHeard lets all be handed over, and looks at what a server has heard.
func expectHeard(s *kvtest.Stage, server labrpc.NodeID, want ...string) {
	s.Settle()
	require.Equal(s, want, s.Server(server).(*listener).all())
}

// A log takes commands while its server leads, and hands over what is
// committed, in order and once.
func TestLogHandsOverWhatIsCommitted(t *testing.T) {
	onLogs(t, 1, func(s *kvtest.Stage) {
		log, rf := s.Log(0), s.Server(0).(*listener).rf
		_, _, ok := rf.Start(letter{"too early"})
		require.False(s, ok)
		log.Lead(2)
		term, leads := rf.GetState()
		require.True(s, leads)
		require.Equal(s, 2, term)
		require.Equal(s, 3, start(s, 0, "a", "b", "c"))
		log.CommitTo(2)
		expectHeard(s, 0, "a at 1", "b at 2")
		log.Skip()
		require.Equal(s, 5, start(s, 0, "d"))
		log.Commit()
		expectHeard(s, 0, "a at 1", "b at 2", "c at 3", "d at 5")
		log.Depose()
		_, leads = rf.GetState()
		require.False(s, leads)
		require.Equal(s, raftapi.Nobody, rf.Leader())
	})
}

// A server that follows another has the other's log in place of its own.
func TestLogGivesWayToItsLeaders(t *testing.T) {
	onLogs(t, 2, func(s *kvtest.Stage) {
		one, other := s.Log(0), s.Log(1)
		one.Lead(1)
		start(s, 0, "a")
		one.Commit()
		other.Follow(one)
		start(s, 0, "lost", "lost, too")
		other.Lead(2)
		start(s, 1, "b")
		other.Commit()
		one.Follow(other)
		require.Equal(s, 2, one.Last())
		expectHeard(s, 0, "a at 1", "b at 2")
		expectHeard(s, 1, "a at 1", "b at 2")
		require.EqualValues(s, 1, s.Server(0).(*listener).rf.Leader())
	})
}

// A server that starts again has what is on its disk: a snapshot, and the
// entries behind it, of which nothing is committed.
func TestLogSurvivesACrash(t *testing.T) {
	onLogs(t, 1, func(s *kvtest.Stage) {
		log := s.Log(0)
		log.Lead(1)
		start(s, 0, "a", "b", "c", "d")
		log.CommitTo(3)
		expectHeard(s, 0, "a at 1", "b at 2", "c at 3")
		s.Server(0).(*listener).rf.Snapshot(2, []byte("ab"))
		before := s.Server(0).(*listener).rf
		s.Restart(0)
		index, length := log.Trimmed()
		require.Equal(s, 2, index)
		require.Equal(s, 2, length)
		_, leads := s.Server(0).(*listener).rf.GetState()
		require.False(s, leads)
		expectHeard(s, 0)
		log.Lead(2)
		_, _, ok := before.Start(letter{"of a life that is over"})
		require.False(s, ok)
		log.Commit()
		expectHeard(s, 0, "c at 3", "d at 4")
	})
}

// A server that takes over a snapshot is handed it before what follows.
func TestLogInstallsASnapshot(t *testing.T) {
	onLogs(t, 2, func(s *kvtest.Stage) {
		s.Log(0).Lead(1)
		start(s, 0, "a", "b", "c")
		s.Log(0).Commit()
		expectHeard(s, 0, "a at 1", "b at 2", "c at 3")
		s.Server(0).(*listener).rf.Snapshot(2, []byte("ab"))
		s.Log(1).Install(s.Log(0))
		expectHeard(s, 1, "ab up to 2", "c at 3")
		require.Equal(s, "ab", string(s.Net().Disk(1).ReadSnapshot()))
	})
}
