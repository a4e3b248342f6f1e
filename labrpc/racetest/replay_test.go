package racetest

import (
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

// A rumour is what machines tell each other.
type rumour struct {
	Text string
	Hops int
}

type thanks struct{ Known int }

// A gossip passes on what it hears, to peers that it chooses by lot.
type gossip struct {
	env *labrpc.Env

	mu    sync.Mutex
	heard []string // guarded by mu
}

func (g *gossip) Tell(args *rumour, reply *thanks) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.heard = append(g.heard, args.Text)
	g.env.Persister().Save([]byte(args.Text), nil)
	reply.Known = len(g.heard)
	g.env.Logf("heard %s", args.Text)
	if args.Hops > 0 {
		go g.tell(&rumour{args.Text + "+", args.Hops - 1})
	}
}

func (g *gossip) tell(r *rumour) {
	peers := g.env.Peers()
	var reply thanks
	peers[g.env.Rand().IntN(len(peers))].Call("gossip.Tell", r, &reply)
}

// gossiping runs five gossips, four of them on disks that take their time,
// under a scheduler and returns the steps taken
// and the hash of all events. say is what each of them begins with, every 10 ms.
func gossiping(t *testing.T, scheduler labrpc.Scheduler, seed uint64, say func(id labrpc.NodeID, round int) string) (steps []labrpc.Step, hash uint64) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	synctest.Test(t, func(t *testing.T) {
		log := trace.NewLog(trace.Header{Nodes: strings.Fields("a b c d e")}, trace.Options{})
		n := labrpc.New(labrpc.Config{
			Nodes: strings.Fields("a b c d e"), Seed: seed, Log: log, Record: true, Scheduler: scheduler, CallTimeout: 60 * time.Millisecond, Settle: synctest.Wait,
			Faults: &labrpc.Links{Default: labrpc.Link{
				Delay: labrpc.Uniform(0, 9*time.Millisecond), Loss: 0.1, Duplicate: 0.2, Reorder: 0.2, ReorderBy: labrpc.Fixed(5 * time.Millisecond),
			}},
		})
		for id := range labrpc.NodeID(5) {
			if id != 1 {
				n.SetDisk(id, labrpc.Disk{Latency: labrpc.Uniform(0, 4*time.Millisecond)})
			}
			n.Start(id, func(env *labrpc.Env) {
				g := &gossip{env: env}
				env.Serve(g)
				go func() {
					for round := range 20 {
						if text := say(id, round); text != "" {
							go g.tell(&rumour{text, 3})
						}
						env.Clock().Sleep(10 * time.Millisecond)
					}
				}()
			})
		}
		reached := n.CrashAt(4, labrpc.AfterSave(5))
		n.Sleep(50 * time.Millisecond)
		n.Crash(2)
		n.Partition([]labrpc.NodeID{0, 1}, []labrpc.NodeID{2, 3, 4})
		n.Sleep(50 * time.Millisecond)
		n.Restart(2)
		<-reached
		n.Restart(4)
		n.Heal()
		n.Sleep(200 * time.Millisecond)
		steps = n.Steps()
		n.Cleanup()
		hash = log.Hash()
		time.Sleep(time.Second) // the loops end
	})
	return steps, hash
}

func same(id labrpc.NodeID, round int) string {
	return string(rune('a'+id)) + string(rune('0'+round%10))
}

// The choices taken in one run, taken again, make the same run.
func TestReplayIsTheSameRun(t *testing.T) {
	for seed := range uint64(5) {
		steps, hash := gossiping(t, nil, seed, same)
		require.Greater(t, len(steps), 500)
		durable := slices.IndexFunc(steps, func(s labrpc.Step) bool { return s.Act == labrpc.Durable })
		require.Positive(t, durable)

		again := &labrpc.Replay{Steps: steps}
		taken, got := gossiping(t, again, seed, same)
		_, diverged := again.Diverged()
		require.False(t, diverged)
		require.Equal(t, steps, taken)
		require.Equal(t, hash, got, "seed %d", seed)
	}
}

// It is the steps that decide what happens, not the fault model: a message
// that arrived is lost if a step says so. What followed from it never comes,
// and the replay says where.
func TestReplayTakesTheStepsAsTheyAre(t *testing.T) {
	steps, _ := gossiping(t, nil, 1, same)
	first := slices.IndexFunc(steps, func(s labrpc.Step) bool { return s.Act == labrpc.Deliver })
	require.Positive(t, first)
	steps[first].Act = labrpc.Drop
	again := &labrpc.Replay{Steps: steps}
	taken, _ := gossiping(t, again, 1, same)
	require.Equal(t, labrpc.Drop, taken[first].Act)
	step, diverged := again.Diverged()
	require.True(t, diverged)
	require.Greater(t, step, first)
	require.Equal(t, steps[:step], taken[:step])
}

// A program that sends something else is found out, at the step that did not
// come up again.
func TestReplayTellsThatARunDiverged(t *testing.T) {
	steps, hash := gossiping(t, nil, 1, same)
	again := &labrpc.Replay{Steps: steps}
	taken, got := gossiping(t, again, 1, func(id labrpc.NodeID, round int) string {
		if id == 3 && round == 12 {
			return "" // says nothing, once
		}
		return same(id, round)
	})
	step, diverged := again.Diverged()
	require.True(t, diverged)
	require.NotEqual(t, hash, got)
	require.Positive(t, step)
	require.Equal(t, steps[:step], taken[:step], "until there, it was the same")
	require.GreaterOrEqual(t, steps[step].At, 120*time.Millisecond, "until its twelfth round, node 3 did the same")
}
