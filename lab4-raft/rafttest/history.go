package rafttest

import (
	"maps"
	"slices"

	"distlabs/lab4-raft/raftapi"
)

// expectOneHistory ends the run unless the services have executed the same, as
// far as they are: what one has passed over, no other may have executed.
func (c *Cluster) expectOneHistory() {
	servers := c.servings()
	if len(servers) == 0 {
		return
	}
	first := servers[0]
	want, reach := c.server(first).machine.upTo()
	for _, p := range servers[1:] {
		got, last := c.server(p).machine.upTo()
		for _, index := range slices.Sorted(maps.Keys(union(want, got))) {
			a, inFirst := want[index]
			b, inOther := got[index]
			if index <= min(reach, last) && (inFirst != inOther || !same(a, b)) {
				c.Fail(broken(StateMachineSafety, "at index %d server %d executed %s, and server %d executed %s", index,
					first, told(a, inFirst), p, told(b, inOther)))
			}
		}
		if last > reach {
			first, want, reach = p, got, last
		}
	}
}

func union(a, b map[raftapi.Index]any) map[raftapi.Index]any {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

func told(command any, ok bool) string {
	if !ok {
		return "nothing"
	}
	return "command " + bareText(command)
}
