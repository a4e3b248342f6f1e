package racy

import (
	"flag"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

// seeds runs test with as many seeds as RACETEST_SEEDS says ("0 60": from 0,
// 60 of them), or with that of the flag.
func seeds(t *testing.T, test func(t *testing.T)) {
	var first, count int
	if _, err := fmt.Sscan(os.Getenv("RACETEST_SEEDS"), &first, &count); err != nil {
		test(t)
		return
	}
	for seed := first; seed < first+count; seed++ {
		require.NoError(t, flag.Set("sim.seed", fmt.Sprint(seed)))
		t.Run(fmt.Sprint(seed), test)
	}
}

// saw is a checker that reads all of every event.
type saw struct{ kinds map[trace.Kind]int }

func (s *saw) Observe(e *trace.Event) error {
	s.kinds[e.Kind]++
	switch p := e.Payload.(type) {
	case interface{ Text(int) string }:
		if p.Text(50) == "?" {
			return fmt.Errorf("no text of event %d", e.ID)
		}
	}
	if image, ok := e.Payload.(*labrpc.Image); ok && len(image.State()) != 16 {
		return fmt.Errorf("%d bytes saved", len(image.State()))
	}
	return nil
}

// busy runs members through every fault that there is.
func busy(t *testing.T, how ways) {
	simtest.Run(t, simtest.Options{
		Lab:   "racetest",
		Nodes: 5,
		Link: labrpc.Link{
			Delay: labrpc.Uniform(1*ms, 9*ms), Loss: 0.05, Duplicate: 0.1, Reorder: 0.1, ReorderBy: labrpc.Uniform(0, 30*ms),
		},
		CallTimeout: 100 * ms,
		Checkers:    []trace.Checker{&saw{make(map[trace.Kind]int)}},
		RealTime:    true,
	}, func(w *simtest.World) {
		net := w.Net()
		var mu sync.Mutex
		members := make(map[labrpc.NodeID]*member) // guarded by mu
		for id := range labrpc.NodeID(5) {
			net.SetClock(id, time.Duration(id)*ms, float64(id)*1e-4)
			if id > 0 {
				net.SetDisk(id, labrpc.Disk{Latency: labrpc.Uniform(0, 8*ms)})
			}
			net.Start(id, func(env *labrpc.Env) {
				m := startMember(env, how)
				mu.Lock()
				defer mu.Unlock()
				members[id] = m
			})
			w.Sleep(ms)
		}
		longest := func() (n int) {
			mu.Lock()
			defer mu.Unlock()
			for _, m := range members {
				n = max(n, m.length())
			}
			return n
		}
		w.Sleep(500 * ms)
		net.Partition([]labrpc.NodeID{0, 1}, []labrpc.NodeID{2, 3, 4})
		w.Sleep(200 * ms)
		net.Heal()
		for range 3 {
			id := labrpc.NodeID(w.Rand().IntN(5))
			net.Crash(id)
			w.Sleep(100 * ms)
			require.False(w, net.Up(id))
			before := net.Disk(id).ReadRaftState()
			require.Equal(w, before, net.Disk(id).ReadRaftState(), "what is down writes nothing")
			net.Restart(id)
			w.Sleep(50 * ms)
			net.Cut(id, (id+1)%5)
			w.Sleep(50 * ms)
			net.Mend(id, (id+1)%5)
		}
		for id, at := range []labrpc.CrashPoint{labrpc.BeforeSave(1), labrpc.AfterReply("", 1), labrpc.BeforeRequest("", 1)} {
			net.CrashAt(labrpc.NodeID(id), at)
		}
		w.Sleep(100 * ms)
		for id := range labrpc.NodeID(3) {
			if !net.Up(id) { // it may not have come to its point
				net.Restart(id)
			}
		}
		w.Check(&saw{make(map[trace.Kind]int)})
		var reply pollReply
		net.Ends(0)[1].Call("member.Poll", &pollArgs{Term: 1}, &reply)
		net.SetLink(2, 3, labrpc.Link{Delay: labrpc.Fixed(20 * ms), Duplicate: 1})
		w.Notef("longest %d", longest())
		w.Sleep(300 * ms)
		if c := net.Counts(); c.Total.Requests == 0 || c.Methods["member.Poll"].Requests == 0 {
			w.Failf("Busy", "nothing was sent: %v", c)
		}
		w.WaitFor("Busy", "a log of two", 20*time.Second, func() bool { return longest() >= 2 })
	})
}

// classic is the same through the classic interface, with the network that
// MakeNetwork makes.
func classic(t *testing.T) {
	simtest.Run(t, simtest.Options{Lab: "racetest", RealTime: true}, func(w *simtest.World) {
		net := labrpc.MakeNetwork()
		defer net.Cleanup()
		net.Reliable(false)
		net.LongReordering(true)
		disks := []*labrpc.Persister{labrpc.MakePersister(), labrpc.MakePersister()}
		serve := func(i int) {
			s := labrpc.MakeServer()
			s.AddService(labrpc.MakeService(&teller{disk: disks[i], total: make(map[int]int)}))
			net.AddServer(i, s)
		}
		for i := range disks {
			serve(i)
		}
		var wg sync.WaitGroup
		for c := range 6 {
			end := net.MakeEnd(c)
			net.Connect(c, c%2)
			net.Enable(c, true)
			wg.Go(func() {
				for i := range 4 {
					var reply voteReply
					args := voteArgs{Term: i, Candidate: c}
					end.Call("teller.Take", &args, &reply)
					args.Term++ // it is ours again
					time.Sleep(10*ms + time.Duration(c))
				}
			})
		}
		w.Sleep(200 * ms)
		net.Enable(3, false)
		net.DeleteServer(0)
		w.Sleep(100 * ms)
		disks[0] = disks[0].Copy()
		serve(0)
		net.Enable(3, true)
		wg.Wait()
		require.Positive(w, net.GetTotalCount())
		require.Positive(w, net.GetCount(1))
		require.Positive(w, net.GetTotalBytes())
	})
}

// A teller counts what it gets, under a lock.
type teller struct {
	mu    sync.Mutex
	disk  *labrpc.Persister
	total map[int]int
}

func (s *teller) Take(args *voteArgs, reply *voteReply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total[args.Candidate]++
	s.disk.Save(append(s.disk.ReadRaftState(), byte(args.Term)), nil)
	reply.Granted = s.total[args.Candidate]
}

// misuse fails, and no race is reported for it: what tells of a mistake
// crosses from goroutine to goroutine as well.
func misuse(t *testing.T) {
	simtest.Run(t, simtest.Options{Lab: "racetest", Nodes: 2, RealTime: true}, func(w *simtest.World) {
		for id := range labrpc.NodeID(2) {
			w.Net().Start(id, func(env *labrpc.Env) {
				env.Serve(&clumsy{})
				go func() {
					switch id {
					case 0:
						env.Peers()[1].Call("clumsy.Panic", &voteArgs{}, &voteReply{})
					case 1:
						time.Sleep(ms)
						env.Peers()[0].Call("clumsy.Nothing", &voteArgs{}, &voteReply{})
					}
				}()
			})
		}
		w.Sleep(10 * ms)
	})
}

type clumsy struct{}

func (clumsy) Panic(args *voteArgs, reply *voteReply) { panic(fmt.Sprint("no ", args)) }

func TestCleanMembers(t *testing.T) { seeds(t, func(t *testing.T) { busy(t, byEnv) }) }
func TestCleanClassic(t *testing.T) { seeds(t, classic) }
func TestCleanMisuse(t *testing.T)  { seeds(t, misuse) }

func TestSameByEnv(t *testing.T)        { busy(t, byEnv) }
func TestSameByGlobalRand(t *testing.T) { busy(t, byGlobalRand) }
func TestSameByTimeSleep(t *testing.T)  { busy(t, byTimeSleep) }
