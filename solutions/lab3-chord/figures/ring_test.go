package figures_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"

	chord "distlabs/solutions/lab3-chord"
)

const ringMS = time.Millisecond

// A ring is nodes of the reference on the simulated network, in virtual time.
// Machine i is nodes[i].
type ring struct {
	net     *labrpc.Network
	options chordapi.RingOptions
	nodes   []*chord.Chord
	up      []bool
	members []chordapi.Contact // those that formed it, in ascending order
	rand    *rand.Rand
}

// onRing runs body on a ring that so many nodes have formed, with more machines
// beside it that run and are in no ring. Each message takes as long as link
// says.
func onRing(t *testing.T, size, more int, o chordapi.RingOptions, link labrpc.Link, body func(r *ring)) {
	t.Helper()
	synctest.Test(t, func(*testing.T) {
		seed := uint64(size)<<32 | uint64(more)
		r := &ring{options: o, nodes: make([]*chord.Chord, size+more), up: make([]bool, size+more), rand: rand.New(rand.NewPCG(seed, 3))}
		r.net = labrpc.New(labrpc.Config{Nodes: make([]string, size+more), Seed: seed, Settle: synctest.Wait,
			Faults: &labrpc.Links{Default: link}, CallTimeout: 500 * ringMS, OnProblem: func(p labrpc.Problem) { panic(p.Text) }})
		for i := range size {
			r.members = append(r.members, chordapi.Contact{ID: chord.Hash(chordapi.Address(labrpc.NodeID(i)), o.Bits), Machine: labrpc.NodeID(i)})
		}
		slices.SortFunc(r.members, func(a, b chordapi.Contact) int { return a.ID.Compare(b.ID) })
		for i := range r.nodes {
			r.net.Start(labrpc.NodeID(i), func(env *labrpc.Env) {
				r.nodes[i], r.up[i] = chord.NewChord(env, o), true
				env.Serve(r.nodes[i])
				if i < size && env.Life() == 1 {
					r.nodes[i].Form(r.members)
				}
			})
		}
		body(r)
		r.net.Kill()
		r.net.Cleanup()
		time.Sleep(2*o.Stabilise + time.Second) // for what sleeps
	})
}

// wholeRing has identifiers of 160 bits and successor lists of that length.
func wholeRing(successors int) chordapi.RingOptions {
	return chordapi.RingOptions{Bits: chordapi.MaxBits, Successors: successors}
}

// everyMessage takes d.
func everyMessage(d time.Duration) labrpc.Link { return labrpc.Link{Delay: labrpc.Fixed(d)} }

func (r *ring) id() chordapi.ID { return anyID(r.rand) }

func anyID(r *rand.Rand) chordapi.ID {
	return chordapi.ID{Hi: r.Uint32(), Mid: r.Uint64(), Lo: r.Uint64()}
}

// any returns a node that runs, of the first so many machines.
func (r *ring) any(of int) *chord.Chord {
	for {
		if i := r.rand.IntN(of); r.up[i] {
			return r.nodes[i]
		}
	}
}

// fail lets each node die with probability p.
func (r *ring) fail(p float64) {
	for i := range r.members {
		if r.rand.Float64() < p {
			r.up[i] = false
			r.net.Crash(labrpc.NodeID(i))
		}
	}
}

// owner returns the member in charge of id, of those for which in is true.
func (r *ring) owner(id chordapi.ID, in func(labrpc.NodeID) bool) labrpc.NodeID {
	first, _ := slices.BinarySearchFunc(r.members, id, func(m chordapi.Contact, id chordapi.ID) int { return m.ID.Compare(id) })
	for i := range r.members {
		if m := r.members[(first+i)%len(r.members)]; in(m.Machine) {
			return m.Machine
		}
	}
	panic("nobody is left")
}

func (r *ring) lives(p labrpc.NodeID) bool { return r.up[p] }

// all lets every node that runs do something, all at the same time.
func (r *ring) all(act func(n *chord.Chord)) {
	var done sync.WaitGroup
	for i, n := range r.nodes {
		if r.up[i] {
			done.Go(func() { act(n) })
		}
	}
	done.Wait()
}

// calls returns how many requests have been sent.
func (r *ring) calls() int64 { return r.net.Counts().Total.Requests }

// A sample is numbers that were measured, in ascending order.
type sample []float64

func newSample[T int | int64 | float64](values []T) (s sample) {
	for _, v := range values {
		s = append(s, float64(v))
	}
	slices.Sort(s)
	return s
}

func (s sample) mean() (mean float64) {
	for _, v := range s {
		mean += v / float64(len(s))
	}
	return mean
}

// standardError is that of the mean.
func (s sample) standardError() float64 {
	mean, squares := s.mean(), 0.0
	for _, v := range s {
		squares += (v - mean) * (v - mean)
	}
	return math.Sqrt(squares/float64(len(s)-1)) / math.Sqrt(float64(len(s)))
}

// quantile is the smallest value that a share q of all does not exceed.
func (s sample) quantile(q float64) float64 {
	return s[max(0, int(math.Ceil(q*float64(len(s))-1e-9))-1)]
}

func near(got, want, by float64) bool { return math.Abs(got-want) <= by }

// slope is that of the straight line with the least squares through points.
func slope(x, y []float64) float64 {
	mx, my := sample(x).mean(), sample(y).mean()
	var above, below float64
	for i := range x {
		above += (x[i] - mx) * (y[i] - my)
		below += (x[i] - mx) * (x[i] - mx)
	}
	return above / below
}

func TestSamples(t *testing.T) {
	s := newSample([]int{4, 1, 3, 2})
	require.Equal(t, 2.5, s.mean())
	require.InDelta(t, 0.6455, s.standardError(), 1e-4)
	for q, want := range map[float64]float64{0.01: 1, 0.25: 1, 0.26: 2, 0.5: 2, 0.99: 4, 1: 4} {
		require.Equal(t, want, s.quantile(q), "%v", q)
	}
	require.InDelta(t, 0.5, slope([]float64{3, 4, 5}, []float64{1.5, 2, 2.5}), 1e-12)
}

// pick is what a full run takes, or a quick one.
func pick[T any](long, quick T) T {
	if *full {
		return long
	}
	return quick
}

// must is for what cannot fail but by a mistake: in virtual time no test ends.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
