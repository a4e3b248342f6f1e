package figures_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/bits"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/lab3-chord/chordapi"
	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
	"distlabs/solutions/plot"
	"distlabs/solutions/plot/plottest"

	chord "distlabs/solutions/lab3-chord"
)

// swarmLimits let a swarm be as large as it needs.
var swarmLimits = simtest.Limits{Virtual: time.Hour, Real: 20 * time.Minute, Events: 1 << 32}

// swarm runs body on a swarm of its own, whose seed its name decides.
func swarm(t *testing.T, name string, crowd chordtest.Crowd, body func(s *chordtest.Swarm)) {
	t.Helper()
	crowd.Limits = swarmLimits
	t.Run(name, func(t *testing.T) { chordtest.RunSwarm(t, chord.NewTracker, chord.NewTorrent, crowd, body) })
}

// numbers are those of peers from first to last.
func numbers(first, last int) (out []labrpc.NodeID) {
	for p := first; p <= last; p++ {
		out = append(out, labrpc.NodeID(p))
	}
	return out
}

// complete runs a swarm of one seed and so many others until all have the file,
// and returns how long that took, in times of sending a chunk.
func complete(t *testing.T, name string, leechers, chunks int) (took float64) {
	crowd := chordtest.Crowd{Peers: 1 + leechers, Chunks: chunks, Seeds: numbers(1, 1)}
	swarm(t, name, crowd, func(s *chordtest.Swarm) {
		s.WaitForFile(chordtest.SwarmFinishes, 20*s.Bound(), numbers(2, 1+leechers)...)
		took = float64(s.Now()) / float64(s.Options.Uplink)
	})
	return took
}

// spread is the mean and the extremes of a few measurements.
func spread(values []float64, format string) string {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return fmt.Sprintf(format+" ("+format+" to "+format+")", sum/float64(len(values)), slices.Min(values), slices.Max(values))
}

// repeats is how often a figure measures the same.
func repeats(many int) int {
	if *full {
		return many
	}
	return 1
}

// completions are the swarms whose time is measured: peers without the file, and
// chunks.
var completions = [][2]int{{5, 100}, {10, 100}, {20, 100}, {50, 100}, {100, 100}, {5, 400}, {10, 400}, {20, 400}, {50, 400}, {20, 25}, {20, 50}, {20, 200}}

// The time until all have the file, where all lines are alike, beside the least
// that it can be: max{F/us, NF/(us+Σu)}, which is F here, whatever N is. Beside
// it is M + floor(log2 N), which the best schedule takes that moves whole chunks
// in rounds. (Kumar and Ross 2006; Mundinger, Weber and Weiss 2008)
func TestFigureCompletion(t *testing.T) {
	cases := completions
	if !*full {
		cases = [][2]int{{5, 50}}
	}
	tab := &table{title: "Time until all of N peers have a file of M chunks, which one seed had; all lines carry a chunk in the same time, which is 1",
		notes: []string{"In brackets: of five swarms, the fastest and the slowest.",
			"A peer decides every 20 of these times whom it lets download, and hears of chunks up to 2 of them late. That is what short files and many peers pay for."}}
	var curve strings.Builder
	for _, c := range cases {
		n, m := c[0], c[1]
		bound := float64(chordtest.SwarmBound(m, 1, n, time.Second)) / float64(time.Second)
		rounds := float64(m + bits.Len(uint(n)) - 1)
		var times, ratios, beside []float64
		for i := range repeats(5) {
			took := complete(t, fmt.Sprintf("N=%d M=%d %d", n, m, i), n, m)
			require.GreaterOrEqual(t, took, rounds, "no swarm can be that fast")
			times, ratios, beside = append(times, took), append(ratios, took/bound), append(beside, took/rounds)
		}
		tab.add(fmt.Sprintf("N=%d M=%d", n, m), fmt.Sprintf("≥ %.0f [S]", bound), spread(times, "%.0f"), judge(slices.Min(ratios) >= 1))
		tab.add("", "≤ 1.5 × that (chosen)", spread(ratios, "%.2f"), judge(slices.Max(ratios) <= 1.5))
		tab.add("", fmt.Sprintf("%.0f rounds [M], ≤ 1.5 ×", rounds), spread(beside, "%.2f"), judge(slices.Max(beside) <= 1.5))
		fmt.Fprintf(&curve, "%d\t%d\t%.4f\n", n, m, mean(ratios))
	}
	if *full {
		keep(t, "completion.txt", tab.String())
		keep(t, "completion.tsv", curve.String())
	}
}

