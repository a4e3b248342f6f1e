package rafttest

import (
	"fmt"
	"slices"
	"strings"

	"distlabs/labrpc"
)

// A Group is some of the machines.
type Group []labrpc.NodeID

func (g Group) String() string {
	var numbers []string
	for _, p := range g {
		numbers = append(numbers, fmt.Sprint(p))
	}
	switch n := len(numbers); n {
	case 0:
		return "no server"
	case 1:
		return "server " + numbers[0]
	default:
		return "servers " + strings.Join(numbers[:n-1], ", ") + " and " + numbers[n-1]
	}
}

func (g Group) has(p labrpc.NodeID) bool { return slices.Contains(g, p) }

// All returns every machine.
func (c *Cluster) All() (g Group) {
	for p := range c.o.Servers + c.o.More {
		g = append(g, labrpc.NodeID(p))
	}
	return g
}

// Group returns these machines as a group.
func (c *Cluster) Group(machines ...labrpc.NodeID) Group { return machines }

// Rest returns the machines that are in none of the groups.
func (c *Cluster) Rest(groups ...Group) Group {
	named := slices.Concat(groups...)
	return slices.DeleteFunc(c.All(), named.has)
}

// Others returns the machines but these.
func (c *Cluster) Others(machines ...labrpc.NodeID) Group { return c.Rest(machines) }

// Living returns those of a group that are up.
func (c *Cluster) Living(g Group) Group {
	return slices.DeleteFunc(slices.Clone(g), func(p labrpc.NodeID) bool { return !c.Up(p) })
}

// servings returns the machines that run a server, and are not played.
func (c *Cluster) servings() Group {
	return slices.DeleteFunc(c.All(), func(p labrpc.NodeID) bool { return slices.Contains(c.o.Played, p) })
}

// judged returns those of a group from which something can be expected: that
// run a server and are up.
func (c *Cluster) judged(g Group) Group {
	return slices.DeleteFunc(c.Living(g), func(p labrpc.NodeID) bool { return slices.Contains(c.o.Played, p) })
}

// Any returns some of a group, drawn by the run's seed.
func (c *Cluster) Any(count int, g Group) Group {
	g = slices.Clone(g)
	c.Rand().Shuffle(len(g), func(i, j int) { g[i], g[j] = g[j], g[i] })
	g = g[:min(count, len(g))]
	slices.Sort(g)
	return g
}
