package electiontest

import (
	"math/rand/v2"
	"time"

	"distlabs/labrpc"
)

// Upheaval lets so many things happen at random: a process dies, comes back
// or begins an election. One at least lives at any time.
func (c *Electorate) Upheaval(acts int) {
	for range acts {
		p := labrpc.NodeID(c.Rand().IntN(len(c.up)))
		switch {
		case !c.up[p]:
			c.Restart(p)
		case c.Living() > 1 && c.Rand().IntN(2) == 0:
			c.Crash(p)
		default:
			c.Elect(p)
		}
		c.Sleep(pause(c.Rand(), c.Config.T2()))
	}
}

// ElectSome lets one of those that live, whoever it is, begin an election.
func (c *Electorate) ElectSome() {
	p := c.Rand().IntN(len(c.up))
	for !c.up[p] {
		p = (p + 1) % len(c.up)
	}
	c.Elect(labrpc.NodeID(p))
}

// Upheaval lets so many members die and come back at random, and all come back
// in the end. One at least lives at any time.
func (g *Group) Upheaval(acts int) {
	for range acts {
		p := labrpc.NodeID(g.Rand().IntN(len(g.up)))
		living := 0
		for _, up := range g.up {
			if up {
				living++
			}
		}
		switch {
		case !g.up[p]:
			g.Restart(p)
		case living > 1:
			g.Crash(p)
		}
		g.Sleep(pause(g.Rand(), 2*g.Config.T2()))
	}
	for p, up := range g.up {
		if !up {
			g.Restart(labrpc.NodeID(p))
		}
	}
}

// pause is a time of up to most, often much shorter.
func pause(r *rand.Rand, most time.Duration) time.Duration {
	return time.Duration(float64(most) * r.Float64() * r.Float64())
}