// Time until all have the file, for the handout.
func TestHandoutSwarm(t *testing.T) {
	text, err := os.ReadFile("testdata/completion.tsv")
	require.NoError(t, err)
	series := []plot.Series{{Name: "100 chunks"}, {Name: "400 chunks"}}
	for line := range strings.Lines(string(text)) {
		var n, m int
		var ratio float64
		_, err := fmt.Sscanf(line, "%d %d %f", &n, &m, &ratio)
		require.NoError(t, err)
		for i, chunks := range []int{100, 400} {
			if m == chunks {
				point := plot.Point{float64(n), ratio}
				series[i].Line, series[i].Dots = append(series[i].Line, point), append(series[i].Dots, point)
			}
		}
	}
	show := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	handout(t, "lab3-swarm", "time until all have the file, in times of the least that it can be",
		plot.Panel{Title: "Time until all have the file", Series: series,
			X: plot.Axis{Name: "peers that want the file of one seed", Low: 4, High: 120, Log: true, Ticks: []float64{5, 10, 20, 50, 100}, Show: show},
			Y: plot.Axis{Name: "times the bound", Low: 0, High: 2, Ticks: []float64{0, 0.5, 1, 1.5, 2}, Show: show}})
}

// Whom a peer lets download, for the handout.
func TestHandoutChoke(t *testing.T) {
	crowd := chordtest.Crowd{Peers: 7, Chunks: 400, Held: map[labrpc.NodeID][]int{1: {0}}, Played: numbers(2, 7)}
	for _, p := range crowd.Played {
		for i := 1; i < crowd.Chunks; i++ {
			crowd.Held[p] = append(crowd.Held[p], i)
		}
	}
	var r plot.Record
	chordtest.RunSwarm(t, chord.NewTracker, chord.NewTorrent, crowd, func(s *chordtest.Swarm) {
		s.Check(&r)
		for _, p := range crowd.Played {
			s.Play(p).ShakeHands(1)
			switch {
			case p <= 4:
				s.Play(p).Pace(time.Second)
			case p <= 6:
				s.Play(p).Pace(4 * time.Second)
			}
			if p <= 6 {
				s.Play(p).SayUnchoke(1)
			}
		}
		s.Sleep(2 * time.Minute)
	})
	const first = 2 // the lane of peer 2 is the first
	for i := range r.Events {
		r.Events[i].Node -= first
	}
	d := plot.Diagram{Title: "which neighbours may download from peer 1", Until: 2 * time.Minute,
		Lanes: []string{"2, fast", "3, fast", "4, fast", "5, slow", "6, slow", "7, nothing"},
		Bar: func(e trace.Event) (begins, ends bool) {
			arrives := e.Kind == trace.Deliver && !e.Reply && e.From == 1
			return arrives && e.Method == "Torrent.Unchoke", arrives && e.Method == "Torrent.Choke"
		}}
	plottest.Figure(t, "lab3-chord", "lab3-choke", d.Draw(r.Events))
}

// What those get who upload nothing, as a share of what each of the others gets,
// where the only seed has a line like everybody. (Qiu and Srikant 2004)
func TestFigureFreeRider(t *testing.T) {
	cases := []struct{ leechers, riders int }{{20, 1}, {30, 1}, {30, 3}, {50, 5}}
	if !*full {
		cases = cases[:1]
	}
	tab := &table{title: "What a peer gets that uploads nothing, as a share of what another gets, with three slots and one for luck",
		notes: []string{"Five minutes, from which the first one is left out; in brackets: of five swarms, the least and the most. All know all."}}
	for _, c := range cases {
		var shares []float64
		for i := range repeats(5) {
			shares = append(shares, share(t, fmt.Sprintf("riders %d of %d %d", c.riders, c.leechers+c.riders, i), c.leechers, c.riders))
		}
		tab.add(fmt.Sprintf("%d beside %d", c.riders, c.leechers), "1/(slots+1) = 0.25, 0.10 to 0.35 [M]", spread(shares, "%.2f"),
			judge(0.10 <= mean(shares) && mean(shares) <= 0.35))
	}
	if *full {
		keep(t, "freerider.txt", tab.String())
	}
}

