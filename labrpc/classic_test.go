package labrpc_test

import (
	"bytes"
	"encoding/gob"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
)

// classic makes a network as the classic labs do: a server named 99 and an
// end that is connected to it and enabled.
func classic(t *testing.T, body func(w *simtest.World, net *labrpc.Network, d *desk, end *labrpc.ClientEnd)) {
	t.Helper()
	limits := simtest.Limits{Virtual: time.Hour}
	simtest.Run(t, simtest.Options{Limits: limits}, func(w *simtest.World) {
		net := labrpc.MakeNetwork()
		defer net.Cleanup()
		d := &desk{w: w}
		server := labrpc.MakeServer()
		server.AddService(labrpc.MakeService(d))
		net.AddServer(99, server)
		end := net.MakeEnd("end1-99")
		net.Connect("end1-99", 99)
		net.Enable("end1-99", true)
		body(w, net, d, end)
	})
}

func TestClassicReliableIsInstant(t *testing.T) {
	classic(t, func(w *simtest.World, net *labrpc.Network, d *desk, end *labrpc.ClientEnd) {
		for n := range 100 {
			ok, took := ask(w, end, n)
			require.True(w, ok)
			require.Zero(w, took)
		}
		require.Equal(w, 100, net.GetCount(99))
		require.Equal(w, 100, net.GetTotalCount())
	})
}

// Bytes are counted as a fresh gob encoder would write each message.
func TestClassicCountsBytesAsGob(t *testing.T) {
	classic(t, func(w *simtest.World, net *labrpc.Network, d *desk, end *labrpc.ClientEnd) {
		ask(w, end, 7)
		var buf bytes.Buffer
		require.NoError(w, gob.NewEncoder(&buf).Encode(&Slip{7}))
		require.EqualValues(w, 2*buf.Len(), net.GetTotalBytes())
	})
}

func TestClassicUnreliableLosesATenthEachWayAtOnce(t *testing.T) {
	classic(t, func(w *simtest.World, net *labrpc.Network, d *desk, end *labrpc.ClientEnd) {
		net.Reliable(false)
		good := 0
		var slowest time.Duration
		for n := range 4000 {
			ok, took := ask(w, end, n)
			if ok {
				good++
			}
			slowest = max(slowest, took)
		}
		require.InDelta(w, 3240, good, 125) // 0.81 × 4000, σ = 25
		require.InDelta(w, 3600, len(d.asked()), 95)
		require.LessOrEqual(w, slowest, 26*time.Millisecond+2)
		require.Greater(w, slowest, 25*time.Millisecond)
	})
}

func TestClassicLongReorderingHoldsTwoRepliesInThree(t *testing.T) {
	classic(t, func(w *simtest.World, net *labrpc.Network, d *desk, end *labrpc.ClientEnd) {
		net.LongReordering(true)
		late := 0
		for n := range 1500 {
			ok, took := ask(w, end, n)
			require.True(w, ok)
			if took > 0 {
				late++
				require.GreaterOrEqual(w, took, 200*time.Millisecond)
				require.LessOrEqual(w, took, 2200*time.Millisecond+2)
			}
		}
		require.InDelta(w, 1000, late, 90) // σ = 18
	})
}

// An end that is not enabled, or a server that is not there, answers false
// after up to 100 ms, or up to 7 s with long delays.
func TestClassicUnreachable(t *testing.T) {
	for name, cutOff := range map[string]func(net *labrpc.Network){
		"not enabled": func(net *labrpc.Network) { net.Enable("end1-99", false) },
		"deleted":     func(net *labrpc.Network) { net.DeleteServer(99) },
	} {
		for _, long := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				classic(t, func(w *simtest.World, net *labrpc.Network, d *desk, end *labrpc.ClientEnd) {
					net.LongDelays(long)
					cutOff(net)
					most := 100 * time.Millisecond
					if long {
						most = 7 * time.Second
					}
					var waits []time.Duration
					for n := range 200 {
						ok, took := ask(w, end, n)
						require.False(w, ok)
						waits = append(waits, took)
					}
					require.Empty(w, d.asked())
					require.LessOrEqual(w, slices.Max(waits), most+2)
					require.Greater(w, slices.Max(waits), most*9/10)
					require.Less(w, slices.Min(waits), most/10)
				})
			})
		}
	}
}

// A server that is deleted while its handler runs does not reply, and the
// caller learns of it at once.
func TestClassicDeletedServerDoesNotReply(t *testing.T) {
	classic(t, func(w *simtest.World, net *labrpc.Network, d *desk, end *labrpc.ClientEnd) {
		d.takes(50 * time.Millisecond)
		go func() {
			w.Sleep(20 * time.Millisecond)
			net.DeleteServer(99)
		}()
		ok, took := ask(w, end, 1)
		require.False(w, ok)
		require.InDelta(w, 50*time.Millisecond, took, 5)
	})
}

func TestClassicServerIsReplaced(t *testing.T) {
	classic(t, func(w *simtest.World, net *labrpc.Network, d *desk, end *labrpc.ClientEnd) {
		ask(w, end, 1)
		second := &desk{w: w}
		server := labrpc.MakeServer()
		server.AddService(labrpc.MakeService(second))
		net.AddServer(99, server)
		ask(w, end, 2)
		require.Equal(w, []int{1}, d.asked())
		require.Equal(w, []int{2}, second.asked())
		require.Equal(w, 1, net.GetCount(99))
	})
}

// The API of the classic labs' network, as code written for it uses it.
var (
	_ func() *labrpc.Network                         = labrpc.MakeNetwork
	_ func() *labrpc.Server                          = labrpc.MakeServer
	_ func(any) *labrpc.Service                      = labrpc.MakeService
	_ func() *labrpc.Persister                       = labrpc.MakePersister
	_ func(*labrpc.Server, *labrpc.Service)          = (*labrpc.Server).AddService
	_ func(*labrpc.Server) int                       = (*labrpc.Server).GetCount
	_ func(*labrpc.ClientEnd, string, any, any) bool = (*labrpc.ClientEnd).Call
	_ interface {
		MakeEnd(name any) *labrpc.ClientEnd
		Connect(end, server any)
		Enable(end any, enabled bool)
		Reliable(yes bool)
		LongDelays(yes bool)
		LongReordering(yes bool)
		AddServer(name any, server *labrpc.Server)
		DeleteServer(name any)
		GetCount(name any) int
		GetTotalCount() int
		GetTotalBytes() int64
		Cleanup()
	} = (*labrpc.Network)(nil)
	_ interface {
		Save(state, snapshot []byte)
		ReadRaftState() []byte
		ReadSnapshot() []byte
		RaftStateSize() int
		SnapshotSize() int
		Copy() *labrpc.Persister
	} = (*labrpc.Persister)(nil)
)
