package labrpc

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const ms = time.Millisecond

// draws draws 50,000 times.
func draws(d Delay, seed uint64) []time.Duration {
	out := make([]time.Duration, 50_000)
	for i := range out {
		c := newChance(seed, uint64(i))
		out[i] = d.draw(&c)
	}
	return out
}

// moments returns the mean and the standard deviation, in milliseconds.
func moments(drawn []time.Duration) (mean, deviation float64) {
	var sum, squares float64
	for _, d := range drawn {
		x := float64(d) / float64(ms)
		sum += x
		squares += x * x
	}
	n := float64(len(drawn))
	return sum / n, math.Sqrt(squares/n - sum/n*sum/n)
}

// Mean, deviation and shape are those of the distributions. The standard
// error of the mean of 50,000 draws is their deviation/223, and that of an
// exponential deviation is 0.6 % of it; the bounds are five of these.
func TestDelaysAreDistributedAsTheySay(t *testing.T) {
	normalShare := func(z float64) float64 { return (1 + math.Erf(z/math.Sqrt2)) / 2 }
	for _, c := range []struct {
		d               Delay
		text            string
		mean, deviation float64
		below           func(x float64) float64 // the share that is below x ms
	}{
		{Fixed(7 * ms), "7ms", 7, 0, nil},
		{Uniform(2*ms, 8*ms), "2ms–8ms", 5, 6 / math.Sqrt(12), func(x float64) float64 { return min(max((x-2)/6, 0), 1) }},
		{Normal(50*ms, 5*ms), "50ms ± 5ms", 50, 5, func(x float64) float64 { return normalShare((x - 50) / 5) }},
		{Exponential(4 * ms), "exponential, 4ms on average", 4, 4, func(x float64) float64 { return 1 - math.Exp(-x/4) }},
		// Half of it is cut: what is left is 0 or half-normal.
		{Normal(0, 10*ms), "0s ± 10ms", 10 / math.Sqrt(2*math.Pi), 10 * math.Sqrt(0.5-1/(2*math.Pi)), func(x float64) float64 { return normalShare(x / 10) }},
	} {
		t.Run(c.text, func(t *testing.T) {
			require.Equal(t, c.text, c.d.String())
			for seed := range uint64(3) {
				drawn := draws(c.d, seed)
				mean, deviation := moments(drawn)
				require.InDelta(t, c.mean, mean, 5*c.deviation/223+1e-9)
				require.InDelta(t, c.deviation, deviation, 0.03*c.deviation+1e-6)
				slices.Sort(drawn)
				require.GreaterOrEqual(t, drawn[0], c.d.Min)
				require.LessOrEqual(t, drawn[len(drawn)-1], c.d.Max)
				if c.below == nil {
					continue
				}
				// Kolmogorov-Smirnov: the shares differ by 0.012 at most, but once in a million.
				for i := 0; i < len(drawn); i += 50 {
					if drawn[i] > 0 {
						require.InDelta(t, c.below(float64(drawn[i])/float64(ms)), float64(i)/float64(len(drawn)), 0.012, "%v", drawn[i])
					}
				}
			}
		})
	}
}

func TestDelayBoundsAreKept(t *testing.T) {
	require.Equal(t, Delay{}, Fixed(0))
	require.Equal(t, "0s", Delay{}.String())
	for _, d := range []Delay{{}, Fixed(0), Uniform(0, 0), Normal(0, 0), Exponential(0)} {
		c := newChance(1)
		require.Zero(t, d.draw(&c), "%v", d)
		require.Equal(t, newChance(1), c, "what is certain draws no chance")
	}
	require.Equal(t, 60*ms, Normal(10*ms, 5*ms).Max)
	require.Zero(t, Normal(10*ms, 5*ms).Min)
	require.Equal(t, 5*ms, Normal(10*ms, 500*time.Microsecond).Min)
	require.Equal(t, 80*ms, Exponential(4*ms).Max)
	c := newChance(1)
	require.Equal(t, 7*ms, Normal(7*ms, 0).draw(&c))
}

// A seed draws the same delays everywhere: these were drawn once, on amd64.
func TestDrawsAreTheSameEverywhere(t *testing.T) {
	var got []time.Duration
	for _, d := range []Delay{Uniform(0, time.Second), Normal(time.Second, 100*ms), Exponential(time.Second)} {
		c := newChance(1, 2, 3)
		got = append(got, d.draw(&c), d.draw(&c))
	}
	require.Equal(t, []time.Duration{955011976, 667456538, 1231317452, 995112775, 680883272, 360310}, got)
}