func mean(values []float64) (sum float64) {
	for _, v := range values {
		sum += v / float64(len(values))
	}
	return sum
}

// share measures one swarm, in which each that uploads has half of the file at
// the start.
func share(t *testing.T, name string, leechers, riders int) (out float64) {
	o := chordapi.UsualSwarm()
	o.View, o.Uplink, o.Tell = 100, time.Second, 5*time.Second
	all := 1 + leechers + riders
	crowd := chordtest.Crowd{Peers: all, Chunks: 1200, Seeds: numbers(1, 1), Played: numbers(2+leechers, all),
		Held: make(map[labrpc.NodeID][]int), Options: o}
	for _, p := range numbers(2, 1+leechers) {
		for i := range crowd.Chunks {
			if (i+int(p))%4 < 2 {
				crowd.Held[p] = append(crowd.Held[p], i)
			}
		}
	}
	swarm(t, name, crowd, func(s *chordtest.Swarm) {
		for _, p := range crowd.Played {
			s.Play(p).FreeRide()
		}
		got := func(peers []labrpc.NodeID) (sum float64) {
			for _, p := range peers {
				sum += float64(s.Got(p)) / float64(len(peers))
			}
			return sum
		}
		others := numbers(2, 1+leechers)
		s.Sleep(time.Minute)
		riderBefore, otherBefore := got(crowd.Played), got(others)
		s.Sleep(4 * time.Minute)
		out = (got(crowd.Played) - riderBefore) / (got(others) - otherBefore)
	})
	return out
}

// varianceFlag is for a run that TestFigureRarestFirst starts.
var varianceFlag = flag.Int("variance", 0, "print the variances of so many swarms")

// TestVariance prints, for each of a few swarms, the variance of how many copies
// of each chunk there are, on average over the time until all have the file.
func TestVariance(t *testing.T) {
	for i := range *varianceFlag {
		fmt.Printf("variance %.4f\n", variance(t, fmt.Sprintf("swarm %d", i)))
	}
}

func variance(t *testing.T, name string) (out float64) {
	crowd := chordtest.Crowd{Peers: 21, Chunks: 100, Seeds: numbers(1, 1)}
	swarm(t, name, crowd, func(s *chordtest.Swarm) {
		looks := 0
		for ; ; s.Sleep(time.Second) {
			var copies []float64
			for _, n := range s.Copies() {
				copies = append(copies, float64(n))
			}
			if slices.Min(copies) == float64(crowd.Peers-1) {
				break
			}
			average := mean(copies)
			for i := range copies {
				copies[i] = (copies[i] - average) * (copies[i] - average)
			}
			out += mean(copies)
			looks++
		}
		out /= float64(looks)
	})
	return out
}

// Rarest first against any first: how evenly chunks are spread. (Legout,
// Urvoy-Keller and Michiardi 2006) A swarm that takes any runs in a process of
// its own, on a reference in which one line is another.
func TestFigureRarestFirst(t *testing.T) {
	runs := 4
	if *full {
		runs = 100
	}
	var rarest []float64
	for i := range runs {
		rarest = append(rarest, variance(t, fmt.Sprintf("swarm %d", i)))
	}
	any := withoutRarity(t, runs)
	lower := 0
	for i := range rarest {
		if rarest[i] < any[i] {
			lower++
		}
	}
	tab := &table{title: "How unevenly 100 chunks are spread among 20 peers: the variance of the number of copies, on average over time"}
	tab.add("rarest first", "\"close to ideal diversity\" [V]", spread(rarest, "%.2f"), notJudged)
	tab.add("any first", "", spread(any, "%.2f"), notJudged)
	tab.add("rarest lower", "≥ 95 % of swarms (chosen)", fmt.Sprintf("%d of %d", lower, runs), judge(100*lower >= 95*runs))
	require.Less(t, mean(rarest), mean(any))
	if *full {
		require.GreaterOrEqual(t, 100*lower, 95*runs)
		keep(t, "rarest.txt", tab.String())
	}
}

