package labrpc

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The pending set gives its choices by time, and of one instant in the order
// in which they came, whatever is taken out in between.
func TestPendingGoesByTimeThenByArrival(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var p Pending
	var in []*Choice
	last := Choice{At: -1}
	for range 5000 {
		switch {
		case rnd.IntN(3) > 0 || len(in) == 0:
			c := &Choice{At: last.At + time.Duration(rnd.IntN(20))}
			p.add(c)
			in = append(in, c)
		case rnd.IntN(4) == 0:
			i := rnd.IntN(len(in))
			p.remove(in[i])
			p.remove(in[i]) // a second time does nothing
			in = append(in[:i], in[i+1:]...)
		default:
			c := p.Earliest()
			require.False(t, c.At < last.At || c.At == last.At && c.seq < last.seq && last.index < 0, "%v after %v", c, last)
			p.remove(c)
			last = *c
			for i := range in {
				if in[i] == c {
					in = append(in[:i], in[i+1:]...)
					break
				}
			}
		}
		require.Equal(t, len(in), p.Len())
	}
}

func TestByTimeWaitsUntilSomethingIsDue(t *testing.T) {
	var p Pending
	require.Equal(t, Decision{}, ByTime{}.Next(5, &p))
	c := &Choice{Act: Deliver, At: 10}
	p.add(c)
	require.Equal(t, Decision{Until: 10}, ByTime{}.Next(5, &p))
	require.Equal(t, Decision{Take: c, Act: Deliver}, ByTime{}.Next(10, &p))
}