// withoutRarity returns what TestVariance prints where all chunks are as rare as
// each other.
func withoutRarity(t *testing.T, runs int) (out []float64) {
	const counts = "\tt.rarity[i]++\n"
	file, err := filepath.Abs("../neighbours.go")
	require.NoError(t, err)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(text), counts), "the line that counts copies")
	changed := filepath.Join(t.TempDir(), "neighbours.go")
	blind := strings.ReplaceAll(strings.Replace(string(text), counts, "", 1), "t.rarity[i]--\n", "_ = i\n")
	require.NoError(t, os.WriteFile(changed, []byte(blind), 0o644))
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {file: changed}})
	require.NoError(t, err)
	config := filepath.Join(t.TempDir(), "overlay.json")
	require.NoError(t, os.WriteFile(config, overlay, 0o644))

	said, err := exec.Command("go", "test", "-overlay", config, ".", "-run", "^TestVariance$", "-v", "-timeout", "1h", "-args", "-variance", fmt.Sprint(runs)).CombinedOutput()
	require.NoError(t, err, "%s", said)
	for line := range strings.Lines(string(said)) {
		var v float64
		if n, _ := fmt.Sscanf(line, "variance %f", &v); n == 1 {
			out = append(out, v)
		}
	}
	require.Len(t, out, runs)
	return out
}

// A thousand peers and a thousand chunks, without a judge: whether it ends, and
// what it takes.
func TestFigureThousand(t *testing.T) {
	leechers, chunks := 60, 60
	if *full {
		leechers, chunks = 999, 1000
	}
	o := chordapi.UsualSwarm()
	o.View, o.Uplink = 20, 100*time.Millisecond
	began := time.Now()
	took, calls := flashCrowd(t, leechers, chunks, o)
	real := time.Since(began)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	bound := chordtest.SwarmBound(chunks, 1, leechers, o.Uplink)
	require.GreaterOrEqual(t, took, bound)
	t.Logf("a seed and %d others, %d chunks, %v for each on each line: all have the file after %.1f s of virtual time, %.2f × the bound of %.1f s; %d calls, %.0f s of real time, %d MiB",
		leechers, chunks, o.Uplink, took.Seconds(), float64(took)/float64(bound), bound.Seconds(), calls, real.Seconds(), m.Sys>>20)
}

// flashCrowd lets so many join at once, and returns how long it takes until all
// have the file, and how many calls.
func flashCrowd(t *testing.T, leechers, chunks int, o chordapi.SwarmOptions) (took time.Duration, calls int64) {
	meta, file := chordtest.NewFile("film", chunks)
	machines := []string{"tracker"}
	for p := range 1 + leechers {
		machines = append(machines, fmt.Sprintf("peer %d", p+1))
	}
	synctest.Test(t, func(t *testing.T) {
		n := labrpc.New(labrpc.Config{Nodes: machines, Settle: synctest.Wait, CallTimeout: 2*time.Second + 16*o.Uplink,
			OnProblem: func(p labrpc.Problem) { panic(p.Text) }})
		n.SetLinks(labrpc.Link{Delay: labrpc.Uniform(10*time.Millisecond, 50*time.Millisecond)})
		n.Start(0, func(env *labrpc.Env) { env.Serve(chord.NewTracker(env, o)) })
		peers := make([]*chord.Torrent, 1+leechers)
		for p := range peers {
			n.Start(labrpc.NodeID(p+1), func(env *labrpc.Env) {
				var has [][]byte
				if p == 0 {
					has = file
				}
				peers[p] = chord.NewTorrent(env, meta, has, o)
				env.Serve(peers[p])
				peers[p].Start()
			})
		}
		lacks := func(p *chord.Torrent) bool { return p.Missing() > 0 }
		for slices.ContainsFunc(peers, lacks) {
			require.Less(t, n.Now(), time.Hour)
			n.Sleep(time.Second)
		}
		took, calls = n.Now(), int64(n.Counts().Total.Requests)
		n.Kill()
		n.Cleanup()
		time.Sleep(30 * time.Second)
	})
	return took, calls
}
